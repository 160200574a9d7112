//! A **provider** is a kind of server: how its tokens are asked for, found and explained. It is data.
//!
//! Rule: adding one adds a value here, a fixture and a journey; no code elsewhere matches on a provider.

use serde::{Deserialize, Serialize};
use specta::Type;

mod built_in;

pub use built_in::built_in;

/// Names a provider profile, for example `zitadel`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct ProviderId(pub String);

/// A kind of server, as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// Its name in the catalogue.
    pub id: ProviderId,
    /// Shown where an environment is made.
    pub name: String,
    /// One sentence on which servers it is for.
    pub summary: String,
    /// The issuer to start from: complete for fixed servers, an example otherwise.
    pub issuer_example: String,
    /// Whether `issuer_example` is the real issuer and not just an example.
    pub issuer_is_fixed: bool,
    /// Whether endpoints are discovered (OpenID Connect Discovery §4) or made from `endpoints`.
    pub discovers: bool,
    /// Endpoint templates where discovery is not used or has no answer; `{issuer}` is replaced.
    pub endpoints: EndpointTemplates,
    /// `grant_type` of the token request.
    pub grant_type: String,
    /// What the assertion's `aud` holds, in order.
    pub audience: Vec<AudiencePart>,
    /// Scopes that a new service user starts with.
    pub default_scopes: Vec<String>,
    /// Scopes worth offering, each explained.
    pub scope_presets: Vec<ScopePreset>,
    /// Claims that mean something special here.
    pub glossary: Vec<ClaimMeaning>,
    /// How long an assertion is valid by default, in seconds.
    pub assertion_lifetime: u32,
    /// The longest validity that the servers accept, in seconds.
    pub assertion_lifetime_cap: u32,
    /// How far `iat` is backdated, in seconds.
    pub backdate: u32,
    /// How far the local clock may be ahead before the servers refuse, in seconds.
    pub clock_tolerance: u32,
    /// Which dialect its refusals speak; decides what a refusal may mean.
    pub refusals: RefusalDialect,
    /// Whether an empty scope is refused.
    pub scope_required: bool,
}

/// Endpoint templates with `{issuer}` for the issuer identifier; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EndpointTemplates {
    /// Token endpoint.
    pub token: String,
    /// Userinfo endpoint.
    pub userinfo: String,
    /// Introspection endpoint.
    pub introspection: String,
    /// JWK set.
    pub jwks: String,
}

/// One entry of an assertion's audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum AudiencePart {
    /// The issuer identifier, byte for byte.
    Issuer,
    /// The issuer's host without scheme.
    BareHost,
    /// The token endpoint's URL.
    TokenEndpoint,
    /// A fixed text.
    Constant(String),
}

/// A scope worth offering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScopePreset {
    /// The scope; `{…}` marks what the user fills in, for example `{projectId}`.
    pub scope: String,
    /// What it does, in a few words.
    pub explains: String,
}

/// What a claim means to this provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClaimMeaning {
    /// The claim's name; `*` matches any run of characters, as in `urn:zitadel:iam:org:project:*:roles`.
    pub claim: String,
    /// What it means, in a few words.
    pub meaning: String,
    /// How its value is written.
    pub form: ClaimForm,
}

/// How a claim's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ClaimForm {
    /// As it stands.
    Plain,
    /// `{role: {organisation id: domain}}`.
    ZitadelRoles,
    /// `{key: base64url without padding}`.
    Base64Map,
}

/// Which dialect refusals speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RefusalDialect {
    /// RFC 6749 §5.2 taken at its word.
    OAuth,
    /// ZITADEL's five eras, most of which say the same for every cause.
    Zitadel,
}

/// The built-in provider of this id, or the generic one for an id that this version does not know.
pub fn find(id: &ProviderId) -> Provider {
    let mut all = built_in();
    let position = all.iter().position(|provider| provider.id == *id).unwrap_or(all.len() - 1);
    all.swap_remove(position)
}
