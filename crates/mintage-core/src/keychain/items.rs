//! The **items**: operations on a store, in terms of keyring-core.
//!
//! Rule: each operation is safe to repeat, because a failed call is repeated. A store's own error goes no further than
//! [`fault`]: its text may contain the bytes of a secret.

use std::collections::HashMap;

use keyring_core::{CredentialStore, Entry};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::KeychainError;
use super::names::SERVICE;
use super::platform::{self, Platform};
use crate::ids::CredentialId;
use crate::secret::SecretBytes;

/// Stores a new item, reads it back and compares.
pub(super) fn put(
    platform: &Platform,
    store: &CredentialStore,
    id: CredentialId,
    secret: &SecretBytes,
) -> Result<(), KeychainError> {
    // Looked up first: an earlier attempt may have stored it before it failed.
    match get(platform, store, id) {
        Ok(found) if found.expose() == secret.expose() => return Ok(()),
        Ok(_) => return Err(KeychainError::Occupied),
        Err(KeychainError::NotFound) => {}
        Err(error) => return Err(error),
    }
    entry(platform, store, id)?.set_secret(secret.expose()).map_err(|error| fault(error, "storing"))?;
    match get(platform, store, id) {
        Ok(found) if found.expose() == secret.expose() => Ok(()),
        Ok(_) | Err(KeychainError::NotFound) => Err(KeychainError::ReadBackDiffers),
        Err(error) => Err(error),
    }
}

/// Reads an item.
pub(super) fn get(
    platform: &Platform,
    store: &CredentialStore,
    id: CredentialId,
) -> Result<SecretBytes, KeychainError> {
    let read = entry(platform, store, id)?.get_secret();
    read.map(SecretBytes::new).map_err(|error| fault(error, "reading"))
}

/// Deletes an item, or confirms it is gone.
pub(super) fn delete(platform: &Platform, store: &CredentialStore, id: CredentialId) -> Result<(), KeychainError> {
    let deleted = entry(platform, store, id)?.delete_credential();
    match deleted.map_err(|error| fault(error, "deleting")) {
        Err(KeychainError::NotFound) => Ok(()),
        result => result,
    }
}

/// The names of our items, sorted.
pub(super) fn list(platform: &Platform, store: &CredentialStore) -> Result<Vec<CredentialId>, KeychainError> {
    let mut ids = Vec::new();
    for found in store.search(&platform.search()).map_err(|error| fault(error, "listing"))? {
        // A search finds whatever looks like ours; an item without a name that we gave isn't ours.
        let Some((service, user)) = found.get_specifiers() else { continue };
        let Ok(id) = Uuid::try_parse(&user) else { continue };
        if service != SERVICE {
            continue;
        }
        if platform.search_finds_absent_items() && found.get_credential().is_err() {
            continue;
        }
        ids.push(CredentialId(id));
    }
    ids.sort_unstable();
    Ok(ids)
}

fn entry(platform: &Platform, store: &CredentialStore, id: CredentialId) -> Result<Entry, KeychainError> {
    let modifiers: HashMap<&str, &str> = platform.modifiers().iter().copied().collect();
    let entry = store.build(SERVICE, &id.0.to_string(), Some(&modifiers));
    entry.map_err(|error| fault(error, "addressing an item"))
}

/// Translates a store's error, and wipes the bytes that it may contain. If one of our own stores put a
/// [`KeychainError`] inside, that is returned.
pub(super) fn fault(error: keyring_core::Error, operation: &'static str) -> KeychainError {
    use keyring_core::Error;
    match error {
        Error::NoEntry => KeychainError::NotFound,
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) if inner.is::<KeychainError>() => {
            inner.downcast::<KeychainError>().map_or(KeychainError::Failed { operation }, |inner| *inner)
        }
        Error::PlatformFailure(inner) => {
            platform::meaning(inner.as_ref()).unwrap_or(KeychainError::Failed { operation })
        }
        Error::NoStorageAccess(inner) => {
            platform::inaccessible(inner.as_ref()).unwrap_or(KeychainError::Failed { operation })
        }
        Error::Ambiguous(items) => KeychainError::Ambiguous { count: u32::try_from(items.len()).unwrap_or(u32::MAX) },
        Error::TooLong(_, limit) => KeychainError::TooLarge { limit },
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            KeychainError::Failed { operation }
        }
        _ => KeychainError::Failed { operation },
    }
}
