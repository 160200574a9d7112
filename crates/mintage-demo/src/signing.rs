//! A **signing key** is the issuer's own; its public half is in the key set (RFC 7517).

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::random;

/// The signing algorithm of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA-2048, PKCS#1 v1.5 with SHA-256: ZITADEL's default.
    #[default]
    Rs256,
    /// P-256 with SHA-256.
    Es256,
}

/// What happens to the keys in the key set when the signing key is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldKeys {
    /// They stay published, so that tokens signed with them still verify.
    Published,
    /// They are removed.
    Withdrawn,
}

/// The crypto provider couldn't create a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("couldn't generate a signing key")]
pub struct KeyGenerationFailed;

pub struct SigningKey {
    key_id: String,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl SigningKey {
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyGenerationFailed> {
        let pair = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Ec),
        };
        Ok(Self { key_id: random::text::<15>(), pair: pair.map_err(|_| KeyGenerationFailed)? })
    }

    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    pub fn algorithm_name(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
        }
    }

    /// Signs claims as a compact JWS (RFC 7515 §3.1). `None` if the crypto provider refuses.
    pub fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({ "alg": self.algorithm_name(), "kid": self.key_id, "typ": "JWT" });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", encode(&header), encode(claims));
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature).ok()?;
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, input.as_bytes()).ok()?.as_ref().to_vec(),
        };
        Some(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The public half (RFC 7518 §6.2.1 and §6.3.1).
    fn jwk(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = json!({ "kid": self.key_id, "use": "sig", "alg": self.algorithm_name() });
        match &self.pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                jwk["kty"] = json!("RSA");
                jwk["n"] = json!(encode(public.modulus().big_endian_without_leading_zero()));
                jwk["e"] = json!(encode(public.exponent().big_endian_without_leading_zero()));
            }
            Pair::Ec(pair) => {
                // An uncompressed point: 0x04, then x and y of equal length (SEC 1 §2.3.3).
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                jwk["kty"] = json!("EC");
                jwk["crv"] = json!("P-256");
                jwk["x"] = json!(encode(x));
                jwk["y"] = json!(encode(y));
            }
        }
        jwk
    }
}

/// The key that signs, and the older ones that are still published.
pub struct KeyRing {
    current: Arc<SigningKey>,
    old: Vec<Arc<SigningKey>>,
}

impl KeyRing {
    pub fn new(key: SigningKey) -> Self {
        Self { current: Arc::new(key), old: Vec::new() }
    }

    pub fn current(&self) -> Arc<SigningKey> {
        Arc::clone(&self.current)
    }

    pub fn rotate(&mut self, key: SigningKey, old_keys: OldKeys) {
        let before = std::mem::replace(&mut self.current, Arc::new(key));
        match old_keys {
            OldKeys::Published => self.old.push(before),
            OldKeys::Withdrawn => self.old.clear(),
        }
    }

    /// The JWK set (RFC 7517 §5).
    pub fn jwk_set(&self) -> Value {
        let keys: Vec<Value> = std::iter::once(&self.current).chain(&self.old).map(|key| key.jwk()).collect();
        json!({ "keys": keys })
    }
}
