//! A **form** body, `application/x-www-form-urlencoded` and nothing else.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use crate::dialect::Failure;

pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body; one of another content type has no fields.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Self(Vec::new());
        }
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The value of a field; an empty one counts as absent (RFC 6749 §3.2).
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Failure> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next().filter(|value| !value.is_empty());
        // Parameters must not be included more than once (RFC 6749 §3.2).
        if values.next().is_some() {
            return Err(Failure::ParameterRepeated(name.to_owned()));
        }
        Ok(first)
    }

    pub(super) fn into_fields(self) -> Vec<(String, String)> {
        self.0
    }
}
