//! A **private key** signs assertions. It is PKCS#8 DER in memory, checked by the crypto provider
//! before anything else may use it, and never text again.
//!
//! Rule: made only from bytes that parse, and from outside only from bytes that sign; what is public
//! about it ([`KeyFacts`]) is computed once and kept beside it. Not here: PEM, JSON and passphrases, which
//! belong to key files.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::error::KeyError;
use crate::jose::{self, Flaw};
use crate::secret::SecretBytes;

mod algorithm;
pub(crate) mod canonical;
pub(crate) mod der;
pub(crate) mod form;
mod kind;
mod public;

pub use algorithm::SigningAlgorithm;

use form::Form;
use kind::Kind;
use public::Public;

/// What is public about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyFacts {
    /// Key type: `RSA`, `P-256`, `P-384` or `Ed25519`.
    pub key_type: String,
    /// Size in bits: of the modulus, or of the numbers of the curve.
    pub bits: u32,
    /// SHA-256 of the SubjectPublicKeyInfo, as lower-case hex.
    pub fingerprint: String,
    /// JWK thumbprint (RFC 7638), base64url without padding.
    pub thumbprint: String,
    /// The public half as SubjectPublicKeyInfo PEM (`PUBLIC KEY`), LF line ends.
    pub public_pem: String,
    /// The one algorithm that the key signs with, where its JWK binds it (RFC 7517 §4.4).
    pub algorithm: Option<SigningAlgorithm>,
}

/// A private key that parsed; one from outside has proven to sign, too.
#[derive(Clone, Debug)]
pub struct PrivateKey {
    der: SecretBytes,
    facts: KeyFacts,
    /// To verify one's own signatures with.
    public: Public,
}

impl PrivateKey {
    /// Reads DER from outside: PKCS#8 (RFC 5208, RFC 5958), PKCS#1 (RFC 8017 A.1.2) or SEC1 (RFC 5915).
    /// Signs a probe and verifies it with the derived public key before it returns.
    ///
    /// What it keeps is always PKCS#8 in one form, so the same key is always the same bytes.
    ///
    /// # Errors
    /// [`KeyError::TooSmall`] for RSA below 2048 bits, [`KeyError::Unsupported`] for other key types and
    /// curves, [`KeyError::WrongKind`] for a public key, certificate and the like,
    /// [`KeyError::PassphraseNeeded`] for an encrypted key, [`KeyError::Unsound`] for one that nobody should
    /// trust, [`KeyError::Broken`] where it does not parse or its signature does not verify.
    pub fn from_der(der: SecretBytes) -> Result<Self, KeyError> {
        const PROBE: &[u8] = b"Mintage signs this to prove that a private key works.";
        let key = Self::parse(&der)?;
        key.sign(key.public.kind().usual_algorithm(), PROBE)
            .map_err(|_| KeyError::Broken { why: "it does not sign" })?;
        Ok(key)
    }

