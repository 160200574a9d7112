//! A **demo issuer** is a small, strict ZITADEL that serves on loopback, behind "Try the demo" in the app.
//!
//! Rule: it has the checks and answers of ZITADEL in one of its versions ([`Era`]), so that what works here works
//! there. A comment at each odd answer names its source. Users, time and quirks are given by the caller; nothing
//! is written to disk, and everything ends with the [`DemoIssuer`]. Its parts (rules as data, checks, tokens) are
//! public, so that tests can build the servers of other makers from them; see `mintage-testbed`.
//!
//! Not included: browser logins, refresh tokens, TLS. It has no private key except its own signing key, and listens
//! only on 127.0.0.1.

mod application;
pub mod assertion;
pub mod claims;
mod config;
mod credential;
pub mod der;
mod dialect;
mod era;
pub mod grpc;
pub mod http;
mod issuer;
pub mod key_pair;
mod lag;
mod language;
mod membership;
pub mod place;
mod quirks;
pub mod random;
pub mod refusal;
mod requests;
pub mod rules;
pub mod scope;
mod service;
pub mod shared;
mod signing;
pub mod token;
mod user;
pub mod words;
mod zitadel;

pub use application::{Application, OidcApplication};
pub use config::{Clock, Config, Host};
pub use credential::{RegisteredSecret, RegisteredToken};
pub use dialect::Dialect;
pub use era::Era;
pub use issuer::{DemoIssuer, StartError};
pub use lag::Lag;
pub use language::Language;
pub use membership::Membership;
pub use quirks::{Instead, Loss, Quirks, RateLimit, Redirect};
pub use requests::SeenRequest;
pub use service::Service;
pub use signing::{Algorithm, KeyGenerationFailed, OldKeys};
pub use user::{Organisation, RegisteredKey, Role, Subject, TokenForm, User, UserState};
