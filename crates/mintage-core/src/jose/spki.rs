//! A public key as **SubjectPublicKeyInfo** (RFC 5280 §4.1.2.7), in DER and PEM.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{KeyType, PublicKey, strip_zeros};
use crate::der::{BIT_STRING, Der, INTEGER, SEQUENCE, octets_of, push_element};

impl PublicKey {
    /// RSA: `RSAPublicKey` (RFC 8017 A.1.1). EC: the uncompressed point (RFC 5480 §2.2). Ed25519: its 32
    /// bytes (RFC 8032 §5.1.5).
    pub(crate) fn encoded(&self) -> Vec<u8> {
        match self {
            Self::Ec { point, .. } | Self::Ed25519(point) => point.clone(),
            Self::Rsa { modulus, exponent } => {
                let mut numbers = Vec::new();
                for number in [modulus, exponent] {
                    // A leading zero keeps the number positive (X.690 §8.3).
                    let sign: &[u8] = if number.first().is_some_and(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
                    push_element(&mut numbers, INTEGER, &[sign, number]);
                }
                let mut whole = Vec::new();
                push_element(&mut whole, SEQUENCE, &[&numbers]);
                whole
            }
        }
    }

    /// Reads what [`PublicKey::encoded`] writes.
    fn read(key_type: KeyType, bytes: &[u8]) -> Option<Self> {
        let key = match key_type {
            KeyType::Ec(curve) => Self::ec_point(curve, bytes),
            KeyType::Ed25519 => Self::ed25519(bytes),
            KeyType::Rsa => {
                let mut numbers = Der::new(bytes).enter(SEQUENCE).ok()?;
                let (modulus, exponent) = (numbers.take(INTEGER).ok()?, numbers.take(INTEGER).ok()?);
                Self::rsa(strip_zeros(modulus), strip_zeros(exponent))
            }
        };
        key.ok()
    }

    /// The key as DER.
    pub(super) fn spki(&self) -> Vec<u8> {
        let mut inside = Vec::new();
        push_element(&mut inside, SEQUENCE, &[self.key_type().identifier()]);
        push_element(&mut inside, BIT_STRING, &[&[0], &self.encoded()]);
        let mut whole = Vec::new();
        push_element(&mut whole, SEQUENCE, &[&inside]);
        whole
    }

    /// Reads the PEM that [`pem_of`] writes; `None` if it was modified.
    pub(super) fn of_pem(key_type: KeyType, pem: &str) -> Option<Self> {
        let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let spki = BASE64_STANDARD.decode(text).ok()?;
        let mut body = Der::new(&spki).enter(SEQUENCE).ok()?;
        let same = body.take(SEQUENCE) == Ok(key_type.identifier());
        let bytes = body.take(BIT_STRING).and_then(octets_of).ok()?;
        Self::read(key_type, bytes).filter(|_| same)
    }
}

/// Writes SubjectPublicKeyInfo as PEM (RFC 7468 §13): 64 characters per line.
pub(super) fn pem_of(spki: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(spki);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for line in body.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    pem
}
