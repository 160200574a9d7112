//! The **types** of keys: RSA, ECDSA on a curve, Ed25519.

use super::Curve;

/// The type of a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    /// RSA (RFC 8017).
    Rsa,
    /// ECDSA (RFC 5480).
    Ec(Curve),
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl KeyType {
    const ALL: [Self; 5] =
        [Self::Rsa, Self::Ec(Curve::P256), Self::Ec(Curve::P384), Self::Ec(Curve::P521), Self::Ed25519];

    /// Its [`super::KeyFacts::key_type`].
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Ec(curve) => curve.name(),
            Self::Ed25519 => "Ed25519",
        }
    }

    /// The type of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key_type| key_type.name() == name)
    }

    /// The content of its `AlgorithmIdentifier` (RFC 5280 §4.1.1.2), in private and public keys alike.
    pub(crate) fn identifier(self) -> &'static [u8] {
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
            Self::Ec(Curve::P521) => &[
                0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
                0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, // secp521r1
            ],
            // RFC 8410 §3: id-Ed25519 without parameters.
            Self::Ed25519 => &[0x06, 0x03, 0x2b, 0x65, 0x70],
        }
    }
}
