//! **Raystack Frontier's** service-user credentials, as its API returns them once and never again: `{"key":…}`,
//! `{"secret":…}` or `{"token":…}`, or just the inner object. If the service user is included, it provides the name and
//! id.

use super::KeyFileError;
use super::opener::Opener;
use super::{KeyFile, Material, member};
use crate::json::Json;
use crate::provider::Shape;

pub(super) const PRINCIPAL: member::Names = &["principal_id", "principalId"];
/// The members that wrap the credentials.
pub(super) const WRAPPERS: [&str; 3] = ["key", "secret", "token"];

/// The members that a secret's and a token's response have.
pub(super) const SECRET: member::Names =
    &["id", "title", "secret", "created_at", "createdAt", "updated_at", "updatedAt"];
pub(super) const TOKEN: member::Names = &["id", "title", "token", "created_at", "createdAt", "updated_at", "updatedAt"];
/// What distinguishes Frontier's secret from any other id with a secret.
pub(super) const OF_SECRET: member::Names = &["title", "created_at", "createdAt"];

const PRIVATE_KEY: member::Names = &["private_key", "privateKey"];
const SERVICE_USER: member::Names = &["serviceuser", "serviceUser", "service_user"];

/// Reads `{"type":"sv_rsa","kid","principal_id","private_key"}`.
pub(super) fn key(json: &Json, opener: Opener<'_>) -> Result<KeyFile, KeyFileError> {
    let user_id = member::id(json, PRINCIPAL)?;
    let key_id = member::id(json, &["kid"])?;
    let file = member::rsa_key(json, PRIVATE_KEY, opener)?.into_file(Shape::FrontierKey);
    Ok(KeyFile { name: member::name(json, &["title"]), user_id: Some(user_id), key_id: Some(key_id), ..file })
}

/// Reads `{"id","title","secret","created_at"}`: the id authenticates together with the secret.
pub(super) fn secret(json: &Json, _: Opener<'_>) -> Result<KeyFile, KeyFileError> {
    let id = member::id(json, &["id"])?;
    let secret = member::secret(json, &["secret"])?;
    Ok(with_id(json, id, KeyFile::new(Shape::FrontierSecret, Material::ClientSecret(secret))))
}

/// Reads `{"id","title","token","created_at"}`: the id authenticates together with the token.
pub(super) fn token(json: &Json, _: Opener<'_>) -> Result<KeyFile, KeyFileError> {
    let id = member::id(json, &["id"])?;
    let token = member::secret(json, &["token"])?;
    Ok(with_id(json, id, KeyFile::new(Shape::FrontierToken, Material::ReadyToken(token))))
}

fn with_id(json: &Json, id: String, file: KeyFile) -> KeyFile {
    KeyFile { name: member::name(json, &["title"]), client_id: Some(id), ..file }
}

/// Adds the facts of a `serviceuser` next to the credential.
pub(super) fn with_service_user(file: KeyFile, json: &Json) -> Result<KeyFile, KeyFileError> {
    let Some((_, user)) = member::find(json, SERVICE_USER)? else {
        return Ok(file);
    };
    let id = member::optional_id(user, &["id"])?;
    if let (Some(one), Some(other)) = (&file.user_id, &id)
        && one != other
    {
        return Err(KeyFileError::IdInvalid {
            member: "id".into(),
            why: "it belongs to a different service user than the key",
        });
    }
    let name = member::name(user, &["title", "name"]);
    Ok(KeyFile { name: name.or(file.name.clone()), user_id: file.user_id.clone().or(id), ..file })
}

/// What is missing from a response that is wrapped like a credential's but contains none.
pub(super) fn lacks(json: &Json) -> Option<KeyFileError> {
    let (wrapper, inner) = WRAPPERS.into_iter().find_map(|name| Some((name, json.get(name)?)))?;
    match inner {
        Json::Object(members) if members.is_empty() => Some(KeyFileError::NotAKeyFile),
        Json::Object(_) if inner.has_only(SECRET) && inner.has(&["id"]) => {
            Some(KeyFileError::MemberMissing { member: wrapper.into() })
        }
        _ => None,
    }
}

/// Whether this describes service users without a credential.
pub(super) fn is_service_user(json: &Json) -> bool {
    json.has(SERVICE_USER) || json.has(&["serviceusers", "serviceUsers"])
}
