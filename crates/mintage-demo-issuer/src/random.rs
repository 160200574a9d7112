//! Randomness, all of it from the crypto provider.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Draws `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system's random source works");
    bytes
}

/// Draws `N` random bytes as base64url text.
pub(crate) fn text<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>())
}

/// Draws a UUID of version 4 (RFC 9562 §5.4).
pub(crate) fn uuid() -> String {
    let mut bytes = bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// Draws an id like those of ZITADEL: eighteen digits.
pub(crate) fn number() -> String {
    let drawn = u64::from_be_bytes(bytes::<8>());
    (100_000_000_000_000_000 + drawn % 900_000_000_000_000_000).to_string()
}
