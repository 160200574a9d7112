//! Calls by **REST**: `/v1beta1/serviceusers/{id}/…` of Shield, `/v1beta1/organizations/{org_id}/…` since.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use super::Frontier;
use super::call::{Call, Kind, Message, Target};
use super::rules::Calls;
use mintage_demo::http::path;
use mintage_demo::refusal::Failure;
use mintage_demo::shared::Shared;

const NOT_FOUND: Failure = Failure::NotFound("Not Found");

pub(super) async fn serve(
    State(shared): State<Arc<Shared>>,
    Extension(frontier): Extension<Arc<Frontier>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let below_organisation = frontier.calls == Calls::Rest;
    let call = read(&method, uri.path(), &body, below_organisation);
    super::carry_out(frontier, shared, headers, call).await
}

fn read(method: &Method, path: &str, body: &[u8], below_organisation: bool) -> Result<Call, Failure> {
    let segments = path::segments(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = method.as_str();
    match &segments[..] {
        [".well-known", "jwks.json"] | ["v1beta1", "auth", "jwks"] => allow(method == "GET", || Ok(Call::KeySet)),
        ["v1beta1", "users", "self"] => allow(method == "GET", || Ok(Call::Myself)),
        ["v1beta1", "auth", "token"] => allow(method == "POST", || Message::read(body).map(|_| Call::Token)),
        ["v1beta1", "organizations", organisation, "serviceusers"] if below_organisation && method == "POST" => {
            let title = Message::read(body)?.message("body").text("title");
            Ok(Call::CreateServiceUser((*organisation).to_owned(), title))
        }
        ["v1beta1", "serviceusers"] if !below_organisation && method == "POST" => {
            let message = Message::read(body)?;
            Ok(Call::CreateServiceUser(message.text("org_id"), message.message("body").text("title")))
        }
        ["v1beta1", "organizations", organisation, "serviceusers"] => {
            allow(method == "GET", || Ok(Call::ServiceUsers((*organisation).to_owned())))
        }
        ["v1beta1", "organizations", _, "serviceusers", user_id, rest @ ..] if below_organisation => {
            credential(method, Target { user_id: (*user_id).to_owned() }, rest, body)
        }
        ["v1beta1", "serviceusers", user_id, rest @ ..] if !below_organisation => {
            credential(method, Target { user_id: (*user_id).to_owned() }, rest, body)
        }
        _ => Err(NOT_FOUND),
    }
}

/// The gateway responds differently to a wrong method than to an unknown path.
fn allow(allowed: bool, call: impl FnOnce() -> Result<Call, Failure>) -> Result<Call, Failure> {
    if allowed { call() } else { Err(Failure::MethodUnknown) }
}

fn credential(method: &str, target: Target, rest: &[&str], body: &[u8]) -> Result<Call, Failure> {
    match (method, rest) {
        ("GET", []) => Ok(Call::ServiceUser(target)),
        ("DELETE", []) => Ok(Call::DeleteServiceUser(target)),
        ("GET", ["keys", id]) => Ok(Call::Key((*id).to_owned())),
        ("POST", [kind]) => Ok(Call::Create(target, named(kind)?, Message::read(body)?.text("title"))),
        ("GET", [kind]) => Ok(Call::List(target, named(kind)?)),
        ("DELETE", [kind, id]) => Ok(Call::Delete(target, named(kind)?, (*id).to_owned())),
        (_, []) => Err(Failure::MethodUnknown),
        (_, [kind] | [kind, _]) => named(kind).and(Err(Failure::MethodUnknown)),
        _ => Err(NOT_FOUND),
    }
}

fn named(kind: &str) -> Result<Kind, Failure> {
    match kind {
        "keys" => Ok(Kind::Key),
        "secrets" => Ok(Kind::Secret),
        "tokens" => Ok(Kind::Token),
        _ => Err(NOT_FOUND),
    }
}
