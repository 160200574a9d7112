//! The **peer** is the process at the other end of a connection, with its ancestors.
//!
//! Rule: the user's id is the boundary, and the system vouches for it. Everything else is shown and recorded but proves
//! nothing: after it has connected, a process can run any other file, load code into any program, or rename itself. If
//! the peer is no longer the process that connected, everything that was read about it is discarded.

use crate::process::Process;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod proc_files;
#[cfg(target_os = "linux")]
pub use linux::identify;
#[cfg(target_os = "linux")]
pub(crate) use linux::is_running;

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub use other::identify;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::is_running;

/// How many ancestors are looked at.
pub const MAX_ANCESTORS: usize = 16;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The process that connected and its ancestors, nearest first; empty if the system doesn't say.
    pub chain: Vec<Process>,
    /// Whether the system vouches that the first of them is the process that connected. If not, the process may have
    /// changed in between.
    pub certain: bool,
}

impl Peer {
    /// A peer of which nothing but the user is known.
    pub fn unknown() -> Self {
        Self { chain: Vec::new(), certain: false }
    }

    /// Whether it has a terminal, where a person may be.
    pub fn is_attended(&self) -> bool {
        self.chain.first().is_some_and(|process| process.terminal.is_some())
    }
}

/// Why a peer isn't answered.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// It belongs to another user.
    #[error("the process that connected belongs to the user with id {id}")]
    OtherUser {
        /// That user's id, as the system writes it.
        id: String,
    },
    /// The process that connected is gone, so another one holds the connection now.
    #[error("the process that connected has ended")]
    Gone,
    /// The system doesn't say which process it is.
    #[error("the system doesn't say which process connected")]
    Unknown(#[source] std::io::Error),
}
