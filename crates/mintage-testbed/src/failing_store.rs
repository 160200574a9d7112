//! A keychain that can stop accepting calls.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{CredentialStore, Entry, Error, Result};

/// The mock store, until it fails.
pub struct FailingStore {
    kept: Arc<CredentialStore>,
    /// How many calls it accepts before it fails.
    patience: AtomicU32,
}

impl Default for FailingStore {
    fn default() -> Self {
        let kept = keyring_core::mock::Store::new().expect("the mock store is made");
        Self { kept, patience: AtomicU32::new(u32::MAX) }
    }
}

impl FailingStore {
    /// After this many calls it accepts and returns nothing any more.
    pub fn fail_after(&self, calls: u32) {
        self.patience.store(calls, Ordering::SeqCst);
    }
}

impl CredentialStoreApi for FailingStore {
    fn vendor(&self) -> String {
        "a test".into()
    }

    fn id(&self) -> String {
        "failing".into()
    }

    fn build(&self, service: &str, user: &str, more: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        let left = self.patience.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |calls| calls.checked_sub(1));
        if left.is_err() {
            return Err(Error::PlatformFailure("it fails".into()));
        }
        self.kept.build(service, user, more)
    }

    fn search(&self, spec: &HashMap<&str, &str>) -> Result<Vec<Entry>> {
        self.kept.search(spec)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
