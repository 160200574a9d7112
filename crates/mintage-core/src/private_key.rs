//! A **private key** signs assertions. It is PKCS#8 DER in memory, checked by the crypto provider
//! before anything else may use it, and never text again.
//!
//! Rule: made only from bytes that parse and sign; what is public about it ([`KeyFacts`]) is computed
//! once and kept beside it. Not here: PEM, JSON and passphrases, which belong to key files.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::error::KeyError;
use crate::secret::SecretBytes;

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
}

impl PrivateKey {
    /// Reads DER: PKCS#8 or PKCS#1 (RFC 5208, RFC 8017 A.1.2). Signs a probe and verifies it with the
    /// derived public key before it returns.
    ///
    /// # Errors
    /// [`KeyError::TooSmall`] for RSA below 2048 bits, [`KeyError::Unsupported`] for other key types,
    /// [`KeyError::Broken`] where it does not parse or its signature does not verify.
    pub fn from_der(der: SecretBytes) -> Result<Self, KeyError> {
        let _ = &der;
        todo!("key-file work")
    }

    /// Makes a new RSA-2048 key from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Broken`] where the system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        todo!("key-file work")
    }

    /// What is public about it.
    pub fn facts(&self) -> &KeyFacts {
        &self.facts
    }

    /// The key as PKCS#8 DER, for the keychain and for signing.
    pub fn der(&self) -> &SecretBytes {
        &self.der
    }
}

impl KeyFacts {
    /// The public half as a JWK (RFC 7517) with the given key id, `use: sig` and `alg: RS256`, as JSON.
    pub fn public_jwk(&self, key_id: &str) -> String {
        let _ = key_id;
        todo!("key-file work")
    }
}
