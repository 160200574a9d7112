//! The checks on an **assertion** (RFC 7523 §3), strict and in ZITADEL's order: parse, `aud`, `exp`,
//! `iat`, `iss` and `sub`, the key, the signature. The first flaw found is the one reported.
//!
//! How a flaw is answered (the system's words), whether the user is active (the token endpoint), and whether a `jti`
//! was used before (the registry) are decided elsewhere.

mod parsed;
mod rules;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::user::RegisteredKey;
use parsed::Parsed;
pub use rules::{AssertionRules, AudienceName, AudienceRule, Cap, IdRule, KeyReference, SubjectRule, Times};

/// Why an assertion is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Not a compact JWS containing a JSON object, or a claim has the wrong type.
    Malformed(&'static str),
    /// `aud` doesn't contain the server's name byte for byte.
    Audience { found: String },
    /// `aud` contains more than the server's name.
    SeveralAudiences,
    /// `exp` is missing or past.
    Expired { expires_at: Option<i64> },
    /// `exp` is further ahead than the system accepts.
    LivesTooLong { expires_at: i64 },
    /// `iat` is missing though required, or in the future.
    IssuedInFuture { issued_at: Option<i64> },
    /// `iat` is longer ago than the system accepts.
    IssuedTooLongAgo { issued_at: i64 },
    /// `nbf` is in the future.
    NotYetValid { not_before: i64 },
    /// `iss` is missing.
    IssuerMissing,
    /// `iss` and `sub` differ or are missing, although they must be the same.
    IssuerIsNotSubject,
    /// Nobody with this name is registered.
    IssuerUnknown(String),
    /// `sub` is missing.
    SubjectMissing,
    /// The issuer doesn't act for this subject.
    SubjectUnknown(String),
    /// A claim that this system requires is missing.
    ClaimMissing(&'static str),
    /// `jti` is missing.
    IdMissing,
    /// `jti` was used before.
    IdUsed,
    /// The header, or the claims, don't name a key.
    KeyIdMissing,
    /// This issuer has no such key.
    UnknownKey(String),
    /// The key has expired.
    KeyExpired(String),
    /// An algorithm that isn't accepted here.
    Algorithm(String),
    /// The signature doesn't verify.
    Signature,
}

/// The facts of a valid assertion.
#[derive(Debug)]
pub struct Checked {
    /// Who made it: `iss`, or the key id under [`SubjectRule::ByKey`].
    pub issuer: String,
    pub claims: Map<String, Value>,
}

impl Checked {
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// `exp` as it was checked.
    pub fn expires_at(&self) -> i64 {
        self.claims.get("exp").and_then(Value::as_i64).unwrap_or(i64::MAX)
    }
}

/// The issuer that an assertion claims, unchecked.
pub fn claimed_issuer(assertion: &str) -> Result<String, Flaw> {
    let parsed = Parsed::read(assertion)?;
    parsed.claims.get("iss").and_then(Value::as_str).map(str::to_owned).ok_or(Flaw::IssuerMissing)
}

/// Checks an assertion. `audiences` are the server's names, and `keys_of` looks up an issuer's keys.
pub fn check(
    assertion: &str,
    rules: &AssertionRules,
    audiences: &[String],
    now: OffsetDateTime,
    keys_of: impl FnOnce(&str) -> Option<Vec<RegisteredKey>>,
) -> Result<Checked, Flaw> {
    let parsed = Parsed::read(assertion)?;
    check_audience(&parsed.claims, rules.audience.several, audiences)?;
    check_times(&parsed.claims, &rules.times, now.unix_timestamp())?;
    let issuer = issuer(&parsed, rules)?;
    check_claims(&parsed.claims, rules)?;
    let keys = keys_of(&issuer).ok_or_else(|| Flaw::IssuerUnknown(issuer.clone()))?;
    check_key(&parsed, rules, &keys, now)?;
    Ok(Checked { issuer, claims: parsed.claims })
}

/// RFC 7523 §3 point 3, compared without normalisation.
fn check_audience(claims: &Map<String, Value>, several: bool, names: &[String]) -> Result<(), Flaw> {
    let wrong_type = Flaw::Malformed("`aud` is neither a string nor an array of strings");
    if names.is_empty() {
        return Ok(());
    }
    let found: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().map(Value::as_str).collect::<Option<_>>().ok_or(wrong_type)?,
        None => Vec::new(),
        Some(_) => return Err(wrong_type),
    };
    if !found.iter().any(|one| names.iter().any(|name| name == one)) {
        return Err(Flaw::Audience { found: found.join(", ") });
    }
    if found.len() > 1 && !several { Err(Flaw::SeveralAudiences) } else { Ok(()) }
}

