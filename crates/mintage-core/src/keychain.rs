//! The **keychain** is the operating system's store for secrets: one item per credential, named by the
//! credential's UUID and nothing else.
//!
//! Rule: the only module that touches it. One thread of its own, a deadline for every call, what was
//! written is read back; an item is never overwritten. There is no other place for a secret: without
//! a keychain nothing is stored.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::credential::CredentialId;
use crate::error::KeychainError;
use crate::secret::SecretBytes;

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

/// A handle to the keychain; cheap to clone, all clones share one thread.
#[derive(Clone, Debug)]
pub struct Keychain {}

impl Keychain {
    /// The platform's keychain. Does not touch it yet: the first call does.
    pub fn platform() -> Self {
        todo!("keychain work")
    }

    /// A keychain over any keyring-core store, made anew by `make` whenever a call failed: for tests
    /// with keyring-core's mock store, and for the platforms' stores.
    pub fn over(
        make: impl Fn() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> + Send + 'static,
    ) -> Self {
        let _ = make;
        todo!("keychain work")
    }

    /// Stores a new item, reads it back and compares.
    ///
    /// # Errors
    /// Any [`KeychainError`]; after one the outcome is unknown, not "not stored".
    pub async fn put(&self, id: CredentialId, secret: SecretBytes) -> Result<(), KeychainError> {
        let _ = (id, secret);
        todo!("keychain work")
    }

    /// Reads an item. May prompt the user to unlock.
    ///
    /// # Errors
    /// [`KeychainError::NotFound`] where there is none in the active keyring; any other variant.
    pub async fn get(&self, id: CredentialId) -> Result<SecretBytes, KeychainError> {
        let _ = id;
        todo!("keychain work")
    }

    /// Deletes an item; one that is not there counts as deleted.
    ///
    /// # Errors
    /// Any [`KeychainError`] but `NotFound`.
    pub async fn delete(&self, id: CredentialId) -> Result<(), KeychainError> {
        let _ = id;
        todo!("keychain work")
    }

    /// The credentials that have an item, by name; reads no secret and prompts for nothing.
    ///
    /// # Errors
    /// Any [`KeychainError`] but `NotFound`.
    pub async fn list(&self) -> Result<Vec<CredentialId>, KeychainError> {
        todo!("keychain work")
    }

    /// Tells how it stands, without prompting.
    pub async fn state(&self) -> KeychainState {
        todo!("keychain work")
    }

    /// Asks the keychain to unlock, which may show its prompt.
    ///
    /// # Errors
    /// [`KeychainError::Locked`] where the prompt was dismissed; any other variant.
    pub async fn unlock(&self) -> Result<(), KeychainError> {
        todo!("keychain work")
    }
}
