//! Tests in a **separate process**: this program again, for one of its tests. They need an environment, the logs or the
//! memory of a process for themselves.

use std::process::Command;

/// This program, to be run as another process.
pub(crate) fn this_program() -> Command {
    Command::new(std::env::current_exe().expect("this test is a program"))
}

/// Makes a command that starts this program run one test; `#[ignore]` doesn't prevent that.
pub(crate) fn only<'a>(command: &'a mut Command, test: &str) -> &'a mut Command {
    command.args(["--exact", test, "--include-ignored"])
}

/// Runs one test of this program in the process that a command starts, and fails if it fails.
pub(crate) fn passes(command: &mut Command, test: &str) {
    let output = only(command, test).output().expect("this test starts itself");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
