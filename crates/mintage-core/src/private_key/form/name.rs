//! The **names** of key types and curves, as object identifiers and as JWK words.

use crate::error::KeyError;
use crate::private_key::der::{Der, OBJECT_ID, dotted};
use crate::private_key::kind::{Curve, Kind};

/// The kind of key that an `AlgorithmIdentifier` (RFC 5280 §4.1.1.2) names.
///
/// # Errors
/// [`KeyError::Unsupported`], [`KeyError::Broken`].
pub(super) fn kind(mut algorithm: Der<'_>) -> Result<Kind, KeyError> {
    let oid = dotted(algorithm.take(OBJECT_ID)?);
    let found = match oid.as_str() {
        "1.2.840.113549.1.1.1" => return Ok(Kind::Rsa),
        "1.2.840.10045.2.1" => return curve(algorithm).map(Kind::Ec),
        "1.3.101.112" if algorithm.is_empty() => return Ok(Kind::Ed25519),
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

/// The curve that EC parameters name (RFC 5480 §2.1.1).
///
/// # Errors
/// [`KeyError::Unsupported`], [`KeyError::Broken`].
pub(super) fn curve(mut parameters: Der<'_>) -> Result<Curve, KeyError> {
    // Parameters that are no name describe a curve number by number; nothing but trouble writes them.
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
        Err(_) => "on a curve without a name",
    };
    Err(KeyError::Unsupported { found: format!("EC {found}") })
}

/// The curve that a JWK's `crv` names (RFC 7518 §6.2.1.1); `None` for what Mintage does not sign with.
pub(crate) fn jwk_curve(name: &str) -> Option<Curve> {
    match name {
        "P-256" => Some(Curve::P256),
        "P-384" => Some(Curve::P384),
        _ => None,
    }
}

/// An unknown identifier; a long one is no identifier but somebody's bytes, so it is not shown.
fn shown(dotted: &str) -> &str {
    if dotted.is_empty() || dotted.len() > 48 { "unknown" } else { dotted }
}
