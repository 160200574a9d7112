//! A **flaw** makes a public key worthless, even if its private half matches.
//!
//! Rule: determined from the public numbers alone, so that the owner of a key and everyone else come to the same
//! conclusion.

use super::roca;

/// Sizes of RSA keys in bits: RFC 7518 §3.3 requires the smallest, the crypto provider accepts the largest.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;
/// No sound RSA modulus has a factor below this (NIST SP 800-89 §5.3.3).
const SMALL_FACTORS: u32 = 752;
/// y-coordinates of the points of Ed25519 whose order divides 8, little-endian: anyone can make signatures that match
/// such a key. The first three are 0, 1 and -1.
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

/// Why a public key isn't used, as a sentence part with the key as its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("is RSA with {bits} bits; at least 2048 are needed")]
    TooSmall { bits: u32 },
    #[error("is RSA with {bits} bits; more than 8192 aren't supported")]
    TooLarge { bits: u32 },
    #[error("has an unsafe public exponent: it must be odd, at least 3 and below 2^32")]
    Exponent,
    #[error("has an unsafe modulus: it is divisible by a small number")]
    SmallFactor,
    #[error("was created by a flawed generator and can be broken (ROCA, CVE-2017-15361)")]
    Roca,
    #[error("has a coordinate of the wrong length")]
    Length,
    #[error("isn't a point on its curve")]
    OffCurve,
    #[error("is a point of small order, for which anyone can forge signatures")]
    SmallOrder,
}

impl From<Flaw> for String {
    fn from(flaw: Flaw) -> Self {
        flaw.to_string()
    }
}

/// A positive number without its leading zeros, one of which DER writes to mark it as positive.
pub(crate) fn strip_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// The size of a positive number in bits.
pub(crate) fn bits_of(number: &[u8]) -> u32 {
    let significant = strip_zeros(number);
    let leading = significant.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(significant.len()).map_or(u32::MAX, |bytes| bytes.saturating_mul(8)) - leading
}

/// Checks the size of an RSA modulus, big-endian.
pub(crate) fn check_rsa_size(modulus: &[u8]) -> Result<(), Flaw> {
    match bits_of(modulus) {
        bits if bits < *RSA_BITS.start() => Err(Flaw::TooSmall { bits }),
        bits if bits > *RSA_BITS.end() => Err(Flaw::TooLarge { bits }),
        _ => Ok(()),
    }
}

/// Checks an RSA key by its numbers, big-endian without leading zeros.
pub(super) fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), Flaw> {
    check_rsa_size(modulus)?;
    let is_odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
    // Real exponents are 3 or 65537. Longer ones make each verification slow, and many programs reject them.
    if !is_odd || exponent == [1] || exponent.len() > 4 {
        return Err(Flaw::Exponent);
    }
    if has_small_factor(modulus) {
        return Err(Flaw::SmallFactor);
    }
    if roca::has_fingerprint(modulus) { Err(Flaw::Roca) } else { Ok(()) }
}

/// Whether a small prime divides a number. The number is long and is divided once for several primes: by
/// their product, whose remainder shows each of them.
fn has_small_factor(number: &[u8]) -> bool {
    let is_prime = |odd: &u32| (3..).step_by(2).take_while(|by| by * by <= *odd).all(|by| !odd.is_multiple_of(by));
    let mut product: u32 = 2;
    for prime in (3..SMALL_FACTORS).step_by(2).filter(is_prime) {
        match product.checked_mul(prime) {
            Some(larger) => product = larger,
            None if shares_factor(product, roca::remainder(number, product)) => return true,
            None => product = prime,
        }
    }
    shares_factor(product, roca::remainder(number, product))
}

fn shares_factor(one: u32, other: u32) -> bool {
    let (mut one, mut other) = (one, other);
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one != 1
}

/// Checks an Ed25519 key by its encoded point (RFC 8032 §5.1.2).
pub(super) fn check_ed25519(point: &[u8]) -> Result<(), Flaw> {
    let mut y: [u8; 32] = point.try_into().map_err(|_| Flaw::Length)?;
    // The highest bit is the sign of x.
    y[31] &= 0x7f;
    if y.iter().rev().ge(FIELD.iter().rev()) {
        return Err(Flaw::OffCurve);
    }
    if SMALL_ORDER.contains(&y) { Err(Flaw::SmallOrder) } else { Ok(()) }
}
