//! The **rules** for everything except requesting a token: what responses look like, and who may ask what.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::call::{Call, Method};
use super::grant::{Body, SecretPlace};

/// Where a token response has each value, as JSON Pointers (RFC 6901); an empty one means nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ResponseMap {
    /// The token: the first of these that is present.
    pub token: Vec<String>,
    /// Its lifetime in seconds. If neither this nor `expires_at` is present, the token's own `exp` is used.
    pub lifetime: String,
    /// Its expiry as RFC 3339.
    pub expires_at: String,
    /// The granted scopes.
    pub scope: String,
    /// Its type, which must be `Bearer`, ignoring case.
    pub token_type: String,
    /// Whether the type may be missing.
    pub token_type_optional: bool,
    /// Whether a success is 201 Created instead of 200 (GitHub).
    pub created: bool,
    /// Further members worth showing; never secrets. For example `/instance_url`.
    pub shown: Vec<String>,
}

impl Default for ResponseMap {
    /// RFC 6749 §5.1.
    fn default() -> Self {
        Self {
            token: vec!["/access_token".to_owned()],
            lifetime: "/expires_in".to_owned(),
            expires_at: String::new(),
            scope: "/scope".to_owned(),
            token_type: "/token_type".to_owned(),
            token_type_optional: false,
            created: false,
            shown: Vec::new(),
        }
    }
}

/// How a token is sent to an API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Scheme {
    /// `Authorization: Bearer …` (RFC 6750 §2.1).
    #[default]
    Bearer,
    /// `Authorization: Basic …` with the token's id and the token (Frontier's opaque tokens).
    Basic,
}

/// How to ask a server whom a token belongs to (OpenID Connect Core §5.3, or its equivalent).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct UserinfoRules {
    /// The method.
    pub method: Method,
    /// Where the response has the subject, as a JSON Pointer; empty for nowhere.
    pub subject: String,
    /// Whether that subject, and `sub` of an access token, is the service user's id, so that it can correct one that
    /// was entered wrong.
    pub subject_is_user: bool,
    /// Whether to retry after a 404 with the credential itself, self-signed or as Basic: some servers don't recognise
    /// their own exchanged tokens there (Frontier before v0.45).
    pub direct_on_404: bool,
}

impl Default for UserinfoRules {
    fn default() -> Self {
        Self { method: Method::Get, subject: "/sub".to_owned(), subject_is_user: false, direct_on_404: false }
    }
}

/// The placeholder for the URL that is called, only in [`IntrospectionRules::audience`].
pub(crate) const ENDPOINT: &str = "endpoint";

/// How a client authenticates when introspecting (RFC 7662 §2) and revoking tokens (RFC 7009 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IntrospectionRules {
    /// Where the client's secret goes, if it authenticates with one.
    pub place: SecretPlace,
    /// `aud` of the assertion, if it authenticates with one, as templates; `{endpoint}` is the URL that is
    /// called.
    pub audience: Vec<String>,
    /// The scope that adds the client's project to a token's audience, with `{projectId}`; empty if there is none.
    pub audience_scope: String,
    /// What to know before revoking a token, in whole sentences; empty for nothing.
    pub revocation_note: String,
}

impl Default for IntrospectionRules {
    /// RFC 7523 §3 point 3 names the issuer and the token endpoint; RFC 7523bis keeps only the issuer.
    fn default() -> Self {
        Self {
            place: SecretPlace::default(),
            audience: vec!["{issuer}".to_owned()],
            audience_scope: String::new(),
            revocation_note: String::new(),
        }
    }
}

/// A request without a credential, and what its responses mean: for servers that publish nothing to recognise them by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Probe {
    /// The method.
    pub method: Method,
    /// Its address, as a template.
    pub url: String,
    /// How the empty body of a POST is encoded.
    pub body: Body,
    /// What responses mean; the first match wins, and one that isn't listed comes from some other server.
    pub answers: Vec<ProbeAnswer>,
}

/// What a response to a [`Probe`] means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProbeAnswer {
    /// HTTP status.
    pub status: u16,
    /// A part of what it says, in any case; an empty one matches every response.
    pub says: String,
    /// What to do about it, as one imperative sentence; empty if this is the right server's response.
    pub help: String,
}

impl ProbeAnswer {
    /// Whether a response matches.
    pub(crate) fn is(&self, status: u16, said: &str) -> bool {
        self.status == status && said.to_lowercase().contains(&self.says.to_lowercase())
    }
}

/// How the key set is fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct KeySetRules {
    /// The method.
    pub method: Method,
    /// Whether it requires a token (Frontier Connect).
    pub authenticated: bool,
}

/// How keys and secrets are created and removed through the server's API, with an administrator's token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Provisioning {
    /// Creates a key; the response contains it, once.
    pub create_key: Call,
    /// Creates a secret; the response contains it, once.
    pub create_secret: Call,
    /// Returns the public half of a key as a JWK set.
    pub public_key: Call,
    /// Removes a key.
    pub delete_key: Call,
    /// Removes a secret.
    pub delete_secret: Call,
}

impl Provisioning {
    /// Its calls, each with its member.
    pub(crate) fn calls(&self) -> [(&'static str, &Call); 5] {
        [
            ("provisioning.createKey", &self.create_key),
            ("provisioning.createSecret", &self.create_secret),
            ("provisioning.publicKey", &self.public_key),
            ("provisioning.deleteKey", &self.delete_key),
            ("provisioning.deleteSecret", &self.delete_secret),
        ]
    }

    /// Every template in it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.calls().into_iter().flat_map(|(_, call)| call.texts())
    }
}
