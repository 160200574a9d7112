//! **Verifying** a token: is it really the issuer's, unchanged, for whom, and for how long?
//!
//! Rule: strict layer first, library last. Everything about form and claims is checked here; the crypto library only
//! decides whether one signature matches one key. Six verdicts, never blurred. The token's content never chooses a
//! key's address (`jku`, `x5u`, `jwk`, `x5c` are reported).

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

/// The result of verifying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "verdict", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Verdict {
    /// Signature and every claim check pass.
    Valid,
    /// The signature doesn't match the key that the issuer publishes under this id.
    SignatureInvalid,
    /// The signature couldn't be checked, but a claim check fails: it isn't valid either way.
    FailsUnverified {
        /// Why the signature couldn't be checked, as a sentence part.
        why: String,
    },
    /// It can't be determined.
    CannotVerify {
        /// Why, as a sentence part, for example `the issuer publishes no key with this id`.
        why: String,
    },
    /// It isn't a well-formed JWS.
    Malformed {
        /// Why, as a sentence part.
        why: String,
    },
    /// The signature is valid, but a claim check fails.
    ClaimsFail,
}

/// One check and its result.
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
    /// The header's algorithm, if it could be read.
    pub algorithm: Option<String>,
    /// Id of the key that the signature was checked with.
    pub key_id: Option<String>,
    /// Notices that don't change the verdict, for example `the header has its own jku, which was ignored`.
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

/// A JWK set that was read leniently (RFC 7517 §5): unknown keys skipped, private and empty members dropped, at most
/// 200 keys. [`KeySet::default`] is the empty set.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    /// Notices, for example `1 key of an unknown type was skipped`.
    pub notices: Vec<String>,
    pub(crate) keys: Vec<VerifyingKey>,
    refused: Vec<RefusedKey>,
}

/// Verifies a token against a key set and an expectation. Never panics, whatever the token contains.
///
/// The claims are checked whenever they can be read, so that another issuer's token shows its issuer; only the verdict
/// says what that is worth.
pub fn verify(token: &str, keys: &KeySet, expected: &Expectation) -> Verification {
    let unread = |verdict| Verification::unread(verdict, None);
    match Compact::parse(token) {
        Compact::Signed(jws) => verify_signed(&jws, keys, expected),
        Compact::Encrypted => unread(Verdict::CannotVerify { why: "the token is encrypted for its issuer".into() }),
        Compact::Opaque => unread(Verdict::CannotVerify { why: "the token is opaque".into() }),
        Compact::Broken(why) => unread(Verdict::Malformed { why }),
        Compact::TooLarge => {
            unread(Verdict::Malformed { why: "it is larger than 64 kB, or its header is larger than 16 kB".into() })
        }
    }
}

/// The `kid` of a token's header, if it has one that is a string.
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
        notices.push(format!("the leeway was limited to {} s", checks::leeway(expected)));
    }
    let chosen = choose(keys, &header.algorithm, header.key_id.as_deref());
    if let (Ok((_, key)), None) = (&chosen, &header.key_id) {
        let key = key.id.as_deref().map_or_else(|| "the key without an id".to_owned(), quoted);
        notices.push(format!("the header doesn't name a key; {key} is the only one that fits"));
    }
    let claims = checks::of_claims(&payload, expected);
    let claims_hold = claims.iter().all(|check| check.holds != Some(false));
    let judged = chosen.and_then(|(algorithm, key)| {
        let holds = key.verifies(algorithm, jws.signing_input.as_bytes(), &signature);
        let sealed = !holds && is_for_its_api_alone(&jws.header, &payload);
        if sealed { Err(FOR_ITS_API_ALONE.to_owned()) } else { Ok((key.id.clone(), holds)) }
    });
    let verdict = match &judged {
        Err(why) if !claims_hold => Verdict::FailsUnverified { why: why.clone() },
        Err(why) => Verdict::CannotVerify { why: why.clone() },
        Ok((_, false)) => Verdict::SignatureInvalid,
        Ok((_, true)) if !claims_hold => Verdict::ClaimsFail,
        Ok((_, true)) => Verdict::Valid,
    };
    let checks = std::iter::once(signature_check(&judged)).chain(claims).collect();
    let key_id = judged.ok().and_then(|(key_id, _)| key_id);
    Verification { verdict, checks, algorithm: Some(header.algorithm), key_id, notices }
}

/// Whether the signature holds, and whose it is; why that couldn't be decided otherwise.
fn signature_check(judged: &Result<(Option<String>, bool), String>) -> Check {
    let (key_id, holds) = match judged {
        Ok((key_id, holds)) => (key_id, *holds),
        Err(why) => return check("signature", None, why.clone()),
    };
    let name = key_id.as_deref().map_or_else(|| "the issuer's key".to_owned(), |id| format!("the key {}", quoted(id)));
    check("signature", Some(holds), if holds { format!("made with {name}") } else { format!("doesn't match {name}") })
}

const FOR_ITS_API_ALONE: &str = "its header contains a `nonce`: it is for one of Microsoft's own APIs, such as Graph, \
                                 and only that API can verify it";

/// Whether a signature that doesn't match was never meant to: Entra signs tokens for Microsoft's own APIs over a
/// different `nonce` than the header shows, so that nobody else can verify them.
fn is_for_its_api_alone(header: &Json, payload: &Json) -> bool {
    let issuer = payload.get("iss").and_then(Json::as_text);
    header.get("nonce").is_some() && issuer.is_some_and(|issuer| issuer.starts_with("https://sts.windows.net/"))
}

/// Reads all three parts.
fn read(jws: &Jws<'_>) -> Result<(Header, Json, Vec<u8>), String> {
    let header = Header::read(&jws.header)?;
    let payload = jws.payload()?;
    let signature = jws.signature()?;
    // Only an unsecured token has none (RFC 7518 §3.6), and it is recognised by its algorithm.
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
            "none" => "the token isn't signed (`alg` is `none`)".into(),
            "HS256" | "HS384" | "HS512" => {
                format!("`{name}` signs with a shared secret, which an issuer can't publish")
            }
            other => format!("Mintage doesn't accept the algorithm {}", quoted(other)),
        });
    };
    match key_id {
        Some(id) => named(keys, id).and_then(|key| {
            let agrees = key.agrees_with(algorithm);
            agrees.then_some((algorithm, key)).ok_or_else(|| format!("the key {} isn't for `{name}`", quoted(id)))
        }),
        None => {
            let mut fitting = keys.keys.iter().filter(|key| key.agrees_with(algorithm));
            match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok((algorithm, key)),
                (None, _) => Err(format!("the header doesn't name a key, and the issuer publishes none for `{name}`")),
                _ => Err(format!("the header doesn't name a key, and the issuer publishes several for `{name}`")),
            }
        }
    }
}

/// The one usable key with this id, exact to the byte.
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
    /// The result for a token whose claims weren't read.
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

/// Text of the token or the issuer for a sentence: in backticks, truncated if it is long.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 200;
    let cut = text.char_indices().nth(LONGEST).map(|(at, _)| &text[..at]);
    cut.map_or_else(|| format!("`{text}`"), |cut| format!("`{cut}…`"))
}

#[cfg(test)]
mod tests;
