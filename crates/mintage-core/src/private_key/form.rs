//! The **form** of a key's DER, determined from its structure before any crypto library sees it.
//!
//! Rule: a private key that Mintage can sign with returns its parts; everything else returns an error that says what it
//! is.

use super::{KeyError, WrongKind};
use crate::der::{
    BIT_STRING, CONTEXT_0, CONTEXT_1, CONTEXT_1_PRIMITIVE, Der, INTEGER, NULL, OBJECT_ID, OCTET_STRING, SEQUENCE, SET,
    Why, octets_of,
};
use crate::jose::{Curve, KeyType};

mod ec;
mod name;
mod rsa;

pub(crate) use name::jwk_curve;

/// PKCS#7 `data` and `signedData`; a PKCS#12 file begins with one of them.
const PKCS_7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// Attributes of a PKCS#8 key that tools write and that don't affect which key it is.
const HARMLESS: [&[u8]; 4] = [
    // id-ce-keyUsage (RFC 5280 §4.2.1.3), as Windows exports it.
    &[0x55, 0x1d, 0x0f],
    // friendlyName and localKeyId (RFC 2985 §5.5), as in PKCS#12.
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x14],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15],
    // The name of the Microsoft provider that stored the key, as in PKCS#12.
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x11, 0x01],
];

/// The parts of a private key, and the public key that PKCS#8 includes (RFC 5958 §2).
#[derive(Debug)]
pub(crate) enum Form<'a> {
    /// `RSAPrivateKey` (RFC 8017 A.1.2), its public numbers and its primes.
    Rsa { pkcs1: &'a [u8], modulus: &'a [u8], exponent: &'a [u8], primes: [&'a [u8]; 2], public: Option<&'a [u8]> },
    /// The private number without leading zeros, which fits the curve, and the point if it is given.
    Ec { curve: Curve, number: &'a [u8], point: Option<&'a [u8]>, public: Option<&'a [u8]> },
    /// The 32 bytes of RFC 8032 §5.1.5.
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
        _ => Err("it doesn't have the structure of a key".into()),
    }
}

/// Enters the single sequence that the bytes consist of.
fn whole(der: &[u8]) -> Result<Der<'_>, Why> {
    let mut outer = Der::new(der);
    let body = outer.enter(SEQUENCE)?;
    if outer.is_empty() { Ok(body) } else { Err("it has extra bytes at the end") }
}

/// Reads a structure that begins with a version: PKCS#8, PKCS#1, SEC1, PKCS#12.
fn versioned<'a>(der: &'a [u8], body: Der<'a>) -> Result<Form<'a>, KeyError> {
    let mut rest = body;
    let version = rest.take(INTEGER)?;
    match (version, rest.peek()) {
        // PKCS#12 (RFC 7292 §4): version 3, then PKCS#7 content.
        ([3], SEQUENCE) if rest.enter(SEQUENCE)?.take(OBJECT_ID)?.starts_with(PKCS_7) => {
            Err(KeyError::WrongKind(WrongKind::Pkcs12))
        }
        // RFC 5208 §5 (version 0) and RFC 5958 §2 (version 1, which may carry the public key too).
        ([0 | 1], SEQUENCE) => pkcs8(rest),
        // SEC1 (RFC 5915 §3).
        ([1], OCTET_STRING) => ec::after_version(rest, None),
        (_, INTEGER) => rsa::pkcs1(der, body),
        _ => Err("it doesn't have the structure of a key".into()),
    }
}

fn pkcs8(mut body: Der<'_>) -> Result<Form<'_>, KeyError> {
    let mut algorithm = body.enter(SEQUENCE)?;
    let key_type = name::key_type(algorithm)?;
    algorithm.take(OBJECT_ID)?;
    let key = body.take(OCTET_STRING)?;
    let beside = public_of(body)?;
    let mut form = match key_type {
        KeyType::Rsa => {
            // RFC 8017 A.1: the parameters of rsaEncryption are NULL; some writers leave them out.
            if !algorithm.is_empty() && !only(algorithm, NULL)?.is_empty() {
                return Err("its algorithm has unknown parameters".into());
            }
            rsa::pkcs1(key, whole(key)?)?
        }
        KeyType::Ec(curve) => ec::private_key(key, curve)?,
        KeyType::Ed25519 => ed25519(key)?,
    };
    let (Form::Rsa { public, .. } | Form::Ec { public, .. } | Form::Ed25519 { public, .. }) = &mut form;
    *public = beside;
    Ok(form)
}

/// Reads `CurvePrivateKey` (RFC 8410 §7), an OCTET STRING within the OCTET STRING.
fn ed25519(key: &[u8]) -> Result<Form<'_>, Why> {
    let seed = only(Der::new(key), OCTET_STRING)?;
    if seed.len() == 32 { Ok(Form::Ed25519 { seed, public: None }) } else { Err("its number doesn't fit its curve") }
}

/// Reads what may follow a PKCS#8 key (RFC 5958 §2): attributes, and the public key. Anything else could be another
/// key, which other programs might mistake for the intended one.
fn public_of(mut rest: Der<'_>) -> Result<Option<&[u8]>, Why> {
    if rest.peek() == CONTEXT_0 {
        check_attributes(rest.enter(CONTEXT_0)?)?;
    }
    let public = match rest.peek() {
        CONTEXT_1_PRIMITIVE => octets_of(rest.take(CONTEXT_1_PRIMITIVE)?)?,
        // Not what the RFC says, but what some libraries have written for years.
        CONTEXT_1 => octets_of(only(rest.enter(CONTEXT_1)?, BIT_STRING)?)?,
        _ if rest.is_empty() => return Ok(None),
        _ => return Err(MORE),
    };
    if rest.is_empty() { Ok(Some(public)) } else { Err(MORE) }
}

const MORE: Why = "it has unexpected data after its key";

fn check_attributes(mut attributes: Der<'_>) -> Result<(), Why> {
    while !attributes.is_empty() {
        let mut attribute = attributes.enter(SEQUENCE)?;
        let known = HARMLESS.contains(&attribute.take(OBJECT_ID)?);
        only(attribute, SET)?;
        if !known {
            return Err(MORE);
        }
    }
    Ok(())
}

/// Reads the one element that is left, which must have this tag.
pub(super) fn only<'a>(mut body: Der<'a>, tag: u8) -> Result<&'a [u8], Why> {
    let value = body.take(tag)?;
    if body.is_empty() { Ok(value) } else { Err("it has extra bytes at the end") }
}

/// Identifies a structure that begins with a sequence: public key, encrypted key, certificate, certificate request.
fn unversioned(mut body: Der<'_>) -> Result<KeyError, Why> {
    let mut first = body.enter(SEQUENCE)?;
    if first.peek() == OBJECT_ID {
        return match body.peek() {
            BIT_STRING => Ok(KeyError::WrongKind(WrongKind::PublicKey)),
            OCTET_STRING => Ok(KeyError::PassphraseNeeded { wrong: false }),
            _ => Err("it doesn't have the structure of a key"),
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
