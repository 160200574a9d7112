//! A **provider** is a kind of server, described as data: how its tokens are requested, found and explained.
//!
//! Rule: adding one adds a value, a fixture and a journey; no code elsewhere matches on a provider's id. Every
//! difference between two servers is a field here, and texts with `{placeholders}` cover what depends on the
//! environment or the service user (see [`template`]). Users write the same data as TOML or JSON (see [`file`]), so a
//! name here is a name in their files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::endpoints::Endpoints;

mod built_in;
mod call;
mod creation;
mod error;
pub mod file;
mod grant;
mod key_files;
mod reading;
mod recipe;
mod refusals;
pub(crate) mod rpc_code;
mod rules;
mod scopes;
pub mod template;

pub(crate) use built_in::library_rules;
pub use built_in::{built_in, is_built_in};
pub use call::{Call, Method};
pub use creation::{CreationRules, GrantRules, Role};
pub use error::ProviderError;
pub(crate) use grant::CLIENT_ASSERTION_TYPE;
pub use grant::{Body, Carrier, DirectRules, HeaderRules, KeyGrant, KeyIdRule, SecretGrant, SecretPlace};
pub use key_files::{FileFact, KeyEncoding, KeyFileRule, KeyFiles, Shape};
pub(crate) use recipe::{API_ADDRESS, RECIPE_PLACEHOLDERS};
pub use recipe::{
    ActorRules, AddRules, ExpiryRule, ListRules, Lookup, Maker, Mark, OwnRight, PermissionRules, ProofRules,
    PublicForm, Recipe, RegistrationRules,
};
pub(crate) use refusals::write as refusal_rules;
pub use refusals::{ContentKind, Reason, Reasons, RefusalRule, Refusals, RequestKind, Sent};
pub(crate) use rules::ENDPOINT;
pub use rules::{
    IntrospectionRules, KeySetRules, Probe, ProbeAnswer, Provisioning, ResponseMap, Scheme, UserinfoRules,
};
pub use scopes::{Evidence, ScopePlace, ScopePreset, ScopeRules};

/// Identifies a provider profile, for example `zitadel`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct ProviderId(pub String);

/// A kind of server, as data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Provider {
    /// Its id in the catalogue: lower-case letters, digits and hyphens.
    pub id: ProviderId,
    /// The name shown when adding an environment.
    pub name: String,
    /// One sentence about the servers it is for.
    pub summary: String,
    /// The heading under which several profiles for one vendor's servers are listed; empty for none.
    pub family: String,
    /// The issuer to start from: complete for servers with a fixed address, otherwise an example.
    pub issuer_example: String,
    /// Whether `issuer_example` is the real issuer and not just an example.
    pub issuer_is_fixed: bool,
    /// Whether endpoints are discovered (OpenID Connect Discovery §4) or made from `endpoints`.
    pub discovers: bool,
    /// Endpoint templates for when discovery isn't used or fails.
    pub endpoints: Endpoints,
    /// What an environment needs besides its issuer.
    pub parameters: Vec<Parameter>,
    /// What this provider's console calls the ids.
    pub ids: IdNames,
    /// Which key files these servers issue.
    pub key_files: KeyFiles,
    /// How a private key gets a token; absent if the servers don't accept any.
    pub private_key: Option<KeyGrant>,
    /// How a client secret gets a token; absent if the servers don't accept any.
    pub client_secret: Option<SecretGrant>,
    /// How a personal access token is sent; absent if there are none.
    pub ready_token: Option<Scheme>,
    /// Where the token response has each value.
    pub response: ResponseMap,
    /// How scopes are requested.
    pub scopes: ScopeRules,
    /// `iss` of the access tokens if it isn't the issuer (RFC 9068 §2.2), for example `frontier`.
    pub token_issuer: Option<String>,
    /// Whom a token belongs to, and how to ask.
    pub userinfo: UserinfoRules,
    /// How tokens are introspected.
    pub introspection: IntrospectionRules,
    /// How the key set is fetched.
    pub key_set: KeySetRules,
    /// The request that shows whether a server is of this kind. If absent, an empty request goes to the token endpoint,
    /// which must refuse it.
    pub probe: Option<Probe>,
    /// How keys and secrets are created and removed through the server's API; absent if it has none.
    pub provisioning: Option<Provisioning>,
    /// How credentials are rotated and listed through the server's API, a recipe for each kind and each version of the
    /// API, the newest first; empty if it has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipes: Vec<Recipe>,
    /// How a service user is created through the server's API; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationRules>,
    /// Claims that have a special meaning here.
    pub glossary: Vec<ClaimMeaning>,
    /// How far the local clock may be ahead before the servers reject an assertion, in seconds.
    pub clock_tolerance: u32,
    /// How its servers refuse requests, and what that means.
    pub refusals: Refusals,
    /// The former name of the rules in `refusals`: read, and prepended to them right away.
    #[serde(skip_serializing)]
    pub meanings: Vec<RefusalRule>,
}

