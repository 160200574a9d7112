//! The **Secret Service** of Linux desktops (GNOME Keyring, KWallet, KeePassXC) as a keyring-core store.
//!
//! Rule: nothing waits without a limit, a prompt is only shown to unlock, and an item is created but never replaced.
//! Items have `application`, `id`, a schema and the same label, which aren't secret to the service; the secret is
//! base64, since KWallet corrupts bytes from 0x80 on.
//!
//! Our own store, because the existing one waits for ever at a prompt or for an unresponsive service, and can't report
//! whether the keyring is locked.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyring_core::api::{CredentialApi, CredentialPersistence, CredentialStoreApi};
use keyring_core::{Credential, CredentialStore, Entry, Error, Result};
use zeroize::Zeroizing;

use super::names::SERVICE;
use super::prompt::Prompt;
use super::{Deadlines, KeychainError, KeychainState};

mod changes;
mod fault;
mod link;
mod owner;

pub(super) use changes::changes;
use link::Link;

/// Connects to the session's Secret Service, which the bus may start on demand. Blocks, at most for the deadline.
///
/// # Errors
/// A [`KeychainError`] inside [`Error::PlatformFailure`], as from all calls of this store: no bus, no service, no
/// response.
pub(super) fn connect(deadlines: Deadlines, prompt: &Prompt) -> Result<Arc<CredentialStore>> {
    let link = Link::connect(deadlines, prompt.clone())?;
    Ok(Arc::new(Store { link: Arc::new(link) }))
}

/// A connection to the Secret Service. Every call blocks its thread.
pub(super) struct Store {
    link: Arc<Link>,
}

impl Store {
    /// Whether the default keyring is unlocked, without prompting.
    pub(super) fn state(&self) -> std::result::Result<KeychainState, KeychainError> {
        self.link.wait(self.link.state())
    }

    /// Unlocks the default keyring; prompts if it is locked.
    pub(super) fn unlock(&self) -> std::result::Result<(), KeychainError> {
        self.link.wait(self.link.unlock_default()).map(drop)
    }
}

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "Secret Service, https://specifications.freedesktop.org/secret-service-spec/".into()
    }

    fn id(&self) -> String {
        "session bus".into()
    }

    fn build(&self, service: &str, user: &str, modifiers: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        if modifiers.is_some_and(|modifiers| !modifiers.is_empty()) {
            return Err(Error::NotSupportedByStore("this store takes no modifiers".into()));
        }
        Ok(Entry::new_with_credential(Arc::new(Item::new(&self.link, service, user))))
    }

    /// Finds our items; takes no specification, since Mintage looks for nothing else.
    fn search(&self, _: &HashMap<&str, &str>) -> Result<Vec<Entry>> {
        let ids = self.link.wait(self.link.list(SERVICE))?;
        let entry = |id: String| Entry::new_with_credential(Arc::new(Item::new(&self.link, SERVICE, &id)));
        Ok(ids.into_iter().map(entry).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn persistence(&self) -> CredentialPersistence {
        CredentialPersistence::UntilDelete
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret Service")
    }
}

/// The item with that name, whether or not it exists.
struct Item {
    link: Arc<Link>,
    application: String,
    id: String,
}

impl Item {
    fn new(link: &Arc<Link>, application: &str, id: &str) -> Self {
        Self { link: Arc::clone(link), application: application.into(), id: id.into() }
    }
}

impl CredentialApi for Item {
    /// Creates the item; nothing is replaced, see [`Link::create`].
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        let text = Zeroizing::new(STANDARD.encode(secret));
        Ok(self.link.wait(self.link.create(&self.application, &self.id, text.as_bytes()))?)
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        let text = self.link.wait(self.link.read(&self.application, &self.id))?;
        // The decoder's error would reveal a byte of the secret.
        STANDARD.decode(&*text).map_err(|_| KeychainError::Failed { operation: "reading" }.into())
    }

    fn delete_credential(&self) -> Result<()> {
        Ok(self.link.wait(self.link.delete(&self.application, &self.id))?)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        self.link.wait(self.link.one(&self.application, &self.id))?;
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((self.application.clone(), self.id.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item").field("application", &self.application).field("id", &self.id).finish()
    }
}

impl From<KeychainError> for Error {
    /// Wraps our error, so that it passes through keyring-core unchanged.
    fn from(error: KeychainError) -> Self {
        match error {
            KeychainError::NotFound => Self::NoEntry,
            KeychainError::Locked => Self::NoStorageAccess(Box::new(error)),
            _ => Self::PlatformFailure(Box::new(error)),
        }
    }
}
