//! The **quirks** of an issuer: how it differs from a well-behaved one. They can be changed while it runs.

use time::Duration;

use crate::dialect::Dialect;
use crate::era::Era;
use crate::lag::Lag;
use crate::language::Language;

/// How an issuer differs from a well-behaved one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quirks {
    /// How its token endpoint words refusals (ZITADEL).
    pub dialect: Dialect,
    /// How everything else behaves (ZITADEL). [`Quirks::of`] sets both consistently.
    pub era: Era,
    /// The language of its API's texts if the client asks for none that it knows (ZITADEL).
    pub language: Language,
    /// How far its responses lag behind changes (ZITADEL).
    pub lag: Lag,
    /// Refuses everything except discovery and the key set because the quota is exhausted; waiting doesn't help
    /// (ZITADEL).
    pub quota_exhausted: bool,
    /// Added to the caller's clock: for every check, every claim and the `Date` header.
    pub clock_offset: Duration,
    /// How long access tokens are valid.
    pub token_lifetime: Duration,
    /// Whether an id token's `exp` equals its `iat`, like ZITADEL's for service users.
    pub id_token_expires_at_issue: bool,
    /// Adds a `parent` member with the true cause to refusals in JSON.
    pub tells_parent: bool,
    /// Returns 429 after a number of requests.
    pub rate_limit: Option<RateLimit>,
    /// Responds to every request with 200 and an HTML page, like a captive portal or a wrong address.
    pub html_instead: bool,
    /// Puts its endpoints, including the token endpoint, on this computer's other name, and responds there too: like
    /// ZITADEL in 2021, with the issuer and its endpoints on two hosts.
    pub endpoints_elsewhere: bool,
    /// Redirects every request except those for discovery and the key set to another host.
    pub redirect: Option<Redirect>,
    /// Accepts every request except those for discovery and the key set, and never responds.
    pub silent: bool,
    /// Answers that are lost on the way.
    pub losses: Vec<Loss>,
    /// Refuses a request for any of these scopes.
    pub refused_scopes: Vec<String>,
    /// Silently leaves these scopes out of what it grants.
    pub dropped_scopes: Vec<String>,
    /// Nobody has agreed that a client acts for them.
    pub consent_missing: bool,
    /// The client isn't allowed to use its grant.
    pub grant_not_allowed: bool,
    /// Requires each token request to have a proof of possession (RFC 9449), if the system supports it.
    pub dpop_required: bool,
    /// Permissions that nobody has, whatever its role, in the words of a vendor's API.
    pub missing_rights: Vec<String>,
    /// The organisation's policy forbids uploading keys (Google).
    pub upload_forbidden: bool,
    /// The tenant's plan doesn't include keys of applications (Auth0).
    pub plan_without_keys: bool,
    /// Every `jti` counts as used before, if the system checks it.
    pub ids_are_used: bool,
    /// The organisation of every user is disabled (Frontier).
    pub organisation_disabled: bool,
    /// Doesn't recognise exchanged tokens on "who am I", like Frontier before v0.45.
    pub exchanged_token_is_nobody: bool,
}

impl Quirks {
    /// A well-behaved server of this era.
    pub fn of(era: Era) -> Self {
        Self { era, dialect: era.dialect(), ..Self::default() }
    }
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            era: Era::default(),
            language: Language::default(),
            lag: Lag::default(),
            quota_exhausted: false,
            clock_offset: Duration::ZERO,
            token_lifetime: Duration::seconds(43_199),
            id_token_expires_at_issue: true,
            tells_parent: false,
            rate_limit: None,
            html_instead: false,
            endpoints_elsewhere: false,
            redirect: None,
            silent: false,
            losses: Vec::new(),
            refused_scopes: Vec::new(),
            dropped_scopes: Vec::new(),
            consent_missing: false,
            grant_not_allowed: false,
            dpop_required: false,
            missing_rights: Vec::new(),
            upload_forbidden: false,
            plan_without_keys: false,
            ids_are_used: false,
            organisation_disabled: false,
            exchanged_token_is_nobody: false,
        }
    }
}

/// A quota on the token, userinfo and introspection endpoints; discovery and the key set stay free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that still succeed, counted from the start or the last change of quirks.
    pub after: u32,
    /// The `Retry-After` header, in whole seconds (RFC 9110 §10.2.3).
    pub retry_after: Option<Duration>,
}

/// An answer that is lost on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The method of the request; empty for any.
    pub method: String,
    /// What its path ends with; empty for any.
    pub path_end: String,
    /// Whether the server did what was asked before the answer was lost.
    pub done: bool,
    /// How many such answers arrive before.
    pub after: u32,
    /// How many such answers are lost.
    pub times: u32,
    /// What the client gets instead.
    pub instead: Instead,
}

/// What a client gets instead of an answer that is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instead {
    /// A proxy says 502.
    #[default]
    BadGateway,
    /// The connection is cut before a byte of it arrives.
    Cut,
    /// Nothing, as long as the client waits; it isn't answered before the server ends.
    Silence,
}

/// Where requests are redirected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// 301, 302, 307 or 308.
    pub status: u16,
    /// Scheme and host of the `Location` header; the request's path follows.
    pub origin: String,
}
