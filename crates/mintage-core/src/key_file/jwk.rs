//! A private **JWK** (RFC 7517 §4) or a set of one (RFC 7517 §5).
//!
//! Rule: its numbers are written as DER and read like every other key, so that they are checked the same
//! way. All buffers are wiped.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{KeyFile, Material, Shape, mask, member, shown};
use crate::error::{KeyError, WrongKind};
use crate::jose::jwk::{self, Operation, Unfit};
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
    jwk::check_type(json, kind)?;
    jwk::check_purpose(json, Operation::Sign)?;
    let bound = jwk::algorithm(json)?;
    let key_id = member::optional_id(json, &["kid"])?;
    let der = match kind {
        "RSA" => rsa(json)?,
        "EC" => ec(json)?,
        "OKP" => okp(json)?,
        other => return Err(KeyError::Unsupported { found: shown(other) }),
    };
    let mut key = PrivateKey::from_der(der)?;
    if let Some((algorithm, name)) = bound {
        key = key.bound_to(algorithm).ok_or_else(|| jwk::of_another_type(name))?;
    }
    Ok(KeyFile { key_id, ..KeyFile::new(Shape::Jwk, Material::PrivateKey(key)) })
}

impl From<Unfit> for KeyError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Encryption(_) => WrongKind::EncryptionJwk.into(),
            Unfit::Otherwise(why) => Self::JwkUnfit { why },
        }
    }
}

/// Whether `keys` are JWKs.
pub(super) fn is_set(json: &Json) -> bool {
    matches!(json.get("keys"), Some(Json::List(keys)) if keys.iter().all(|key| member::has(key, &["kty", "n", "crv", "d", "k"])))
}

/// Whether a JWK set has a private key in it.
pub(super) fn has_private(json: &Json) -> bool {
    matches!(json.get("keys"), Some(Json::List(keys)) if keys.iter().any(|key| member::has(key, &["d", "k"])))
}

/// Reads a JWK set. One that holds private keys and names no service user is what a server signs its own
/// tokens with, and users do take it for their key (Frontier's lies beside its configuration). The
/// exception is a set of exactly one key with a key id: consoles and key generators hand out a client's
/// own key that way, while a server keeps the keys before and after it in the set. It cannot do harm
/// unnoticed, since the ids must be typed and the server must know them.
pub(super) fn set(json: &Json) -> Result<KeyFile, KeyError> {
    let Some(Json::List(keys)) = json.get("keys") else { return Err(WrongKind::PublicJwkSet.into()) };
    let is_private = |key: &Json| member::has(key, &["d", "k"]);
    match keys.as_slice() {
        [key] if is_private(key) && member::has(key, &["kid"]) => Ok(KeyFile { shape: Shape::JwkSet, ..single(key)? }),
        keys if keys.iter().any(is_private) => Err(WrongKind::PrivateJwkSet.into()),
        _ => Err(WrongKind::PublicJwkSet.into()),
    }
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
    let [x, y, d] = [number(json, &["x"])?, number(json, &["y"])?, number(json, &["d"])?];
    // All three have the full length of the curve (RFC 7518 §6.2.1.2, §6.2.2.1).
    if [&x, &y, &d].iter().any(|number| number.len() != curve.size()) {
        return Err(KeyError::Broken { why: "one of `x`, `y` and `d` has the wrong length for its curve" });
    }
    // RFC 5480 §2.2: 4 for uncompressed, then both coordinates.
    Ok(canonical::ec(curve, &d, Some(&[&[4], &x[..], &y].concat())))
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
    let Ok(length) = length else {
        mask::check(member, text)?;
        return Err(KeyError::NumberInvalid { member: member.into() });
    };
    bytes.truncate(length);
    Ok(bytes)
}
