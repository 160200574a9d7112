//! The **administrator** of an environment: the service user that acts at the server where another one may not. A person
//! chooses it once; in production each rotation is still confirmed.

use super::{Mint, ServiceUserRow};
use crate::credential::CredentialKind;
use crate::error::Error;
use crate::ids::{EnvironmentId, ServiceUserId};

impl Mint {
    /// The service users that may act at an environment's server: those whose default credential gets a token.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn actors(&self, environment: EnvironmentId) -> Result<Vec<ServiceUserRow>, Error> {
        let mut rows = self.service_users(Some(environment)).await?;
        rows.retain(|row| row.listed.credential_kind.is_some_and(CredentialKind::mints));
        Ok(rows)
    }

    /// The environment's administrator, if one was chosen.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn administrator(&self, environment: EnvironmentId) -> Result<Option<ServiceUserId>, Error> {
        Ok(self.catalog.administrator(environment).await?)
    }

    /// Chooses the environment's administrator; `None` for none.
    ///
    /// # Errors
    /// [`Error::OtherEnvironment`] for a service user of another environment; what the catalogue reports.
    pub async fn set_administrator(
        &self,
        environment: EnvironmentId,
        chosen: Option<ServiceUserId>,
    ) -> Result<(), Error> {
        if let Some(id) = chosen {
            let service_user = self.catalog.service_user(id).await?;
            if service_user.environment != environment {
                return Err(Error::OtherEnvironment { service_user: service_user.settings.name });
            }
        }
        Ok(self.catalog.set_administrator(environment, chosen).await?)
    }
}
