//! The **rotation** journey: a new credential is made, registered, proven and put in place before the old one goes.
//!
//! It reads in this order: [`Mint::plan_rotation`] says what would happen and whether it may, [`Mint::start_rotation`]
//! records it, [`Mint::continue_rotation`] takes one step after the other until a person or time is needed, and
//! [`Mint::undo_rotation`] goes back. What follows a state is decided in [`crate::rotation`]; here steps are taken.
//!
//! Rule: a step is recorded before it is asked for and after it was answered. A credential is gone at the server only
//! if the server said so in its own ids.

use super::Mint;
use crate::activity::Action;
use crate::catalog::CatalogError;
use crate::credential::CredentialKind;
use crate::error::Error;
use crate::ids::{CredentialId, RotationId, ServiceUserId};
use crate::rotation::{Direction, Next, Rotation, RotationError, Stage, Step, Undo};
use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

mod acting;
mod bring;
mod listed;
mod mark;
mod patience;
mod plan;
mod provision;
mod public_half;
mod registration;
mod server;
mod spare;
mod steps;

pub(super) use acting::{Job, is_certain};
pub(super) use listed::{ServerItem, items_of};
pub(super) use patience::LIST_LAG;
pub use patience::Patience;
pub use plan::RotationPlan;
pub(super) use plan::calls_for_another;
pub use provision::{KeyComparison, ProvisionRequest};
pub use public_half::PublicHalf;
pub(super) use server::id_at;
pub(super) use steps::AtServer;

/// What is to be replaced, by whom, and how carefully.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RotationRequest {
    /// Whose credential.
    pub service_user: ServiceUserId,
    /// Which one; `None` for its default. Ignored if `adds` is set.
    pub credential: Option<CredentialId>,
    /// The kind of a credential to add without replacing one; `None` to replace one.
    pub adds: Option<CredentialKind>,
    /// The service user that acts at the server; `None` for the same one.
    pub by: Option<ServiceUserId>,
    /// In how many days the new credential expires; `None` for as late as the provider allows.
    pub expires_in_days: Option<u32>,
    /// How long the old credential is kept after the switch, in seconds.
    pub grace_seconds: u32,
    /// Whether to wait for a person after the proof.
    pub pause_after_proof: bool,
    /// Whether the person confirmed it: for production, and where the old credential ends with the switch.
    pub confirmed: bool,
}

impl RotationRequest {
    /// The request to replace a service user's default credential by itself, without a grace time, for a year.
    pub fn of(service_user: ServiceUserId) -> Self {
        Self {
            service_user,
            credential: None,
            adds: None,
            by: None,
            expires_in_days: Some(365),
            grace_seconds: 0,
            pause_after_proof: false,
            confirmed: false,
        }
    }
}

/// A rotation, with what comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RotationView {
    /// What is recorded.
    pub rotation: Rotation,
    /// What comes next, as of now.
    pub next: Next,
    /// Whether it can be undone.
    pub undo: Undo,
    /// The steps that are still to be taken if nothing goes wrong, in order.
    pub ahead: Vec<Step>,
}

/// Is told of every change of a rotation while it goes on: before a step is asked for, and after it was answered.
pub type Watch<'a> = &'a (dyn Fn(&RotationView) + Send + Sync);

