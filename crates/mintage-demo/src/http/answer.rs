//! A **response**: status, content type, body. `Date` is added at the edge.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, PRAGMA, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::quirks::Redirect;
use crate::refusal::Failure;
use crate::shared::Shared;
use crate::zitadel::true_cause;

pub fn json(status: StatusCode, body: &Value) -> Response {
    with_type(status, "application/json", body.to_string())
}

/// JSON that is already serialised.
pub fn json_text(status: StatusCode, body: String) -> Response {
    with_type(status, "application/json", body)
}

pub fn plain(status: StatusCode, body: String) -> Response {
    with_type(status, "text/plain; charset=utf-8", body)
}

pub fn html(status: StatusCode, body: &str) -> Response {
    with_type(status, "text/html; charset=utf-8", body.to_owned())
}

pub fn empty(status: StatusCode) -> Response {
    status.into_response()
}

/// Redirects the client (RFC 9110 §15.4).
pub fn redirect(redirect: &Redirect, path: &str) -> Response {
    let mut response = empty(StatusCode::from_u16(redirect.status).unwrap_or(StatusCode::FOUND));
    if let Ok(location) = HeaderValue::from_str(&format!("{}{path}", redirect.origin)) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Forbids storing a response with a token (RFC 6749 §5.1).
pub fn unstored(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Words a failure as the system does.
pub fn refusal(shared: &Shared, failure: &Failure) -> Response {
    let place = shared.place();
    let mut refusal = (shared.rules.refuse)(failure, &place);
    let told = shared.quirks().tells_parent;
    if let Some(cause) = true_cause(failure, &place.issuer, place.now).filter(|_| told) {
        refusal.body["parent"] = json!(cause);
    }
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match (refusal.plain, &refusal.body) {
        (true, Value::String(text)) => plain(status, format!("{text}\n")),
        (true, body) => plain(status, format!("{body}\n")),
        (false, body) => json(status, body),
    };
    if let Some(challenge) = refusal.challenge {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    unstored(response)
}

fn with_type(status: StatusCode, content_type: &'static str, body: String) -> Response {
    (status, [(CONTENT_TYPE, content_type)], Body::from(body)).into_response()
}
