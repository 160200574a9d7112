//! A **personal access token** of a user. It needs no exchange, and the API accepts it without an audience.

use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::list::{self, Filters, Item};
use super::timestamp;
use crate::credential::RegisteredToken;
use crate::random;
use crate::user::User;

pub(super) fn add(call: &Call) -> Result<Value, ApiError> {
    let expires_at = call.message.timestamp("expirationDate")?.ok_or_else(|| {
        ApiError::invalid("invalid AddPersonalAccessTokenRequest.ExpirationDate: value is required".to_owned())
    })?;
    let now = call.shared.now();
    if expires_at < now {
        return Err(ApiError::EXPIRED_ALREADY);
    }
    let user = call.user_to_change(ApiError::USER_NOT_FOUND)?;
    let token_id = call.shared.new_id();
    let token = random::text::<54>();
    let registered = RegisteredToken { expires_at: Some(expires_at), ..RegisteredToken::new(&token_id, &token) };
    call.shared.change_user(&user.user_id, |user| user.tokens.push(registered));
    call.shared.book().label(&user.user_id, &token_id, String::new(), now);
    Ok(json!({ "creationDate": timestamp::written(now), "tokenId": token_id, "token": token }))
}

pub(super) fn remove(call: &Call) -> Result<Value, ApiError> {
    let user = call.user_to_change(ApiError::TOKEN_NOT_FOUND)?;
    if !user.tokens.iter().any(|token| token.token_id == call.item_id) {
        return Err(ApiError::TOKEN_NOT_FOUND);
    }
    call.shared.change_user(&user.user_id, |user| user.tokens.retain(|token| token.token_id != call.item_id));
    Ok(json!({ "deletionDate": timestamp::written(call.shared.now()) }))
}

pub(super) fn search(call: &Call) -> Result<Value, ApiError> {
    let items = |user: &User| -> Vec<Item> {
        user.tokens.iter().map(|token| Item::new(call, user, &token.token_id, token.expires_at)).collect()
    };
    let filters = Filters::read(&call.message, "tokenIdFilter")?;
    let found = call.users().iter().flat_map(items).filter(|item| filters.pass(item)).collect();
    list::answer_v2(call, found)
}
