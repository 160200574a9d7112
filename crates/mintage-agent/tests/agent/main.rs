//! The agent over a real socket: with real processes at the other end, and with whatever can be wrong there.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod approving;
mod child;
mod ending;
mod handing_out;
mod hostile;
mod identity;
mod one_agent;
mod reuse;
mod support;
