//! ZITADEL's own **API**, as far as credentials are managed with it: the management API (version 1), version
//! 2 of the v4 line, and version 2 by Connect on the same port.
//!
//! The responses were measured on v2.55 and v4 on 2026-11-29, unless a comment says otherwise.

mod call;
mod error;
mod key;
mod list;
mod message;
mod pat;
mod reply;
mod route;
mod secret;
mod timestamp;
mod user;

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use serde_json::Value;

use super::answer;
use super::form::has_type;
use crate::shared::Shared;
use call::Call;
use error::ApiError;
use reply::Reply;
use route::{Face, Verb};

/// Whether a path belongs to the API and not to the OAuth endpoints.
pub(super) fn serves(path: &str) -> bool {
    ["/v2/", "/management/", "/auth/", route::SERVICE].iter().any(|prefix| path.starts_with(prefix))
}

/// The response when the quota is exhausted.
pub(super) fn quota_exhausted(shared: &Shared, path: &str, headers: &HeaderMap) -> Response {
    Reply::new(shared, Face::of(path), headers).error(&ApiError::QUOTA_EXHAUSTED)
}

pub(super) async fn serve(shared: Arc<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let face = Face::of(uri.path());
    let reply = Reply::new(&shared, face, &headers);
    let route = match route::find(&method, uri.path()) {
        Ok(route) if face == Face::V1 || shared.era().version_2 => route,
        Ok(_) => return reply.error(&ApiError::NO_SUCH_PATH),
        Err(error) => return reply.error(&error),
    };
    if face == Face::Connect && !has_type(&headers, "application/json") {
        return answer::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    // Creating a key takes a moment and must not block other requests.
    let work = move || perform(&Call::read(&shared, route, &headers, &body)?);
    match tokio::task::spawn_blocking(work).await.unwrap_or(Err(ApiError::INTERNAL)) {
        Ok(message) => reply.success(&message),
        Err(error) => reply.error(&error),
    }
}

fn perform(call: &Call) -> Result<Value, ApiError> {
    match call.verb {
        Verb::AddKey => key::add(call),
        Verb::GetKey => key::get(call),
        Verb::RemoveKey => key::remove(call),
        Verb::SearchKeys => key::search(call),
        Verb::AddSecret => secret::add(call),
        Verb::RemoveSecret => secret::remove(call),
        Verb::AddToken => pat::add(call),
        Verb::RemoveToken => pat::remove(call),
        Verb::SearchTokens => pat::search(call),
        Verb::AddUser => user::add(call),
        Verb::RemoveUser => user::remove(call),
        Verb::AddMember => user::add_member(call),
        Verb::SearchUsers => user::search(call),
        Verb::GetUser => user::get(call),
        Verb::Myself => Ok(user::myself(call)),
        Verb::Permissions => Ok(user::permissions(call)),
    }
}
