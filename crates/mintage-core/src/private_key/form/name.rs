//! The **names** of key types and curves, as object identifiers and as JWK words.

use crate::der::{Der, OBJECT_ID, dotted};
use crate::jose::{Curve, KeyType};
use crate::private_key::KeyError;

/// The type of key that an `AlgorithmIdentifier` (RFC 5280 §4.1.1.2) names.
///
/// # Errors
/// [`KeyError::Unsupported`], [`KeyError::Broken`].
pub(super) fn key_type(mut algorithm: Der<'_>) -> Result<KeyType, KeyError> {
    let oid = dotted(algorithm.take(OBJECT_ID)?);
    let found = match oid.as_str() {
        "1.2.840.113549.1.1.1" => return Ok(KeyType::Rsa),
        "1.2.840.10045.2.1" => return curve(algorithm).map(KeyType::Ec),
        "1.3.101.112" if algorithm.is_empty() => return Ok(KeyType::Ed25519),
        "1.3.101.112" => return Err("its algorithm has unknown parameters".into()),
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.113549.1.1.7" => "RSA-OAEP",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.113549.1.3.1" | "1.2.840.10046.2.1" => "DH",
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        other => shown(other),
    };
    Err(KeyError::Unsupported { found: found.to_owned() })
}

/// The curve named by EC parameters (RFC 5480 §2.1.1).
///
/// # Errors
/// [`KeyError::Unsupported`], [`KeyError::Broken`].
pub(super) fn curve(mut parameters: Der<'_>) -> Result<Curve, KeyError> {
    // Parameters other than a name describe a curve number by number; only attacks write them.
    let oid = parameters.take(OBJECT_ID).map(dotted);
    let found = match oid.as_deref() {
        Ok("1.2.840.10045.3.1.7") if parameters.is_empty() => return Ok(Curve::P256),
        Ok("1.3.132.0.34") if parameters.is_empty() => return Ok(Curve::P384),
        Ok("1.2.840.10045.3.1.7" | "1.3.132.0.34") => return Err("its algorithm has unknown parameters".into()),
        Ok("1.3.132.0.35") => "P-521",
        Ok("1.3.132.0.33") => "P-224",
        Ok("1.3.132.0.10") => "secp256k1",
        Ok("1.3.36.3.3.2.8.1.1.7") => "brainpoolP256r1",
        Ok("1.3.36.3.3.2.8.1.1.11") => "brainpoolP384r1",
        Ok(other) => shown(other),
        Err(_) => "on an unnamed curve",
    };
    Err(KeyError::Unsupported { found: format!("EC {found}") })
}

/// The curve named by a JWK's `crv` (RFC 7518 §6.2.1.1); `None` if Mintage doesn't sign with it.
pub(crate) fn jwk_curve(name: &str) -> Option<Curve> {
    Curve::named(name).filter(|curve| *curve != Curve::P521)
}

/// An unknown identifier; a long one isn't an identifier but arbitrary bytes, so it isn't shown.
fn shown(dotted: &str) -> &str {
    if dotted.is_empty() || dotted.len() > 48 { "unknown" } else { dotted }
}
