//! The **keys** of a service user. With a public key given, no private one is made; bytes are base64.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

use super::error::ApiError;
use super::{Call, Version, carry_out};
use crate::key_pair::NewKeyPair;
use crate::random;
use crate::shared::{Label, Shared};
use crate::user::{RegisteredKey, User};

/// What stands for an end that never comes.
const NEVER: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    Path(user_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    carry_out(shared, Version::V2, headers, body, move |call| {
        call.text("expirationDate").ok_or(ApiError::EXPIRATION_MISSING)?;
        let added = add_key(call, &user_id)?;
        let mut message = json!({ "keyId": added.key_id, "creationDate": timestamp(call.shared.now()) });
        if let Some(content) = added.key_file {
            message["keyContent"] = json!(content);
        }
        Ok(message)
    })
    .await
}

pub(super) async fn add_v1(
    State(shared): State<Arc<Shared>>,
    Path(user_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    carry_out(shared, Version::V1, headers, body, move |call| {
        let added = add_key(call, &user_id)?;
        let mut message = json!({ "keyId": added.key_id, "details": details(call) });
        if let Some(content) = added.key_file {
            message["keyDetails"] = json!(content);
        }
        Ok(message)
    })
    .await
}

struct Added {
    key_id: String,
    /// The key file in base64, where the server made the key.
    key_file: Option<String>,
}

fn add_key(call: &Call, user_id: &str) -> Result<Added, ApiError> {
    call.may_manage(user_id)?;
    let user = call.user(user_id)?;
    let expires_at = match call.text("expirationDate") {
        None => NEVER,
        Some(text) => OffsetDateTime::parse(text, &Rfc3339).map_err(|_| ApiError::BODY_UNREADABLE)?,
    };
    let key_id = random::number();
    let (public_pem, key_file) = match call.text("publicKey") {
        Some(encoded) => (public_key(encoded)?, None),
        None => {
            let pair = NewKeyPair::generate().ok_or(ApiError::INTERNAL)?;
            (pair.public, Some(key_file(&user, &key_id, &pair.pkcs1, expires_at)))
        }
    };
    let key = RegisteredKey { key_id: key_id.clone(), public_pem, expires_at: Some(expires_at) };
    call.shared.change_user(user_id, |user| user.keys.push(key));
    let label = Label { title: String::new(), created_at: call.shared.now() };
    call.shared.book().labels.insert(key_id.clone(), label);
    Ok(Added { key_id, key_file })
}

/// PEM of an RSA key in SPKI form; a PKCS#1 one is refused.
fn public_key(encoded: &str) -> Result<String, ApiError> {
    let bytes = STANDARD.decode(encoded).map_err(|_| ApiError::BODY_UNREADABLE)?;
    let public_pem = String::from_utf8(bytes).map_err(|_| ApiError::KEY_INVALID)?;
    let is_spki = pem::parse(&public_pem).is_ok_and(|pem| pem.tag() == "PUBLIC KEY");
    // An elliptic key passes here, as it does there, and will never work.
    if is_spki { Ok(public_pem) } else { Err(ApiError::KEY_INVALID) }
}

fn key_file(user: &User, key_id: &str, private_pem: &str, expires_at: OffsetDateTime) -> String {
    let file = json!({
        "type": "serviceaccount",
        "keyId": key_id,
        "key": private_pem.replace("\r\n", "\n"),
        "expirationDate": timestamp(expires_at),
        "userId": user.user_id,
    });
    STANDARD.encode(file.to_string())
}

pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    Path((user_id, key_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    carry_out(shared, Version::V2, headers, body, move |call| {
        remove_key(call, &user_id, &key_id)?;
        Ok(json!({ "deletionDate": timestamp(call.shared.now()) }))
    })
    .await
}

pub(super) async fn remove_v1(
    State(shared): State<Arc<Shared>>,
    Path((user_id, key_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    carry_out(shared, Version::V1, headers, body, move |call| {
        remove_key(call, &user_id, &key_id)?;
        Ok(json!({ "details": details(call) }))
    })
    .await
}

fn remove_key(call: &Call, user_id: &str, key_id: &str) -> Result<(), ApiError> {
    call.may_manage(user_id)?;
    let user = call.user(user_id)?;
    if !user.keys.iter().any(|key| key.key_id == key_id) {
        return Err(ApiError::KEY_NOT_FOUND);
    }
    call.shared.change_user(user_id, |user| user.keys.retain(|key| key.key_id != key_id));
    Ok(())
}

/// Lists the keys of the users that the filters name; of all that the caller may see, without filters.
pub(super) async fn search(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    carry_out(shared, Version::V2, headers, body, |call| {
        let filters = call.message.get("filters").and_then(Value::as_array);
        let named: Vec<&str> =
            filters.into_iter().flatten().filter_map(|filter| filter["userIdFilter"]["id"].as_str()).collect();
        let users: Vec<User> = call.shared.book().users.values().map(|entry| entry.user.clone()).collect();
        let wanted = |user: &&User| {
            (named.is_empty() || named.contains(&user.user_id.as_str())) && call.may_manage(&user.user_id).is_ok()
        };
        let keys: Vec<Value> = users.iter().filter(wanted).flat_map(|user| listed(call, user)).collect();
        Ok(json!({
            "pagination": { "totalResult": keys.len().to_string(), "appliedLimit": "100" },
            "result": keys,
        }))
    })
    .await
}

pub(super) async fn search_v1(
    State(shared): State<Arc<Shared>>,
    Path(user_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    carry_out(shared, Version::V1, headers, body, move |call| {
        call.may_manage(&user_id)?;
        let keys = listed(call, &call.user(&user_id)?);
        Ok(json!({ "details": { "totalResult": keys.len().to_string() }, "result": keys }))
    })
    .await
}

fn listed(call: &Call, user: &User) -> Vec<Value> {
    let one = |key: &RegisteredKey| {
        let created_at = call.shared.book().labels.get(&key.key_id).map(|label| timestamp(label.created_at));
        let expires_at = timestamp(key.expires_at.unwrap_or(NEVER));
        match call.version {
            Version::V1 => json!({
                "id": key.key_id, "type": "KEY_TYPE_JSON", "expirationDate": expires_at,
                "details": { "creationDate": created_at },
            }),
            Version::V2 => json!({
                "id": key.key_id, "userId": user.user_id, "expirationDate": expires_at, "creationDate": created_at,
            }),
        }
    };
    user.keys.iter().map(one).collect()
}

fn details(call: &Call) -> Value {
    json!({ "creationDate": timestamp(call.shared.now()) })
}

fn timestamp(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}
