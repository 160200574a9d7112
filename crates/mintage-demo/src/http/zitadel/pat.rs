//! A **personal access token** of a user. It needs no exchange, and the API accepts it without an audience.

use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::key;
use super::list::{self, Filters, Item, NEVER};
use super::route::Face;
use crate::credential::RegisteredToken;
use crate::random;
use crate::user::User;

pub(super) fn add(call: &Call) -> Result<Value, ApiError> {
    let expires_at = match call.message.timestamp("expirationDate")? {
        None if call.face != Face::V1 => {
            let cause = "invalid AddPersonalAccessTokenRequest.ExpirationDate: value is required";
            return Err(ApiError::invalid(cause.to_owned()));
        }
        told => told.unwrap_or(NEVER),
    };
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
    let mut answer = key::created(call, &user, "tokenId", &token_id);
    answer["token"] = json!(token);
    Ok(answer)
}

pub(super) fn remove(call: &Call) -> Result<Value, ApiError> {
    let user = call.user_to_change(ApiError::TOKEN_NOT_FOUND)?;
    if !user.tokens.iter().any(|token| token.token_id == call.item_id) {
        return Err(ApiError::TOKEN_NOT_FOUND);
    }
    call.shared.change_user(&user.user_id, |user| user.tokens.retain(|token| token.token_id != call.item_id));
    Ok(key::removed(call))
}

pub(super) fn search(call: &Call) -> Result<Value, ApiError> {
    let items = |user: &User| -> Vec<Item> {
        user.tokens.iter().map(|token| Item::new(call, user, &token.token_id, token.expires_at)).collect()
    };
    if call.face == Face::V1 {
        let items = call.user().map(|user| items(&user)).unwrap_or_default();
        return list::answer_v1(call, items);
    }
    let filters = Filters::read(&call.message, "tokenIdFilter")?;
    let found = call.users().iter().flat_map(items).filter(|item| filters.pass(item)).collect();
    list::answer_v2(call, found)
}
