//! Values read from keys' DER: the numbers of a public RSA key in its **SPKI** form (RFC 5280 §4.1.2.7, RFC 8017
//! §A.1.1), and the PKCS#1 key inside a PKCS#8 one.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// The algorithms of public keys that Go's `x509.ParsePKIXPublicKey` reads and that service users are given: RSA (RFC
/// 8017 §A.1), elliptic curves (RFC 5480 §2.1.1) and Ed25519 (RFC 8410 §3).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// Modulus and exponent, without leading zeros. `None` if the PEM contains no such key.
pub fn rsa_numbers(public_pem: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let pem = pem::parse(public_pem).ok()?;
    let (algorithm, key) = spki(pem.contents())?;
    if algorithm != RSA { None } else { numbers(key) }
}

/// Whether this is a public key in SPKI form, of one of the known algorithms.
pub fn is_public_key(der: &[u8]) -> bool {
    match spki(der) {
        Some((RSA, key)) => numbers(key).is_some(),
        Some((ELLIPTIC | ED25519, key)) => !key.is_empty(),
        _ => false,
    }
}

/// The algorithm's identifier and the key.
fn spki(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (info, []) = element(der, SEQUENCE)? else { return None };
    let (algorithm, rest) = element(info, SEQUENCE)?;
    let (identifier, _) = element(algorithm, OBJECT_IDENTIFIER)?;
    let (bits, []) = element(rest, BIT_STRING)? else { return None };
    Some((identifier, bits.strip_prefix(&[0])?))
}

fn numbers(key: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (key, _) = element(key, SEQUENCE)?;
    let (modulus, rest) = element(key, INTEGER)?;
    let (exponent, _) = element(rest, INTEGER)?;
    Some((unsigned(modulus), unsigned(exponent)))
}

/// The RSA key inside a PKCS#8 one (RFC 5208 §5), which is PKCS#1.
pub fn pkcs1_of_pkcs8(der: &[u8]) -> Option<&[u8]> {
    let (info, _) = element(der, SEQUENCE)?;
    let (_, rest) = element(info, INTEGER)?;
    let (_, rest) = element(rest, SEQUENCE)?;
    Some(element(rest, OCTET_STRING)?.0)
}

/// The content of a DER element with this tag, and what follows it. Lengths of up to two bytes suffice.
pub fn element(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = input.split_first()?;
    let (length, rest) = match *rest {
        [short @ 0..=0x7f, ref rest @ ..] => (usize::from(short), rest),
        [0x81, length, ref rest @ ..] => (usize::from(length), rest),
        [0x82, high, low, ref rest @ ..] => (usize::from(high) << 8 | usize::from(low), rest),
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length)).flatten()
}

fn unsigned(integer: &[u8]) -> Vec<u8> {
    integer.iter().copied().skip_while(|byte| *byte == 0).collect()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair, RsaKeyPair};

    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_key() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let (modulus, exponent) = rsa_numbers(&pem::encode(&pem::Pem::new("PUBLIC KEY", der.as_ref()))).unwrap();
        assert_eq!(modulus, pair.public_key().modulus().big_endian_without_leading_zero());
        assert_eq!(exponent, [1, 0, 1]);
        assert!(is_public_key(der.as_ref()));
        assert!(!is_public_key(pair.public_key().as_ref()), "PKCS#1");
        assert!(!is_public_key(&[der.as_ref(), &[0]].concat()), "something follows");
    }

    #[test]
    fn what_is_no_such_key_has_no_numbers() {
        for content in [&b""[..], &[0x30], &[0x30, 0x83, 0, 0, 1], &[0x30, 5, 0x30, 0, 3, 1, 0]] {
            assert_eq!(rsa_numbers(&pem::encode(&pem::Pem::new("PUBLIC KEY", content))), None, "{content:?}");
            assert!(!is_public_key(content), "{content:?}");
        }
        assert_eq!(rsa_numbers("nonsense"), None);
    }
}
