//! A private **JWK** (RFC 7517 §4) or a set of one (RFC 7517 §5).
//!
//! Rule: its numbers are written as DER and read like any other key, so that they are checked in the same way. All
//! buffers are wiped.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::KeyFileError;
use super::{KeyFile, Material, certificate, mask, member, shown};
use crate::jose::jwk::{self, Operation, Unfit};
use crate::json::Json;
use crate::private_key::{KeyError, PrivateKey, WrongKind, canonical, form};
use crate::provider::Shape;
use crate::secret::SecretBytes;

const PRIMES: [member::Names; 5] = [&["p"], &["q"], &["dp"], &["dq"], &["qi"]];

/// Reads one JWK.
pub(super) fn single(json: &Json) -> Result<KeyFile, KeyFileError> {
    let (_, kind) = member::text(json, &["kty"])?;
    if kind == "oct" {
        return Err(WrongKind::SymmetricJwk.into());
    }
    if !json.has(&["d"]) {
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
        other => return Err(KeyError::Unsupported { found: shown(other) }.into()),
    };
    let mut key = PrivateKey::from_der(der)?;
    if let Some((algorithm, name)) = bound {
        key = key.bound_to(algorithm).ok_or_else(|| jwk::of_another_type(name))?;
    }
    let certificate = own_certificate(json, &key)?;
    Ok(KeyFile { key_id, certificate, ..KeyFile::new(Shape::Jwk, Material::PrivateKey(key)) })
}

/// `x5t#S256` of the certificate in `x5c`, of which the first must be the key's own (RFC 7517 §4.7).
fn own_certificate(json: &Json, key: &PrivateKey) -> Result<Option<String>, KeyFileError> {
    let first = match json.get("x5c") {
        None => return Ok(None),
        Some(Json::Text(text)) if text.is_empty() => return Ok(None),
        Some(Json::List(chain)) => chain.first().and_then(Json::as_text).ok_or(KeyFileError::CertificateBroken)?,
        Some(_) => return Err(KeyFileError::CertificateBroken),
    };
    // Standard base64, unlike all other members.
    let der = BASE64_STANDARD.decode(first).map_err(|_| KeyFileError::CertificateBroken)?;
    certificate::thumbprint(&[&der], key)
}

impl From<Unfit> for KeyFileError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Encryption(_) => WrongKind::EncryptionJwk.into(),
            Unfit::Otherwise(why) => Self::JwkUnfit { why },
        }
    }
}

/// Whether `keys` are JWKs.
pub(super) fn is_set(json: &Json) -> bool {
    matches!(json.get("keys"), Some(Json::List(keys)) if keys.iter().all(|key| key.has(&["kty", "n", "crv", "d", "k"])))
}

/// Whether a JWK set contains a private key.
pub(super) fn has_private(json: &Json) -> bool {
    matches!(json.get("keys"), Some(Json::List(keys)) if keys.iter().any(|key| key.has(&["d", "k"])))
}

/// Reads a JWK set. A set with private keys and no service user is what a server signs its own tokens with, and users
/// do mistake it for their key (Frontier's is next to its configuration). The exception is a set of exactly one key
/// with a key id: consoles and key generators hand out a client's own key that way, while a server keeps previous and
/// next keys in its set. It can't do harm unnoticed, since the user has to enter the ids and the server has to know
/// them.
pub(super) fn set(json: &Json) -> Result<KeyFile, KeyFileError> {
    let Some(Json::List(keys)) = json.get("keys") else { return Err(WrongKind::PublicJwkSet.into()) };
    let is_private = |key: &Json| key.has(&["d", "k"]);
    match keys.as_slice() {
        [key] if is_private(key) && key.has(&["kid"]) => Ok(KeyFile { shape: Shape::JwkSet, ..single(key)? }),
        keys if keys.iter().any(is_private) => Err(WrongKind::PrivateJwkSet.into()),
        _ => Err(WrongKind::PublicJwkSet.into()),
    }
}

/// RFC 7518 §6.3: as `RSAPrivateKey`.
fn rsa(json: &Json) -> Result<SecretBytes, KeyFileError> {
    if json.has(&["oth"]) {
        return Err(KeyError::Unsupported { found: "RSA with more than two primes".into() }.into());
    }
    if PRIMES.iter().any(|names| !json.has(names)) {
        return Err(KeyFileError::PrimesMissing);
    }
    let [n, e, d] = [number(json, &["n"])?, number(json, &["e"])?, number(json, &["d"])?];
    let [p, q, dp, dq, qi] = PRIMES.map(|names| number(json, names));
    Ok(canonical::pkcs1(&[&n, &e, &d, &p?, &q?, &dp?, &dq?, &qi?]))
}

/// RFC 7518 §6.2: with its point, so that the point is checked.
fn ec(json: &Json) -> Result<SecretBytes, KeyFileError> {
    let (_, name) = member::text(json, &["crv"])?;
    let curve = form::jwk_curve(name).ok_or_else(|| KeyError::Unsupported { found: format!("EC {}", shown(name)) })?;
    let [x, y, d] = [number(json, &["x"])?, number(json, &["y"])?, number(json, &["d"])?];
    // All three have the full length of the curve (RFC 7518 §6.2.1.2, §6.2.2.1).
    if [&x, &y, &d].iter().any(|number| number.len() != curve.size()) {
        return Err(KeyError::Broken { why: "one of `x`, `y` and `d` has the wrong length for its curve" }.into());
    }
    // RFC 5480 §2.2: 4 for uncompressed, then both coordinates.
    Ok(canonical::ec(curve, &d, Some(&[&[4], &x[..], &y].concat())))
}

/// RFC 8037 §2: Ed25519 of the curves that it names.
fn okp(json: &Json) -> Result<SecretBytes, KeyFileError> {
    let (_, name) = member::text(json, &["crv"])?;
    if name != "Ed25519" {
        return Err(KeyError::Unsupported { found: shown(name) }.into());
    }
    let [x, d] = [number(json, &["x"])?, number(json, &["d"])?];
    Ok(canonical::ed25519(&d, Some(&x)))
}

/// A number in base64url (RFC 7518 §2).
fn number(json: &Json, names: member::Names) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let (member, text) = member::text(json, names)?;
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    // The library's error quotes the offending byte, so it isn't passed on.
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes);
    let Ok(length) = length else {
        mask::check(member, text)?;
        return Err(KeyFileError::NumberInvalid { member: member.into() });
    };
    bytes.truncate(length);
    Ok(bytes)
}
