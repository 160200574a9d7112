//! The helpers as the real tools run them, and the program as shells run it. Tools that aren't installed are skipped,
//! and said to be.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in what it shares with others too")]

mod agent;
mod bench;
mod cargo;
mod docker;
mod git;
mod google;
mod hand_out;
mod kubectl;
mod pnpm;
mod python;
mod server;
mod shell;
mod terraform;
