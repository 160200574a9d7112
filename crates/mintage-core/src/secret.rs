//! A **secret** is text or bytes that must never be printed, logged or serialised by accident.
//!
//! Rule: `expose` is the only way in, and it is called where the secret is used (signing, sending, writing to the
//! keychain or the clipboard) and nowhere else. A secret has no `Display`, no `Serialize`, no `Deref` and no
//! `PartialEq`, so the compiler rejects attempts.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// Secret text: an access token, an assertion, a passphrase.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes ownership of the text; its buffer is wiped on drop.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Lends the text. Every call is a place to review.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the last four characters, the most that may be shown without asking; fewer for short secrets, and
    /// nothing if four would be a quarter or more of the whole.
    pub fn last_four(&self) -> String {
        let text = self.expose();
        let count = text.chars().count();
        if count < 17 {
            return String::new();
        }
        text.chars().skip(count - 4).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Secret bytes: a private key as PKCS#8 DER.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes ownership of the bytes; their buffer is wiped on drop.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Lends the bytes. Every call is a place to review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_of_secrets_shows_nothing_of_them() {
        let text = format!("{:?}", Secret::new("canary-secret-text".into()));
        let bytes = format!("{:?}", SecretBytes::new(b"canary".to_vec()));
        assert_eq!(text, "Secret(redacted)");
        assert_eq!(bytes, "SecretBytes(redacted)");
    }

    #[test]
    fn last_four_of_a_short_secret_is_empty() {
        assert_eq!(Secret::new("abcd".into()).last_four(), "");
        assert_eq!(Secret::new("0123456789abcdefg".into()).last_four(), "defg");
    }
}
