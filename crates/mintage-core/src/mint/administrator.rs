//! The **administrator** of an environment: the service user that acts at the server where another one may not. A person
//! chooses it once; in production each rotation is confirmed all the same.

use super::Mint;
use crate::error::Error;
use crate::ids::{EnvironmentId, ServiceUserId};

impl Mint {
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
