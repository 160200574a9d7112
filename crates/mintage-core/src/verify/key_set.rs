//! A **key set** is what an issuer publishes to verify its tokens with (RFC 7517 §5).
//!
//! Rule: lenient about the set, strict about each key. A key that cannot be used never spoils the
//! others; it is remembered with its reason, so that a token that names it gets that reason.

use super::key::VerifyingKey;
use super::{KeySet, quoted};
use crate::error::TokenError;
use crate::json::Json;

/// More keys than this are not read; real sets hold a handful.
const MAX_KEYS: usize = 200;
/// Members that only a private key has (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2).
const PRIVATE_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// A key of the set that cannot verify signatures.
#[derive(Clone, Debug)]
pub(super) struct RefusedKey {
    /// `kid`, where it is a string.
    pub(super) id: Option<String>,
    /// Why, as a sentence part with the key as its subject.
    pub(super) why: String,
}

impl KeySet {
    /// Reads a JWK set.
    ///
    /// # Errors
    /// [`TokenError::KeySetUnreadable`] where it is no JSON object with an array `keys`, or has
    /// duplicate names.
    pub fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let unreadable = |why: &str| TokenError::KeySetUnreadable { why: why.to_owned() };
        let text = std::str::from_utf8(json).map_err(|_| unreadable("it is not valid UTF-8"))?;
        let json = Json::parse(text).map_err(|error| unreadable(&error.to_string()))?;
        let keys = match (&json, json.get("keys")) {
            (Json::Object(_), Some(Json::List(keys))) => keys,
            (Json::Object(_), Some(_)) => return Err(unreadable("`keys` is not a list")),
            (Json::Object(_), None) => return Err(unreadable("it has no member `keys`")),
            _ => return Err(unreadable("it is not a JSON object")),
        };
        let mut set = Self { notices: Vec::new(), keys: Vec::new(), refused: Vec::new() };
        if keys.len() > MAX_KEYS {
            set.notices.push(format!("only the first {MAX_KEYS} of {} keys were read", keys.len()));
        }
        keys.iter().take(MAX_KEYS).for_each(|jwk| set.take(jwk));
        Ok(set)
    }

    /// How many usable keys it holds.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The thumbprints of its usable keys (RFC 7638).
    pub fn thumbprints(&self) -> Vec<String> {
        self.keys.iter().map(VerifyingKey::thumbprint).collect()
    }

    /// Whether it holds no usable key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a key of this id is among them, usable or not; the caller refetches the set once if not.
    pub fn has(&self, key_id: &str) -> bool {
        let used = self.keys.iter().map(|key| &key.id);
        let mut ids = used.chain(self.refused.iter().map(|key| &key.id));
        ids.any(|id| id.as_deref() == Some(key_id))
    }

    fn take(&mut self, jwk: &Json) {
        let Json::Object(members) = jwk else {
            return self.notices.push("an entry that is no JSON object was skipped".into());
        };
        // Some servers fill the members that a key type does not have with empty strings.
        let is_empty = |value: &Json| value.as_text() == Some("");
        let public = members.iter().filter(|(name, value)| !is_private(name) && !is_empty(value));
        let public = Json::Object(public.cloned().collect());
        let id = public.get("kid").and_then(Json::as_text).map(str::to_owned);
        let name = id.as_deref().map_or_else(|| "without an id".to_owned(), quoted);
        if members.iter().any(|(name, value)| is_private(name) && !is_empty(value)) {
            self.notices.push(format!(
                "the issuer publishes the private part of the key {name}: anybody can sign with it; that part was dropped"
            ));
        }
        match VerifyingKey::from_jwk(&public) {
            Ok(key) if self.keys.contains(&key) => self.notices.push(format!("the key {name} is listed twice")),
            Ok(key) => self.keys.push(key),
            Err(why) => {
                self.notices.push(format!("the key {name} is not used: it {why}"));
                self.refused.push(RefusedKey { id, why });
            }
        }
    }
}

fn is_private(name: &str) -> bool {
    PRIVATE_MEMBERS.contains(&name)
}
