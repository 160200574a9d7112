//! **ZITADEL's** service-account file, and every other JSON that is taken for one.
//!
//! Rule: members count by name and type; ids are text, never numbers, as they exceed 2^53.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{KeyFile, Shape, pem, shown};
use crate::error::{KeyError, WrongKind};
use crate::json::{Fault, Json, SecretJson};
use crate::secret::Secret;

/// The longest id that ZITADEL takes, in characters.
const MAX_ID: usize = 200;

/// Parses JSON that should be a service-account file.
///
/// # Errors
/// What it is instead, or what is wrong with it.
pub(super) fn parse(text: &str, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let document = SecretJson::parse(text).map_err(|fault| of_fault(&fault))?;
    let json = document.expose();
    match json.get("type") {
        Some(Json::Text(kind)) => match kind.as_str() {
            "serviceaccount" => service_account(json, passphrase),
            other => Err(of_type(other)),
        },
        Some(other) => Err(KeyError::MemberNotText { member: "type", found: other.kind() }),
        None => Err(of_members(json)),
    }
}

/// Reads `{"type":"serviceaccount","keyId","key","expirationDate"?,"userId"}`.
fn service_account(json: &Json, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let user_id = id(json, "userId")?;
    let key_id = id(json, "keyId")?;
    let pem = text(json, "key")?;
    let expires_at = expiration(json)?;
    let key = pem::private_key(pem, passphrase).map_err(|error| match error {
        KeyError::NotAKeyFile => KeyError::PemUnframed,
        other => other,
    })?;
    Ok(KeyFile { shape: Shape::ZitadelServiceAccount, user_id: Some(user_id), key_id: Some(key_id), expires_at, key })
}

fn text<'a>(json: &'a Json, member: &'static str) -> Result<&'a str, KeyError> {
    let value = json.get(member).ok_or(KeyError::MemberMissing { member })?;
    let text = value.as_text().ok_or(KeyError::MemberNotText { member, found: value.kind() })?;
    if text.trim().is_empty() { Err(KeyError::MemberEmpty { member }) } else { Ok(text) }
}

fn id(json: &Json, member: &'static str) -> Result<String, KeyError> {
    let id = text(json, member)?;
    check_id(id).map_err(|why| KeyError::IdInvalid { member, why })?;
    Ok(id.to_owned())
}

/// Refuses what no server gives out as an id, for example a pasted key; the error is a sentence part.
pub(crate) fn check_id(id: &str) -> Result<(), &'static str> {
    if id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("it has white space or control characters in it");
    }
    if id.chars().count() > MAX_ID { Err("it is longer than 200 characters") } else { Ok(()) }
}

/// Reads `expirationDate`, which files have since 2024.
fn expiration(json: &Json) -> Result<Option<OffsetDateTime>, KeyError> {
    let text = match json.get("expirationDate") {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Text(text)) => text,
        Some(other) => return Err(KeyError::MemberNotText { member: "expirationDate", found: other.kind() }),
    };
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| KeyError::ExpirationInvalid)?;
    // The year 9999 is ZITADEL's word for never; year 1 is the zero time of Go, which the server is
    // written in, for "not set".
    if at.year() >= 9999 || at.year() <= 1 {
        return Ok(None);
    }
    at.checked_to_offset(time::UtcOffset::UTC).map(Some).ok_or(KeyError::ExpirationInvalid)
}

fn of_fault(fault: &Fault) -> KeyError {
    match fault {
        Fault::Syntax(error) if error.is_eof() => KeyError::JsonTruncated { line: error.line() },
        Fault::Syntax(error) => KeyError::JsonInvalid { line: error.line(), column: error.column() },
        Fault::Twice(member) => KeyError::MemberTwice { member: shown(member) },
        Fault::TooDeep => KeyError::JsonTooDeep,
        Fault::BadText => KeyError::TextEscapeInvalid,
    }
}

fn of_type(kind: &str) -> KeyError {
    match kind {
        "application" => WrongKind::ApplicationKey.into(),
        "service_account" => WrongKind::GoogleServiceAccount.into(),
        "authorized_user" | "external_account" | "impersonated_service_account" | "gdch_service_account" => {
            WrongKind::GoogleOther.into()
        }
        "sv_rsa" => WrongKind::FrontierKey.into(),
        other => KeyError::TypeUnknown { found: shown(other) },
    }
}

/// Names JSON without a `type`.
fn of_members(json: &Json) -> KeyError {
    let has = |name: &str| json.get(name).is_some();
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    let inside = |outer: &str, inner: &str| json.get(outer).is_some_and(|value| value.get(inner).is_some());
    let kind = if let Some(Json::List(keys)) = json.get("keys") {
        let private = keys.iter().any(|key| key.get("d").is_some() || key.get("k").is_some());
        if private { WrongKind::PrivateJwkSet } else { WrongKind::PublicJwkSet }
    } else if has("kty") {
        of_jwk(json)
    } else if any(&["keyDetails", "keyContent"]) {
        WrongKind::ZitadelApiAnswer
    } else if any(&["principal_id", "principalId"]) || inside("key", "principal_id") || inside("key", "principalId") {
        WrongKind::FrontierKey
    } else if has("boxAppSettings") {
        WrongKind::BoxSettings
    } else if inside("credentials", "privateKey") {
        WrongKind::StackitKey
    } else if has("auth-server-url") {
        WrongKind::KeycloakSettings
    } else if inside("installed", "client_id") || inside("web", "client_id") {
        WrongKind::GoogleOther
    } else if any(&["access_token", "id_token"]) {
        WrongKind::Token
    } else if any(&["client_secret", "clientSecret"]) || inside("secret", "secret") {
        WrongKind::ClientSecret
    } else if any(&["userId", "keyId", "key", "appId", "clientId"]) {
        return KeyError::MemberMissing { member: "type" };
    } else {
        return KeyError::NotAKeyFile;
    };
    kind.into()
}

/// Tells JWKs apart by their members (RFC 7518 §6).
fn of_jwk(json: &Json) -> WrongKind {
    if json.get("kty").and_then(Json::as_text) == Some("oct") {
        WrongKind::SymmetricJwk
    } else if json.get("d").is_some() {
        WrongKind::PrivateJwk
    } else {
        WrongKind::PublicJwk
    }
}
