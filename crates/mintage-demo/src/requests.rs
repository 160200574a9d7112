//! A **seen request** is one line of the log that tests use; the app never turns the log on.

use std::fmt;

use serde_json::Value;

/// One request as it arrived, including refused ones.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// The HTTP method.
    pub method: String,
    /// The path with its query, if there was one.
    pub path: String,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The scheme of the `Authorization` header, without the credential.
    pub authorization: Option<String>,
    /// The fields of a form body, in order; empty for any other body.
    pub form: Vec<(String, String)>,
    /// The headers in order, names in lower case; one that isn't text is left out.
    pub headers: Vec<(String, String)>,
    /// The body as text; empty if it isn't text.
    pub body: String,
}

impl SeenRequest {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The credential of the `Authorization` header, after its scheme.
    pub fn credential(&self) -> Option<&str> {
        self.header("authorization")?.split_once(' ').map(|(_, credential)| credential)
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// The first value of a form field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Only the names of the fields: their values, the headers and the body contain assertions, tokens and secrets.
impl fmt::Debug for SeenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<&str> = self.form.iter().map(|(key, _)| key.as_str()).collect();
        f.debug_struct("SeenRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("content_type", &self.content_type)
            .field("authorization", &self.authorization)
            .field("form", &fields)
            .finish()
    }
}
