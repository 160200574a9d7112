//! The **rules** of a system as data: where its endpoints are, what it takes, what its tokens are like.
//! Two things are not data: its words for a refusal, and the shape of its token response.

use serde_json::Value;
use time::OffsetDateTime;

use crate::assertion::AssertionRules;
use crate::refusal::{Failure, Refusal};
use crate::system::Place;
use crate::token::Grant;
use crate::user::{TokenForm, User};

/// One system.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// What follows the origin in the issuer's name.
    pub(crate) issuer: &'static str,
    pub(crate) paths: Paths,
    /// Whether the token endpoint reads JSON as well as a form.
    pub(crate) takes_json: bool,
    pub(crate) grants: &'static [GrantRule],
    /// For the assertion of a grant, and for one that authenticates a client.
    pub(crate) assertion: AssertionRules,
    pub(crate) scope: ScopeRule,
    /// Whether `client_id` must stand beside an assertion.
    pub(crate) client_id_required: bool,
    /// Whether a client with a secret goes by its login name; else by its id.
    pub(crate) clients_are_login_names: bool,
    pub(crate) token: TokenRules,
    /// The status of a token response.
    pub(crate) status: u16,
    pub(crate) respond: fn(&Issued<'_>) -> Value,
    pub(crate) refuse: fn(&Failure, &Place) -> Refusal,
}

impl Rules {
    /// The rule for a value of `grant_type`.
    pub(crate) fn grant(&self, grant_type: Option<&str>) -> Result<&'static GrantRule, Failure> {
        let unnamed = self.grants.iter().find(|grant| grant.grant_type.is_none());
        if let Some(rule) = unnamed {
            return Ok(rule);
        }
        let wanted = grant_type.ok_or(Failure::GrantTypeMissing)?;
        let rule = self.grants.iter().find(|grant| grant.grant_type == Some(wanted));
        rule.ok_or_else(|| Failure::GrantTypeUnsupported(wanted.to_owned()))
    }

    /// Whether a token is introspected and revoked only by those whom its `aud` names.
    pub(crate) fn guards_audience(&self) -> bool {
        self.token.audience == TokenAudience::Projects
    }
}

/// Where the endpoints are. What a system does not have, it does not serve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paths {
    pub(crate) token: &'static str,
    pub(crate) discovery: Option<&'static str>,
    pub(crate) keys: Option<&'static str>,
    pub(crate) userinfo: Option<&'static str>,
    pub(crate) introspection: Option<&'static str>,
    pub(crate) revocation: Option<&'static str>,
}

impl Paths {
    /// A token endpoint and nothing else.
    pub(crate) const fn token_only(token: &'static str) -> Self {
        Self { token, discovery: None, keys: None, userinfo: None, introspection: None, revocation: None }
    }
}

/// A grant and how a client may prove who it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GrantRule {
    /// The value of `grant_type`; `None` where the system asks for none.
    pub(crate) grant_type: Option<&'static str>,
    pub(crate) carriers: &'static [Carrier],
    /// Whether the client's secret must stand in the form beside the assertion.
    pub(crate) secret_too: bool,
    /// The form field that names whom a client with a secret speaks for, and the one that must stand beside
    /// it; the client itself where there are none.
    pub(crate) speaks_for: Option<(&'static str, &'static str)>,
}

impl GrantRule {
    /// `urn:ietf:params:oauth:grant-type:jwt-bearer` with the assertion in the form (RFC 7523 §2.1).
    pub(crate) const JWT_BEARER: Self = Self {
        grant_type: Some(super::JWT_BEARER),
        carriers: &[Carrier::Assertion],
        secret_too: false,
        speaks_for: None,
    };

    /// `client_credentials` (RFC 6749 §4.4).
    pub(crate) const fn client_credentials(carriers: &'static [Carrier]) -> Self {
        Self { grant_type: Some(super::CLIENT_CREDENTIALS), carriers, secret_too: false, speaks_for: None }
    }
}

/// What carries the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
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

/// Where scopes stand, and which are refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScopeRule {
    pub(crate) place: ScopePlace,
    /// Whether a request without any is refused.
    pub(crate) required: bool,
    /// What each scope must end with.
    pub(crate) suffix: Option<&'static str>,
}

/// Where scopes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopePlace {
    /// In the form; ZITADEL's reserved ones are known, any other is dropped.
    FormAsZitadel,
    /// In the form.
    Form,
    /// In the assertion, as the claim `scope`.
    Claim,
    /// Likewise; `target_audience` in its place asks for an id token for somebody else.
    ClaimOrTarget,
    /// There are none.
    Nowhere,
}

/// What access tokens are like.
#[derive(Clone, Copy)]
pub(crate) struct TokenRules {
    /// `None` is as the user has it.
    pub(crate) form: Option<TokenForm>,
    /// What an opaque token begins with.
    pub(crate) prefix: &'static str,
    /// In seconds, as the system is set up at first.
    pub(crate) lifetime: i64,
    pub(crate) audience: TokenAudience,
    /// Claims of a JWT beside those of RFC 9068.
    pub(crate) claims: fn(&Grant, &User) -> Value,
}

/// Whom a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenAudience {
    /// The projects that ZITADEL's scopes name, else the client.
    Projects,
    /// The form field `audience`, which names a registered API.
    Field,
    /// The scope without its suffix.
    Scope,
    /// The issuer itself.
    Issuer,
}

/// What a token response is made of.
pub(crate) struct Issued<'a> {
    pub(crate) place: &'a Place,
    pub(crate) grant: &'a Grant,
    pub(crate) access_token: &'a str,
    pub(crate) id_token: Option<String>,
}

impl Issued<'_> {
    /// The life of the token in whole seconds.
    pub(crate) fn expires_in(&self) -> i64 {
        (self.grant.expires_at - self.grant.issued_at).whole_seconds()
    }

    pub(crate) fn expires_at(&self) -> OffsetDateTime {
        self.grant.expires_at
    }

    /// The scopes granted, joined with spaces.
    pub(crate) fn scope(&self) -> String {
        self.grant.scopes.joined()
    }
}
