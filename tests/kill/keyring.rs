//! The same with a real GNOME Keyring, in a session of its own.

#[path = "../support/session.rs"]
#[expect(dead_code, reason = "the keyring stays unlocked here")]
mod session;

use std::process::Stdio;
use std::time::{Duration, Instant};

use mintage_core::credential::CredentialState;
use session::Session;

use super::life::Deed;
use super::scene::{End, Scene, this_program};

/// Sends a process into the session and waits for its end.
fn send(session: &Session, scene: &Scene, deeds: &[Deed], fatal: u32) -> End {
    let order = scene.order(deeds, fatal).with_platform();
    Scene::end(&mut order.start(session.join(&mut this_program())))
}

#[test]
fn an_import_or_removal_that_is_killed_at_any_step_is_mended() {
    let (session, scene) = (Session::start(), Scene::empty());
    assert_eq!(send(&session, &scene, &[Deed::AddEnvironments], 0), End::Done);
    for (deed, rest) in [
        (Deed::Import, [Deed::Import, Deed::ForgetCredential, Deed::Repair]),
        (Deed::ForgetServiceUser, [Deed::ForgetServiceUser, Deed::Import, Deed::Repair]),
    ] {
        for step in 1.. {
            let end = send(&session, &scene, &[deed], step);
            assert_eq!(send(&session, &scene, &[Deed::Repair], 0), End::Done, "{deed:?}, step {step}");
            assert_eq!(send(&session, &scene, &rest, 0), End::Done, "{deed:?}, step {step}");
            if end == End::Done {
                assert!(step > 1, "{deed:?} was never killed");
                break;
            }
        }
    }
}

/// A frozen keyring holds the process at the moment when the row says `deleting` and the item is there.
#[tokio::test]
async fn a_process_that_is_killed_while_it_waits_for_the_keyring_leaves_what_can_be_mended() {
    let (session, scene) = (Session::start(), Scene::empty());
    assert_eq!(send(&session, &scene, &[Deed::AddEnvironments, Deed::Import], 0), End::Done);
    session.stop();
    let mut process =
        scene.order(&[Deed::ForgetServiceUser], 0).with_platform().start(session.join(&mut this_program()));
    wait_for(&scene, CredentialState::Deleting).await;
    process.kill().expect("the other process runs");
    assert_eq!(Scene::end(&mut process), End::Killed);
    session.cont();
    assert_eq!(send(&session, &scene, &[Deed::Repair], 0), End::Done);
    assert_eq!(send(&session, &scene, &[Deed::ForgetServiceUser, Deed::Repair], 0), End::Done);
    assert_eq!(scene.enter().await.states_of_rows().await, []);
}

/// An import asks the keyring before it writes anything.
#[tokio::test]
async fn an_import_into_a_keyring_that_does_not_answer_writes_nothing() {
    let (session, scene) = (Session::start(), Scene::empty());
    assert_eq!(send(&session, &scene, &[Deed::AddEnvironments], 0), End::Done);
    session.stop();
    let mut program = this_program();
    let mut process =
        scene.order(&[Deed::Import], 0).with_platform().start(session.join(&mut program).stderr(Stdio::null()));
    assert!(!process.wait().expect("the other process ends").success());
    assert_eq!(scene.enter().await.states_of_rows().await, []);
    session.cont();
    assert_eq!(send(&session, &scene, &[Deed::Import, Deed::Repair], 0), End::Done);
}

/// Asks the catalogue, which another process writes, until a row is in this state.
async fn wait_for(scene: &Scene, state: CredentialState) {
    let begun = Instant::now();
    let life = scene.enter().await;
    while !life.states_of_rows().await.contains(&state) {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain for a row that is {}", state.as_str());
    }
    life.close().await;
}
