//! A **config** is what a demo issuer is started with; its [quirks](Quirks) can be changed while it runs.
//!
//! Rule: the defaults are today's ZITADEL, well-behaved. No clock is read here: the caller provides one.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::application::{Application, OidcApplication};
use crate::era::Era;
use crate::quirks::Quirks;
use crate::service::Service;
use crate::signing::Algorithm;
use crate::user::User;

/// Returns the time; called for every request.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// What a demo issuer is started with.
#[derive(Clone)]
pub struct Config {
    /// The caller's clock.
    pub clock: Clock,
    /// The port to listen on; `None` or 0 takes a free one.
    pub port: Option<u16>,
    /// The issuer's name.
    pub host: Host,
    /// The kind of server that it is.
    pub service: Service,
    /// What `aud` of an assertion must be, instead of the system's own rule: for systems that expect a constant.
    pub audience: Option<String>,
    /// The APIs that tokens may be for, if the system asks (Auth0's `audience`); empty is any.
    pub apis: Vec<String>,
    /// The users known from the start.
    pub users: Vec<User>,
    /// The applications that may introspect tokens.
    pub applications: Vec<Application>,
    /// The OIDC applications, which may revoke tokens at ZITADEL.
    pub oidc_applications: Vec<OidcApplication>,
    /// The initial signing algorithm.
    pub algorithm: Algorithm,
    /// How it behaves at first.
    pub quirks: Quirks,
    /// Whether requests are kept for `requests()`. They contain assertions and tokens: for tests only.
    pub record_requests: bool,
}

impl Config {
    /// Begins with no users and no applications, on a free port, signing with RS256.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            port: None,
            host: Host::default(),
            service: Service::zitadel(),
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

    /// Behaves as this version of ZITADEL.
    #[must_use]
    pub fn of_era(mut self, era: Era) -> Self {
        (self.quirks.era, self.quirks.dialect) = (era, era.dialect());
        self
    }

    /// Keeps requests for `requests()`.
    #[must_use]
    pub fn recording(mut self) -> Self {
        self.record_requests = true;
        self
    }
}

/// The issuer's name. It always listens on 127.0.0.1, and responds only to this name.
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
