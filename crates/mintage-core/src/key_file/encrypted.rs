//! An **encrypted key**: PKCS#8 under PBES2 (RFC 5958 §3, RFC 8018 §6.2).
//!
//! Rule: whether the scheme can be opened, and what it costs, is decided before a passphrase is asked
//! for; a file cannot make Mintage compute for minutes or fill the memory.

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{self, Kdf, Parameters};
use zeroize::Zeroizing;

use super::cost;
use super::opener::Opener;
use crate::error::KeyError;
use crate::private_key::PrivateKey;
use crate::private_key::der::{Der, SEQUENCE};
use crate::secret::{Secret, SecretBytes};

mod scheme;

/// Opens an `EncryptedPrivateKeyInfo`.
///
/// # Errors
/// [`KeyError::EncryptionUnsupported`], [`KeyError::EncryptionTooSlow`], [`KeyError::PassphraseNeeded`], or what is
/// wrong with the key inside.
pub(super) fn open(der: &[u8], opener: Opener<'_>) -> Result<PrivateKey, KeyError> {
    let unsupported = || scheme::refused(der).unwrap_or_else(KeyError::from);
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| unsupported())?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(unsupported());
    };
    let data = info.encrypted_data.as_bytes();
    check_openable(parameters, data)?;
    let cost = cost::check(parameters)?;
    let too_slow = || cost::too_slow(parameters);
    opener.open(der, cost, too_slow, |passphrase| {
        match PrivateKey::from_der(decrypted(parameters, data, passphrase)?) {
            Err(KeyError::PassphraseNeeded { .. }) => Err(KeyError::Broken { why: "it is encrypted twice" }),
            other => other,
        }
    })
}

fn decrypted(parameters: &Parameters, data: &[u8], passphrase: &Secret) -> Result<SecretBytes, KeyError> {
    let wrong = || KeyError::PassphraseNeeded { wrong: true };
    let mut buffer = Zeroizing::new(data.to_vec());
    let plain = parameters.decrypt_in_place(passphrase.expose(), &mut buffer).map_err(|_| wrong())?;
    // One wrong passphrase in 256 leaves valid padding; then the content is noise and not one sequence.
    let mut outer = Der::new(plain);
    if outer.take(SEQUENCE).is_err() || !outer.is_empty() {
        return Err(wrong());
    }
    Ok(SecretBytes::new(plain.to_vec()))
}

/// Refuses what no passphrase opens, so that none is asked for.
fn check_openable(parameters: &Parameters, data: &[u8]) -> Result<(), KeyError> {
    let broken = |why| Err(KeyError::Broken { why });
    let derives = match &parameters.kdf {
        // RFC 8018 §5.2: the count is positive.
        Kdf::Pbkdf2(pbkdf2) if pbkdf2.iteration_count == 0 => {
            return broken("it says to derive its key in 0 rounds, so no passphrase opens it");
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
        return broken("its encryption contradicts itself, so no passphrase opens it");
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
        return broken("a part of it is missing, so no passphrase opens it");
    }
    Ok(())
}
