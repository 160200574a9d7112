//! An **address** is where the agent listens. It is the same for all programs of a user.
//!
//! Rule: programs find it by themselves, so no shell needs an `eval` first. On Unix it is the path of a socket. On Windows
//! it is the path of a file with the name of a pipe, because a user's profile keeps other users out and the list of pipes
//! doesn't.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The longest path of a socket in bytes. `sun_path` has 104 on macOS and 108 on Linux, including a final zero.
pub const MAX_SOCKET_PATH: usize = if cfg!(target_os = "macos") { 103 } else { 107 };

/// Where the agent listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(PathBuf);

/// Why there is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// `MINTAGE_AGENT_SOCK` isn't an absolute path to a file.
    #[error("`MINTAGE_AGENT_SOCK` is `{}`, which isn't an absolute path", .path.display())]
    NotAbsolute {
        /// Its value.
        path: PathBuf,
    },
    /// The path is too long for a socket.
    #[error("the agent's socket `{}` has {} bytes, and the system allows {MAX_SOCKET_PATH}", .path.display(), .path.as_os_str().len())]
    TooLong {
        /// The path.
        path: PathBuf,
    },
    /// The user's home folder is unknown.
    #[error("`{variable}` isn't set, so there is no place for the agent's socket")]
    NoHome {
        /// The variable that isn't set.
        variable: &'static str,
    },
}

impl AddressError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAbsolute { .. } => "agent-address-relative",
            Self::TooLong { .. } => "agent-address-too-long",
            Self::NoHome { .. } => "agent-address-unknown",
        }
    }

    /// The next step, as one imperative sentence without its final period.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotAbsolute { .. } => "Set it to a path like `/run/user/1000/mintage/agent.sock`, or unset it",
            Self::TooLong { .. } => "Set `MINTAGE_AGENT_SOCK` to a shorter path in a folder that only you can open",
            Self::NoHome { .. } => "Set it, or set `MINTAGE_AGENT_SOCK`",
        }
    }
}

/// The parts of the environment that decide the address. Empty variables count as unset.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `MINTAGE_AGENT_SOCK`: the whole path.
    pub agent_sock: Option<OsString>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<OsString>,
    /// `/run/user/UID`, if it exists. cron and `su` don't set `XDG_RUNTIME_DIR` but should find the same agent.
    pub user_runtime_dir: Option<PathBuf>,
    /// `HOME`, or `LOCALAPPDATA` on Windows.
    pub home: Option<OsString>,
}

impl Surroundings {
    /// Reads them from this process's environment.
    pub fn from_env() -> Self {
        Self {
            agent_sock: std::env::var_os("MINTAGE_AGENT_SOCK"),
            runtime_dir: std::env::var_os("XDG_RUNTIME_DIR"),
            user_runtime_dir: user_runtime_dir(),
            home: std::env::var_os(HOME),
        }
    }

    /// The folder for running programs, which is memory and ends with the session. macOS and Windows have none.
    pub fn runtime_folder(&self) -> Option<PathBuf> {
        if cfg!(any(target_os = "macos", windows)) {
            return None;
        }
        // The XDG specification says to ignore relative paths.
        let runtime = set(&self.runtime_dir).filter(|folder| folder.is_absolute());
        runtime.or_else(|| self.user_runtime_dir.clone())
    }
}

fn set(variable: &Option<OsString>) -> Option<PathBuf> {
    variable.clone().filter(|value| !value.is_empty()).map(PathBuf::from)
}

const HOME: &str = if cfg!(windows) { "LOCALAPPDATA" } else { "HOME" };
const SOCKET: &str = if cfg!(windows) { "agent.pipe" } else { "agent.sock" };

#[cfg(target_os = "linux")]
fn user_runtime_dir() -> Option<PathBuf> {
    let folder = PathBuf::from(format!("/run/user/{}", nix::unistd::geteuid()));
    folder.is_dir().then_some(folder)
}

#[cfg(not(target_os = "linux"))]
fn user_runtime_dir() -> Option<PathBuf> {
    None
}

