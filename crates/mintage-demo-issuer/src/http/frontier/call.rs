//! A **call**: what is asked of Frontier, however it is asked.

use serde_json::{Map, Value};

use crate::refusal::Failure;

pub(super) enum Call {
    /// The body's `grant_type` is ignored: the header's credential decides (v0.90 and v0.115, measured).
    Token,
    KeySet,
    Myself,
    ServiceUser(Target),
    Create(Target, Kind, String),
    List(Target, Kind),
    Key(String),
    Delete(Target, Kind, String),
}

/// A service user. The call's organisation isn't checked (v0.90 and v0.115, measured).
pub(super) struct Target {
    pub(super) user_id: String,
}

/// The kinds of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Key,
    Secret,
    Token,
}

/// The members of a body. Frontier reads every body as JSON, whatever its type says; none is an empty one.
pub(super) struct Message(Map<String, Value>);

impl Message {
    pub(super) fn read(body: &[u8]) -> Result<Self, Failure> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        let first = String::from_utf8_lossy(body).chars().next();
        serde_json::from_slice(body).map(Self).map_err(|_| Failure::BodyUnreadable(first))
    }

    /// A text by its name in the definition, or by the name that JSON makes of it (`key_id`, `keyId`).
    pub(super) fn text(&self, name: &str) -> String {
        let member = self.0.get(name).or_else(|| self.0.get(&camel_case(name)));
        member.and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// The name that JSON makes of one in the definition.
pub(super) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        name + &initial.to_uppercase() + rest
    })
}
