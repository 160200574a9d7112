//! A **form** body, `application/x-www-form-urlencoded` – or, if a system accepts that too, a JSON object.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::refusal::Failure;

pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body; one of another content type has no fields.
    pub fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        if !has_type(headers, "application/x-www-form-urlencoded") {
            return Self(Vec::new());
        }
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// Reads the body, which may be a JSON object: its strings are fields.
    pub fn read_either(headers: &HeaderMap, body: &[u8]) -> Self {
        if !has_type(headers, "application/json") {
            return Self::read(headers, body);
        }
        let members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        Self(members.into_iter().filter_map(text).collect())
    }

    /// The value of a field; an empty one counts as absent (RFC 6749 §3.2).
    pub fn one(&self, name: &str) -> Result<Option<&str>, Failure> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next().filter(|value| !value.is_empty());
        // Parameters must not be included more than once (RFC 6749 §3.2).
        if values.next().is_some() {
            return Err(Failure::ParameterRepeated(name.to_owned()));
        }
        Ok(first)
    }

    pub fn required(&self, name: &'static str) -> Result<&str, Failure> {
        self.one(name)?.ok_or(Failure::ParameterMissing(name))
    }

    pub fn into_fields(self) -> Vec<(String, String)> {
        self.0
    }
}

/// Whether the body declares this type.
pub fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}
