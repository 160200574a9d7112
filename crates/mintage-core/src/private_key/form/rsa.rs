//! **RSA** keys in PKCS#1 form (RFC 8017 A.1.2), also inside PKCS#8.

use super::Form;
use crate::der::{Der, INTEGER};
use crate::jose::check_rsa_size;
use crate::private_key::{KeyError, WrongKind};

/// Reads the integers of `RSAPrivateKey`; the crypto provider checks that they match.
pub(super) fn pkcs1<'a>(der: &'a [u8], body: Der<'a>) -> Result<Form<'a>, KeyError> {
    let mut rest = body;
    let mut integers = [&[][..]; 9];
    let mut count = 0;
    while rest.peek() == INTEGER && count < integers.len() {
        integers[count] = rest.take(INTEGER)?;
        count += 1;
    }
    match (count, rest.is_empty(), integers[0]) {
        (9, true, [0]) => {}
        // RFC 8017 A.1.2: version 1 has `otherPrimeInfos`.
        (9, false, [1]) => return Err(KeyError::Unsupported { found: "RSA with more than two primes".into() }),
        (2, true, _) => return Err(KeyError::WrongKind(WrongKind::PublicKey)),
        (6, true, [0]) => return Err(KeyError::Unsupported { found: "DSA".into() }),
        (_, false, _) if count < 9 => return Err("it doesn't have the structure of a key".into()),
        (..9, ..) => return Err("some of its numbers are missing".into()),
        _ => return Err("it doesn't have the structure of a key".into()),
    }
    let [_, modulus, exponent, _, p, q, ..] = integers;
    check_rsa_size(modulus)?;
    Ok(Form::Rsa { pkcs1: der, modulus, exponent, primes: [p, q], public: None })
}
