//! The **marker** of a lock: a file beside the agent's socket.
//!
//! Rule: a lock outlives the program that set it. Whichever agent serves next, a headless one or the desktop app, starts
//! locked. The folder is the session's, so logging out ends it on Linux.

use std::path::PathBuf;

use mintage_agent_protocol::Address;

const NAME: &str = "locked";

/// Whether it's set.
pub(crate) fn is_set() -> bool {
    path().is_some_and(|path| path.exists())
}

/// Sets it. Without a place for an agent no other program could take over, so that isn't an error.
pub(crate) fn set() {
    let _: Option<std::io::Result<()>> = path().map(|path| std::fs::write(path, ""));
}

/// Removes it.
pub(crate) fn clear() {
    let _: Option<std::io::Result<()>> = path().map(std::fs::remove_file);
}

fn path() -> Option<PathBuf> {
    Address::from_env().ok().map(|address| address.folder().join(NAME))
}
