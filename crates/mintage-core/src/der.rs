//! **DER** (X.690), read one element at a time.
//!
//! Rule: definite, minimal lengths within the available bytes; no recursion and no allocation, so that no input can
//! exhaust the stack or the memory. The caller decides how deep to go.

/// Why reading failed, as a sentence part.
pub(crate) type Why = &'static str;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_ID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, constructed: context-specific, optional parts of keys and certificates.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[1]`, constructed.
pub(crate) const CONTEXT_1: u8 = 0xa1;
/// `[1]`, primitive: replaces another type's own tag.
pub(crate) const CONTEXT_1_PRIMITIVE: u8 = 0x81;

/// A cursor over consecutive elements.
#[derive(Clone, Copy)]
pub(crate) struct Der<'a> {
    rest: &'a [u8],
}

impl<'a> Der<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element's tag without reading it; 0, which no element has, at the end.
    pub(crate) fn peek(&self) -> u8 {
        self.rest.first().copied().unwrap_or(0)
    }

    /// Reads the next element, whatever its tag.
    pub(crate) fn any(&mut self) -> Result<(u8, &'a [u8]), Why> {
        let [tag, first, after @ ..] = self.rest else {
            return Err("it is cut off");
        };
        if tag & 0x1f == 0x1f {
            return Err("it has a tag that keys don't use");
        }
        let (length, body) = length(*first, after)?;
        if body.len() < length {
            return Err("it is cut off");
        }
        let (value, rest) = body.split_at(length);
        self.rest = rest;
        Ok((*tag, value))
    }

    /// Reads the next element, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<&'a [u8], Why> {
        if !self.rest.is_empty() && self.peek() != tag {
            return Err("it doesn't have the structure of a key");
        }
        self.any().map(|(_, value)| value)
    }

    /// Reads the next element, which must have this tag, as a cursor over its content.
    pub(crate) fn enter(&mut self, tag: u8) -> Result<Der<'a>, Why> {
        self.take(tag).map(Der::new)
    }
}

/// Splits off a length (X.690 §8.1.3, in the form that §10.1 requires for DER).
fn length(first: u8, after: &[u8]) -> Result<(usize, &[u8]), Why> {
    match first {
        0..=0x7f => Ok((usize::from(first), after)),
        0x80 => Err("it has an indefinite length"),
        // Three length bytes reach 16 MB, far beyond the largest file that is read.
        0x81..=0x83 => {
            let count = usize::from(first & 0x7f);
            let Some((bytes, rest)) = after.split_at_checked(count) else {
                return Err("it is cut off");
            };
            let value = bytes.iter().fold(0, |value, byte| value << 8 | usize::from(*byte));
            if bytes[0] == 0 || value < 0x80 {
                return Err("it has a length that isn't minimal");
            }
            Ok((value, rest))
        }
        _ => Err("it claims an impossible length"),
    }
}

/// Writes an element: tag, length in DER's minimal form, value. The value must be below 16 MB.
pub(crate) fn push_element(out: &mut Vec<u8>, tag: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.push(tag);
    let [.., a, b, c] = length.to_be_bytes();
    match length {
        0..=0x7f => out.push(c),
        0x80..=0xff => out.extend([0x81, c]),
        0x100..=0xffff => out.extend([0x82, b, c]),
        _ => out.extend([0x83, a, b, c]),
    }
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// The bytes of a BIT STRING, whose first byte counts its unused bits (X.690 §8.6.2).
pub(crate) fn octets_of(bits: &[u8]) -> Result<&[u8], Why> {
    bits.strip_prefix(&[0]).ok_or("it doesn't have the structure of a key")
}

/// Object identifier as text, for example `1.2.840.113549.1.1.1` (X.690 §8.19).
pub(crate) fn dotted(oid: &[u8]) -> String {
    let mut arcs: Vec<u128> = Vec::new();
    let mut arc: u128 = 0;
    // An arc beyond 18 bytes would overflow; such identifiers don't exist, so it is truncated.
    for byte in oid.iter().take(64) {
        arc = (arc & (u128::MAX >> 7)) << 7 | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let root = (arc / 40).min(2);
                arcs.extend([root, arc - root * 40]);
            } else {
                arcs.push(arc);
            }
            arc = 0;
        }
    }
    arcs.iter().map(u128::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_definite_minimal_and_within_the_bytes() {
        let check = |bytes: &[u8], expected: Result<(u8, usize), Why>| {
            assert_eq!(Der::new(bytes).any().map(|(tag, value)| (tag, value.len())), expected, "{bytes:x?}");
        };
        check(&[0x30, 0x00], Ok((SEQUENCE, 0)));
        check(&[0x04, 0x02, 1, 2, 3], Ok((OCTET_STRING, 2)));
        check(&[&[0x04, 0x81, 0x80][..], &[7; 128]].concat(), Ok((OCTET_STRING, 128)));
        check(&[], Err("it is cut off"));
        check(&[0x30], Err("it is cut off"));
        check(&[0x30, 0x01], Err("it is cut off"));
        check(&[0x30, 0x82, 0x01], Err("it is cut off"));
        check(&[0x30, 0x83, 0xff, 0xff, 0xff], Err("it is cut off"));
        check(&[0x30, 0x80, 0, 0], Err("it has an indefinite length"));
        check(&[0x30, 0x81, 0x05, 1, 2, 3, 4, 5], Err("it has a length that isn't minimal"));
        check(&[0x30, 0x82, 0x00, 0x81], Err("it has a length that isn't minimal"));
        check(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], Err("it claims an impossible length"));
        check(&[0x30, 0xff], Err("it claims an impossible length"));
        check(&[0x1f, 0x01, 0x00], Err("it has a tag that keys don't use"));
    }

    #[test]
    fn what_is_written_reads_back() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let mut out = Vec::new();
            push_element(&mut out, OCTET_STRING, &[&vec![7; length]]);
            assert_eq!(Der::new(&out).take(OCTET_STRING).map(<[u8]>::len), Ok(length));
        }
    }

    #[test]
    fn object_identifiers_are_written_with_dots() {
        let check = |oid: &[u8], expected: &str| assert_eq!(dotted(oid), expected);
        check(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], "1.2.840.113549.1.1.1");
        check(&[0x2b, 0x65, 0x70], "1.3.101.112");
        check(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a], "2.16.840.1.101.3.4.1.42");
        check(&[0xff; 200], "");
        check(&[], "");
    }

    #[test]
    fn what_is_nested_without_end_is_read_on_a_small_stack() {
        use crate::hostile::{nested_der, on_a_small_stack};
        use crate::private_key::form;
        on_a_small_stack(|| {
            for tag in [SEQUENCE, OCTET_STRING, CONTEXT_0, CONTEXT_1, 0x31] {
                for levels in [64, 2_000] {
                    let der = nested_der(tag, levels);
                    assert!(form::of(&der).is_err());
                    let version = [&[INTEGER, 1, 0][..], &der].concat();
                    let mut whole = Vec::new();
                    push_element(&mut whole, SEQUENCE, &[&version]);
                    assert!(form::of(&whole).is_err());
                }
            }
            assert!(form::of(&[0x30; 600_000]).is_err());
            assert!(dotted(&[0x81; 600_000]).is_empty());
        });
    }
}
