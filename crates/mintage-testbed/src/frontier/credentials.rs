//! The **credentials** of service users, which an administrator creates, lists and deletes. A service user without that
//! right can't manage even its own; but any authenticated caller can read the public half of a key (Frontier v0.90 and
//! v0.115, measured).

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use super::call::{Call, Kind, Target};
use super::caller::Caller;
use super::rules::Calls;
use super::shapes;
use mintage_demo::key_pair::NewKeyPair;
use mintage_demo::random;
use mintage_demo::refusal::Failure;
use mintage_demo::shared::{Entry, Shared};
use mintage_demo::{RegisteredKey, User};
use mintage_demo::{RegisteredSecret, RegisteredToken};

pub(super) fn manage(shared: &Shared, caller: &Caller, calls: Calls, call: Call) -> Result<Value, Failure> {
    if shared.quirks().organisation_disabled {
        return Err(Failure::OrganisationDisabled);
    }
    if let Call::Key(key_id) = call {
        return public_key(shared, &key_id, calls);
    }
    if !caller.user.administrator && !caller.user.superuser {
        return Err(Failure::Forbidden);
    }
    match call {
        Call::ServiceUser(target) => {
            find(shared, &target).map(|user| json!({ "serviceuser": shapes::service_user(shared, &user) }))
        }
        Call::CreateServiceUser(organisation, title) => create_service_user(shared, caller, &organisation, &title),
        Call::ServiceUsers(organisation) => service_users(shared, caller, &organisation),
        Call::DeleteServiceUser(target) => delete_service_user(shared, &target),
        Call::Create(target, kind, title) => create(shared, &target, kind, title),
        Call::List(target, kind) => find(shared, &target).map(|user| list(shared, &user, kind, calls)),
        Call::Delete(target, kind, id) => Ok(delete(shared, &target, kind, &id)),
        Call::Token | Call::KeySet | Call::Myself | Call::Key(_) => Err(Failure::NotFound("Not Found")),
    }
}

/// Finds a key only by its id; the call's organisation and service user aren't checked.
fn public_key(shared: &Shared, key_id: &str, calls: Calls) -> Result<Value, Failure> {
    let book = shared.book();
    let keys = book.owner_of_key(key_id).into_iter().flat_map(|user| &user.keys);
    let key = keys.into_iter().find(|key| key.key_id == key_id);
    let key = key.ok_or(Failure::NotFound("service user credentials not found"))?;
    Ok(json!({ "keys": [shapes::public_jwk(key, calls)] }))
}

/// The service user. Its organisation isn't compared with the call's.
fn find(shared: &Shared, target: &Target) -> Result<User, Failure> {
    let user = shared.book().user(&target.user_id).cloned();
    user.ok_or(Failure::NotFound("service user doesn't exist"))
}

/// Creates a service user in an organisation. Source: the server's definition of the call; not measured.
fn create_service_user(shared: &Shared, caller: &Caller, organisation: &str, title: &str) -> Result<Value, Failure> {
    let of_caller = caller.user.organisation.as_ref().filter(|known| known.id == organisation);
    if of_caller.is_none() {
        return Err(Failure::NotFound("org doesn't exist"));
    }
    let mut user = User::new(random::uuid(), title, "");
    user.organisation = of_caller.cloned();
    let told = shapes::service_user(shared, &user);
    let now = shared.now();
    shared.book().users.insert(user.user_id.clone(), Entry::new(user, now));
    Ok(json!({ "serviceuser": told }))
}

/// The service users of an organisation. Source: the server's definition of the call; not measured.
fn service_users(shared: &Shared, caller: &Caller, organisation: &str) -> Result<Value, Failure> {
    if caller.user.organisation_id() != organisation {
        return Err(Failure::NotFound("org doesn't exist"));
    }
    let users: Vec<User> = shared.book().users.values().map(|entry| entry.user.clone()).collect();
    let mut users: Vec<User> = users.into_iter().filter(|user| user.organisation_id() == organisation).collect();
    users.sort_by(|one, other| one.user_id.cmp(&other.user_id));
    let listed: Vec<Value> = users.iter().map(|user| shapes::service_user(shared, user)).collect();
    Ok(json!({ "serviceusers": listed }))
}

/// Source: the server's definition of the call; not measured.
fn delete_service_user(shared: &Shared, target: &Target) -> Result<Value, Failure> {
    let user = find(shared, target)?;
    shared.book().users.remove(&user.user_id);
    Ok(json!({}))
}

/// Creates a credential. This is the only time that its secret part is returned.
fn create(shared: &Shared, target: &Target, kind: Kind, title: String) -> Result<Value, Failure> {
    let user_id = find(shared, target)?.user_id;
    let id = random::uuid();
    let created_at = shared.now();
    let message = match kind {
        Kind::Key => {
            let pair = NewKeyPair::generate().ok_or(Failure::Internal)?;
            let key = RegisteredKey { key_id: id.clone(), public_pem: pair.public, expires_at: None };
            shared.change_user(&user_id, |user| user.keys.push(key));
            let key = json!({
                "type": "sv_rsa", "kid": id, "principal_id": user_id, "private_key": pair.pkcs8,
            });
            json!({ "key": key })
        }
        Kind::Secret => {
            let secret = STANDARD_NO_PAD.encode(random::bytes::<32>());
            let registered = RegisteredSecret::new(&id, &secret);
            shared.change_user(&user_id, |user| user.secrets.push(registered));
            let told = json!({
                "id": id, "title": title, "secret": secret, "created_at": shapes::timestamp(created_at),
            });
            json!({ "secret": told })
        }
        Kind::Token => {
            let token = STANDARD_NO_PAD.encode(random::bytes::<32>());
            let registered = RegisteredToken::new(&id, &token);
            shared.change_user(&user_id, |user| user.tokens.push(registered));
            let told = json!({
                "id": id, "title": title, "token": token, "created_at": shapes::timestamp(created_at),
            });
            json!({ "token": told })
        }
    };
    shared.book().label(&user_id, &id, title, created_at);
    Ok(message)
}

/// Frontier keeps secrets and tokens in one table, so each list returns both (v0.90 and v0.115, measured).
fn list(shared: &Shared, user: &User, kind: Kind, calls: Calls) -> Value {
    if kind == Kind::Key {
        let keys: Vec<Value> = user.keys.iter().map(|key| shapes::listed_key(shared, user, key, calls)).collect();
        return json!({ "keys": keys });
    }
    let (list, hidden) = if kind == Kind::Secret { ("secrets", "secret") } else { ("tokens", "token") };
    let secrets = user.secrets.iter().map(|secret| secret.client_id.as_str());
    let ids = secrets.chain(user.tokens.iter().map(|token| token.token_id.as_str()));
    let items: Vec<Value> = ids.map(|id| shapes::listed(shared, id, hidden, calls)).collect();
    json!({ list: items })
}

/// Deletes a credential; deleting an unknown one succeeds (v0.90 and v0.115, measured).
fn delete(shared: &Shared, target: &Target, kind: Kind, id: &str) -> Value {
    shared.change_user(&target.user_id, |user| match kind {
        Kind::Key => user.keys.retain(|key| key.key_id != id),
        Kind::Secret | Kind::Token => {
            user.secrets.retain(|secret| secret.client_id != id);
            user.tokens.retain(|token| token.token_id != id);
        }
    });
    json!({})
}
