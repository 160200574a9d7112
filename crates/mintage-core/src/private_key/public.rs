//! The **public half** of a key: what verifies its signatures, and what may be shown of it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::der::{BIT_STRING, Der, INTEGER, SEQUENCE, push_element};
use super::form::octets_of;
use super::kind::Kind;
use super::{KeyFacts, SigningAlgorithm};
use crate::error::KeyError;
use crate::jose::{Flaw, PublicKey, strip_zeros};

/// The public half of a private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Public {
    kind: Kind,
    key: PublicKey,
}

impl Public {
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Flaw> {
        Ok(Self { kind: Kind::Rsa, key: PublicKey::rsa(modulus, exponent)? })
    }

    /// Reads a key on a curve as [`Public::encoded`] writes it.
    pub(super) fn on_curve(kind: Kind, point: &[u8]) -> Result<Self, Flaw> {
        let key = match kind {
            Kind::Ec(curve) => PublicKey::ec_point(curve.into(), point)?,
            Kind::Ed25519 => PublicKey::ed25519(point)?,
            Kind::Rsa => return Err(Flaw::OffCurve),
        };
        Ok(Self { kind, key })
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// RSA: `RSAPublicKey` (RFC 8017 A.1.1). EC: the uncompressed point (RFC 5480 §2.2). Ed25519: its 32
    /// bytes (RFC 8032 §5.1.5).
    pub(super) fn encoded(&self) -> Vec<u8> {
        match &self.key {
            PublicKey::Ec { point, .. } | PublicKey::Ed25519(point) => point.clone(),
            PublicKey::Rsa { modulus, exponent } => {
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

    /// Whether this is the key's signature over the message; the algorithm must fit the key.
    pub(super) fn verifies(&self, algorithm: SigningAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        self.key.verifies(algorithm.into(), message, signature)
    }

    /// What is public about the key.
    pub(super) fn facts(&self) -> KeyFacts {
        let spki = self.spki();
        KeyFacts {
            key_type: self.kind.name().to_owned(),
            bits: self.key.bits(),
            fingerprint: digest(&SHA256, &spki).as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
            thumbprint: self.key.thumbprint(),
            public_pem: pem_of(&spki),
            algorithm: None,
        }
    }

    /// Reads it back out of its facts; `None` where these were changed.
    pub(super) fn of_facts(facts: &KeyFacts) -> Option<Self> {
        let kind = Kind::of_name(&facts.key_type)?;
        let text: String = facts.public_pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let spki = BASE64_STANDARD.decode(text).ok()?;
        let mut body = Der::new(&spki).enter(SEQUENCE).ok()?;
        let same = body.take(SEQUENCE) == Ok(kind.identifier());
        let bytes = body.take(BIT_STRING).and_then(octets_of).ok()?;
        Self::read(kind, bytes).ok().filter(|_| same)
    }

    /// The members of its JWK that make up the thumbprint (RFC 7638 §3.2).
    pub(super) fn jwk_members(&self) -> Vec<(&'static str, String)> {
        self.key.jwk_members()
    }

    /// Reads what [`Public::encoded`] writes.
    fn read(kind: Kind, bytes: &[u8]) -> Result<Self, KeyError> {
        if kind != Kind::Rsa {
            return Ok(Self::on_curve(kind, bytes)?);
        }
        let mut numbers = Der::new(bytes).enter(SEQUENCE)?;
        let (modulus, exponent) = (numbers.take(INTEGER)?, numbers.take(INTEGER)?);
        Ok(Self::rsa(strip_zeros(modulus), strip_zeros(exponent))?)
    }

    /// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    fn spki(&self) -> Vec<u8> {
        let mut inside = Vec::new();
        push_element(&mut inside, SEQUENCE, &[self.kind.identifier()]);
        push_element(&mut inside, BIT_STRING, &[&[0], &self.encoded()]);
        let mut whole = Vec::new();
        push_element(&mut whole, SEQUENCE, &[&inside]);
        whole
    }
}

/// Writes SubjectPublicKeyInfo as PEM (RFC 7468 §13): 64 characters a line.
fn pem_of(spki: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(spki);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for line in body.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    pem
}
