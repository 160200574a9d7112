//! A signature **algorithm** that a token may name, and the one question to the crypto library.
//!
//! Rule: an allow-list. Shared-secret algorithms and `none` are not on it: a published key set can
//! vouch for neither (RFC 8725 §3.1, §3.2).

use aws_lc_rs::signature::{
    self, EcdsaVerificationAlgorithm, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::key::{Curve, Material};

/// A signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

impl Algorithm {
    /// The algorithm of this name, where it is on the list; names are case-sensitive.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "ES512" => Self::Es512,
            // The newer name says the curve, and Ed25519 is the only one here.
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    /// Whether keys of this kind are for this algorithm.
    pub(super) fn fits(self, material: &Material) -> bool {
        match material {
            Material::Rsa { .. } => self.rsa().is_some(),
            Material::Ec { curve, .. } => self.ecdsa().is_some_and(|(wanted, _)| wanted == *curve),
            Material::Ed25519(_) => self == Self::EdDsa,
        }
    }

    /// Whether the signature over the message is this key's.
    pub(super) fn verifies(self, material: &Material, message: &[u8], signature: &[u8]) -> bool {
        let outcome = match material {
            Material::Rsa { modulus, exponent } => self.rsa().map(|parameters| {
                RsaPublicKeyComponents { n: modulus, e: exponent }.verify(parameters, message, signature)
            }),
            Material::Ec { curve, point } => self
                .ecdsa()
                .filter(|(wanted, _)| wanted == curve)
                .map(|(_, algorithm)| UnparsedPublicKey::new(algorithm, point).verify(message, signature)),
            Material::Ed25519(point) => (self == Self::EdDsa)
                .then(|| UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)),
        };
        outcome.is_some_and(|verified| verified.is_ok())
    }

    /// RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518 §3.3, §3.5); all refuse keys below 2048 bits.
    fn rsa(self) -> Option<&'static RsaParameters> {
        match self {
            Self::Rs256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
            Self::Rs384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
            Self::Rs512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
            Self::Ps256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
            Self::Ps384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
            Self::Ps512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
            _ => None,
        }
    }

    /// ECDSA with the curve that belongs to it; a signature is `r` and `s` of fixed length and never
    /// DER (RFC 7518 §3.4).
    fn ecdsa(self) -> Option<(Curve, &'static EcdsaVerificationAlgorithm)> {
        match self {
            Self::Es256 => Some((Curve::P256, &signature::ECDSA_P256_SHA256_FIXED)),
            Self::Es384 => Some((Curve::P384, &signature::ECDSA_P384_SHA384_FIXED)),
            Self::Es512 => Some((Curve::P521, &signature::ECDSA_P521_SHA512_FIXED)),
            _ => None,
        }
    }
}
