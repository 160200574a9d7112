//! **Frontier's** endpoints: the same calls, by REST below one of two paths or by Connect.

mod call;
mod caller;
mod credentials;
mod procedures;
mod resources;
mod shapes;

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{answer, spacing};
use crate::random;
use crate::refusal::Failure;
use crate::scope::Scopes;
use crate::shared::Shared;
use crate::system::Calls;
use crate::token::Grant;
use call::Call;
use caller::{Caller, Way};

/// Calls by REST.
pub(super) fn resources() -> Router<Arc<Shared>> {
    Router::new().fallback(resources::serve)
}

/// Calls by Connect.
pub(super) fn procedures() -> Router<Arc<Shared>> {
    Router::new().fallback(procedures::serve)
}

/// Performs a call and answers it. Making a key takes a moment: none of it holds up other requests.
async fn carry_out(shared: Arc<Shared>, headers: HeaderMap, call: Result<Call, Failure>) -> Response {
    let server = Arc::clone(&shared);
    let camel_case = shared.version().rules().charset_makes_camel_case && names_charset(&headers);
    let work = move || call.and_then(|call| perform(&server, &headers, call));
    match tokio::task::spawn_blocking(work).await.unwrap_or(Err(Failure::Internal)) {
        Ok(message) => {
            let message = if camel_case { shapes::in_camel_case(message) } else { message };
            answer::unstored(answer::json_text(StatusCode::OK, spacing::written(&message, shared.count())))
        }
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

/// Connect picks its codec by the whole content type. Only the codec for the type without parameters is
/// configured to keep the names of the definition.
fn names_charset(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.contains("charset"))
}

fn perform(shared: &Shared, headers: &HeaderMap, call: Call) -> Result<Value, Failure> {
    let calls = shared.system.frontier().unwrap_or(Calls::Rest);
    // Only Connect wants to know who reads the key set.
    if matches!(call, Call::KeySet) && calls != Calls::Connect {
        return Ok(shapes::key_set(shared, calls));
    }
    let caller = caller::find(shared, headers)?;
    match call {
        Call::KeySet => Ok(shapes::key_set(shared, calls)),
        Call::Token => token(shared, headers, &caller),
        Call::Myself => myself(shared, &caller, calls),
        other => credentials::manage(shared, &caller, calls, other),
    }
}

/// Issues an access token for any credential of a service user, except another access token.
fn token(shared: &Shared, headers: &HeaderMap, caller: &Caller) -> Result<Value, Failure> {
    let quirks = shared.quirks();
    if caller.way == Way::Exchanged || quirks.grant_not_allowed {
        return Err(Failure::NoAuthentication);
    }
    if caller.user.superuser && !shared.version().rules().superuser_exchanges {
        return Err(Failure::SuperuserExchange);
    }
    if quirks.organisation_disabled {
        return Err(Failure::OrganisationDisabled);
    }
    let now = shared.now();
    let user_id = caller.user.user_id.clone();
    let grant = Grant {
        subject: user_id.clone(),
        user_id,
        audience: Vec::new(),
        scopes: Scopes::default(),
        issued_at: now,
        expires_at: now.saturating_add(quirks.token_lifetime),
        jwt_id: random::uuid(),
        ready_made: false,
    };
    let key = shared.book().keys.current();
    let mut claims = shapes::token_claims(&shared.token_issuer, &grant, caller, key.key_id());
    if let Some(project) = headers.get("x-project").and_then(|project| project.to_str().ok()) {
        claims["project_id"] = json!(project);
    }
    let access_token = key.sign(&claims).ok_or(Failure::Internal)?;
    let response = json!({ "access_token": access_token, "token_type": "Bearer" });
    shared.book().enter(access_token, grant);
    Ok(response)
}

fn myself(shared: &Shared, caller: &Caller, calls: Calls) -> Result<Value, Failure> {
    let unknown = shared.quirks().exchanged_token_is_nobody || !shared.version().rules().knows_exchanged_tokens;
    if caller.way == Way::Exchanged && unknown {
        return Err(Failure::NotFound("user doesn't exist"));
    }
    let mut message = json!({ "serviceuser": shapes::service_user(shared, &caller.user) });
    if calls.writes_empty() {
        message["user"] = Value::Null;
    }
    Ok(message)
}
