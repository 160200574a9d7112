//! The **credentials** of service users, which an administrator makes, lists and deletes. A service user
//! without that right cannot manage even its own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use super::call::{Call, Kind, Target};
use super::caller::Caller;
use super::shapes;
use crate::credential::{RegisteredSecret, RegisteredToken};
use crate::key_pair::NewKeyPair;
use crate::random;
use crate::refusal::Failure;
use crate::shared::{Label, Shared};
use crate::system::Calls;
use crate::user::{RegisteredKey, User};

pub(super) fn manage(shared: &Shared, caller: &Caller, calls: Calls, call: Call) -> Result<Value, Failure> {
    if !caller.user.administrator {
        return Err(Failure::Forbidden);
    }
    if shared.quirks().organisation_disabled {
        return Err(Failure::OrganisationDisabled);
    }
    match call {
        Call::ServiceUser(target) => {
            find(shared, &target).map(|user| json!({ "serviceuser": shapes::service_user(shared, &user) }))
        }
        Call::Create(target, kind, title) => create(shared, &target, kind, title),
        Call::List(target, kind) => find(shared, &target).map(|user| list(shared, &user, kind, calls)),
        Call::Key(target, key_id) => {
            let user = find(shared, &target)?;
            let key = user.keys.iter().find(|key| key.key_id == key_id).ok_or(UNKNOWN_CREDENTIAL)?;
            Ok(json!({ "keys": [shapes::public_jwk(key, calls)] }))
        }
        Call::Delete(target, kind, id) => delete(shared, &find(shared, &target)?, kind, &id),
        Call::Token { .. } | Call::KeySet | Call::Myself => Err(Failure::NotFound("Not Found")),
    }
}

const UNKNOWN_CREDENTIAL: Failure = Failure::NotFound("service user credential doesn't exist");

/// The service user, if it is one of the organisation that the path names.
fn find(shared: &Shared, target: &Target) -> Result<User, Failure> {
    let user = shared.book().user(&target.user_id).cloned();
    let lives_there = |user: &User| {
        target
            .organisation
            .as_ref()
            .is_none_or(|wanted| user.organisation.as_ref().is_some_and(|organisation| organisation.id == *wanted))
    };
    user.filter(lives_there).ok_or(Failure::NotFound("service user doesn't exist"))
}

/// Makes a credential. This is the only time that its secret part is told.
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
    shared.book().labels.insert(id, Label { title, created_at });
    Ok(message)
}

fn list(shared: &Shared, user: &User, kind: Kind, calls: Calls) -> Value {
    let ids: Vec<&str> = match kind {
        Kind::Key => {
            let keys: Vec<Value> = user.keys.iter().map(|key| shapes::listed_key(shared, user, key, calls)).collect();
            return json!({ "keys": keys });
        }
        Kind::Secret => user.secrets.iter().map(|secret| secret.client_id.as_str()).collect(),
        Kind::Token => user.tokens.iter().map(|token| token.token_id.as_str()).collect(),
    };
    let (list, hidden) = if kind == Kind::Secret { ("secrets", "secret") } else { ("tokens", "token") };
    let items: Vec<Value> = ids.into_iter().map(|id| shapes::listed(shared, id, hidden, calls)).collect();
    json!({ list: items })
}

fn delete(shared: &Shared, user: &User, kind: Kind, id: &str) -> Result<Value, Failure> {
    let count = |user: &User| user.keys.len() + user.secrets.len() + user.tokens.len();
    let after = shared.change_user(&user.user_id, |user| match kind {
        Kind::Key => user.keys.retain(|key| key.key_id != id),
        Kind::Secret => user.secrets.retain(|secret| secret.client_id != id),
        Kind::Token => user.tokens.retain(|token| token.token_id != id),
    });
    if after.is_some_and(|after| count(&after) < count(user)) { Ok(json!({})) } else { Err(UNKNOWN_CREDENTIAL) }
}
