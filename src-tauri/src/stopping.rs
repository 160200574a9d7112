//! **Stopping** what takes long, a slow server or a slow passphrase: nobody waits longer than they like.
//!
//! Rule: what is stopped is dropped where it waits. A token that comes afterwards is nobody's; nothing is
//! recorded, because nothing was answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mintage_core::error::{Error, Problem};
use tokio::sync::Notify;
use uuid::Uuid;

/// What is waited for, by the id of the service user or the review that it's for, and how to end that.
#[derive(Debug, Default)]
pub(crate) struct Stopping(Mutex<HashMap<Uuid, Arc<Notify>>>);

impl Stopping {
    /// Runs a job until it is done or stopped.
    ///
    /// # Errors
    /// The job's own, and `stopped`.
    pub(crate) async fn unless_stopped<T>(
        &self,
        id: Uuid,
        job: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Problem> {
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
    pub(crate) fn stop(&self, id: Uuid) {
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
    Problem::of_shell("stopped", "stopped before it was done".to_owned(), "Start it again when you like")
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn stopping_ends_what_waits_under_that_id_alone() {
        let (stopping, other, id) = (Stopping::default(), Uuid::from_u128(2), Uuid::from_u128(1));
        // Nothing waits yet, and nothing that comes later is stopped by it.
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
    async fn a_deed_that_fails_says_why_itself() {
        let failed = Stopping::default().unless_stopped::<()>(Uuid::nil(), ready(Err(Error::ReviewGone))).await;
        assert_eq!(failed.unwrap_err().code, Error::ReviewGone.code());
    }
}
