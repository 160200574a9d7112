//! **Locks between processes**: files in the catalogue's folder that are locked, never read.
//!
//! Rule: the kernel releases a lock when its holder ends, however it ends, so none of them is ever stale. Some network
//! file systems have no locks; SQLite's own transactions still work there.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{CatalogError, files};

const POLL: Duration = Duration::from_millis(20);
/// How long to wait while another process changes keys: longer than a person takes at a password prompt.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits for the exclusive lock on this file, at most for `patience`; `None` if someone still holds it then.
///
/// # Errors
/// What the file system reports.
pub(super) async fn exclusive(path: &Path, patience: Duration) -> io::Result<Option<File>> {
    let file = files::private().create(true).open(path)?;
    let started = Instant::now();
    loop {
        match held(file.try_lock())? {
            true => return Ok(Some(file)),
            false if started.elapsed() < patience => tokio::time::sleep(POLL).await,
            false => return Ok(None),
        }
    }
}

/// One of any number of shared locks on this file, which block an exclusive one; `None` while there is an exclusive
/// one.
///
/// # Errors
/// What the file system reports.
pub(super) fn shared(path: &Path) -> io::Result<Option<File>> {
    let file = files::private().create(true).open(path)?;
    Ok(held(file.try_lock_shared())?.then_some(file))
}

fn held(tried: Result<(), TryLockError>) -> io::Result<bool> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The lock on catalogue and keychain together, for one task of one process at a time.
#[derive(Clone, Debug)]
pub(super) struct ChangeLock {
    path: PathBuf,
    /// The queue within this process; files are polled, so they have no order.
    line: Arc<Mutex<()>>,
}

/// Held while catalogue and keychain are changed together.
#[derive(Debug)]
pub struct Changing {
    // Fields are dropped in this order: the file first, so that the next in the queue finds it free.
    _file: File,
    _turn: OwnedMutexGuard<()>,
}

/// Held by the process that works on a rotation or a creation.
#[derive(Debug)]
pub struct Working {
    _file: File,
}

impl ChangeLock {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, line: Arc::default() }
    }

    /// The file of the lock on a piece of work.
    pub(super) fn of_work(&self, name: &str) -> PathBuf {
        self.path.with_file_name(format!("mintage.{name}.lock"))
    }

    /// Takes the lock on a piece of work; `None` while somebody else has it.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`].
    pub(super) async fn working(&self, name: &str) -> Result<Option<Working>, CatalogError> {
        let path = self.of_work(name);
        let locked = exclusive(&path, Duration::ZERO).await.map_err(|source| CatalogError::unopened(&path, source))?;
        Ok(locked.map(|file| Working { _file: file }))
    }

    /// Waits until nobody else is changing anything.
    ///
    /// # Errors
    /// [`CatalogError::Busy`] if another process holds it for two minutes; [`CatalogError::Unopened`].
    pub(super) async fn lock(&self) -> Result<Changing, CatalogError> {
        let turn = Arc::clone(&self.line).lock_owned().await;
        let locked = exclusive(&self.path, PATIENCE).await;
        let file = locked.map_err(|source| CatalogError::unopened(&self.path, source))?.ok_or(CatalogError::Busy)?;
        Ok(Changing { _file: file, _turn: turn })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;

    #[tokio::test]
    async fn an_exclusive_lock_keeps_everybody_else_away_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = exclusive(&path, AT_ONCE).await.unwrap().expect("nobody holds it");
        assert!(exclusive(&path, AT_ONCE).await.unwrap().is_none());
        assert!(shared(&path).unwrap().is_none());
        drop(first);
        let (one, two) = (shared(&path).unwrap(), shared(&path).unwrap());
        assert!(one.is_some() && two.is_some());
        assert!(exclusive(&path, AT_ONCE).await.unwrap().is_none());
        drop((one, two));
        assert!(exclusive(&path, AT_ONCE).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn two_handles_of_one_folder_change_one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (ours, theirs) = (ChangeLock::new(path.clone()), ChangeLock::new(path));
        let changing = ours.lock().await.unwrap();
        let waiting = tokio::spawn(async move { theirs.lock().await.map(drop) });
        let mut again = std::pin::pin!(ours.lock());
        let poll = std::future::poll_fn(|context| std::task::Poll::Ready(again.as_mut().poll(context).is_ready()));
        assert!(!poll.await, "the lock was given twice");
        drop(changing);
        waiting.await.unwrap().unwrap();
        again.await.unwrap();
    }
}
