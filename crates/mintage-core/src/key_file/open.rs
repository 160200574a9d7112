//! **Opening** a key file: with a size limit, and without ever blocking.
//!
//! Rule: symbolic links are followed, since key folders are full of them (Kubernetes mounts every secret as one), but
//! the target must be a regular file before it is opened and still be one afterwards.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::KeyFileError;
use super::{MAX_BYTES, ReadFile};
use crate::secret::SecretBytes;

/// Opens a key file of at most [`MAX_BYTES`]: regular files only (never blocks on a FIFO or device).
///
/// Also reports whether anyone but its owner can read it, for the review's warning: by its Unix mode, or by its access
/// list on Windows, where the system and its administrators don't count.
///
/// # Errors
/// [`KeyFileError::FileUnreadable`], [`KeyFileError::FileNotRegular`], [`KeyFileError::FileTooLarge`].
pub fn read(path: &Path) -> Result<ReadFile, KeyFileError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let unreadable = |source| KeyFileError::FileUnreadable { name: name.clone(), source };
    // Opening a device can already have an effect, so its type is checked first.
    let before = std::fs::metadata(path).map_err(unreadable)?;
    if !before.is_file() {
        return Err(KeyFileError::FileNotRegular { name });
    }
    let file = open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    // It may have been replaced by a FIFO in between; then it was opened without blocking.
    if !metadata.is_file() {
        return Err(KeyFileError::FileNotRegular { name });
    }
    match content(file).map_err(unreadable)? {
        Some(bytes) => Ok(ReadFile { bytes, name, readable_by_others: readable_by_others(path, &metadata) }),
        None => Err(KeyFileError::FileTooLarge { name }),
    }
}

/// Reads into one buffer that never grows; `None` if the limit is exceeded.
fn content(mut file: File) -> io::Result<Option<SecretBytes>> {
    let cap = usize::try_from(MAX_BYTES).expect("the cap is a small number");
    let mut buffer = Zeroizing::new(vec![0; cap + 1]);
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if filled > cap {
        return Ok(None);
    }
    buffer.truncate(filled);
    Ok(Some(SecretBytes::new(std::mem::take(&mut *buffer))))
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // O_NONBLOCK: opening a FIFO returns at once. O_NOCTTY: a terminal doesn't become our controlling terminal.
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn readable_by_others(_: &Path, metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(windows)]
fn readable_by_others(path: &Path, _: &Metadata) -> bool {
    mintage_windows::access::is_private(path).is_ok_and(|is_private| !is_private)
}
