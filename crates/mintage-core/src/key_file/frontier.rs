//! **Raystack Frontier's** credentials of a service user, as its API answers once and never again: `{"key":…}`,
//! `{"secret":…}` or `{"token":…}`, or what is inside. Where the service user stands beside it, that
//! tells its name and id.

use super::opener::Opener;
use super::{KeyFile, Material, Shape, member};
use crate::error::KeyError;
use crate::json::Json;

pub(super) const PRINCIPAL: member::Names = &["principal_id", "principalId"];
/// What the credentials are wrapped in.
pub(super) const WRAPPERS: [&str; 3] = ["key", "secret", "token"];

/// What a secret is answered with, and a token.
pub(super) const SECRET: member::Names =
    &["id", "title", "secret", "created_at", "createdAt", "updated_at", "updatedAt"];
pub(super) const TOKEN: member::Names = &["id", "title", "token", "created_at", "createdAt", "updated_at", "updatedAt"];
/// What tells Frontier's secret from any other id with a secret.
pub(super) const OF_SECRET: member::Names = &["title", "created_at", "createdAt"];

const PRIVATE_KEY: member::Names = &["private_key", "privateKey"];
const SERVICE_USER: member::Names = &["serviceuser", "serviceUser", "service_user"];

/// Reads `{"type":"sv_rsa","kid","principal_id","private_key"}`.
pub(super) fn key(json: &Json, opener: Opener<'_>) -> Result<KeyFile, KeyError> {
    let user_id = member::id(json, PRINCIPAL)?;
    let key_id = member::id(json, &["kid"])?;
    let file = member::rsa_key(json, PRIVATE_KEY, opener)?.into_file(Shape::FrontierKey);
    Ok(KeyFile { name: member::name(json, &["title"]), user_id: Some(user_id), key_id: Some(key_id), ..file })
}

/// Reads `{"id","title","secret","created_at"}`: the id authenticates together with the secret.
pub(super) fn secret(json: &Json, _: Opener<'_>) -> Result<KeyFile, KeyError> {
    let id = member::id(json, &["id"])?;
    let secret = member::secret(json, &["secret"])?;
    Ok(with_id(json, id, KeyFile::new(Shape::FrontierSecret, Material::ClientSecret(secret))))
}

/// Reads `{"id","title","token","created_at"}`: likewise.
pub(super) fn token(json: &Json, _: Opener<'_>) -> Result<KeyFile, KeyError> {
    let id = member::id(json, &["id"])?;
    let token = member::secret(json, &["token"])?;
    Ok(with_id(json, id, KeyFile::new(Shape::FrontierToken, Material::ReadyToken(token))))
}

fn with_id(json: &Json, id: String, file: KeyFile) -> KeyFile {
    KeyFile { name: member::name(json, &["title"]), client_id: Some(id), ..file }
}

/// Adds what a `serviceuser` beside the credential tells.
pub(super) fn with_service_user(file: KeyFile, json: &Json) -> Result<KeyFile, KeyError> {
    let Some((_, user)) = member::find(json, SERVICE_USER)? else {
        return Ok(file);
    };
    let id = member::optional_id(user, &["id"])?;
    if let (Some(one), Some(other)) = (&file.user_id, &id)
        && one != other
    {
        return Err(KeyError::IdInvalid { member: "id".into(), why: "it is another service user's than the key's" });
    }
    let name = member::name(user, &["title", "name"]);
    Ok(KeyFile { name: name.or(file.name.clone()), user_id: file.user_id.clone().or(id), ..file })
}

/// What is missing from an answer that is wrapped as a credential's and holds none.
pub(super) fn lacks(json: &Json) -> Option<KeyError> {
    let (wrapper, inner) = WRAPPERS.into_iter().find_map(|name| Some((name, json.get(name)?)))?;
    match inner {
        Json::Object(members) if members.is_empty() => Some(KeyError::NotAKeyFile),
        Json::Object(_) if member::only(inner, SECRET) && member::has(inner, &["id"]) => {
            Some(KeyError::MemberMissing { member: wrapper.into() })
        }
        _ => None,
    }
}

/// Whether this tells of service users and holds no credential.
pub(super) fn is_service_user(json: &Json) -> bool {
    member::has(json, SERVICE_USER) || member::has(json, &["serviceusers", "serviceUsers"])
}
