//! **STACKIT's** service-account key: everything that an assertion says is in the file.

use super::{KeyFile, Shape, member};
use crate::error::KeyError;
use crate::json::Json;
use crate::secret::Secret;

pub(super) const PRIVATE_KEY: member::Names = &["privateKey", "private_key"];
const TOKEN_ENDPOINT: member::Names = &["tokenEndpoint", "token_endpoint"];

/// Reads `{"credentials":{"kid","iss","sub","aud","privateKey","tokenEndpoint"?},"validUntil"?,…}`, or the
/// credentials alone.
pub(super) fn key(json: &Json, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let inside = json.get("credentials").unwrap_or(json);
    let key_id = member::id(inside, &["kid"])?;
    let issuer = member::id(inside, &["iss"])?;
    let subject = member::id(inside, &["sub"])?;
    let audience = member::id(inside, &["aud"])?;
    let token_endpoint =
        member::has(inside, TOKEN_ENDPOINT).then(|| member::address(inside, TOKEN_ENDPOINT)).transpose()?;
    let expires_at = member::time(json, &["validUntil", "valid_until"])?;
    let file = member::rsa_key(inside, PRIVATE_KEY, passphrase)?.into_file(Shape::StackitKey);
    Ok(KeyFile {
        // The issuer is the service account's e-mail address.
        name: member::local_part(&issuer),
        user_id: Some(subject),
        client_id: Some(issuer),
        key_id: Some(key_id),
        audience: Some(audience),
        token_endpoint,
        expires_at,
        ..file
    })
}
