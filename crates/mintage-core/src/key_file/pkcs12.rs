//! **PKCS#12** (RFC 7292): recognised, and checked for encryption that OpenSSL 3 considers legacy.
//!
//! Rule: nothing is decoded. Many programs write it in BER with indefinite lengths, which a strict reader rejects, so
//! it is recognised by its first elements, and its algorithms by their identifiers.

use crate::private_key::WrongKind;

/// Version 3 and the beginning of what follows (RFC 7292 §4): SEQUENCE, then a PKCS#7 content type.
const VERSION: &[u8] = &[0x02, 0x01, 0x03, 0x30];
const CONTENT: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// The algorithms that OpenSSL 3 opens only with its legacy provider, each as a whole OBJECT IDENTIFIER element.
const OLD: [&[u8]; 6] = [
    // RFC 7292 appendix C: RC4 with 128 and 40 bits, RC2 with 128 and 40 bits.
    &[0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x01],
    &[0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x02],
    &[0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x05],
    &[0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x06],
    // RFC 8018 B.2: RC2 and DES under PBES2.
    &[0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x02],
    &[0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x07],
];

/// Whether these bytes are a PKCS#12 file.
pub(super) fn is(bytes: &[u8]) -> bool {
    let Some(start) = bytes.get(..bytes.len().min(32)) else { return false };
    let at = |wanted: &[u8]| start.windows(wanted.len()).position(|window| window == wanted);
    // Lengths of different sizes are between them.
    start.first() == Some(&0x30) && at(VERSION).is_some_and(|at| at <= 6) && at(CONTENT).is_some_and(|at| at <= 16)
}

/// Which conversion it needs.
pub(super) fn kind(bytes: &[u8]) -> WrongKind {
    let old = OLD.iter().any(|oid| bytes.windows(oid.len()).any(|window| window == *oid));
    if old { WrongKind::OldPkcs12 } else { WrongKind::Pkcs12 }
}
