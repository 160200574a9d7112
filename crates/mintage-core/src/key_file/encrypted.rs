//! An **encrypted key**: PKCS#8 under PBES2 (RFC 5958 §3, RFC 8018 §6.2).
//!
//! Rule: whether Mintage can open the scheme, and at what cost, is decided before asking for a passphrase; a file can't
//! make Mintage compute for minutes or fill the memory.

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{self, Kdf, Parameters};
use zeroize::Zeroizing;

use super::KeyFileError;
use super::cost;
use super::opener::Opener;
use crate::der::{Der, SEQUENCE, Why};
use crate::private_key::{KeyError, PrivateKey};
use crate::secret::{Secret, SecretBytes};

mod scheme;

/// Opens an `EncryptedPrivateKeyInfo`.
///
/// # Errors
/// [`super::EncryptionError`], [`KeyError::PassphraseNeeded`], or what is
/// wrong with the key inside.
pub(super) fn open(der: &[u8], opener: Opener<'_>) -> Result<PrivateKey, KeyFileError> {
    let unsupported = || scheme::refused(der).map_or_else(KeyFileError::from, KeyFileError::from);
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| unsupported())?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(unsupported());
    };
    let data = info.encrypted_data.as_bytes();
    check_openable(parameters, data)?;
    let cost = cost::check(parameters)?;
    let too_slow = || cost::too_slow(parameters).into();
    opener.open(der, cost, too_slow, |passphrase| {
        match PrivateKey::from_der(decrypted(parameters, data, passphrase)?) {
            Err(KeyError::PassphraseNeeded { .. }) => Err("it is encrypted twice".into()),
            other => Ok(other?),
        }
    })
}

fn decrypted(parameters: &Parameters, data: &[u8], passphrase: &Secret) -> Result<SecretBytes, KeyFileError> {
    let wrong = || KeyError::PassphraseNeeded { wrong: true };
    let mut buffer = Zeroizing::new(data.to_vec());
    let plain = parameters.decrypt_in_place(passphrase.expose(), &mut buffer).map_err(|_| wrong())?;
    // One wrong passphrase in 256 leaves valid padding; the content is then noise and not a single sequence.
    let mut outer = Der::new(plain);
    if outer.take(SEQUENCE).is_err() || !outer.is_empty() {
        return Err(wrong().into());
    }
    Ok(SecretBytes::new(plain.to_vec()))
}

/// Rejects what no passphrase opens, so that the user isn't asked for one.
fn check_openable(parameters: &Parameters, data: &[u8]) -> Result<(), KeyFileError> {
    let broken = |why: Why| Err(why.into());
    let derives = match &parameters.kdf {
        // RFC 8018 §5.2: the count is positive.
        Kdf::Pbkdf2(pbkdf2) if pbkdf2.iteration_count == 0 => {
            return broken("it derives its key in 0 rounds, so no passphrase can decrypt it");
        }
        // RFC 7914 §2.
        Kdf::Scrypt(scrypt) => {
            let cost = scrypt.cost_parameter;
            cost > 1 && cost.is_power_of_two() && scrypt.block_size > 0 && scrypt.parallelization > 0
        }
        _ => true,
    };
    let fits = parameters.kdf.key_length().is_none_or(|length| usize::from(length) == parameters.encryption.key_size());
    if !derives || !fits {
        return broken("its encryption parameters contradict each other, so no passphrase can decrypt it");
    }
    let block = match parameters.encryption {
        pbes2::EncryptionScheme::DesEde3Cbc { .. } => 8,
        _ => 16,
    };
    let is_stream = matches!(
        parameters.encryption,
        pbes2::EncryptionScheme::Aes128Gcm { .. } | pbes2::EncryptionScheme::Aes256Gcm { .. }
    );
    if data.len() < block || (!is_stream && !data.len().is_multiple_of(block)) {
        return broken("part of it is missing, so no passphrase can decrypt it");
    }
    Ok(())
}
