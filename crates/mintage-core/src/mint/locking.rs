//! The **lock**: while it holds, no token leaves memory and no secret leaves the keychain.

use std::sync::atomic::{AtomicBool, Ordering};

use super::cache::TokenKey;
use super::{Mint, lock};
use crate::error::Error;
use crate::token::Token;

/// Whether Mintage is locked.
#[derive(Debug, Default)]
pub(super) struct Lock(AtomicBool);

impl Mint {
    /// Locks: forgets every token and every confirmation, and returns no token until [`Mint::unlock`].
    pub fn lock(&self) {
        self.lock.0.store(true, Ordering::SeqCst);
        self.cache.drop_all();
        lock(&self.confirmed).clear();
    }

    /// Unlocks, if the keychain is unlocked or can be; it may ask for its password.
    ///
    /// # Errors
    /// Any [`crate::keychain::KeychainError`]; the lock then still holds.
    pub async fn unlock(&self) -> Result<(), Error> {
        self.keychain.unlock().await?;
        self.lock.0.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// Whether it is locked.
    pub fn is_locked(&self) -> bool {
        self.lock.0.load(Ordering::SeqCst)
    }

    /// Keeps a token in memory, unless it was locked while the token was being minted.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub(super) fn keep(&self, key: TokenKey, token: Token) -> Result<(), Error> {
        self.cache.keep(key, token, self.now());
        // Looked at afterwards: a lock in between has emptied the cache too early.
        self.check_unlocked().inspect_err(|_| self.cache.drop_all())
    }

    /// # Errors
    /// [`Error::Locked`].
    pub(super) fn check_unlocked(&self) -> Result<(), Error> {
        if self.is_locked() { Err(Error::Locked) } else { Ok(()) }
    }
}
