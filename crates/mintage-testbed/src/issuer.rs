//! The **issuers** that tests mint tokens from: the demo's ZITADEL, and a server for every other vendor, each as strict
//! as the real one. A comment at each odd response names its source.

pub use mintage_demo::{
    Algorithm, Application, Clock, Config, DemoIssuer, Dialect, Era, Host, Instead, KeyGenerationFailed, Lag, Language,
    Loss, Membership, OidcApplication, OldKeys, Organisation, Quirks, RateLimit, Redirect, RegisteredKey,
    RegisteredSecret, RegisteredToken, Role, SeenRequest, Service, StartError, Subject, TokenForm, User, UserState,
};

pub use crate::frontier::{Calls, Frontier};
pub use crate::system::System;
pub use crate::version::Version;
