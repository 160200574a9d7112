//! A **spare** credential: where the server makes the new one and ends the old one with it, whoever acts with the old one
//! would be left with nothing if the answer were lost. So it acts with another.

use super::acting::Job;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::mint::Mint;
use crate::provider::Maker;
use crate::rotation::RotationError;

/// What a service user acts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spare {
    /// Its default credential isn't at stake.
    Needless,
    /// This one.
    One(CredentialId),
    /// There is none.
    Missing,
}

impl Mint {
    /// What acts instead of a default credential that is at stake.
    pub(super) async fn spare_of(&self, job: &Job) -> Result<Spare, Error> {
        let (acting, recipe) = (&job.acting, &job.recipe);
        if recipe.overlap || recipe.maker != Maker::Server || !acting.is_itself() {
            return Ok(Spare::Needless);
        }
        let held = self.catalog.credentials(Some(acting.by.id)).await?;
        let is_default = |id| acting.by.default_credential == Some(id);
        if held.iter().any(|one| is_default(one.id) && one.kind != recipe.kind) {
            return Ok(Spare::Needless);
        }
        let now = self.server_now(&acting.environment);
        let other = held.iter().find(|one| one.kind != recipe.kind && one.works(now));
        Ok(other.map_or(Spare::Missing, |one| Spare::One(one.id)))
    }

    /// Refuses to act with what is at stake.
    pub(super) async fn spare_the_acting(&self, job: &mut Job) -> Result<(), Error> {
        match self.spare_of(job).await? {
            Spare::Needless => Ok(()),
            Spare::One(id) => {
                job.acting.with = Some(id);
                Ok(())
            }
            Spare::Missing => {
                let service_user = job.acting.by.settings.name.clone();
                Err(RotationError::NothingSpare { service_user, credential: job.recipe.kind.name() }.into())
            }
        }
    }
}
