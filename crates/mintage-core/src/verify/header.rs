//! What a token's **header** demands of a verifier (RFC 7515 §4).
//!
//! Rule: it may name an algorithm and a key of the issuer's set, and nothing more. Keys and key addresses in the header
//! are ignored and reported (RFC 8725 §3.10).

use super::quoted;
use crate::json::Json;

/// Members that would let the token choose its own key (RFC 7515 §4.1.2, §4.1.3, §4.1.5, §4.1.6).
const OWN_KEYS: [&str; 4] = ["jku", "jwk", "x5u", "x5c"];
/// Types that an access token may have (RFC 7519 §5.1, RFC 9068 §2.1); compared case-insensitively.
const USUAL_TYPES: [&str; 4] = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"];

/// What the verifying code needs of a header.
#[derive(Debug)]
pub(super) struct Header {
    /// `alg`, as written.
    pub(super) algorithm: String,
    /// `kid`, as written.
    pub(super) key_id: Option<String>,
    /// Notices that don't change the result.
    pub(super) notices: Vec<String>,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// Why the token is malformed, as a sentence part.
    pub(super) fn read(header: &Json) -> Result<Self, String> {
        let Some(algorithm) = header.get("alg").and_then(Json::as_text) else {
            return Err("the header's `alg` isn't a string".into());
        };
        // No extension is supported, so every required one fails (RFC 7515 §4.1.11).
        if header.get("crit").is_some() {
            return Err("the header requires extensions (`crit`) that Mintage doesn't support".into());
        }
        // An unencoded payload changes what was signed (RFC 7797 §3, §6).
        if header.get("b64").is_some_and(|b64| *b64 != Json::Bool(true)) {
            return Err("the header says the payload isn't encoded (`b64`)".into());
        }
        let key_id = match header.get("kid") {
            None => None,
            Some(Json::Text(key_id)) => Some(key_id.clone()),
            Some(_) => return Err("the header's `kid` isn't a string".into()),
        };
        Ok(Self { algorithm: algorithm.to_owned(), key_id, notices: notices(header) })
    }
}

fn notices(header: &Json) -> Vec<String> {
    let own_keys = OWN_KEYS.iter().filter(|name| header.get(name).is_some());
    let mut notices: Vec<String> =
        own_keys.map(|name| format!("the header has its own `{name}`, which was ignored")).collect();
    match header.get("typ") {
        None => {}
        Some(Json::Text(kind)) if USUAL_TYPES.contains(&kind.to_ascii_lowercase().as_str()) => {}
        Some(Json::Text(kind)) => notices.push(format!("the header's `typ` is {}", quoted(kind))),
        Some(_) => notices.push("the header's `typ` isn't a string".into()),
    }
    match header.get("cty") {
        None => {}
        Some(Json::Text(kind)) => notices.push(format!("the header's `cty` is {}", quoted(kind))),
        Some(_) => notices.push("the header's `cty` isn't a string".into()),
    }
    notices
}
