//! One **public key** of a JWK set, read strictly (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
//!
//! Rule: what is kept can verify signatures and says nothing to the contrary; everything else is
//! refused with its reason.

use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::algorithm::Algorithm;
use super::{quoted, roca};
use crate::json::Json;

/// One usable public key of a set; its fields belong to the verifying code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerifyingKey {
    /// `kid`.
    pub(super) id: Option<String>,
    /// `alg`, where the key is bound to one algorithm.
    algorithm: Option<Algorithm>,
    material: Material,
}

/// The key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Material {
    /// Big-endian without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// The uncompressed point (SEC 1 §2.3.3), which lies on the curve.
    Ec { curve: Curve, point: Vec<u8> },
    /// The encoded point (RFC 8032 §5.1.2).
    Ed25519(Vec<u8>),
}

/// An elliptic curve for ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl VerifyingKey {
    /// The key's thumbprint (RFC 7638 §3.2): the required members, in lexicographic order.
    pub(super) fn thumbprint(&self) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let members = match &self.material {
            Material::Rsa { modulus, exponent } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(exponent), text(modulus))
            }
            Material::Ec { curve, point } => {
                let curve = match curve {
                    Curve::P256 => "P-256",
                    Curve::P384 => "P-384",
                    Curve::P521 => "P-521",
                };
                // SEC 1 §2.3.3: a byte for the form, then both halves.
                let (x, y) = point[1..].split_at((point.len() - 1) / 2);
                format!(r#"{{"crv":"{curve}","kty":"EC","x":"{}","y":"{}"}}"#, text(x), text(y))
            }
            Material::Ed25519(point) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(point)),
        };
        text(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, members.as_bytes()).as_ref())
    }

    /// Reads one JWK.
    ///
    /// # Errors
    /// Why it cannot verify signatures, as a sentence part with the key as its subject.
    pub(super) fn from_jwk(jwk: &Json) -> Result<Self, String> {
        let id = text(jwk, "kid")?.map(str::to_owned);
        let material = match text(jwk, "kty")? {
            Some("RSA") => rsa(jwk)?,
            Some("EC") => ec(jwk)?,
            Some("OKP") => okp(jwk)?,
            Some("oct") => return Err("is a shared secret, which must never be published".into()),
            Some(other) => return Err(format!("is of the unknown type {}", quoted(other))),
            None => return Err("has no type (`kty`)".into()),
        };
        check_purpose(jwk)?;
        let algorithm = match text(jwk, "alg")? {
            None => None,
            Some(name) => match Algorithm::named(name) {
                Some(algorithm) if algorithm.fits(&material) => Some(algorithm),
                Some(_) => return Err(format!("is not of the type that {} needs", quoted(name))),
                None => return Err(format!("is for {}, which is no accepted signature algorithm", quoted(name))),
            },
        };
        Ok(Self { id, algorithm, material })
    }

    /// Whether this key may verify signatures of this algorithm (RFC 8725 §3.1).
    pub(super) fn agrees_with(&self, algorithm: Algorithm) -> bool {
        algorithm.fits(&self.material) && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Whether the signature over the message is this key's.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.agrees_with(algorithm) && algorithm.verifies(&self.material, message, signature)
    }
}

/// `use` and `key_ops` (RFC 7517 §4.2, §4.3).
fn check_purpose(jwk: &Json) -> Result<(), String> {
    match text(jwk, "use")? {
        None | Some("sig") => {}
        Some("enc") => return Err("is meant for encryption (`use` is `enc`)".into()),
        Some(other) => return Err(format!("is meant for another use than signatures: {}", quoted(other))),
    }
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Json::List(operations)) if operations.iter().any(|one| one.as_text() == Some("verify")) => Ok(()),
        Some(Json::List(_)) => Err("is not meant to verify signatures (`key_ops` lacks `verify`)".into()),
        Some(_) => Err("has `key_ops` that are no list".into()),
    }
}

fn rsa(jwk: &Json) -> Result<Material, String> {
    // Some servers write a leading zero byte, which RFC 7518 §2 forbids and which changes nothing.
    let number = |name| bytes(jwk, name).map(|bytes| bytes.into_iter().skip_while(|&byte| byte == 0).collect());
    let (modulus, exponent): (Vec<u8>, Vec<u8>) = (number("n")?, number("e")?);
    let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
    if bits < 2048 {
        return Err(format!("is RSA with {bits} bits; 2048 or more are needed"));
    }
    if bits > 8192 {
        return Err(format!("is RSA with {bits} bits; more than 8192 are not supported"));
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    if !is_odd(&modulus) || !is_odd(&exponent) || exponent == [1] || exponent.len() > 4 {
        return Err("has a modulus or exponent that no sound RSA key has".into());
    }
    if roca::has_fingerprint(&modulus) {
        return Err("was made by a flawed generator and can be broken (ROCA, CVE-2017-15361)".into());
    }
    Ok(Material::Rsa { modulus, exponent })
}

fn ec(jwk: &Json) -> Result<Material, String> {
    let (curve, size, algorithm): (_, _, &'static dyn VerificationAlgorithm) = match text(jwk, "crv")? {
        Some("P-256") => (Curve::P256, 32, &signature::ECDSA_P256_SHA256_FIXED),
        Some("P-384") => (Curve::P384, 48, &signature::ECDSA_P384_SHA384_FIXED),
        Some("P-521") => (Curve::P521, 66, &signature::ECDSA_P521_SHA512_FIXED),
        Some(other) => return Err(format!("is on the curve {}, which is not supported", quoted(other))),
        None => return Err("names no curve (`crv`)".into()),
    };
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    // Coordinates have the full length of the field (RFC 7518 §6.2.1.2).
    if x.len() != size || y.len() != size {
        return Err("has coordinates of the wrong length".into());
    }
    let point = [&[4], x.as_slice(), &y].concat();
    if ParsedPublicKey::new(algorithm, &point).is_err() {
        return Err("is no point on its curve".into());
    }
    Ok(Material::Ec { curve, point })
}

fn okp(jwk: &Json) -> Result<Material, String> {
    match text(jwk, "crv")? {
        Some("Ed25519") => {}
        Some(other) => return Err(format!("is on the curve {}, which is not supported", quoted(other))),
        None => return Err("names no curve (`crv`)".into()),
    }
    let point = bytes(jwk, "x")?;
    if point.len() != 32 {
        return Err("has a coordinate of the wrong length".into());
    }
    Ok(Material::Ed25519(point))
}

fn text<'j>(jwk: &'j Json, name: &str) -> Result<Option<&'j str>, String> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text)),
        Some(_) => Err(format!("has a `{name}` that is no string")),
    }
}

fn bytes(jwk: &Json, name: &str) -> Result<Vec<u8>, String> {
    let text = text(jwk, name)?.ok_or_else(|| format!("lacks `{name}`"))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| format!("has a `{name}` that is no base64url"))
}
