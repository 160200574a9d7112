//! **Endpoints** are the addresses at which a server answers: as users enter them, as discovery names them, and as
//! templates in a provider's profile.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Which endpoint is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Endpoint {
    /// Token endpoint (RFC 6749 §3.2).
    Token,
    /// Userinfo endpoint (OpenID Connect Core §5.3), or its equivalent for "who am I".
    Userinfo,
    /// Introspection endpoint (RFC 7662 §2).
    Introspection,
    /// Revocation endpoint (RFC 7009 §2).
    Revocation,
    /// JWK set (RFC 7517 §5).
    #[serde(rename = "jwks")]
    KeySet,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 5] =
        [Self::Token, Self::Userinfo, Self::Introspection, Self::Revocation, Self::KeySet];

    /// Its name in sentences.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token endpoint",
            Self::Userinfo => "userinfo endpoint",
            Self::Introspection => "introspection endpoint",
            Self::Revocation => "revocation endpoint",
            Self::KeySet => "key set",
        }
    }
}

/// The endpoints of a server, as far as whoever names them knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoints {
    /// Token endpoint (RFC 6749 §3.2).
    pub token: Option<String>,
    /// Userinfo endpoint (OpenID Connect Core §5.3), or its equivalent for "who am I".
    pub userinfo: Option<String>,
    /// Introspection endpoint (RFC 7662 §2).
    pub introspection: Option<String>,
    /// Revocation endpoint (RFC 7009 §2).
    pub revocation: Option<String>,
    /// JWK set (RFC 7517 §5).
    pub jwks: Option<String>,
}

impl Endpoints {
    /// One of them, without space around it; `None` if it is empty, too.
    pub(crate) fn get(&self, endpoint: Endpoint) -> Option<&str> {
        let address = match endpoint {
            Endpoint::Token => &self.token,
            Endpoint::Userinfo => &self.userinfo,
            Endpoint::Introspection => &self.introspection,
            Endpoint::Revocation => &self.revocation,
            Endpoint::KeySet => &self.jwks,
        };
        address.as_deref().map(str::trim).filter(|address| !address.is_empty())
    }

    /// Those that there are.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Endpoint, &str)> {
        Endpoint::ALL.into_iter().filter_map(|endpoint| Some((endpoint, self.get(endpoint)?)))
    }
}
