//! The **secret material** of a credential: its secret half, read from the keychain when it is used.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::Mint;
use crate::credential::{Credential, CredentialKind, CredentialState};
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::key_file::{KeyFile, Material};
use crate::keychain::KeychainError;
use crate::private_key::{KeyError, PrivateKey};
use crate::provider::template::Values;
use crate::secret::{Secret, SecretBytes};
use crate::service_user::ServiceUser;

/// The secret half of a credential.
#[derive(Debug)]
pub(super) enum SecretMaterial {
    /// A private key.
    Key(PrivateKey),
    /// A client secret or a personal access token.
    Text(Secret),
}

impl SecretMaterial {
    pub(super) fn key(&self) -> Option<&PrivateKey> {
        match self {
            Self::Key(key) => Some(key),
            Self::Text(_) => None,
        }
    }

    pub(super) fn text(&self) -> Option<&Secret> {
        match self {
            Self::Key(_) => None,
            Self::Text(text) => Some(text),
        }
    }

    /// Its step in a mint's trace.
    pub(super) fn step(&self, kind: CredentialKind) -> (String, String) {
        let name = kind.name();
        let capital = name[..1].to_uppercase() + &name[1..];
        let detail = self.key().map(|key| format!("{} {}", key.facts().key_type, key.facts().bits));
        (format!("{capital} read from the keychain"), detail.unwrap_or_default())
    }

    /// The bytes of a client secret or a token as stored in the keychain.
    pub(super) fn bytes_of(text: &Secret) -> SecretBytes {
        SecretBytes::new(text.expose().as_bytes().to_vec())
    }

    /// The bytes of a key file's secret half as stored in the keychain.
    pub(super) fn bytes_of_file(file: &KeyFile) -> SecretBytes {
        match &file.material {
            Material::PrivateKey(key) => key.der().clone(),
            Material::ClientSecret(text) | Material::ReadyToken(text) => Self::bytes_of(text),
        }
    }
}

/// The values of placeholders: the environment's and the caller's ids.
pub(super) fn values(
    of_environment: Values,
    service_user: &ServiceUser,
    credential: &Credential,
    token_endpoint: &str,
) -> Values {
    let mut values = of_environment;
    values.extend(BTreeMap::from([
        ("tokenEndpoint".to_owned(), token_endpoint.to_owned()),
        ("userId".to_owned(), service_user.user_id.clone()),
        ("clientId".to_owned(), credential.client_id_or(&service_user.user_id).to_owned()),
        ("keyId".to_owned(), credential.key_id.clone().unwrap_or_default()),
        ("audience".to_owned(), credential.audience.clone().unwrap_or_default()),
    ]));
    values
}

/// The credential of a service user, if it is usable.
pub(super) fn usable(credential: Credential, of: &ServiceUser) -> Result<Credential, Error> {
    match credential.state {
        CredentialState::Active | CredentialState::Missing => Ok(credential),
        CredentialState::Pending | CredentialState::Deleting => {
            Err(Error::NoCredential { service_user: of.settings.name.clone() })
        }
    }
}

impl Mint {
    /// A credential, its service user, and its environment.
    pub(super) async fn with_owner(&self, id: CredentialId) -> Result<(Credential, ServiceUser, Environment), Error> {
        let credential = self.catalog.credential(id).await?;
        let service_user = self.catalog.service_user(credential.service_user).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        Ok((credential, service_user, environment))
    }

    /// Reads a credential's secret half and compares a key with what was imported.
    pub(super) async fn secret_of(
        &self,
        service_user: &ServiceUser,
        credential: &Credential,
    ) -> Result<SecretMaterial, Error> {
        self.check_unlocked()?;
        let name = || service_user.settings.name.clone();
        let bytes = match self.keychain.get(credential.id).await {
            Ok(bytes) => bytes,
            Err(KeychainError::NotFound) => {
                // "No such item" can be wrong (another keyring is active), so the row is kept and marked.
                self.catalog.set_presence(credential.id, false).await?;
                return Err(Error::KeyMissing { service_user: name() });
            }
            Err(error) => return Err(error.into()),
        };
        let read = read(bytes, credential)?.ok_or_else(|| Error::KeyChanged { service_user: name() })?;
        if credential.state == CredentialState::Missing {
            self.catalog.set_presence(credential.id, true).await?;
        }
        Ok(read)
    }

    /// The client secret that goes with a key of this service user (Box): the newest active one of the same client,
    /// since a replaced secret may no longer work. One that was missing from the keychain when last asked is tried only
    /// if there is no other.
    pub(super) async fn paired_secret(
        &self,
        service_user: &ServiceUser,
        key: &Credential,
    ) -> Result<Option<Secret>, Error> {
        let client = key.client_id_or(&service_user.user_id);
        let all = self.catalog.credentials(Some(service_user.id)).await?;
        let newest = all.iter().filter(|one| goes_with(one, client, service_user)).max_by_key(|one| rank(one));
        let Some(secret) = newest else { return Ok(None) };
        Ok(self.secret_of(service_user, secret).await?.text().cloned())
    }
}

/// Whether a credential is a usable client secret of this client.
fn goes_with(credential: &Credential, client: &str, service_user: &ServiceUser) -> bool {
    credential.kind == CredentialKind::ClientSecret
        && matches!(credential.state, CredentialState::Active | CredentialState::Missing)
        && credential.client_id_or(&service_user.user_id) == client
}

/// Active ones before missing ones, and of these the newest.
fn rank(credential: &Credential) -> (bool, OffsetDateTime) {
    (credential.state == CredentialState::Active, credential.imported_at)
}

/// The secret half from its bytes, a key bound as its row says; `None` if it isn't what was imported.
///
/// # Errors
/// [`KeyError::Unsound`] for a key that was accepted before its flaw was known.
pub(super) fn read(bytes: SecretBytes, credential: &Credential) -> Result<Option<SecretMaterial>, KeyError> {
    let Some(imported) = &credential.key else {
        let text = std::str::from_utf8(bytes.expose()).ok().map(str::to_owned);
        return Ok(text.map(|text| SecretMaterial::Text(Secret::new(text))));
    };
    match PrivateKey::from_keychain(bytes) {
        Ok(key) if key.facts().thumbprint == imported.thumbprint => {
            Ok(Some(SecretMaterial::Key(key.bound_as(imported))))
        }
        Err(unsound @ KeyError::Unsound { .. }) => Err(unsound),
        Ok(_) | Err(_) => Ok(None),
    }
}
