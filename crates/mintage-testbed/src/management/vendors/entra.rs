//! Entra: no permission is needed for an app's own certificates, but a proof that is signed by a present one.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mintage_demo::RegisteredKey;
use mintage_demo::der::rsa_numbers;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::handle;
use crate::management::certificate::Certificate;
use crate::management::reply::{Reply, time};
use crate::management::secrets::Secret;
use crate::management::{Call, Vendor};

pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Reply {
    let vendor = Vendor::Entra;
    let object_of = |user_id: &str| format!("object-of-{user_id}");
    let app_id = |text: &str| Some(text.strip_prefix("applications(appId='")?.strip_suffix("')")?.to_owned());
    match (call.method, segments) {
        ("GET", ["v1.0", application]) if app_id(application).is_some_and(|id| call.knows(&id)) => {
            let id = app_id(application).unwrap_or_default();
            Reply(200, json!({ "@odata.context": "https://graph.microsoft.com/v1.0/$metadata", "id": object_of(&id) }))
        }
        (method, ["v1.0", "applications", object, rest @ ..]) => {
            let Some(user_id) = object.strip_prefix("object-of-").filter(|id| call.knows(id)) else {
                return Reply::not_found(vendor);
            };
            if call.caller.user_id != user_id && !call.is_administrator() {
                return Reply::error(vendor, 403, "Insufficient privileges to complete the operation.");
            }
            match rest {
                ["addPassword" | "removePassword"] => entra_passwords(call, user_id, rest),
                [] if call.query == "$select=passwordCredentials" => entra_passwords(call, user_id, rest),
                _ => entra_keys(call, method, user_id, object, rest),
            }
        }
        _ => Reply::not_found(vendor),
    }
}

fn entra_keys(call: &Call<'_>, method: &str, user_id: &str, object: &str, rest: &[&str]) -> Reply {
    let vendor = Vendor::Entra;
    let shape = |key: &RegisteredKey| {
        let (title, created) = call.label(&key.key_id);
        json!({
            "keyId": handle("", &key.key_id), "type": "AsymmetricX509Cert", "usage": "Verify", "key": null,
            "displayName": title, "startDateTime": created, "endDateTime": key.expires_at.map(time),
        })
    };
    let proven = || is_proven(call, user_id, object);
    match (method, rest) {
        ("GET", []) if call.query == "$select=keyCredentials" => {
            let keys: Vec<Value> = call.keys(user_id).iter().map(|(key, _)| shape(key)).collect();
            Reply(200, json!({ "keyCredentials": keys }))
        }
        ("POST", ["addKey" | "removeKey"]) if !proven() => {
            Reply::error(vendor, 401, "Access denied: the proof isn't signed by a valid key of the application.")
        }
        ("POST", ["addKey"]) => {
            let expected = call.text("/keyCredential/type") == Some("AsymmetricX509Cert")
                && call.text("/keyCredential/usage") == Some("Verify")
                && call.body.get("passwordCredential").is_some_and(Value::is_null);
            let der = call.text("/keyCredential/key").and_then(|key| STANDARD.decode(key).ok());
            let certificate = der.and_then(|der| Certificate::read(&der)).filter(|_| expected);
            let Some(certificate) = certificate.filter(|one| one.from <= call.shared.now()) else {
                return Reply::invalid(vendor, "Key credential value is invalid.");
            };
            let key = RegisteredKey {
                key_id: certificate.thumbprint,
                public_pem: certificate.public_pem,
                expires_at: Some(certificate.until),
            };
            call.add(user_id, key.clone(), "", true);
            Reply(200, shape(&key))
        }
        ("POST", ["removeKey"]) => {
            let wanted = call.text("/keyId").unwrap_or_default();
            let found = call.keys(user_id).into_iter().find(|(key, _)| handle("", &key.key_id) == wanted);
            match found {
                Some((key, _)) if call.remove(user_id, &key.key_id) => Reply(204, Value::Null),
                _ => Reply::error(vendor, 400, "No credentials found to be removed."),
            }
        }
        _ => Reply::not_found(vendor),
    }
}

/// Secrets need a permission, whoever's they are; only the answer to adding one has its text.
fn entra_passwords(call: &Call<'_>, user_id: &str, rest: &[&str]) -> Reply {
    let vendor = Vendor::Entra;
    if !call.is_administrator() {
        return Reply::error(vendor, 403, "Insufficient privileges to complete the operation.");
    }
    let shape = |secret: &Secret, text: Option<&str>| {
        json!({
            "customKeyIdentifier": null, "keyId": secret.id, "displayName": secret.title, "secretText": text,
            "startDateTime": time(secret.created_at), "endDateTime": secret.expires_at.map(time),
            "hint": text.map(|text| text[..3].to_owned()),
        })
    };
    match (call.method, rest) {
        ("GET", []) => {
            let secrets: Vec<Value> = call.secrets(user_id).iter().map(|one| shape(one, None)).collect();
            Reply(200, json!({ "passwordCredentials": secrets }))
        }
        ("POST", ["addPassword"]) => {
            let Some(title) = call.text("/passwordCredential/displayName") else {
                return Reply::invalid(vendor, "Password credential value is invalid.");
            };
            let end = call.text("/passwordCredential/endDateTime");
            let end = end.and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
            if end.is_some_and(|at| at <= call.shared.now()) {
                return Reply::invalid(vendor, "Password credential value is invalid.");
            }
            let (secret, text) = call.add_secret(user_id, title, end);
            Reply(200, shape(&secret, Some(&text)))
        }
        ("POST", ["removePassword"]) => {
            let wanted = call.text("/keyId").unwrap_or_default();
            match call.secrets(user_id).iter().find(|one| one.id == wanted) {
                Some(secret) => {
                    call.remove_secret(secret);
                    Reply(204, Value::Null)
                }
                None => Reply::error(vendor, 400, "No credentials found to be removed."),
            }
        }
        _ => Reply::not_found(vendor),
    }
}

/// The proof's claims and times (Microsoft Graph, *Generating proof of possession tokens*); its signature by any present
/// key of the application.
fn is_proven(call: &Call<'_>, user_id: &str, object: &str) -> bool {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

    let proof = call.text("/proof").unwrap_or_default();
    let parts: Vec<&str> = proof.split('.').collect();
    let [header, payload, signature] = parts[..] else { return false };
    let part = |text: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    let (Some(header_json), Some(claims)) = (part(header), part(payload)) else { return false };
    let number = |name: &str| claims[name].as_i64().unwrap_or_default();
    let now = call.shared.now().unix_timestamp();
    let fits = header_json["alg"] == "RS256"
        && claims["aud"] == "00000002-0000-0000-c000-000000000000"
        && claims["iss"] == object
        && number("nbf") <= now
        && number("exp") > now
        && number("exp") - number("nbf") <= 600;
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    fits && call.keys(user_id).iter().any(|(key, _)| {
        let Some((n, e)) = rsa_numbers(&key.public_pem) else { return false };
        let message = format!("{header}.{payload}");
        let public = RsaPublicKeyComponents { n: &n[..], e: &e[..] };
        public.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature).is_ok()
    })
}
