//! Whether a place is safe, which means that nobody else can have put a socket there.
//!
//! Rule: the folder belongs to this user and is closed to others, and neither the folder nor the socket is a symbolic
//! link. Then nobody else can replace the socket between the check and the connection.

use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Why a place isn't safe.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It isn't a folder, or it is a symbolic link to one.
    #[error("`{}` isn't a folder", .path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// It isn't a socket, or it is a symbolic link to one.
    #[error("`{}` isn't a socket", .path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
    },
    /// It belongs to somebody else.
    #[error("`{}` belongs to the user with id {owner}", .path.display())]
    OtherOwner {
        /// The path.
        path: PathBuf,
        /// That user's id.
        owner: u32,
    },
    /// Others can open it.
    #[error("other users can open `{}`: its mode is {mode:03o}", .path.display())]
    OpenToOthers {
        /// The path.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It can't be read.
    #[error("`{}` can't be read", .path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl TrustError {
    /// Whether it doesn't exist.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// The next step, as one imperative sentence without its final period.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotAFolder { .. } | Self::NotASocket { .. } => "Move it away, then try again",
            Self::OtherOwner { .. } => {
                "Find out who put it there, or set `MINTAGE_AGENT_SOCK` to a path in a folder of yours"
            }
            Self::OpenToOthers { .. } => "Close the folder with `chmod 700`, then try again",
            Self::Unreadable { .. } => "Check its permissions",
        }
    }
}

/// Checks the folder that the socket is in.
///
/// # Errors
/// It isn't a folder, belongs to somebody else, or is open to others.
pub fn check_folder(folder: &Path) -> Result<(), TrustError> {
    let path = || folder.to_owned();
    let found = folder.symlink_metadata().map_err(|source| TrustError::Unreadable { path: path(), source })?;
    if !found.is_dir() {
        return Err(TrustError::NotAFolder { path: path() });
    }
    check_owner(folder, found.uid())?;
    match found.mode() & 0o777 {
        mode if mode & 0o077 != 0 => Err(TrustError::OpenToOthers { path: path(), mode }),
        _ => Ok(()),
    }
}

/// Checks the socket itself.
///
/// # Errors
/// It isn't a socket, or belongs to somebody else.
pub fn check_socket(socket: &Path) -> Result<(), TrustError> {
    let path = || socket.to_owned();
    let found = socket.symlink_metadata().map_err(|source| TrustError::Unreadable { path: path(), source })?;
    if !found.file_type().is_socket() {
        return Err(TrustError::NotASocket { path: path() });
    }
    check_owner(socket, found.uid())
}

fn check_owner(path: &Path, owner: u32) -> Result<(), TrustError> {
    if owner == nix::unistd::geteuid().as_raw() {
        return Ok(());
    }
    Err(TrustError::OtherOwner { path: path.to_owned(), owner })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("mintage");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        (above, folder)
    }

    #[test]
    fn a_folder_of_ones_own_that_is_closed_is_safe() {
        let (_above, folder) = folder();
        check_folder(&folder).unwrap();
    }

    #[test]
    fn a_folder_that_others_can_open_is_not_safe() {
        let (_above, folder) = folder();
        for mode in [0o701, 0o710, 0o720, 0o755, 0o777] {
            fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
            let error = check_folder(&folder).unwrap_err();
            assert!(matches!(error, TrustError::OpenToOthers { mode: found, .. } if found == mode), "{error}");
        }
    }

    #[test]
    fn a_symbolic_link_is_neither_a_folder_nor_a_socket() {
        let (above, folder) = folder();
        let link = above.path().join("link");
        symlink(&folder, &link).unwrap();
        assert!(matches!(check_folder(&link), Err(TrustError::NotAFolder { .. })));

        let _listener = UnixListener::bind(folder.join("real.sock")).unwrap();
        symlink(folder.join("real.sock"), folder.join("agent.sock")).unwrap();
        check_socket(&folder.join("real.sock")).unwrap();
        assert!(matches!(check_socket(&folder.join("agent.sock")), Err(TrustError::NotASocket { .. })));
    }

    #[test]
    fn a_plain_file_is_not_a_socket() {
        let (_above, folder) = folder();
        fs::write(folder.join("agent.sock"), "").unwrap();
        assert!(matches!(check_socket(&folder.join("agent.sock")), Err(TrustError::NotASocket { .. })));
    }

    #[test]
    fn what_is_somebody_elses_is_not_safe() {
        // `/` is root's: for anyone else it has another owner, and root can give a folder away.
        let (_above, mut given) = folder();
        if nix::unistd::geteuid().is_root() {
            std::os::unix::fs::chown(&given, Some(65534), None).unwrap();
        } else {
            given = PathBuf::from("/");
        }
        assert!(matches!(check_folder(&given), Err(TrustError::OtherOwner { .. })));
    }

    #[test]
    fn what_is_absent_is_told_apart() {
        let (_above, folder) = folder();
        assert!(check_socket(&folder.join("agent.sock")).unwrap_err().is_absent());
        assert!(check_folder(&folder.join("none")).unwrap_err().is_absent());
    }
}
