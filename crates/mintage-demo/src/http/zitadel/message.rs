//! A **message** is a request body as protobuf-go reads it: names in camelCase or snake_case, `null` means
//! absent, unknown members are ignored, numbers may be strings. Errors name the position in the body.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::error::ApiError;
use super::timestamp;

pub(super) struct Message {
    members: Map<String, Value>,
    /// As it arrived, for the positions in errors.
    body: Arc<str>,
    /// What follows `proto:` in an error.
    after_proto: char,
}

impl Message {
    /// Reads a body; an empty one is an empty message.
    pub(super) fn read(body: &[u8], after_proto: char) -> Result<Self, ApiError> {
        let mut message = Self { members: Map::new(), body: String::from_utf8_lossy(body).into(), after_proto };
        if !body.is_empty() {
            message.members = serde_json::from_slice(body).map_err(|error| {
                let place = format!("syntax error (line {}:{})", error.line(), error.column());
                ApiError::invalid(format!("proto:{after_proto}{place}: unexpected token"))
            })?;
        }
        Ok(message)
    }

    /// A message within this one.
    pub(super) fn within(&self, name: &str) -> Result<Self, ApiError> {
        let members = match self.get(name) {
            None => Map::new(),
            Some(Value::Object(members)) => members.clone(),
            Some(other) => return Err(self.unexpected(other)),
        };
        Ok(Self { members, body: Arc::clone(&self.body), after_proto: self.after_proto })
    }

    /// The messages of an array.
    pub(super) fn each(&self, name: &str) -> Result<Vec<Self>, ApiError> {
        let items = match self.get(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(other) => return Err(self.unexpected(other)),
        };
        let one = |item: &Value| match item {
            Value::Object(members) => {
                Ok(Self { members: members.clone(), body: Arc::clone(&self.body), after_proto: self.after_proto })
            }
            other => Err(self.unexpected(other)),
        };
        items.iter().map(one).collect()
    }

    /// The strings of an array.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>, ApiError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let texts = value.as_array().and_then(|items| items.iter().map(Value::as_str).collect());
        texts.ok_or_else(|| self.unexpected(value))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A string; empty if absent.
    pub(super) fn text(&self, name: &str) -> Result<&str, ApiError> {
        match self.get(name) {
            None => Ok(""),
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(self.wrong(&format!("invalid value for string field {name}"), other)),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.wrong(&format!("invalid value for bool field {name}"), other)),
        }
    }

    /// A non-negative whole number, also written as a string; 0 if absent.
    pub(super) fn number(&self, name: &str) -> Result<usize, ApiError> {
        let Some(value) = self.get(name) else { return Ok(0) };
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let number = number.and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| self.wrong(&format!("invalid value for number field {name}"), value))
    }

    /// An enum's value, by its number or its name.
    pub(super) fn choice(&self, name: &str, names: &[&str]) -> Result<u64, ApiError> {
        let Some(value) = self.get(name) else { return Ok(0) };
        let position = |text: &str| names.iter().position(|one| *one == text).and_then(|at| u64::try_from(at).ok());
        let found = value.as_u64().or_else(|| position(value.as_str()?));
        found.ok_or_else(|| self.wrong(&format!("invalid value for enum field {name}"), value))
    }

    pub(super) fn timestamp(&self, name: &str) -> Result<Option<OffsetDateTime>, ApiError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let time = value.as_str().and_then(timestamp::read);
        let what = "invalid google.protobuf.Timestamp value";
        time.map(Some).ok_or_else(|| self.error(value, &format!("{what} {value}")))
    }

    /// Bytes in base64 of either alphabet, padded or not; empty if absent. The error quotes what was sent.
    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, ApiError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let decoded = value.as_str().and_then(decoded);
        decoded.ok_or_else(|| self.wrong(&format!("invalid value for bytes field {name}"), value))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let member = self.members.get(name).or_else(|| self.members.get(&snake_case(name)));
        member.filter(|value| !value.is_null())
    }

    fn unexpected(&self, value: &Value) -> ApiError {
        let place = self.place(value);
        ApiError::invalid(format!("proto:{}syntax error {place}: unexpected token {value}", self.after_proto))
    }

    fn wrong(&self, what: &str, value: &Value) -> ApiError {
        self.error(value, &format!("{what}: {value}"))
    }

    fn error(&self, value: &Value, what: &str) -> ApiError {
        ApiError::invalid(format!("proto:{}{}: {what}", self.after_proto, self.place(value)))
    }

    /// Line and column where the value first occurs; 1:1 if the body spells it differently.
    fn place(&self, value: &Value) -> String {
        let before = self.body.find(&value.to_string()).map_or("", |at| &self.body[..at]);
        let line = before.rsplit('\n').next().unwrap_or_default();
        format!("(line {}:{})", before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

fn snake_case(name: &str) -> String {
    name.chars().fold(String::new(), |mut snake, character| {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
        snake
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn read(body: &str) -> Message {
        Message::read(body.as_bytes(), '\u{a0}').unwrap()
    }

    #[test]
    fn members_are_found_by_either_name_and_null_is_none() {
        for body in [r#"{"publicKey":"YQ"}"#, r#"{"public_key":"YQ=="}"#] {
            assert_eq!(read(body).bytes("publicKey").unwrap(), b"a", "{body}");
        }
        assert_eq!(read(r#"{"publicKey":null,"other":[]}"#).bytes("publicKey").unwrap(), b"");
        assert_eq!(read(r#"{"publicKey":"-_-_"}"#).bytes("publicKey").unwrap(), [0xfb, 0xff, 0xbf]);
        assert_eq!(read(r#"{"limit":3}"#).number("limit").unwrap(), 3);
        assert_eq!(read(r#"{"limit":"3"}"#).number("limit").unwrap(), 3);
        assert!(read("").members.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_quoted_with_its_place() {
        let text = |error: ApiError| error.text(Language::English).to_owned();
        let body = "{\n \"publicKey\": \"-----BEGIN\"}";
        assert_eq!(
            text(read(body).bytes("publicKey").unwrap_err()),
            "proto:\u{a0}(line 2:15): invalid value for bytes field publicKey: \"-----BEGIN\""
        );
        assert_eq!(
            text(read(r#"{"expirationDate":""}"#).timestamp("expirationDate").unwrap_err()),
            "proto:\u{a0}(line 1:19): invalid google.protobuf.Timestamp value \"\""
        );
        for body in ["x", "[]", "{", "5", "\"\"", "{}x", "\u{feff}{}"] {
            let error = Message::read(body.as_bytes(), ' ').map(|_| ()).unwrap_err();
            assert!(text(error).starts_with("proto: syntax error (line 1:"), "{body}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Message::read(deep.as_bytes(), ' ').is_err());
        for body in [r#"{"a":5}"#, r#"{"a":{}}"#, r#"{"a":[1]}"#, r#"{"a":-1}"#, r#"{"a":1e400}"#] {
            let Ok(message) = Message::read(body.as_bytes(), ' ') else { continue };
            assert!(message.text("a").is_err() && message.timestamp("a").is_err(), "{body}");
            assert!(message.bytes("a").is_err() && message.flag("a").is_err(), "{body}");
        }
    }
}
