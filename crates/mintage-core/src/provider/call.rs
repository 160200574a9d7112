//! A **call** of a server's API, as data: its method, its address, its headers and its body, all as templates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::template::{Values, expand, placeholders};

/// An HTTP method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    #[default]
    Get,
    /// Send.
    Post,
    /// Replace.
    Put,
    /// Change in part.
    Patch,
    /// Remove.
    Delete,
}

/// One call of a server's API. Templates know `{base}`, `{userId}`, `{keyId}`, `{title}` and the
/// environment's parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// Its address, as a template.
    pub url: String,
    /// Headers besides those of every call, as templates; one without a value isn't sent.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Whether the body is a form with parts (`multipart/form-data`, RFC 7578) and not JSON. The part `file` is a file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub multipart: bool,
    /// Members of its JSON body, as templates; none for no body. A name that begins with a slash is a JSON Pointer.
    pub body: BTreeMap<String, String>,
}

impl Call {
    /// Every template in it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.url).chain(self.headers.values()).chain(self.body.values()).map(String::as_str)
    }

    /// The headers that have a value.
    pub(crate) fn header_values(&self, values: &Values) -> Vec<(String, String)> {
        let written = self.headers.iter().map(|(name, text)| (name.clone(), expand(text, values)));
        written.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The media type and the body of a form with parts (RFC 7578). The boundary can't occur in base64, PEM or a word.
    pub(crate) fn written_parts(&self, values: &Values) -> (String, String) {
        const BOUNDARY: &str = "=_mintage_part_=";
        let mut parts = String::new();
        for (name, text) in &self.body {
            let file = if name == "file" { "; filename=\"key\"" } else { "" };
            let value = expand(text, values);
            let head = format!("Content-Disposition: form-data; name=\"{name}\"{file}");
            parts.push_str(&format!("--{BOUNDARY}\r\n{head}\r\n\r\n{value}\r\n"));
        }
        parts.push_str(&format!("--{BOUNDARY}--\r\n"));
        (format!("multipart/form-data; boundary=\"{BOUNDARY}\""), parts)
    }

    /// The JSON body; `None` if it has none.
    ///
    /// A member's name is a JSON Pointer (RFC 6901) if it begins with a slash; the empty name stands for the whole
    /// body, which is `{}` if its text is empty. A text without placeholders that is a JSON number or `true`, `false`,
    /// `null`, `[]` or `{}` stands for that value; everything else is a string. A member whose placeholder has no value
    /// is left out.
    pub(crate) fn written_body(&self, values: &Values) -> Option<String> {
        if let Some(whole) = self.body.get("") {
            if whole.is_empty() {
                return Some("{}".to_owned());
            }
            return Some(expand(whole, values)).filter(|text| !text.is_empty());
        }
        let mut body = Value::Null;
        for (name, text) in &self.body {
            let Some(value) = member(text, values) else { continue };
            let steps: Vec<String> = match crate::json::steps(name).filter(|_| name.starts_with('/')) {
                Some(steps) => steps.collect(),
                None => vec![name.clone()],
            };
            put(&mut body, &steps, value);
        }
        (!self.body.is_empty()).then(|| match body {
            Value::Null => "{}".to_owned(),
            body => body.to_string(),
        })
    }
}

/// A member's value; `None` if a placeholder has none.
fn member(text: &str, values: &Values) -> Option<Value> {
    if placeholders(text).next().is_none() {
        let literal = serde_json::from_str(text).ok().filter(|value: &Value| !value.is_string());
        return Some(literal.unwrap_or_else(|| text.into()));
    }
    let value = expand(text, values);
    (!value.is_empty()).then(|| value.into())
}

/// Puts a value at a path; numbers are places in arrays.
fn put(into: &mut Value, steps: &[String], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *into = value;
        return;
    };
    match crate::json::index(step) {
        Some(place) => {
            if !into.is_array() {
                *into = Value::Array(Vec::new());
            }
            if let Value::Array(items) = into {
                let place = place.min(items.len());
                if place == items.len() {
                    items.push(Value::Null);
                }
                put(&mut items[place], rest, value);
            }
        }
        None => {
            if !into.is_object() {
                *into = Value::Object(serde_json::Map::new());
            }
            if let Value::Object(members) = into {
                put(members.entry(step.clone()).or_insert(Value::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call<const N: usize>(body: [(&str, &str); N]) -> Call {
        Call { body: body.map(|(name, text)| (name.to_owned(), text.to_owned())).into(), ..Call::default() }
    }

    #[test]
    fn a_body_is_written_from_names_pointers_literals_and_placeholders() {
        let values: Values = [("userId", "7"), ("publicJwk", r#"{"kty":"RSA"}"#), ("expiresAt", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        for (call, expected) in [
            (call([]), None),
            (call([("", "")]), Some("{}")),
            (call([("title", "x")]), Some(r#"{"title":"x"}"#)),
            (call([("/filters/0/userIdFilter/id", "{userId}")]), Some(r#"{"filters":[{"userIdFilter":{"id":"7"}}]}"#)),
            (
                call([("/a/b", "null"), ("/active", "false"), ("/n", "9")]),
                Some(r#"{"a":{"b":null},"active":false,"n":9}"#),
            ),
            (call([("", "{publicJwk}")]), Some(r#"{"kty":"RSA"}"#)),
            (call([("expirationDate", "{expiresAt}"), ("id", "{userId}")]), Some(r#"{"id":"7"}"#)),
            (call([("expirationDate", "{expiresAt}")]), Some("{}")),
            (call([("/x/0", "a"), ("/x/1", "b")]), Some(r#"{"x":["a","b"]}"#)),
        ] {
            assert_eq!(call.written_body(&values).as_deref(), expected, "{call:?}");
        }
    }
}
