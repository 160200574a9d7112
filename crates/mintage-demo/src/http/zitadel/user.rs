//! The **users** of the instance, and what a caller can ask about itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::route::Face;
use super::timestamp;
use crate::membership::{Membership, USER_READ};
use crate::shared::Entry;
use crate::user::{Organisation, User, UserState};

/// Who the caller is. It needs no role.
pub(super) fn myself(call: &Call) -> Value {
    json!({ "user": shape_v1(call, &call.caller) })
}

/// The permissions of the caller's manager roles; `{}` without any.
pub(super) fn permissions(call: &Call) -> Value {
    let memberships = call.caller.memberships_in(call.caller.organisation_id());
    let permissions: BTreeSet<&str> = memberships.flat_map(|one| one.permissions().iter().copied()).collect();
    if permissions.is_empty() { json!({}) } else { json!({ "result": permissions }) }
}

/// Creates a service user, whose login name is unique (source: ZITADEL's definition; not measured).
pub(super) fn add(call: &Call) -> Result<Value, ApiError> {
    let (login_name, name) = (call.message.text("userName")?.to_owned(), call.message.text("name")?.to_owned());
    for (member, value) in [("UserName", &login_name), ("Name", &name)] {
        if value.is_empty() {
            let cause = "value length must be between 1 and 200 runes, inclusive";
            return Err(ApiError::invalid(format!("invalid AddMachineUserRequest.{member}: {cause}")));
        }
    }
    if call.users().iter().any(|user| user.login_name == login_name) {
        return Err(ApiError::USER_EXISTS);
    }
    let user_id = call.shared.new_id();
    let mut user = User::new(&user_id, name, login_name);
    user.organisation = organisation(call);
    let now = call.shared.now();
    call.shared.book().users.insert(user_id.clone(), Entry::new(user, now));
    let owner = call.organisation_id();
    let details = json!({ "sequence": "1", "creationDate": timestamp::written(now), "resourceOwner": owner });
    Ok(json!({ "userId": user_id, "details": details }))
}

/// The organisation of a user that the call creates, as other users of it have it.
fn organisation(call: &Call) -> Option<Organisation> {
    if call.organisation_id() == call.caller.organisation_id() {
        return call.caller.organisation.clone();
    }
    let of_others = call.users().into_iter().find_map(|user| user.organisation);
    let (id, name, domain) = (call.organisation_id().to_owned(), String::new(), String::new());
    Some(of_others.unwrap_or(Organisation { id, name, domain }))
}

/// Removes a user with its credentials (source: ZITADEL's definition; not measured).
pub(super) fn remove(call: &Call) -> Result<Value, ApiError> {
    let user = call.user_to_change(ApiError::NO_SUCH_USER)?;
    call.shared.book().users.remove(&user.user_id);
    let now = timestamp::written(call.shared.now());
    Ok(json!({ "details": { "sequence": "2", "changeDate": now, "resourceOwner": user.organisation_id() } }))
}

/// Gives a user manager roles in the call's organisation (source: ZITADEL's definition; not measured).
pub(super) fn add_member(call: &Call) -> Result<Value, ApiError> {
    let user_id = call.message.text("userId")?;
    let user = call.users().into_iter().find(|user| user.user_id == user_id).ok_or(ApiError::USER_NOT_FOUND)?;
    let roles = call.message.texts("roles")?;
    let memberships: Option<Vec<Membership>> = roles.into_iter().map(Membership::of_organisation).collect();
    let memberships = memberships.filter(|all| !all.is_empty()).ok_or(ApiError::ROLE_INVALID)?;
    if !user.memberships.is_empty() {
        return Err(ApiError::MEMBER_EXISTS);
    }
    call.shared.change_user(user_id, |user| user.memberships = memberships);
    let now = timestamp::written(call.shared.now());
    Ok(json!({ "details": { "sequence": "1", "creationDate": now, "resourceOwner": call.organisation_id() } }))
}

/// A user. Without a role, a caller can only read itself.
pub(super) fn get(call: &Call) -> Result<Value, ApiError> {
    let user = call.user().ok_or(ApiError::NO_MEMBERSHIP)?;
    call.check_over(&user, USER_READ)?;
    let shape = if call.face == Face::V1 { shape_v1 } else { shape_v2 };
    Ok(json!({ "details": details(call, &user), "user": shape(call, &user) }))
}

/// The users that the caller may see.
pub(super) fn search(call: &Call) -> Result<Value, ApiError> {
    let mut users = call.users();
    for query in call.message.each("queries")? {
        let named = query.within("userNameQuery")?;
        if named.has("userName") {
            let (wanted, whole) = (named.text("userName")?, named.text("method")? == "TEXT_QUERY_METHOD_EQUALS");
            // The names of other methods aren't needed here.
            users.retain(|user| if whole { user.login_name == wanted } else { user.login_name.contains(wanted) });
        }
        match query.within("typeQuery")?.text("type")? {
            "TYPE_HUMAN" => users.retain(|user| user.human),
            "TYPE_MACHINE" => users.retain(|user| !user.human),
            _ => {}
        }
    }
    let mut answer = json!({ "details": { "timestamp": timestamp::written(call.shared.now()) } });
    if !users.is_empty() {
        answer["details"]["totalResult"] = json!(users.len().to_string());
    }
    users.retain(|user| call.check_over(user, USER_READ).is_ok());
    if !users.is_empty() {
        let shape = if call.face == Face::V1 { shape_v1 } else { shape_v2 };
        answer["result"] = users.iter().map(|user| shape(call, user)).collect();
    }
    Ok(answer)
}

fn shape_v1(call: &Call, user: &User) -> Value {
    let mut shape = json!({
        "id": user.user_id,
        "details": details(call, user),
        "state": state(user),
        "userName": user.login_name,
        "loginNames": [user.login_name],
        "preferredLoginName": user.login_name,
    });
    add_kind(&mut shape, user);
    shape
}

fn shape_v2(call: &Call, user: &User) -> Value {
    let mut shape = json!({
        "userId": user.user_id,
        "details": details(call, user),
        "state": state(user),
        "username": user.login_name,
        "loginNames": [user.login_name],
        "preferredLoginName": user.login_name,
    });
    add_kind(&mut shape, user);
    shape
}

fn add_kind(shape: &mut Value, user: &User) {
    if user.human {
        shape["human"] = json!({ "profile": { "displayName": user.name } });
        return;
    }
    shape["machine"] = json!({ "name": user.name });
    if !user.secrets.is_empty() {
        shape["machine"]["hasSecret"] = json!(true);
    }
}

fn details(call: &Call, user: &User) -> Value {
    let book = call.shared.book();
    let (sequence, changed_at) = book
        .users
        .get(&user.user_id)
        .map_or((0, None), |entry| (entry.sequence, Some(timestamp::written(entry.changed_at))));
    json!({ "sequence": sequence.to_string(), "changeDate": changed_at, "resourceOwner": user.organisation_id() })
}

fn state(user: &User) -> &'static str {
    match user.state {
        UserState::Active => "USER_STATE_ACTIVE",
        UserState::Inactive => "USER_STATE_INACTIVE",
    }
}
