//! The **form** of a key's DER: told from its structure before any crypto library sees it.
//!
//! Rule: an RSA private key gives its PKCS#1 part; everything else gives an error that names what it is.

use super::der::{BIT_STRING, CONTEXT_0, Der, INTEGER, NULL, OBJECT_ID, OCTET_STRING, SEQUENCE, Why, dotted};
use crate::error::{KeyError, WrongKind};

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// PKCS#7 `data` and `signedData`, one of which a PKCS#12 file begins with.
const PKCS_7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// An RSA private key's PKCS#1 part (`RSAPrivateKey`, RFC 8017 A.1.2) and its size.
#[derive(Debug)]
pub(crate) struct Rsa<'a> {
    pub(crate) pkcs1: &'a [u8],
    pub(crate) bits: u32,
}

impl From<Why> for KeyError {
    fn from(why: Why) -> Self {
        Self::Broken { why }
    }
}

/// Finds the RSA private key in PKCS#8 or PKCS#1 DER.
///
/// # Errors
/// What it is otherwise: [`KeyError::Unsupported`], [`KeyError::WrongKind`],
/// [`KeyError::PassphraseNeeded`], [`KeyError::Broken`].
pub(crate) fn rsa(der: &[u8]) -> Result<Rsa<'_>, KeyError> {
    let mut outer = Der::new(der);
    let body = outer.enter(SEQUENCE)?;
    if !outer.is_empty() {
        return Err("it has bytes after its end".into());
    }
    match body.peek() {
        INTEGER => versioned(der, body),
        SEQUENCE => Err(unversioned(body)?),
        _ => Err("it is not built like a key".into()),
    }
}

/// Reads what begins with a version: PKCS#8, PKCS#1, SEC1, PKCS#12.
fn versioned<'a>(der: &'a [u8], body: Der<'a>) -> Result<Rsa<'a>, KeyError> {
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
        ([1], OCTET_STRING) => Err(sec1(rest)?),
        (_, INTEGER) => pkcs1(der, body),
        _ => Err("it is not built like a key".into()),
    }
}

fn pkcs8(mut body: Der<'_>) -> Result<Rsa<'_>, KeyError> {
    let mut algorithm = body.enter(SEQUENCE)?;
    let oid = algorithm.take(OBJECT_ID)?;
    if oid != RSA_ENCRYPTION {
        return Err(unsupported(oid, algorithm));
    }
    // RFC 8017 A.1: the parameters of rsaEncryption are NULL; some writers leave them out.
    if !algorithm.is_empty() && (!algorithm.take(NULL)?.is_empty() || !algorithm.is_empty()) {
        return Err("its algorithm has unknown parameters".into());
    }
    let inner = body.take(OCTET_STRING)?;
    let mut outer = Der::new(inner);
    let fields = outer.enter(SEQUENCE)?;
    if !outer.is_empty() {
        return Err("it has bytes after its end".into());
    }
    pkcs1(inner, fields)
}

/// Reads the integers of `RSAPrivateKey`; the crypto provider checks that they belong together.
fn pkcs1<'a>(der: &'a [u8], body: Der<'a>) -> Result<Rsa<'a>, KeyError> {
    let mut rest = body;
    let mut integers = [&[][..]; 9];
    let mut count = 0;
    while rest.peek() == INTEGER && count < integers.len() {
        integers[count] = rest.take(INTEGER)?;
        count += 1;
    }
    match (count, rest.is_empty(), integers[0]) {
        (9, true, [0]) => {}
        // RFC 8017 A.1.2: version 1 has `otherPrimeInfos`.
        (9, false, [1]) => return Err(KeyError::Unsupported { found: "RSA with more than two primes".into() }),
        (2, true, _) => return Err(KeyError::WrongKind(WrongKind::PublicKey)),
        (6, true, [0]) => return Err(KeyError::Unsupported { found: "DSA".into() }),
        (_, false, _) if count < 9 => return Err("it is not built like a key".into()),
        (..9, ..) => return Err("it lacks some of its numbers".into()),
        _ => return Err("it is not built like a key".into()),
    }
    let bits = bits_of(integers[1]);
    if bits < 2048 {
        return Err(KeyError::TooSmall { bits });
    }
    if bits > 8192 {
        return Err(KeyError::Unsupported { found: format!("RSA with {bits} bits") });
    }
    Ok(Rsa { pkcs1: der, bits })
}

/// The size of a positive INTEGER in bits.
pub(crate) fn bits_of(integer: &[u8]) -> u32 {
    let significant = strip_zeros(integer);
    let leading = significant.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(significant.len()).map_or(u32::MAX, |bytes| bytes.saturating_mul(8)) - leading
}

/// A positive INTEGER without the zero byte that marks it as positive.
pub(crate) fn strip_zeros(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    &integer[zeros..]
}

fn sec1(mut body: Der<'_>) -> Result<KeyError, Why> {
    body.take(OCTET_STRING)?;
    let curve = match body.peek() {
        CONTEXT_0 => body.enter(CONTEXT_0)?,
        _ => Der::new(&[]),
    };
    Ok(KeyError::Unsupported { found: curve_name(curve) })
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

fn unsupported(oid: &[u8], parameters: Der<'_>) -> KeyError {
    let found = match oid {
        EC_PUBLIC_KEY => curve_name(parameters),
        _ => match dotted(oid).as_str() {
            "1.2.840.113549.1.1.10" => "RSA-PSS".to_owned(),
            "1.2.840.113549.1.1.7" => "RSA-OAEP".to_owned(),
            "1.2.840.10040.4.1" => "DSA".to_owned(),
            "1.2.840.113549.1.3.1" | "1.2.840.10046.2.1" => "DH".to_owned(),
            "1.3.101.110" => "X25519".to_owned(),
            "1.3.101.111" => "X448".to_owned(),
            "1.3.101.112" => "Ed25519".to_owned(),
            "1.3.101.113" => "Ed448".to_owned(),
            "2.16.840.1.101.3.4.3.17" => "ML-DSA-44".to_owned(),
            "2.16.840.1.101.3.4.3.18" => "ML-DSA-65".to_owned(),
            "2.16.840.1.101.3.4.3.19" => "ML-DSA-87".to_owned(),
            other => shown_oid(other),
        },
    };
    KeyError::Unsupported { found }
}

fn curve_name(mut parameters: Der<'_>) -> String {
    let Ok(oid) = parameters.take(OBJECT_ID) else {
        return "EC".to_owned();
    };
    match dotted(oid).as_str() {
        "1.2.840.10045.3.1.7" => "EC P-256".to_owned(),
        "1.3.132.0.34" => "EC P-384".to_owned(),
        "1.3.132.0.35" => "EC P-521".to_owned(),
        "1.3.132.0.33" => "EC P-224".to_owned(),
        "1.3.132.0.10" => "EC secp256k1".to_owned(),
        other => format!("EC {}", shown_oid(other)),
    }
}

/// An unknown identifier; a long one is no identifier but somebody's bytes, so it is not shown.
fn shown_oid(dotted: &str) -> String {
    if dotted.is_empty() || dotted.len() > 48 { "unknown".to_owned() } else { dotted.to_owned() }
}
