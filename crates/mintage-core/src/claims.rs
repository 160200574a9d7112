//! **Claims** are what a token says about itself, read without any verification.
//!
//! Rule: the type's name carries the warning; no decision may be based on it. Numbers keep their exact text, names
//! their order; duplicates are rejected (RFC 8725 §2.4, RFC 7519 §4).

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::json::Json;
use crate::provider::ClaimMeaning;
use crate::token::TokenError;
use crate::token::compact::Compact;
use crate::token::numeric_date::{astray, numeric_date};

mod difference;
mod entries;
mod meaning;

pub use difference::{Change, ClaimDifference, MemberDifference, TokenDifference, difference};
pub(crate) use meaning::matches;

/// Claims that are times (RFC 7519 §4.1, OpenID Connect Core §2 and §5.1).
const TIMES: [&str; 5] = ["exp", "iat", "nbf", "auth_time", "updated_at"];

/// A decoded token that has not been verified.
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
    /// Its value as JSON text; a string without its quotes.
    pub value: String,
    /// What it means, if that is known.
    pub meaning: Option<String>,
    /// Its time, for `exp`, `iat`, `nbf`, `auth_time` and `updated_at` with a plausible number.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub time: Option<OffsetDateTime>,
    /// Its entries if it is a map with a known form (roles, metadata), otherwise empty.
    pub entries: Vec<ClaimEntry>,
}

/// One entry of a claim with a known form: a role, or a metadata key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClaimEntry {
    /// The role or key.
    pub name: String,
    /// Where it applies or what it says: `organisation id (domain)` lines, or decoded text.
    pub values: Vec<String>,
}

/// Reads a JWT's header and payload. `glossary` adds the provider's meanings to the registered ones (RFC 7519 §4.1, RFC
/// 9068 §2.2, OpenID Connect Core §5.1) and overrides them if both know a claim.
///
/// # Errors
/// [`TokenError::NotJwt`] for opaque and encrypted tokens, [`TokenError::Malformed`] for what looks like a JWT and
/// doesn't decode, [`TokenError::TooLarge`].
pub fn decode(token: &str, glossary: &[ClaimMeaning]) -> Result<UnverifiedClaims, TokenError> {
    let jws = match Compact::parse(token) {
        Compact::Signed(jws) => jws,
        Compact::Encrypted => return Err(TokenError::NotJwt { encrypted: true }),
        Compact::Opaque => return Err(TokenError::NotJwt { encrypted: false }),
        Compact::Broken(why) => return Err(TokenError::Malformed { why }),
        Compact::TooLarge => return Err(TokenError::TooLarge),
    };
    let malformed = |why| TokenError::Malformed { why };
    let payload = jws.payload().map_err(malformed)?;
    jws.signature().map_err(malformed)?;
    Ok(UnverifiedClaims {
        header: members(&jws.header).iter().map(|(name, value)| header_member(name, value)).collect(),
        payload: members(&payload).iter().map(|(name, value)| claim(name, value, glossary)).collect(),
        header_json: jws.header.pretty(),
        payload_json: payload.pretty(),
    })
}

/// Explains a JSON object that isn't a token (a userinfo response) in the same way.
///
/// # Errors
/// [`TokenError::NotJsonObject`] if the text isn't a JSON object, or has duplicate names.
pub fn explain(json: &str, glossary: &[ClaimMeaning]) -> Result<Vec<Claim>, TokenError> {
    let unreadable = |why: String| TokenError::NotJsonObject { why };
    let json = Json::parse(json).map_err(|fault| unreadable(fault.to_string()))?;
    let Json::Object(members) = &json else { return Err(unreadable("it is of another type".into())) };
    Ok(members.iter().map(|(name, value)| claim(name, value, glossary)).collect())
}

fn members(json: &Json) -> &[(String, Json)] {
    match json {
        Json::Object(members) => members,
        _ => &[],
    }
}

fn header_member(name: &str, value: &Json) -> Claim {
    let meaning = meaning::of_header(name);
    Claim { name: name.to_owned(), value: text_of(value), meaning, time: None, entries: Vec::new() }
}

fn claim(name: &str, value: &Json, glossary: &[ClaimMeaning]) -> Claim {
    // The provider knows better than the registry what it puts into a claim.
    let known = meaning::in_glossary(glossary, name);
    let mut meaning = known.map(|known| known.meaning.clone()).or_else(|| meaning::of_registered(name));
    if let Some(why) = TIMES.contains(&name).then(|| astray(value)).flatten() {
        meaning = meaning.map(|meaning| format!("{meaning}; `{name}` {why}"));
    }
    Claim {
        name: name.to_owned(),
        value: text_of(value),
        meaning,
        time: if TIMES.contains(&name) { numeric_date(value) } else { None },
        entries: known.map(|known| entries::entries(value, known.form)).unwrap_or_default(),
    }
}

/// A value as JSON text on one line; a string without its quotes.
fn text_of(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        other => one_line(other),
    }
}

fn one_line(value: &Json) -> String {
    let quoted = |text: &String| Json::Text(text.clone()).pretty();
    match value {
        Json::List(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", quoted(name), one_line(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.pretty(),
    }
}

#[cfg(test)]
mod tests;
