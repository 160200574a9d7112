//! A **credential** that isn't a key pair: a client secret, or a personal access token.

use std::fmt;

use time::OffsetDateTime;

/// A client secret of a user.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisteredSecret {
    /// The client's name next to the secret: the login name at ZITADEL, the secret's id at Frontier, the client id
    /// elsewhere.
    pub client_id: String,
    /// The secret.
    pub secret: String,
    /// From then on it is rejected; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
}

impl RegisteredSecret {
    /// A secret that never expires.
    pub fn new(client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), secret: secret.into(), expires_at: None }
    }
}

impl fmt::Debug for RegisteredSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredSecret")
            .field("client_id", &self.client_id)
            .field("secret", &"[redacted]")
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

/// A token that is used as is and never exchanged: ZITADEL's personal access token, Frontier's opaque token.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisteredToken {
    /// Frontier requires it next to the token.
    pub token_id: String,
    /// The token.
    pub token: String,
    /// From then on it is rejected; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
}

impl RegisteredToken {
    /// A token that never expires.
    pub fn new(token_id: impl Into<String>, token: impl Into<String>) -> Self {
        Self { token_id: token_id.into(), token: token.into(), expires_at: None }
    }
}

impl fmt::Debug for RegisteredToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredToken")
            .field("token_id", &self.token_id)
            .field("token", &"[redacted]")
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_not_shown() {
        let secret = format!("{:?}", RegisteredSecret::new("client", "s3cret"));
        let token = format!("{:?}", RegisteredToken::new("id", "t0ken"));
        assert!(secret.contains("client") && !secret.contains("s3cret"), "{secret}");
        assert!(token.contains("id") && !token.contains("t0ken"), "{token}");
    }
}
