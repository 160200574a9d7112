//! A **provider** is a kind of server: how its tokens are asked for, found and explained. It is data.
//!
//! Rule: adding one adds a value, a fixture and a journey; no code elsewhere matches on a provider's id.
//! Whatever differs between two servers is a field here, and texts with `{placeholders}` say what
//! depends on the environment or the service user (see [`template`]). Users write the same data as TOML
//! or JSON (see [`file`]), so a name here is a name in their files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

mod built_in;
pub mod file;
mod grant;
mod key_files;
mod refusals;
mod rules;
mod scopes;
pub mod template;

pub(crate) use built_in::library_rules;
pub use built_in::{built_in, is_built_in};
pub(crate) use grant::CLIENT_ASSERTION_TYPE;
pub use grant::{Body, Carrier, DirectRules, HeaderRules, KeyGrant, KeyIdRule, SecretGrant, SecretPlace};
pub use key_files::{FileFact, KeyEncoding, KeyFileRule, KeyFiles};
pub(crate) use refusals::write as refusal_rules;
pub use refusals::{ContentKind, Reason, Reasons, RefusalRule, Refusals, RequestKind, Sent};
pub(crate) use rules::ENDPOINT;
pub use rules::{
    Call, IntrospectionRules, KeySetRules, Method, Probe, ProbeAnswer, Provisioning, ResponseMap, Scheme, UserinfoRules,
};
pub use scopes::{Evidence, ScopePlace, ScopePreset, ScopeRules};

/// Names a provider profile, for example `zitadel`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct ProviderId(pub String);

/// A kind of server, as data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Provider {
    /// Its name in the catalogue: lower-case letters, digits and hyphens.
    pub id: ProviderId,
    /// Shown where an environment is made.
    pub name: String,
    /// One sentence on which servers it is for.
    pub summary: String,
    /// Of several profiles for one maker's servers, the heading under which they are offered; empty for none.
    pub family: String,
    /// The issuer to start from: complete for fixed servers, an example otherwise.
    pub issuer_example: String,
    /// Whether `issuer_example` is the real issuer and not just an example.
    pub issuer_is_fixed: bool,
    /// Whether endpoints are discovered (OpenID Connect Discovery §4) or made from `endpoints`.
    pub discovers: bool,
    /// Endpoint templates where discovery is not used or has no answer.
    pub endpoints: EndpointTemplates,
    /// What an environment is asked for beside its issuer.
    pub parameters: Vec<Parameter>,
    /// What this provider's console calls the ids.
    pub ids: IdNames,
    /// Which key files are these servers'.
    pub key_files: KeyFiles,
    /// How a private key gets a token; absent where the servers take none.
    pub private_key: Option<KeyGrant>,
    /// How a client secret gets a token; absent where the servers take none.
    pub client_secret: Option<SecretGrant>,
    /// How a ready-made token is sent; absent where there are none.
    pub ready_token: Option<Scheme>,
    /// Where the token response has what.
    pub response: ResponseMap,
    /// How scopes are asked for.
    pub scopes: ScopeRules,
    /// `iss` of the access tokens where it is not the issuer (RFC 9068 §2.2), for example `frontier`.
    pub token_issuer: Option<String>,
    /// Who the token belongs to, and how that is asked.
    pub userinfo: UserinfoRules,
    /// How tokens are introspected.
    pub introspection: IntrospectionRules,
    /// How the key set is fetched.
    pub key_set: KeySetRules,
    /// The question that tells whether a server is of this kind. Where absent, an empty request goes to the token
    /// endpoint, which must refuse it.
    pub probe: Option<Probe>,
    /// How keys and secrets are made and removed through the server's API; absent where it has none.
    pub provisioning: Option<Provisioning>,
    /// Claims that mean something special here.
    pub glossary: Vec<ClaimMeaning>,
    /// How far the local clock may be ahead before the servers refuse, in seconds.
    pub clock_tolerance: u32,
    /// How its servers refuse, and what that means.
    pub refusals: Refusals,
    /// What earlier profiles called the rules of `refusals`: read, and put in front of them at once.
    #[serde(skip_serializing)]
    pub meanings: Vec<RefusalRule>,
}

/// Endpoint templates; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct EndpointTemplates {
    /// Token endpoint (RFC 6749 §3.2).
    pub token: String,
    /// Userinfo endpoint, or what answers "who am I" here.
    pub userinfo: String,
    /// Introspection endpoint (RFC 7662 §2).
    pub introspection: String,
    /// Revocation endpoint (RFC 7009 §2).
    pub revocation: String,
    /// JWK set (RFC 7517 §5).
    pub jwks: String,
}

/// What an environment is asked for beside its issuer; its name is a placeholder in templates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Parameter {
    /// The placeholder, for example `orgId`.
    pub name: String,
    /// What it is called on screen, for example `Organisation id`.
    pub label: String,
    /// What it is for and where it is found, in a sentence.
    pub explains: String,
    /// Whether the environment is of no use without it.
    pub required: bool,
}

/// What the provider's console calls the ids; an empty name means the field's own word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IdNames {
    /// The service user's id.
    pub user_id: String,
    /// The client id, where there is one beside the user id.
    pub client_id: String,
    /// The key's id.
    pub key_id: String,
}

impl IdNames {
    /// Whether a client id is something else here than the service user's id.
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
    /// How its value is written.
    #[serde(default)]
    pub form: ClaimForm,
}

/// How a claim's value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ClaimForm {
    /// As it stands.
    #[default]
    Plain,
    /// `{role: {organisation id: domain}}`.
    ZitadelRoles,
    /// `{key: base64url without padding}`.
    Base64Map,
}

/// What the user set for an environment's parameters, by name.
pub type ParameterValues = BTreeMap<String, String>;

/// An id that a credential needs beside its secret.
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
    /// Whether a key's client id is something else here than its service user's id, so that both must be
    /// known.
    pub fn tells_client_from_user(&self) -> bool {
        let Some(grant) = &self.private_key else { return false };
        let texts = || grant.texts().chain(self.provisioning_texts());
        texts().any(|text| template::mentions(text, "clientId"))
            && texts().any(|text| template::mentions(text, "userId"))
    }

    /// Whether the service user's id is sent anywhere beside a secret's client id, which cannot stand for it.
    pub fn names_users_beside_secrets(&self) -> bool {
        let fields = self.client_secret.iter().flat_map(SecretGrant::texts);
        fields.chain(self.provisioning_texts()).any(|text| template::mentions(text, "userId"))
    }

    /// Whether a client may speak for other users than the one that its key file names.
    pub fn speaks_for_users(&self) -> bool {
        self.private_key.as_ref().is_some_and(|grant| grant.speaks_for_users)
    }

    /// The profile by which assertions for direct use are signed, where they differ from those exchanged.
    pub fn for_direct_use(&self) -> Option<Self> {
        let grant = self.private_key.as_ref()?;
        let DirectRules { subject, audience, claims } = grant.direct_rules.clone()?;
        let grant = KeyGrant { subject, audience, claims, direct_rules: None, ..grant.clone() };
        Some(Self { private_key: Some(grant), ..self.clone() })
    }

    /// Whether assertions carry the key's id in any place.
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
