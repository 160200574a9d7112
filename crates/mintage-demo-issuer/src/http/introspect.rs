//! The **introspection endpoint** (RFC 7662): an application asks whether a token works for it.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answer;
use super::form::Form;
use crate::application::Application;
use crate::assertion;
use crate::claims;
use crate::dialect::Failure;
use crate::shared::Shared;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) async fn introspect(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    match answer(&shared, &headers, &Form::read(&headers, &body)) {
        Ok(answer) => answer::unstored(answer::json(StatusCode::OK, &answer)),
        Err(failure) => answer::refusal(&shared, &failure),
    }
}

fn answer(shared: &Shared, headers: &HeaderMap, form: &Form) -> Result<Value, Failure> {
    let caller = authenticate(shared, headers, form)?;
    let token = form.one("token")?.ok_or(Failure::ParameterMissing("token"))?;
    Ok(describe(shared, &caller, token).unwrap_or_else(|| json!({ "active": false })))
}

/// Client authentication, by one method alone (RFC 6749 §2.3).
fn authenticate(shared: &Shared, headers: &HeaderMap, form: &Form) -> Result<Application, Failure> {
    let basic = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    match (basic, form.one("client_assertion")?) {
        (Some(_), Some(_)) => Err(Failure::Client("more than one client authentication")),
        (Some(header), None) => by_secret(shared, header).ok_or(Failure::Client("client id or secret invalid")),
        (None, Some(assertion)) if form.one("client_assertion_type")? == Some(ASSERTION_TYPE) => {
            by_key(shared, assertion).ok_or(Failure::Client("client assertion invalid"))
        }
        (None, Some(_)) => Err(Failure::Client("client_assertion_type invalid")),
        (None, None) => Err(Failure::Client("no client authentication")),
    }
}

fn by_secret(shared: &Shared, header: &str) -> Option<Application> {
    let (scheme, encoded) = header.split_once(' ')?;
    let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (client_id, secret) = pair.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("Basic"))?;
    let application = shared.book().application(&form_decoded(client_id)?).cloned()?;
    let expected = application.secret.as_ref()?;
    verify_slices_are_equal(form_decoded(secret)?.as_bytes(), expected.as_bytes()).ok()?;
    Some(application)
}

/// Undoes the form encoding that Basic credentials of OAuth carry (RFC 6749 §2.3.1).
fn form_decoded(text: &str) -> Option<String> {
    let field = text.replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(field.as_bytes()).next().map(|(value, _)| value.into_owned())
}

/// private_key_jwt (RFC 7523 §2.2), with the same checks as a user's assertion.
fn by_key(shared: &Shared, assertion: &str) -> Option<Application> {
    let key_of = |client_id: &str, key_id: &str| {
        shared.book().application(client_id)?.key.clone().filter(|key| key.key_id == key_id)
    };
    let client_id = assertion::check(assertion, &shared.issuer, shared.now(), key_of).ok()?;
    shared.book().application(&client_id).cloned()
}

/// RFC 7662 §2.2. `None` – inactive – also where the token is not meant for the caller.
fn describe(shared: &Shared, caller: &Application, token: &str) -> Option<Value> {
    let now = shared.now();
    let (grant, entry) = shared.book().grant(token, now)?;
    if !grant.audience.iter().any(|one| *one == caller.client_id || *one == caller.project_id) {
        return None;
    }
    let mut answer = grant.registered_claims(&shared.issuer);
    answer["active"] = json!(true);
    answer["token_type"] = json!("Bearer");
    answer["scope"] = json!(grant.scopes.joined());
    answer["username"] = json!(entry.user.login_name);
    claims::extend(&mut answer, claims::profile(&entry.user, entry.changed_at, &grant.scopes));
    claims::extend(&mut answer, claims::reserved(&entry.user, &grant.scopes, &grant.audience));
    Some(answer)
}
