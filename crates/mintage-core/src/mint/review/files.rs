//! Which **files** are read of those chosen or dropped, and what is in them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Error;
use crate::guard::off_thread;
use crate::key_file::{self, KeyFile, KeyFileError};
use crate::provider::Provider;
use crate::secret::SecretBytes;

/// More files than this aren't read at once: everything under review is kept in memory.
pub(super) const MOST: usize = 1_000;

/// How many files are read and parsed at a time: a key's numbers are checked, which takes a processor a while.
pub(super) const AT_A_TIME: usize = 8;

/// What was read, and the credential in it.
pub(super) struct Parsed {
    pub(super) bytes: SecretBytes,
    pub(super) file: Result<KeyFile, KeyFileError>,
    pub(super) readable_by_others: bool,
}

/// Reads and parses some files side by side, off the async threads. Results are in the order of the paths; an error is
/// of a file that couldn't be read.
///
/// # Errors
/// [`Error::Internal`] if parsing panics.
pub(super) async fn read_together(
    paths: &[PathBuf],
    providers: &Arc<[Provider]>,
) -> Result<Vec<Result<Parsed, KeyFileError>>, Error> {
    let begin = |path: &PathBuf| {
        let (path, providers) = (path.clone(), Arc::clone(providers));
        tokio::spawn(off_thread(move || -> Result<Parsed, KeyFileError> {
            let read = key_file::read(&path)?;
            let file = key_file::parse(read.bytes.expose(), None, &providers);
            Ok(Parsed { bytes: read.bytes, file, readable_by_others: read.readable_by_others })
        }))
    };
    let begun: Vec<_> = paths.iter().map(begin).collect();
    let mut parsed = Vec::with_capacity(begun.len());
    for each in begun {
        parsed.push(each.await.map_err(|_| Error::Internal)??);
    }
    Ok(parsed)
}

/// The files to read, and those beyond the limit.
pub(super) struct Files {
    pub(super) taken: Vec<PathBuf>,
    pub(super) left: Vec<PathBuf>,
}

impl Files {
    /// Opens folders, which may wait for the disk.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        let mut taken = with_folders_opened(paths);
        let left = taken.split_off(taken.len().min(MOST));
        Self { taken, left }
    }
}

/// Replaces a folder with its files, sorted by name; subfolders and hidden files are left out.
fn with_folders_opened(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_dir(path) {
            Ok(entries) => {
                let mut inside: Vec<_> =
                    entries.flatten().map(|entry| entry.path()).filter(|path| is_plain(path)).collect();
                inside.sort();
                files.append(&mut inside);
            }
            // Not a folder, or one that can't be opened: reading it reports what is wrong.
            Err(_) => files.push(path.clone()),
        }
    }
    files
}

fn is_plain(path: &Path) -> bool {
    path.is_file() && !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
