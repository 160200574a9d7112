//! Auth0: at most two credentials; one works once the client lists it, and one that is listed can't be deleted. Each call
//! needs a scope of its own, and keys need the Enterprise plan.

use mintage_demo::RegisteredKey;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{handle, public_pem};
use crate::management::reply::{Reply, time};
use crate::management::{Call, Vendor};

pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Reply {
    let vendor = Vendor::Auth0;
    let ["api", "v2", "clients", user_id, rest @ ..] = segments else { return Reply::not_found(vendor) };
    let scope = match call.method {
        "GET" => "read:client_credentials",
        "POST" => "create:client_credentials",
        "PATCH" => "update:clients",
        _ => "delete:client_credentials",
    };
    if !call.may(scope) {
        return Reply::error(vendor, 403, &format!("Insufficient scope, expected any of: {scope}"));
    }
    if call.method != "GET" && call.shared.quirks().plan_without_keys {
        // The words that Auth0 has for other features of that plan (auth0/terraform-provider-auth0#909).
        let text = "Please upgrade your subscription to use private_key_jwt.";
        return Reply(403, json!({ "statusCode": 403, "error": "Forbidden", "message": text }));
    }
    let shape = |key: &RegisteredKey| {
        let (title, created) = call.label(&key.key_id);
        json!({
            "id": handle("cred_", &key.key_id), "name": title, "kid": key.key_id, "alg": "RS256",
            "credential_type": "public_key", "created_at": created, "updated_at": created,
            "expires_at": key.expires_at.map(time),
        })
    };
    let keys = call.keys(user_id);
    match (call.method, rest) {
        ("GET", ["credentials"]) => Reply(200, keys.iter().map(|(key, _)| shape(key)).collect::<Vec<_>>().into()),
        ("POST", ["credentials"]) => {
            let expected = call.text("/credential_type") == Some("public_key") && call.text("/alg") == Some("RS256");
            let Some(public_pem) = call.text("/pem").and_then(public_pem).filter(|_| expected) else {
                return Reply::invalid(vendor, "Payload validation error");
            };
            if keys.len() >= 2 {
                return Reply::error(vendor, 400, "You have reached the limit of credentials for this client");
            }
            let expires_at = call.text("/expires_at").and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
            let key = RegisteredKey { key_id: format!("kid{}", call.shared.count()), public_pem, expires_at };
            call.add(user_id, key.clone(), call.text("/name").unwrap_or_default(), false);
            Reply(201, shape(&key))
        }
        ("PATCH", []) => {
            let listed = call.body.pointer("/client_authentication_methods/private_key_jwt/credentials");
            let Some(listed) = listed.and_then(Value::as_array).filter(|listed| !listed.is_empty()) else {
                return Reply::invalid(vendor, "Payload validation error");
            };
            let listed: Vec<&str> = listed.iter().filter_map(|one| one["id"].as_str()).collect();
            for (key, _) in &keys {
                let is_listed = listed.contains(&handle("cred_", &key.key_id).as_str());
                call.set_active(user_id, &key.key_id, is_listed);
            }
            Reply(200, json!({ "client_id": user_id }))
        }
        ("DELETE", ["credentials", id]) => match keys.iter().find(|(key, _)| handle("cred_", &key.key_id) == *id) {
            Some((_, true)) => Reply::invalid(vendor, "The credential is in use by the client"),
            Some((key, false)) => {
                call.remove(user_id, &key.key_id);
                Reply(204, Value::Null)
            }
            None => Reply::not_found(vendor),
        },
        _ => Reply::not_found(vendor),
    }
}
