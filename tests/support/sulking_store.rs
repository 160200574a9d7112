//! A keychain that can stop taking anything.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{CredentialStore, Entry, Error, Result};

/// The mock store, until it sulks.
pub(crate) struct SulkingStore {
    kept: Arc<CredentialStore>,
    /// How many calls it takes before it sulks.
    patience: AtomicU32,
}

impl Default for SulkingStore {
    fn default() -> Self {
        let kept = keyring_core::mock::Store::new().expect("the mock store is made");
        Self { kept, patience: AtomicU32::new(u32::MAX) }
    }
}

impl SulkingStore {
    /// After so many calls it takes and gives nothing any more.
    pub(crate) fn sulk_after(&self, calls: u32) {
        self.patience.store(calls, Ordering::SeqCst);
    }
}

impl CredentialStoreApi for SulkingStore {
    fn vendor(&self) -> String {
        "a test".into()
    }

    fn id(&self) -> String {
        "sulking".into()
    }

    fn build(&self, service: &str, user: &str, more: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        let left = self.patience.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |calls| calls.checked_sub(1));
        if left.is_err() {
            return Err(Error::PlatformFailure("it sulks".into()));
        }
        self.kept.build(service, user, more)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
