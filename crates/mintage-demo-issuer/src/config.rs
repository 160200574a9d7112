//! A **config** is what a demo issuer is started with; its **quirks** can be changed while it runs.
//!
//! Rule: the defaults are today's ZITADEL, well-behaved. No clock is read here: the caller brings one.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use crate::application::{Application, OidcApplication};
use crate::dialect::Dialect;
use crate::era::Era;
use crate::lag::Lag;
use crate::language::Language;
use crate::signing::Algorithm;
use crate::system::System;
use crate::user::User;
use crate::version::Version;

/// Tells the time; called for every request.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// What a demo issuer is started with.
#[derive(Clone)]
pub struct Config {
    /// The caller's clock.
    pub clock: Clock,
    /// The port to listen on; `None` or 0 takes a free one.
    pub port: Option<u16>,
    /// How the issuer calls itself.
    pub host: Host,
    /// The kind of server that is played.
    pub system: System,
    /// The version of Frontier; `None` is the last one that serves the system's paths.
    pub version: Option<Version>,
    /// `iss` of Frontier's tokens, in place of `frontier`; its sample configuration has
    /// `http://localhost.frontier`.
    pub token_issuer: Option<String>,
    /// What `aud` of an assertion must be, in place of the system's own rule: for systems that expect a
    /// constant of theirs.
    pub audience: Option<String>,
    /// The APIs that tokens may be for, where the system asks (Auth0's `audience`); empty is any.
    pub apis: Vec<String>,
    /// The users known from the start.
    pub users: Vec<User>,
    /// The applications that may introspect tokens.
    pub applications: Vec<Application>,
    /// The OIDC applications, which may revoke tokens at ZITADEL.
    pub oidc_applications: Vec<OidcApplication>,
    /// What tokens are signed with at first.
    pub algorithm: Algorithm,
    /// How it behaves at first.
    pub quirks: Quirks,
    /// Whether requests are kept for `requests()`. They hold assertions and tokens: for tests only.
    pub record_requests: bool,
}

impl Config {
    /// Begins with no users and no applications, on a free port, signing with RS256.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            port: None,
            host: Host::default(),
            system: System::default(),
            version: None,
            token_issuer: None,
            audience: None,
            apis: Vec::new(),
            users: Vec::new(),
            applications: Vec::new(),
            oidc_applications: Vec::new(),
            algorithm: Algorithm::default(),
            quirks: Quirks::default(),
            record_requests: false,
        }
    }

    /// Begins with a system whose tokens live as long as they do there.
    pub fn playing(system: System, clock: Clock) -> Self {
        let quirks = Quirks { token_lifetime: Duration::seconds(system.rules().token.lifetime), ..Quirks::default() };
        Self { system, quirks, ..Self::new(clock) }
    }

    /// Adds a user.
    #[must_use]
    pub fn with_user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Adds an application.
    #[must_use]
    pub fn with_application(mut self, application: Application) -> Self {
        self.applications.push(application);
        self
    }

    /// Behaves differently.
    #[must_use]
    pub fn with_quirks(mut self, change: impl FnOnce(&mut Quirks)) -> Self {
        change(&mut self.quirks);
        self
    }

    /// Plays a version of ZITADEL.
    #[must_use]
    pub fn of_era(mut self, era: Era) -> Self {
        (self.quirks.era, self.quirks.dialect) = (era, era.dialect());
        self
    }

    /// Plays a version of Frontier.
    #[must_use]
    pub fn of_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// Keeps what is asked for `requests()`.
    #[must_use]
    pub fn recording(mut self) -> Self {
        self.record_requests = true;
        self
    }
}

/// How the issuer calls itself. It always listens on 127.0.0.1, and answers to this one name alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// `http://127.0.0.1:PORT`
    #[default]
    Address,
    /// `http://localhost:PORT`
    Localhost,
}

impl Host {
    pub(crate) fn authority(self, port: u16) -> String {
        match self {
            Self::Address => format!("127.0.0.1:{port}"),
            Self::Localhost => format!("localhost:{port}"),
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Address => Self::Localhost,
            Self::Localhost => Self::Address,
        }
    }
}

/// How an issuer differs from a well-behaved one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quirks {
    /// How its token endpoint words refusals (ZITADEL).
    pub dialect: Dialect,
    /// How everything else behaves (ZITADEL). [`Era::quirks`] sets both consistently.
    pub era: Era,
    /// The language of its API's texts if the client asks for none that it knows (ZITADEL).
    pub language: Language,
    /// How far its answers lag behind changes (ZITADEL).
    pub lag: Lag,
    /// Refuses everything but discovery and the key set because the quota is exhausted; waiting doesn't help
    /// (ZITADEL).
    pub quota_exhausted: bool,
    /// Added to the caller's clock: for every check, every claim and the `Date` header.
    pub clock_offset: Duration,
    /// How long access tokens are valid.
    pub token_lifetime: Duration,
    /// Whether an id token's `exp` equals its `iat`, as ZITADEL's does for service users.
    pub id_token_expires_at_issue: bool,
    /// Adds a `parent` member with the true cause to refusals in JSON.
    pub tells_parent: bool,
    /// Answers 429 after a number of requests.
    pub rate_limit: Option<RateLimit>,
    /// Answers every request with 200 and a page of HTML, as a captive portal or a wrong address does.
    pub html_instead: bool,
    /// Names its endpoints, the token endpoint among them, at the other name of this computer, and answers
    /// there too: as ZITADEL did in 2021, with the issuer and its endpoints on two hosts.
    pub endpoints_elsewhere: bool,
    /// Sends every request but those for discovery and the key set to another host.
    pub redirect: Option<Redirect>,
    /// Takes every request but those for discovery and the key set, and never answers.
    pub silent: bool,
    /// Refuses a request for any of these scopes.
    pub refused_scopes: Vec<String>,
    /// Leaves these scopes out of what it grants, without a word.
    pub dropped_scopes: Vec<String>,
    /// Nobody has agreed that a client speaks for them.
    pub consent_missing: bool,
    /// The client may not use its grant.
    pub grant_not_allowed: bool,
    /// Wants each request for a token with a proof of possession (RFC 9449), where the system can.
    pub dpop_required: bool,
    /// Every `jti` counts as used before, where the system looks at it.
    pub ids_are_used: bool,
    /// The organisation of every user is disabled (Frontier).
    pub organisation_disabled: bool,
    /// Knows nobody by an exchanged token on "who am I", as Frontier did before v0.45.
    pub exchanged_token_is_nobody: bool,
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
            refused_scopes: Vec::new(),
            dropped_scopes: Vec::new(),
            consent_missing: false,
            grant_not_allowed: false,
            dpop_required: false,
            ids_are_used: false,
            organisation_disabled: false,
            exchanged_token_is_nobody: false,
        }
    }
}

/// A quota on the token, userinfo and introspection endpoints; discovery and the key set stay free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that are still answered, counted from the start or the last change of quirks.
    pub after: u32,
    /// The `Retry-After` header, in whole seconds (RFC 9110 §10.2.3).
    pub retry_after: Option<Duration>,
}

/// Where requests are sent instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// 301, 302, 307 or 308.
    pub status: u16,
    /// Scheme and host of the `Location` header; the request's path follows.
    pub origin: String,
}
