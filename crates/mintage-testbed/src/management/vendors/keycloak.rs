//! Keycloak: a client has one certificate or key; uploading replaces it, and so does the client itself with its
//! registration access token (RFC 7592). Reading signs that anew, and an update replaces it (by Keycloak's source,
//! `AbstractClientRegistrationProvider`; not measured).

use axum::http::{HeaderMap, Method, Uri};
use mintage_demo::http::authorization;
use mintage_demo::random;
use mintage_demo::shared::Shared;
use mintage_demo::{RegisteredKey, RegisteredToken, User};
use serde_json::{Value, json};

use super::okta::jwk_pem;
use super::public_pem;
use crate::management::reply::Reply;
use crate::management::{Call, Vendor};

pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Reply {
    let vendor = Vendor::Keycloak;
    let ["admin", "realms", "acme", "clients", rest @ ..] = segments else { return Reply::not_found(vendor) };
    if !call.may(if call.method == "GET" { "view-clients" } else { "manage-clients" }) {
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

/// The id under which a user has its registration access token among its tokens.
const REGISTRATION: &str = "registration";
/// What separates a token's id from its signature here.
const SIGNED: char = '~';

/// The client configuration endpoint (RFC 7592 §2); `None` for another path.
pub(super) fn registration(
    shared: &Shared,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Reply> {
    let client = uri.path().strip_prefix("/realms/acme/clients-registrations/openid-connect/")?;
    let user = shared.book().user(client).cloned();
    let token = user.as_ref().and_then(|user| user.tokens.iter().find(|token| token.token_id == REGISTRATION));
    let sent = authorization::bearer(headers).and_then(|sent| sent.split(SIGNED).next());
    let (Some(user), Some(token)) = (&user, token.filter(|token| sent == Some(token.token.as_str()))) else {
        return Some(Reply(401, json!({ "error": "invalid_token", "error_description": "Not valid token" })));
    };
    Some(match method.as_str() {
        // Signed anew: another text, and the one that was sent works as long.
        "GET" => Reply(200, client_of(user, &format!("{}{SIGNED}{}", token.token, shared.count()))),
        "PUT" => serde_json::from_slice(body)
            .ok()
            .and_then(|update: Value| update_client(shared, user, &update))
            .unwrap_or_else(|| Reply(400, json!({ "error": "invalid_client_metadata" }))),
        _ => Reply(405, Value::Null),
    })
}

fn client_of(user: &User, token: &str) -> Value {
    json!({
        "client_id": user.user_id,
        "client_name": user.name,
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "client_id_issued_at": 1_700_000_000,
        "registration_client_uri": format!("/realms/acme/clients-registrations/openid-connect/{}", user.user_id),
        "registration_access_token": token,
    })
}

/// What isn't sent is removed, so a client must send back all that it doesn't want to change, and nothing of what the
/// server alone says (RFC 7592 §2.2).
fn update_client(shared: &Shared, user: &User, update: &Value) -> Option<Reply> {
    let current = client_of(user, "");
    let kept = ["client_id", "client_name", "grant_types", "token_endpoint_auth_method"];
    let of_server = ["client_id_issued_at", "registration_client_uri", "registration_access_token"];
    if kept.iter().any(|name| update.get(name) != current.get(name))
        || of_server.iter().any(|name| update.get(name).is_some())
    {
        return None;
    }
    let [key] = update.pointer("/jwks/keys")?.as_array()?.as_slice() else { return None };
    let (key_id, public_pem) = (key.get("kid")?.as_str()?.to_owned(), jwk_pem(key)?);
    let token = random::text::<32>();
    shared.change_user(&user.user_id, |user| {
        user.keys = vec![RegisteredKey { key_id, public_pem, expires_at: None }];
        user.tokens.retain(|token| token.token_id != REGISTRATION);
        user.tokens.push(RegisteredToken::new(REGISTRATION, &token));
    });
    let mut answer = client_of(user, &token);
    answer["jwks"] = update["jwks"].clone();
    Some(Reply(200, answer))
}
