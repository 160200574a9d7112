//! **Opening** the encrypted keys of one file: a passphrase, and the work that is left for all of them together.
//!
//! Rule: a file decides how much work its passphrase needs, and it may contain many keys. Nothing is derived twice, and
//! all derivations of one file share one budget.

use std::cell::{Cell, RefCell};

use aws_lc_rs::digest::{Context, SHA256};

use super::KeyFileError;
use super::cost;
use crate::private_key::{KeyError, PrivateKey};
use crate::secret::Secret;

/// What was opened so far, and the work that is left.
pub(super) struct Ledger {
    left: Cell<u64>,
    /// Digests of a key and a passphrase, with the key they opened; `None` if they opened nothing.
    tried: RefCell<Vec<(Vec<u8>, Option<PrivateKey>)>>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { left: Cell::new(cost::MOST), tried: RefCell::default() }
    }
}

/// A passphrase, if there is one, and the file's budget.
#[derive(Clone, Copy)]
pub(super) struct Opener<'a> {
    passphrase: Option<&'a Secret>,
    ledger: &'a Ledger,
}

impl<'a> Opener<'a> {
    pub(super) fn new(passphrase: Option<&'a Secret>, ledger: &'a Ledger) -> Self {
        Self { passphrase, ledger }
    }

    /// The same if it has a passphrase, otherwise with this one.
    pub(super) fn or<'b>(self, passphrase: Option<&'b Secret>) -> Opener<'b>
    where
        'a: 'b,
    {
        Opener { passphrase: self.passphrase.or(passphrase), ledger: self.ledger }
    }

    /// Opens an encrypted key with the passphrase, or returns the earlier result. `cost` is the cost of a derivation,
    /// in the units of [`cost`].
    ///
    /// # Errors
    /// [`KeyError::PassphraseNeeded`]; the error of `too_slow` if the file has used up its work; whatever `derive`
    /// reports.
    pub(super) fn open(
        self,
        der: &[u8],
        cost: u64,
        too_slow: impl FnOnce() -> KeyFileError,
        derive: impl FnOnce(&Secret) -> Result<PrivateKey, KeyFileError>,
    ) -> Result<PrivateKey, KeyFileError> {
        let passphrase = self.passphrase.ok_or(KeyError::PassphraseNeeded { wrong: false })?;
        let mut digest = Context::new(&SHA256);
        digest.update(passphrase.expose().as_bytes());
        digest.update(der);
        let digest = digest.finish().as_ref().to_vec();
        if let Some((_, opened)) = self.ledger.tried.borrow().iter().find(|(tried, _)| *tried == digest) {
            return Ok(opened.clone().ok_or(KeyError::PassphraseNeeded { wrong: true })?);
        }
        let left = self.ledger.left.get().checked_sub(cost).ok_or_else(too_slow)?;
        self.ledger.left.set(left);
        let opened = derive(passphrase);
        if let Ok(_) | Err(KeyFileError::Key(KeyError::PassphraseNeeded { .. })) = &opened {
            self.ledger.tried.borrow_mut().push((digest, opened.as_ref().ok().cloned()));
        }
        opened
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_file::EncryptionError;

    const KEY: &[u8] = include_bytes!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");

    fn key() -> PrivateKey {
        let file = super::super::parse(KEY, None, &[]).expect("a sound key");
        file.key().expect("it holds one").clone()
    }

    fn wrong() -> KeyFileError {
        KeyError::PassphraseNeeded { wrong: true }.into()
    }

    fn too_slow() -> KeyFileError {
        EncryptionError::TooSlow { scheme: "PBKDF2".into(), openssl: true }.into()
    }

    #[test]
    fn all_keys_of_a_file_share_the_work_and_none_is_derived_twice() {
        let (ledger, passphrase, derived) = (Ledger::default(), Secret::new("open".into()), Cell::new(0));
        let opener = Opener::new(Some(&passphrase), &ledger);
        let half = cost::MOST / 2;
        let open = |der: &[u8], result: Result<PrivateKey, KeyFileError>| {
            let outcome = opener.open(der, half, too_slow, |_| {
                derived.set(derived.get() + 1);
                result
            });
            outcome.map(|key| key.facts().thumbprint.clone()).map_err(|error| error.code())
        };
        let opened = open(b"first", Ok(key()));
        assert!(opened.is_ok());
        assert_eq!(open(b"first", Err(too_slow())), opened, "it is remembered");
        assert_eq!(open(b"second", Err(wrong())), Err("passphrase-wrong"));
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
        assert!(try_it(with(Some(&one)), Err(wrong())).is_err());
        assert!(try_it(with(Some(&two)), Ok(key())).is_ok());
        assert!(try_it(with(None).or(Some(&two)), Err(too_slow())).is_ok());
        let needed = try_it(with(None), Ok(key())).map_err(|error| error.code());
        assert_eq!(needed, Err("passphrase-needed"));
    }
}
