//! **Box's** application settings: an encrypted key with its passphrase beside it, and a client secret
//! that goes along with what the key signs.

use super::{KeyFile, Shape, member};
use crate::error::KeyError;
use crate::json::Json;
use crate::secret::Secret;

pub(super) const SETTINGS: member::Names = &["boxAppSettings", "box_app_settings"];
const APP_AUTH: member::Names = &["appAuth", "app_auth"];
const PASSPHRASE: member::Names = &["passphrase"];

/// Reads `{"boxAppSettings":{"clientID","clientSecret","appAuth":{"publicKeyID","privateKey","passphrase"}},
/// "enterpriseID"}`. A passphrase that was typed goes before the file's own.
pub(super) fn settings(json: &Json, typed: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let settings = object(json, SETTINGS)?;
    let auth = object(settings, APP_AUTH)?;
    let client_id = member::id(settings, &["clientID", "clientId", "client_id"])?;
    let companion = member::secret(settings, &["clientSecret", "client_secret"])?;
    let key_id = member::id(auth, &["publicKeyID", "publicKeyId", "public_key_id"])?;
    let enterprise = member::id_or_number(json, &["enterpriseID", "enterpriseId", "enterprise_id"])?;
    let beside = member::has(auth, PASSPHRASE).then(|| passphrase(auth)).transpose()?.flatten();
    let file =
        member::rsa_key(auth, &["privateKey", "private_key"], typed.or(beside.as_ref()))?.into_file(Shape::BoxSettings);
    Ok(KeyFile {
        user_id: Some(enterprise),
        client_id: Some(client_id),
        key_id: Some(key_id),
        companion: Some(companion),
        ..file
    })
}

fn object(json: &Json, names: member::Names) -> Result<&Json, KeyError> {
    match member::find(json, names)? {
        None => Err(KeyError::MemberMissing { member: names[0] }),
        Some((_, found @ Json::Object(_))) => Ok(found),
        Some((member, other)) => Err(KeyError::MemberNotObject { member, found: other.kind() }),
    }
}

/// The file's passphrase; an empty one is none.
fn passphrase(auth: &Json) -> Result<Option<Secret>, KeyError> {
    match member::find(auth, PASSPHRASE)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((_, Json::Text(text))) if text.is_empty() => Ok(None),
        Some((_, Json::Text(text))) => Ok(Some(Secret::new(text.clone()))),
        Some((member, other)) => Err(KeyError::MemberNotText { member, found: other.kind() }),
    }
}
