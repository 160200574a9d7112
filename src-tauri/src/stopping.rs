//! **Stopping** what waits for a server: a slow one is not waited for longer than the user likes.
//!
//! Rule: what is stopped is dropped where it waits. A token that comes afterwards is nobody's; nothing is
//! recorded, because nothing was answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mintage_core::error::{Error, Problem};
use mintage_core::service_user::ServiceUserId;
use tokio::sync::Notify;

/// Who waits for a token, and how to end that.
#[derive(Debug, Default)]
pub(crate) struct Stopping(Mutex<HashMap<ServiceUserId, Arc<Notify>>>);

impl Stopping {
    /// Runs a deed for a service user until it is done or stopped.
    ///
    /// # Errors
    /// The deed's own, and `stopped`.
    pub(crate) async fn unless_stopped<T>(
        &self,
        id: ServiceUserId,
        deed: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Problem> {
        let stop = self.of(id);
        tokio::select! {
            biased;
            done = deed => done.map_err(|error| error.problem()),
            () = stop.notified() => Err(stopped()),
        }
    }

    /// Stops all that waits for this service user's token.
    pub(crate) fn stop(&self, id: ServiceUserId) {
        self.of(id).notify_waiters();
    }

    fn of(&self, id: ServiceUserId) -> Arc<Notify> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(waiting.entry(id).or_default())
    }
}

fn stopped() -> Problem {
    Problem::of_shell("stopped", "stopped before the server answered".to_owned(), "Mint again when you like")
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn stopping_ends_what_waits_for_that_service_user_alone() {
        let (stopping, other) = (Stopping::default(), ServiceUserId(uuid::Uuid::from_u128(2)));
        let id = ServiceUserId(uuid::Uuid::from_u128(1));
        // Nothing waits yet, and nothing that comes later is stopped by it.
        stopping.stop(id);
        assert_eq!(stopping.unless_stopped(id, ready(Ok(7))).await.unwrap(), 7);

        let (ended, ()) = tokio::join!(stopping.unless_stopped::<()>(id, pending()), async {
            stopping.stop(other);
            stopping.stop(id);
        });
        assert_eq!(ended.unwrap_err().code, "stopped");
    }

    #[tokio::test]
    async fn a_deed_that_fails_says_why_itself() {
        let failed = Stopping::default()
            .unless_stopped::<()>(ServiceUserId(uuid::Uuid::nil()), ready(Err(Error::ReviewGone)))
            .await;
        assert_eq!(failed.unwrap_err().code, Error::ReviewGone.code());
    }
}
