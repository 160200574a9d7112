//! The **canonical** bytes of a private key: PKCS#8 (RFC 5208 §5) with nothing optional except an EC key's public
//! point, so that the same key always has the same bytes.
//!
//! Rule: every buffer is allocated at its final size and wiped, since one that grows would leave copies of the key
//! behind.

use zeroize::Zeroizing;

use crate::der::{BIT_STRING, CONTEXT_1, CONTEXT_1_PRIMITIVE, INTEGER, OCTET_STRING, SEQUENCE, push_element};
use crate::jose::{Curve, KeyType, strip_zeros};
use crate::secret::SecretBytes;

/// Room for what surrounds the numbers.
const OVERHEAD: usize = 64;

/// Writes an RSA key, given as `RSAPrivateKey` (RFC 8017 A.1.2).
pub(crate) fn rsa(pkcs1: &[u8]) -> SecretBytes {
    pkcs8(KeyType::Rsa, pkcs1, None)
}

/// Writes `RSAPrivateKey` (RFC 8017 A.1.2) from n, e, d, p, q, dp, dq and qi, big-endian.
pub(crate) fn pkcs1(numbers: &[&[u8]; 8]) -> SecretBytes {
    let room = numbers.iter().map(|number| number.len() + 8).sum::<usize>() + OVERHEAD;
    let mut inside = Zeroizing::new(Vec::with_capacity(room));
    push_element(&mut inside, INTEGER, &[&[0]]);
    for number in numbers {
        let number = strip_zeros(number);
        // A leading zero keeps the number positive (X.690 §8.3), and is zero itself.
        let sign: &[u8] = if number.first().is_some_and(|byte| byte & 0x80 == 0) { &[] } else { &[0] };
        push_element(&mut inside, INTEGER, &[sign, number]);
    }
    let mut whole = Vec::with_capacity(inside.len() + OVERHEAD);
    push_element(&mut whole, SEQUENCE, &[&inside]);
    SecretBytes::new(whole)
}

/// Writes an EC key (RFC 5915 §3 in RFC 5208 §5). The private number is padded to the curve's size, which it must not
/// exceed; the point is left out if it isn't known.
pub(crate) fn ec(curve: Curve, number: &[u8], point: Option<&[u8]>) -> SecretBytes {
    let zeros = &[0; 66][..curve.size() - number.len()];
    let mut inside = Zeroizing::new(Vec::with_capacity(curve.size() * 3 + OVERHEAD));
    push_element(&mut inside, INTEGER, &[&[1]]);
    push_element(&mut inside, OCTET_STRING, &[zeros, number]);
    if let Some(point) = point {
        let mut bits = Vec::new();
        push_element(&mut bits, BIT_STRING, &[&[0], point]);
        push_element(&mut inside, CONTEXT_1, &[&bits]);
    }
    let mut key = Zeroizing::new(Vec::with_capacity(inside.len() + OVERHEAD));
    push_element(&mut key, SEQUENCE, &[&inside]);
    pkcs8(KeyType::Ec(curve), &key, None)
}

/// Writes an Ed25519 key (RFC 8410 §7). With its public key it isn't canonical, but can be checked.
pub(crate) fn ed25519(seed: &[u8], public: Option<&[u8]>) -> SecretBytes {
    let mut key = Zeroizing::new(Vec::with_capacity(seed.len() + OVERHEAD));
    push_element(&mut key, OCTET_STRING, &[seed]);
    pkcs8(KeyType::Ed25519, &key, public)
}

/// RFC 5208 §5: version 0, algorithm, key; RFC 5958 §2: version 1 and `[1]` if a public key follows.
fn pkcs8(key_type: KeyType, key: &[u8], public: Option<&[u8]>) -> SecretBytes {
    let room = key.len() + public.map_or(0, <[u8]>::len) + OVERHEAD;
    let mut inside = Zeroizing::new(Vec::with_capacity(room));
    push_element(&mut inside, INTEGER, &[&[u8::from(public.is_some())]]);
    push_element(&mut inside, SEQUENCE, &[key_type.identifier()]);
    push_element(&mut inside, OCTET_STRING, &[key]);
    if let Some(public) = public {
        push_element(&mut inside, CONTEXT_1_PRIMITIVE, &[&[0], public]);
    }
    let mut whole = Vec::with_capacity(room + OVERHEAD);
    push_element(&mut whole, SEQUENCE, &[&inside]);
    SecretBytes::new(whole)
}
