//! The **userinfo endpoint** (OpenID Connect Core §5.3): whom a token belongs to.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::authorization;
use crate::claims;
use crate::dialect::Dialect;
use crate::refusal::Failure;
use crate::shared::Shared;

pub(super) async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let token = authorization::bearer(&headers).ok_or(Failure::AccessTokenMissing);
    match token.and_then(|token| describe(&shared, token).ok_or(Failure::AccessToken)) {
        Ok(user) => answer::unstored(answer::json(StatusCode::OK, &user)),
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

fn describe(shared: &Shared, token: &str) -> Option<Value> {
    let now = shared.now();
    let book = shared.book();
    let (grant, entry) = book.grant(token, now)?;
    let mut user = json!({});
    // The first era returned the subject only if it was requested.
    if grant.scopes.has("openid") || book.quirks.dialect != Dialect::D0 {
        user["sub"] = json!(grant.subject);
    }
    claims::extend(&mut user, claims::profile(&entry.user, entry.changed_at, &grant.scopes));
    if shared.rules.guards_audience() {
        claims::extend(&mut user, claims::reserved(&entry.user, &grant.scopes, &grant.audience));
    }
    Some(user)
}
