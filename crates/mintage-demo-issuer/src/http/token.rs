//! The **token endpoint**: an assertion for an access token (RFC 7523 §2.1).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::form::Form;
use crate::assertion;
use crate::dialect::Failure;
use crate::random;
use crate::scope::Scopes;
use crate::shared::{Entry, Shared};
use crate::token::Grant;
use crate::user::{User, UserState};

pub(super) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub(super) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    match exchange(&shared, &Form::read(&headers, &body)) {
        Ok(token) => answer::unstored(answer::json(StatusCode::OK, &token)),
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

fn exchange(shared: &Shared, form: &Form) -> Result<Value, Failure> {
    let grant_type = form.one("grant_type")?.ok_or(Failure::GrantTypeMissing)?;
    if grant_type != JWT_BEARER {
        return Err(Failure::GrantTypeUnsupported(grant_type.to_owned()));
    }
    let assertion = form.one("assertion")?.ok_or(Failure::ParameterMissing("assertion"))?;
    let requested = form.one("scope")?.unwrap_or_default();
    let key_of = |user_id: &str, key_id: &str| shared.book().user_key(user_id, key_id);
    let user_id = assertion::check(assertion, &shared.issuer, shared.now(), key_of).map_err(Failure::Assertion)?;
    let scopes = match Scopes::read(requested) {
        Some(scopes) => scopes,
        None if shared.quirks().dialect.requires_scope() => return Err(Failure::ScopeMissing),
        None => Scopes::default(),
    };
    let user = active_user(shared, &user_id)?;
    respond(shared, &user, scopes).ok_or(Failure::Internal)
}

fn active_user(shared: &Shared, user_id: &str) -> Result<User, Failure> {
    match shared.book().users.get(user_id) {
        Some(Entry { user, .. }) if user.state == UserState::Active => Ok(user.clone()),
        _ => Err(Failure::UserNotActive),
    }
}

/// The response of RFC 6749 §5.1; `scope` is not part of it, as at ZITADEL.
fn respond(shared: &Shared, user: &User, scopes: Scopes) -> Option<Value> {
    let now = shared.now();
    let quirks = shared.quirks();
    let key = shared.book().keys.current();
    let projects = scopes.projects();
    let grant = Grant {
        user_id: user.user_id.clone(),
        audience: if projects.is_empty() { vec![user.user_id.clone()] } else { projects },
        scopes,
        issued_at: now,
        expires_at: now.saturating_add(quirks.token_lifetime),
        jwt_id: random::text::<16>(),
    };
    let access_token = grant.access_token(&shared.issuer, user, &key, &shared.sealer)?;
    let mut response = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": quirks.token_lifetime.whole_seconds(),
    });
    if grant.scopes.has("openid") {
        let expires_at = if quirks.id_token_expires_at_issue { now } else { grant.expires_at };
        response["id_token"] = json!(grant.id_token(&shared.issuer, expires_at, &key)?);
    }
    shared.book().enter(access_token, grant);
    Some(response)
}
