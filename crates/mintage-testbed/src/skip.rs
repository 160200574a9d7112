//! **Skipped** tests: what a machine doesn't have can't be tried on it.

use std::io::Write as _;

/// Says that the running test is skipped, or a part of it, and why. The line goes past the test runner, which keeps what
/// a passing test prints to itself; `cargo xtask test` collects these lines.
pub fn skip(why: &str) {
    let thread = std::thread::current();
    let line = format!("skipped: {}: {why}\n", thread.name().unwrap_or_default());
    // Nobody reads a closed output.
    let _: std::io::Result<()> = std::io::stdout().write_all(line.as_bytes());
}
