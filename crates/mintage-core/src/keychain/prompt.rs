//! The **prompt** that a keychain may show to the user: whether it is open now.
//!
//! Rule: the store tells, the one who counts the time asks. Nothing is shown from here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::platform::NAME;

/// Whether a password prompt may be on the screen, told by the store to the one who counts the time.
#[derive(Clone, Debug, Default)]
pub(super) struct Prompt {
    open: Arc<AtomicBool>,
    name: Arc<Mutex<Option<String>>>,
}

impl Prompt {
    /// Remembers what the keychain is called, for the time when it cannot be asked.
    #[cfg(target_os = "linux")]
    pub(super) fn remember(&self, name: &str) {
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.to_owned());
    }

    /// The name of the keychain whose prompt is open; `None` where none is.
    pub(super) fn open_for(&self) -> Option<String> {
        let name = || self.name.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.open.load(Ordering::Acquire).then(|| name().unwrap_or_else(|| NAME.to_owned()))
    }

    /// Says that the prompt is open until the returned value is dropped.
    #[cfg(target_os = "linux")]
    pub(super) fn opened(&self) -> Opened<'_> {
        self.open.store(true, Ordering::Release);
        Opened(self)
    }
}

/// A prompt that is open.
#[cfg(target_os = "linux")]
pub(super) struct Opened<'a>(&'a Prompt);

#[cfg(target_os = "linux")]
impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.open.store(false, Ordering::Release);
    }
}
