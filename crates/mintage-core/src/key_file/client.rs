//! A **client id with its secret**, in whichever JSON: a console's, an API's answer, one's own.

use time::OffsetDateTime;

use super::{KeyFile, Material, Shape, member};
use crate::error::KeyError;
use crate::json::Json;

pub(super) const ID: member::Names = &["client_id", "clientId", "clientID"];
pub(super) const SECRET: member::Names = &["client_secret", "clientSecret"];
const NAME: member::Names = &["client_name", "clientName"];
const EXPIRES_AT: member::Names = &["client_secret_expires_at"];

/// Reads `{"client_id","client_secret"}` and what a client's registration says of it (RFC 7591 §3.2.1).
pub(super) fn secret(json: &Json) -> Result<KeyFile, KeyError> {
    let id = member::id(json, ID)?;
    let secret = member::secret(json, SECRET)?;
    let expires_at = expires_at(json)?;
    let file = KeyFile::new(Shape::ClientSecret, Material::ClientSecret(secret));
    Ok(KeyFile { name: member::name(json, NAME), client_id: Some(id), expires_at, ..file })
}

fn expires_at(json: &Json) -> Result<Option<OffsetDateTime>, KeyError> {
    match member::find(json, EXPIRES_AT)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((member, Json::Number(seconds))) => member::seconds_of(member.into(), seconds),
        Some((member, _)) => Err(KeyError::ExpirationInvalid { member: member.into() }),
    }
}
