//! The **rules** of a system as data: where its endpoints are, what it accepts, what its tokens are like. Two things
//! aren't data: its words for a refusal, and the shape of its token response.

use serde_json::Value;
use time::OffsetDateTime;

use crate::assertion::AssertionRules;
use crate::place::Place;
use crate::refusal::{Failure, Refusal};
use crate::token::{Grant, TokenAudience, TokenRules};

/// The value of `grant_type` for an assertion (RFC 7523 §2.1).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The value of `grant_type` for a client that acts for itself (RFC 6749 §4.4).
pub const CLIENT_CREDENTIALS: &str = "client_credentials";
/// The value of `client_assertion_type` (RFC 7523 §2.2).
pub const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Where OpenID Connect Discovery puts its document.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";

/// One system.
#[derive(Clone, Copy)]
pub struct Rules {
    /// What follows the origin in the issuer's name.
    pub issuer: &'static str,
    pub paths: Paths,
    /// Whether the token endpoint accepts JSON as well as a form.
    pub takes_json: bool,
    pub grants: &'static [GrantRule],
    /// For the assertion of a grant, and for one that authenticates a client.
    pub assertion: AssertionRules,
    pub scope: ScopeRule,
    /// Whether `client_id` is required next to an assertion.
    pub client_id_required: bool,
    /// Whether a client with a secret uses its login name; otherwise its id.
    pub clients_are_login_names: bool,
    pub token: TokenRules,
    /// The status of a token response.
    pub status: u16,
    pub respond: fn(&Issued<'_>) -> Value,
    pub refuse: fn(&Failure, &Place) -> Refusal,
}

impl Rules {
    /// The rule for a value of `grant_type`.
    pub fn grant(&self, grant_type: Option<&str>) -> Result<&'static GrantRule, Failure> {
        let unnamed = self.grants.iter().find(|grant| grant.grant_type.is_none());
        if let Some(rule) = unnamed {
            return Ok(rule);
        }
        let wanted = grant_type.ok_or(Failure::GrantTypeMissing)?;
        let rule = self.grants.iter().find(|grant| grant.grant_type == Some(wanted));
        rule.ok_or_else(|| Failure::GrantTypeUnsupported(wanted.to_owned()))
    }

    /// Whether a token is introspected and revoked only by clients that its `aud` names.
    pub fn guards_audience(&self) -> bool {
        self.token.audience == TokenAudience::Projects
    }
}

/// Where the endpoints are. A missing one isn't served.
#[derive(Clone, Copy, Debug)]
pub struct Paths {
    pub token: &'static str,
    pub discovery: Option<&'static str>,
    pub keys: Option<&'static str>,
    pub userinfo: Option<&'static str>,
    pub introspection: Option<&'static str>,
    pub revocation: Option<&'static str>,
}

impl Paths {
    /// A token endpoint and nothing else.
    pub const fn token_only(token: &'static str) -> Self {
        Self { token, discovery: None, keys: None, userinfo: None, introspection: None, revocation: None }
    }
}

/// A grant and how a client may authenticate.
#[derive(Clone, Copy, Debug)]
pub struct GrantRule {
    /// The value of `grant_type`; `None` if the system requires none.
    pub grant_type: Option<&'static str>,
    pub carriers: &'static [Carrier],
    /// Whether the client's secret is required in the form in addition to the assertion.
    pub secret_too: bool,
    /// The form field that names whom a client with a secret acts for, and the one that must accompany it; none if it
    /// is the client itself.
    pub speaks_for: Option<(&'static str, &'static str)>,
}

impl GrantRule {
    /// `urn:ietf:params:oauth:grant-type:jwt-bearer` with the assertion in the form (RFC 7523 §2.1).
    pub const JWT_BEARER: Self =
        Self { grant_type: Some(JWT_BEARER), carriers: &[Carrier::Assertion], secret_too: false, speaks_for: None };

    /// `client_credentials` (RFC 6749 §4.4).
    pub const fn client_credentials(carriers: &'static [Carrier]) -> Self {
        Self { grant_type: Some(CLIENT_CREDENTIALS), carriers, secret_too: false, speaks_for: None }
    }
}

/// What carries the authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The form field `assertion`.
    Assertion,
    /// The form fields `client_assertion` and `client_assertion_type`.
    ClientAssertion,
    /// `Authorization: Bearer` with an assertion.
    BearerAssertion,
    /// `Authorization: Basic`, id and secret form-encoded first (RFC 6749 §2.3.1).
    Basic,
    /// The form fields `client_id` and `client_secret`.
    Post,
}

/// Where scopes go, and which are refused.
#[derive(Clone, Copy, Debug)]
pub struct ScopeRule {
    pub place: ScopePlace,
    /// Whether a request without any is rejected.
    pub required: bool,
    /// What each scope must end with.
    pub suffix: Option<&'static str>,
}

/// Where scopes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopePlace {
    /// In the form; ZITADEL's reserved ones are known, any other is dropped.
    FormAsZitadel,
    /// In the form.
    Form,
    /// In the assertion, as the claim `scope`.
    Claim,
    /// The same; `target_audience` in its place requests an id token for someone else.
    ClaimOrTarget,
    /// There are none.
    Nowhere,
}

/// The content of a token response.
pub struct Issued<'a> {
    pub place: &'a Place,
    pub grant: &'a Grant,
    pub access_token: &'a str,
    pub id_token: Option<String>,
}

impl Issued<'_> {
    /// The token's lifetime in whole seconds.
    pub fn expires_in(&self) -> i64 {
        (self.grant.expires_at - self.grant.issued_at).whole_seconds()
    }

    pub fn expires_at(&self) -> OffsetDateTime {
        self.grant.expires_at
    }

    /// The scopes granted, joined with spaces.
    pub fn scope(&self) -> String {
        self.grant.scopes.joined()
    }
}
