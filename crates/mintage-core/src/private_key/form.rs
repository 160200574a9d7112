//! The **form** of a key's DER: told from its structure before any crypto library sees it.
//!
//! Rule: a private key that Mintage signs with gives its parts; everything else gives an error that
//! names what it is.

use super::der::{
    BIT_STRING, CONTEXT_0, CONTEXT_1, CONTEXT_1_PRIMITIVE, Der, INTEGER, NULL, OBJECT_ID, OCTET_STRING, SEQUENCE, Why,
};
use super::kind::{Curve, Kind};
use crate::error::{KeyError, WrongKind};

mod ec;
mod name;
mod rsa;

pub(crate) use name::jwk_curve;
pub(crate) use rsa::strip_zeros;

/// PKCS#7 `data` and `signedData`, one of which a PKCS#12 file begins with.
const PKCS_7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// The parts of a private key.
#[derive(Debug)]
pub(crate) enum Form<'a> {
    /// `RSAPrivateKey` (RFC 8017 A.1.2) and the size of its modulus.
    Rsa { pkcs1: &'a [u8], bits: u32 },
    /// The private number without leading zeros, which fits the curve, and the point where it is given.
    Ec { curve: Curve, number: &'a [u8], point: Option<&'a [u8]> },
    /// The 32 bytes of RFC 8032 §5.1.5, and the public key where it is given.
    Ed25519 { seed: &'a [u8], public: Option<&'a [u8]> },
}

impl From<Why> for KeyError {
    fn from(why: Why) -> Self {
        Self::Broken { why }
    }
}

/// Finds the private key in PKCS#8, PKCS#1 or SEC1 DER.
///
/// # Errors
/// What it is otherwise: [`KeyError::Unsupported`], [`KeyError::TooSmall`], [`KeyError::WrongKind`],
/// [`KeyError::PassphraseNeeded`], [`KeyError::Broken`].
pub(crate) fn of(der: &[u8]) -> Result<Form<'_>, KeyError> {
    let body = whole(der)?;
    match body.peek() {
        INTEGER => versioned(der, body),
        SEQUENCE => Err(unversioned(body)?),
        _ => Err("it is not built like a key".into()),
    }
}

/// Enters the one sequence that the bytes are.
fn whole(der: &[u8]) -> Result<Der<'_>, Why> {
    let mut outer = Der::new(der);
    let body = outer.enter(SEQUENCE)?;
    if outer.is_empty() { Ok(body) } else { Err("it has bytes after its end") }
}

/// Reads what begins with a version: PKCS#8, PKCS#1, SEC1, PKCS#12.
fn versioned<'a>(der: &'a [u8], body: Der<'a>) -> Result<Form<'a>, KeyError> {
    let mut rest = body;
    let version = rest.take(INTEGER)?;
    match (version, rest.peek()) {
        // PKCS#12 (RFC 7292 §4): version 3, then a PKCS#7 content.
        ([3], SEQUENCE) if rest.enter(SEQUENCE)?.take(OBJECT_ID)?.starts_with(PKCS_7) => {
            Err(KeyError::WrongKind(WrongKind::Pkcs12))
        }
        // RFC 5208 §5 (version 0) and RFC 5958 §2 (version 1, which may carry the public key too).
        ([0 | 1], SEQUENCE) => pkcs8(rest),
        // SEC1 (RFC 5915 §3).
        ([1], OCTET_STRING) => ec::after_version(rest, None),
        (_, INTEGER) => rsa::pkcs1(der, body),
        _ => Err("it is not built like a key".into()),
    }
}

fn pkcs8(mut body: Der<'_>) -> Result<Form<'_>, KeyError> {
    let mut algorithm = body.enter(SEQUENCE)?;
    let kind = name::kind(algorithm)?;
    algorithm.take(OBJECT_ID)?;
    let key = body.take(OCTET_STRING)?;
    match kind {
        Kind::Rsa => {
            // RFC 8017 A.1: the parameters of rsaEncryption are NULL; some writers leave them out.
            if !algorithm.is_empty() && (!algorithm.take(NULL)?.is_empty() || !algorithm.is_empty()) {
                return Err("its algorithm has unknown parameters".into());
            }
            rsa::pkcs1(key, whole(key)?)
        }
        Kind::Ec(curve) => ec::private_key(key, curve),
        Kind::Ed25519 => Ok(ed25519(key, body)?),
    }
}

/// Reads `CurvePrivateKey` (RFC 8410 §7), an OCTET STRING within the OCTET STRING, and what follows it.
fn ed25519<'a>(key: &'a [u8], rest: Der<'a>) -> Result<Form<'a>, Why> {
    let mut key = Der::new(key);
    let seed = key.take(OCTET_STRING)?;
    if seed.len() != 32 || !key.is_empty() {
        return Err("its number does not fit its curve");
    }
    Ok(Form::Ed25519 { seed, public: public_of(rest)? })
}

/// Reads what may follow a PKCS#8 key (RFC 5958 §2): attributes, which say nothing here, and the public key.
fn public_of(mut rest: Der<'_>) -> Result<Option<&[u8]>, Why> {
    if rest.peek() == CONTEXT_0 {
        rest.take(CONTEXT_0)?;
    }
    let public = match rest.peek() {
        CONTEXT_1_PRIMITIVE => octets_of(rest.take(CONTEXT_1_PRIMITIVE)?)?,
        // Not what the RFC says, but what some libraries wrote for years.
        CONTEXT_1 => octets_of(rest.enter(CONTEXT_1)?.take(BIT_STRING)?)?,
        _ if rest.is_empty() => return Ok(None),
        _ => return Err("it is not built like a key"),
    };
    if rest.is_empty() { Ok(Some(public)) } else { Err("it has bytes after its end") }
}

/// The bytes of a BIT STRING, whose first byte counts its unused bits (X.690 §8.6.2).
pub(super) fn octets_of(bits: &[u8]) -> Result<&[u8], Why> {
    bits.strip_prefix(&[0]).ok_or("it is not built like a key")
}

/// Names what begins with a sequence: public key, encrypted key, certificate, certificate request.
fn unversioned(mut body: Der<'_>) -> Result<KeyError, Why> {
    let mut first = body.enter(SEQUENCE)?;
    if first.peek() == OBJECT_ID {
        return match body.peek() {
            BIT_STRING => Ok(KeyError::WrongKind(WrongKind::PublicKey)),
            OCTET_STRING => Ok(KeyError::PassphraseNeeded { wrong: false }),
            _ => Err("it is not built like a key"),
        };
    }
    // Both are SEQUENCE { content, SEQUENCE algorithm, BIT STRING signature } (RFC 5280 §4.1, RFC 2986 §4.2).
    body.enter(SEQUENCE)?;
    body.take(BIT_STRING)?;
    let is_request = first.take(INTEGER).is_ok()
        && first.take(SEQUENCE).is_ok()
        && first.take(SEQUENCE).is_ok()
        && first.peek() != SEQUENCE;
    Ok(KeyError::WrongKind(if is_request { WrongKind::CertificateRequest } else { WrongKind::Certificate }))
}
