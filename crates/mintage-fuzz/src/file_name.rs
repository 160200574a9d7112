//! Names of dropped files.

use std::path::Path;

use mintage_core::key_file::{self, KeyFileError};

use crate::leak;

/// The name of a file that doesn't exist, in a folder that isn't shown.
pub(crate) fn name(input: &[u8]) {
    const FOLDER: &str = "/folder-that-is-not-there";
    let text = String::from_utf8_lossy(input);
    // A name with several parts is a path, which points elsewhere.
    if text.contains(['/', '\\', '\0']) || text == ".." || text == "." {
        return;
    }
    match key_file::read(&Path::new(FOLDER).join(os_string(input))) {
        Err(error @ KeyFileError::FileUnreadable { .. }) => {
            leak::check_error(error.code(), &error.to_string(), &error.help());
            assert!(text.is_empty() || !error.to_string().contains(FOLDER), "{error}");
        }
        other => panic!("{:?}", other.map(|file| file.name)),
    }
}

#[cfg(unix)]
fn os_string(name: &[u8]) -> std::ffi::OsString {
    std::os::unix::ffi::OsStringExt::from_vec(name.to_vec())
}

#[cfg(not(unix))]
fn os_string(name: &[u8]) -> std::ffi::OsString {
    String::from_utf8_lossy(name).into_owned().into()
}
