//! What tests of this crate share.

use secrecy::SecretString;
use time::macros::datetime;

use crate::failure::{Exit, Failure};
use crate::token::{Authorization, Origin, Token};

/// A bearer token that ends on 2026-11-29 16:00:00 UTC, which is 1795968000.
pub(crate) fn token(text: &str) -> Token {
    Token {
        access_token: SecretString::from(text),
        authorization: Authorization::Bearer,
        expires_at: Some(datetime!(2026-11-29 16:00:00 UTC)),
        handle: "h1".into(),
        origin: Origin {
            service_user: "ci-bot".into(),
            environment: "staging".into(),
            issuer: "https://auth.example".into(),
            scopes: vec!["openid".into()],
            reused: true,
        },
    }
}

/// What happens when somebody declines.
pub(crate) fn denied() -> Failure {
    Failure::new(Exit::NotApproved, "request-denied", "the request was denied").with_help("ask again and approve it")
}
