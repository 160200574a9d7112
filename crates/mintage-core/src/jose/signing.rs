//! The key **pair** that signs, as the crypto library holds it: read and checked once, when the key is made. The
//! library wipes it when it is dropped.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding,
    RsaKeyPair,
};

use super::SigningAlgorithm;

pub(crate) enum SigningPair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for SigningPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningPair")
    }
}

impl SigningPair {
    /// The signature's bytes as a JWS has them (RFC 7518 §3.3 to §3.5, RFC 8037 §3.1); `None` where the library
    /// refuses. An algorithm of another key type is the caller's to refuse.
    pub(crate) fn sign(&self, algorithm: SigningAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding(algorithm)?, &SystemRandom::new(), message, &mut signature).ok()?;
                Some(signature)
            }
            Self::Ec(pair) => Some(pair.sign(&SystemRandom::new(), message).ok()?.as_ref().to_vec()),
            Self::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
        }
    }
}

fn padding(algorithm: SigningAlgorithm) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        SigningAlgorithm::Rs256 => Some(&RSA_PKCS1_SHA256),
        SigningAlgorithm::Rs384 => Some(&RSA_PKCS1_SHA384),
        SigningAlgorithm::Rs512 => Some(&RSA_PKCS1_SHA512),
        SigningAlgorithm::Ps256 => Some(&RSA_PSS_SHA256),
        SigningAlgorithm::Es256 | SigningAlgorithm::Es384 | SigningAlgorithm::EdDsa => None,
    }
}
