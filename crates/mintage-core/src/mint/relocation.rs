//! **Relocation**: moving service users with their credentials to other environments.
//!
//! Rule: all are moved or none. The keychain is left alone, since its items belong to credentials and not to
//! environments; tokens that were minted before are forgotten. Whether the new issuer accepts a key is for a test to
//! find out.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Mint;
use crate::activity::Action;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{EnvironmentId, ServiceUserId};
use crate::rotation::{Rotation, RotationError};
use crate::service_user::ServiceUser;

/// A service user and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Relocation {
    /// The service user.
    pub service_user: ServiceUserId,
    /// The environment that it belongs to afterwards.
    pub to: EnvironmentId,
}

impl Mint {
    /// Moves service users to other environments. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::DemoEnvironment`], [`Error::AlreadyThere`], [`RotationError::Open`],
    /// [`crate::catalog::CatalogError::Gone`].
    pub async fn relocate(&self, relocations: &[Relocation]) -> Result<(), Error> {
        let _alone = self.catalog.changing().await?;
        let rotations = self.catalog.open_rotations().await?;
        let mut moved = Vec::new();
        for Relocation { service_user, to } in relocations {
            let user = self.catalog.service_user(*service_user).await?;
            if user.environment == *to {
                continue;
            }
            let to = self.catalog.environment(*to).await?;
            self.check_relocation(&user, &to, &rotations).await?;
            let from = self.catalog.environment(user.environment).await?;
            moved.push((user, from, to));
        }
        let places: Vec<_> = moved.iter().map(|(user, _, to)| (user.id, to.id)).collect();
        self.catalog.move_service_users(&places).await?;
        for (user, from, to) in &moved {
            self.cache.drop_of(user.id);
            self.note(Action::Move, to, user, Ok(format!("from {}", from.settings.name))).await;
        }
        Ok(())
    }

    async fn check_relocation(&self, user: &ServiceUser, to: &Environment, open: &[Rotation]) -> Result<(), Error> {
        let service_user = user.settings.name.clone();
        let environment = to.settings.name.clone();
        if to.demo {
            return Err(Error::DemoEnvironment { environment });
        }
        if open.iter().any(|rotation| rotation.service_user == user.id) {
            return Err(RotationError::Open { service_user }.into());
        }
        let mut there = self.catalog.service_user_by_user_id(to.id, &user.user_id).await?.is_some();
        for credential in self.catalog.credentials(Some(user.id)).await? {
            let Some(thumbprint) = credential.thumbprint() else { continue };
            there |= self.catalog.credential_by_thumbprint(to.id, thumbprint).await?.is_some();
        }
        if there { Err(Error::AlreadyThere { environment, service_user }) } else { Ok(()) }
    }
}
