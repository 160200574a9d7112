//! The **secret** of a user, which has at most one. With its login name it is used for client credentials.

use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::key::removed;
use super::route::Face;
use super::timestamp;
use crate::credential::RegisteredSecret;
use crate::random;

/// Creates a secret, which replaces the previous one.
pub(super) fn add(call: &Call) -> Result<Value, ApiError> {
    let user = call.user_to_change(ApiError::USER_NOT_FOUND)?;
    let secret = random::text::<48>();
    let registered = RegisteredSecret::new(&user.login_name, &secret);
    replace(call, &user.user_id, vec![registered]);
    let mut book = call.shared.book();
    let lag = book.quirks.lag;
    book.lagging.note_secret(&user.login_name, lag);
    drop(book);
    let now = timestamp::written(call.shared.now());
    Ok(match call.face {
        Face::V1 => json!({ "clientId": user.login_name, "clientSecret": secret, "details": { "changeDate": now } }),
        Face::V2 | Face::Connect => json!({ "creationDate": now, "clientSecret": secret }),
    })
}

pub(super) fn remove(call: &Call) -> Result<Value, ApiError> {
    let user = call.user_to_change(ApiError::USER_NOT_FOUND)?;
    if user.secrets.is_empty() {
        return Err(ApiError::SECRET_NOT_FOUND);
    }
    replace(call, &user.user_id, Vec::new());
    Ok(removed(call))
}

fn replace(call: &Call, user_id: &str, secrets: Vec<RegisteredSecret>) {
    let mut old = Vec::new();
    call.shared.change_user(user_id, |user| old = std::mem::replace(&mut user.secrets, secrets));
    let mut book = call.shared.book();
    let lag = book.quirks.lag;
    old.into_iter().for_each(|secret| book.lagging.note_old_secret(secret, lag));
}
