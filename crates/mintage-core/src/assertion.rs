//! An **assertion** is the JWT that a service user signs to request a token (RFC 7523 §3).
//!
//! Rule: pure. Time and jti are arguments, so the same input gives the same bytes; the signature is verified with the
//! key's own public half before the assertion is returned.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::jose::SigningAlgorithm;
use crate::json::Json;
use crate::private_key::{KeyError, Signer};
use crate::secret::Secret;

/// The content of an assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionPlan {
    /// `alg` of the header (RFC 7515 §4.1.1).
    pub algorithm: SigningAlgorithm,
    /// `typ` of the header (RFC 7519 §5.1); empty for none.
    pub typ: String,
    /// `kid` of the header (RFC 7515 §4.1.4).
    pub key_id: Option<String>,
    /// `x5t#S256` of the header (RFC 7515 §4.1.8).
    pub certificate: Option<String>,
    /// `iss` (RFC 7523 §3 point 1); empty for none.
    pub issuer: String,
    /// `sub` (RFC 7523 §3 point 2); empty for none.
    pub subject: String,
    /// `aud` (RFC 7523 §3 point 3): one entry is written as a string, several as an array, none is omitted.
    pub audience: Vec<String>,
    /// `iat`, already backdated and corrected by the measured clock skew.
    pub issued_at: Option<OffsetDateTime>,
    /// `nbf`, as `iat`.
    pub not_before: Option<OffsetDateTime>,
    /// `exp`: its validity counts from the time of sending, which is later than `issued_at`.
    pub expires_at: OffsetDateTime,
    /// `jti`: a random UUID (122 random bits), new for every attempt.
    pub jwt_id: Option<String>,
    /// Further claims, by name.
    pub claims: BTreeMap<String, String>,
}

/// A signed assertion with its parts for display.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The compact serialisation (RFC 7515 §3.1): anyone who has it can get a token while it is valid.
    pub compact: Secret,
    /// What was signed.
    pub shown: AssertionShown,
}

/// Header and payload of an assertion as JSON text; harmless, since the signature is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AssertionShown {
    /// The JOSE header, pretty-printed.
    pub header: String,
    /// The claims, pretty-printed.
    pub payload: String,
}

/// Signs the planned assertion. Times are whole seconds (older servers reject fractions).
///
/// # Errors
/// [`KeyError::SigningFailed`] if the key can't sign or the signature doesn't verify.
pub fn sign(plan: &AssertionPlan, key: &dyn Signer) -> Result<Assertion, KeyError> {
    let header = json(&Header {
        alg: plan.algorithm,
        typ: given(&plan.typ),
        kid: plan.key_id.as_deref(),
        x5t: plan.certificate.as_deref(),
    });
    let payload = json(&Claims {
        iss: given(&plan.issuer),
        sub: given(&plan.subject),
        aud: Audience::of(&plan.audience),
        iat: plan.issued_at.map(OffsetDateTime::unix_timestamp),
        nbf: plan.not_before.map(OffsetDateTime::unix_timestamp),
        exp: plan.expires_at.unix_timestamp(),
        jti: plan.jwt_id.as_deref(),
        further: &plan.claims,
    });
    let compact = compact(&header, &payload, key, plan.algorithm)?;
    let shown = AssertionShown { header: pretty(&header), payload: pretty(&payload) };
    Ok(Assertion { compact, shown })
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The JOSE header (RFC 7515 §4), in this order.
#[derive(Serialize)]
struct Header<'a> {
    alg: SigningAlgorithm,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    x5t: Option<&'a str>,
}

/// The claims (RFC 7523 §3, RFC 7519 §4.1).
#[derive(Serialize)]
struct Claims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audience<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'a str>,
    #[serde(flatten)]
    further: &'a BTreeMap<String, String>,
}

/// RFC 7519 §4.1.3: a single audience may be a string, and some servers accept nothing else.
#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

impl<'a> Audience<'a> {
    fn of(entries: &'a [String]) -> Option<Self> {
        match entries {
            [] => None,
            [one] => Some(Self::One(one)),
            several => Some(Self::Several(several)),
        }
    }
}

/// Signs header and payload, byte for byte as given, into the compact serialisation (RFC 7515 §7.1).
fn compact(header: &str, payload: &str, key: &dyn Signer, algorithm: SigningAlgorithm) -> Result<Secret, KeyError> {
    let mut input = BASE64_URL_SAFE_NO_PAD.encode(header);
    input.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(payload, &mut input);
    // The key verifies its own signature: a fault while signing with CRT can reveal the key.
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(algorithm, input.as_bytes())?);
    let mut compact = String::with_capacity(input.len() + 1 + signature.len());
    compact.extend([input.as_str(), ".", signature.as_str()]);
    Ok(Secret::new(compact))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("text and whole numbers always serialise")
}

fn pretty(text: &str) -> String {
    Json::parse(text).expect("what was just written is JSON").pretty()
}

#[cfg(test)]
mod tests;
