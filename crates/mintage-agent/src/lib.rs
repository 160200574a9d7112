//! Mintage's agent: it decides which program may have a token, and hands it out.
//!
//! Rule: the [`Source`] says what can be handed out, this crate decides who gets it, and a person approves in a window
//! or another terminal. The agent holds no keys and keeps no tokens.
//!
//! In reading order: [`Server`] listens and makes sure that only one process is the agent. [`peer`] finds out who asks.
//! [`Agent`] answers: it asks [`grants`] whether the asker may have the token, [`refusal`] whether the server refused the
//! last one, and the [`Source`] for the token, and notes the hand-out in the [`record`]. `grants`, `refusal` and `record`
//! are pure: time is an argument.
#![warn(missing_docs)]

mod agent;
mod clock;
pub mod grants;
pub mod peer;
mod problems;
mod process;
pub mod record;
pub mod refusal;
mod server;
mod source;

pub use agent::{Agent, Config};
pub use clock::{Clock, Now, SystemClock};
pub use process::{Process, ProcessId};
pub use server::{Ended, Limits, Server, StartError};
pub use source::{About, Approval, Freshness, Minted, Source, Target};
