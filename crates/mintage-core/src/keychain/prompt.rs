//! The **prompt** that a keychain may show to the user: whether it is open now.
//!
//! Rule: the store reports it, the deadline timer reads it. Nothing is shown from here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::names::NAME;

/// Whether a password prompt may be on the screen, reported by the store to the deadline timer.
#[derive(Clone, Debug, Default)]
pub(super) struct Prompt {
    open: Arc<AtomicBool>,
    expected: Arc<AtomicBool>,
    name: Arc<Mutex<Option<String>>>,
}

impl Prompt {
    /// Remembers the keychain's name for when it can't be asked.
    #[cfg(target_os = "linux")]
    pub(super) fn remember(&self, name: &str) {
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.to_owned());
    }

    /// The name of the keychain whose prompt is open; `None` if there is none.
    pub(super) fn open_for(&self) -> Option<String> {
        let name = || self.name.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.open.load(Ordering::Acquire).then(|| name().unwrap_or_else(|| NAME.to_owned()))
    }

    /// Begins a call, in which no prompt is expected yet.
    pub(super) fn begin(&self) {
        self.expected.store(self.open.load(Ordering::Acquire), Ordering::Release);
    }

    /// Whether the user was or may have been prompted since the call began. Stays true after the prompt has closed: the
    /// rest of the call isn't late because the user took a while.
    pub(super) fn was_expected(&self) -> bool {
        self.expected.load(Ordering::Acquire)
    }

    /// Reports that the service may show a prompt in this call, although it normally doesn't.
    #[cfg(target_os = "linux")]
    pub(super) fn expect(&self) {
        self.expected.store(true, Ordering::Release);
    }

    /// Reports that the prompt is open until the returned value is dropped.
    #[cfg(target_os = "linux")]
    pub(super) fn opened(&self) -> Opened<'_> {
        self.expect();
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
