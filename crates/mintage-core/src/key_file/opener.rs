//! What **opens** the encrypted keys of one file: a passphrase, and how much work is left for all of them together.
//!
//! Rule: a file decides how much work its passphrase makes, and it may hold many keys. Nothing is derived twice, and
//! all derivations of one file are paid for out of one ledger.

use std::cell::{Cell, RefCell};

use aws_lc_rs::digest::{Context, SHA256};

use super::cost;
use crate::error::KeyError;
use crate::private_key::PrivateKey;
use crate::secret::Secret;

/// What was opened of a file, and what may still be done for it.
pub(super) struct Ledger {
    left: Cell<u64>,
    /// Digests of a key with a passphrase, and the key that it opened; `None` where it opened nothing.
    tried: RefCell<Vec<(Vec<u8>, Option<PrivateKey>)>>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { left: Cell::new(cost::MOST), tried: RefCell::default() }
    }
}

/// A passphrase, if there is one, and the ledger of the file.
#[derive(Clone, Copy)]
pub(super) struct Opener<'a> {
    passphrase: Option<&'a Secret>,
    ledger: &'a Ledger,
}

impl<'a> Opener<'a> {
    pub(super) fn new(passphrase: Option<&'a Secret>, ledger: &'a Ledger) -> Self {
        Self { passphrase, ledger }
    }

    /// The same where it has a passphrase, else with this one.
    pub(super) fn or<'b>(self, passphrase: Option<&'b Secret>) -> Opener<'b>
    where
        'a: 'b,
    {
        Opener { passphrase: self.passphrase.or(passphrase), ledger: self.ledger }
    }

    /// Opens an encrypted key with the passphrase, or gives what that gave before. `cost` is what a derivation takes,
    /// in the units of [`cost`].
    ///
    /// # Errors
    /// [`KeyError::PassphraseNeeded`]; what `too_slow` makes where the file has had its share of work; what `derive`
    /// reports.
    pub(super) fn open(
        self,
        der: &[u8],
        cost: u64,
        too_slow: impl FnOnce() -> KeyError,
        derive: impl FnOnce(&Secret) -> Result<PrivateKey, KeyError>,
    ) -> Result<PrivateKey, KeyError> {
        let passphrase = self.passphrase.ok_or(KeyError::PassphraseNeeded { wrong: false })?;
        let mut digest = Context::new(&SHA256);
        digest.update(passphrase.expose().as_bytes());
        digest.update(der);
        let digest = digest.finish().as_ref().to_vec();
        if let Some((_, opened)) = self.ledger.tried.borrow().iter().find(|(tried, _)| *tried == digest) {
            return opened.clone().ok_or(KeyError::PassphraseNeeded { wrong: true });
        }
        let left = self.ledger.left.get().checked_sub(cost).ok_or_else(too_slow)?;
        self.ledger.left.set(left);
        let opened = derive(passphrase);
        if let Ok(_) | Err(KeyError::PassphraseNeeded { .. }) = &opened {
            self.ledger.tried.borrow_mut().push((digest, opened.as_ref().ok().cloned()));
        }
        opened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = include_bytes!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");

    fn key() -> PrivateKey {
        let file = super::super::parse(KEY, None, &[]).expect("a sound key");
        file.key().expect("it holds one").clone()
    }

    fn too_slow() -> KeyError {
        KeyError::EncryptionTooSlow { scheme: "PBKDF2".into(), openssl: true }
    }

    #[test]
    fn all_keys_of_a_file_share_the_work_and_none_is_derived_twice() {
        let (ledger, passphrase, derived) = (Ledger::default(), Secret::new("open".into()), Cell::new(0));
        let opener = Opener::new(Some(&passphrase), &ledger);
        let half = cost::MOST / 2;
        let open = |der: &[u8], result: Result<PrivateKey, KeyError>| {
            let outcome = opener.open(der, half, too_slow, |_| {
                derived.set(derived.get() + 1);
                result
            });
            outcome.map(|key| key.facts().thumbprint.clone()).map_err(|error| error.code())
        };
        let opened = open(b"first", Ok(key()));
        assert!(opened.is_ok());
        assert_eq!(open(b"first", Err(too_slow())), opened, "it is remembered");
        assert_eq!(open(b"second", Err(KeyError::PassphraseNeeded { wrong: true })), Err("passphrase-wrong"));
        assert_eq!(open(b"second", Ok(key())), Err("passphrase-wrong"), "so is what it doesn't open");
        assert_eq!(open(b"third", Ok(key())), Err("key-encryption-too-slow"), "the work is used up");
        assert_eq!(derived.get(), 2);
    }

    #[test]
    fn another_passphrase_is_another_try() {
        let ledger = Ledger::default();
        let (one, two) = (Secret::new("one".into()), Secret::new("two".into()));
        let with = |passphrase| Opener::new(passphrase, &ledger);
        let try_it = |opener: Opener<'_>, outcome| opener.open(b"der", 1, too_slow, |_| outcome).map(drop);
        assert!(try_it(with(Some(&one)), Err(KeyError::PassphraseNeeded { wrong: true })).is_err());
        assert!(try_it(with(Some(&two)), Ok(key())).is_ok());
        assert!(try_it(with(None).or(Some(&two)), Err(too_slow())).is_ok());
        assert!(matches!(try_it(with(None), Ok(key())), Err(KeyError::PassphraseNeeded { wrong: false })));
    }
}
