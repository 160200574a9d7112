//! **Claims** are what a token says about itself, read without checking anything.
//!
//! Rule: the type's name carries the warning; nothing here may decide anything. Numbers keep their
//! exact text, names their order; duplicates are refused (RFC 8725 §2.4, RFC 7519 §4).

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::error::TokenError;
use crate::provider::ClaimMeaning;

/// A decoded token of which nothing is verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnverifiedClaims {
    /// The JOSE header's members, in order.
    pub header: Vec<Claim>,
    /// The payload's members, in order.
    pub payload: Vec<Claim>,
    /// The header as pretty-printed JSON, numbers exact.
    pub header_json: String,
    /// The payload as pretty-printed JSON, numbers exact.
    pub payload_json: String,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// Its value as JSON text; a string value without its quotes.
    pub value: String,
    /// What it means, where that is known.
    pub meaning: Option<String>,
    /// The time that it tells, for `exp`, `iat`, `nbf`, `auth_time`, `updated_at` with a sane number.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub time: Option<OffsetDateTime>,
    /// Its entries where it is a map with a known form (roles, metadata), else empty.
    pub entries: Vec<ClaimEntry>,
}

/// One entry of a claim with a known form: a role, or a metadata key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClaimEntry {
    /// The role or key.
    pub name: String,
    /// Where it holds or what it says: `organisation id (domain)` lines, or decoded text.
    pub values: Vec<String>,
}

/// Reads a JWT's header and payload. `glossary` adds the provider's meanings to the registered ones
/// (RFC 7519 §4.1, RFC 9068 §2.2, OpenID Connect Core §5.1).
///
/// # Errors
/// [`TokenError::NotJwt`] for opaque and encrypted tokens, [`TokenError::Malformed`] for three parts
/// that do not decode, [`TokenError::TooLarge`].
pub fn decode(token: &str, glossary: &[ClaimMeaning]) -> Result<UnverifiedClaims, TokenError> {
    let _ = (token, glossary);
    todo!("token work")
}

/// Explains a JSON object that is not a token (a userinfo response) the same way.
///
/// # Errors
/// [`TokenError::NotJsonObject`] where the text is no JSON object, or has duplicate names.
pub fn explain(json: &str, glossary: &[ClaimMeaning]) -> Result<Vec<Claim>, TokenError> {
    let _ = (json, glossary);
    todo!("token work")
}
