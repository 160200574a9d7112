//! The **users** of the instance, of which only service users are known here.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::{ApiError, Call, Version, carry_out};
use crate::shared::Shared;
use crate::user::{User, UserState};

pub(super) async fn search(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    carry_out(shared, Version::V2, headers, body, |call| {
        list(call, |user| {
            json!({
                "userId": user.user_id,
                "state": state(user),
                "username": user.login_name,
                "preferredLoginName": user.login_name,
                "machine": { "name": user.name, "hasSecret": !user.secrets.is_empty() },
            })
        })
    })
    .await
}

pub(super) async fn search_v1(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    carry_out(shared, Version::V1, headers, body, |call| {
        list(call, |user| {
            json!({
                "id": user.user_id,
                "state": state(user),
                "userName": user.login_name,
                "loginNames": [user.login_name],
                "preferredLoginName": user.login_name,
                "machine": { "name": user.name },
            })
        })
    })
    .await
}

/// Everybody for an administrator, oneself for anybody else; nobody where humans are asked for.
fn list(call: &Call, shape: impl Fn(&User) -> Value) -> Result<Value, ApiError> {
    let queries = call.message.get("queries").and_then(Value::as_array);
    let humans = queries.into_iter().flatten().any(|query| query["typeQuery"]["type"] == "TYPE_HUMAN");
    if call.version == Version::V1 && !call.caller.administrator {
        return Err(ApiError::NO_PERMISSION);
    }
    let book = call.shared.book();
    let mut users: Vec<&User> = book.users.values().map(|entry| &entry.user).collect();
    users.retain(|user| !humans && (call.caller.administrator || user.user_id == call.caller.user_id));
    users.sort_by(|one, other| one.user_id.cmp(&other.user_id));
    let result: Vec<Value> = users.into_iter().map(shape).collect();
    Ok(json!({ "details": { "totalResult": result.len().to_string() }, "result": result }))
}

fn state(user: &User) -> &'static str {
    match user.state {
        UserState::Active => "USER_STATE_ACTIVE",
        UserState::Inactive => "USER_STATE_INACTIVE",
    }
}
