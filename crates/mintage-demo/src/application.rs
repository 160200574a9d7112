//! An **application** authenticates itself to the issuer: an API introspects tokens, an OIDC client may also revoke
//! those that were issued to it.

use std::fmt;

use crate::user::RegisteredKey;

/// An API application of a project.
#[derive(Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id in client authentication.
    pub client_id: String,
    /// The project that it belongs to: tokens with this project in `aud` are active for it.
    pub project_id: String,
    /// The secret for Basic authentication, if it has one.
    pub secret: Option<String>,
    /// The key for private_key_jwt, if it has one.
    pub key: Option<RegisteredKey>,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("client_id", &self.client_id)
            .field("project_id", &self.project_id)
            .field("secret", &self.secret.as_ref().map(|_| "[redacted]"))
            .field("key", &self.key)
            .finish()
    }
}

/// An application that users log in to (an OIDC client). At ZITADEL only these may revoke.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcApplication {
    /// Its id in client authentication.
    pub client_id: String,
    /// The project that it belongs to.
    pub project_id: String,
    /// Its client secret.
    pub secret: String,
}

impl fmt::Debug for OidcApplication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcApplication")
            .field("client_id", &self.client_id)
            .field("project_id", &self.project_id)
            .field("secret", &"[redacted]")
            .finish()
    }
}
