//! A **guard** around a job: a panic in it becomes an error, and long-running work stays off the threads that serve the
//! window.
//!
//! Rule: a bug in Mintage costs only the job that hit it. The panic message is dropped, since it may contain anything;
//! the panic hook reports where it happened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::error::Error;

/// Runs a job to its end; a panic in it becomes [`Error::Internal`].
///
/// State that the job shares with others must stay consistent if it stops: every lock is released, and every change
/// under one is a single assignment.
///
/// # Errors
/// [`Error::Internal`].
pub async fn guarded<T>(job: impl Future<Output = T>) -> Result<T, Error> {
    let mut job = pin!(job);
    std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| job.as_mut().poll(context)));
        polled.map_or(Poll::Ready(Err(Error::Internal)), |poll| poll.map(Ok))
    })
    .await
}

/// Runs work that computes or waits for the disk on a thread for such work. If the caller stops waiting, it continues
/// at once; the work itself runs to its end unobserved, so it must be bounded.
///
/// # Errors
/// [`Error::Internal`] if it panics.
pub async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_before_or_after_it_waited_is_an_error_with_a_next_step() {
        let early = guarded(async { panic!("hunter2") as () }).await.expect_err("it panicked");
        let late = async {
            tokio::task::yield_now().await;
            panic!("hunter2") as ()
        };
        let late = guarded(late).await.expect_err("it panicked");
        let beside = off_thread(|| panic!("hunter2") as ()).await.expect_err("it panicked");
        for error in [early, late, beside] {
            let problem = error.problem();
            assert_eq!(problem.code, "internal-error");
            assert!(!format!("{problem:?}").contains("hunter2") && !problem.help.is_empty());
        }
    }

    #[tokio::test]
    async fn a_job_that_does_not_panic_gives_what_it_gives() {
        assert_eq!(guarded(std::future::ready(7)).await.expect("no panic"), 7);
        assert_eq!(off_thread(|| 7).await.expect("no panic"), 7);
    }

    #[tokio::test]
    async fn what_a_panicking_job_held_is_free_for_the_next() {
        let turn = tokio::sync::Mutex::new(1);
        let shared = Mutex::new(1);
        let job = async {
            let _turn = turn.lock().await;
            let _shared = crate::mint::lock(&shared);
            panic!("while it holds both") as ()
        };
        assert!(guarded(job).await.is_err());
        assert_eq!((*turn.lock().await, *crate::mint::lock(&shared)), (1, 1));
    }
}
