//! The **platform**: which store it is, and its peculiarities.
//!
//! Rule: peculiarities are data here, so that nothing else asks which system it runs on. It touches a store only to
//! create it and to ask for its state.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Result};

use super::names::{NAME, SERVICE};
use super::prompt::Prompt;
use super::{Deadlines, KeychainError, KeychainState};

type Make = dyn Fn(Deadlines, &Prompt) -> Result<Arc<CredentialStore>> + Send + Sync;

/// How to create a store, and how it behaves.
#[derive(Clone)]
pub(super) struct Platform {
    make: Arc<Make>,
    /// Attributes of every item besides its name.
    modifiers: &'static [(&'static str, &'static str)],
    /// What finds our items and no other program's.
    search: &'static [(&'static str, &'static str)],
    search_finds_absent_items: bool,
    loses_sessions: bool,
    prompts_unseen: bool,
}

impl Platform {
    /// The keychain of the target system.
    pub(super) fn native() -> Self {
        native()
    }

    /// Any store that `make` returns.
    pub(super) fn any(make: impl Fn() -> Result<Arc<CredentialStore>> + Send + Sync + 'static) -> Self {
        Self {
            make: Arc::new(move |_, _| make()),
            modifiers: &[],
            search: &[("service", SERVICE)],
            search_finds_absent_items: true,
            loses_sessions: true,
            prompts_unseen: false,
        }
    }

    /// Creates a store. May block.
    pub(super) fn make(&self, deadlines: Deadlines, prompt: &Prompt) -> Result<Arc<CredentialStore>> {
        (self.make)(deadlines, prompt)
    }

    pub(super) fn modifiers(&self) -> &'static [(&'static str, &'static str)] {
        self.modifiers
    }

    pub(super) fn search(&self) -> HashMap<&'static str, &'static str> {
        self.search.iter().copied().collect()
    }

    /// Whether a search returns names that were only ever looked up, as keyring-core's mock store does.
    pub(super) fn search_finds_absent_items(&self) -> bool {
        self.search_finds_absent_items
    }

    /// Whether a store can become unusable, so that a new one may succeed where it failed.
    pub(super) fn loses_sessions(&self) -> bool {
        self.loses_sessions
    }

    /// Whether the system may show a prompt in any call without telling us.
    pub(super) fn prompts_unseen(&self) -> bool {
        self.prompts_unseen
    }
}

#[cfg(target_os = "linux")]
fn native() -> Platform {
    Platform {
        make: Arc::new(super::secret_service::connect),
        modifiers: &[],
        search: &[],
        search_finds_absent_items: false,
        loses_sessions: true,
        prompts_unseen: false,
    }
}

#[cfg(target_os = "macos")]
fn native() -> Platform {
    fn make(_: Deadlines, _: &Prompt) -> Result<Arc<CredentialStore>> {
        let store = apple_native_keyring_store::keychain::Store::new()?;
        Ok(store)
    }
    Platform {
        make: Arc::new(make),
        modifiers: &[],
        search: &[("service", SERVICE)],
        search_finds_absent_items: false,
        // Trying again would show the prompt that the user has just dismissed.
        loses_sessions: false,
        prompts_unseen: true,
    }
}

#[cfg(target_os = "windows")]
fn native() -> Platform {
    fn make(_: Deadlines, _: &Prompt) -> Result<Arc<CredentialStore>> {
        // The target is `mintage:UUID@mintage`, our own format instead of the library's default.
        let target = HashMap::from([("prefix", "mintage:"), ("divider", "@")]);
        let store = windows_native_keyring_store::Store::new_with_configuration(&target)?;
        Ok(store)
    }
    Platform {
        make: Arc::new(make),
        // The default, `Enterprise`, would carry the keys to other computers with a roaming profile.
        modifiers: &[("persistence", "Local")],
        search: &[("pattern", "^mintage:")],
        search_finds_absent_items: false,
        loses_sessions: false,
        prompts_unseen: false,
    }
}

/// What the store's own error means, if that is known.
pub(super) fn meaning(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    #[cfg(target_os = "macos")]
    if let Some(error) = error.downcast_ref::<security_framework::base::Error>() {
        return of_macos(error.code());
    }
    let _ = error;
    None
}

/// What it means that the store can't be accessed at all.
pub(super) fn inaccessible(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    // The only reason of Windows' store is ERROR_NO_SUCH_LOGON_SESSION: a login over a network, for example.
    if cfg!(windows) { Some(KeychainError::Absent) } else { meaning(error) }
}

/// SecBase.h: the codes of macOS that have a next step.
#[cfg(any(target_os = "macos", test))]
pub(super) fn of_macos(code: i32) -> Option<KeychainError> {
    match code {
        // errSecUserCanceled, errSecAuthFailed: dismissed, or denied, or a wrong password.
        -128 | -25293 => Some(KeychainError::Denied),
        // errSecInteractionNotAllowed: locked, where no prompt can be shown.
        -25308 => Some(KeychainError::Locked),
        // errSecNotAvailable
        -25291 => Some(KeychainError::Absent),
        // errSecNoSuchKeychain, errSecNoDefaultKeychain
        -25294 | -25307 => Some(KeychainError::NoDefaultKeyring),
        _ => None,
    }
}

/// The state of the store, without prompting.
pub(super) fn state(_: &Platform, store: &CredentialStore) -> std::result::Result<KeychainState, KeychainError> {
    #[cfg(target_os = "linux")]
    if let Some(store) = store.as_any().downcast_ref::<super::secret_service::Store>() {
        return store.state();
    }
    // The other systems' stores are unlocked with the user's login and can't be asked. Their vendor reads `Name,
    // address`.
    let vendor = store.vendor();
    let name = if cfg!(target_os = "macos") { NAME } else { vendor.split(',').next().unwrap_or(NAME) };
    Ok(KeychainState::Ready { name: name.to_owned() })
}

/// Unlocks the store on platforms where unlocking is explicit; the other systems do it on access.
pub(super) fn unlock(_: &Platform, store: &CredentialStore) -> std::result::Result<(), KeychainError> {
    #[cfg(target_os = "linux")]
    if let Some(store) = store.as_any().downcast_ref::<super::secret_service::Store>() {
        return store.unlock();
    }
    let _ = store;
    Ok(())
}