/// RFC 7523 §3 points 4 to 6.
fn check_times(claims: &Map<String, Value>, rules: &Times, now: i64) -> Result<(), Flaw> {
    let expires_at = whole_seconds(claims, "exp")?;
    let issued_at = whole_seconds(claims, "iat")?;
    let Some(end) = expires_at.filter(|end| *end > now.saturating_sub(rules.late)) else {
        return Err(Flaw::Expired { expires_at });
    };
    match issued_at {
        Some(start) if rules.max_age.is_some_and(|age| start < now - age) => {
            return Err(Flaw::IssuedTooLongAgo { issued_at: start });
        }
        Some(start) if start > now + rules.early => return Err(Flaw::IssuedInFuture { issued_at }),
        None if rules.issued_at_required => return Err(Flaw::IssuedInFuture { issued_at }),
        _ => {}
    }
    if rules.not_before
        && let Some(not_before) = whole_seconds(claims, "nbf")?
        && not_before > now + rules.early
    {
        return Err(Flaw::NotYetValid { not_before });
    }
    let latest = match rules.cap {
        None => i64::MAX,
        Some(Cap::FromNow(seconds)) => now.saturating_add(seconds),
        Some(Cap::FromIssue(seconds)) => issued_at.unwrap_or(now).saturating_add(seconds),
    };
    if end > latest { Err(Flaw::LivesTooLong { expires_at: end }) } else { Ok(()) }
}

fn whole_seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, Flaw> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(Flaw::Malformed("a time is not a whole number")),
    }
}

/// RFC 7523 §3 points 1 and 2.
fn issuer(parsed: &Parsed<'_>, rules: &AssertionRules) -> Result<String, Flaw> {
    let text = |claim: &str| parsed.claims.get(claim).and_then(Value::as_str).filter(|text| !text.is_empty());
    match rules.subject {
        SubjectRule::ByKey => header_text(parsed, "kid").map(str::to_owned).ok_or(Flaw::KeyIdMissing),
        SubjectRule::Itself => match (text("iss"), text("sub")) {
            (Some(issuer), Some(subject)) if issuer == subject => Ok(issuer.to_owned()),
            _ => Err(Flaw::IssuerIsNotSubject),
        },
        SubjectRule::SpokenFor { required: true, .. } if text("sub").is_none() => Err(Flaw::SubjectMissing),
        // GitHub's ids are numbers, and may be written as numbers.
        SubjectRule::InPath => match parsed.claims.get("iss") {
            Some(Value::Number(id)) => Ok(id.to_string()),
            Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
            _ => Err(Flaw::IssuerMissing),
        },
        SubjectRule::SpokenFor { .. } => text("iss").map(str::to_owned).ok_or(Flaw::IssuerMissing),
    }
}

fn check_claims(claims: &Map<String, Value>, rules: &AssertionRules) -> Result<(), Flaw> {
    if let Some(missing) = rules.claims.iter().find(|name| claims.get(**name).is_none_or(Value::is_null)) {
        return Err(Flaw::ClaimMissing(missing));
    }
    let id = claims.get("jti").and_then(Value::as_str).filter(|id| !id.is_empty());
    match rules.id {
        IdRule::Required | IdRule::RequiredOnce if id.is_none() => Err(Flaw::IdMissing),
        _ => Ok(()),
    }
}

fn check_key(
    parsed: &Parsed<'_>,
    rules: &AssertionRules,
    keys: &[RegisteredKey],
    now: OffsetDateTime,
) -> Result<(), Flaw> {
    let candidates = candidates(parsed, rules.key, keys)?;
    let in_force: Vec<_> = candidates.iter().filter(|key| key.expires_at.is_none_or(|end| end > now)).collect();
    if let (true, Some(expired)) = (in_force.is_empty(), candidates.first()) {
        return Err(Flaw::KeyExpired(expired.key_id.clone()));
    }
    let algorithm = parsed.algorithm(rules.algorithms, rules.small_keys)?;
    if in_force.iter().any(|key| parsed.is_signed_by(key, algorithm)) { Ok(()) } else { Err(Flaw::Signature) }
}

/// The keys that may have signed the assertion.
fn candidates<'k>(
    parsed: &Parsed<'_>,
    reference: KeyReference,
    keys: &'k [RegisteredKey],
) -> Result<Vec<&'k RegisteredKey>, Flaw> {
    let named = match reference {
        KeyReference::Any => return Ok(keys.iter().collect()),
        KeyReference::KeyIdIfGiven if !parsed.header.contains_key("kid") => return Ok(keys.iter().collect()),
        KeyReference::KeyId | KeyReference::KeyIdIfGiven => header_text(parsed, "kid"),
        KeyReference::Thumbprint => header_text(parsed, "x5t#S256"),
        KeyReference::KeyIdTwice => {
            let claim = parsed.claims.get("kid").and_then(Value::as_str);
            header_text(parsed, "kid").filter(|header| Some(*header) == claim)
        }
    };
    let named = named.ok_or(Flaw::KeyIdMissing)?;
    match keys.iter().find(|key| key.key_id == named) {
        Some(key) => Ok(vec![key]),
        None => Err(Flaw::UnknownKey(named.to_owned())),
    }
}

fn header_text<'p>(parsed: &'p Parsed<'_>, name: &str) -> Option<&'p str> {
    parsed.header.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}
