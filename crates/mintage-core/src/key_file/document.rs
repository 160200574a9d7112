//! A **JSON document**: told apart by its members, and given to the reader of its shape.

use super::member::has;
use super::{KeyFile, client, described, foreign, frontier, jwk, keycloak, shown, zitadel};
use crate::error::{KeyError, WrongKind};
use crate::json::{Fault, Json, SecretJson};
use crate::provider::Provider;
use crate::secret::Secret;

/// Parses JSON that should be a key file.
///
/// # Errors
/// What it is instead, or what is wrong with it.
pub(super) fn parse(text: &str, passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let document = SecretJson::parse(text).map_err(|fault| of_fault(&fault))?;
    of(document.expose(), passphrase, providers)
}

/// Reads by the rules of the profiles first. Where one fits and cannot read it, a shape that is known to be
/// somebody's is right all the same; where there is none, what the rule says is wrong counts.
fn of(json: &Json, passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let by_type = || of_type(json, passphrase, providers);
    match described::read(json, passphrase, providers) {
        None => by_type(),
        Some(Ok(mut file)) => {
            // A rule may describe a shape that is known besides.
            let known = by_type().map(|known| known.makers).unwrap_or_default();
            known.iter().for_each(|maker| described::add(&mut file.makers, maker));
            Ok(file)
        }
        Some(Err(error @ KeyError::PassphraseNeeded { .. })) => Err(error),
        Some(Err(error)) => match by_type() {
            Ok(file) if !file.makers.is_empty() => Ok(file),
            Err(other @ KeyError::PassphraseNeeded { .. }) => Err(other),
            _ => Err(error),
        },
    }
}

/// Reads by what the shape of the file tells, and says which profiles name that shape as theirs.
fn of_type(json: &Json, passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let file = of_shape(json, passphrase, providers)?;
    if !file.makers.is_empty() {
        return Ok(file);
    }
    let theirs = providers.iter().filter(|provider| provider.key_files.shapes.contains(&file.shape));
    Ok(KeyFile { makers: theirs.map(|provider| provider.id.clone()).collect(), ..file })
}

/// Reads by `type`, where the file has one, else by the members that only one shape has.
fn of_shape(json: &Json, passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    match json.get("type") {
        Some(Json::Text(kind)) => match kind.as_str() {
            "serviceaccount" => zitadel::service_account(json, passphrase),
            "application" => zitadel::application(json, passphrase),
            "sv_rsa" => frontier::key(json, passphrase),
            "authorized_user" | "external_account" | "impersonated_service_account" | "gdch_service_account" => {
                Err(WrongKind::GoogleOther.into())
            }
            _ if has(json, client::SECRET) => client::secret(json),
            other => Err(foreign::undescribed(json, KeyError::TypeUnknown { found: shown(other) })),
        },
        Some(other) => Err(KeyError::MemberNotText { member: "type".into(), found: other.kind() }),
        None => of_members(json, passphrase, providers),
    }
}

/// Reads JSON without a `type`.
fn of_members(json: &Json, passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let is_object = |name: &str| matches!(json.get(name), Some(Json::Object(_)));
    let inside = |outer: &str, inner: &str| json.get(outer).is_some_and(|value| value.get(inner).is_some());
    let is_text = |name: &str| matches!(json.get(name), Some(Json::Text(_)));
    if let Some(Json::List(keys)) = json.get("keys") {
        jwk::set(keys)
    } else if has(json, &["kty"]) {
        jwk::single(json)
    } else if has(json, zitadel::PACKED) {
        packed(json, passphrase, providers)
    } else if frontier::WRAPPERS.iter().any(|name| is_object(name)) {
        unwrapped(json, passphrase, providers)
    } else if has(json, frontier::PRINCIPAL) {
        frontier::key(json, passphrase)
    } else if has(json, keycloak::SERVER) || (has(json, &["realm"]) && has(json, &["resource"])) {
        keycloak::settings(json)
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
fn unwrapped(json: &Json, passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let found: Vec<(&str, &Json)> =
        frontier::WRAPPERS.iter().filter_map(|name| Some((*name, json.get(name)?))).collect();
    let file = match found.as_slice() {
        [("secret", inner)] => frontier::secret(inner)?,
        [("token", inner)] => frontier::token(inner)?,
        [(_, inner)] => of(inner, passphrase, providers)?,
        several => return Err(KeyError::SeveralCredentials { count: several.len() }),
    };
    frontier::with_service_user(file, json)
}

/// Reads the key file that is packed in ZITADEL's answer; another answer in it is none.
fn packed(json: &Json, passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let file = zitadel::unpacked(json)?;
    let text = std::str::from_utf8(&file).map_err(|_| WrongKind::ZitadelApiAnswer)?;
    let document = SecretJson::parse(text).map_err(|_| WrongKind::ZitadelApiAnswer)?;
    if has(document.expose(), zitadel::PACKED) {
        return Err(WrongKind::ZitadelApiAnswer.into());
    }
    of(document.expose(), passphrase, providers)
}

/// Names JSON that holds no credential which Mintage reads.
fn refused(json: &Json) -> KeyError {
    let Json::Object(members) = json else { return KeyError::NotAKeyFile };
    let only = |names: &[&str]| members.iter().all(|(name, _)| names.contains(&name.as_str()));
    if members.is_empty() {
        KeyError::NotAKeyFile
    } else if let Some(kind) = foreign::of_json(json) {
        kind.into()
    } else if has(json, &["access_token", "id_token", "token"]) {
        WrongKind::Token.into()
    } else if frontier::is_service_user(json) {
        WrongKind::FrontierServiceUser.into()
    } else if lacks_type(json) {
        KeyError::MemberMissing { member: "type".into() }
    } else if only(&["secret", "title", "created_at"]) {
        KeyError::MemberMissing { member: "id".into() }
    } else if only(client::ID) {
        KeyError::MemberMissing { member: "client_secret".into() }
    } else {
        foreign::undescribed(json, KeyError::JsonUnknown)
    }
}

/// Whether this is ZITADEL's or Google's file but for its `type`.
fn lacks_type(json: &Json) -> bool {
    let zitadels = has(json, &["key"]) && has(json, &["userId", "user_id", "keyId", "key_id", "appId"]);
    zitadels || (has(json, &["client_email"]) && has(json, &["private_key", "private_key_id"]))
}

pub(super) fn of_fault(fault: &Fault) -> KeyError {
    match fault {
        Fault::Syntax(error) if error.is_eof() => KeyError::JsonTruncated { line: error.line() },
        Fault::Syntax(error) => KeyError::JsonInvalid { line: error.line(), column: error.column() },
        Fault::Twice(member) => KeyError::MemberTwice { member: shown(member).into() },
        Fault::TooDeep => KeyError::JsonTooDeep,
        Fault::BadText => KeyError::TextEscapeInvalid,
    }
}