impl Mint {
    /// Checks as [`Mint::plan_rotation`] and records a rotation. Nothing is made yet: [`Mint::continue_rotation`].
    ///
    /// # Errors
    /// As [`Mint::plan_rotation`]; [`RotationError::Unconfirmed`], [`RotationError::NoOverlap`] if it wasn't confirmed;
    /// [`RotationError::Open`] if there is one of this service user that isn't over.
    pub async fn start_rotation(&self, request: &RotationRequest) -> Result<RotationView, Error> {
        let prepared = self.prepare_rotation(request).await?;
        if prepared.needs_confirmation && !request.confirmed {
            let Job { acting, recipe } = &prepared.job;
            return Err(match recipe.overlap {
                false => RotationError::NoOverlap { provider: acting.provider.name.clone() }.into(),
                true => RotationError::Unconfirmed { environment: acting.environment.settings.name.clone() }.into(),
            });
        }
        let rotation = self.new_rotation(request, &prepared);
        match self.catalog.add_rotation(&rotation).await {
            Ok(()) => Ok(self.rotation_view(rotation)),
            Err(CatalogError::Duplicate { .. }) => {
                Err(RotationError::Open { service_user: rotation.service_user_name }.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Goes on with a rotation, step by step, until it is over or needs a person or time; after an interruption, it
    /// first finds out what is certain. `watch` is told of every change.
    ///
    /// # Errors
    /// [`Error::ProductionUnconfirmed`]; [`RotationError::Busy`] if another process works on it; what a step fails with.
    /// A failed step is recorded, and going on tries it again.
    pub async fn continue_rotation(&self, id: RotationId, watch: Watch<'_>) -> Result<RotationView, Error> {
        self.require_confirmed_rotation(id).await?;
        let (_working, rotation) = self.work_on(id).await?;
        self.go_on(rotation, watch).await
    }

    /// Undoes a rotation: the new credential is removed at the server and here, and the old one is in place as before.
    ///
    /// # Errors
    /// As [`Mint::continue_rotation`]; [`RotationError::Over`], [`RotationError::PastUndo`].
    pub async fn undo_rotation(&self, id: RotationId, watch: Watch<'_>) -> Result<RotationView, Error> {
        self.require_confirmed_rotation(id).await?;
        let (_working, mut rotation) = self.work_on(id).await?;
        if rotation.direction == Direction::Forward {
            let service_user = rotation.service_user_name.clone();
            match rotation.undo() {
                Undo::Over => return Err(RotationError::Over { service_user }.into()),
                Undo::OldIsGone => return Err(RotationError::PastUndo { service_user }.into()),
                Undo::Possible => {}
            }
            if rotation.stage == Stage::Proven && !rotation.traits.removes {
                // A person removes the new one, which nobody could take back.
                let job = Box::pin(self.job(&rotation)).await?;
                Box::pin(self.require_old(&rotation, &job)).await?;
            }
            rotation.direction = Direction::Back;
            // What the API can't remove, a person removes.
            rotation.person = !rotation.traits.removes && rotation.stage >= Stage::Registered;
            self.catalog.put_rotation(&rotation).await?;
        }
        self.go_on(rotation, watch).await
    }

    /// A person goes on: after the pause; after the upload, with the id that the console shows, empty if it shows none;
    /// after removing the old credential in the console. Until the uploaded key is proven, another id replaces the first.
    /// [`Mint::continue_rotation`] takes the next step.
    ///
    /// # Errors
    /// [`Error::ProductionUnconfirmed`]; [`RotationError::Busy`] if another process works on it.
    pub async fn release_rotation(&self, id: RotationId, key_id: Option<String>) -> Result<RotationView, Error> {
        self.require_confirmed_rotation(id).await?;
        let (_working, mut rotation) = self.work_on(id).await?;
        let key_id = key_id.map(|id| id.trim().to_owned());
        match rotation.next(self.time_of(&rotation)) {
            Next::Pause => rotation.pause = false,
            Next::Upload => {
                rotation.person = false;
                rotation.new_key_id = key_id.or(rotation.new_key_id);
            }
            // It may have been mistyped.
            Next::Do { .. } if rotation.takes_id() => rotation.new_key_id = key_id.or(rotation.new_key_id),
            Next::RemoveByHand => {
                rotation.person = false;
                rotation.prove_again = rotation.direction == Direction::Forward;
            }
            Next::Grace { .. } => rotation.retire_at = Some(self.time_of(&rotation)),
            Next::Do { .. } | Next::Bring | Next::End => {}
        }
        self.catalog.put_rotation(&rotation).await?;
        Ok(self.rotation_view(rotation))
    }

    /// Lets another service user of the same environment act from now on: the one that acted may have lost its right, or
    /// its credential. [`Mint::continue_rotation`] takes the next step.
    ///
    /// # Errors
    /// [`RotationError::Busy`]; [`RotationError::Over`]; [`Error::OtherEnvironment`].
    pub async fn let_another_act(&self, id: RotationId, by: ServiceUserId) -> Result<RotationView, Error> {
        let (_working, mut rotation) = self.work_on(id).await?;
        let service_user = rotation.service_user_name.clone();
        if rotation.is_over() {
            return Err(RotationError::Over { service_user }.into());
        }
        let by = self.catalog.service_user(by).await?;
        if by.environment != rotation.environment {
            return Err(Error::OtherEnvironment { service_user: by.settings.name });
        }
        (rotation.by, rotation.by_name) = (by.id, by.settings.name);
        self.catalog.put_rotation(&rotation).await?;
        Ok(self.rotation_view(rotation))
    }

    /// The public half of the new key in the form that the console takes, once the key is made.
    ///
    /// # Errors
    /// [`Error::KeyMissing`] before the key is made; what the catalogue and the keychain report.
    pub async fn rotation_public_half(&self, id: RotationId) -> Result<PublicHalf, Error> {
        let rotation = self.catalog.rotation(id).await?;
        self.public_half_of(&rotation).await
    }

    /// What a person does in the provider's console, in whole sentences; empty where nobody has to.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn rotation_console(&self, id: RotationId) -> Result<String, Error> {
        let rotation = self.catalog.rotation(id).await?;
        Ok(self.job(&rotation).await?.recipe.console)
    }

    /// A rotation as it is recorded.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn rotation(&self, id: RotationId) -> Result<RotationView, Error> {
        Ok(self.rotation_view(self.catalog.rotation(id).await?))
    }

    /// The rotations that aren't over, the oldest first.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn open_rotations(&self) -> Result<Vec<RotationView>, Error> {
        Ok(self.catalog.open_rotations().await?.into_iter().map(|one| self.rotation_view(one)).collect())
    }

    /// The rotations of one service user, or of all, the newest first: the audit, with every step.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn rotations(&self, of: Option<ServiceUserId>) -> Result<Vec<RotationView>, Error> {
        Ok(self.catalog.rotations(of).await?.into_iter().map(|one| self.rotation_view(one)).collect())
    }

