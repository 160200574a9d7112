//! The **public half** of a key: what verifies its signatures, and what may be shown of it.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::UnparsedPublicKey;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::der::{BIT_STRING, Der, INTEGER, SEQUENCE, Why, push_element};
use super::form::{octets_of, strip_zeros};
use super::kind::{Curve, Kind};
use super::{KeyFacts, SigningAlgorithm};

/// A public key as the crypto provider takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Public {
    kind: Kind,
    /// RSA: `RSAPublicKey` (RFC 8017 A.1.1). EC: the uncompressed point (RFC 5480 §2.2). Ed25519: its 32
    /// bytes (RFC 8032 §5.1.5).
    bytes: Vec<u8>,
}

impl Public {
    pub(super) fn new(kind: Kind, bytes: &[u8]) -> Self {
        Self { kind, bytes: bytes.to_vec() }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether this is the key's signature over the message; the algorithm must fit the key.
    pub(super) fn verifies(&self, algorithm: SigningAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(algorithm.verification(), &self.bytes).verify(message, signature).is_ok()
    }

    /// What is public about the key.
    pub(super) fn facts(&self, bits: u32) -> KeyFacts {
        let spki = self.spki();
        KeyFacts {
            key_type: self.kind.name().to_owned(),
            bits,
            fingerprint: digest(&SHA256, &spki).as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
            thumbprint: self.thumbprint(),
            public_pem: pem_of(&spki),
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
        same.then(|| Self::new(kind, bytes))
    }

    /// The members of its JWK that make up the thumbprint, in its order (RFC 7638 §3.2, RFC 8037 §2).
    pub(super) fn jwk_members(&self) -> Vec<(&'static str, String)> {
        let text = str::to_owned;
        match self.kind {
            Kind::Rsa => {
                let (n, e) = numbers_of(&self.bytes).unwrap_or_default();
                vec![("e", e), ("kty", text("RSA")), ("n", n)]
            }
            Kind::Ec(curve) => {
                // RFC 5480 §2.2: 4, x, y. RFC 7518 §6.2.1: coordinates keep their leading zeros.
                let (x, y) = self.bytes.get(1..).unwrap_or_default().split_at_checked(curve.size()).unwrap_or_default();
                let name = match curve {
                    Curve::P256 => "P-256",
                    Curve::P384 => "P-384",
                };
                vec![("crv", text(name)), ("kty", text("EC")), ("x", base64url(x)), ("y", base64url(y))]
            }
            Kind::Ed25519 => vec![("crv", text("Ed25519")), ("kty", text("OKP")), ("x", base64url(&self.bytes))],
        }
    }

    /// RFC 7638 §3.1: SHA-256 over the required members, in lexicographic order, without white space.
    fn thumbprint(&self) -> String {
        let members: Vec<String> =
            self.jwk_members().iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
        base64url(digest(&SHA256, format!("{{{}}}", members.join(",")).as_bytes()).as_ref())
    }

    /// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    fn spki(&self) -> Vec<u8> {
        let mut inside = Vec::new();
        push_element(&mut inside, SEQUENCE, &[self.kind.identifier()]);
        push_element(&mut inside, BIT_STRING, &[&[0], &self.bytes]);
        let mut whole = Vec::new();
        push_element(&mut whole, SEQUENCE, &[&inside]);
        whole
    }
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 A.1.1) in base64url (RFC 7518 §6.3.1).
fn numbers_of(public: &[u8]) -> Result<(String, String), Why> {
    let mut body = Der::new(public).enter(SEQUENCE)?;
    let n = base64url(strip_zeros(body.take(INTEGER)?));
    let e = base64url(strip_zeros(body.take(INTEGER)?));
    Ok((n, e))
}

fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
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
