//! Killed at every step of an import, a removal and a repair: nothing is lost, nothing is orphaned, and the next start
//! repairs what is half done.
//!
//! Each run is done by another process, which is killed as by `kill -9`: at a call to its keychain or its clock, when
//! it exceeds a file size limit set by the kernel, or while its keychain is frozen.

mod creation;
#[cfg(target_os = "linux")]
mod keyring;
mod life;
mod rotation;
mod shared_folder;
mod together;

use std::collections::BTreeSet;

use life::Action;
use shared_folder::{End, Order, SharedFolder};

/// What every shared begins with.
const BASE: [Action; 2] = [Action::AddEnvironments, Action::ImportBystander];

#[tokio::test]
#[ignore = "it is run by the tests below, with an order"]
async fn the_other_process() {
    Order::carry_out().await;
}

/// Kills `action` at every step, after `before` has been done. These states must be among those that the kills left.
async fn kill_at_every_step(before: &[Action], action: Action, expected: &[&str]) {
    let template = SharedFolder::after(&[&BASE[..], before].concat()).await;
    let mut left = BTreeSet::new();
    for step in 1.. {
        let shared = template.copy();
        if shared.send(&[action], step) == End::Done {
            assert!(step > 3, "{action:?} has only {step} steps");
            break;
        }
        let life = shared.enter().await;
        left.extend(life.states().await);
        life.check().await;
        life.check_bystander().await;
        assert!(
            action != Action::ReplaceSecret || life.has_credentials().await,
            "both secrets are lost at step {step}"
        );
        // An interrupted action can be repeated to the end.
        life.act(action).await;
        life.check().await;
        assert_eq!(life.credentials().await.len(), action.leaves());
    }
    for state in expected {
        assert!(left.contains(*state), "{action:?} was never killed in the state `{state}`, only in {left:?}");
    }
}

#[tokio::test]
async fn an_import_that_is_killed_is_finished_or_never_was() {
    let expected = ["gone", "pending without its item", "pending with its item"];
    kill_at_every_step(&[], Action::Import, &expected).await;
}

/// Their rows are written together, so that some have no item yet while others do.
#[tokio::test]
async fn an_import_of_several_that_is_killed_is_finished_or_never_was() {
    let expected = ["gone", "pending without its item", "pending with its item"];
    kill_at_every_step(&[], Action::ImportSeveral, &expected).await;
}

#[tokio::test]
async fn a_replacement_that_is_killed_loses_no_secret() {
    let expected =
        ["active with its item", "pending without its item", "pending with its item", "deleting with its item"];
    kill_at_every_step(&[Action::ImportSecret], Action::ReplaceSecret, &expected).await;
}

#[tokio::test]
async fn a_removal_that_is_killed_is_finished_or_never_was() {
    let before = [Action::Import, Action::ImportSecondKey];
    let expected = ["active with its item", "deleting with its item", "deleting without its item", "gone"];
    for action in [Action::ForgetCredential, Action::ForgetServiceUser, Action::ForgetEnvironment] {
        kill_at_every_step(&before, action, &expected).await;
    }
}

#[tokio::test]
async fn a_repair_that_is_killed_is_repaired_by_the_next() {
    for (before, action) in [
        (&[][..], Action::Import),
        (&[Action::Import][..], Action::ForgetCredential),
        (&[Action::Import, Action::ImportSecondKey][..], Action::ForgetServiceUser),
    ] {
        let template = SharedFolder::after(&[&BASE[..], before].concat()).await;
        for step in 1.. {
            let killed = template.copy();
            if killed.send(&[action], step) == End::Done {
                break;
            }
            for step_of_repair in 1.. {
                let shared = killed.copy();
                let end = shared.send(&[Action::Repair], step_of_repair);
                let life = shared.enter().await;
                life.states().await;
                life.check().await;
                life.check_bystander().await;
                if end == End::Done {
                    break;
                }
            }
        }
    }
}

/// The kernel kills the process at a write of its database: in the first migration, in the middle of a
/// transaction, in the middle of a page.
#[tokio::test]
async fn a_first_start_that_is_killed_at_any_write_leaves_a_catalogue_that_opens() {
    const STEP: usize = 9;
    let actions = [Action::AddEnvironments, Action::ImportBystander, Action::Import, Action::ForgetCredential];
    let mut left = BTreeSet::new();
    for units in (0_u32..).step_by(STEP) {
        let shared = SharedFolder::empty();
        if shared.send_with_files_up_to(units, &actions) == End::Done {
            break;
        }
        let life = shared.enter().await;
        left.extend(life.states().await);
        life.check().await;
        for action in actions {
            life.act(action).await;
        }
        life.check().await;
        life.check_bystander().await;
    }
    assert!(left.len() > 2, "the process was only killed in these states: {left:?}");
}
