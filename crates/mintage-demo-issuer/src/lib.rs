//! A **demo issuer** is a small, strict OAuth issuer that serves on loopback: behind "Try the demo" in the
//! app, and one of the servers that the journeys' tests mint tokens from.
//!
//! Rule: it plays one [`System`], checks what that system checks and answers as it answers (ZITADEL in the
//! [`Dialect`] of the era asked for), so that what works here works there. Users, time and quirks are given
//! by the caller; nothing is written to disk, and everything ends with the [`DemoIssuer`].
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
mod http;
mod issuer;
mod key_pair;
mod random;
mod refusal;
mod requests;
mod scope;
mod shared;
mod signing;

mod system;
mod token;
mod user;

pub use application::Application;
pub use config::{Clock, Config, Host, Quirks, RateLimit, Redirect};
pub use credential::{RegisteredSecret, RegisteredToken};
pub use dialect::Dialect;
pub use issuer::{DemoIssuer, StartError};
pub use requests::SeenRequest;
pub use signing::{Algorithm, KeyGenerationFailed, OldKeys};
pub use system::System;
pub use user::{Organisation, RegisteredKey, Role, Subject, TokenForm, User, UserState};
