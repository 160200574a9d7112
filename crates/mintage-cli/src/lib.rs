//! The `mintage` command: tokens for terminals, and for the tools that ask for them in their own protocols.
//!
//! Everything here works without a mint. Whoever owns the keys, an agent behind its socket or the mint in this
//! process, is a [`request::TokenSource`]. Two programs use it: the small `mintage` takes the [`fast_path`], and
//! [`hand_over`] leads to the `full` one. The feature of that name adds what only the full program needs.

pub mod agent;
#[cfg(feature = "full")]
pub mod args;
#[cfg(feature = "full")]
pub mod completions;
#[cfg(feature = "full")]
pub mod control;
pub mod duration;
pub mod exec;
pub mod failure;
pub mod fast_path;
#[cfg(feature = "full")]
pub mod file;
#[cfg(feature = "full")]
pub mod full;
pub mod hand_over;
pub mod hardening;
pub mod helpers;
#[cfg(feature = "full")]
pub mod man;
pub mod output;
#[cfg(feature = "full")]
pub mod project;
pub mod request;
pub mod scan;
#[cfg(feature = "full")]
pub mod setup;
#[cfg(feature = "full")]
pub mod terminal;
pub mod token;

pub use mintage_agent_protocol::{form, target};

#[cfg(test)]
mod testing;
