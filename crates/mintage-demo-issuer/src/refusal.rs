//! A **failure** is why a request is refused, a **refusal** how that goes over the wire.
//!
//! Rule: endpoints and checks find failures; only a system's words turn one into a refusal.

use serde_json::{Value, json};

use crate::assertion::Flaw;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
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
    /// The client is known and has no secret.
    SecretMissing(String),
    /// An application that is no client of OAuth, where only these are served.
    NotAClient,
    /// A client gives up a token of another one.
    TokenOfAnother,
    /// `client_id` beside an assertion of another client (RFC 7521 §4.2).
    ClientIdDiffers,
    SecretWrong(String),
    SecretExpired(String),
    NoAuthentication,
    SeveralAuthentications,
    /// Client authentication of a kind that this endpoint does not take, or one that fails for a reason
    /// that has no name of its own.
    Client(&'static str),
    /// Nobody agreed that the client speaks for them, or gets a token for this audience.
    ConsentMissing(String),
    /// The API that the token should be for (Auth0's `audience`) does not exist.
    ApiUnknown(String),
    /// There is no `DPoP` header (RFC 9449 §5).
    PossessionUnproven,
    OrganisationDisabled,
    /// A body that is no JSON, with the character that it begins with.
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
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Whether the body is declared as `text/plain`.
    pub(crate) plain: bool,
    pub(crate) body: Value,
    /// The `WWW-Authenticate` header (RFC 9110 §11.6.1).
    pub(crate) challenge: Option<&'static str>,
}

impl Refusal {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, plain: false, body, challenge: None }
    }

    pub(crate) fn plain(status: u16, text: &str) -> Self {
        Self { status, plain: true, body: json!(text), challenge: None }
    }

    /// The error response of RFC 6749 §5.2.
    pub(crate) fn oauth(status: u16, error: &str, description: &str) -> Self {
        Self::json(status, json!({ "error": error, "error_description": description }))
    }
}
