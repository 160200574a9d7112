//! Removing credentials, service users and environments. The keychain item goes first, then the row, so that an
//! interruption leaves a row that the repair finishes and never a key without a row.

use super::Mint;
use crate::activity::Action;
use crate::catalog::Changing;
use crate::credential::CredentialState;
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::rotation::RotationError;

impl Mint {
    /// Removes a credential. The issuer still knows the key: removing it there makes it useless.
    ///
    /// # Errors
    /// What the keychain and the catalogue report; the row then stays in the state `deleting`.
    pub async fn forget_credential(&self, id: CredentialId) -> Result<(), Error> {
        let alone = self.catalog.changing().await?;
        self.forget_one(&alone, id).await
    }

    pub(super) async fn forget_one(&self, alone: &Changing, id: CredentialId) -> Result<(), Error> {
        let (credential, service_user, environment) = self.with_owner(id).await?;
        self.erase(alone, id).await?;
        let detail = Ok(format!("{} {}", credential.kind.name(), credential.shown_id()));
        self.note(Action::Forget, &environment, &service_user, detail).await;
        self.cache.drop_got_with(id);
        Ok(())
    }

    /// Removes a service user with all its credentials.
    ///
    /// # Errors
    /// [`RotationError::Open`], since nobody could tell any more which key the server still knows; what the keychain and
    /// the catalogue report; what was removed until then stays removed.
    pub async fn forget_service_user(&self, id: ServiceUserId) -> Result<(), Error> {
        let alone = self.catalog.changing().await?;
        let rotations = self.catalog.open_rotations().await?;
        if let Some(open) = rotations.into_iter().find(|rotation| rotation.service_user == id) {
            return Err(RotationError::Open { service_user: open.service_user_name }.into());
        }
        self.forget_all_of(&alone, id).await
    }

    async fn forget_all_of(&self, alone: &Changing, id: ServiceUserId) -> Result<(), Error> {
        let service_user = self.catalog.service_user(id).await?;
        let environment = self.catalog.environment(service_user.environment).await?;
        for credential in self.catalog.credentials(Some(id)).await? {
            self.erase(alone, credential.id).await?;
        }
        self.erase_registration_token(id).await?;
        self.note(Action::Forget, &environment, &service_user, Ok(String::new())).await;
        self.catalog.remove_service_user(alone, id).await?;
        self.cache.drop_of(id);
        Ok(())
    }

    /// Removes an environment with all its service users, also those with a rotation under way: its server may be gone
    /// for good.
    ///
    /// # Errors
    /// What the keychain and the catalogue report; what was removed until then stays removed.
    pub async fn forget_environment(&self, id: EnvironmentId) -> Result<(), Error> {
        // Held to the end: a service user that is imported meanwhile would be in the way of its removal.
        let alone = self.catalog.changing().await?;
        for service_user in self.catalog.service_users(Some(id)).await? {
            self.forget_all_of(&alone, service_user.id).await?;
        }
        self.catalog.remove_environment(&alone, id).await?;
        self.forget_server(id);
        Ok(())
    }

    /// Removes the demo: its environments, service users and keys.
    ///
    /// # Errors
    /// As [`Mint::forget_environment`].
    pub async fn forget_demo(&self) -> Result<(), Error> {
        for environment in self.catalog.environments().await?.into_iter().filter(|found| found.demo) {
            self.forget_environment(environment.id).await?;
        }
        Ok(())
    }

    /// Row `deleting` → item deleted → row gone.
    pub(super) async fn erase(&self, alone: &Changing, id: CredentialId) -> Result<(), Error> {
        self.catalog.set_state(alone, id, CredentialState::Deleting).await?;
        self.keychain.delete(id).await?;
        Ok(self.catalog.remove_credential(alone, id, false).await?)
    }
}
