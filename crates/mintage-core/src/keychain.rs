//! The **keychain** is the operating system's store for secrets: one item per credential, named by the
//! credential's UUID and nothing else.
//!
//! Rule: the only module that touches it. One thread of its own, a deadline for every call, what was
//! written is read back; an item is never overwritten. There is no other place for a secret: without
//! a keychain nothing is stored.
//!
//! Every store is reached through keyring-core: [`items`] says what is done with one, [`thread`] when
//! and for how long, [`platform`] which one it is, and `secret_service` is the one for Linux.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::CredentialStore;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::credential::CredentialId;
use crate::error::KeychainError;
use crate::secret::SecretBytes;

mod items;
mod names;
mod platform;
mod prompt;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(test)]
mod tests;
mod thread;

use platform::Platform;
use thread::Thread;

/// How the keychain stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum KeychainState {
    /// It answers and is unlocked.
    Ready {
        /// What it is called, for example `GNOME Keyring` or `macOS Keychain`.
        name: String,
    },
    /// It answers and is locked.
    Locked {
        /// What it is called.
        name: String,
    },
    /// No service runs, or it has no default keyring.
    Absent,
    /// A service is there but does not answer.
    Silent,
}

/// How long a call to the keychain may take before it counts as [`KeychainError::TimedOut`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For what the service answers by itself.
    pub answer: Duration,
    /// For the whole of a call that may be waiting for the user at a password prompt.
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
/// Calls are made one after the other. A call that was begun is seen to its end, even where the one
/// who asked has gone away meanwhile. All of them need a tokio runtime with its timer.
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
    /// The platform's keychain. Does not touch it yet: the first call does.
    pub fn platform() -> Self {
        Self::on(Platform::native())
    }

    /// A keychain over any keyring-core store, made anew by `make` whenever a call failed: for tests
    /// with keyring-core's mock store, and for the platforms' stores.
    pub fn over(make: impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static) -> Self {
        Self::on(Platform::any(make))
    }

    fn on(platform: Platform) -> Self {
        Self { thread: Arc::new(Thread::new(platform, Deadlines::default())) }
    }

    /// The same keychain with other deadlines and a thread of its own.
    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { thread: Arc::new(Thread::new(self.thread.platform().clone(), deadlines)) }
    }

    /// Stores a new item, reads it back and compares. An item of that name with the same bytes is as
    /// good as stored; one with other bytes stays as it is.
    ///
    /// # Errors
    /// [`KeychainError::Occupied`] where other bytes stand under that name, or any other variant; after
    /// one the outcome is unknown, not "not stored".
    pub async fn put(&self, id: CredentialId, secret: SecretBytes) -> Result<(), KeychainError> {
        self.ask("storing", move |platform, store| items::put(platform, store, id, &secret)).await
    }

    /// Reads an item. May prompt the user to unlock.
    ///
    /// # Errors
    /// [`KeychainError::NotFound`] where there is none in the active keyring; any other variant.
    pub async fn get(&self, id: CredentialId) -> Result<SecretBytes, KeychainError> {
        self.ask("reading", move |platform, store| items::get(platform, store, id)).await
    }

    /// Deletes an item; one that is not there counts as deleted. May prompt the user to unlock.
    ///
    /// # Errors
    /// Any [`KeychainError`] but `NotFound`.
    pub async fn delete(&self, id: CredentialId) -> Result<(), KeychainError> {
        self.ask("deleting", move |platform, store| items::delete(platform, store, id)).await
    }

    /// The credentials that have an item, by name; reads no secret and prompts for nothing.
    ///
    /// # Errors
    /// [`KeychainError::Locked`] where the names cannot be told before it is unlocked; any other variant
    /// but `NotFound`.
    pub async fn list(&self) -> Result<Vec<CredentialId>, KeychainError> {
        self.ask("listing", items::list).await
    }

    /// Tells how it stands, without prompting.
    pub async fn state(&self) -> KeychainState {
        // A call that waits at a prompt holds the thread for as long as the user does; that it is
        // locked is already known then.
        if let Some(name) = self.thread.prompt().open_for() {
            return KeychainState::Locked { name };
        }
        match self.ask("looking at it", platform::state).await {
            Ok(state) => state,
            Err(KeychainError::Absent | KeychainError::NoDefaultKeyring) => KeychainState::Absent,
            Err(KeychainError::Locked) => KeychainState::Locked { name: names::NAME.to_owned() },
            Err(_) => KeychainState::Silent,
        }
    }

    /// Asks the keychain to unlock, which may show its prompt.
    ///
    /// # Errors
    /// [`KeychainError::Locked`] where the prompt was dismissed; any other variant.
    pub async fn unlock(&self) -> Result<(), KeychainError> {
        self.ask("unlocking", platform::unlock).await
    }

    /// Has `work` done on the keychain's thread. Runs as a task of its own: a caller that is dropped
    /// half-way must not leave the next one in the line to a thread that is still busy.
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
