//! The **primes** of an RSA key: two that are close to each other are found by anyone who knows their product, by
//! Fermat's method.
//!
//! Rule: only whoever has the private key sees its primes, so this is the one flaw that verification can't know.

use zeroize::Zeroizing;

use crate::jose::{bits_of, strip_zeros};

/// Why such a key isn't used, as a sentence part with the key as its subject.
pub(super) const CLOSE: &str = "has two primes that are too close to each other, so that anyone can compute it from its public half (CVE-2022-26320)";

/// How many of the leading bits two primes may have in common (FIPS 186-5 A.1.3 2.d).
const ALIKE: u32 = 100;

/// Whether the difference of two primes, big-endian, is too small for their size.
pub(super) fn are_close(primes: [&[u8]; 2]) -> bool {
    let [p, q] = primes.map(strip_zeros);
    let (larger, smaller) = if (p.len(), p) >= (q.len(), q) { (p, q) } else { (q, p) };
    bits_of(&difference(larger, smaller)) + ALIKE <= bits_of(larger)
}

/// The difference of two numbers, big-endian, of which the first isn't smaller.
fn difference(larger: &[u8], smaller: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut difference = Zeroizing::new(larger.to_vec());
    let mut borrow = false;
    for (index, digit) in difference.iter_mut().rev().enumerate() {
        let other = smaller.iter().rev().nth(index).copied().unwrap_or_default();
        let (once, below) = digit.overflowing_sub(other);
        let (twice, again) = once.overflowing_sub(u8::from(borrow));
        (*digit, borrow) = (twice, below || again);
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_are_close_if_they_begin_with_the_same_hundred_bits() {
        let number = |last: &[u8]| {
            let mut number = vec![0xc0; 128];
            number[128 - last.len()..].copy_from_slice(last);
            number
        };
        let check = |p: &[u8], q: &[u8], close: bool| {
            assert_eq!((are_close([p, q]), are_close([q, p])), (close, close), "{p:x?} {q:x?}");
        };
        let p = number(&[0xc0]);
        check(&p, &p, true);
        check(&p, &[&[0], &number(&[0xc3])[..]].concat(), true);
        // 1024 bits: a difference of 924 bits is too small, one of 925 isn't.
        let off_by = |bit: usize| {
            let mut other = p.clone();
            other[127 - bit / 8] ^= 1 << (bit % 8);
            other
        };
        check(&p, &off_by(923), true);
        check(&p, &off_by(924), false);
        check(&p, &off_by(1020), false);
        // They differ in their first bit, and by one.
        check(&[&[1], &[0; 64][..]].concat(), &[0xff; 64], true);
        // Fewer bits than they may have in common.
        check(&[7], &[5], false);
        check(&[], &[], false);
    }
}
