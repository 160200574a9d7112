//! **Stopping** long-running work, such as a slow server or a slow passphrase: nobody has to wait longer than they
//! want.
//!
//! Rule: stopped work is dropped at its await point. A token that arrives afterwards is discarded; nothing is recorded,
//! because nothing was returned.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mintage_core::error::{Error, Problem};
use tokio::sync::Notify;
use uuid::Uuid;

/// Running work, by the id of its service user or review, and how to stop it.
#[derive(Debug, Default)]
pub struct Stopping(Mutex<HashMap<Uuid, Arc<Notify>>>);

impl Stopping {
    /// Runs a job until it finishes or is stopped.
    ///
    /// # Errors
    /// The job's own, and `stopped`.
    pub async fn unless_stopped<T>(&self, id: Uuid, job: impl Future<Output = Result<T, Error>>) -> Result<T, Problem> {
        let stop = self.of(id);
        let ended = tokio::select! {
            biased;
            done = job => done.map_err(Problem::from),
            () = stop.notified() => Err(stopped()),
        };
        drop(stop);
        self.lock().retain(|_, stop| Arc::strong_count(stop) > 1);
        ended
    }

    /// Stops all that is waited for under this id.
    pub fn stop(&self, id: Uuid) {
        if let Some(stop) = self.lock().get(&id) {
            stop.notify_waiters();
        }
    }

    fn of(&self, id: Uuid) -> Arc<Notify> {
        Arc::clone(self.lock().entry(id).or_default())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stopped() -> Problem {
    Problem::of_shell("stopped", "stopped before it finished".to_owned(), "Start it again when you're ready")
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn stopping_ends_what_waits_under_that_id_alone() {
        let (stopping, other, id) = (Stopping::default(), Uuid::from_u128(2), Uuid::from_u128(1));
        // Nothing is running yet, and nothing started later is stopped by it.
        stopping.stop(id);
        assert_eq!(stopping.unless_stopped(id, ready(Ok(7))).await.unwrap(), 7);

        let (ended, ()) = tokio::join!(stopping.unless_stopped::<()>(id, pending()), async {
            stopping.stop(other);
            stopping.stop(id);
        });
        assert_eq!(ended.unwrap_err().code, "stopped");
        assert!(stopping.lock().is_empty(), "nothing is waited for any more");
    }

    #[tokio::test]
    async fn an_action_that_fails_says_why_itself() {
        let failed = Stopping::default().unless_stopped::<()>(Uuid::nil(), ready(Err(Error::ReviewGone))).await;
        assert_eq!(failed.unwrap_err().code, Error::ReviewGone.code());
    }
}