    /// Reads the bytes that Mintage stored itself, without the probe: it was signed before they were
    /// stored, and [`PrivateKey::sign`] verifies every signature.
    ///
    /// # Errors
    /// As [`PrivateKey::from_der`].
    pub fn from_keychain(der: SecretBytes) -> Result<Self, KeyError> {
        Self::parse(&der)
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

    /// Signs the message (RFC 7515 §5.1 step 5) and gives the signature's bytes as a JWS has them. The
    /// signature was verified with the derived public key: a fault while signing can give an RSA key
    /// away, so nothing unverified leaves this function.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmUnfit`] where this type of key cannot do it; [`KeyError::SigningFailed`].
    pub fn sign(&self, algorithm: SigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        if !algorithm.fits(&self.facts) {
            return Err(KeyError::AlgorithmUnfit {
                algorithm: algorithm.name(),
                key_type: self.facts.key_type.clone(),
            });
        }
        let signature = jsonwebtoken::crypto::sign(message, &self.signing_key(), algorithm.of_library())
            .map_err(|_| KeyError::SigningFailed { why: "the crypto provider refused it" })?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        if !self.public.verifies(algorithm, message, &signature) {
            return Err(KeyError::SigningFailed { why: "the signature does not verify" });
        }
        Ok(signature)
    }

    /// What is public about it.
    pub fn facts(&self) -> &KeyFacts {
        &self.facts
    }

    /// The key as PKCS#8 DER, for the keychain and for signing.
    pub fn der(&self) -> &SecretBytes {
        &self.der
    }

    /// The key, bound to the algorithm that its JWK names (RFC 7517 §4.4); `None` where Mintage does not sign
    /// with that, or the key cannot.
    pub(crate) fn bound_to(mut self, algorithm: jose::Algorithm) -> Option<Self> {
        let algorithm = SigningAlgorithm::of_jose(algorithm)?;
        let fits = algorithm.key_type() == self.facts.key_type;
        self.facts.algorithm = Some(algorithm);
        fits.then_some(self)
    }

    /// The key, bound as it was when it was stored: its bytes alone do not tell.
    pub(crate) fn bound_as(mut self, stored: &KeyFacts) -> Self {
        self.facts.algorithm = stored.algorithm;
        self
    }

    fn parse(der: &SecretBytes) -> Result<Self, KeyError> {
        match form::of(der.expose())? {
            Form::Rsa { pkcs1, modulus, exponent, public: given } => {
                let der = canonical::rsa(pkcs1);
                let judged = Public::rsa(modulus, exponent);
                // A damaged modulus has small factors, too; that it is damaged says more.
                RsaKeyPair::from_pkcs8(der.expose()).map_err(|error| match judged {
                    Err(flaw @ Flaw::Exponent) => flaw.into(),
                    _ => inconsistent(error),
                })?;
                Self::new(der, judged?, given)
            }
            Form::Ec { curve, number, point, public: given } => {
                // The provider checks a point that is given, in any of its forms, and derives one that is not.
                let pair = |point| {
                    let key = canonical::ec(curve, number, point);
                    EcdsaKeyPair::from_pkcs8(curve.signing(), key.expose()).map_err(inconsistent)
                };
                let derived = pair(point)?;
                let point = derived.public_key().as_ref();
                if given.is_some_and(|given| pair(Some(given)).is_err()) {
                    return Err(other_half());
                }
                let public = Public::on_curve(Kind::Ec(curve), point)?;
                Self::new(canonical::ec(curve, number, Some(point)), public, None)
            }
            Form::Ed25519 { seed, public: given } => {
                let der = canonical::ed25519(seed, None);
                let pair = Ed25519KeyPair::from_pkcs8(der.expose()).map_err(inconsistent)?;
                Self::new(der, Public::on_curve(Kind::Ed25519, pair.public_key().as_ref())?, given)
            }
        }
    }

    /// The key with its public half, which must be the one that is given beside it.
    fn new(der: SecretBytes, public: Public, given: Option<&[u8]>) -> Result<Self, KeyError> {
        if given.is_some_and(|given| given != public.encoded()) {
            return Err(other_half());
        }
        Ok(Self { der, facts: public.facts(), public })
    }

    /// The key as the JWT library takes it, which copies it and wipes its copy when that is dropped.
    fn signing_key(&self) -> EncodingKey {
        let der = self.der.expose();
        match form::of(der) {
            Ok(Form::Rsa { pkcs1, .. }) => EncodingKey::from_rsa_der(pkcs1),
            Ok(Form::Ec { .. }) => EncodingKey::from_ec_der(der),
            Ok(Form::Ed25519 { .. }) => EncodingKey::from_ed_der(der),
            Err(_) => unreachable!("a private key was checked when it was made"),
        }
    }
}

impl KeyFacts {
    /// The public half as a JWK (RFC 7517 §4) with the given key id, `use: sig` and the `alg` that it is bound
    /// to, else the usual one of its type, as JSON.
    pub fn public_jwk(&self, key_id: &str) -> String {
        let mut jwk = serde_json::Map::new();
        if let Some(public) = Public::of_facts(self) {
            jwk.extend(public.jwk_members().into_iter().map(|(name, value)| (name.to_owned(), value.into())));
            let algorithm = self.algorithm.unwrap_or(public.kind().usual_algorithm());
            jwk.insert("alg".to_owned(), algorithm.name().into());
        }
        jwk.insert("use".to_owned(), "sig".into());
        jwk.insert("kid".to_owned(), key_id.into());
        serde_json::Value::Object(jwk).to_string()
    }
}

fn other_half() -> KeyError {
    KeyError::Broken { why: "the public half in it is another key's" }
}

fn inconsistent<E>(_: E) -> KeyError {
    KeyError::Broken { why: "its numbers do not belong together" }
}

#[cfg(test)]
mod tests;
