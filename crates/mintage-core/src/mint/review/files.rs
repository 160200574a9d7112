//! Which **files** are read of those chosen or dropped.

use std::path::{Path, PathBuf};

/// More files than this aren't read at once: everything under review is kept in memory.
pub(super) const MOST: usize = 500;

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
