//! How a program asks Mintage's agent for a token.
//!
//! Rule: a connection carries one [`Request`], which is one line of JSON, and one or more [`Answer`] lines. The asker
//! keeps its side open until it has its answer; closing it withdraws the request. Every line starts with the protocol's
//! version, `v`. A new field that narrows what may be handed out needs a new version, because an agent that doesn't know
//! the field would hand out too much. No line contains key material; an opaque *handle* identifies a token.
//!
//! In reading order: [`Request`] and [`Answer`] are the two kinds of line, [`Problem`] is an answer that says no, and
//! [`Exit`] is the exit code that a command derives from it. [`form`] writes a token for people and programs. [`Address`] says where the agent listens, `trust` whether
//! that place is safe, and [`client`] asks.
//!
//! The crate has no async runtime and reads no configuration, so that asking for a cached token costs hardly more than
//! starting an empty program.
#![warn(missing_docs)]

mod address;
mod answer;
mod exit;
mod line;
mod problem;
mod request;
mod rows;
mod token;

pub mod client;
pub mod form;
pub mod target;
pub mod text;
#[cfg(unix)]
pub mod trust;

pub use address::{Address, AddressError, MAX_SOCKET_PATH, Surroundings};
pub use answer::{Answer, Copied, Hello, Host};
pub use exit::Exit;
pub use line::{LineError, LineReader};
pub use problem::Problem;
pub use request::{Approve, CopyRequest, Lease, Request, TokenRequest};
pub use rows::{Choice, ChoiceKind, Event, GrantRow, ProcessRow, QuestionRow, RecordRow};
pub use token::{Token, TokenAnswer, TokenError, fingerprint};

/// The version of the protocol, the first field of every line.
pub const VERSION: u32 = 1;

/// The code of the answer that means that a host isn't one of the environment's.
pub const NOT_BOUND: &str = "host-not-bound";

/// The longest request in bytes, its newline included.
pub const REQUEST_LIMIT: usize = 64 * 1024;

/// The longest answer line in bytes: a list of tens of thousands of service users fits.
pub const ANSWER_LIMIT: usize = 32 * 1024 * 1024;
