//! A **private key** signs assertions. In memory it is PKCS#8 DER, checked by the crypto provider before anything else
//! may use it, and never text again.
//!
//! Rule: made only from bytes that parse, and for keys from outside only from bytes that sign; its public facts
//! ([`KeyFacts`]) are computed once and stored with it. PEM, JSON and passphrases belong to key files, not here.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};

use crate::jose::{self, Flaw, KeyFacts, PublicKey, SigningAlgorithm, SigningPair};
use crate::secret::SecretBytes;

pub(crate) mod canonical;
mod error;
pub(crate) mod form;
mod primes;

pub use error::{Conversion, KeyError, WrongKind};

use form::Form;

/// Signs with a private key, wherever it is: in memory as a [`PrivateKey`], or on a device or a server that it never
/// leaves. It may take a while, so it is called off the async threads.
pub trait Signer: std::fmt::Debug + Send + Sync {
    /// The public facts about the key: its public half, and which algorithms it may sign with ([`KeyFacts::takes`]).
    fn public(&self) -> &KeyFacts;

    /// Signs the message (RFC 7515 §5.1 step 5) and returns the signature's bytes in JWS form.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmUnfit`] if the key can't use the algorithm; [`KeyError::SigningFailed`].
    fn sign(&self, algorithm: SigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, KeyError>;
}

/// A private key that parsed; one from outside has also been proven to sign.
#[derive(Clone, Debug)]
pub struct PrivateKey {
    der: SecretBytes,
    facts: KeyFacts,
    /// Verifies our own signatures.
    public: PublicKey,
    pair: Arc<SigningPair>,
}

impl PrivateKey {
    /// Reads DER from outside: PKCS#8 (RFC 5208, RFC 5958), PKCS#1 (RFC 8017 A.1.2) or SEC1 (RFC 5915).
    /// Signs a probe and verifies it with the derived public key before it returns.
    ///
    /// The result is always PKCS#8 in one canonical form, so the same key always has the same bytes.
    ///
    /// # Errors
    /// [`KeyError::TooSmall`] for RSA below 2048 bits, [`KeyError::Unsupported`] for other key types and curves,
    /// [`KeyError::WrongKind`] for a public key, certificate and so on, [`KeyError::PassphraseNeeded`] for an encrypted
    /// key, [`KeyError::Unsound`] for one that must not be trusted, [`KeyError::Broken`] if it doesn't parse or its
    /// signature doesn't verify.
    pub fn from_der(der: SecretBytes) -> Result<Self, KeyError> {
        const PROBE: &[u8] = b"Mintage signs this to prove that a private key works.";
        let key = Self::parse(&der)?;
        let algorithm = SigningAlgorithm::usual(&key.facts.key_type);
        algorithm.and_then(|algorithm| key.sign(algorithm, PROBE).ok()).ok_or("it doesn't sign")?;
        Ok(key)
    }

    /// Reads bytes that Mintage stored itself, without the probe: the probe was signed before they were stored, and
    /// [`Signer::sign`] verifies every signature.
    ///
    /// # Errors
    /// As [`PrivateKey::from_der`].
    pub fn from_keychain(der: SecretBytes) -> Result<Self, KeyError> {
        Self::parse(&der)
    }

    /// Creates a new RSA-2048 key from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Broken`] if the system provides no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let failed = |_| KeyError::Broken { why: "the system provided no randomness to create it" };
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
        // The provider wipes its buffer on drop; the copy is a secret from the start.
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
        Self::from_der(SecretBytes::new(der.as_ref().to_vec()))
    }

    /// Its public facts.
    pub fn facts(&self) -> &KeyFacts {
        &self.facts
    }

    /// The key as PKCS#8 DER, for the keychain and for signing.
    pub fn der(&self) -> &SecretBytes {
        &self.der
    }

