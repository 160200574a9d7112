//! The same with a real GNOME Keyring, in a separate session.

use std::process::Stdio;
use std::time::{Duration, Instant};

use mintage_core::credential::CredentialState;
use mintage_testbed::session::Session;

use super::life::Action;
use super::shared_folder::{End, SharedFolder};
use crate::own_process::this_program;

/// Runs a process in the session and waits for its end.
fn send(session: &Session, shared: &SharedFolder, actions: &[Action], fatal: u32) -> End {
    let order = shared.order(actions, fatal).with_platform();
    SharedFolder::end(&mut order.start(session.join(&mut this_program())))
}

#[test]
fn an_import_or_removal_that_is_killed_at_any_step_is_mended() {
    let (session, shared) = (Session::start(), SharedFolder::empty());
    assert_eq!(send(&session, &shared, &[Action::AddEnvironments], 0), End::Done);
    for (action, rest) in [
        (Action::Import, [Action::Import, Action::ForgetCredential, Action::Repair]),
        (Action::ForgetServiceUser, [Action::ForgetServiceUser, Action::Import, Action::Repair]),
    ] {
        for step in 1.. {
            let end = send(&session, &shared, &[action], step);
            assert_eq!(send(&session, &shared, &[Action::Repair], 0), End::Done, "{action:?}, step {step}");
            assert_eq!(send(&session, &shared, &rest, 0), End::Done, "{action:?}, step {step}");
            if end == End::Done {
                assert!(step > 1, "{action:?} was never killed");
                break;
            }
        }
    }
}

/// A frozen keyring blocks the process at the moment when the row says `deleting` and the item still exists.
#[tokio::test]
async fn a_process_that_is_killed_while_it_waits_for_the_keyring_leaves_what_can_be_mended() {
    let (session, shared) = (Session::start(), SharedFolder::empty());
    assert_eq!(send(&session, &shared, &[Action::AddEnvironments, Action::Import], 0), End::Done);
    session.stop();
    let mut process =
        shared.order(&[Action::ForgetServiceUser], 0).with_platform().start(session.join(&mut this_program()));
    wait_for(&shared, CredentialState::Deleting).await;
    process.kill().expect("the other process runs");
    assert_eq!(SharedFolder::end(&mut process), End::Killed);
    session.cont();
    assert_eq!(send(&session, &shared, &[Action::Repair], 0), End::Done);
    assert_eq!(send(&session, &shared, &[Action::ForgetServiceUser, Action::Repair], 0), End::Done);
    assert_eq!(shared.enter().await.states_of_rows().await, []);
}

/// An import asks the keyring before it writes anything.
#[tokio::test]
async fn an_import_into_a_keyring_that_does_not_answer_writes_nothing() {
    let (session, shared) = (Session::start(), SharedFolder::empty());
    assert_eq!(send(&session, &shared, &[Action::AddEnvironments], 0), End::Done);
    session.stop();
    let mut program = this_program();
    let mut process =
        shared.order(&[Action::Import], 0).with_platform().start(session.join(&mut program).stderr(Stdio::null()));
    assert!(!process.wait().expect("the other process ends").success());
    assert_eq!(shared.enter().await.states_of_rows().await, []);
    session.cont();
    assert_eq!(send(&session, &shared, &[Action::Import, Action::Repair], 0), End::Done);
}

/// Polls the catalogue, which another process writes, until a row is in this state.
async fn wait_for(shared: &SharedFolder, state: CredentialState) {
    let begun = Instant::now();
    let life = shared.enter().await;
    while !life.states_of_rows().await.contains(&state) {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain for a row that is {}", state.as_str());
    }
    life.close().await;
}
