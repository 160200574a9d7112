//! The **schemes** that keys are encrypted with, named by their object identifiers.
//!
//! Rule: a scheme's name is listed with what OpenSSL 3 can do with it, since that decides the next step.

use crate::der::{Der, OBJECT_ID, SEQUENCE, Why, dotted};
use crate::key_file::EncryptionError;

/// Names the scheme of an `EncryptedPrivateKeyInfo` that Mintage doesn't open, and what does.
///
/// # Errors
/// Why it doesn't parse.
pub(super) fn refused(der: &[u8]) -> Result<EncryptionError, Why> {
    let mut algorithm = Der::new(der).enter(SEQUENCE)?.enter(SEQUENCE)?;
    let scheme = dotted(algorithm.take(OBJECT_ID)?);
    // RFC 8018 A.4: the key derivation followed by the cipher.
    if scheme == "1.2.840.113549.1.5.13" {
        let mut parameters = algorithm.enter(SEQUENCE)?;
        let derivation = dotted(parameters.enter(SEQUENCE)?.take(OBJECT_ID)?);
        let cipher = dotted(parameters.enter(SEQUENCE)?.take(OBJECT_ID)?);
        return Ok(match derivation.as_str() {
            "1.2.840.113549.1.5.12" | "1.3.6.1.4.1.11591.4.11" => {
                let (name, opens) = cipher_of(&cipher);
                opens(format!("PBES2 ({name})"))
            }
            _ => unknown("PBES2 (an unknown key derivation)".to_owned()),
        });
    }
    let (name, opens) = old_scheme_of(&scheme);
    Ok(opens(name.to_owned()))
}

/// The error that says what opens a scheme.
type Opens = fn(String) -> EncryptionError;

fn by_openssl(scheme: String) -> EncryptionError {
    EncryptionError::Unsupported { scheme }
}

fn by_its_legacy_provider(scheme: String) -> EncryptionError {
    EncryptionError::Outdated { scheme }
}

fn unknown(scheme: String) -> EncryptionError {
    EncryptionError::Unknown { scheme }
}

/// The schemes before PBES2 (RFC 8018 A.3, RFC 7292 appendix C). OpenSSL no longer has MD2.
fn old_scheme_of(oid: &str) -> (&'static str, Opens) {
    match oid {
        "1.2.840.113549.1.5.1" => ("PBES1 (MD2, DES)", unknown),
        "1.2.840.113549.1.5.3" => ("PBES1 (MD5, DES)", by_its_legacy_provider),
        "1.2.840.113549.1.5.4" => ("PBES1 (MD2, RC2)", unknown),
        "1.2.840.113549.1.5.6" => ("PBES1 (MD5, RC2)", by_its_legacy_provider),
        "1.2.840.113549.1.5.10" => ("PBES1 (SHA-1, DES)", by_its_legacy_provider),
        "1.2.840.113549.1.5.11" => ("PBES1 (SHA-1, RC2)", by_its_legacy_provider),
        "1.2.840.113549.1.12.1.1" | "1.2.840.113549.1.12.1.2" => ("PBES1 (RC4)", by_its_legacy_provider),
        "1.2.840.113549.1.12.1.3" | "1.2.840.113549.1.12.1.4" => ("PBES1 (3DES)", by_openssl),
        "1.2.840.113549.1.12.1.5" | "1.2.840.113549.1.12.1.6" => ("PBES1 (RC2)", by_its_legacy_provider),
        _ => ("an unknown scheme", unknown),
    }
}

fn cipher_of(oid: &str) -> (&'static str, Opens) {
    match oid {
        "1.3.14.3.2.7" => ("DES", by_its_legacy_provider),
        "1.2.840.113549.3.2" => ("RC2", by_its_legacy_provider),
        "1.2.840.113549.3.4" => ("RC4", by_its_legacy_provider),
        "1.3.6.1.4.1.3029.1.2" => ("Blowfish", by_its_legacy_provider),
        "1.2.840.113533.7.66.10" => ("CAST5", by_its_legacy_provider),
        "1.2.410.200004.1.4" => ("SEED", by_its_legacy_provider),
        "1.2.392.200011.61.1.1.1.2" => ("Camellia-128", by_openssl),
        "1.2.392.200011.61.1.1.1.3" => ("Camellia-192", by_openssl),
        "1.2.392.200011.61.1.1.1.4" => ("Camellia-256", by_openssl),
        "1.2.156.10197.1.104.2" => ("SM4", by_openssl),
        oid if oid.starts_with("1.2.410.200046.1.1.") => ("ARIA", by_openssl),
        "1.2.840.113549.3.7" => ("3DES in an unknown mode", by_openssl),
        oid if oid.starts_with("2.16.840.1.101.3.4.1.") => ("AES in an unknown mode", by_openssl),
        _ => ("an unknown cipher", unknown),
    }
}
