//! **Google's** service-account key.

use super::{KeyFile, Shape, member};
use crate::error::KeyError;
use crate::json::Json;
use crate::secret::Secret;

/// Reads `{"type":"service_account","client_email","private_key_id","private_key","token_uri",…}`. The
/// e-mail address is the service account's id, and the token endpoint's address is the audience.
pub(super) fn service_account(json: &Json, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let email = member::id(json, &["client_email", "clientEmail"])?;
    let key_id = member::id(json, &["private_key_id", "privateKeyId"])?;
    let endpoint = member::address(json, &["token_uri", "tokenUri"])?;
    let file =
        member::rsa_key(json, &["private_key", "privateKey"], passphrase)?.into_file(Shape::GoogleServiceAccount);
    Ok(KeyFile {
        name: member::local_part(&email),
        user_id: Some(email),
        key_id: Some(key_id),
        audience: Some(endpoint.clone()),
        token_endpoint: Some(endpoint),
        ..file
    })
}
