//! A private **JWK** (RFC 7517 §4) or a set of one (RFC 7517 §5).
//!
//! Rule: its numbers are written as DER and read like every other key, so that they are checked the same
//! way. All buffers are wiped.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{KeyFile, Material, Shape, member, shown};
use crate::error::{KeyError, WrongKind};
use crate::json::Json;
use crate::private_key::{PrivateKey, canonical, form};
use crate::secret::SecretBytes;

const PRIMES: [member::Names; 5] = [&["p"], &["q"], &["dp"], &["dq"], &["qi"]];

/// Reads one JWK.
pub(super) fn single(json: &Json) -> Result<KeyFile, KeyError> {
    let (_, kind) = member::text(json, &["kty"])?;
    if kind == "oct" {
        return Err(WrongKind::SymmetricJwk.into());
    }
    if !member::has(json, &["d"]) {
        return Err(WrongKind::PublicJwk.into());
    }
    if is_for_encryption(json) {
        return Err(WrongKind::EncryptionJwk.into());
    }
    let key_id = member::optional_id(json, &["kid"])?;
    let der = match kind {
        "RSA" => rsa(json)?,
        "EC" => ec(json)?,
        "OKP" => okp(json)?,
        other => return Err(KeyError::Unsupported { found: shown(other) }),
    };
    let key = PrivateKey::from_der(der)?;
    Ok(KeyFile { key_id, ..KeyFile::new(Shape::Jwk, Material::PrivateKey(key)) })
}

/// Reads a JWK set. One that holds private keys and names no service user is what a server signs its own
/// tokens with, and users do take it for their key (Frontier's lies beside its configuration). The
/// exception is a set of exactly one key with a key id: consoles and key generators hand out a client's
/// own key that way, while a server keeps the keys before and after it in the set. It cannot do harm
/// unnoticed, since the ids must be typed and the server must know them.
pub(super) fn set(keys: &[Json]) -> Result<KeyFile, KeyError> {
    let is_private = |key: &Json| member::has(key, &["d", "k"]);
    match keys {
        [key] if is_private(key) && member::has(key, &["kid"]) => Ok(KeyFile { shape: Shape::JwkSet, ..single(key)? }),
        keys if keys.iter().any(is_private) => Err(WrongKind::PrivateJwkSet.into()),
        _ => Err(WrongKind::PublicJwkSet.into()),
    }
}

/// Whether the JWK says that it is not for signing (RFC 7517 §4.2 to §4.4).
fn is_for_encryption(json: &Json) -> bool {
    let text = |name: &str| json.get(name).and_then(Json::as_text).unwrap_or_default();
    let signs = match json.get("key_ops") {
        Some(Json::List(operations)) => operations.iter().any(|operation| operation.as_text() == Some("sign")),
        _ => true,
    };
    let encrypts = ["RSA-OAEP", "RSA1_5", "ECDH-ES"].iter().any(|algorithm| text("alg").starts_with(algorithm));
    text("use") == "enc" || encrypts || !signs
}

/// RFC 7518 §6.3: as `RSAPrivateKey`.
fn rsa(json: &Json) -> Result<SecretBytes, KeyError> {
    if member::has(json, &["oth"]) {
        return Err(KeyError::Unsupported { found: "RSA with more than two primes".into() });
    }
    if PRIMES.iter().any(|names| !member::has(json, names)) {
        return Err(KeyError::PrimesMissing);
    }
    let [n, e, d] = [number(json, &["n"])?, number(json, &["e"])?, number(json, &["d"])?];
    let [p, q, dp, dq, qi] = PRIMES.map(|names| number(json, names));
    Ok(canonical::pkcs1(&[&n, &e, &d, &p?, &q?, &dp?, &dq?, &qi?]))
}

/// RFC 7518 §6.2: with its point, so that it is checked.
fn ec(json: &Json) -> Result<SecretBytes, KeyError> {
    let (_, name) = member::text(json, &["crv"])?;
    let curve = form::jwk_curve(name).ok_or_else(|| KeyError::Unsupported { found: format!("EC {}", shown(name)) })?;
    let numbers = [number(json, &["x"])?, number(json, &["y"])?, number(json, &["d"])?];
    let [x, y, d] = numbers.each_ref().map(|number| form::strip_zeros(number));
    if [x, y, d].iter().any(|number| number.len() > curve.size()) {
        return Err(KeyError::Broken { why: "its number does not fit its curve" });
    }
    // RFC 5480 §2.2: 4 for uncompressed, then both coordinates at their full length.
    let mut point = vec![0; 1 + 2 * curve.size()];
    point[0] = 4;
    point[1 + curve.size() - x.len()..][..x.len()].copy_from_slice(x);
    point[1 + 2 * curve.size() - y.len()..].copy_from_slice(y);
    Ok(canonical::ec(curve, d, Some(&point)))
}

/// RFC 8037 §2: Ed25519 of the curves that it names.
fn okp(json: &Json) -> Result<SecretBytes, KeyError> {
    let (_, name) = member::text(json, &["crv"])?;
    if name != "Ed25519" {
        return Err(KeyError::Unsupported { found: shown(name) });
    }
    let [x, d] = [number(json, &["x"])?, number(json, &["d"])?];
    Ok(canonical::ed25519(&d, Some(&x)))
}

/// A number in base64url (RFC 7518 §2).
fn number(json: &Json, names: member::Names) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (member, text) = member::text(json, names)?;
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    // The library's error quotes the offending byte, so it is not passed on.
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes);
    bytes.truncate(length.map_err(|_| KeyError::NumberInvalid { member: member.into() })?);
    Ok(bytes)
}
