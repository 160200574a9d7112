//! A private key as **OpenSSH** writes it: `openssh-key-v1` (OpenSSH's PROTOCOL.key), without a passphrase.
//!
//! Rule: it is rewritten as DER and read like any other key, so that it is checked in the same way; values that the
//! file repeats must agree. Keys with a passphrase use OpenSSH's own key derivation, so they are only identified.

use zeroize::Zeroizing;

use super::KeyFileError;
use super::shown;
use crate::der::Why;
use crate::jose::strip_zeros;
use crate::private_key::{KeyError, PrivateKey, WrongKind, canonical, form};
use crate::secret::SecretBytes;

/// The first bytes inside the PEM.
pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The longest number of a key that Mintage signs with, RSA with 8192 bits, plus its sign byte.
const MAX_NUMBER: usize = 8192 / 8 + 1;

/// A cursor over what SSH calls strings: a four-byte length, then the bytes (RFC 4251 §5).
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Result<u32, Why> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or("it is cut off")?;
        self.rest = rest;
        Ok(u32::from_be_bytes(*bytes))
    }

    fn string(&mut self) -> Result<&'a [u8], Why> {
        let length = usize::try_from(self.number()?).map_err(|_| "it claims an impossible length")?;
        let (string, rest) = self.rest.split_at_checked(length).ok_or("it is cut off")?;
        self.rest = rest;
        Ok(string)
    }

    /// Reads the next string, which must be this one.
    fn same(&mut self, expected: &[u8]) -> Result<(), Why> {
        if self.string()? == expected { Ok(()) } else { Err("its public key belongs to another key") }
    }

    fn end(&self) -> Result<(), Why> {
        if self.rest.is_empty() { Ok(()) } else { Err("it has extra bytes at the end") }
    }
}

/// Reads the content of the PEM, from [`MAGIC`] on.
///
/// # Errors
/// [`KeyError::WrongKind`] for a key with a passphrase and one that isn't in the file, [`KeyFileError::SeveralKeys`],
/// and what [`PrivateKey::from_der`] reports.
pub(super) fn key(bytes: &[u8]) -> Result<PrivateKey, KeyFileError> {
    let mut file = Reader { rest: bytes.strip_prefix(MAGIC).ok_or("it doesn't have the structure of a key")? };
    let cipher = file.string()?;
    let (_derivation, _salt) = (file.string()?, file.string()?);
    let count = file.number()?;
    if count != 1 {
        return Err(KeyFileError::SeveralKeys { count: usize::try_from(count).unwrap_or(usize::MAX) });
    }
    let mut public = Reader { rest: file.string()? };
    let kind = public.string()?;
    check_kind(kind)?;
    if cipher != b"none" {
        let by_curve = kind == b"ssh-rsa" || kind.starts_with(b"ecdsa-sha2-");
        let kind = if by_curve { WrongKind::OpenSshEncrypted } else { WrongKind::OpenSshEd25519Encrypted };
        return Err(kind.into());
    }
    let mut private = Reader { rest: file.string()? };
    file.end()?;
    if private.number()? != private.number()? {
        return Err("its two check numbers differ".into());
    }
    private.same(kind)?;
    let der = match kind {
        b"ssh-rsa" => rsa(&mut private, &mut public)?,
        b"ssh-ed25519" => ed25519(&mut private, &mut public)?,
        _ => ec(&mut private, &mut public)?,
    };
    public.end()?;
    let _comment = private.string()?;
    // The padding counts: 1, 2, 3.
    if !private.rest.iter().zip(1..=u8::MAX).all(|(byte, count)| *byte == count) || private.rest.len() > 255 {
        return Err("it has extra bytes at the end".into());
    }
    Ok(PrivateKey::from_der(der)?)
}

/// Rejects a key whose type Mintage doesn't sign with.
fn check_kind(kind: &[u8]) -> Result<(), KeyFileError> {
    let unsupported = |found: &str| Err(KeyError::Unsupported { found: found.to_owned() }.into());
    match std::str::from_utf8(kind).unwrap_or_default() {
        "ssh-rsa" | "ssh-ed25519" | "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" => Ok(()),
        "ecdsa-sha2-nistp521" => unsupported("EC P-521"),
        "ssh-dss" => unsupported("DSA"),
        // OpenSSH's PROTOCOL.u2f.
        kind if kind.starts_with("sk-") => Err(WrongKind::HardwareKey.into()),
        kind if kind.contains("-cert-v") => Err(WrongKind::OpenSshCertificate.into()),
        other => unsupported(&shown(other)),
    }
}

