//! Google: a certificate is uploaded, and at most ten keys; a key is switched off before it is deleted, or not.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mintage_demo::RegisteredKey;
use serde_json::{Value, json};

use crate::management::certificate::Certificate;
use crate::management::reply::{Reply, time};
use crate::management::{Call, Vendor};

pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Reply {
    let vendor = Vendor::Google;
    let ["v1", "projects", "-", "serviceAccounts", user_id, keys @ ..] = segments else {
        return Reply::not_found(vendor);
    };
    // Whoever has no permission is told so, and nothing else.
    if let Some(user_id) = user_id.strip_suffix(":testIamPermissions").filter(|_| call.method == "POST") {
        return test_permissions(call, user_id);
    }
    let permission = format!("iam.serviceAccountKeys.{}", verb(call.method, keys));
    if !call.may(&permission) {
        return Reply::error(
            vendor,
            403,
            &format!("Permission '{permission}' denied on resource (or it may not exist)."),
        );
    }
    if !call.knows(user_id) {
        return Reply::not_found(vendor);
    }
    let shape = |key: &RegisteredKey, active: bool| {
        let (_, created) = call.label(&key.key_id);
        json!({
            "name": format!("projects/acme/serviceAccounts/{user_id}/keys/{}", key.key_id),
            "validAfterTime": created,
            "validBeforeTime": key.expires_at.map_or_else(|| "9999-12-31T23:59:59Z".to_owned(), time),
            "keyAlgorithm": "KEY_ALG_RSA_2048",
            "keyOrigin": "USER_PROVIDED",
            "keyType": "USER_MANAGED",
            "disabled": !active,
        })
    };
    match (call.method, keys) {
        ("GET", ["keys"]) if call.query == "keyTypes=USER_MANAGED" => {
            let keys: Vec<Value> = call.keys(user_id).iter().map(|(key, active)| shape(key, *active)).collect();
            Reply(200, if keys.is_empty() { json!({}) } else { json!({ "keys": keys }) })
        }
        ("POST", ["keys:upload"]) if call.shared.quirks().upload_forbidden => forbidden_by_policy(user_id),
        ("POST", ["keys:upload"]) => {
            let data = call.text("/publicKeyData").and_then(|data| STANDARD.decode(data).ok());
            let certificate = data.and_then(|data| Certificate::read_pem(std::str::from_utf8(&data).ok()?));
            let Some(certificate) = certificate.filter(|one| one.until > call.shared.now()) else {
                return Reply::invalid(vendor, "The given public key is not in a valid format.");
            };
            if call.keys(user_id).len() >= 10 {
                return Reply::error(vendor, 429, "Maximum number of keys on account reached.");
            }
            let key_id = URL_SAFE_NO_PAD.encode(certificate.thumbprint.as_bytes()).to_lowercase()[..40].to_owned();
            let key = RegisteredKey { key_id, public_pem: certificate.public_pem, expires_at: Some(certificate.until) };
            call.add(user_id, key.clone(), "", true);
            Reply(200, shape(&key, true))
        }
        ("POST", ["keys", id]) => match id.split_once(':') {
            Some((id, verb @ ("disable" | "enable"))) if call.set_active(user_id, id, verb == "enable") => {
                Reply(200, json!({}))
            }
            _ => Reply::not_found(vendor),
        },
        ("DELETE", ["keys", id]) if call.remove(user_id, id) => Reply(200, json!({})),
        _ => Reply::not_found(vendor),
    }
}

/// The verb of the permission that a call needs (Google IAM, *IAM permissions reference*).
fn verb(method: &str, keys: &[&str]) -> &'static str {
    match (method, keys) {
        ("GET", _) => "list",
        ("DELETE", _) => "delete",
        (_, [_, id]) if id.ends_with(":disable") => "disable",
        (_, [_, id]) if id.ends_with(":enable") => "enable",
        _ => "create",
    }
}

/// Those of the named permissions that the caller has (`serviceAccounts.testIamPermissions`).
fn test_permissions(call: &Call<'_>, user_id: &str) -> Reply {
    let Some(asked) = call.body.get("permissions").and_then(Value::as_array).filter(|_| call.knows(user_id)) else {
        return Reply::not_found(Vendor::Google);
    };
    let held: Vec<&Value> = asked.iter().filter(|one| one.as_str().is_some_and(|one| call.may(one))).collect();
    Reply(200, if held.is_empty() { json!({}) } else { json!({ "permissions": held }) })
}

/// What the constraint `iam.disableServiceAccountKeyUpload` leads to (Google, *Restricting service account usage*).
fn forbidden_by_policy(user_id: &str) -> Reply {
    let text = "Key upload is not allowed on this service account.";
    let violation = json!({
        "type": "constraints/iam.disableServiceAccountKeyUpload", "description": text,
        "subject": format!("projects/acme/serviceAccounts/{user_id}"),
    });
    let failure = json!({ "@type": "type.googleapis.com/google.rpc.PreconditionFailure", "violations": [violation] });
    Reply(
        400,
        json!({ "error": { "code": 400, "message": text, "status": "FAILED_PRECONDITION", "details": [failure] } }),
    )
}
