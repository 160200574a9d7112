//! A **key** of a user: added with its public half, or created by the server if none is given.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::call::Call;
use super::error::ApiError;
use super::list::{self, Filters, Item, NEVER};
use super::route::Face;
use super::timestamp;
use crate::der;
use crate::key_pair::NewKeyPair;
use crate::user::{RegisteredKey, User};

/// Adds a key. The same public key may be added again, with another id.
pub(super) fn add(call: &Call) -> Result<Value, ApiError> {
    let expires_at = end(call)?;
    let given = public_key(call)?;
    let user = call.user_to_change(ApiError::USER_NOT_FOUND)?;
    if user.human && !call.shared.era().keys_for_humans {
        return Err(ApiError::USER_NOT_FOUND);
    }
    let key_id = call.shared.new_id();
    let (public_pem, key_file) = match given {
        Some(public_pem) => (public_pem, None),
        None => {
            let pair = NewKeyPair::generate().ok_or(ApiError::INTERNAL)?;
            (pair.public, Some(key_file(&user, &key_id, &pair.pkcs1, expires_at)))
        }
    };
    enter(call, &user, RegisteredKey { key_id: key_id.clone(), public_pem, expires_at: Some(expires_at) });
    let mut answer = created(call, &user, "keyId", &key_id);
    if let Some(file) = key_file {
        answer[if call.face == Face::V1 { "keyDetails" } else { "keyContent" }] = json!(file);
    }
    Ok(answer)
}

/// Reads the expiry date, after the checks that come before it.
fn end(call: &Call) -> Result<OffsetDateTime, ApiError> {
    let end = call.message.timestamp("expirationDate")?;
    if call.face == Face::V1 {
        // A member `type` is ignored at version 2.
        if call.message.choice("type", &["KEY_TYPE_UNSPECIFIED", "KEY_TYPE_JSON"])? == 0 {
            let cause = "value must not be in list [KEY_TYPE_UNSPECIFIED]";
            return Err(ApiError::invalid(format!("invalid AddMachineKeyRequest.Type: {cause}")));
        }
    } else if end.is_none() {
        return Err(ApiError::invalid("invalid AddKeyRequest.ExpirationDate: value is required".to_owned()));
    }
    let end = end.unwrap_or(NEVER);
    if end < call.shared.now() { Err(ApiError::EXPIRED_ALREADY) } else { Ok(end) }
}

/// PEM of a key in SPKI form, with any label. Elliptic keys are accepted and never work; RSA keys of 1024 bits
/// are accepted and work only on v2.55. `None` if it is absent or empty.
fn public_key(call: &Call) -> Result<Option<String>, ApiError> {
    let bytes = call.message.bytes("publicKey")?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let public_pem = String::from_utf8(bytes).map_err(|_| ApiError::KEY_INVALID)?;
    let is_public_key = pem::parse(&public_pem).is_ok_and(|pem| der::is_public_key(pem.contents()));
    if is_public_key { Ok(Some(public_pem)) } else { Err(ApiError::KEY_INVALID) }
}

fn enter(call: &Call, user: &User, key: RegisteredKey) {
    let now = call.shared.now();
    let key_id = key.key_id.clone();
    call.shared.change_user(&user.user_id, |user| user.keys.push(key));
    let mut book = call.shared.book();
    let lag = book.quirks.lag;
    book.lagging.note_key(&key_id, lag);
    book.label(&user.user_id, &key_id, String::new(), now);
}

/// The answer to adding a credential, whose id it has under this name.
pub(super) fn created(call: &Call, user: &User, member: &str, id: &str) -> Value {
    let item = Item::new(call, user, id, None).written(call.face);
    match call.face {
        Face::V1 => json!({
            member: id,
            "details": {
                "sequence": item["details"]["sequence"],
                "creationDate": item["details"]["creationDate"],
                "resourceOwner": user.organisation_id(),
            },
        }),
        Face::V2 | Face::Connect => json!({ "creationDate": item["creationDate"], member: id }),
    }
}

/// The key file in base64: compact JSON without a line ending.
fn key_file(user: &User, key_id: &str, private_pem: &str, expires_at: OffsetDateTime) -> String {
    let file = json!({
        "type": "serviceaccount",
        "keyId": key_id,
        "key": private_pem.replace("\r\n", "\n"),
        "expirationDate": timestamp::written(expires_at),
        "userId": user.user_id,
    });
    STANDARD.encode(file.to_string())
}

/// Removes a key, even the last one.
pub(super) fn remove(call: &Call) -> Result<Value, ApiError> {
    let user = call.user_to_change(ApiError::KEY_NOT_FOUND)?;
    if !user.keys.iter().any(|key| key.key_id == call.item_id) {
        return Err(ApiError::KEY_NOT_FOUND);
    }
    call.shared.change_user(&user.user_id, |user| user.keys.retain(|key| key.key_id != call.item_id));
    Ok(removed(call))
}

/// The answer to removing a credential of the call's user.
pub(super) fn removed(call: &Call) -> Value {
    let now = timestamp::written(call.shared.now());
    if call.face != Face::V1 {
        return json!({ "deletionDate": now });
    }
    let sequence = call.shared.book().users.get(&call.user_id).map_or(0, |entry| entry.sequence);
    let owner = call.organisation_id();
    json!({ "details": { "sequence": sequence.to_string(), "changeDate": now, "resourceOwner": owner } })
}

pub(super) fn get(call: &Call) -> Result<Value, ApiError> {
    let user = call.user().ok_or(ApiError::KEY_UNKNOWN)?;
    let key = user.keys.iter().find(|key| key.key_id == call.item_id).ok_or(ApiError::KEY_UNKNOWN)?;
    Ok(json!({ "key": Item::new(call, &user, &key.key_id, key.expires_at).written(call.face) }))
}

pub(super) fn search(call: &Call) -> Result<Value, ApiError> {
    if call.face == Face::V1 {
        let items = call.user().map(|user| items(call, &user)).unwrap_or_default();
        return list::answer_v1(call, items);
    }
    let filters = Filters::read(&call.message, "keyIdFilter")?;
    let all = call.users();
    let found = all.iter().flat_map(|user| items(call, user)).filter(|item| filters.pass(item));
    list::answer_v2(call, found.collect())
}

fn items(call: &Call, user: &User) -> Vec<Item> {
    let listed = |key: &&RegisteredKey| !call.shared.book().lagging.misses_in_list(&key.key_id);
    let item = |key: &RegisteredKey| Item::new(call, user, &key.key_id, key.expires_at);
    user.keys.iter().filter(listed).map(item).collect()
}
