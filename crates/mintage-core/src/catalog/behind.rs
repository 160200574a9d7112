//! Writes **behind the answer**: nobody waits for them, and they are done in the order in which they came.
//!
//! Rule: whoever reads or writes anything else in this process waits for them first, so nobody sees that they
//! were late. A process that is killed may lose them; so they are nothing that anybody decides by.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use super::outcome::{self, MintOutcome};

/// The queue of writes; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Behind {
    queue: mpsc::UnboundedSender<Job>,
    /// How many writes are not done yet.
    waiting: Arc<AtomicUsize>,
}

#[derive(Debug)]
enum Job {
    Write(Box<MintOutcome>),
    /// Tells that everything before it is done.
    Tell(oneshot::Sender<()>),
}

impl Behind {
    /// Starts the one task that writes. It ends with the last handle of the catalogue.
    pub(super) fn start(pool: SqlitePool) -> Self {
        let (queue, mut jobs) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let done = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Some(job) = jobs.recv().await {
                match job {
                    Job::Write(outcome) => {
                        // A full disk must not take the token away; the next call that needs it says so.
                        let _: Result<(), sqlx::Error> = outcome::write(&pool, &outcome).await;
                        done.fetch_sub(1, Ordering::AcqRel);
                    }
                    Job::Tell(told) => drop(told.send(())),
                }
            }
        });
        Self { queue, waiting }
    }

    pub(super) fn add(&self, outcome: MintOutcome) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        if self.queue.send(Job::Write(Box::new(outcome))).is_err() {
            // The runtime ends, and its task with it.
            self.waiting.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Waits until everything that was added is written.
    pub(super) async fn done(&self) {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return;
        }
        let (tell, told) = oneshot::channel();
        if self.queue.send(Job::Tell(tell)).is_ok() {
            // An error means that the task is gone: then nothing will be written any more.
            let _: Result<(), oneshot::error::RecvError> = told.await;
        }
    }
}
