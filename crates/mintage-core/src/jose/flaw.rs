//! A **flaw** makes a public key worthless, however well its private half fits it.
//!
//! Rule: told from the public numbers alone, so that the owner of a key and everybody else come to the same
//! judgement.

use super::roca;
use crate::error::KeyError;

/// Sizes of RSA keys in bits: RFC 7518 §3.3 demands the smallest, the crypto provider takes the largest.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;
/// No sound RSA modulus has a factor below this (NIST SP 800-89 §5.3.3).
const SMALL_FACTORS: u32 = 752;
/// y-coordinates of the points of Ed25519 whose order divides 8, little-endian: anybody can make signatures
/// that fit such a key. The first three are 0, 1 and -1.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = FIELD;
        minus_one[0] -= 1;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];
/// 2^255 - 19, little-endian: coordinates are below it (RFC 8032 §5.1.3).
const FIELD: [u8; 32] = {
    let mut field = [0xff; 32];
    field[0] = 0xed;
    field[31] = 0x7f;
    field
};

/// Why a public key is not used, as a sentence part with the key as its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("is RSA with {bits} bits; 2048 or more are needed")]
    TooSmall { bits: u32 },
    #[error("is RSA with {bits} bits; more than 8192 are not supported")]
    TooLarge { bits: u32 },
    #[error("has a public exponent that no sound RSA key has: it must be odd, at least 3 and below 2^32")]
    Exponent,
    #[error("has a modulus that no sound RSA key has: it is divisible by a small number")]
    SmallFactor,
    #[error("was made by a flawed generator and can be broken (ROCA, CVE-2017-15361)")]
    Roca,
    #[error("has a coordinate of the wrong length")]
    Length,
    #[error("is not a point on its curve")]
    OffCurve,
    #[error("is a point of small order, for which anybody can make signatures")]
    SmallOrder,
}

impl From<Flaw> for KeyError {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::TooSmall { bits } => Self::TooSmall { bits },
            Flaw::TooLarge { bits } => Self::Unsupported { found: format!("RSA with {bits} bits") },
            Flaw::Length => Self::Broken { why: "a coordinate has the wrong length" },
            Flaw::OffCurve => Self::Broken { why: "its public half is not a point on its curve" },
            Flaw::Exponent | Flaw::SmallFactor | Flaw::Roca | Flaw::SmallOrder => {
                Self::Unsound { why: flaw.to_string() }
            }
        }
    }
}

/// A positive number without its leading zeros, of which DER writes one to mark it as positive.
pub(crate) fn strip_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// The size of a positive number in bits.
pub(super) fn bits_of(number: &[u8]) -> u32 {
    let significant = strip_zeros(number);
    let leading = significant.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(significant.len()).map_or(u32::MAX, |bytes| bytes.saturating_mul(8)) - leading
}

/// Judges the size of an RSA modulus, big-endian.
pub(crate) fn check_rsa_size(modulus: &[u8]) -> Result<(), Flaw> {
    match bits_of(modulus) {
        bits if bits < *RSA_BITS.start() => Err(Flaw::TooSmall { bits }),
        bits if bits > *RSA_BITS.end() => Err(Flaw::TooLarge { bits }),
        _ => Ok(()),
    }
}

/// Judges an RSA key by its numbers, big-endian without leading zeros.
pub(super) fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), Flaw> {
    check_rsa_size(modulus)?;
    let is_odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
    // Real exponents are 3 or 65537. Longer ones make each verification slow, and many programs refuse them.
    if !is_odd || exponent == [1] || exponent.len() > 4 {
        return Err(Flaw::Exponent);
    }
    let mut small = std::iter::once(2).chain((3..SMALL_FACTORS).step_by(2));
    if small.any(|factor| roca::remainder(modulus, factor) == 0) {
        return Err(Flaw::SmallFactor);
    }
    if roca::has_fingerprint(modulus) { Err(Flaw::Roca) } else { Ok(()) }
}

/// Judges an Ed25519 key by its encoded point (RFC 8032 §5.1.2).
pub(super) fn check_ed25519(point: &[u8]) -> Result<(), Flaw> {
    let mut y: [u8; 32] = point.try_into().map_err(|_| Flaw::Length)?;
    // The highest bit is the sign of x.
    y[31] &= 0x7f;
    if y.iter().rev().ge(FIELD.iter().rev()) {
        return Err(Flaw::OffCurve);
    }
    if SMALL_ORDER.contains(&y) { Err(Flaw::SmallOrder) } else { Ok(()) }
}
