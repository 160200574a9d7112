//! The **seam**: the steps at which a process can be made to kill itself or to wait. They are calls that Mintage makes
//! anyway, to its keychain and its clock; the product knows nothing about it.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

/// What a process prints when it has reached the step that it waits at.
pub(crate) const WAITING: &str = "waiting at its step";

/// What a process does at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Halt {
    /// It ends as by `kill -9`: nothing is flushed, nothing is reported.
    #[default]
    Die,
    /// It waits until its standard input is closed. The thread waits, not the process: a stopped process could be in
    /// the middle of writing its database.
    Wait,
}

/// Counts steps and stops at one of them.
#[derive(Default)]
pub(crate) struct Seam {
    passed: AtomicU32,
    /// The step to stop at, from 1; 0 for none.
    at: u32,
    halt: Halt,
}

impl Seam {
    pub(crate) fn new(at: u32, halt: Halt) -> Self {
        Self { passed: AtomicU32::new(0), at, halt }
    }

    /// Passes a step; a killed process doesn't return from it.
    pub(crate) fn pass(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 != self.at {
            return;
        }
        match self.halt {
            Halt::Die => die(),
            Halt::Wait => wait(),
        }
    }
}

fn die() {
    let killed = Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
    killed.expect("`kill` is missing; install the package `procps`");
    loop {
        std::thread::park();
    }
}

fn wait() {
    let mut out = std::io::stdout();
    writeln!(out, "\n{WAITING}").and_then(|()| out.flush()).expect("the test listens");
    let _ = std::io::stdin().read(&mut [0]);
}
