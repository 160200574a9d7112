//! **Waiting** until something is true: the only way that anything here waits for another process.

use std::time::{Duration, Instant};

/// How long to wait for anything by default.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The pause between two polls.
const PAUSE: Duration = Duration::from_millis(25);

/// Polls until it is true.
///
/// # Panics
/// If it doesn't become true in time.
pub fn until(what: &str, is_so: impl FnMut() -> bool) {
    assert!(comes_true(PATIENCE, is_so), "timed out after {} s waiting until {what}", PATIENCE.as_secs());
}

/// Polls; `false` if it didn't become true in time.
pub fn comes_true(patience: Duration, is_so: impl FnMut() -> bool) -> bool {
    comes_true_every(PAUSE, patience, is_so)
}

/// As [`comes_true`], with a different pause between polls.
pub fn comes_true_every(pause: Duration, patience: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > patience {
            return false;
        }
        std::thread::sleep(pause);
    }
    true
}
