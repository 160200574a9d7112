//! One **public key** of a JWK set, read strictly (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
//!
//! Rule: what is kept can verify signatures and says nothing to the contrary; everything else is
//! refused with its reason.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::quoted;
use crate::jose::jwk::{self, Operation};
use crate::jose::{Algorithm, Curve, PublicKey};
use crate::json::Json;

/// One usable public key of a set; its fields belong to the verifying code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerifyingKey {
    /// `kid`.
    pub(super) id: Option<String>,
    /// `alg`, where the key is bound to one algorithm.
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
    /// Why it cannot verify signatures, as a sentence part with the key as its subject.
    pub(super) fn from_jwk(jwk: &Json) -> Result<Self, String> {
        let id = text(jwk, "kid")?.map(str::to_owned);
        let kind = text(jwk, "kty")?.ok_or("has no type (`kty`)")?;
        jwk::check_type(jwk, kind).map_err(|why| why.to_string())?;
        let key = match kind {
            "RSA" => PublicKey::rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?).map_err(|flaw| flaw.to_string())?,
            "EC" => ec(jwk)?,
            "OKP" => okp(jwk)?,
            "oct" => return Err("is a shared secret, which must never be published".into()),
            other => return Err(format!("is of the unknown type {}", quoted(other))),
        };
        jwk::check_purpose(jwk, Operation::Verify).map_err(|why| why.to_string())?;
        let algorithm = match jwk::algorithm(jwk).map_err(|why| why.to_string())? {
            Some((algorithm, name)) if !algorithm.fits(&key) => return Err(jwk::of_another_type(name).to_string()),
            bound => bound.map(|(algorithm, _)| algorithm),
        };
        Ok(Self { id, algorithm, key })
    }

    /// Whether this key may verify signatures of this algorithm (RFC 8725 §3.1).
    pub(super) fn agrees_with(&self, algorithm: Algorithm) -> bool {
        algorithm.fits(&self.key) && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Whether the signature over the message is this key's.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.agrees_with(algorithm) && self.key.verifies(algorithm, message, signature)
    }
}

fn ec(jwk: &Json) -> Result<PublicKey, String> {
    let name = text(jwk, "crv")?.ok_or("names no curve (`crv`)")?;
    let curve =
        Curve::named(name).ok_or_else(|| format!("is on the curve {}, which is not supported", quoted(name)))?;
    PublicKey::ec(curve, &bytes(jwk, "x")?, &bytes(jwk, "y")?).map_err(|flaw| flaw.to_string())
}

fn okp(jwk: &Json) -> Result<PublicKey, String> {
    match text(jwk, "crv")? {
        Some("Ed25519") => PublicKey::ed25519(&bytes(jwk, "x")?).map_err(|flaw| flaw.to_string()),
        Some(other) => Err(format!("is on the curve {}, which is not supported", quoted(other))),
        None => Err("names no curve (`crv`)".into()),
    }
}

fn text<'j>(jwk: &'j Json, name: &str) -> Result<Option<&'j str>, String> {
    jwk::text(jwk, name).map_err(|why| why.to_string())
}

fn bytes(jwk: &Json, name: &str) -> Result<Vec<u8>, String> {
    let text = text(jwk, name)?.ok_or_else(|| format!("lacks `{name}`"))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| format!("has a `{name}` that is no base64url"))
}
