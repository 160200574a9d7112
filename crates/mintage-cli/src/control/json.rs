//! The agent's rows as the command line's JSON: names in camel case, and each time in seconds as well.

use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) fn to_json(value: &impl Serialize) -> Value {
    let value = serde_json::to_value(value).expect("the agent's rows are made of strings, numbers and lists");
    converted(value)
}

fn converted(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(converted).collect()),
        Value::Object(members) => {
            let mut all = Map::new();
            for (name, value) in members {
                let name = camel_case(&name);
                if let Some(moment) = value.as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok()) {
                    all.insert(format!("{name}Epoch"), moment.unix_timestamp().into());
                }
                all.insert(name, converted(value));
            }
            Value::Object(all)
        }
        other => other,
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &initial.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_camel_case_and_times_are_told_twice() {
        let row = serde_json::json!([{ "key_expires_at": "2026-11-29T16:00:00Z", "name": "2026", "held_by": { "started_at": "x" } }]);
        let expected = serde_json::json!([{
            "keyExpiresAt": "2026-11-29T16:00:00Z", "keyExpiresAtEpoch": 1_795_968_000, "name": "2026",
            "heldBy": { "startedAt": "x" }
        }]);
        assert_eq!(to_json(&row), expected);
    }
}
