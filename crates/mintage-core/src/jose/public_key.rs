//! A **public key** that is sound: it has the right size, is on its curve, and has no known flaw.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::flaw::{Flaw, bits_of, check_ed25519, check_rsa, strip_zeros};
use super::{Algorithm, Curve, KeyType};

/// A public key that may verify signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// Big-endian without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// The uncompressed point (SEC 1 §2.3.3), which is on the curve.
    Ec { curve: Curve, point: Vec<u8> },
    /// The encoded point (RFC 8032 §5.1.2).
    Ed25519(Vec<u8>),
}

impl PublicKey {
    /// An RSA key by its numbers, big-endian; leading zeros don't matter.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Flaw> {
        let (modulus, exponent) = (strip_zeros(modulus), strip_zeros(exponent));
        check_rsa(modulus, exponent)?;
        Ok(Self::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
    }

    /// An ECDSA key by its coordinates, which have the field's full length (RFC 7518 §6.2.1.2).
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, Flaw> {
        if x.len() != curve.size() || y.len() != curve.size() {
            return Err(Flaw::Length);
        }
        Self::ec_point(curve, &[&[4], x, y].concat())
    }

    /// An ECDSA key by its uncompressed point.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn ec_point(curve: Curve, point: &[u8]) -> Result<Self, Flaw> {
        if point.len() != 1 + 2 * curve.size() {
            return Err(Flaw::Length);
        }
        match ParsedPublicKey::new(curve.verification(), point) {
            Ok(_) if point[0] == 4 => Ok(Self::Ec { curve, point: point.to_vec() }),
            _ => Err(Flaw::OffCurve),
        }
    }

    /// An Ed25519 key by its encoded point.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn ed25519(point: &[u8]) -> Result<Self, Flaw> {
        check_ed25519(point)?;
        Ok(Self::Ed25519(point.to_vec()))
    }

    /// Of which type it is.
    pub(crate) fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa { .. } => KeyType::Rsa,
            Self::Ec { curve, .. } => KeyType::Ec(*curve),
            Self::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// Whether the algorithm is for keys of this type.
    pub(crate) fn takes(&self, algorithm: Algorithm) -> bool {
        algorithm.key_type() == self.key_type()
    }

    /// Its size: of the modulus, or of the curve's numbers.
    pub(crate) fn bits(&self) -> u32 {
        match self {
            Self::Rsa { modulus, .. } => bits_of(modulus),
            Self::Ec { curve, .. } => curve.bits(),
            Self::Ed25519(_) => 256,
        }
    }

    /// Whether this key made the signature over the message. An algorithm of another key type never matches.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.takes(algorithm) {
            return false;
        }
        let verified = match self {
            Self::Rsa { modulus, exponent } => algorithm.rsa().map(|parameters| {
                RsaPublicKeyComponents { n: modulus, e: exponent }.verify(parameters, message, signature)
            }),
            Self::Ec { curve, point } => {
                Some(UnparsedPublicKey::new(curve.verification(), point).verify(message, signature))
            }
            Self::Ed25519(point) => Some(UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)),
        };
        verified.is_some_and(|verified| verified.is_ok())
    }

    /// The JWK members that make up the thumbprint, in order (RFC 7638 §3.2, RFC 8037 §2).
    pub(crate) fn jwk_members(&self) -> Vec<(&'static str, String)> {
        let text = str::to_owned;
        match self {
            Self::Rsa { modulus, exponent } => {
                vec![("e", base64url(exponent)), ("kty", text("RSA")), ("n", base64url(modulus))]
            }
            Self::Ec { curve, point } => {
                // RFC 7518 §6.2.1: coordinates keep their leading zeros.
                let (x, y) = point[1..].split_at(curve.size());
                vec![("crv", text(curve.name())), ("kty", text("EC")), ("x", base64url(x)), ("y", base64url(y))]
            }
            Self::Ed25519(point) => vec![("crv", text("Ed25519")), ("kty", text("OKP")), ("x", base64url(point))],
        }
    }

    /// RFC 7638 §3.1: SHA-256 over the required members, in lexicographic order, without whitespace.
    pub(crate) fn thumbprint(&self) -> String {
        let members: Vec<String> =
            self.jwk_members().iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
        base64url(digest(&SHA256, format!("{{{}}}", members.join(",")).as_bytes()).as_ref())
    }
}

fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2^2047 + `last`, with all bits between set by a pattern without small factors.
    fn modulus(bits: usize, last: u8) -> Vec<u8> {
        let mut number = vec![0x5b; bits.div_ceil(8)];
        number[0] = 1 << ((bits - 1) % 8);
        *number.last_mut().expect("bytes") = last;
        number
    }

    /// The first modulus from there on that isn't divisible by a small number.
    fn plain_modulus(bits: usize) -> Vec<u8> {
        let found = (0u16..=u16::MAX).map(|tail| {
            let mut number = modulus(bits, 0);
            let end = number.len() - 2;
            number[end..].copy_from_slice(&tail.to_be_bytes());
            number
        });
        let mut plain =
            found.filter(|number| (2..752).all(|factor| super::super::roca::remainder(number, factor) != 0));
        plain.next().expect("one of many")
    }

    #[test]
    fn an_rsa_key_is_judged_by_its_public_numbers() {
        const E: &[u8] = &[1, 0, 1];
        let check = |modulus: &[u8], exponent: &[u8], expected: Option<Flaw>| {
            assert_eq!(PublicKey::rsa(modulus, exponent).err(), expected, "{exponent:x?}");
        };
        let plain = plain_modulus(2048);
        check(&plain, E, None);
        check(&[&[0, 0], &plain[..]].concat(), &[0, 0, 0, 0, 1, 0, 1], None);
        check(&plain, &[3], None);
        check(&plain, &[0xff; 4], None);
        for exponent in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 1], &[0xff; 256]] {
            check(&plain, exponent, Some(Flaw::Exponent));
        }
        check(&plain_modulus(2047), E, Some(Flaw::TooSmall { bits: 2047 }));
        check(&plain_modulus(2049), E, None);
        check(&plain_modulus(8192), E, None);
        check(&plain_modulus(8193), E, Some(Flaw::TooLarge { bits: 8193 }));
        check(&[], E, Some(Flaw::TooSmall { bits: 0 }));
        check(&[0; 300], E, Some(Flaw::TooSmall { bits: 0 }));
        check(&modulus(2048, 0x5a), E, Some(Flaw::SmallFactor));
        // 751 times a number is divisible by it.
        let mut product = vec![0; 258];
        let mut carry = 0u32;
        for (place, digit) in plain.iter().rev().enumerate() {
            carry += u32::from(*digit) * 751;
            product[257 - place] = u8::try_from(carry & 0xff).expect("a byte");
            carry >>= 8;
        }
        product[..2].copy_from_slice(&u16::try_from(carry).expect("two bytes").to_be_bytes());
        check(&product, E, Some(Flaw::SmallFactor));
    }

    #[test]
    fn a_point_lies_on_its_curve_at_its_full_length() {
        let x = BASE64_URL_SAFE_NO_PAD.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU").expect("RFC 7515 A.3");
        let y = BASE64_URL_SAFE_NO_PAD.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0").expect("RFC 7515 A.3");
        let check = |x: &[u8], y: &[u8], expected: Option<Flaw>| {
            assert_eq!(PublicKey::ec(Curve::P256, x, y).err(), expected, "{x:x?} {y:x?}");
        };
        check(&x, &y, None);
        check(&y, &x, Some(Flaw::OffCurve));
        check(&x, &x, Some(Flaw::OffCurve));
        check(&[0; 32], &[0; 32], Some(Flaw::OffCurve));
        check(&[0xff; 32], &y, Some(Flaw::OffCurve));
        check(&x[1..], &y, Some(Flaw::Length));
        check(&x, &[&[0], &y[..]].concat(), Some(Flaw::Length));
        check(&[], &[], Some(Flaw::Length));
        assert_eq!(PublicKey::ec(Curve::P384, &x, &y), Err(Flaw::Length));
        for form in [0, 2, 3, 5, 6, 7] {
            let point = [&[form], &x[..], &y].concat();
            assert_eq!(PublicKey::ec_point(Curve::P256, &point), Err(Flaw::OffCurve), "{form}");
        }
        assert_eq!(PublicKey::ec_point(Curve::P256, &[0]), Err(Flaw::Length));
    }

    #[test]
    fn an_ed25519_point_is_below_the_field_and_of_full_order() {
        let check = |text: &str, expected: Option<Flaw>| {
            let bytes: Vec<u8> =
                (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect();
            assert_eq!(PublicKey::ed25519(&bytes).err(), expected, "{text}");
        };
        // RFC 8032 §7.1, test 1.
        check("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", None);
        check("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751", Some(Flaw::Length));
        let small = Some(Flaw::SmallOrder);
        check(&"0".repeat(64), small);
        check(&format!("{}80", "0".repeat(62)), small);
        check(&format!("01{}", "0".repeat(62)), small);
        check(&format!("01{}80", "0".repeat(60)), small);
        check(&format!("ec{}7f", "f".repeat(60)), small);
        check(&format!("ec{}ff", "f".repeat(60)), small);
        check("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", small);
        check("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", small);
        check("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", small);
        // 0, 1 and 2^255 - 1 written as numbers beyond the field.
        check(&format!("ed{}7f", "f".repeat(60)), Some(Flaw::OffCurve));
        check(&format!("ee{}ff", "f".repeat(60)), Some(Flaw::OffCurve));
        check(&"f".repeat(64), Some(Flaw::OffCurve));
    }
}
