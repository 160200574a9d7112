//! The **lock**: while it holds, no token leaves memory and no secret leaves the keychain.

use std::sync::Mutex;

use super::cache::TokenKey;
use super::{Mint, lock};
use crate::error::Error;
use crate::token::Token;

/// Whether Mintage is locked.
#[derive(Debug, Default)]
pub(super) struct Lock(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    locked: bool,
    /// How often it was locked, so that an unlock that waits undoes no later lock.
    locks: u64,
}

impl Mint {
    /// Locks: forgets every token and every confirmation, and returns no token until [`Mint::unlock`].
    pub fn lock(&self) {
        {
            let mut state = lock(&self.lock.0);
            *state = State { locked: true, locks: state.locks + 1 };
        }
        self.cache.drop_all();
        lock(&self.confirmed).clear();
    }

    /// Unlocks, if the keychain is unlocked or can be; it may ask for its password, and waits for it. `unlocked` is told
    /// while no lock can come in between.
    ///
    /// # Errors
    /// Any [`crate::keychain::KeychainError`], and [`Error::Locked`] if Mintage was locked while the keychain waited; the
    /// lock then still holds.
    pub async fn unlock(&self, unlocked: impl FnOnce()) -> Result<(), Error> {
        let locks = lock(&self.lock.0).locks;
        self.keychain.unlock().await?;
        let mut state = lock(&self.lock.0);
        if state.locks != locks {
            return Err(Error::Locked);
        }
        state.locked = false;
        unlocked();
        Ok(())
    }

    /// Whether it is locked.
    pub fn is_locked(&self) -> bool {
        lock(&self.lock.0).locked
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
