//! An access **token** on its way from the agent to the asker.

use std::borrow::Cow;
use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// A token's text, wiped when it is dropped. It has no `Display`, `Serialize`, `Deref` or `PartialEq`.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

/// Why a text isn't a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is empty.
    #[error("the token is empty")]
    Empty,
    /// It contains a character that could end a header line or a line of a helper's answer.
    #[error("the token contains a character that isn't visible ASCII")]
    NotVisible,
}

impl Token {
    /// Takes ownership of the text, which is wiped even if it isn't a token.
    ///
    /// # Errors
    /// The text is empty or contains characters outside RFC 6749 appendix A.12 (`access-token = 1*VSCHAR`). A line break
    /// in a token could add lines to a helper's answer.
    pub fn new(text: String) -> Result<Self, TokenError> {
        let text = Zeroizing::new(text);
        match text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
            _ if text.is_empty() => Err(TokenError::Empty),
            true => Ok(Self(text)),
            false => Err(TokenError::NotVisible),
        }
    }

    /// Lends the text. Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

/// A number by which the agent finds a token again that it handed out. It tells nothing about the token, and is the same
/// in all programs of one build.
pub fn fingerprint(token: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(token.as_bytes());
    hasher.finish()
}

/// A token, and what a caller needs to know to use it.
#[derive(Debug, Clone)]
pub struct TokenAnswer {
    /// The token.
    pub value: Token,
    /// The opaque name of this token, for `refused`. It isn't derived from the token.
    pub handle: String,
    /// How to present it, for example `Bearer`.
    pub token_type: String,
    /// For `Basic`, the half of the pair that isn't secret (RFC 7617 §2: the user-id); the token is the other half.
    pub token_id: Option<String>,
    /// When it expires, as RFC 3339 in UTC; `None` if the server didn't say.
    pub expires_at: Option<String>,
    /// The same in seconds since 1970, for protocols that need a number.
    pub expires_at_epoch: Option<i64>,
    /// The scopes that the server granted.
    pub scopes: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// The service user's name.
    pub service_user: String,
    /// The environment's name.
    pub environment: String,
    /// Whether it was minted earlier and handed out again.
    pub reused: bool,
}

/// The same on the wire. The value is borrowed from the line, so that no copy is left unwiped.
#[derive(Serialize, Deserialize)]
pub(crate) struct TokenLine<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
    handle: String,
    token_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at_epoch: Option<i64>,
    #[serde(default)]
    scopes: Vec<String>,
    issuer: String,
    service_user: String,
    environment: String,
    #[serde(default)]
    reused: bool,
}

impl<'a> TokenLine<'a> {
    pub(crate) fn of(answer: &'a TokenAnswer) -> Self {
        Self {
            value: Cow::Borrowed(answer.value.expose()),
            handle: answer.handle.clone(),
            token_type: answer.token_type.clone(),
            token_id: answer.token_id.clone(),
            expires_at: answer.expires_at.clone(),
            expires_at_epoch: answer.expires_at_epoch,
            scopes: answer.scopes.clone(),
            issuer: answer.issuer.clone(),
            service_user: answer.service_user.clone(),
            environment: answer.environment.clone(),
            reused: answer.reused,
        }
    }

    pub(crate) fn read(mut self) -> Result<TokenAnswer, TokenError> {
        let value = Token::new(self.value.to_string());
        if let Cow::Owned(text) = &mut self.value {
            text.zeroize();
        }
        Ok(TokenAnswer {
            value: value?,
            handle: self.handle,
            token_type: self.token_type,
            token_id: self.token_id,
            expires_at: self.expires_at,
            expires_at_epoch: self.expires_at_epoch,
            scopes: self.scopes,
            issuer: self.issuer,
            service_user: self.service_user,
            environment: self.environment,
            reused: self.reused,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_of_a_token_shows_nothing_of_it() {
        let token = Token::new("canary-token-text".into()).unwrap();
        assert_eq!(format!("{token:?}"), "Token(redacted)");
    }

    #[test]
    fn a_token_that_could_write_lines_of_its_own_is_refused() {
        for text in ["a\nquit=1", "a\r", "a\0", "\u{e9}", "a\tb", "\u{7f}"] {
            assert_eq!(Token::new(text.into()).unwrap_err(), TokenError::NotVisible, "{text:?}");
        }
        assert_eq!(Token::new(String::new()).unwrap_err(), TokenError::Empty);
        assert_eq!(Token::new("ab~/+.-_ \"\\=".into()).unwrap().expose(), "ab~/+.-_ \"\\=");
    }
}
