//! A **failure** is why a request is refused, a **refusal** how that goes over the wire.
//!
//! Rule: endpoints and checks return failures; only a system's words turn one into a refusal.

use serde_json::{Value, json};

use crate::assertion::Flaw;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    GrantTypeMissing,
    GrantTypeUnsupported(String),
    /// The grant exists, but not for this client.
    GrantNotAllowed,
    ParameterRepeated(String),
    ParameterMissing(&'static str),
    ScopeMissing,
    ScopeRefused(String),
    UserNotActive,
    /// The assertion of the grant (RFC 7523 §2.1).
    Assertion(Flaw),
    /// The assertion that authenticates a client (RFC 7523 §2.2).
    ClientAssertion(Flaw),
    ClientUnknown(String),
    /// The client is known but has no secret.
    SecretMissing(String),
    /// An application that isn't an OAuth client, where only those are served.
    NotAClient,
    /// A client revokes another client's token.
    TokenOfAnother,
    /// `client_id` next to another client's assertion (RFC 7521 §4.2).
    ClientIdDiffers,
    SecretWrong(String),
    SecretExpired(String),
    NoAuthentication,
    SeveralAuthentications,
    /// Client authentication of a kind that this endpoint doesn't accept, or that fails for an unspecified reason.
    Client(&'static str),
    /// Nobody agreed that the client acts for them, or gets a token for this audience.
    ConsentMissing(String),
    /// The API that the token should be for (Auth0's `audience`) doesn't exist.
    ApiUnknown(String),
    /// There is no `DPoP` header (RFC 9449 §5).
    PossessionUnproven,
    OrganisationDisabled,
    /// A body that isn't JSON, with its first character.
    BodyUnreadable(Option<char>),
    AccessToken,
    /// There is no access token.
    AccessTokenMissing,
    /// Frontier's superuser exchanges its secret.
    SuperuserExchange,
    /// The endpoint has no such method.
    MethodUnknown,
    Forbidden,
    NotFound(&'static str),
    /// No endpoint has this path.
    PathUnknown(String),
    Internal,
}

/// A refusal as it goes over the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: u16,
    /// Whether the body is declared as `text/plain`.
    pub plain: bool,
    pub body: Value,
    /// The `WWW-Authenticate` header (RFC 9110 §11.6.1).
    pub challenge: Option<&'static str>,
}

impl Refusal {
    pub fn json(status: u16, body: Value) -> Self {
        Self { status, plain: false, body, challenge: None }
    }

    pub fn plain(status: u16, text: &str) -> Self {
        Self { status, plain: true, body: json!(text), challenge: None }
    }

    /// The error response of RFC 6749 §5.2.
    pub fn oauth(status: u16, error: &str, description: &str) -> Self {
        Self::json(status, json!({ "error": error, "error_description": description }))
    }
}
