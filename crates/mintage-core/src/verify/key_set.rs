//! A **key set** is what an issuer publishes for verifying its tokens (RFC 7517 §5).
//!
//! Rule: lenient about the set, strict about each key. A key that can't be used never affects the others; it is
//! recorded with its reason, so that a token that names it gets that reason.

use super::key::VerifyingKey;
use super::{KeySet, quoted};
use crate::json::Json;
use crate::token::TokenError;

/// Further keys aren't read; real sets contain a handful.
const MAX_KEYS: usize = 200;
/// Members that only a private key has (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2).
const PRIVATE_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// A key of the set that can't verify signatures.
#[derive(Clone, Debug)]
pub(super) struct RefusedKey {
    /// `kid`, if it is a string.
    pub(super) id: Option<String>,
    /// Why, as a sentence part with the key as its subject.
    pub(super) why: String,
}

impl KeySet {
    /// Reads a JWK set.
    ///
    /// # Errors
    /// [`TokenError::KeySetUnreadable`] if it isn't a JSON object with an array `keys`, or has duplicate names.
    pub fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let unreadable = |why: &str| TokenError::KeySetUnreadable { why: why.to_owned() };
        let text = std::str::from_utf8(json).map_err(|_| unreadable("it isn't valid UTF-8"))?;
        let json = Json::parse(text).map_err(|error| unreadable(&error.to_string()))?;
        let keys = match (&json, json.get("keys")) {
            (Json::Object(_), Some(Json::List(keys))) => keys,
            (Json::Object(_), Some(_)) => return Err(unreadable("`keys` isn't an array")),
            (Json::Object(_), None) => return Err(unreadable("it has no member `keys`")),
            _ => return Err(unreadable("it isn't a JSON object")),
        };
        let mut set = Self { notices: Vec::new(), keys: Vec::new(), refused: Vec::new() };
        if keys.len() > MAX_KEYS {
            set.notices.push(format!("only the first {MAX_KEYS} of {} keys were read", keys.len()));
        }
        keys.iter().take(MAX_KEYS).for_each(|jwk| set.take(jwk));
        Ok(set)
    }

    /// How many usable keys it contains.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The thumbprints of its usable keys (RFC 7638).
    pub fn thumbprints(&self) -> Vec<String> {
        self.keys.iter().map(VerifyingKey::thumbprint).collect()
    }

    /// Whether it contains no usable key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether it contains a key with this id, usable or not; the caller refetches the set once if not.
    pub fn has(&self, key_id: &str) -> bool {
        let used = self.keys.iter().map(|key| &key.id);
        let mut ids = used.chain(self.refused.iter().map(|key| &key.id));
        ids.any(|id| id.as_deref() == Some(key_id))
    }

    fn take(&mut self, jwk: &Json) {
        let Json::Object(members) = jwk else {
            return self.notices.push("an entry that isn't a JSON object was skipped".into());
        };
        // Some servers fill in members that a key type doesn't have with empty strings.
        let is_empty = |value: &Json| value.as_text() == Some("");
        let public = members.iter().filter(|(name, value)| !is_private(name) && !is_empty(value));
        let public = Json::Object(public.cloned().collect());
        let id = public.get("kid").and_then(Json::as_text).map(str::to_owned);
        let name = id.as_deref().map_or_else(|| "without an id".to_owned(), quoted);
        if members.iter().any(|(name, value)| is_private(name) && !is_empty(value)) {
            self.notices.push(format!(
                "the issuer publishes the private part of the key {name}, so anyone can sign with it; that part was dropped"
            ));
        }
        match VerifyingKey::from_jwk(&public) {
            Ok(key) if self.keys.contains(&key) => self.notices.push(format!("the key {name} is listed twice")),
            Ok(key) => self.keys.push(key),
            Err(why) => {
                self.notices.push(format!("the key {name} isn't used: it {why}"));
                self.refused.push(RefusedKey { id, why });
            }
        }
    }
}

fn is_private(name: &str) -> bool {
    PRIVATE_MEMBERS.contains(&name)
}
