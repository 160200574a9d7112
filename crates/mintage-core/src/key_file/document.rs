//! A **JSON document**: handed to the reader for its kind, or identified as something else.

use super::KeyFileError;
use super::layer::Budget;
use super::search::{self, Outcome};
use super::{KeyFile, Reading, client, foreign, frontier, sketch};
use crate::json::{Json, SecretJson};
use crate::private_key::WrongKind;

/// Reads the one credential in a document that was unpacked from this many layers.
///
/// # Errors
/// What it is instead, or what is wrong with it.
pub(super) fn read(
    document: SecretJson,
    layers: u8,
    reading: &Reading<'_>,
    budget: &mut Budget,
) -> Result<KeyFile, KeyFileError> {
    let refused = refused(document.expose());
    match search::search(document, layers, false, reading, budget)? {
        Outcome::Found(file) => Ok(*file),
        Outcome::Nothing(instead) => Err(instead.unwrap_or(refused)),
    }
}

/// Identifies JSON without a credential that Mintage reads.
fn refused(json: &Json) -> KeyFileError {
    let Json::Object(members) = json else { return KeyFileError::NotAKeyFile };
    if members.is_empty() {
        KeyFileError::NotAKeyFile
    } else if let Some(lacks) = frontier::lacks(json) {
        lacks
    } else if let Some(kind) = foreign::of_json(json) {
        kind.into()
    } else if json.has(&["access_token", "id_token", "token"]) {
        WrongKind::Token.into()
    } else if frontier::is_service_user(json) {
        WrongKind::FrontierServiceUser.into()
    } else if lacks_type(json) {
        KeyFileError::MemberMissing { member: "type".into() }
    } else if json.has_only(&["secret", "title", "created_at"]) {
        KeyFileError::MemberMissing { member: "id".into() }
    } else if json.has_only(client::ID_ALONE) {
        KeyFileError::MemberMissing { member: "client_secret".into() }
    } else {
        sketch::undescribed(json, KeyFileError::JsonUnknown)
    }
}

/// Whether this is ZITADEL's or Google's file with only the `type` changed.
fn lacks_type(json: &Json) -> bool {
    let zitadels = json.has(&["key"]) && json.has(&["userId", "user_id", "keyId", "key_id", "appId"]);
    let is_text = matches!(json.get("key"), Some(Json::Text(_)));
    (zitadels && is_text) || (json.has(&["client_email"]) && json.has(&["private_key", "private_key_id"]))
}
