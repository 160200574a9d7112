//! An **answer**: status, content type, body. `Date` is added at the edge.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::dialect::{Failure, true_cause};
use crate::shared::Shared;

pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    with_type(status, "application/json", body.to_string())
}

pub(super) fn plain(status: StatusCode, body: String) -> Response {
    with_type(status, "text/plain; charset=utf-8", body)
}

pub(super) fn html(status: StatusCode, body: &str) -> Response {
    with_type(status, "text/html; charset=utf-8", body.to_owned())
}

/// Forbids to store what holds a token (RFC 6749 §5.1).
pub(super) fn unstored(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Words a failure in the dialect in force.
pub(super) fn refusal(shared: &Shared, failure: &Failure) -> Response {
    let now = shared.now();
    let quirks = shared.quirks();
    let mut refusal = quirks.dialect.refuse(failure, &shared.issuer, now);
    if let Some(cause) = true_cause(failure, &shared.issuer, now).filter(|_| quirks.tells_parent) {
        refusal.body["parent"] = json!(cause);
    }
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = match (refusal.plain, &refusal.body) {
        (true, Value::String(text)) => plain(status, format!("{text}\n")),
        (true, body) => plain(status, format!("{body}\n")),
        (false, body) => json(status, body),
    };
    unstored(response)
}

fn with_type(status: StatusCode, content_type: &'static str, body: String) -> Response {
    (status, [(CONTENT_TYPE, content_type)], Body::from(body)).into_response()
}
