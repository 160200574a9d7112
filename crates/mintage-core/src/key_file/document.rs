//! A **JSON document**: told apart by its members, and given to the reader of its shape.

use super::member::has;
use super::{KeyFile, box_settings, client, frontier, google, jwk, keycloak, shown, stackit, zitadel};
use crate::error::{KeyError, WrongKind};
use crate::json::{Fault, Json, SecretJson};
use crate::secret::Secret;

/// Parses JSON that should be a key file.
///
/// # Errors
/// What it is instead, or what is wrong with it.
pub(super) fn parse(text: &str, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let document = SecretJson::parse(text).map_err(|fault| of_fault(&fault))?;
    of(document.expose(), passphrase)
}

/// Reads by `type`, where the file has one, else by the members that only one shape has.
fn of(json: &Json, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    match json.get("type") {
        Some(Json::Text(kind)) => match kind.as_str() {
            "serviceaccount" => zitadel::service_account(json, passphrase),
            "application" => zitadel::application(json, passphrase),
            "service_account" => google::service_account(json, passphrase),
            "sv_rsa" => frontier::key(json, passphrase),
            "authorized_user" | "external_account" | "impersonated_service_account" | "gdch_service_account" => {
                Err(WrongKind::GoogleOther.into())
            }
            _ if has(json, client::SECRET) => client::secret(json),
            other => Err(KeyError::TypeUnknown { found: shown(other) }),
        },
        Some(other) => Err(KeyError::MemberNotText { member: "type", found: other.kind() }),
        None => of_members(json, passphrase),
    }
}

/// Reads JSON without a `type`.
fn of_members(json: &Json, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let is_object = |name: &str| matches!(json.get(name), Some(Json::Object(_)));
    let inside = |outer: &str, inner: &str| json.get(outer).is_some_and(|value| value.get(inner).is_some());
    let is_text = |name: &str| matches!(json.get(name), Some(Json::Text(_)));
    if let Some(Json::List(keys)) = json.get("keys") {
        jwk::set(keys)
    } else if has(json, &["kty"]) {
        jwk::single(json)
    } else if has(json, zitadel::PACKED) {
        packed(json, passphrase)
    } else if frontier::WRAPPERS.iter().any(|name| is_object(name)) {
        unwrapped(json, passphrase)
    } else if has(json, frontier::PRINCIPAL) {
        frontier::key(json, passphrase)
    } else if has(json, box_settings::SETTINGS) {
        box_settings::settings(json, passphrase)
    } else if has(json, keycloak::SERVER) || (has(json, &["realm"]) && has(json, &["resource"])) {
        keycloak::settings(json)
    } else if inside("credentials", "iss") || inside("credentials", "privateKey") || is_bare_stackit(json) {
        stackit::key(json, passphrase)
    } else if inside("installed", "client_id") || inside("web", "client_id") {
        Err(WrongKind::GoogleOauthClient.into())
    } else if has(json, client::SECRET) {
        client::secret(json)
    } else if is_text("secret") && has(json, &["id", "title"]) {
        frontier::secret(json)
    } else if is_text("token") && has(json, &["id", "title"]) {
        frontier::token(json)
    } else {
        Err(refused(json))
    }
}

/// Reads what is inside `{"key":…}`, `{"secret":…}` or `{"token":…}`.
fn unwrapped(json: &Json, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let found: Vec<(&str, &Json)> =
        frontier::WRAPPERS.iter().filter_map(|name| Some((*name, json.get(name)?))).collect();
    let file = match found.as_slice() {
        [("secret", inner)] => frontier::secret(inner)?,
        [("token", inner)] => frontier::token(inner)?,
        [(_, inner)] => of(inner, passphrase)?,
        several => return Err(KeyError::SeveralCredentials { count: several.len() }),
    };
    frontier::with_service_user(file, json)
}

/// Reads the key file that is packed in ZITADEL's answer; another answer in it is none.
fn packed(json: &Json, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let file = zitadel::unpacked(json)?;
    let text = std::str::from_utf8(&file).map_err(|_| WrongKind::ZitadelApiAnswer)?;
    let document = SecretJson::parse(text).map_err(|_| WrongKind::ZitadelApiAnswer)?;
    if has(document.expose(), zitadel::PACKED) {
        return Err(WrongKind::ZitadelApiAnswer.into());
    }
    of(document.expose(), passphrase)
}

fn is_bare_stackit(json: &Json) -> bool {
    has(json, stackit::PRIVATE_KEY) && has(json, &["iss"]) && has(json, &["sub"])
}

/// Names JSON that holds no credential which Mintage reads.
fn refused(json: &Json) -> KeyError {
    if has(json, &["access_token", "id_token", "token"]) {
        WrongKind::Token.into()
    } else if frontier::is_service_user(json) {
        WrongKind::FrontierServiceUser.into()
    } else if has(json, &["secret"]) {
        KeyError::MemberMissing { member: "id" }
    } else if has(json, &["userId", "keyId", "key", "appId", "client_email", "private_key_id"]) {
        KeyError::MemberMissing { member: "type" }
    } else if has(json, client::ID) {
        KeyError::MemberMissing { member: "client_secret" }
    } else {
        KeyError::NotAKeyFile
    }
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
