//! One **public key** of a JWK set, read strictly (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
//!
//! Rule: a key that is kept can verify signatures and says nothing to the contrary; every other key is rejected with a
//! reason.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::quoted;
use crate::jose::jwk::{self, Operation};
use crate::jose::{Algorithm, Curve, PublicKey};
use crate::json::Json;

/// One usable public key of a set; its fields are for the verifying code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerifyingKey {
    /// `kid`.
    pub(super) id: Option<String>,
    /// `alg`, if the key is bound to one algorithm.
    algorithm: Option<Algorithm>,
    key: PublicKey,
}

impl VerifyingKey {
    /// The key's thumbprint (RFC 7638).
    pub(super) fn thumbprint(&self) -> String {
        self.key.thumbprint()
    }

    /// Reads one JWK.
    ///
    /// # Errors
    /// Why it can't verify signatures, as a sentence part with the key as its subject.
    pub(super) fn from_jwk(jwk: &Json) -> Result<Self, String> {
        let id = text(jwk, "kid")?.map(str::to_owned);
        let kind = text(jwk, "kty")?.ok_or("has no type (`kty`)")?;
        jwk::check_type(jwk, kind)?;
        let key = match kind {
            "RSA" => PublicKey::rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?,
            "EC" => ec(jwk)?,
            "OKP" => okp(jwk)?,
            "oct" => return Err("is a shared secret, which must never be published".into()),
            other => return Err(format!("has the unknown type {}", quoted(other))),
        };
        jwk::check_purpose(jwk, Operation::Verify)?;
        let algorithm = match jwk::algorithm(jwk)? {
            Some((algorithm, name)) if !key.takes(algorithm) => return Err(jwk::of_another_type(name).into()),
            bound => bound.map(|(algorithm, _)| algorithm),
        };
        Ok(Self { id, algorithm, key })
    }

    /// Whether this key may verify signatures of this algorithm (RFC 8725 §3.1).
    pub(super) fn agrees_with(&self, algorithm: Algorithm) -> bool {
        self.key.takes(algorithm) && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Whether this key made the signature over the message.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.agrees_with(algorithm) && self.key.verifies(algorithm, message, signature)
    }
}

fn ec(jwk: &Json) -> Result<PublicKey, String> {
    let name = text(jwk, "crv")?.ok_or("doesn't name a curve (`crv`)")?;
    let curve = Curve::named(name).ok_or_else(|| format!("is on the curve {}, which isn't supported", quoted(name)))?;
    Ok(PublicKey::ec(curve, &bytes(jwk, "x")?, &bytes(jwk, "y")?)?)
}

fn okp(jwk: &Json) -> Result<PublicKey, String> {
    match text(jwk, "crv")? {
        Some("Ed25519") => Ok(PublicKey::ed25519(&bytes(jwk, "x")?)?),
        Some(other) => Err(format!("is on the curve {}, which isn't supported", quoted(other))),
        None => Err("doesn't name a curve (`crv`)".into()),
    }
}

fn text<'j>(jwk: &'j Json, name: &str) -> Result<Option<&'j str>, String> {
    Ok(jwk::text(jwk, name)?)
}

fn bytes(jwk: &Json, name: &str) -> Result<Vec<u8>, String> {
    let text = text(jwk, name)?.ok_or_else(|| format!("lacks `{name}`"))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| format!("has a `{name}` that isn't base64url"))
}
