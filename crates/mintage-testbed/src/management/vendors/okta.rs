//! Okta: a key is a JWK with a `kid`; only an inactive one can be deleted, and none can be added to one without `kid`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mintage_demo::RegisteredKey;
use serde_json::{Value, json};

use super::handle;
use crate::management::reply::{Reply, time};
use crate::management::secrets::Secret;
use crate::management::{Call, Vendor};

pub(super) fn answer(call: &Call<'_>, segments: &[&str]) -> Reply {
    let vendor = Vendor::Okta;
    let ["api", "v1", "apps", user_id, "credentials", kind @ ("jwks" | "secrets"), rest @ ..] = segments else {
        return Reply::not_found(vendor);
    };
    let scope = if call.method == "GET" { "okta.apps.read" } else { "okta.apps.manage" };
    if !call.may(scope) || call.caller.user_id == *user_id {
        return Reply::error(vendor, 403, "You do not have permission to perform the requested action");
    }
    if *kind == "secrets" {
        return secrets(call, user_id, rest);
    }
    let shape = |key: &RegisteredKey, active: bool| {
        let (_, created) = call.label(&key.key_id);
        let status = if active { "ACTIVE" } else { "INACTIVE" };
        let kid = Some(&key.key_id).filter(|kid| !kid.is_empty());
        json!({ "id": handle("pks", &key.key_id), "kid": kid, "kty": "RSA", "status": status, "created": created })
    };
    let find = |id: &str| call.keys(user_id).into_iter().find(|(key, _)| handle("pks", &key.key_id) == id);
    match (call.method, rest) {
        ("GET", []) => {
            Reply(200, call.keys(user_id).iter().map(|(key, active)| shape(key, *active)).collect::<Vec<_>>().into())
        }
        ("POST", []) => {
            let member = |name: &str| call.body.get(name).and_then(Value::as_str);
            let private = ["d", "p", "q", "dp", "dq", "qi"].iter().any(|name| member(name).is_some());
            let (Some(kid), Some(public_pem)) = (member("kid"), jwk_pem(&call.body)) else {
                return Reply::invalid(vendor, "Api validation failed: kid");
            };
            if call.keys(user_id).iter().any(|(key, _)| key.key_id.is_empty()) {
                return Reply::invalid(vendor, "Api validation failed: every key needs a kid if there are several");
            }
            if private || call.keys(user_id).iter().any(|(key, _)| key.key_id == kid) {
                return Reply::invalid(vendor, "Api validation failed: jwk");
            }
            let key = RegisteredKey { key_id: kid.to_owned(), public_pem, expires_at: None };
            call.add(user_id, key.clone(), "", true);
            Reply(201, shape(&key, true))
        }
        ("POST", [id, "lifecycle", verb @ ("activate" | "deactivate")]) => match find(id) {
            Some((key, _)) => {
                call.set_active(user_id, &key.key_id, *verb == "activate");
                Reply(200, shape(&key, *verb == "activate"))
            }
            None => Reply::not_found(vendor),
        },
        ("DELETE", [id]) => match find(id) {
            Some((_, true)) => Reply::invalid(vendor, "Api validation failed: an active key can't be deleted"),
            Some((key, false)) => {
                call.remove(user_id, &key.key_id);
                Reply(204, Value::Null)
            }
            None => Reply::not_found(vendor),
        },
        _ => Reply::not_found(vendor),
    }
}

/// A client has two secrets at most, and only an inactive one can be deleted (Okta, *OAuth 2.0 client secrets*).
fn secrets(call: &Call<'_>, user_id: &str, rest: &[&str]) -> Reply {
    let vendor = Vendor::Okta;
    let shape = |secret: &Secret, text: Option<&str>| {
        let status = if secret.active { "ACTIVE" } else { "INACTIVE" };
        json!({ "id": secret.id, "status": status, "client_secret": text, "created": time(secret.created_at) })
    };
    let known = call.secrets(user_id);
    let find = |id: &str| known.iter().find(|one| one.id == id);
    match (call.method, rest) {
        ("GET", []) => Reply(200, known.iter().map(|one| shape(one, None)).collect::<Vec<_>>().into()),
        ("POST", []) if known.len() >= 2 => {
            Reply::invalid(vendor, "Api validation failed: a client can't have more than two secrets")
        }
        ("POST", []) => {
            let (secret, text) = call.add_secret(user_id, "", None);
            Reply(201, shape(&secret, Some(&text)))
        }
        ("POST", [id, "lifecycle", verb @ ("activate" | "deactivate")]) => match find(id) {
            Some(secret)
                if *verb == "deactivate" && secret.active && known.iter().filter(|one| one.active).count() < 2 =>
            {
                Reply::invalid(vendor, "Api validation failed: the only active secret can't be deactivated")
            }
            Some(secret) => Reply(200, shape(&call.set_secret_active(secret, *verb == "activate"), None)),
            None => Reply::not_found(vendor),
        },
        ("DELETE", [id]) => match find(id) {
            Some(secret) if secret.active => {
                Reply::invalid(vendor, "Api validation failed: an active secret can't be deleted")
            }
            Some(secret) => {
                call.remove_secret(secret);
                Reply(204, Value::Null)
            }
            None => Reply::not_found(vendor),
        },
        _ => Reply::not_found(vendor),
    }
}

/// The SPKI of an RSA JWK (RFC 7518 §6.3.1, RFC 8017 §A.1.1).
pub(super) fn jwk_pem(jwk: &Value) -> Option<String> {
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
    if jwk.get("kty")? != "RSA" {
        return None;
    }
    let wrap = |tag: u8, content: &[u8]| {
        let [.., high, low] = content.len().to_be_bytes();
        let mut out = vec![tag];
        match content.len() {
            0..=0x7f => out.push(low),
            0x80..=0xff => out.extend([0x81, low]),
            _ => out.extend([0x82, high, low]),
        }
        [out, content.to_vec()].concat()
    };
    let integer = |bytes: Vec<u8>| wrap(0x02, &[vec![0], bytes].concat());
    let exponent = wrap(0x02, &number("e")?);
    let key = wrap(0x30, &[integer(number("n")?), exponent].concat());
    let algorithm: &[u8] = &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = wrap(0x03, &[vec![0], key].concat());
    Some(pem::encode(&pem::Pem::new("PUBLIC KEY", wrap(0x30, &[algorithm, &bits].concat()))))
}
