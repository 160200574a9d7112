//! **Opening** a key file: with a cap, and never waiting.
//!
//! Rule: symbolic links are followed, since key folders are full of them (Kubernetes mounts every secret
//! as one), but what they lead to must be a regular file before it is opened and still be one after.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::{MAX_BYTES, ReadFile};
use crate::error::KeyError;
use crate::secret::SecretBytes;

/// Opens a key file with a cap of [`MAX_BYTES`]: regular files only (never waits on a FIFO or device).
///
/// Also tells whether others than its owner may read it (Unix mode), for the review's warning.
///
/// # Errors
/// [`KeyError::FileUnreadable`], [`KeyError::FileNotRegular`], [`KeyError::FileTooLarge`].
pub fn read(path: &Path) -> Result<ReadFile, KeyError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let unreadable = |source| KeyError::FileUnreadable { name: name.clone(), source };
    // Opening a device can already have an effect, so it is looked at first.
    let before = std::fs::metadata(path).map_err(unreadable)?;
    if !before.is_file() {
        return Err(KeyError::FileNotRegular { name });
    }
    let file = open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    // It may have been exchanged for a FIFO in between; then it was opened without waiting.
    if !metadata.is_file() {
        return Err(KeyError::FileNotRegular { name });
    }
    match content(file).map_err(unreadable)? {
        Some(bytes) => Ok(ReadFile { bytes, name, readable_by_others: readable_by_others(&metadata) }),
        None => Err(KeyError::FileTooLarge { name }),
    }
}

/// Reads into one buffer that never grows; `None` where the cap does not suffice.
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
    // O_NONBLOCK: opening a FIFO returns at once. O_NOCTTY: a terminal does not become ours.
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn readable_by_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn readable_by_others(_: &Metadata) -> bool {
    false
}
