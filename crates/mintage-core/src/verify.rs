//! **Verifying** a token: is it the issuer's own, unchanged, and for whom and how long?
//!
//! Rule: strict layer first, library last. Everything about form and claims is checked here; the
//! crypto library is asked only whether one signature fits one key. Five verdicts, never blurred.
//! The token's content never chooses a key's address (`jku`, `x5u`, `jwk`, `x5c` are pointed out).

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::jose::Algorithm;
use crate::json::Json;
use crate::token::compact::{Compact, Jws};

mod checks;
mod header;
mod key;
mod key_set;

use checks::check;
use header::Header;
use key::VerifyingKey;
use key_set::RefusedKey;

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "verdict", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Verdict {
    /// Signature and every claim check hold.
    Valid,
    /// The signature does not fit the key that the issuer publishes under this id.
    SignatureInvalid,
    /// There is no way to tell.
    CannotVerify {
        /// Why, as a sentence part, for example `the issuer publishes no key with this id`.
        why: String,
    },
    /// It is no well-formed JWS.
    Malformed {
        /// Why, as a sentence part.
        why: String,
    },
    /// The signature holds, but a claim does not.
    ClaimsFail,
}

/// One check and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What was checked: `signature`, `iss`, `aud`, `exp`, `nbf`, `iat`.
    pub name: String,
    /// `None` means not checked.
    pub holds: Option<bool>,
    /// Why, as a sentence part.
    pub reason: String,
}

/// The result of verifying one token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// What was found.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Each check, in the order of the list above.
    pub checks: Vec<Check>,
    /// Algorithm of the header, where it could be read.
    pub algorithm: Option<String>,
    /// Id of the key that the signature was checked with.
    pub key_id: Option<String>,
    /// Things to know that do not change the verdict, for example `the header names a jku, which was ignored`.
    pub notices: Vec<String>,
}

/// What the token is expected to say.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// `iss`, byte for byte.
    pub issuer: String,
    /// A value that `aud` must contain; `None` leaves the audience unchecked, and says so.
    pub audience: Option<String>,
    /// The time to check against, corrected by the measured skew.
    pub now: OffsetDateTime,
    /// Tolerance for `exp`, `nbf`, `iat`; capped at 60 s.
    pub leeway: Duration,
}

/// A JWK set that was read leniently (RFC 7517 §5): unknown keys skipped, private and empty members
/// dropped, at most 200 keys. [`KeySet::default`] is the empty set.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    /// Things to know, for example `1 key of an unknown type was skipped`.
    pub notices: Vec<String>,
    pub(crate) keys: Vec<VerifyingKey>,
    refused: Vec<RefusedKey>,
}

/// Verifies a token against a key set and an expectation. Never panics, whatever the token holds.
///
/// The claims are checked whenever they can be read, so that a token of another issuer shows its
/// issuer; only the verdict says what that is worth.
pub fn verify(token: &str, keys: &KeySet, expected: &Expectation) -> Verification {
    let unread = |verdict| Verification::unread(verdict, None);
    match Compact::parse(token) {
        Compact::Signed(jws) => verify_signed(&jws, keys, expected),
        Compact::Encrypted => unread(Verdict::CannotVerify { why: "the token is encrypted for its issuer".into() }),
        Compact::Opaque => unread(Verdict::CannotVerify { why: "the token is opaque".into() }),
        Compact::Broken(why) => unread(Verdict::Malformed { why }),
        Compact::TooLarge => {
            unread(Verdict::Malformed { why: "it is larger than 64 kB, or its header larger than 16 kB".into() })
        }
    }
}

/// The `kid` of a token's header, where it has one that is a string.
pub fn key_id_of(token: &str) -> Option<String> {
    match Compact::parse(token) {
        Compact::Signed(jws) => jws.header.get("kid").and_then(Json::as_text).map(str::to_owned),
        _ => None,
    }
}

fn verify_signed(jws: &Jws<'_>, keys: &KeySet, expected: &Expectation) -> Verification {
    let (header, payload, signature) = match read(jws) {
        Ok(parts) => parts,
        Err(why) => {
            let algorithm = jws.header.get("alg").and_then(Json::as_text).map(str::to_owned);
            return Verification::unread(Verdict::Malformed { why }, algorithm);
        }
    };
    let mut notices = header.notices;
    if checks::leeway_was_capped(expected) {
        notices.push(format!("the leeway was capped at {} s", checks::leeway(expected)));
    }
    let chosen = choose(keys, &header.algorithm, header.key_id.as_deref());
    if let (Ok((_, key)), None) = (&chosen, &header.key_id) {
        let key = key.id.as_deref().map_or_else(|| "the key without an id".to_owned(), quoted);
        notices.push(format!("the header names no key; {key} is the only one that fits"));
    }
    let claims = checks::of_claims(&payload, expected);
    let claims_hold = claims.iter().all(|check| check.holds != Some(false));
    let judged = chosen.and_then(|(algorithm, key)| {
        let holds = key.verifies(algorithm, jws.signing_input.as_bytes(), &signature);
        let sealed = !holds && is_for_its_api_alone(&jws.header, &payload);
        if sealed { Err(FOR_ITS_API_ALONE.to_owned()) } else { Ok((key, holds)) }
    });
    let (verdict, signature_check, key_id) = match judged {
        Err(why) => (Verdict::CannotVerify { why: why.clone() }, check("signature", None, why), None),
        Ok((key, holds)) => {
            let verdict = match (holds, claims_hold) {
                (false, _) => Verdict::SignatureInvalid,
                (true, false) => Verdict::ClaimsFail,
                (true, true) => Verdict::Valid,
            };
            let name =
                key.id.as_deref().map_or_else(|| "the issuer's key".to_owned(), |id| format!("the key {}", quoted(id)));
            let reason = if holds { format!("made with {name}") } else { format!("does not fit {name}") };
            (verdict, check("signature", Some(holds), reason), key.id.clone())
        }
    };
    let checks = std::iter::once(signature_check).chain(claims).collect();
    Verification { verdict, checks, algorithm: Some(header.algorithm), key_id, notices }
}

