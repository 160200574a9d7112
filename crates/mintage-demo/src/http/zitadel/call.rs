//! A **call** of the API: who calls, what for, and in which organisation.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::error::ApiError;
use super::message::Message;
use super::route::{Face, Route, Verb};
use crate::http::authorization;
use crate::membership::{MEMBER_WRITE, USER_READ, USER_WRITE};
use crate::scope::OWN_PROJECT;
use crate::shared::Shared;
use crate::user::User;

pub(super) struct Call {
    pub(super) shared: Arc<Shared>,
    pub(super) face: Face,
    pub(super) verb: Verb,
    pub(super) caller: User,
    pub(super) message: Message,
    pub(super) user_id: String,
    pub(super) item_id: String,
    /// The organisation that version 1 works in.
    organisation_id: String,
}

impl Call {
    /// Reads the message, authenticates the caller and, at version 1, checks the permission, in this order.
    pub(super) fn read(shared: &Arc<Shared>, route: Route, headers: &HeaderMap, body: &[u8]) -> Result<Self, ApiError> {
        let message = Message::read(body, shared.era().after_proto)?;
        let caller = caller(shared, headers)?;
        let chosen = headers.get("x-zitadel-orgid").and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
        let organisation_id = chosen.unwrap_or(caller.organisation_id()).to_owned();
        let Route { face, verb, mut user_id, mut item_id } = route;
        if face == Face::Connect {
            message.text("userId")?.clone_into(&mut user_id);
            let item = if verb == Verb::RemoveKey { "keyId" } else { "tokenId" };
            message.text(item)?.clone_into(&mut item_id);
        }
        let call = Self { shared: Arc::clone(shared), face, verb, caller, message, user_id, item_id, organisation_id };
        if let Some(permission) = needed(verb).filter(|_| face == Face::V1) {
            call.check(&call.organisation_id, permission)?;
        }
        Ok(call)
    }

    /// The organisation that version 1 works in.
    pub(super) fn organisation_id(&self) -> &str {
        &self.organisation_id
    }

    /// The user of the call; at version 1 only if it belongs to the call's organisation.
    pub(super) fn user(&self) -> Option<User> {
        let user = self.shared.book().user(&self.user_id).cloned();
        user.filter(|user| self.face != Face::V1 || user.organisation_id() == self.organisation_id)
    }

    /// The same, if the caller may change it; `unknown` if there is none.
    pub(super) fn user_to_change(&self, unknown: ApiError) -> Result<User, ApiError> {
        let user = self.user().ok_or(unknown)?;
        self.check_over(&user, USER_WRITE)?;
        Ok(user)
    }

    /// Checks the caller's permission over a user. At version 2 everyone has it over themselves; version 1 has already
    /// checked it.
    pub(super) fn check_over(&self, user: &User, permission: &str) -> Result<(), ApiError> {
        if self.face == Face::V1 || user.user_id == self.caller.user_id {
            return Ok(());
        }
        self.check(user.organisation_id(), permission)
    }

    /// All users of the organisation at version 1, of the instance at version 2.
    pub(super) fn users(&self) -> Vec<User> {
        let book = self.shared.book();
        let all = book.users.values().map(|entry| &entry.user);
        let here = |user: &&User| self.face != Face::V1 || user.organisation_id() == self.organisation_id;
        let mut users: Vec<User> = all.filter(here).cloned().collect();
        users.sort_by(|one, other| one.user_id.cmp(&other.user_id));
        users
    }

    fn check(&self, organisation_id: &str, permission: &str) -> Result<(), ApiError> {
        let mut memberships = self.caller.memberships_in(organisation_id).peekable();
        if memberships.peek().is_none() {
            return Err(ApiError::NO_MEMBERSHIP);
        }
        let permits = memberships.any(|membership| membership.permissions().contains(&permission));
        if permits { Ok(()) } else { Err(ApiError::NO_PERMISSION) }
    }
}

/// The user of the token. Its audience must contain ZITADEL's own project; a personal access token needs none.
fn caller(shared: &Shared, headers: &HeaderMap) -> Result<User, ApiError> {
    if !headers.contains_key(AUTHORIZATION) {
        return Err(ApiError::HEADER_MISSING);
    }
    let token = authorization::bearer(headers).ok_or(ApiError::TOKEN_INVALID)?;
    let now = shared.now();
    let (grant, entry) = shared.book().grant(token, now).ok_or(ApiError::TOKEN_INVALID)?;
    let meant = grant.ready_made || grant.audience.iter().any(|one| one == OWN_PROJECT);
    if meant { Ok(entry.user) } else { Err(ApiError::TOKEN_INVALID) }
}

/// The permission that version 1 checks before it looks at the message.
fn needed(verb: Verb) -> Option<&'static str> {
    match verb {
        Verb::Myself | Verb::Permissions => None,
        Verb::GetKey | Verb::SearchKeys | Verb::SearchTokens | Verb::SearchUsers | Verb::GetUser => Some(USER_READ),
        Verb::AddMember => Some(MEMBER_WRITE),
        Verb::AddUser
        | Verb::RemoveUser
        | Verb::AddKey
        | Verb::RemoveKey
        | Verb::AddSecret
        | Verb::RemoveSecret
        | Verb::AddToken
        | Verb::RemoveToken => Some(USER_WRITE),
    }
}
