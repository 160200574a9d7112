//! **Keycloak's** files for a client that authenticates with a secret: its adapter configuration, `keycloak.json`, and
//! the client as the admin API and exports return it.

use super::{HiddenBy, KeyFileError};
use super::{KeyFile, Material, member};
use crate::json::Json;
use crate::private_key::WrongKind;
use crate::provider::Shape;

pub(super) const SERVER: member::Names = &["auth-server-url", "authServerUrl", "auth_server_url"];
/// The client's id in the admin API, which also has an internal `id`.
pub(super) const CLIENT_ID: member::Names = &["clientId", "client_id"];
/// Members that only Keycloak's clients have.
pub(super) const OF_CLIENT: member::Names = &[
    "clientAuthenticatorType",
    "client_authenticator_type",
    "serviceAccountsEnabled",
    "service_accounts_enabled",
    "publicClient",
    "public_client",
    "surrogateAuthRequired",
    "surrogate_auth_required",
];

const AUTHENTICATOR: member::Names = &["clientAuthenticatorType", "client_authenticator_type"];

/// Reads `{"realm","auth-server-url","resource","credentials":{"secret"},…}`.
///
/// # Errors
/// [`WrongKind::KeycloakKeystore`] if the key is in a keystore, [`WrongKind::KeycloakSettings`] if there is no secret
/// to send: the configuration of a public client, or of one that signs with its secret.
pub(super) fn settings(json: &Json) -> Result<KeyFile, KeyFileError> {
    let has = |name: &str| json.get("credentials").is_some_and(|credentials| credentials.get(name).is_some());
    let Some(credentials) = json.get("credentials").filter(|_| has("secret")) else {
        let kind = if has("jwt") { WrongKind::KeycloakKeystore } else { WrongKind::KeycloakSettings };
        return Err(kind.into());
    };
    let client_id = member::id(json, &["resource"])?;
    let secret = secret_in(credentials, "secret", "credentials.secret")?;
    let issuer = issuer(json)?;
    let file = KeyFile::new(Shape::KeycloakSettings, Material::ClientSecret(secret));
    Ok(KeyFile { name: Some(client_id.clone()), client_id: Some(client_id), issuer: Some(issuer), ..file })
}

/// Reads `{"id","clientId","secret","clientAuthenticatorType","publicClient",…}`: the id that counts is `clientId`.
///
/// # Errors
/// [`WrongKind::KeycloakSettings`] if the client doesn't authenticate with a secret; [`KeyFileError::SecretMasked`].
pub(super) fn client(json: &Json) -> Result<KeyFile, KeyFileError> {
    let client_id = member::id(json, CLIENT_ID)?;
    match member::find(json, AUTHENTICATOR)?.and_then(|(_, kind)| kind.as_text()) {
        Some("client-x509") => return Err(WrongKind::MtlsClient.into()),
        None | Some("client-secret") if json.has(&["secret"]) => {}
        _ => return Err(WrongKind::KeycloakSettings.into()),
    }
    let secret = secret_in(json, "secret", "secret")?;
    let name = member::name(json, &["name"]).unwrap_or_else(|| client_id.clone());
    let file = KeyFile::new(Shape::KeycloakClient, Material::ClientSecret(secret));
    Ok(KeyFile { name: Some(name), client_id: Some(client_id), ..file })
}

/// Reads `{"type":"secret","value"}`, the admin API's response to a request for a client's secret.
pub(super) fn secret(json: &Json) -> Result<KeyFile, KeyFileError> {
    let secret = secret_in(json, "value", "value")?;
    Ok(KeyFile::new(Shape::KeycloakClient, Material::ClientSecret(secret)))
}

/// The secret; Keycloak shows a mask to readers who aren't allowed to see it.
fn secret_in(json: &Json, name: &'static str, path: &'static str) -> Result<crate::secret::Secret, KeyFileError> {
    let value = json.get(name).ok_or(KeyFileError::MemberMissing { member: path.into() })?;
    member::secret_of(path.into(), value).map_err(|error| match error {
        KeyFileError::SecretMasked { member, by: HiddenBy::Server } => {
            KeyFileError::SecretMasked { member, by: HiddenBy::Keycloak }
        }
        other => other,
    })
}

/// The realm's issuer: the server's address, `/realms/` and the realm's name.
fn issuer(json: &Json) -> Result<String, KeyFileError> {
    let (_, realm) = member::text(json, &["realm"])?;
    let (member, server) = member::text(json, SERVER)?;
    let invalid = |why| KeyFileError::AddressInvalid { member: member.into(), why };
    let mut url = member::url_of(server).map_err(invalid)?;
    // Characters that aren't allowed in a path are escaped, as Keycloak does.
    url.path_segments_mut().map_err(|()| invalid("it isn't a URL"))?.pop_if_empty().extend(["realms", realm]);
    Ok(url.into())
}
