//! Killed at every step of an import, a removal and a repair: nothing is lost, nothing is orphaned, and
//! the next start mends what is half done.
//!
//! Each life is led by another process, which is killed as by `kill -9`: at a call to its keychain or its
//! clock, when it writes beyond a limit that the kernel holds it to, or while its keychain is frozen.
#![cfg(unix)]

#[cfg(target_os = "linux")]
#[path = "kill/keyring.rs"]
mod keyring;
#[path = "kill/life.rs"]
mod life;
#[path = "kill/scene.rs"]
mod scene;
#[path = "kill/seam.rs"]
mod seam;
#[path = "kill/store.rs"]
mod store;
#[path = "kill/together.rs"]
mod together;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "only its fixtures are wanted")]
mod world;

use std::collections::BTreeSet;

use life::Deed;
use scene::{End, Order, Scene};

/// What every scene begins with.
const BASE: [Deed; 2] = [Deed::AddEnvironments, Deed::ImportBystander];

#[tokio::test]
#[ignore = "it is run by the tests below, with an order"]
async fn the_other_process() {
    Order::carry_out().await;
}

/// Kills `deed` at its every step, on top of what `before` did. These states must be among those that
/// the killings left.
async fn kill_at_every_step(before: &[Deed], deed: Deed, expected: &[&str]) {
    let template = Scene::after(&[&BASE[..], before].concat()).await;
    let mut left = BTreeSet::new();
    for step in 1.. {
        let scene = template.copy();
        if scene.send(&[deed], step) == End::Done {
            assert!(step > 3, "{deed:?} has only {step} steps");
            break;
        }
        let life = scene.enter().await;
        left.extend(life.states().await);
        life.check().await;
        life.check_bystander().await;
        assert!(deed != Deed::ReplaceSecret || life.has_credentials().await, "both secrets are lost at step {step}");
        // What was cut short can be done again, to the end.
        life.act(deed).await;
        life.check().await;
        assert_eq!(life.credentials().await.len(), deed.leaves());
    }
    for state in expected {
        assert!(left.contains(*state), "{deed:?} was never killed in the state `{state}`, only in {left:?}");
    }
}

#[tokio::test]
async fn an_import_that_is_killed_is_finished_or_never_was() {
    let expected = ["gone", "pending without its item", "pending with its item", "active with its item"];
    kill_at_every_step(&[], Deed::Import, &expected).await;
}

#[tokio::test]
async fn a_replacement_that_is_killed_loses_no_secret() {
    let expected =
        ["active with its item", "pending without its item", "pending with its item", "deleting with its item"];
    kill_at_every_step(&[Deed::ImportSecret], Deed::ReplaceSecret, &expected).await;
}

#[tokio::test]
async fn a_removal_that_is_killed_is_finished_or_never_was() {
    let before = [Deed::Import, Deed::ImportSecondKey];
    let expected = ["active with its item", "deleting with its item", "deleting without its item", "gone"];
    for deed in [Deed::ForgetCredential, Deed::ForgetServiceUser, Deed::ForgetEnvironment] {
        kill_at_every_step(&before, deed, &expected).await;
    }
}

#[tokio::test]
async fn a_repair_that_is_killed_is_repaired_by_the_next() {
    for (before, deed) in [
        (&[][..], Deed::Import),
        (&[Deed::Import][..], Deed::ForgetCredential),
        (&[Deed::Import, Deed::ImportSecondKey][..], Deed::ForgetServiceUser),
    ] {
        let template = Scene::after(&[&BASE[..], before].concat()).await;
        for step in 1.. {
            let killed = template.copy();
            if killed.send(&[deed], step) == End::Done {
                break;
            }
            for step_of_repair in 1.. {
                let scene = killed.copy();
                let end = scene.send(&[Deed::Repair], step_of_repair);
                let life = scene.enter().await;
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
    let deeds = [Deed::AddEnvironments, Deed::ImportBystander, Deed::Import, Deed::ForgetCredential];
    let mut left = BTreeSet::new();
    for units in (0_u32..).step_by(STEP) {
        let scene = Scene::empty();
        if scene.send_with_files_up_to(units, &deeds) == End::Done {
            break;
        }
        let life = scene.enter().await;
        left.extend(life.states().await);
        life.check().await;
        for deed in deeds {
            life.act(deed).await;
        }
        life.check().await;
        life.check_bystander().await;
    }
    assert!(left.len() > 2, "the process was only killed in these states: {left:?}");
}
