//! STACKIT: a key has an end and can be switched off.

use mintage_demo::RegisteredKey;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::public_pem;
use crate::management::reply::{Reply, time};
use crate::management::{Call, Vendor};

pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Reply {
    let vendor = Vendor::Stackit;
    let ["v2", "projects", "project-1", "service-accounts", user_id, "keys", rest @ ..] = segments else {
        return Reply::not_found(vendor);
    };
    if !call.may(if call.method == "GET" { "read" } else { "edit" }) {
        return Reply::forbidden(vendor);
    }
    let shape = |key: &RegisteredKey, active: bool| {
        let (_, created) = call.label(&key.key_id);
        json!({
            "id": key.key_id, "active": active, "createdAt": created, "keyOrigin": "USER_PROVIDED",
            "keyType": "USER_MANAGED", "keyAlgorithm": "RSA_2048", "validUntil": key.expires_at.map(time),
        })
    };
    match (call.method, rest) {
        ("GET", []) => {
            let items: Vec<Value> = call.keys(user_id).iter().map(|(key, active)| shape(key, *active)).collect();
            Reply(200, json!({ "items": items }))
        }
        ("POST", []) => {
            let Some(public_pem) = call.text("/publicKey").and_then(public_pem) else {
                return Reply::invalid(vendor, "the public key is invalid");
            };
            let expires_at = call.text("/validUntil").and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
            let key = RegisteredKey { key_id: mintage_demo::random::uuid(), public_pem, expires_at };
            call.add(user_id, key.clone(), "", true);
            Reply(201, shape(&key, true))
        }
        ("PATCH", [id]) => match call.body.get("active").and_then(Value::as_bool) {
            Some(active) if call.set_active(user_id, id, active) => Reply(200, json!({ "id": id, "active": active })),
            Some(_) => Reply::not_found(vendor),
            None => Reply::invalid(vendor, "nothing to change"),
        },
        ("DELETE", [id]) if call.remove(user_id, id) => Reply(204, Value::Null),
        _ => Reply::not_found(vendor),
    }
}
