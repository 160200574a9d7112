//! The **userinfo endpoint** (OpenID Connect Core §5.3): who a token belongs to.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use crate::claims;
use crate::dialect::{Dialect, Failure};
use crate::shared::Shared;

pub(super) async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match bearer(&headers).and_then(|token| describe(&shared, token)) {
        Some(user) => answer::unstored(answer::json(StatusCode::OK, &user)),
        None => answer::refusal(&shared, &Failure::AccessToken),
    }
}

/// The token of the `Authorization` header (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token)
}

fn describe(shared: &Shared, token: &str) -> Option<Value> {
    let now = shared.now();
    let book = shared.book();
    let (grant, entry) = book.grant(token, now)?;
    let mut user = json!({});
    // The first era told the subject to those who asked for it only.
    if grant.scopes.has("openid") || book.quirks.dialect != Dialect::D0 {
        user["sub"] = json!(grant.user_id);
    }
    claims::extend(&mut user, claims::profile(&entry.user, entry.changed_at, &grant.scopes));
    claims::extend(&mut user, claims::reserved(&entry.user, &grant.scopes, &grant.audience));
    Some(user)
}
