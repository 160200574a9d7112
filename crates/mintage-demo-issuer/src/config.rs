//! A **config** is what a demo issuer is started with; its **quirks** can be changed while it runs.
//!
//! Rule: the defaults are today's ZITADEL. No clock is read here: the caller brings one.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use crate::application::Application;
use crate::dialect::Dialect;
use crate::signing::Algorithm;
use crate::user::User;

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
    /// The users known from the start.
    pub users: Vec<User>,
    /// The applications that may introspect tokens.
    pub applications: Vec<Application>,
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
            users: Vec::new(),
            applications: Vec::new(),
            algorithm: Algorithm::default(),
            quirks: Quirks::default(),
            record_requests: false,
        }
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
}

/// How an issuer differs from a well-behaved one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quirks {
    /// The era whose refusals it speaks.
    pub dialect: Dialect,
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
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            clock_offset: Duration::ZERO,
            token_lifetime: Duration::seconds(43_199),
            id_token_expires_at_issue: true,
            tells_parent: false,
            rate_limit: None,
            html_instead: false,
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
