//! **DER** without a private key, recognised by its structure.

use super::super::pkcs12;
use crate::der::{Der, INTEGER, OBJECT_ID, SEQUENCE, Why};
use crate::key_file::KeyFileError;
use crate::private_key::{KeyError, WrongKind, form};

/// `UTCTime` and `GeneralizedTime` (X.680 §46, §47).
const TIMES: [u8; 2] = [0x17, 0x18];

/// PKCS#7 `data`, `signedData` and similar types (RFC 2315 §14).
const PKCS_7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// Identifies binary data that isn't a private key; `None` for one that is.
pub(super) fn instead(bytes: &[u8]) -> Option<KeyFileError> {
    match form::of(bytes) {
        Ok(_) | Err(KeyError::PassphraseNeeded { .. }) => None,
        Err(error) => match named(bytes, error) {
            KeyError::Broken { .. } => Some(KeyFileError::Binary),
            other => Some(other.into()),
        },
    }
}

/// Identifies DER more precisely than the key reader does.
pub(in crate::key_file) fn named(der: &[u8], error: KeyError) -> KeyError {
    use WrongKind::{Certificate, CertificateRequest, PublicKey};
    let kind = match &error {
        KeyError::WrongKind(Certificate | CertificateRequest) if is_revocation_list(der) => WrongKind::RevocationList,
        KeyError::WrongKind(PublicKey) if is_of_diffie_hellman(der) => WrongKind::Parameters,
        KeyError::WrongKind(WrongKind::Pkcs12) | KeyError::Broken { .. } if pkcs12::is(der) => pkcs12::kind(der),
        KeyError::Broken { .. } if is_pkcs7(der).unwrap_or(false) => WrongKind::Pkcs7,
        KeyError::Broken { .. } if is_of_dsa(der).unwrap_or(false) => WrongKind::Parameters,
        _ => return error,
    };
    kind.into()
}

/// RFC 5280 §5.1: an optional version, algorithm and issuer, and then a time.
fn is_revocation_list(der: &[u8]) -> bool {
    let time = || -> Result<u8, Why> {
        let mut list = Der::new(der).enter(SEQUENCE)?.enter(SEQUENCE)?;
        if list.peek() == INTEGER {
            list.take(INTEGER)?;
        }
        list.take(SEQUENCE)?;
        list.take(SEQUENCE)?;
        Ok(list.peek())
    };
    time().is_ok_and(|tag| TIMES.contains(&tag))
}

/// PKCS#3 §9: a prime and a base, which is tiny. Any other pair of numbers is an RSA public key.
fn is_of_diffie_hellman(der: &[u8]) -> bool {
    let base = || -> Result<Vec<u8>, Why> {
        let mut pair = Der::new(der).enter(SEQUENCE)?;
        pair.take(INTEGER)?;
        Ok(pair.take(INTEGER)?.to_vec())
    };
    base().is_ok_and(|base| matches!(base.as_slice(), [2 | 5]))
}

/// RFC 3279 §2.3.2 and §2.3.3: three numbers, the first of which is a large prime.
fn is_of_dsa(der: &[u8]) -> Result<bool, Why> {
    let mut numbers = Der::new(der).enter(SEQUENCE)?;
    let first = numbers.take(INTEGER)?.len();
    numbers.take(INTEGER)?;
    numbers.take(INTEGER)?;
    Ok(first > 64 && numbers.is_empty())
}

/// RFC 5652 §3: a content type and the content.
fn is_pkcs7(der: &[u8]) -> Result<bool, Why> {
    Ok(Der::new(der).enter(SEQUENCE)?.take(OBJECT_ID)?.starts_with(PKCS_7))
}
