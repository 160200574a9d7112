//! Names of files that are dropped.

use std::path::Path;

use mintage_core::error::KeyError;
use mintage_core::key_file;

use crate::leak;

/// The name of a file that is not there, in a folder that is not shown.
pub(crate) fn name(input: &[u8]) {
    const FOLDER: &str = "/folder-that-is-not-there";
    let text = String::from_utf8_lossy(input);
    // A name of several parts is a path, which leads elsewhere.
    if text.contains(['/', '\\', '\0']) || text == ".." || text == "." {
        return;
    }
    match key_file::read(&Path::new(FOLDER).join(os_string(input))) {
        Err(error @ KeyError::FileUnreadable { .. }) => {
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