impl Address {
    /// The address for this process's user.
    ///
    /// # Errors
    /// See [`Address::find`].
    pub fn from_env() -> Result<Self, AddressError> {
        Self::find(&Surroundings::from_env())
    }

    /// The address in this environment.
    ///
    /// # Errors
    /// `MINTAGE_AGENT_SOCK` is relative, the path is too long for a socket, or the home folder is unknown.
    pub fn find(surroundings: &Surroundings) -> Result<Self, AddressError> {
        if let Some(path) = set(&surroundings.agent_sock) {
            return Self::at(path);
        }
        let folder = match surroundings.runtime_folder() {
            Some(folder) => folder,
            None => set(&surroundings.home).ok_or(AddressError::NoHome { variable: HOME })?.join(UNDER_HOME),
        };
        Self::at(folder.join("mintage").join(SOCKET))
    }

    /// The address at this path.
    ///
    /// # Errors
    /// The path is relative or too long for a socket.
    pub fn at(path: PathBuf) -> Result<Self, AddressError> {
        if !path.is_absolute() || path.file_name().is_none() {
            return Err(AddressError::NotAbsolute { path });
        }
        if cfg!(unix) && path.as_os_str().len() > MAX_SOCKET_PATH {
            return Err(AddressError::TooLong { path });
        }
        Ok(Self(path))
    }

    /// The socket, or on Windows the file with the pipe's name.
    pub fn socket(&self) -> &Path {
        &self.0
    }

    /// The folder that contains it, which only its owner can open.
    pub fn folder(&self) -> &Path {
        self.0.parent().expect("an absolute path with a file name has a parent")
    }

    /// The file that the agent holds a lock on.
    pub fn lock(&self) -> PathBuf {
        self.0.with_extension("lock")
    }
}

const UNDER_HOME: &str = if cfg!(target_os = "macos") {
    "Library/Application Support"
} else if cfg!(windows) {
    ""
} else {
    ".local/state"
};

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(sock: &str, runtime: &str, run_user: &str, home: &str) -> Surroundings {
        let set = |text: &str| (text != "unset").then(|| OsString::from(text));
        Surroundings {
            agent_sock: set(sock),
            runtime_dir: set(runtime),
            user_runtime_dir: set(run_user).map(PathBuf::from),
            home: set(home),
        }
    }

    #[test]
    fn every_program_of_a_user_finds_the_same_address() {
        let check = |sock, runtime, run_user, home, expected: &str| {
            let found = Address::find(&surroundings(sock, runtime, run_user, home)).unwrap();
            assert_eq!(found.socket(), Path::new(expected));
        };
        check("unset", "/run/user/7", "/run/user/7", "/home/u", "/run/user/7/mintage/agent.sock");
        check("unset", "unset", "/run/user/7", "unset", "/run/user/7/mintage/agent.sock");
        check("", "", "/run/user/7", "/home/u", "/run/user/7/mintage/agent.sock");
        check("unset", "relative", "unset", "/home/u", "/home/u/.local/state/mintage/agent.sock");
        check("/x/y.sock", "/run/user/7", "/run/user/7", "/home/u", "/x/y.sock");
    }

    #[test]
    fn an_address_that_cannot_work_is_refused_for_its_reason() {
        let refused = |sock, home| Address::find(&surroundings(sock, "unset", "unset", home)).unwrap_err().code();
        assert_eq!(refused("agent.sock", "/home/u"), "agent-address-relative");
        assert_eq!(refused("/", "/home/u"), "agent-address-relative");
        assert_eq!(refused("unset", "unset"), "agent-address-unknown");
        let path = |length: usize| PathBuf::from(format!("/{}", "x".repeat(length - 1)));
        assert!(Address::at(path(MAX_SOCKET_PATH)).is_ok());
        assert_eq!(Address::at(path(MAX_SOCKET_PATH + 1)).unwrap_err().code(), "agent-address-too-long");
    }

    #[test]
    fn the_lock_is_beside_the_socket() {
        let address = Address::at("/run/user/7/mintage/agent.sock".into()).unwrap();
        assert_eq!(address.lock(), Path::new("/run/user/7/mintage/agent.lock"));
        assert_eq!(address.folder(), Path::new("/run/user/7/mintage"));
    }
}
