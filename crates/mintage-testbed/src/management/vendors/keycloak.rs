//! Keycloak: a client has one certificate or key; uploading replaces it.

use mintage_demo::RegisteredKey;
use serde_json::json;

use super::public_pem;
use crate::management::reply::Reply;
use crate::management::{Call, Vendor};

pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Reply {
    let vendor = Vendor::Keycloak;
    let ["admin", "realms", "acme", "clients", rest @ ..] = segments else { return Reply::not_found(vendor) };
    if !call.is_administrator() {
        return Reply::forbidden(vendor);
    }
    match (call.method, rest) {
        ("GET", []) => {
            let client = call.query.strip_prefix("clientId=").filter(|id| call.knows(id));
            Reply(
                200,
                client.map_or_else(|| json!([]), |id| json!([{ "id": format!("uuid-of-{id}"), "clientId": id }])),
            )
        }
        ("POST", [uuid, "certificates", "jwt.credential", "upload-certificate"]) => {
            let Some(client) = uuid.strip_prefix("uuid-of-").filter(|id| call.knows(id)) else {
                return Reply::not_found(vendor);
            };
            let is_pem = call.text.contains("name=\"keystoreFormat\"\r\n\r\nPublic Key PEM\r\n");
            let file =
                call.text.split_once("name=\"file\"; filename=").and_then(|(_, rest)| rest.split_once("\r\n\r\n"));
            let pem = file.and_then(|(_, rest)| Some(rest.split_once("\r\n--")?.0)).filter(|_| is_pem);
            let Some(public_pem) = pem.and_then(public_pem) else {
                return Reply::invalid(vendor, "Unsupported keystore format");
            };
            // Without `kid`, the client's only key verifies.
            let key_id = format!("key-of-{client}-{}", call.shared.count());
            call.shared.change_user(client, |user| {
                user.keys = vec![RegisteredKey { key_id, public_pem, expires_at: None }];
            });
            Reply(200, json!({ "publicKey": "…" }))
        }
        _ => Reply::not_found(vendor),
    }
}
