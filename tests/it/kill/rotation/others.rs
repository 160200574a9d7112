//! The **other ways** that a rotation can go, each killed at every step: back, by an administrator, through a grace and the
//! wait after it, and with a first key. Each kill begins with the same server and a copy of the same folder.

use std::collections::BTreeSet;

use mintage_core::rotation::{Stage, Step, Undo};
use mintage_testbed::setup::KEY_ID;

use super::{Kind, Server, check};
use crate::kill::life::{Action, CREATED};
use crate::kill::shared_folder::End;

/// Kills `action` at every step, after `before` has been done. Whoever comes next goes back if that was the action, and
/// at every second step that allows it; otherwise on. It must have been killed in each of these states.
async fn kill_at_every_step(kind: Kind, before: &[Action], action: Action, expected: &[(Stage, Option<Step>)]) {
    let mut left = BTreeSet::new();
    let server = Server::of(kind).await;
    let template = server.enrolled_and(before).await;
    let users = server.issuer.users();
    for step in 1.. {
        server.restore(&users);
        let shared = template.copy();
        if shared.send(&[action], step) == End::Done {
            assert!(step > 8, "{action:?} has only {step} steps");
            break;
        }
        let life = shared.enter().await;
        assert!(life.mints().await, "no credential works at step {step}");
        let open = life.open_rotation().await;
        left.extend(open.map(|(stage, asked, _)| (stage, asked)));
        let may = open.is_some_and(|(_, _, undo)| undo == Undo::Possible);
        let goes_back = action == Action::UndoRotation || step % 2 == 0 && may;
        life.act(if goes_back { Action::UndoRotation } else { Action::Rotate }).await;
        check(&life, &server, step).await;
        assert_eq!(server.keys() == [KEY_ID], goes_back, "step {step}");
        life.close().await;
    }
    for expected in expected {
        assert!(left.contains(expected), "{action:?} was never killed at {expected:?}, only at {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_that_is_killed_is_undone_by_the_next() {
    let expected = [
        (Stage::Switched, Some(Step::SwitchBack)),
        (Stage::Proven, Some(Step::RemoveNew)),
        (Stage::Made, Some(Step::ForgetNew)),
    ];
    kill_at_every_step(Kind::Zitadel, &[Action::RotateIntoGrace], Action::UndoRotation, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_that_is_killed_switches_the_old_key_on_again() {
    let expected = [
        (Stage::Disabled, Some(Step::Enable)),
        (Stage::Switched, Some(Step::SwitchBack)),
        (Stage::Proven, Some(Step::RemoveNew)),
    ];
    kill_at_every_step(Kind::Auth0, &[Action::RotateIntoWatch], Action::UndoRotation, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_by_an_administrator_that_is_killed_goes_on_or_back() {
    let expected = [
        (Stage::Made, Some(Step::Register)),
        (Stage::Registered, Some(Step::Prove)),
        (Stage::Switched, Some(Step::Remove)),
        (Stage::Removed, Some(Step::Forget)),
    ];
    kill_at_every_step(Kind::ByAdministrator, &[], Action::Rotate, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_killed_in_its_waits_goes_on_or_back() {
    let expected = [
        (Stage::Made, Some(Step::Register)),
        (Stage::Switched, None),
        (Stage::Switched, Some(Step::Disable)),
        (Stage::Disabled, None),
        (Stage::Disabled, Some(Step::Remove)),
    ];
    kill_at_every_step(Kind::Auth0, &[], Action::RotateThroughGrace, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_key_that_is_killed_is_made_or_never_was() {
    let mut left = BTreeSet::new();
    let server = Server::start().await;
    let template = server.enrolled_and(&[Action::CreateUser]).await;
    let users = server.issuer.users();
    for step in 1.. {
        server.restore(&users);
        let shared = template.copy();
        if shared.send(&[Action::FirstKey], step) == End::Done {
            assert!(step > 8, "it has only {step} steps");
            break;
        }
        let life = shared.enter().await;
        let open = life.open_rotation().await;
        left.extend(open.map(|(stage, asked, _)| (stage, asked)));
        let goes_back = step % 2 == 0 && open.is_some();
        life.act(if goes_back { Action::UndoRotation } else { Action::FirstKey }).await;
        life.check().await;
        let keys = usize::from(!goes_back);
        assert_eq!((server.keys_of(CREATED).len(), life.keys_of_created().await), (keys, keys), "step {step}");
        assert_eq!(life.open_rotation().await, None, "step {step}");
        life.close().await;
    }
    for expected in [(Stage::Made, Some(Step::Register)), (Stage::Registered, Some(Step::Prove))] {
        assert!(left.contains(&expected), "it was never killed at {expected:?}, only at {left:?}");
    }
}

/// Whatever of it is stored when the process is killed, it is brought again, or undone.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_brought_by_a_process_that_is_killed_is_brought_again_or_undone() {
    let mut left = BTreeSet::new();
    let server = Server::of(Kind::GitHub).await;
    let template = server.enrolled_and(&[Action::RotateIntoBring]).await;
    for step in 1.. {
        let shared = template.copy();
        if shared.send(&[Action::Bring], step) == End::Done {
            assert!(step > 8, "it has only {step} steps");
            break;
        }
        let life = shared.enter().await;
        assert!(life.mints().await, "no credential works at step {step}");
        let open = life.open_rotation().await;
        left.extend(open.map(|(stage, asked, _)| (stage, asked)));
        let goes_back = step % 2 == 0 && open.is_some_and(|(_, _, undo)| undo == Undo::Possible);
        life.act(if goes_back { Action::UndoRotation } else { Action::Bring }).await;
        life.check().await;
        assert_eq!((life.credentials().await.len(), life.open_rotation().await), (1, None), "step {step}");
        assert!(life.mints().await, "step {step}");
        life.close().await;
    }
    for expected in [
        (Stage::Planned, None),
        (Stage::Planned, Some(Step::Make)),
        (Stage::Registered, Some(Step::Prove)),
        (Stage::Switched, None),
        (Stage::Switched, Some(Step::Forget)),
    ] {
        assert!(left.contains(&expected), "it was never killed at {expected:?}, only at {left:?}");
    }
}
