//! The catalogue's **files**, private from their first moment (0600 in 0700).

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::CatalogError;

/// No SQLite database that is not empty is smaller, in bytes (SQLite file format §1.2).
const SMALLEST_PAGE: u64 = 512;

/// Makes the folder and those above it.
pub(super) fn make_folder(folder: &Path) -> Result<(), CatalogError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| {
        // Systems report a file among the folders above in words of their own.
        let is_file = |path: &Path| fs::metadata(path).is_ok_and(|found| !found.is_dir());
        let stands_in_the_way = folder.ancestors().any(is_file);
        let file_there = || io::Error::new(io::ErrorKind::NotADirectory, "a file stands where its folder should be");
        CatalogError::unopened(folder, if stands_in_the_way { file_there() } else { source })
    })
}

/// Makes the empty file before SQLite would, so that it is private from its first moment; the
/// write-ahead log inherits its mode.
pub(super) fn make_file(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            tighten(path);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Refuses what SQLite would not: a file of a few bytes, which it takes for an empty one and overwrites,
/// and a read-only one, beside which it leaves a log that is read-only for ever.
pub(super) fn check_file(path: &Path) -> Result<(), CatalogError> {
    let found = fs::metadata(path).map_err(|source| CatalogError::unopened(path, source))?;
    if (1..SMALLEST_PAGE).contains(&found.len()) {
        return Err(CatalogError::damaged(path));
    }
    if found.permissions().readonly() {
        return Err(CatalogError::unopened(
            path,
            io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"),
        ));
    }
    Ok(())
}

/// Takes back what a copy or a restore may have opened to others. Best effort: some file systems know
/// no modes, and the file holds no secret.
fn tighten(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let exposed = fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o077 != 0);
        if exposed {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// How a new file of ours is opened.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
