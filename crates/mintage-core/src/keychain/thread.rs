//! The keychain's **thread**: every call is made there, one after another.
//!
//! Rule: a store may block for ever, panic, or lose its session for good. So no async runtime waits in a store; a call
//! has a deadline, after which its thread is abandoned (never joined, so that it can't delay the exit) and the next
//! call gets a new thread and a new store; and a failed call is retried once with a newly created store. The operation
//! is the caller's: it must be safe to repeat.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};

use keyring_core::CredentialStore;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::items::fault;
use super::platform::Platform;
use super::prompt::Prompt;
use super::{Deadlines, KeychainError};

/// How many threads may hang in the store at a time. Each holds a connection to the session bus, which allows a few
/// hundred for all programs.
const MOST_STUCK: usize = 4;

/// An operation on the store that the thread owns.
type Job = Box<dyn FnOnce(&mut ThreadState) + Send>;

/// The thread, its queue and its deadlines. Started by the first call.
pub(super) struct Thread {
    platform: Platform,
    deadlines: Deadlines,
    prompt: Prompt,
    /// The channel to the running thread. Locked for the length of a call, which forms the queue.
    jobs: tokio::sync::Mutex<Option<mpsc::Sender<Job>>>,
    /// Held once here and once by every living thread.
    alive: Arc<()>,
}

impl Thread {
    /// A thread that is not started yet.
    pub(super) fn new(platform: Platform, deadlines: Deadlines) -> Self {
        Self { platform, deadlines, prompt: Prompt::default(), jobs: Default::default(), alive: Arc::new(()) }
    }

    pub(super) fn platform(&self) -> &Platform {
        &self.platform
    }

    pub(super) fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// Runs `work` and waits for it, at most for the deadline.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl Fn(&Platform, &CredentialStore) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let mut jobs = self.jobs.lock().await;
        let sender = match jobs.take() {
            Some(sender) => sender,
            None => self.start()?,
        };
        self.prompt.begin();
        let (tell, told) = oneshot::channel();
        let job = Box::new(move |state: &mut ThreadState| {
            // Nobody is listening any more if the deadline has passed; a secret is wiped here then.
            let _ = tell.send(state.carry_out(operation, &work));
        });
        sender.send(job).map_err(|_| KeychainError::Failed { operation })?;
        let result = self.within_deadline(told).await?;
        // Put back only now: a thread that is stuck or has ended isn't used again.
        *jobs = Some(sender);
        result
    }

    async fn within_deadline<T>(
        &self,
        mut told: oneshot::Receiver<Result<T, KeychainError>>,
    ) -> Result<Result<T, KeychainError>, KeychainError> {
        let Deadlines { answer, prompt } = self.deadlines;
        let ended = |_| KeychainError::Failed { operation: "responding" };
        if let Ok(result) = timeout(answer, &mut told).await {
            return result.map_err(ended);
        }
        if !self.platform.prompts_unseen() && !self.prompt.was_expected() {
            return Err(KeychainError::timed_out(answer));
        }
        match timeout(prompt.saturating_sub(answer), told).await {
            Ok(result) => result.map_err(ended),
            Err(_) => Err(KeychainError::timed_out(prompt)),
        }
    }

    fn start(&self) -> Result<mpsc::Sender<Job>, KeychainError> {
        if Arc::strong_count(&self.alive) > MOST_STUCK {
            return Err(KeychainError::timed_out(self.deadlines.answer));
        }
        let (sender, jobs) = mpsc::channel::<Job>();
        let alive = Arc::clone(&self.alive);
        let (platform, deadlines, prompt) = (self.platform.clone(), self.deadlines, self.prompt.clone());
        let mut state = ThreadState { platform, deadlines, prompt, store: None };
        let attend = move || {
            let _alive = alive;
            while let Ok(job) = jobs.recv() {
                job(&mut state);
            }
        };
        let thread = std::thread::Builder::new().name("keychain".into()).spawn(attend);
        thread.map(|_| sender).map_err(|_| KeychainError::Failed { operation: "starting its thread" })
    }
}

/// What the thread keeps between two calls.
struct ThreadState {
    platform: Platform,
    deadlines: Deadlines,
    prompt: Prompt,
    store: Option<Arc<CredentialStore>>,
}

impl ThreadState {
    /// Runs `work`, and retries once with a new store if the first one failed.
    fn carry_out<T>(
        &mut self,
        operation: &'static str,
        work: &impl Fn(&Platform, &CredentialStore) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        match self.attempt(operation, work) {
            // A session that was lost with its daemon appears as one of these two.
            Err(KeychainError::Failed { .. } | KeychainError::Absent) if self.platform.loses_sessions() => {
                self.attempt(operation, work)
            }
            result => result,
        }
    }

    fn attempt<T>(
        &mut self,
        operation: &'static str,
        work: &impl Fn(&Platform, &CredentialStore) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        // Taken out, so that a store whose call fails or panics isn't reused.
        let held = self.store.take();
        let call = || {
            let store = match held {
                Some(store) => store,
                None => self.platform.make(self.deadlines, &self.prompt).map_err(|error| fault(error, operation))?,
            };
            let result = work(&self.platform, &*store);
            Ok((store, result))
        };
        let (store, result) =
            catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(KeychainError::Failed { operation }))?;
        if result.as_ref().map_or_else(speaks_of_items, |_| true) {
            self.store = Some(store);
        }
        result
    }
}

/// Whether the error is about the store's content and not about the store.
fn speaks_of_items(error: &KeychainError) -> bool {
    match error {
        KeychainError::Locked
        | KeychainError::Denied
        | KeychainError::NotFound
        | KeychainError::Ambiguous { .. }
        | KeychainError::Occupied
        | KeychainError::TooLarge { .. } => true,
        KeychainError::Absent
        | KeychainError::NoDefaultKeyring
        | KeychainError::TimedOut { .. }
        | KeychainError::ReadBackDiffers
        | KeychainError::Failed { .. } => false,
    }
}
