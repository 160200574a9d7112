//! Two processes on one catalogue: one waits at a step of what it does, and the other does its own.
//!
//! At each step either the other process may not change anything yet, or it comes to its end while the first
//! one waits. Both are certain, so no test waits for a time.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Child;

use super::BASE;
use super::life::Deed;
use super::scene::{End, Scene, this_program};
use super::seam::WAITING;

/// Halts `first` at its every step, and does `second` in this process meanwhile or, where that has to wait,
/// as soon as it may.
async fn meet_at_every_step(before: &[Deed], first: Deed, second: Deed) {
    let template = Scene::after(&[&BASE[..], before].concat()).await;
    let (mut waited, mut free) = (0, 0);
    for step in 1.. {
        let scene = template.copy();
        let mut other = Other(scene.order(&[first], step).waiting().start_with_pipes(&mut this_program()));
        if !other.waits() {
            assert_eq!(other.end(), End::Done);
            break;
        }
        let life = scene.enter().await;
        if is_locked(scene.path()) {
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

/// Another process, which does not outlive its test.
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
        Scene::end(&mut self.0)
    }
}

/// Whether somebody is changing catalogue and keychain together.
fn is_locked(scene: &Path) -> bool {
    let lock = File::options().write(true).create(true).truncate(false).open(scene.join("data/mintage.change.lock"));
    lock.expect("the lock is a file").try_lock().is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_never_meets_half_of_another_processs_work() {
    for (before, first) in [
        (&[][..], Deed::Import),
        (&[Deed::ImportSecret][..], Deed::ReplaceSecret),
        (&[Deed::Import, Deed::ImportSecondKey][..], Deed::ForgetCredential),
        (&[Deed::Import][..], Deed::ForgetServiceUser),
    ] {
        meet_at_every_step(before, first, Deed::Repair).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_processes_import_is_there_once() {
    meet_at_every_step(&[], Deed::Import, Deed::Import).await;
    meet_at_every_step(&[], Deed::Import, Deed::ImportSecondKey).await;
}
