//! A **demo issuer** is a small, strict OAuth issuer that serves on loopback: behind "Try the demo" in the
//! app, and one of the servers that the journeys' tests mint tokens from.
//!
//! Rule: it plays one [`System`] in one of its versions ([`Era`] of ZITADEL, [`Version`] of Frontier), with that
//! server's checks and answers, so that what works here works there. A comment at each odd answer names its
//! source. Users, time and quirks are given by the caller; nothing is written to disk, and everything ends with
//! the [`DemoIssuer`].
//!
//! Not here: logins in a browser, refresh tokens, TLS. It holds no private key but its own signing key, and
//! listens on 127.0.0.1 only.

mod application;
mod assertion;
mod claims;
mod config;
mod credential;
mod der;
mod dialect;
mod era;
mod grpc;
mod http;
mod issuer;
mod key_pair;
mod lag;
mod language;
mod membership;
mod random;
mod refusal;
mod requests;
mod scope;
mod shared;
mod signing;
mod system;
mod token;
mod user;
mod version;

pub use application::{Application, OidcApplication};
pub use config::{Clock, Config, Host, Quirks, RateLimit, Redirect};
pub use credential::{RegisteredSecret, RegisteredToken};
pub use dialect::Dialect;
pub use era::Era;
pub use issuer::{DemoIssuer, StartError};
pub use lag::Lag;
pub use language::Language;
pub use membership::Membership;
pub use requests::SeenRequest;
pub use signing::{Algorithm, KeyGenerationFailed, OldKeys};
pub use system::System;
pub use user::{Organisation, RegisteredKey, Role, Subject, TokenForm, User, UserState};
pub use version::Version;
