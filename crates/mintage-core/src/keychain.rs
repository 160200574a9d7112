//! The **keychain** is the operating system's store for secrets: one item per credential, named by the
//! credential's UUID and nothing else.
//!
//! Rule: the only module that touches it. A dedicated thread, a deadline for every call, and everything written is read
//! back; an item is never overwritten. Secrets are stored nowhere else: without a keychain nothing is stored.
//!
//! Every store is reached through keyring-core: [`items`] defines the operations, [`thread`] when and for how long they
//! run, [`platform`] which store it is, and `secret_service` is the one for Linux.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::CredentialStore;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::CredentialId;
use crate::secret::SecretBytes;

mod error;
mod items;
mod names;
mod platform;
mod prompt;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(test)]
mod tests;
mod thread;

pub use error::KeychainError;
use platform::Platform;
use thread::Thread;

/// The state of the keychain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum KeychainState {
    /// It responds and is unlocked.
    Ready {
        /// Its name, for example `GNOME Keyring` or `macOS Keychain`.
        name: String,
    },
    /// It responds and is locked.
    Locked {
        /// Its name.
        name: String,
    },
    /// No service runs, or it has no default keyring.
    Absent,
    /// A service exists but doesn't respond.
    Silent,
}

/// How long a call to the keychain may take before it counts as [`KeychainError::TimedOut`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For operations that don't involve the user.
    pub answer: Duration,
    /// For a whole call that may be waiting for the user at a password prompt.
    pub prompt: Duration,
}

impl Default for Deadlines {
    /// Ten seconds, and a minute for the user.
    fn default() -> Self {
        Self { answer: Duration::from_secs(10), prompt: Duration::from_secs(60) }
    }
}

/// A handle to the keychain; cheap to clone, all clones share one thread.
///
/// Calls are made one after another. A call that has started runs to its end, even if its caller has gone away. All
/// calls need a tokio runtime with timers.
#[derive(Clone)]
pub struct Keychain {
    thread: Arc<Thread>,
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keychain")
    }
}

impl Keychain {
    /// The platform's keychain. Doesn't touch it yet: the first call does.
    pub fn platform() -> Self {
        Self::on(Platform::native())
    }

    /// A keychain over any keyring-core store, recreated by `make` whenever a call failed: for tests with
    /// keyring-core's mock store, and for the platforms' stores.
    pub fn over(make: impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static) -> Self {
        Self::on(Platform::any(make))
    }

    fn on(platform: Platform) -> Self {
        Self { thread: Arc::new(Thread::new(platform, Deadlines::default())) }
    }

    /// The same keychain with other deadlines and its own thread.
    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { thread: Arc::new(Thread::new(self.thread.platform().clone(), deadlines)) }
    }

    /// Connects, so that the first call finds a session: agreeing on one takes longer than reading an item. Never prompts;
    /// what is wrong is that call's error.
    pub async fn connect(&self) {
        let _: Result<(), KeychainError> = self.ask("connecting", |_, _| Ok(())).await;
    }

    /// Stores a new item, reads it back and compares. An existing item with the same name and bytes counts as stored;
    /// one with other bytes is left unchanged.
    ///
    /// # Errors
    /// [`KeychainError::Occupied`] if there are other bytes under that name, or any other variant; after one the
    /// outcome is unknown, not "not stored".
    pub async fn put(&self, id: CredentialId, secret: SecretBytes) -> Result<(), KeychainError> {
        self.ask("storing", move |platform, store| items::put(platform, store, id, &secret)).await
    }

    /// Reads an item. May prompt the user to unlock.
    ///
    /// # Errors
    /// [`KeychainError::NotFound`] if there is none in the active keyring; any other variant.
    pub async fn get(&self, id: CredentialId) -> Result<SecretBytes, KeychainError> {
        self.ask("reading", move |platform, store| items::get(platform, store, id)).await
    }

    /// Deletes an item; a missing one counts as deleted. May prompt the user to unlock.
    ///
    /// # Errors
    /// Any [`KeychainError`] but `NotFound`.
    pub async fn delete(&self, id: CredentialId) -> Result<(), KeychainError> {
        self.ask("deleting", move |platform, store| items::delete(platform, store, id)).await
    }

    /// The credentials that have an item, by name; reads no secret and never prompts.
    ///
    /// # Errors
    /// [`KeychainError::Locked`] if the names can't be read before it is unlocked; any other variant except `NotFound`.
    pub async fn list(&self) -> Result<Vec<CredentialId>, KeychainError> {
        self.ask("listing", items::list).await
    }

    /// Returns its state, without prompting.
    pub async fn state(&self) -> KeychainState {
        // A call that waits at a prompt occupies the thread until the user responds; in that case it is known to be
        // locked.
        if let Some(name) = self.thread.prompt().open_for() {
            return KeychainState::Locked { name };
        }
        match self.ask("checking its state", platform::state).await {
            Ok(state) => state,
            Err(KeychainError::Absent | KeychainError::NoDefaultKeyring) => KeychainState::Absent,
            Err(KeychainError::Locked) => KeychainState::Locked { name: names::NAME.to_owned() },
            Err(_) => KeychainState::Silent,
        }
    }

    /// Asks the keychain to unlock, which may show its prompt.
    ///
    /// # Errors
    /// [`KeychainError::Locked`] if the prompt was dismissed; any other variant.
    pub async fn unlock(&self) -> Result<(), KeychainError> {
        self.ask("unlocking", platform::unlock).await
    }

    /// Tells each time the keychain was locked (`true`) or unlocked, by whomever. It returns only if the system doesn't
    /// tell, so run it as a task.
    #[cfg(target_os = "linux")]
    pub async fn watch(&self, tell: impl Fn(bool)) {
        use zbus::export::ordered_stream::OrderedStreamExt as _;

        let Ok(mut changes) = secret_service::changes().await else { return };
        let mut known = self.is_locked().await;
        while changes.next().await.is_some() {
            let Some(locked) = self.is_locked().await else { continue };
            let before = known.replace(locked);
            // Where nothing was known, only a lock is news.
            if before.map_or(locked, |before| before != locked) {
                tell(locked);
            }
        }
    }

    /// Other systems' keychains are unlocked with the user's login and tell nothing.
    #[cfg(not(target_os = "linux"))]
    pub async fn watch(&self, _: impl Fn(bool)) {}

    /// Whether it's locked; `None` if it doesn't say.
    #[cfg(target_os = "linux")]
    async fn is_locked(&self) -> Option<bool> {
        match self.state().await {
            KeychainState::Ready { .. } => Some(false),
            KeychainState::Locked { .. } => Some(true),
            KeychainState::Absent | KeychainState::Silent => None,
        }
    }

    /// Runs `work` on the keychain's thread. It is a separate task: a caller that is dropped half-way must not leave
    /// the next one in the queue to a thread that is still busy.
    async fn ask<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl Fn(&Platform, &CredentialStore) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let thread = Arc::clone(&self.thread);
        let call = tokio::spawn(async move { thread.ask(operation, work).await });
        call.await.unwrap_or(Err(KeychainError::Failed { operation }))
    }
}