/// n, e, d, q⁻¹ mod p, p, q; the other values that RFC 8017 A.1.2 requires are computed.
fn rsa(private: &mut Reader<'_>, public: &mut Reader<'_>) -> Result<SecretBytes, KeyFileError> {
    let mut numbers = [&[][..]; 6];
    for number in &mut numbers {
        *number = private.string()?;
        if number.len() > MAX_NUMBER {
            return Err(KeyError::Unsupported { found: "RSA with more than 8192 bits".into() }.into());
        }
    }
    let [n, e, d, qi, p, q] = numbers;
    public.same(e)?;
    public.same(n)?;
    let [dp, dq] = [p, q].map(|prime| remainder(d, &less_one(prime)));
    Ok(canonical::pkcs1(&[n, e, d, p, q, &dp, &dq, qi]))
}

fn ec(private: &mut Reader<'_>, public: &mut Reader<'_>) -> Result<SecretBytes, KeyFileError> {
    let (name, point) = (private.string()?, private.string()?);
    let number = strip_zeros(private.string()?);
    public.same(name)?;
    public.same(point)?;
    let jwk_name = if name == b"nistp256" { "P-256" } else { "P-384" };
    let curve = form::jwk_curve(jwk_name).ok_or("it doesn't name its curve")?;
    if number.is_empty() || number.len() > curve.size() {
        return Err("its number doesn't fit its curve".into());
    }
    Ok(canonical::ec(curve, number, Some(point)))
}

/// The public key, then the seed and the public key again.
fn ed25519(private: &mut Reader<'_>, public: &mut Reader<'_>) -> Result<SecretBytes, KeyFileError> {
    let point = private.string()?;
    public.same(point)?;
    let (seed, again) = private.string()?.split_at_checked(32).ok_or("its number doesn't fit its curve")?;
    if again != point || point.len() != 32 {
        return Err("its public key belongs to another key".into());
    }
    Ok(canonical::ed25519(seed, Some(point)))
}

/// A prime minus one.
fn less_one(prime: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut number = Zeroizing::new(prime.to_vec());
    // A key's primes are odd; others are rejected when the numbers are compared.
    if let Some(last) = number.last_mut() {
        *last &= 0xfe;
    }
    number
}

/// The remainder of dividing one number by another, both big-endian: long division, bit by bit.
fn remainder(number: &[u8], by: &[u8]) -> Zeroizing<Vec<u8>> {
    let by = strip_zeros(by);
    // One byte more than the divisor, to leave room for doubling.
    let mut left = Zeroizing::new(vec![0; by.len() + 1]);
    for bit in number.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)) {
        let mut carry = bit;
        for byte in left.iter_mut().rev() {
            let next = *byte >> 7;
            *byte = *byte << 1 | carry;
            carry = next;
        }
        if left[0] > 0 || &left[1..] >= by {
            subtract(&mut left, by);
        }
    }
    left
}

/// Subtracts a smaller number from a larger one that has one extra leading byte.
fn subtract(from: &mut [u8], number: &[u8]) {
    let mut borrow = false;
    for (byte, taken) in from[1..].iter_mut().zip(number).rev() {
        let (value, first) = byte.overflowing_sub(*taken);
        let (value, second) = value.overflowing_sub(u8::from(borrow));
        (*byte, borrow) = (value, first || second);
    }
    from[0] = from[0].wrapping_sub(u8::from(borrow));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remainder_is_what_division_leaves() {
        let check = |number: u64, by: u64| {
            let left = remainder(&number.to_be_bytes(), &by.to_be_bytes());
            let value = left.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
            assert_eq!(value, number % by, "{number} by {by}");
        };
        for number in [0, 1, 2, 255, 256, 65_535, 1 << 40, u64::MAX - 1, u64::MAX] {
            for by in [1, 2, 3, 254, 255, 256, 257, 65_534, (1 << 32) + 1, u64::MAX >> 8, u64::MAX - 1, u64::MAX] {
                check(number, by);
            }
        }
        assert_eq!(remainder(&[1, 2, 3], &[]).len(), 1, "nothing to divide by");
    }
}
