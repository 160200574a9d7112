//! ZITADEL's own **API**, as far as keys are rotated with it: users and their keys, by version 2 (servers
//! since 2025) and by the older management API.

mod error;
mod keys;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{delete, post};
use serde_json::{Map, Value};

use super::{answer, authorization};
use crate::dialect::Dialect;
use crate::scope::OWN_PROJECT;
use crate::shared::Shared;
use crate::user::User;
use error::ApiError;

/// The paths of both versions.
pub(super) fn management() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v2/users", post(users::search))
        .route("/v2/users/keys/search", post(keys::search))
        .route("/v2/users/{user_id}/keys", post(keys::add))
        .route("/v2/users/{user_id}/keys/{key_id}", delete(keys::remove))
        .route("/management/v1/users/_search", post(users::search_v1))
        .route("/management/v1/users/{user_id}/keys", post(keys::add_v1))
        .route("/management/v1/users/{user_id}/keys/_search", post(keys::search_v1))
        .route("/management/v1/users/{user_id}/keys/{key_id}", delete(keys::remove_v1))
}

/// The two versions of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// `/management/v1`: every call needs a role.
    V1,
    /// `/v2`: a service user may manage its own keys.
    V2,
}

/// A call of the API, with what every one of them needs.
struct Call {
    shared: Arc<Shared>,
    version: Version,
    caller: User,
    message: Map<String, Value>,
}

impl Call {
    /// Authenticates the caller and reads the body.
    fn read(shared: &Arc<Shared>, version: Version, headers: &HeaderMap, body: &[u8]) -> Result<Self, ApiError> {
        if version == Version::V2 && !matches!(shared.quirks().dialect, Dialect::D3 | Dialect::D4) {
            return Err(ApiError::NO_SUCH_PATH);
        }
        let token = authorization::bearer(headers).ok_or(ApiError::HEADER_MISSING)?;
        let now = shared.now();
        let (grant, entry) = shared.book().grant(token, now).ok_or(ApiError::TOKEN_INVALID)?;
        // ZITADEL is a project of its own, which a token must be meant for.
        if !grant.ready_made && !grant.audience.iter().any(|one| one == OWN_PROJECT) {
            return Err(ApiError::AUDIENCE_INVALID);
        }
        let empty: &[u8] = b"{}";
        let message = serde_json::from_slice(if body.is_empty() { empty } else { body });
        let message = message.map_err(|_| ApiError::BODY_UNREADABLE)?;
        Ok(Self { shared: Arc::clone(shared), version, caller: entry.user, message })
    }

    /// Whether the caller may manage the keys of this user.
    fn may_manage(&self, user_id: &str) -> Result<(), ApiError> {
        let own = self.version == Version::V2 && self.caller.user_id == user_id;
        match self.version {
            _ if self.caller.administrator || own => Ok(()),
            Version::V1 => Err(ApiError::NO_PERMISSION),
            Version::V2 => Err(ApiError::NO_MEMBERSHIP),
        }
    }

    fn user(&self, user_id: &str) -> Result<User, ApiError> {
        self.shared.book().user(user_id).cloned().ok_or(ApiError::USER_NOT_FOUND)
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.message.get(member).and_then(Value::as_str).filter(|text| !text.is_empty())
    }
}

/// Performs a call and answers it; making a key takes a moment, which holds up nothing else.
async fn carry_out(
    shared: Arc<Shared>,
    version: Version,
    headers: HeaderMap,
    body: Bytes,
    perform: impl FnOnce(&Call) -> Result<Value, ApiError> + Send + 'static,
) -> Response {
    let work = move || perform(&Call::read(&shared, version, &headers, &body)?);
    match tokio::task::spawn_blocking(work).await.unwrap_or(Err(ApiError::INTERNAL)) {
        Ok(message) => answer::unstored(answer::json(StatusCode::OK, &message)),
        Err(error) => error.answer(),
    }
}
