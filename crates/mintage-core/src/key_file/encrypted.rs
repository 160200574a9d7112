//! An **encrypted key**: PKCS#8 under PBES2 (RFC 5958 §3, RFC 8018 §6.2).
//!
//! Rule: whether the scheme can be opened, and what it costs, is decided before a passphrase is asked
//! for; a file cannot make Mintage compute for minutes or fill the memory.

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Parameters;
use zeroize::Zeroizing;

use super::cost;
use crate::error::KeyError;
use crate::private_key::PrivateKey;
use crate::private_key::der::{Der, OBJECT_ID, SEQUENCE, Why, dotted};
use crate::secret::{Secret, SecretBytes};

/// Opens an `EncryptedPrivateKeyInfo`.
///
/// # Errors
/// [`KeyError::EncryptionUnsupported`], [`KeyError::EncryptionTooSlow`], [`KeyError::PassphraseNeeded`], or what is wrong with the key inside.
pub(super) fn open(der: &[u8], passphrase: Option<&Secret>) -> Result<PrivateKey, KeyError> {
    let unsupported =
        || scheme_of(der).map_or_else(KeyError::from, |scheme| KeyError::EncryptionUnsupported { scheme });
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| unsupported())?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(unsupported());
    };
    cost::check(parameters)?;
    let passphrase = passphrase.ok_or(KeyError::PassphraseNeeded { wrong: false })?;
    let opened = decrypted(parameters, info.encrypted_data.as_bytes(), passphrase)?;
    match PrivateKey::from_der(opened) {
        Err(KeyError::PassphraseNeeded { .. }) => Err(KeyError::Broken { why: "it is encrypted twice" }),
        other => other,
    }
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

/// Names the encryption scheme from its object identifiers.
fn scheme_of(der: &[u8]) -> Result<String, Why> {
    let mut algorithm = Der::new(der).enter(SEQUENCE)?.enter(SEQUENCE)?;
    let scheme = dotted(algorithm.take(OBJECT_ID)?);
    // RFC 8018 A.4: the key derivation and then the cipher.
    if scheme == "1.2.840.113549.1.5.13" {
        let mut parameters = algorithm.enter(SEQUENCE)?;
        let derivation = dotted(parameters.enter(SEQUENCE)?.take(OBJECT_ID)?);
        let cipher = dotted(parameters.enter(SEQUENCE)?.take(OBJECT_ID)?);
        return Ok(match (derivation.as_str(), cipher.as_str()) {
            ("1.2.840.113549.1.5.12" | "1.3.6.1.4.1.11591.4.11", cipher) => {
                format!("PBES2 with {}", cipher_name(cipher))
            }
            _ => "PBES2 with an unknown key derivation".to_owned(),
        });
    }
    let old = scheme.starts_with("1.2.840.113549.1.5.") || scheme.starts_with("1.2.840.113549.1.12.1.");
    Ok(if old { "PBES1 (too weak)" } else { "an unknown scheme" }.to_owned())
}

fn cipher_name(oid: &str) -> &'static str {
    match oid {
        "1.3.14.3.2.7" => "DES",
        "1.2.840.113549.3.2" => "RC2",
        "1.2.392.200011.61.1.1.1.2" => "Camellia-128",
        "1.2.392.200011.61.1.1.1.3" => "Camellia-192",
        "1.2.392.200011.61.1.1.1.4" => "Camellia-256",
        "1.2.410.200004.1.4" => "SEED",
        "1.2.156.10197.1.104.2" => "SM4",
        oid if oid.starts_with("1.2.410.200046.1.1.") => "ARIA",
        "1.2.840.113549.3.7" => "3DES in an unknown way",
        oid if oid.starts_with("2.16.840.1.101.3.4.1.") => "AES in an unknown way",
        _ => "an unknown cipher",
    }
}
