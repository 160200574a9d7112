//! A **private key** signs assertions. It is PKCS#8 DER in memory, checked by the crypto provider
//! before anything else may use it, and never text again.
//!
//! Rule: made only from bytes that parse and sign; what is public about it ([`KeyFacts`]) is computed
//! once and kept beside it. Not here: PEM, JSON and passphrases, which belong to key files.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKey};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::error::KeyError;
use crate::secret::SecretBytes;

mod algorithm;
pub(crate) mod der;
pub(crate) mod form;

pub use algorithm::SigningAlgorithm;

use der::{Der, INTEGER, OCTET_STRING, SEQUENCE, Why};

/// What is public about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFacts {
    /// Key type, for example `RSA`.
    pub key_type: String,
    /// Modulus size in bits.
    pub bits: u32,
    /// SHA-256 of the SubjectPublicKeyInfo, as lower-case hex.
    pub fingerprint: String,
    /// JWK thumbprint (RFC 7638), base64url without padding.
    pub thumbprint: String,
    /// The public half as SubjectPublicKeyInfo PEM (`PUBLIC KEY`), LF line ends.
    pub public_pem: String,
}

/// A private key that has proven to sign.
#[derive(Clone, Debug)]
pub struct PrivateKey {
    der: SecretBytes,
    facts: KeyFacts,
    /// `RSAPublicKey` (RFC 8017 A.1.1), to verify one's own signatures with.
    public: Vec<u8>,
}

impl PrivateKey {
    /// Reads DER: PKCS#8 or PKCS#1 (RFC 5208, RFC 8017 A.1.2). Signs a probe and verifies it with the
    /// derived public key before it returns.
    ///
    /// What it keeps is always PKCS#8 without attributes, so the same key is always the same bytes.
    ///
    /// # Errors
    /// [`KeyError::TooSmall`] for RSA below 2048 bits, [`KeyError::Unsupported`] for other key types,
    /// [`KeyError::WrongKind`] for a public key, certificate and the like,
    /// [`KeyError::PassphraseNeeded`] for an encrypted key, [`KeyError::Broken`] where it does not parse
    /// or its signature does not verify.
    pub fn from_der(der: SecretBytes) -> Result<Self, KeyError> {
        let rsa = form::rsa(der.expose())?;
        let stored = pkcs8_of(rsa.pkcs1);
        let pair = RsaKeyPair::from_pkcs8(stored.expose())
            .map_err(|_| KeyError::Broken { why: "its numbers do not belong together" })?;
        let key = Self {
            facts: facts_of(pair.public_key(), rsa.bits)?,
            public: pair.public_key().as_ref().to_vec(),
            der: stored,
        };
        key.prove(&pair)?;
        Ok(key)
    }

    /// Makes a new RSA-2048 key from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Broken`] where the system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let failed = |_| KeyError::Broken { why: "the system gave no randomness to make it from" };
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
        // The provider wipes its buffer when it is dropped; the copy is a secret from the start.
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
        Self::from_der(SecretBytes::new(der.as_ref().to_vec()))
    }

    /// What is public about it.
    pub fn facts(&self) -> &KeyFacts {
        &self.facts
    }

    /// The key as PKCS#8 DER, for the keychain and for signing.
    pub fn der(&self) -> &SecretBytes {
        &self.der
    }

    /// Lends the `RSAPrivateKey` inside (RFC 8017 A.1.2), the form that the JWT library signs with.
    pub(crate) fn pkcs1(&self) -> &[u8] {
        form::rsa(self.der.expose()).expect("a private key was checked when it was made").pkcs1
    }

    /// Whether this is the key's RS256 signature over the message (RFC 7518 §3.3).
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public).verify(message, signature).is_ok()
    }

    fn prove(&self, pair: &RsaKeyPair) -> Result<(), KeyError> {
        const PROBE: &[u8] = b"Mintage signs this to prove that a private key works.";
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), PROBE, &mut signature)
            .map_err(|_| KeyError::Broken { why: "it does not sign" })?;
        if self.verifies(PROBE, &signature) {
            Ok(())
        } else {
            Err(KeyError::Broken { why: "its signature does not verify" })
        }
    }
}

impl KeyFacts {
    /// The public half as a JWK (RFC 7517) with the given key id, `use: sig` and `alg: RS256`, as JSON.
    pub fn public_jwk(&self, key_id: &str) -> String {
        let (n, e) = self.public_numbers();
        serde_json::json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": key_id, "n": n, "e": e }).to_string()
    }

    /// Modulus and exponent in base64url (RFC 7518 §6.3.1), out of the PEM; empty where that is no RSA key.
    fn public_numbers(&self) -> (String, String) {
        let text: String = self.public_pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let spki = BASE64_STANDARD.decode(text).unwrap_or_default();
        let numbers = || {
            let mut body = Der::new(&spki).enter(SEQUENCE)?;
            body.enter(SEQUENCE)?;
            // RFC 5280 §4.1.2.7: a BIT STRING whose first byte counts its unused bits.
            body.take(der::BIT_STRING).and_then(|bits| numbers_of(bits.get(1..).unwrap_or_default()))
        };
        numbers().unwrap_or_default()
    }
}

/// Wraps PKCS#1 in PKCS#8 (RFC 5208 §5): version 0, rsaEncryption with NULL, the key as OCTET STRING.
fn pkcs8_of(pkcs1: &[u8]) -> SecretBytes {
    const HEAD: &[u8] = &[
        0x02, 0x01, 0x00, // version 0
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, // rsaEncryption
        0x05, 0x00, // NULL
    ];
    // Room for all from the start: a buffer that grows would leave unwiped copies behind.
    const OVERHEAD: usize = 64;
    let mut octets = zeroize::Zeroizing::new(Vec::with_capacity(pkcs1.len() + OVERHEAD));
    der::push_element(&mut octets, OCTET_STRING, &[pkcs1]);
    let mut whole = Vec::with_capacity(octets.len() + OVERHEAD);
    der::push_element(&mut whole, SEQUENCE, &[HEAD, &octets]);
    SecretBytes::new(whole)
}

fn facts_of(public: &PublicKey, bits: u32) -> Result<KeyFacts, KeyError> {
    let spki: PublicKeyX509Der<'_> =
        public.as_der().map_err(|_| KeyError::Broken { why: "its public half cannot be derived" })?;
    let (n, e) = numbers_of(public.as_ref())?;
    Ok(KeyFacts {
        key_type: "RSA".to_owned(),
        bits,
        fingerprint: digest(&SHA256, spki.as_ref()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
        thumbprint: thumbprint_of(&n, &e),
        public_pem: pem_of(spki.as_ref()),
    })
}

/// RFC 7638 §3.2: the required members of an RSA key, in lexicographic order, without white space.
fn thumbprint_of(n: &str, e: &str) -> String {
    let members = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    base64url(digest(&SHA256, members.as_bytes()).as_ref())
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 A.1.1) in base64url.
fn numbers_of(public: &[u8]) -> Result<(String, String), Why> {
    let mut body = Der::new(public).enter(SEQUENCE)?;
    let n = base64url(form::strip_zeros(body.take(INTEGER)?));
    let e = base64url(form::strip_zeros(body.take(INTEGER)?));
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

#[cfg(test)]
mod tests;
