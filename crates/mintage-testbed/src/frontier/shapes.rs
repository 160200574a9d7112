//! The **shapes** of Frontier's responses. The gateway behind REST writes empty members; Connect omits them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::call::camel_case;
use super::caller::Caller;
use super::rules::Calls;
use mintage_demo::der;
use mintage_demo::shared::Shared;
use mintage_demo::token::Grant;
use mintage_demo::{RegisteredKey, User, UserState};

/// The claims of an access token: no audience, no scope, and by default an issuer that isn't an address.
pub(super) fn token_claims(issuer: &str, grant: &Grant, caller: &Caller, key_id: &str) -> Value {
    json!({
        "iss": issuer,
        "sub": grant.subject,
        "iat": grant.issued_at.unix_timestamp(),
        "nbf": grant.issued_at.unix_timestamp(),
        "exp": grant.expires_at.unix_timestamp(),
        "jti": grant.jwt_id,
        "kid": key_id,
        "gen": "system",
        "org_ids": organisation_id(&caller.user),
        "sub_type": "app/serviceuser",
        "auth_via": caller.way.claim(),
    })
}

/// The server's own key set.
pub(super) fn key_set(shared: &Shared, calls: Calls) -> Value {
    let mut set = shared.book().keys.jwk_set();
    if let Some(keys) = set["keys"].as_array_mut() {
        keys.iter_mut().for_each(|key| write_empty(key, calls));
    }
    set
}

/// The public half of a service user's key (RFC 7517 §4).
pub(super) fn public_jwk(key: &RegisteredKey, calls: Calls) -> Value {
    let mut jwk = json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": key.key_id });
    if let Some((modulus, exponent)) = der::rsa_numbers(&key.public_pem) {
        jwk["n"] = json!(URL_SAFE_NO_PAD.encode(modulus));
        jwk["e"] = json!(URL_SAFE_NO_PAD.encode(exponent));
    }
    write_empty(&mut jwk, calls);
    jwk
}

/// RSA keys also have the members of elliptic keys, as empty strings.
fn write_empty(jwk: &mut Value, calls: Calls) {
    for member in ["x", "y", "crv"] {
        if calls.writes_empty() && jwk.get(member).is_none() {
            jwk[member] = json!("");
        }
    }
}

pub(super) fn service_user(shared: &Shared, user: &User) -> Value {
    let changed_at = shared.book().users.get(&user.user_id).map(|entry| entry.changed_at);
    let changed_at = timestamp(changed_at.unwrap_or_else(|| shared.now()));
    json!({
        "id": user.user_id,
        "title": user.name,
        "metadata": user.metadata,
        "created_at": changed_at,
        "updated_at": changed_at,
        "state": if user.state == UserState::Active { "enabled" } else { "disabled" },
        "org_id": organisation_id(user),
    })
}

/// A key in a list: its public half is a key set in a string.
pub(super) fn listed_key(shared: &Shared, user: &User, key: &RegisteredKey, calls: Calls) -> Value {
    let mut listed = label(shared, &key.key_id);
    listed["principal_id"] = json!(user.user_id);
    listed["public_key"] = json!(json!({ "keys": [public_jwk(key, calls)] }).to_string());
    listed
}

/// A secret or a token in a list, without its `hidden` part.
pub(super) fn listed(shared: &Shared, id: &str, hidden: &str, calls: Calls) -> Value {
    let mut listed = label(shared, id);
    if calls.writes_empty() {
        listed[hidden] = json!("");
    }
    listed
}

fn label(shared: &Shared, id: &str) -> Value {
    let label = shared.book().labels.get(id).cloned();
    let (title, created_at) = label.map_or((String::new(), None), |label| (label.title, Some(label.created_at)));
    json!({ "id": id, "title": title, "created_at": created_at.map(timestamp) })
}

/// RFC 3339, to the second.
pub(super) fn timestamp(time: OffsetDateTime) -> String {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// Renames a message's members to camelCase, except inside `metadata`, whose names are the user's.
pub(super) fn in_camel_case(message: Value) -> Value {
    match message {
        Value::Object(members) => {
            let renamed = members.into_iter().map(|(name, value)| match name.as_str() {
                "metadata" => (name, value),
                _ => (camel_case(&name), in_camel_case(value)),
            });
            Value::Object(renamed.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(in_camel_case).collect()),
        other => other,
    }
}

fn organisation_id(user: &User) -> &str {
    user.organisation.as_ref().map(|organisation| organisation.id.as_str()).unwrap_or_default()
}