const FOR_ITS_API_ALONE: &str = "its header holds a `nonce`: it is for one of Microsoft's own APIs, such as Graph, \
                                 which alone can verify it";

/// Whether a signature that does not fit was never meant to: Entra signs tokens for Microsoft's own APIs over
/// another `nonce` than the header shows, so that nobody else verifies them.
fn is_for_its_api_alone(header: &Json, payload: &Json) -> bool {
    let issuer = payload.get("iss").and_then(Json::as_text);
    header.get("nonce").is_some() && issuer.is_some_and(|issuer| issuer.starts_with("https://sts.windows.net/"))
}

/// Reads all three parts.
fn read(jws: &Jws<'_>) -> Result<(Header, Json, Vec<u8>), String> {
    let header = Header::read(&jws.header)?;
    let payload = jws.payload()?;
    let signature = jws.signature()?;
    // Only an unsecured token has none (RFC 7518 §3.6), and it is told apart by its algorithm.
    if signature.is_empty() && header.algorithm != "none" {
        return Err("the signature is empty".into());
    }
    Ok((header, payload, signature))
}

/// The one key to check the signature with, or why there is none.
fn choose<'k>(
    keys: &'k KeySet,
    algorithm: &str,
    key_id: Option<&str>,
) -> Result<(Algorithm, &'k VerifyingKey), String> {
    let name = algorithm;
    let Some(algorithm) = Algorithm::named(name) else {
        return Err(match name {
            "none" => "the token is not signed (`alg` is `none`)".into(),
            "HS256" | "HS384" | "HS512" => {
                format!("`{name}` signs with a shared secret, which an issuer cannot publish")
            }
            other => format!("the algorithm {} is not accepted here", quoted(other)),
        });
    };
    match key_id {
        Some(id) => named(keys, id).and_then(|key| {
            let agrees = key.agrees_with(algorithm);
            agrees.then_some((algorithm, key)).ok_or_else(|| format!("the key {} is not for `{name}`", quoted(id)))
        }),
        None => {
            let mut fitting = keys.keys.iter().filter(|key| key.agrees_with(algorithm));
            match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok((algorithm, key)),
                (None, _) => Err(format!("the header names no key, and the issuer publishes none for `{name}`")),
                _ => Err(format!("the header names no key, and the issuer publishes several for `{name}`")),
            }
        }
    }
}

/// The one usable key of this id, exact to the byte.
fn named<'k>(keys: &'k KeySet, id: &str) -> Result<&'k VerifyingKey, String> {
    let mut found = keys.keys.iter().filter(|key| key.id.as_deref() == Some(id));
    match (found.next(), found.next()) {
        (Some(key), None) => Ok(key),
        (Some(_), Some(_)) => Err(format!("the issuer publishes several keys with the id {}", quoted(id))),
        (None, _) => match keys.refused.iter().find(|key| key.id.as_deref() == Some(id)) {
            Some(key) => Err(format!("the key {} {}", quoted(id), key.why)),
            None => Err(format!("the issuer publishes no key with the id {}", quoted(id))),
        },
    }
}

impl Verification {
    /// The result for a token of which no claim was read.
    fn unread(verdict: Verdict, algorithm: Option<String>) -> Self {
        let why = match &verdict {
            Verdict::Malformed { .. } => "the token is malformed".to_owned(),
            Verdict::CannotVerify { why } => why.clone(),
            _ => "nothing was read".to_owned(),
        };
        let signature = check("signature", None, format!("not checked: {why}"));
        let checks = std::iter::once(signature).chain(checks::not_made(&why)).collect();
        Self { verdict, checks, algorithm, key_id: None, notices: Vec::new() }
    }
}

/// Text of the token or the issuer as it stands in a sentence: in backticks, cut where it is long.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 200;
    let cut = text.char_indices().nth(LONGEST).map(|(at, _)| &text[..at]);
    cut.map_or_else(|| format!("`{text}`"), |cut| format!("`{cut}…`"))
}

#[cfg(test)]
mod tests;
