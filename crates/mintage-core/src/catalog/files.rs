//! The catalogue's **files**, private from the moment they exist: 0600 in 0700.
//!
//! On Windows a new file has its folder's access list, so a folder that is created here is for this user alone. In a
//! folder that already exists, the database is closed to others, and its logs, locks and copies are as open as the folder.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use super::CatalogError;

/// The smallest non-empty SQLite database, in bytes (SQLite file format §1.2).
const SMALLEST_PAGE: u64 = 512;

/// Creates the folder and its parents.
pub(super) fn make_folder(folder: &Path) -> Result<(), CatalogError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    #[cfg(windows)]
    let missing: Vec<&Path> = folder.ancestors().take_while(|path| !path.exists()).collect();
    builder.create(folder).map_err(|source| {
        // Systems report a file among the parent folders in different ways.
        let is_file = |path: &Path| fs::metadata(path).is_ok_and(|found| !found.is_dir());
        let stands_in_the_way = folder.ancestors().any(is_file);
        let file_there = || io::Error::new(io::ErrorKind::NotADirectory, "there is a file where its folder should be");
        CatalogError::unopened(folder, if stands_in_the_way { file_there() } else { source })
    })?;
    #[cfg(windows)]
    missing.into_iter().for_each(close);
    Ok(())
}

/// Creates the empty file before SQLite would, so that it is private from the start; on Unix the write-ahead log
/// gets its mode.
pub(super) fn make_file(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Ok(_) => {
            // It is still empty, and in a folder that others can open it has that folder's access list.
            #[cfg(windows)]
            close(path);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            tighten(path);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Rejects what SQLite wouldn't: a file of a few bytes, which it treats as empty and overwrites, and a read-only one,
/// next to which it leaves a log that stays read-only.
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

/// Restores permissions that a copy or a restore may have widened. Best effort: some file systems have no modes, and
/// the file contains no secret.
fn tighten(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let exposed = fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o077 != 0);
        if exposed {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
        }
    }
    #[cfg(windows)]
    if mintage_windows::access::is_private(path).is_ok_and(|is_private| !is_private) {
        close(path);
    }
}

/// Best effort, as above.
#[cfg(windows)]
fn close(path: &Path) {
    let _: io::Result<()> = mintage_windows::access::close(path);
}

/// How a new file of ours is opened.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(all(test, windows))]
mod tests {
    use mintage_windows::access::is_private;

    use super::*;

    #[test]
    fn every_folder_that_is_created_is_for_this_user_alone() {
        let above = tempfile::tempdir().unwrap();
        let (outer, inner) = (above.path().join("outer"), above.path().join("outer/inner"));
        make_folder(&inner).unwrap();
        make_file(&inner.join("mintage.db")).unwrap();
        for path in [outer, inner.clone(), inner.join("mintage.db")] {
            assert!(is_private(&path).unwrap(), "{}", path.display());
        }
    }
}
