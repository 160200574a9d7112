//! The **Authorization header**: a scheme and a credential (RFC 9110 §11.6.2).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The token of a `Bearer` header (RFC 6750 §2.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    credential(headers, "Bearer")
}

/// Id and secret of a `Basic` header, undecoded (RFC 7617 §2).
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(credential(headers, "Basic")?).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Id and secret of a `Basic` header without the form encoding of OAuth (RFC 6749 §2.3.1).
pub fn form_decoded_basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (id, secret) = basic(headers)?;
    Some((form_decoded(&id)?, form_decoded(&secret)?))
}

fn credential<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let (scheme, credential) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then_some(credential)
}

fn form_decoded(text: &str) -> Option<String> {
    // The reader drops a field without name and value, so this one has a name.
    let field = format!("text={}", text.replace('&', "%26"));
    url::form_urlencoded::parse(field.as_bytes()).next().map(|(_, value)| value.into_owned())
}