/// What an environment needs besides its issuer; its name is a placeholder in templates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Parameter {
    /// The placeholder, for example `orgId`.
    pub name: String,
    /// Its name on screen, for example `Organisation id`.
    pub label: String,
    /// What it is for and where to find it, in a sentence.
    pub explains: String,
    /// Whether the environment can't work without it.
    pub required: bool,
}

/// What the provider's console calls the ids; an empty name means the default term.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IdNames {
    /// The service user's id.
    pub user_id: String,
    /// The client id, if there is one in addition to the user id.
    pub client_id: String,
    /// The key's id.
    pub key_id: String,
}

impl IdNames {
    /// Whether a client id is different from the service user's id.
    pub fn knows_client_ids(&self) -> bool {
        self.user_id.is_empty() || !self.client_id.is_empty()
    }
}

/// What a claim means to this provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimMeaning {
    /// The claim's name; `*` matches any run of characters, as in `urn:zitadel:iam:org:project:*:roles`.
    pub claim: String,
    /// What it means, in a few words.
    pub meaning: String,
    /// How its value is encoded.
    #[serde(default)]
    pub form: ClaimForm,
}

/// How a claim's value is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ClaimForm {
    /// As is.
    #[default]
    Plain,
    /// `{role: {organisation id: domain}}`.
    ZitadelRoles,
    /// `{key: base64url without padding}`.
    Base64Map,
}

/// The values of an environment's parameters, by name.
pub type ParameterValues = BTreeMap<String, String>;

/// An id that a credential needs besides its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum IdKind {
    /// The service user's id.
    UserId,
    /// The client id.
    ClientId,
    /// The key's id.
    KeyId,
}

impl Provider {
    /// Whether a key's client id is different from its service user's id, so that both are required.
    pub fn tells_client_from_user(&self) -> bool {
        let Some(grant) = &self.private_key else { return false };
        let texts = || grant.texts().chain(self.provisioning_texts());
        texts().any(|text| template::mentions(text, "clientId"))
            && texts().any(|text| template::mentions(text, "userId"))
    }

    /// Whether the service user's id is sent in addition to a secret's client id, which can't replace it.
    pub fn names_users_beside_secrets(&self) -> bool {
        let fields = self.client_secret.iter().flat_map(SecretGrant::texts);
        fields.chain(self.provisioning_texts()).any(|text| template::mentions(text, "userId"))
    }

    /// Whether a client may act for users other than the one named in its key file.
    pub fn speaks_for_users(&self) -> bool {
        self.private_key.as_ref().is_some_and(|grant| grant.speaks_for_users)
    }

    /// The profile for signing assertions for direct use, if they differ from exchanged ones.
    pub fn for_direct_use(&self) -> Option<Self> {
        let grant = self.private_key.as_ref()?;
        let DirectRules { subject, audience, claims } = grant.direct_rules.clone()?;
        let grant = KeyGrant { subject, audience, claims, direct_rules: None, ..grant.clone() };
        Some(Self { private_key: Some(grant), ..self.clone() })
    }

    /// Whether assertions contain the key's id anywhere.
    pub fn key_id_rule(&self) -> KeyIdRule {
        let Some(grant) = &self.private_key else { return KeyIdRule::Never };
        let written = grant.key_id_claim || grant.texts().any(|text| template::mentions(text, "keyId"));
        if written { KeyIdRule::Required } else { grant.header.key_id }
    }

    fn provisioning_texts(&self) -> impl Iterator<Item = &str> {
        self.provisioning.iter().flat_map(Provisioning::texts)
    }

    /// The scopes that a new service user starts with.
    pub fn default_scopes(&self) -> Vec<String> {
        self.scopes.defaults.clone()
    }
}
