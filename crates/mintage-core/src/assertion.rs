//! An **assertion** is the JWT that a service user signs to ask for a token (RFC 7523 §3).
//!
//! Rule: pure. Time and jti are arguments, so the same input gives the same bytes; the signature is
//! verified with the key's own public half before the assertion is handed out.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::error::KeyError;
use crate::json::Json;
use crate::private_key::{PrivateKey, SigningAlgorithm};
use crate::secret::Secret;

/// What an assertion is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionPlan {
    /// `kid` of the header (RFC 7515 §4.1.4).
    pub key_id: String,
    /// `iss` (RFC 7523 §3 point 1).
    pub issuer: String,
    /// `sub` (RFC 7523 §3 point 2).
    pub subject: String,
    /// `aud` (RFC 7523 §3 point 3): one entry is written as a string, several as an array.
    pub audience: Vec<String>,
    /// `iat`, already backdated and corrected by the measured clock skew.
    pub issued_at: OffsetDateTime,
    /// How long it is valid from the time of sending, which is later than `issued_at`.
    pub expires_at: OffsetDateTime,
    /// `jti`: 128 random bits, new for every attempt.
    pub jwt_id: String,
}

impl AssertionPlan {
    /// How long the assertion claims to be valid: `exp − iat`.
    pub fn lifetime(&self) -> Duration {
        self.expires_at - self.issued_at
    }
}

/// A signed assertion with its parts for display.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The compact serialisation (RFC 7515 §3.1): whoever holds it can get a token while it is valid.
    pub compact: Secret,
    /// What was signed.
    pub shown: AssertionShown,
}

/// Header and payload of an assertion as JSON text; harmless, as the signature is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AssertionShown {
    /// The JOSE header, pretty-printed.
    pub header: String,
    /// The claims, pretty-printed.
    pub payload: String,
}

/// Signs the planned assertion with RS256. Times are whole seconds (older servers refuse fractions).
///
/// # Errors
/// [`KeyError::SigningFailed`] where the key does not sign or the signature does not verify.
pub fn sign(plan: &AssertionPlan, key: &PrivateKey) -> Result<Assertion, KeyError> {
    let header = json(&Header { alg: "RS256", typ: "JWT", kid: &plan.key_id });
    let payload = json(&Claims {
        iss: &plan.issuer,
        sub: &plan.subject,
        aud: Audience::of(&plan.audience)?,
        iat: plan.issued_at.unix_timestamp(),
        exp: plan.expires_at.unix_timestamp(),
        jti: &plan.jwt_id,
    });
    let compact = compact(&header, &payload, key)?;
    let shown = AssertionShown { header: pretty(&header), payload: pretty(&payload) };
    Ok(Assertion { compact, shown })
}

/// The JOSE header (RFC 7515 §4): exactly what ZITADEL reads, in this order.
#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

/// The claims (RFC 7523 §3, RFC 7519 §4.1).
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    iat: i64,
    exp: i64,
    jti: &'a str,
}

/// RFC 7519 §4.1.3: a single audience may be a string, and some servers read nothing else.
#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

impl<'a> Audience<'a> {
    fn of(entries: &'a [String]) -> Result<Self, KeyError> {
        match entries {
            [] => Err(KeyError::SigningFailed { why: "the assertion has no audience" }),
            [one] => Ok(Self::One(one)),
            several => Ok(Self::Several(several)),
        }
    }
}

/// Signs header and payload, byte for byte as given, into the compact serialisation (RFC 7515 §7.1).
fn compact(header: &str, payload: &str, key: &PrivateKey) -> Result<Secret, KeyError> {
    let mut input = BASE64_URL_SAFE_NO_PAD.encode(header);
    input.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(payload, &mut input);
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(SigningAlgorithm::Rs256, input.as_bytes())?);
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