    /// Goes on with every rotation whose grace is over: for the app's start and for schedulers. One that fails, or that
    /// another process works on, doesn't stop the others.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn continue_due_rotations(&self, watch: Watch<'_>) -> Result<Vec<Result<RotationView, Error>>, Error> {
        let mut outcomes = Vec::new();
        for due in self.due_rotations().await? {
            outcomes.push(Box::pin(self.continue_due_rotation(due, watch)).await);
        }
        Ok(outcomes)
    }

    /// Goes on with a rotation whose grace is over; one that isn't due stays as it is. Whoever started it agreed to that,
    /// so production isn't asked for again.
    ///
    /// # Errors
    /// As [`Mint::continue_rotation`].
    pub async fn continue_due_rotation(&self, id: RotationId, watch: Watch<'_>) -> Result<RotationView, Error> {
        let (_working, rotation) = self.work_on(id).await?;
        if !self.is_due(&rotation) {
            return Ok(self.rotation_view(rotation));
        }
        self.go_on(rotation, watch).await
    }

    fn is_due(&self, rotation: &Rotation) -> bool {
        let now = self.time_of(rotation);
        let is_over = rotation.retire_at.is_some_and(|at| at <= now);
        rotation.direction == Direction::Forward && is_over && rotation.can_go_on(now)
    }

    /// The rotations whose grace is over, and that need nobody to go on; the oldest first.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn due_rotations(&self) -> Result<Vec<RotationId>, Error> {
        let open = self.catalog.open_rotations().await?;
        Ok(open.into_iter().filter(|rotation| self.is_due(rotation)).map(|due| due.id).collect())
    }

    /// Refuses production that wasn't confirmed since the app started, if the settings require that.
    async fn require_confirmed_rotation(&self, id: RotationId) -> Result<(), Error> {
        let environment = self.catalog.environment(self.catalog.rotation(id).await?.environment).await?;
        self.require_confirmed(&environment, &self.settings().await?)
    }

    pub(super) fn rotation_view(&self, rotation: Rotation) -> RotationView {
        RotationView {
            next: rotation.next(self.time_of(&rotation)),
            undo: rotation.undo(),
            ahead: rotation.ahead(),
            rotation,
        }
    }

    /// The time by which a rotation waits: the server's, as far as it is known, since its credentials live by it.
    fn time_of(&self, rotation: &Rotation) -> OffsetDateTime {
        self.server_now_of(rotation.environment)
    }

    /// Takes the lock on a rotation, and reads it.
    async fn work_on(&self, id: RotationId) -> Result<(crate::catalog::Working, Rotation), Error> {
        let service_user = self.catalog.rotation(id).await?.service_user_name;
        let working = self.catalog.rotating(id).await?.ok_or(RotationError::Busy { service_user })?;
        // Whoever held the lock until now may have changed it.
        Ok((working, self.catalog.rotation(id).await?))
    }

    async fn go_on(&self, mut rotation: Rotation, watch: Watch<'_>) -> Result<RotationView, Error> {
        while !rotation.is_over() {
            match rotation.next(self.time_of(&rotation)) {
                Next::Do { step } => Box::pin(self.take_step(&mut rotation, step, watch)).await?,
                Next::End => self.end(&mut rotation).await?,
                _ => break,
            }
            watch(&self.rotation_view(rotation.clone()));
        }
        Ok(self.rotation_view(rotation))
    }

    /// Records that it is over, and notes it as one entry of the record.
    async fn end(&self, rotation: &mut Rotation) -> Result<(), Error> {
        rotation.ended_at = Some(self.now());
        self.catalog.put_rotation(rotation).await?;
        let (environment, service_user) = (
            self.catalog.environment(rotation.environment).await?,
            self.catalog.service_user(rotation.service_user).await?,
        );
        // One without an id has an empty one.
        let named = |id: &Option<String>, unnamed: &str| match id.as_deref() {
            None | Some("") => unnamed.to_owned(),
            Some(id) => id.to_owned(),
        };
        let new = named(&rotation.new_key_id, "a new one");
        let detail = match (rotation.direction, rotation.old) {
            (Direction::Back, _) => format!("undid the rotation of a {}", rotation.kind.name()),
            (Direction::Forward, Some(_)) => {
                format!("replaced {} by {new}", named(&rotation.old_key_id, "the old one"))
            }
            (Direction::Forward, None) => format!("added {new}"),
        };
        self.note(Action::Rotate, &environment, &service_user, Ok(detail)).await;
        Ok(())
    }
}
