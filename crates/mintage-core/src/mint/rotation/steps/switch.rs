//! **Switch**: the new credential becomes the default, or the old one again.

use super::Done;
use crate::catalog::CatalogError;
use crate::error::Error;
use crate::mint::Mint;
use crate::mint::rotation::acting::Job;
use crate::mint::rotation::calls_for_another;
use crate::rotation::{Rotation, RotationError, Stage};

impl Mint {
    /// Makes the new credential the default, if the old one was.
    pub(super) async fn switch(&self, rotation: &mut Rotation, job: &Job) -> Result<Done, Error> {
        let service_user = self.catalog.service_user(rotation.service_user).await?;
        if let (Some(old), Some(new)) = (rotation.old, rotation.new)
            && service_user.default_credential.is_none_or(|default| default == old)
        {
            self.make_default(service_user.id, new).await?;
        }
        rotation.retire_at = Some(rotation.grace_ends(self.server_now(&job.acting.environment)));
        // Where the API can't do it, a person removes the old one.
        rotation.person = rotation.old.is_some() && rotation.traits.overlap && !rotation.can_remove_old();
        Ok((Stage::Switched, String::new()))
    }

    /// Makes the old credential the default again, if it still works.
    pub(super) async fn switch_back(&self, rotation: &Rotation, job: &Job) -> Result<Done, Error> {
        self.require_old(rotation, job).await?;
        if let Some(old) = rotation.old {
            self.make_default(rotation.service_user, old).await?;
        }
        Ok((Stage::Proven, String::new()))
    }

    /// Refuses to go back to a credential that no longer works: it may have expired, or been removed by somebody else.
    pub(in crate::mint::rotation) async fn require_old(&self, rotation: &Rotation, job: &Job) -> Result<(), Error> {
        let Some(old) = rotation.old else { return Ok(()) };
        let fails = |source| RotationError::OldFails {
            service_user: rotation.service_user_name.clone(),
            source: Box::new(source),
        };
        let works = match rotation.traits.disables {
            // Switched on again, it may need a while.
            true => self.prove_patiently(old, job).await.map(drop),
            false => self.prove_once(old).await,
        };
        works.map_err(|failed| {
            match calls_for_another(&failed) || matches!(failed, Error::Catalog(CatalogError::Gone { .. })) {
                true => fails(failed).into(),
                // Whether it works isn't known.
                false => failed,
            }
        })
    }
}
