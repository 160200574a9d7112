//! **Keycloak's** adapter settings, `keycloak.json`, of a client that authenticates with a secret.

use super::{KeyFile, Material, Shape, member};
use crate::error::{KeyError, WrongKind};
use crate::json::Json;

pub(super) const SERVER: member::Names = &["auth-server-url"];

/// Reads `{"realm","auth-server-url","resource","credentials":{"secret"},…}`.
///
/// # Errors
/// [`WrongKind::KeycloakKeystore`] where the key is in a keystore, [`WrongKind::KeycloakSettings`] where
/// there is no secret to send: a public client's settings, or those of one that signs with its secret.
pub(super) fn settings(json: &Json) -> Result<KeyFile, KeyError> {
    let has = |name: &str| json.get("credentials").is_some_and(|credentials| credentials.get(name).is_some());
    let Some(credentials) = json.get("credentials").filter(|_| has("secret")) else {
        let kind = if has("jwt") { WrongKind::KeycloakKeystore } else { WrongKind::KeycloakSettings };
        return Err(kind.into());
    };
    let client_id = member::id(json, &["resource"])?;
    let secret = member::secret(credentials, &["secret"])?;
    let issuer = issuer(json)?;
    let file = KeyFile::new(Shape::KeycloakSettings, Material::ClientSecret(secret));
    Ok(KeyFile { name: Some(client_id.clone()), client_id: Some(client_id), issuer: Some(issuer), ..file })
}

/// The realm's issuer: the server's address, `/realms/` and the realm's name.
fn issuer(json: &Json) -> Result<String, KeyError> {
    let (_, realm) = member::text(json, &["realm"])?;
    let (member, server) = member::text(json, SERVER)?;
    let invalid = |why| KeyError::AddressInvalid { member: member.into(), why };
    let mut url = member::url_of(server).map_err(invalid)?;
    // What is not allowed in a path is escaped, as Keycloak does it.
    url.path_segments_mut().map_err(|()| invalid("it is not a URL"))?.pop_if_empty().extend(["realms", realm]);
    Ok(url.into())
}
