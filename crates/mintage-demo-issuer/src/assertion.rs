//! The checks on an **assertion** (RFC 7523 §3), strict and in ZITADEL's order: parse, `aud`, `exp`,
//! `iat`, `iss` and `sub`, the key, the signature. The first flaw found is the one reported.
//!
//! Not here: what a flaw is answered with (dialect), and whether the user is active (the token endpoint).

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::user::RegisteredKey;

/// How far the client's clock may run ahead, and how long before its end an assertion is refused.
const LEEWAY_SECONDS: i64 = 1;
/// The oldest `iat` that is taken.
const MAX_AGE_SECONDS: i64 = 3600;

/// Why an assertion is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Not a compact JWS with a JSON object in it, or a claim has the wrong type.
    Malformed(&'static str),
    /// `aud` does not hold the issuer byte for byte.
    Audience,
    /// `exp` is missing or not later than in a second.
    Expired { expires_at: Option<i64> },
    /// `iat` is missing or in the future.
    IssuedInFuture { issued_at: Option<i64> },
    /// `iat` is more than an hour ago.
    IssuedTooLongAgo { issued_at: i64 },
    /// `iss` and `sub` differ or are missing.
    IssuerIsNotSubject,
    /// No such key of this subject, or it has expired.
    UnknownKey,
    /// Neither RS256 nor PS256, or the signature does not verify.
    Signature,
}

/// Checks an assertion and returns its subject. `key_of` finds the registered key of (subject, key id).
pub(crate) fn check(
    assertion: &str,
    issuer: &str,
    now: OffsetDateTime,
    key_of: impl FnOnce(&str, &str) -> Option<RegisteredKey>,
) -> Result<String, Flaw> {
    let parsed = Parsed::read(assertion)?;
    check_audience(&parsed.claims, issuer)?;
    check_times(&parsed.claims, now.unix_timestamp())?;
    let subject = check_subject(&parsed.claims)?;
    let key_id = parsed.header.get("kid").and_then(Value::as_str).ok_or(Flaw::UnknownKey)?;
    let key = key_of(&subject, key_id).ok_or(Flaw::UnknownKey)?;
    if key.expires_at.is_some_and(|end| end <= now) {
        return Err(Flaw::UnknownKey);
    }
    parsed.check_signature(&key)?;
    Ok(subject)
}

struct Parsed<'a> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signing_input: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parsed<'a> {
    /// Takes the compact serialisation apart (RFC 7515 §3.1).
    fn read(assertion: &'a str) -> Result<Self, Flaw> {
        let (signing_input, signature) = assertion.rsplit_once('.').ok_or(Flaw::Malformed("not three parts"))?;
        let (header, claims) = signing_input.split_once('.').ok_or(Flaw::Malformed("not three parts"))?;
        if claims.contains('.') {
            return Err(Flaw::Malformed("not three parts"));
        }
        Ok(Self {
            header: object(header).ok_or(Flaw::Malformed("the header is not a JSON object"))?,
            claims: object(claims).ok_or(Flaw::Malformed("the payload is not a JSON object"))?,
            signing_input,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| Flaw::Malformed("the signature is no base64url"))?,
        })
    }

    fn check_signature(&self, key: &RegisteredKey) -> Result<(), Flaw> {
        // No extension is understood here, so any `crit` must be refused (RFC 7515 §4.1.11).
        if self.header.contains_key("crit") {
            return Err(Flaw::Signature);
        }
        let algorithm = match self.header.get("alg").and_then(Value::as_str) {
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            Some("PS256") => &RSA_PSS_2048_8192_SHA256,
            _ => return Err(Flaw::Signature),
        };
        let pem = pem::parse(&key.public_pem).map_err(|_| Flaw::Signature)?;
        if pem.tag() != "PUBLIC KEY" {
            return Err(Flaw::Signature);
        }
        UnparsedPublicKey::new(algorithm, pem.contents())
            .verify(self.signing_input.as_bytes(), &self.signature)
            .map_err(|_| Flaw::Signature)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// RFC 7523 §3 point 3, compared without normalisation.
fn check_audience(claims: &Map<String, Value>, issuer: &str) -> Result<(), Flaw> {
    let holds_issuer = match claims.get("aud") {
        Some(Value::String(one)) => one == issuer,
        Some(Value::Array(several)) => {
            if !several.iter().all(Value::is_string) {
                return Err(Flaw::Malformed("`aud` is neither a string nor an array of strings"));
            }
            several.iter().any(|one| one == issuer)
        }
        None => false,
        Some(_) => return Err(Flaw::Malformed("`aud` is neither a string nor an array of strings")),
    };
    if holds_issuer { Ok(()) } else { Err(Flaw::Audience) }
}

/// RFC 7523 §3 points 4 and 6. `iat` is optional there; ZITADEL wants it.
fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), Flaw> {
    let expires_at = whole_seconds(claims, "exp")?;
    let issued_at = whole_seconds(claims, "iat")?;
    if expires_at.is_none_or(|end| end <= now + LEEWAY_SECONDS) {
        return Err(Flaw::Expired { expires_at });
    }
    match issued_at {
        Some(start) if start < now - MAX_AGE_SECONDS => Err(Flaw::IssuedTooLongAgo { issued_at: start }),
        Some(start) if start <= now + LEEWAY_SECONDS => Ok(()),
        _ => Err(Flaw::IssuedInFuture { issued_at }),
    }
}

fn whole_seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, Flaw> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(Flaw::Malformed("a time is not a whole number")),
    }
}

/// RFC 7523 §3 points 1 and 2; a service user speaks for itself only.
fn check_subject(claims: &Map<String, Value>) -> Result<String, Flaw> {
    match (claims.get("iss"), claims.get("sub")) {
        (Some(Value::String(issuer)), Some(Value::String(subject))) if issuer == subject => Ok(subject.clone()),
        _ => Err(Flaw::IssuerIsNotSubject),
    }
}
