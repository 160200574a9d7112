//! The signature **algorithms** (RFC 7518 §3.1, RFC 8037 §3.1): those that a token or a JWK may name, and among them
//! those that Mintage signs with.
//!
//! Rule: an allow-list. Shared-secret algorithms and `none` aren't on it: a published key set can't vouch for either
//! (RFC 8725 §3.1, §3.2). The provider decides which of them a server accepts.

use aws_lc_rs::signature::{self, RsaParameters};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Curve, KeyType};

/// A signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
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
    const ALL: [Self; 10] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// The algorithm with this name, if it is on the list; names are case-sensitive.
    pub(crate) fn named(name: &str) -> Option<Self> {
        // The newer name includes the curve, and Ed25519 is the only one supported.
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// `alg` (RFC 7515 §4.1.1).
    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The type of key it needs; an ECDSA algorithm has its curve (RFC 7518 §3.4).
    pub(crate) fn key_type(self) -> KeyType {
        match self {
            Self::Es256 => KeyType::Ec(Curve::P256),
            Self::Es384 => KeyType::Ec(Curve::P384),
            Self::Es512 => KeyType::Ec(Curve::P521),
            Self::EdDsa => KeyType::Ed25519,
            _ => KeyType::Rsa,
        }
    }

    /// RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518 §3.3, §3.5); all reject keys below 2048 bits.
    pub(super) fn rsa(self) -> Option<&'static RsaParameters> {
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
}

/// A JWS signature algorithm that Mintage signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// EdDSA on Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl SigningAlgorithm {
    const ALL: [Self; 7] = [Self::Rs256, Self::Rs384, Self::Rs512, Self::Ps256, Self::Es256, Self::Es384, Self::EdDsa];

    /// The algorithm with this name, if Mintage signs with it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The same algorithm among those that Mintage signs with.
    pub(crate) fn of(wanted: Algorithm) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| Algorithm::from(*algorithm) == wanted)
    }

    /// The algorithm that any key of this type can sign with, if Mintage signs with such keys.
    pub(crate) fn usual(key_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.key_type() == key_type)
    }

    /// `alg` of the header (RFC 7515 §4.1.1).
    pub fn name(self) -> &'static str {
        Algorithm::from(self).name()
    }

    /// The [`super::KeyFacts::key_type`] of keys that can use it.
    pub fn key_type(self) -> &'static str {
        Algorithm::from(self).key_type().name()
    }
}

impl From<SigningAlgorithm> for Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Rs256 => Self::Rs256,
            SigningAlgorithm::Rs384 => Self::Rs384,
            SigningAlgorithm::Rs512 => Self::Rs512,
            SigningAlgorithm::Ps256 => Self::Ps256,
            SigningAlgorithm::Es256 => Self::Es256,
            SigningAlgorithm::Es384 => Self::Es384,
            SigningAlgorithm::EdDsa => Self::EdDsa,
        }
    }
}
