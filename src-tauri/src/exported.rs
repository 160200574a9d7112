//! The file that was **exported** last, so that the file manager can show it.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::main_thread::lock;

/// The last exported file of this session.
#[derive(Debug, Default)]
pub(crate) struct Exported(Mutex<Option<PathBuf>>);

impl Exported {
    pub(crate) fn note(&self, file: &Path) {
        *lock(&self.0) = Some(file.to_owned());
    }

    pub(crate) fn last(&self) -> Option<PathBuf> {
        lock(&self.0).clone()
    }
}
