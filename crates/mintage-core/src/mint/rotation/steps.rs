//! The **steps** of a rotation, one function each. Each may be repeated after an interruption.

use super::Watch;
use super::acting::{Job, is_certain};
use super::mark::mark;
use super::spare::Spare;
use crate::catalog::CatalogError;
use crate::credential::Credential;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::mint::Mint;
use crate::rotation::{Direction, FailedStep, Rotation, RotationError, Stage, Step};

mod find;
mod forget;
pub(super) mod make;
mod prove;
mod register;
mod retire;
mod switch;

pub(in crate::mint) use retire::AtServer;

/// What a step led to: what is certain now, and a few words about it.
type Done = (Stage, String);

impl Mint {
    /// Takes one step: records it, takes it, and records what came of it.
    pub(super) async fn take_step(&self, rotation: &mut Rotation, step: Step, watch: Watch<'_>) -> Result<(), Error> {
        let job = self.job(rotation).await?;
        if step == Step::Register {
            mark(rotation, &job.recipe, self.server_now(&job.acting.environment));
        }
        // By the clock that the rotation lives by, so that a proof isn't old because two clocks differ.
        let asked_at = self.time_of(rotation);
        rotation.ask(step, asked_at);
        self.catalog.put_rotation(rotation).await?;
        watch(&self.rotation_view(rotation.clone()));
        let done = Box::pin(self.perform(rotation, &job, step)).await.map_err(|failed| match step {
            // A mint that is refused says nothing about the right to manage credentials.
            Step::Make | Step::Prove | Step::Switch | Step::SwitchBack | Step::Forget | Step::ForgetNew => failed,
            _ => job.explained(failed),
        });
        let now = self.time_of(rotation);
        let failed = match done {
            Ok((stage, detail)) => {
                rotation.reach(stage, detail, now);
                return Ok(self.catalog.put_rotation(rotation).await?);
            }
            Err(failed) => failed,
        };
        rotation.fail(in_words(&failed), is_certain(&failed), now);
        if matches!(failed, Error::Rotation(RotationError::OldFails { .. })) {
            rotation.direction = Direction::Forward;
        }
        // The step's failure says more than that it couldn't be recorded; the next start finds the step unanswered.
        let _: Result<(), CatalogError> = self.catalog.put_rotation(rotation).await;
        watch(&self.rotation_view(rotation.clone()));
        Err(failed)
    }

    pub(super) async fn job(&self, rotation: &Rotation) -> Result<Job, Error> {
        let service_user = self.catalog.service_user(rotation.service_user).await?;
        let environment = self.catalog.environment(rotation.environment).await?;
        let acting = self.acting(environment, service_user, Some(rotation.by)).await?;
        let unsupported =
            || RotationError::Unsupported { provider: acting.provider.name.clone(), credential: rotation.kind.name() };
        let recipe =
            acting.provider.recipes.iter().find(|one| one.kind == rotation.kind && one.name == rotation.recipe);
        let recipe = recipe.cloned().ok_or_else(unsupported)?;
        let mut job = Job { acting, recipe };
        if let Spare::One(id) = self.spare_of(&job).await? {
            job.acting.with = Some(id);
        }
        Ok(job)
    }

    async fn perform(&self, rotation: &mut Rotation, job: &Job, step: Step) -> Result<Done, Error> {
        match step {
            Step::Make => self.make(rotation, job).await,
            Step::Register => self.register(rotation, job).await,
            Step::Find => self.find(rotation, job).await,
            Step::Prove => self.prove(rotation, job).await,
            Step::Switch => self.switch(rotation, job).await,
            Step::Sweep => self.sweep(rotation, job).await,
            Step::Disable => {
                self.call_about_old(rotation, job, job.recipe.disable.as_ref()).await?;
                // Whatever still uses it fails now: for as long as the grace was, it can be switched on again.
                rotation.retire_at = Some(rotation.grace_ends(self.time_of(rotation)));
                Ok((Stage::Disabled, id_of_old(rotation)))
            }
            Step::Enable => {
                self.call_about_old(rotation, job, job.recipe.enable.as_ref()).await?;
                Ok((Stage::Switched, id_of_old(rotation)))
            }
            Step::Remove => {
                let id = rotation.old_key_id.clone().unwrap_or_default();
                let old = AtServer { id: &id, other: rotation.new_key_id.as_deref(), seen: false };
                self.remove_at_server(job, old).await?;
                Ok((Stage::Removed, id))
            }
            Step::Forget => self.forget_old(rotation).await,
            Step::SwitchBack => self.switch_back(rotation, job).await,
            Step::RemoveNew => {
                if rotation.stage == Stage::Proven {
                    self.require_old(rotation, job).await?;
                }
                let id = rotation.new_key_id.clone().unwrap_or_default();
                let seen = rotation.registered_by == Some(rotation.by);
                self.remove_at_server(job, AtServer { id: &id, other: rotation.old_key_id.as_deref(), seen }).await?;
                rotation.new_key_id = None;
                Ok((Stage::Made, id))
            }
            Step::ForgetNew => {
                if rotation.stage == Stage::Proven {
                    // A person removed one by hand.
                    self.require_old(rotation, job).await?;
                }
                self.forget_new(rotation).await
            }
        }
    }

    /// A credential's row, if it is still there.
    async fn row(&self, id: CredentialId) -> Result<Option<Credential>, Error> {
        match self.catalog.credential(id).await {
            Ok(credential) => Ok(Some(credential)),
            Err(CatalogError::Gone { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Why a step failed, for the record.
pub(super) fn in_words(failed: &Error) -> FailedStep {
    FailedStep { code: failed.code().to_owned(), message: failed.to_string(), help: failed.help() }
}

fn id_of_old(rotation: &Rotation) -> String {
    rotation.old_key_id.clone().unwrap_or_default()
}
