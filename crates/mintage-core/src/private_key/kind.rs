//! The **kinds** of private keys that Mintage signs with: RSA, ECDSA on two curves, and Ed25519.
//!
//! Rule: what differs from kind to kind stands here, as values; the rest of the module asks for them.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaSigningAlgorithm};

use super::SigningAlgorithm;
use crate::jose;

/// The kind of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// RSA with two primes (RFC 8017).
    Rsa,
    /// ECDSA (RFC 5480).
    Ec(Curve),
    /// Ed25519 (RFC 8032).
    Ed25519,
}

/// A curve of ECDSA keys that sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    /// secp256r1.
    P256,
    /// secp384r1.
    P384,
}

impl Kind {
    /// What [`super::KeyFacts::key_type`] calls it.
    pub(super) fn name(self) -> &'static str {
        self.usual_algorithm().key_type()
    }

    /// The algorithm that any key of this kind can sign with.
    pub(super) fn usual_algorithm(self) -> SigningAlgorithm {
        match self {
            Self::Rsa => SigningAlgorithm::Rs256,
            Self::Ec(Curve::P256) => SigningAlgorithm::Es256,
            Self::Ec(Curve::P384) => SigningAlgorithm::Es384,
            Self::Ed25519 => SigningAlgorithm::EdDsa,
        }
    }

    /// What is inside its `AlgorithmIdentifier` (RFC 5280 §4.1.1.2), in private and public keys alike.
    pub(super) fn identifier(self) -> &'static [u8] {
        match self {
            // RFC 8017 A.1: rsaEncryption with NULL.
            Self::Rsa => &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00],
            // RFC 5480 §2.1: id-ecPublicKey with the curve's name.
            Self::Ec(Curve::P256) => &[
                0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
                0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, // secp256r1
            ],
            Self::Ec(Curve::P384) => &[
                0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
                0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, // secp384r1
            ],
            // RFC 8410 §3: id-Ed25519 without parameters.
            Self::Ed25519 => &[0x06, 0x03, 0x2b, 0x65, 0x70],
        }
    }

    /// The kind of that name; `None` for what Mintage does not sign with.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let kinds = [Self::Rsa, Self::Ec(Curve::P256), Self::Ec(Curve::P384), Self::Ed25519];
        kinds.into_iter().find(|kind| kind.name() == name)
    }
}

impl Curve {
    /// The length of a coordinate and of the private number, in bytes.
    pub(crate) fn size(self) -> usize {
        jose::Curve::from(self).size()
    }

    /// What the crypto provider parses its keys as.
    pub(super) fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        }
    }
}

impl From<Curve> for jose::Curve {
    fn from(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::P256,
            Curve::P384 => Self::P384,
        }
    }
}