    /// The key, bound to the algorithm that its JWK names (RFC 7517 §4.4); `None` if Mintage doesn't sign with that, or
    /// the key can't.
    pub(crate) fn bound_to(mut self, algorithm: jose::Algorithm) -> Option<Self> {
        let algorithm = SigningAlgorithm::of(algorithm)?;
        let fits = algorithm.key_type() == self.facts.key_type;
        self.facts.algorithm = Some(algorithm);
        fits.then_some(self)
    }

    /// The key, bound as it was when it was stored: the bytes alone don't say.
    pub(crate) fn bound_as(mut self, stored: &KeyFacts) -> Self {
        self.facts.algorithm = stored.algorithm;
        self
    }

    fn parse(der: &SecretBytes) -> Result<Self, KeyError> {
        match form::of(der.expose())? {
            Form::Rsa { pkcs1, modulus, exponent, primes, public: given } => {
                let der = canonical::rsa(pkcs1);
                let judged = PublicKey::rsa(modulus, exponent);
                // A damaged modulus also has small factors; that it is damaged says more.
                let pair = RsaKeyPair::from_pkcs8(der.expose()).map_err(|error| match judged {
                    Err(flaw @ Flaw::Exponent) => flaw.into(),
                    _ => inconsistent(error),
                })?;
                let public = judged?;
                if primes::are_close(primes) {
                    return Err(KeyError::Unsound { why: primes::CLOSE.to_owned() });
                }
                Self::new(der, public, SigningPair::Rsa(pair), given)
            }
            Form::Ec { curve, number, point, public: given } => {
                // The provider checks a point that is given, in any form, and derives one that isn't.
                let pair = |point| {
                    let key = canonical::ec(curve, number, point);
                    EcdsaKeyPair::from_pkcs8(curve.signing(), key.expose()).map_err(inconsistent)
                };
                let derived = pair(point)?;
                let point = derived.public_key().as_ref();
                if given.is_some_and(|given| pair(Some(given)).is_err()) {
                    return Err(other_half());
                }
                let public = PublicKey::ec_point(curve, point)?;
                let der = canonical::ec(curve, number, Some(point));
                Self::new(der, public, SigningPair::Ec(derived), None)
            }
            Form::Ed25519 { seed, public: given } => {
                let der = canonical::ed25519(seed, None);
                let pair = Ed25519KeyPair::from_pkcs8(der.expose()).map_err(inconsistent)?;
                let public = PublicKey::ed25519(pair.public_key().as_ref())?;
                Self::new(der, public, SigningPair::Ed25519(pair), given)
            }
        }
    }

    /// The key with its public half, which must match the one given with it.
    fn new(der: SecretBytes, public: PublicKey, pair: SigningPair, given: Option<&[u8]>) -> Result<Self, KeyError> {
        if given.is_some_and(|given| given != public.encoded()) {
            return Err(other_half());
        }
        Ok(Self { der, facts: KeyFacts::of(&public), public, pair: Arc::new(pair) })
    }
}

impl Signer for PrivateKey {
    fn public(&self) -> &KeyFacts {
        &self.facts
    }

    /// The signature was verified with the derived public key: a fault while signing can reveal an RSA key, so nothing
    /// unverified leaves this function.
    fn sign(&self, algorithm: SigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        if !self.facts.takes(algorithm) {
            let key_type = self.facts.key_type.clone();
            return Err(KeyError::AlgorithmUnfit { algorithm: algorithm.name(), key_type });
        }
        let signature = self.pair.sign(algorithm, message);
        let signature = signature.ok_or(KeyError::SigningFailed { why: "the crypto library rejected it" })?;
        match self.public.verifies(algorithm.into(), message, &signature) {
            true => Ok(signature),
            false => Err(KeyError::SigningFailed { why: "the signature doesn't verify" }),
        }
    }
}

fn other_half() -> KeyError {
    KeyError::Broken { why: "the public key in it belongs to another key" }
}

fn inconsistent<E>(_: E) -> KeyError {
    KeyError::Broken { why: "its numbers don't match" }
}

#[cfg(test)]
mod tests;
