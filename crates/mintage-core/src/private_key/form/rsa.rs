//! **RSA** keys as PKCS#1 (RFC 8017 A.1.2), also inside PKCS#8.

use super::Form;
use crate::error::{KeyError, WrongKind};
use crate::jose::check_rsa_size;
use crate::private_key::der::{Der, INTEGER};

/// Reads the integers of `RSAPrivateKey`; the crypto provider checks that they belong together.
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
        (_, false, _) if count < 9 => return Err("it is not built like a key".into()),
        (..9, ..) => return Err("it lacks some of its numbers".into()),
        _ => return Err("it is not built like a key".into()),
    }
    let [_, modulus, exponent, ..] = integers;
    check_rsa_size(modulus)?;
    Ok(Form::Rsa { pkcs1: der, modulus, exponent, public: None })
}
