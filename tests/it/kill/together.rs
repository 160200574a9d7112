//! Two processes on one catalogue: one waits at a step, and the other does its own work.
//!
//! At each step either the other process may not change anything yet, or it finishes while the first one waits. Both
//! are certain, so no test waits for a time.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Child;

use mintage_core::settings::{Settings, Theme};

use super::BASE;
use super::life::Action;
use super::rotation::Server;
use super::shared_folder::{End, SharedFolder};
use crate::own_process::this_program;
use crate::seam::WAITING;

/// Stops `first` at its every step, and does `second` in this process in the meantime or, if that has to wait, as soon
/// as it may.
async fn meet_at_every_step(before: &[Action], first: Action, second: Action) {
    let template = SharedFolder::after(&[&BASE[..], before].concat()).await;
    let (mut waited, mut free) = (0, 0);
    for step in 1.. {
        let shared = template.copy();
        let mut other = Other(shared.order(&[first], step).waiting().start_with_pipes(&mut this_program()));
        if !other.waits() {
            assert_eq!(other.end(), End::Done);
            break;
        }
        let life = shared.enter().await;
        if is_locked(shared.path()) {
            waited += 1;
            tokio::join!(life.act(second), async { other.go_on() });
        } else {
            free += 1;
            life.act(second).await;
            other.go_on();
        }
        assert_eq!(other.end(), End::Done, "{first:?} beside {second:?} at step {step}");
        life.check().await;
        life.check_bystander().await;
    }
    assert!(waited > 2, "{first:?} was met while it changes something {waited} times, and {free} times else");
}

/// Another process, which doesn't outlive its test.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

impl Other {
    /// Whether the process waits at its step; `false` once it has ended.
    fn waits(&mut self) -> bool {
        let output = self.0.stdout.as_mut().expect("it was started with pipes");
        BufReader::new(output).lines().map_while(Result::ok).any(|line| line == WAITING)
    }

    fn go_on(&mut self) {
        drop(self.0.stdin.take());
    }

    fn end(&mut self) -> End {
        SharedFolder::end(&mut self.0)
    }
}

/// Whether someone is changing catalogue and keychain together.
fn is_locked(shared: &Path) -> bool {
    let lock = File::options().write(true).create(true).truncate(false).open(shared.join("data/mintage.change.lock"));
    lock.expect("the lock is a file").try_lock().is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_never_meets_half_of_another_processs_work() {
    for (before, first) in [
        (&[][..], Action::Import),
        (&[Action::ImportSecret][..], Action::ReplaceSecret),
        (&[Action::Import, Action::ImportSecondKey][..], Action::ForgetCredential),
        (&[Action::Import][..], Action::ForgetServiceUser),
    ] {
        meet_at_every_step(before, first, Action::Repair).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_processes_import_is_there_once() {
    meet_at_every_step(&[], Action::Import, Action::Import).await;
    meet_at_every_step(&[], Action::Import, Action::ImportSecondKey).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_removes_and_another_imports_is_there_whole_or_not_at_all() {
    let both = &[Action::Import, Action::ImportSecondKey][..];
    for removal in [Action::ForgetCredential, Action::ForgetServiceUser, Action::ForgetEnvironment] {
        meet_at_every_step(both, removal, Action::Import).await;
        meet_at_every_step(&both[..1], Action::ImportSecondKey, removal).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_processes_remove_is_gone() {
    let removals = [Action::ForgetCredential, Action::ForgetServiceUser, Action::ForgetEnvironment];
    for first in removals {
        for second in removals {
            meet_at_every_step(&[Action::Import, Action::ImportSecondKey], first, second).await;
        }
    }
}

/// A mint takes no lock: it has read the credential's row, and looks for its key while another process removes it and
/// is killed. The repair still finishes the removal.
#[tokio::test(flavor = "multi_thread")]
async fn a_mint_never_hides_a_removal_that_was_killed() {
    let server = Server::start().await;
    let template = server.enrolled().await;
    for step in 1.. {
        let mut minted = true;
        for step_of_removal in 1.. {
            let shared = template.copy();
            let mut mint = Other(shared.order(&[Action::Mint], step).waiting().start_with_pipes(&mut this_program()));
            minted = !mint.waits();
            if minted {
                assert_eq!(mint.end(), End::Done);
                break;
            }
            let end = shared.send(&[Action::ForgetCredential], step_of_removal);
            mint.go_on();
            assert_eq!(mint.end(), End::Done, "a mint at step {step}, a removal until step {step_of_removal}");
            shared.enter().await.check().await;
            if end == End::Done {
                break;
            }
        }
        if minted {
            assert!(step > 2, "the mint has only {step} steps");
            break;
        }
    }
}

#[tokio::test]
async fn what_two_processes_change_in_the_settings_is_all_there() {
    let shared = SharedFolder::empty();
    let life = shared.enter().await;
    let opened = life.mint.settings().await.expect("they are read");
    assert_eq!(shared.send(&[Action::ChangeSetting], 0), End::Done);
    let larger = Settings { text_size: 125, ..opened.clone() };
    life.mint.change_settings(&opened, &larger).await.expect("they are sound");
    let stored = life.mint.settings().await.expect("they are read");
    assert_eq!(stored, Settings { theme: Theme::Dark, ..larger });
}

#[tokio::test]
async fn a_profile_that_another_process_changed_is_not_overwritten() {
    let shared = SharedFolder::empty();
    let life = shared.enter().await;
    life.save_profile("Own", None).await.expect("it is new");
    let opened = life.profile_text().await;
    assert_eq!(shared.send(&[Action::RenameProfile], 0), End::Done);
    let theirs = life.profile_text().await;
    assert!(theirs.contains("Renamed elsewhere"), "{theirs}");
    let refused = life.save_profile("Renamed here", Some(&opened)).await.expect_err("it is another one now");
    assert_eq!((refused.code(), life.profile_text().await), ("edited-meanwhile", theirs.clone()));
    life.save_profile("Renamed here", Some(&theirs)).await.expect("it was opened again");
}
