//! A **call**: what is requested from Frontier, by any transport.

use serde_json::{Map, Value};

use mintage_demo::refusal::Failure;

pub(super) enum Call {
    /// The body's `grant_type` is ignored: the header's credential decides (v0.90 and v0.115, measured).
    Token,
    KeySet,
    Myself,
    ServiceUser(Target),
    /// Creates a service user: its organisation and title.
    CreateServiceUser(String, String),
    /// Lists the service users of an organisation.
    ServiceUsers(String),
    DeleteServiceUser(Target),
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

/// The members of a body. Frontier reads every body as JSON, whatever its type; none is an empty one.
pub(super) struct Message(Map<String, Value>);

impl Message {
    pub(super) fn read(body: &[u8]) -> Result<Self, Failure> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        let first = String::from_utf8_lossy(body).chars().next();
        serde_json::from_slice(body).map(Self).map_err(|_| Failure::BodyUnreadable(first))
    }

    /// A message in it.
    pub(super) fn message(&self, name: &str) -> Self {
        Self(self.0.get(name).and_then(Value::as_object).cloned().unwrap_or_default())
    }

    /// A string by its name in the definition, or by its JSON name (`key_id`, `keyId`).
    pub(super) fn text(&self, name: &str) -> String {
        let member = self.0.get(name).or_else(|| self.0.get(&camel_case(name)));
        member.and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// The JSON name for one in the definition.
pub(super) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        name + &initial.to_uppercase() + rest
    })
}
