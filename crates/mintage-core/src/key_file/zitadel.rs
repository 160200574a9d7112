//! **ZITADEL's** files: a service account's and an application's key, of any era, also in API responses.

use super::KeyFileError;
use super::opener::Opener;
use super::{KeyFile, member};
use crate::json::Json;
use crate::provider::Shape;

/// The whole key file as base64, in the response to creating a key: v1's name and v2's.
pub(super) const PACKED: member::Names = &["keyDetails", "keyContent"];

const KEY: member::Names = &["key"];
const KEY_ID: member::Names = &["keyId", "key_id"];
const EXPIRATION: member::Names = &["expirationDate", "expiration_date"];

/// Reads `{"type":"serviceaccount","keyId","key","expirationDate"?,"userId"}`; the date since 2024.
pub(super) fn service_account(json: &Json, opener: Opener<'_>) -> Result<KeyFile, KeyFileError> {
    let user_id = member::id(json, &["userId", "user_id"])?;
    let key_id = member::id(json, KEY_ID)?;
    let expires_at = member::time(json, EXPIRATION)?;
    let file = member::rsa_key(json, KEY, opener)?.into_file(Shape::ZitadelServiceAccount);
    Ok(KeyFile { user_id: Some(user_id), key_id: Some(key_id), expires_at, ..file })
}

/// Reads `{"type":"application","keyId","key","appId","clientId"}`; before 2021-05 it was `clientID`.
pub(super) fn application(json: &Json, opener: Opener<'_>) -> Result<KeyFile, KeyFileError> {
    let client_id = member::id(json, &["clientId", "clientID", "client_id"])?;
    let key_id = member::id(json, KEY_ID)?;
    let expires_at = member::time(json, EXPIRATION)?;
    let file = member::rsa_key(json, KEY, opener)?.into_file(Shape::ZitadelApplication);
    // Old client ids end with the project's name, for example `123@my_project`.
    let name = client_id.split_once('@').map(|(_, project)| project.to_owned()).filter(|name| !name.is_empty());
    Ok(KeyFile { name, client_id: Some(client_id), key_id: Some(key_id), expires_at, ..file })
}
