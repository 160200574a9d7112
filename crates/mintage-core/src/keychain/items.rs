//! The **items**: what is done with a store, in terms of keyring-core.
//!
//! Rule: each of these can be done twice without harm, because a call that failed is. A store's own
//! error goes no further than [`fault`]: its text may hold the bytes of a secret.

use std::collections::HashMap;

use keyring_core::{CredentialStore, Entry};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::names::SERVICE;
use super::platform::Platform;
use crate::credential::CredentialId;
use crate::error::KeychainError;
use crate::secret::SecretBytes;

/// Stores a new item, reads it back and compares.
pub(super) fn put(
    platform: &Platform,
    store: &CredentialStore,
    id: CredentialId,
    secret: &SecretBytes,
) -> Result<(), KeychainError> {
    // Looked for first: an earlier attempt may have stored it before it failed.
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

/// Deletes an item, or finds it gone.
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
        // A search finds what looks like ours; what does not carry a name that we gave is not ours.
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
    entry.map_err(|error| fault(error, "naming an item"))
}

/// Says what a store's error means, and wipes the bytes that it may carry. Where a store of ours has
/// put a [`KeychainError`] inside, that is it.
pub(super) fn fault(error: keyring_core::Error, operation: &'static str) -> KeychainError {
    use keyring_core::Error;
    match error {
        Error::NoEntry => KeychainError::NotFound,
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) if inner.is::<KeychainError>() => {
            inner.downcast::<KeychainError>().map_or(KeychainError::Failed { operation }, |inner| *inner)
        }
        Error::NoStorageAccess(_) => KeychainError::Locked,
        Error::Ambiguous(items) => KeychainError::Ambiguous { count: u32::try_from(items.len()).unwrap_or(u32::MAX) },
        Error::TooLong(_, limit) => KeychainError::TooLarge { limit },
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            KeychainError::Failed { operation }
        }
        _ => KeychainError::Failed { operation },
    }
}
