//! How **scopes** are requested, which ones are worth offering, and how to tell that they were granted.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How scopes are requested (RFC 6749 §3.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ScopeRules {
    /// Where they go.
    pub place: ScopePlace,
    /// The separator between them.
    pub separator: String,
    /// Whether a request without any is rejected.
    pub required: bool,
    /// Those that a new service user starts with.
    pub defaults: Vec<String>,
    /// The ones worth offering, each explained.
    pub presets: Vec<ScopePreset>,
}

impl Default for ScopeRules {
    fn default() -> Self {
        Self {
            place: ScopePlace::Body,
            separator: " ".to_owned(),
            required: false,
            defaults: Vec::new(),
            presets: Vec::new(),
        }
    }
}

/// Where scopes go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ScopePlace {
    /// In the request's body as `scope`.
    #[default]
    Body,
    /// In the assertion as the claim `scope` (Google, DocuSign).
    Claim,
    /// Nowhere: the servers don't have any.
    None,
}

/// A scope worth offering.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScopePreset {
    /// The scope; `{…}` marks what the user fills in, for example `{projectId}`.
    pub scope: String,
    /// What it does, in a few words.
    pub explains: String,
    /// What a readable token contains if the scope was granted, if that is known.
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

/// What a token contains if a scope was granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    /// The claim's name; `*` matches any run of characters.
    pub claim: String,
    /// What the claim contains, with the scope's own placeholders; empty if its presence is enough.
    #[serde(default)]
    pub holds: String,
    /// Whether every token has it if the scope was granted, so that a token without it shows that the scope wasn't. A
    /// claim that only some users have (roles, groups, metadata) may be missing even if the scope was granted.
    #[serde(default)]
    pub certain: bool,
}
