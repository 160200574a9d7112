//! What is **held** for a credential: its secret half, read from the keychain when it is used.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::Mint;
use crate::credential::{Credential, CredentialId, CredentialKind, CredentialState};
use crate::environment::Environment;
use crate::error::{Error, KeyError, KeychainError};
use crate::private_key::PrivateKey;
use crate::provider::template::Values;
use crate::secret::{Secret, SecretBytes};
use crate::service_user::ServiceUser;

/// The secret half of a credential.
#[derive(Debug)]
pub(super) enum Held {
    /// A private key.
    Key(PrivateKey),
    /// A client secret or a ready-made token.
    Text(Secret),
}

impl Held {
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

    /// What the record of a mint says of it.
    pub(super) fn told(&self, kind: CredentialKind) -> (String, String) {
        let name = kind.name();
        let capital = name[..1].to_uppercase() + &name[1..];
        let detail = self.key().map(|key| format!("{} {}", key.facts().key_type, key.facts().bits));
        (format!("{capital} read from the keychain"), detail.unwrap_or_default())
    }

    /// The bytes that stand for a client secret or a token in the keychain.
    pub(super) fn bytes_of(text: &Secret) -> SecretBytes {
        SecretBytes::new(text.expose().as_bytes().to_vec())
    }
}

/// What placeholders stand for: the environment's values and the ids of who asks.
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

/// The credential of a service user, where it is fit to be used.
pub(super) fn usable(credential: Credential, of: &ServiceUser) -> Result<Credential, Error> {
    match credential.state {
        CredentialState::Active | CredentialState::Missing => Ok(credential),
        CredentialState::Pending | CredentialState::Deleting => {
            Err(Error::NoCredential { service_user: of.settings.name.clone() })
        }
    }
}

impl Mint {
    /// A credential, whose it is, and where.
    pub(super) async fn with_owner(&self, id: CredentialId) -> Result<(Credential, ServiceUser, Environment), Error> {
        let credential = self.catalog.credential(id).await?;
        let service_user = self.catalog.service_user(credential.service_user).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        Ok((credential, service_user, environment))
    }

    /// Reads a credential's secret half and holds a key against what was imported.
    pub(super) async fn held(&self, service_user: &ServiceUser, credential: &Credential) -> Result<Held, Error> {
        let name = || service_user.settings.name.clone();
        let bytes = match self.keychain.get(credential.id).await {
            Ok(bytes) => bytes,
            Err(KeychainError::NotFound) => {
                // "No such item" can be a lie (another keyring is active), so the row is kept and marked.
                self.catalog.set_state(credential.id, CredentialState::Missing).await?;
                return Err(Error::KeyMissing { service_user: name() });
            }
            Err(error) => return Err(error.into()),
        };
        let held = read(bytes, credential)?.ok_or_else(|| Error::KeyChanged { service_user: name() })?;
        if credential.state == CredentialState::Missing {
            self.catalog.set_state(credential.id, CredentialState::Active).await?;
        }
        Ok(held)
    }

    /// The client secret that goes along with a key of this service user (Box): the newest active one of the
    /// same client, as a replaced secret may be worth nothing any more. One that the keychain did not have
    /// when it was last asked is tried only where there is no other.
    pub(super) async fn companion(
        &self,
        service_user: &ServiceUser,
        key: &Credential,
    ) -> Result<Option<Secret>, Error> {
        let client = key.client_id_or(&service_user.user_id);
        let all = self.catalog.credentials(Some(service_user.id)).await?;
        let newest = all.iter().filter(|one| goes_with(one, client, service_user)).max_by_key(|one| rank(one));
        let Some(secret) = newest else { return Ok(None) };
        Ok(self.held(service_user, secret).await?.text().cloned())
    }
}

/// Whether a credential is a usable client secret of this client.
fn goes_with(credential: &Credential, client: &str, service_user: &ServiceUser) -> bool {
    credential.kind == CredentialKind::ClientSecret
        && matches!(credential.state, CredentialState::Active | CredentialState::Missing)
        && credential.client_id_or(&service_user.user_id) == client
}

/// Active ones above missing ones, and of these the newest.
fn rank(credential: &Credential) -> (bool, OffsetDateTime) {
    (credential.state == CredentialState::Active, credential.imported_at)
}

/// The secret half out of its bytes, a key bound as its row says; `None` where it is not what was imported.
///
/// # Errors
/// [`KeyError::Unsound`] for a key that was taken before its flaw was known.
pub(super) fn read(bytes: SecretBytes, credential: &Credential) -> Result<Option<Held>, KeyError> {
    let Some(imported) = &credential.key else {
        let text = std::str::from_utf8(bytes.expose()).ok().map(str::to_owned);
        return Ok(text.map(|text| Held::Text(Secret::new(text))));
    };
    match PrivateKey::from_keychain(bytes) {
        Ok(key) if key.facts().thumbprint == imported.thumbprint => Ok(Some(Held::Key(key.bound_as(imported)))),
        Err(unsound @ KeyError::Unsound { .. }) => Err(unsound),
        Ok(_) | Err(_) => Ok(None),
    }
}
