//! The **ROCA fingerprint**: RSA keys from a flawed library (CVE-2017-15361) can be factored.
//!
//! Their primes are `k·M + (65537^a mod M)`, where `M` is a product of the first primes, so the modulus modulo each of
//! those primes is a power of 65537. A sound key passes all of these tests by chance once in about 2^28 keys.

/// The primes up to 167, the range of the shortest flawed keys, for which the powers of 65537 aren't simply all
/// residues: only these are informative.
const TELLING_PRIMES: [u32; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/// Whether a modulus, big-endian, has the fingerprint.
pub(super) fn has_fingerprint(modulus: &[u8]) -> bool {
    TELLING_PRIMES.iter().all(|&prime| is_power_of_65537(remainder(modulus, prime), prime))
}

/// The remainder of a number, big-endian, which is gone through four bytes at a time.
pub(super) fn remainder(number: &[u8], divisor: u32) -> u32 {
    let divisor = u64::from(divisor);
    let (head, words) = number.as_rchunks::<4>();
    let head = head.iter().fold(0, |rest, &byte| rest << 8 | u64::from(byte)) % divisor;
    let rest = words.iter().fold(head, |rest, word| (rest << 32 | u64::from(u32::from_be_bytes(*word))) % divisor);
    u32::try_from(rest).expect("a remainder is below its divisor")
}

fn is_power_of_65537(residue: u32, prime: u32) -> bool {
    let generator = 65537 % prime;
    let mut power = 1;
    // The powers repeat after at most `prime - 1` steps.
    for _ in 1..prime {
        if power == residue {
            return true;
        }
        power = power * generator % prime;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `65537^exponent`, big-endian: a power of 65537 modulo anything.
    fn power_of_65537(exponent: u32) -> Vec<u8> {
        let mut digits = vec![1u8];
        for _ in 0..exponent {
            // n · 65537 = n · 2^16 + n
            let mut sum = vec![0u8; digits.len() + 3];
            let mut carry = 0u16;
            for (place, digit) in sum.iter_mut().enumerate() {
                let low = digits.get(place).copied().unwrap_or(0);
                let high = place.checked_sub(2).and_then(|place| digits.get(place)).copied().unwrap_or(0);
                carry += u16::from(low) + u16::from(high);
                *digit = (carry & 0xFF) as u8;
                carry >>= 8;
            }
            while sum.last() == Some(&0) {
                sum.pop();
            }
            digits = sum;
        }
        digits.reverse();
        digits
    }

    #[test]
    fn numbers_made_the_flawed_way_have_the_fingerprint_and_their_neighbours_do_not() {
        for exponent in [1, 2, 77, 128] {
            let mut number = power_of_65537(exponent);
            assert!(has_fingerprint(&number), "{exponent}");
            let last = number.len() - 1;
            number[last] ^= 2;
            assert!(!has_fingerprint(&number), "{exponent}");
        }
        assert_eq!(power_of_65537(2), [1, 0, 2, 0, 1]);
    }

    #[test]
    fn the_telling_primes_are_those_whose_residues_are_not_all_powers() {
        let is_prime = |n: u32| (2..n).all(|d| !n.is_multiple_of(d));
        let powers = |prime: u32| (1..prime).filter(|&residue| is_power_of_65537(residue, prime)).count();
        let telling: Vec<u32> = (3..=167).filter(|&n| is_prime(n) && powers(n) < n as usize - 1).collect();
        assert_eq!(telling, TELLING_PRIMES);
    }
}
