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
