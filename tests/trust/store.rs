//! A keychain that can stop taking anything.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{CredentialStore, Entry, Error, Result};

/// The mock store, until it sulks.
pub(crate) struct SulkingStore {
    kept: Arc<CredentialStore>,
    sulks: AtomicBool,
}

impl Default for SulkingStore {
    fn default() -> Self {
        Self { kept: keyring_core::mock::Store::new().expect("the mock store is made"), sulks: AtomicBool::new(false) }
    }
}

impl SulkingStore {
    /// From now on it takes and gives nothing.
    pub(crate) fn sulk(&self) {
        self.sulks.store(true, Ordering::SeqCst);
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
        if self.sulks.load(Ordering::SeqCst) {
            return Err(Error::PlatformFailure("it sulks".into()));
        }
        self.kept.build(service, user, more)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
