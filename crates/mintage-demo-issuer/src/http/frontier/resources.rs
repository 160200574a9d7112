//! Calls by **REST**: `/v1beta1/serviceusers/{id}/…` of Shield, `/v1beta1/organizations/{org_id}/…` since.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use super::call::{Call, Kind, Message, Target};
use crate::refusal::Failure;
use crate::shared::Shared;
use crate::system::Calls;

const NOT_FOUND: Failure = Failure::NotFound("Not Found");

pub(super) async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let below_organisation = shared.system.frontier() == Some(Calls::Rest);
    let call = read(&method, uri.path(), &body, below_organisation);
    super::carry_out(shared, headers, call).await
}

fn read(method: &Method, path: &str, body: &[u8], below_organisation: bool) -> Result<Call, Failure> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (method.as_str(), &segments[..]) {
        ("GET", [".well-known", "jwks.json"] | ["v1beta1", "auth", "jwks"]) => Ok(Call::KeySet),
        ("GET", ["v1beta1", "users", "self"]) => Ok(Call::Myself),
        ("POST", ["v1beta1", "auth", "token"]) => {
            Ok(Call::Token { grant_type: Message::read(body)?.text("grant_type") })
        }
        (method, ["v1beta1", "organizations", organisation, "serviceusers", user_id, rest @ ..])
            if below_organisation =>
        {
            let organisation = Some((*organisation).to_owned());
            credential(method, Target { organisation, user_id: (*user_id).to_owned() }, rest, body)
        }
        (method, ["v1beta1", "serviceusers", user_id, rest @ ..]) if !below_organisation => {
            credential(method, Target { organisation: None, user_id: (*user_id).to_owned() }, rest, body)
        }
        _ => Err(NOT_FOUND),
    }
}

fn credential(method: &str, target: Target, rest: &[&str], body: &[u8]) -> Result<Call, Failure> {
    match (method, rest) {
        ("GET", []) => Ok(Call::ServiceUser(target)),
        ("GET", ["keys", id]) => Ok(Call::Key(target, (*id).to_owned())),
        ("POST", [kind]) => Ok(Call::Create(target, named(kind)?, Message::read(body)?.text("title"))),
        ("GET", [kind]) => Ok(Call::List(target, named(kind)?)),
        ("DELETE", [kind, id]) => Ok(Call::Delete(target, named(kind)?, (*id).to_owned())),
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
