//! The **introspection endpoint** (RFC 7662): a client asks whether a token is active for it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::client::{self, Caller};
use super::form::Form;
use crate::claims;
use crate::refusal::Failure;
use crate::shared::Shared;

pub(super) async fn introspect(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match answer(&shared, &headers, &Form::read(&headers, &body), uri.path()) {
        Ok(answer) => answer::unstored(answer::json(StatusCode::OK, &answer)),
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

fn answer(shared: &Shared, headers: &HeaderMap, form: &Form, endpoint: &str) -> Result<Value, Failure> {
    let caller = client::authenticate(shared, headers, form, endpoint)?;
    let token = form.required("token")?;
    Ok(describe(shared, &caller, token).unwrap_or_else(|| json!({ "active": false })))
}

/// RFC 7662 §2.2. `None` – inactive – also if the token isn't meant for the caller.
fn describe(shared: &Shared, caller: &Caller, token: &str) -> Option<Value> {
    let now = shared.now();
    let (grant, entry) = shared.book().grant(token, now)?;
    let meant = |one: &String| *one == caller.client_id || Some(one) == caller.project_id.as_ref();
    // A personal access token counts as meant for any caller.
    if shared.rules.guards_audience() && !grant.ready_made && !grant.audience.iter().any(meant) {
        return None;
    }
    let mut answer = grant.registered_claims(shared.issuer());
    answer["active"] = json!(true);
    answer["token_type"] = json!("Bearer");
    answer["scope"] = json!(grant.scopes.joined());
    answer["username"] = json!(entry.user.login_name);
    claims::extend(&mut answer, claims::profile(&entry.user, entry.changed_at, &grant.scopes));
    if shared.rules.guards_audience() {
        claims::extend(&mut answer, claims::reserved(&entry.user, &grant.scopes, &grant.audience));
    }
    Some(answer)
}
