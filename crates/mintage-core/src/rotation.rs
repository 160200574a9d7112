//! A **rotation** replaces a credential: a new one is made, registered at the server and proven by a mint, before the
//! old one is retired there and here.
//!
//! Rule: each step is recorded before it is asked for and after it was answered, so that whoever goes on after an
//! interruption knows what is certain. What follows is decided by one pure function of the record and the time,
//! [`Rotation::next`]. Until the new credential has minted, nothing is done to the old one.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::credential::CredentialKind;
use crate::ids::{CredentialId, EnvironmentId, RotationId, ServiceUserId};
use crate::provider::{Maker, Mark, Recipe};

mod error;
mod next;
#[cfg(test)]
mod tests;

pub use error::RotationError;
pub use next::{Next, Undo};

/// A rotation as it is recorded: what was planned, what is certain by now, and every step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Rotation {
    /// Its id.
    pub id: RotationId,
    /// The environment, and its name when it began.
    pub environment: EnvironmentId,
    /// The environment's name when it began.
    pub environment_name: String,
    /// Whose credential is replaced.
    pub service_user: ServiceUserId,
    /// The service user's name when it began.
    pub service_user_name: String,
    /// The service user that acts at the server: the same one, or an administrator.
    pub by: ServiceUserId,
    /// The acting service user's name when it began.
    pub by_name: String,
    /// The kind of credential.
    pub kind: CredentialKind,
    /// The server's API, by its recipe's name.
    pub recipe: String,
    /// What the recipe does, as far as it decides about steps.
    pub traits: Traits,
    /// The credential that is replaced; `None` if this makes the first one, or one in addition.
    pub old: Option<CredentialId>,
    /// Its id at the server.
    pub old_key_id: Option<String>,
    /// The new credential, once there is a row for it.
    pub new: Option<CredentialId>,
    /// Its id at the server, once that is known.
    pub new_key_id: Option<String>,
    /// Its title at the server, where the server has titles.
    pub title: String,
    /// When the new credential is meant to expire; `None` for never, or if that isn't ours to say.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub expires_at: Option<OffsetDateTime>,
    /// From when the new credential is valid, by the server's clock when it began, where that is ours to say.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub valid_from: Option<OffsetDateTime>,
    /// What identifies each credential that was asked for, the latest last: an expiry as RFC 3339, a title or an id
    /// (see [`Mark`]). More than one means that an answer was lost.
    pub marks: Vec<String>,
    /// The ids that were at the server before anything was added.
    pub known_before: Vec<String>,
    /// The ids of credentials that were made, couldn't be used, and couldn't be removed at once.
    #[serde(default)]
    pub left: Vec<String>,
    /// How long the old credential is kept after the switch, in seconds; and, where it can be switched off, how long it
    /// then stays switched off before it is removed.
    pub grace_seconds: u32,
    /// Until when nothing is done to the old credential; `None` before the switch.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub retire_at: Option<OffsetDateTime>,
    /// Who registered the new credential, or found it registered; `None` before.
    #[serde(default)]
    #[specta(skip)]
    pub registered_by: Option<ServiceUserId>,
    /// Whether it waits for a person after the proof. Cleared when the person goes on.
    pub pause: bool,
    /// Whether it waits for a person to upload the public half, or to remove the old credential, in the console. Cleared
    /// when the person says that it is done.
    pub person: bool,
    /// Whether the new credential is proven again before anything else: a person removed one of the two by hand, and it
    /// may have been the wrong one.
    #[serde(default)]
    #[specta(skip)]
    pub prove_again: bool,
    /// What is certain.
    pub stage: Stage,
    /// The step that was asked for and not answered, if any: its outcome is unknown.
    pub asked: Option<Step>,
    /// Whether the old credential may be switched off at the server.
    #[serde(default)]
    pub disabling: bool,
    /// Whether an earlier answer to the step that is asked for was lost: what it did stays unknown if this one is refused.
    #[serde(default)]
    #[specta(skip)]
    pub asked_again: bool,
    /// Whether credentials from lost answers were looked for and removed.
    pub swept: bool,
    /// Whether it goes on or is being undone.
    pub direction: Direction,
    /// Every step that was taken, in order.
    pub steps: Vec<StepRecord>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub started_at: OffsetDateTime,
    /// When it ended, one way or the other.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub ended_at: Option<OffsetDateTime>,
}

/// What a recipe does, as far as it decides about steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Traits {
    /// Who makes the secret half.
    pub maker: Maker,
    /// How a credential whose answer was lost is found.
    pub mark: Mark,
    /// Whether an added credential must be activated.
    pub activates: bool,
    /// Whether a credential can be switched off and on before it is removed.
    pub disables: bool,
    /// Whether the server lists them.
    #[serde(default)]
    pub lists: bool,
    /// Whether it can be removed at the server.
    pub removes: bool,
    /// Whether the old and the new credential work side by side.
    pub overlap: bool,
}

impl Traits {
    /// Those of a recipe.
    pub fn of(recipe: &Recipe) -> Self {
        Self {
            maker: recipe.maker,
            mark: recipe.mark,
            activates: recipe.activate.is_some(),
            disables: recipe.disable.is_some(),
            lists: recipe.list.is_some(),
            removes: recipe.remove.is_some(),
            overlap: recipe.overlap,
        }
    }
}

/// What is certain about a rotation, in the order in which it becomes true. Undoing goes back through the same stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Nothing was made.
    Planned,
    /// The new key is in the keychain, and its row is pending.
    Made,
    /// The server has the new credential, and its id is known.
    Registered,
    /// A token was minted with it.
    Proven,
    /// It is its service user's default.
    Switched,
    /// The old credential is switched off at the server.
    Disabled,
    /// The old credential is gone at the server.
    Removed,
    /// The old credential is gone here, or nothing had to be retired.
    Retired,
}

/// A step of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Make a key in memory and store it in the keychain; or store the one that a person brings.
    Make,
    /// Register it at the server; or let the server make a credential, and store that.
    Register,
    /// Look at the server for what a lost answer may have left.
    Find,
    /// Mint with the new credential.
    Prove,
    /// Make it the default.
    Switch,
    /// Remove what lost answers left at the server.
    Sweep,
    /// Switch the old credential off at the server.
    Disable,
    /// Remove the old credential at the server.
    Remove,
    /// Remove the old credential here.
    Forget,
    /// Undo: switch the old credential on again at the server.
    Enable,
    /// Undo: make the old credential the default again.
    SwitchBack,
    /// Undo: remove the new credential at the server.
    RemoveNew,
    /// Undo: remove the new credential here.
    ForgetNew,
}

impl Step {
    /// Whether it may be dropped before it is answered: it only looks, or mints, and can be done again.
    pub fn may_be_dropped(self) -> bool {
        matches!(self, Self::Find | Self::Prove)
    }
}

/// Whether a rotation goes on or is being undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Towards the new credential.
    #[default]
    Forward,
    /// Back to the old one.
    Back,
}

/// A step that was taken, for the audit. It contains no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    /// Which.
    pub step: Step,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub at: OffsetDateTime,
    /// When it was answered; `None` if it never was.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub answered_at: Option<OffsetDateTime>,
    /// A few plain words: an id, how often it was tried. Empty if there is nothing to say.
    pub detail: String,
    /// The error's code, if it failed.
    pub error_code: Option<String>,
    /// The error's sentence, if it failed.
    pub error: Option<String>,
    /// The error's next step, if it failed.
    pub help: Option<String>,
}

/// Why a step failed, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedStep {
    /// The error's code.
    pub code: String,
    /// Its sentence.
    pub message: String,
    /// Its next step.
    pub help: String,
}

/// Rotations with every step, as JSON, for an audit. A rotation contains no secret, so neither does this.
pub fn audit<'a>(rotations: impl Iterator<Item = &'a Rotation>) -> String {
    let rotations: Vec<_> = rotations.collect();
    serde_json::to_string_pretty(&rotations).expect("a rotation is plain data") + "\n"
}

impl Rotation {
    /// Whether it ended.
    pub fn is_over(&self) -> bool {
        self.ended_at.is_some()
    }

    /// Whether it ended with the new credential in place.
    pub fn succeeded(&self) -> bool {
        self.is_over() && self.direction == Direction::Forward
    }

    /// The step that failed last, if the last step failed.
    pub fn failure(&self) -> Option<&StepRecord> {
        self.steps.last().filter(|step| step.error_code.is_some())
    }

    /// Writes down that a step is asked for. What isn't answered stays open.
    pub fn ask(&mut self, step: Step, now: OffsetDateTime) {
        // Proving again changes nothing, so what is unknown stays known to be unknown.
        if !self.proves_again(step) {
            self.asked_again = self.asked == Some(step);
            self.asked = Some(step);
        }
        self.disabling |= step == Step::Disable;
        let entry = StepRecord {
            step,
            at: now,
            answered_at: None,
            detail: String::new(),
            error_code: None,
            error: None,
            help: None,
        };
        self.steps.push(entry);
    }

    /// Writes down that the step was answered, and what is certain now.
    pub fn reach(&mut self, stage: Stage, detail: String, now: OffsetDateTime) {
        let Some(record) = self.steps.last_mut() else { return };
        record.answered_at = Some(now);
        record.detail = detail;
        let step = record.step;
        if !self.proves_again(step) {
            self.asked = None;
        }
        self.disabling &= step != Step::Enable;
        self.prove_again &= step != Step::Prove;
        if stage == Stage::Registered && matches!(step, Step::Register | Step::Find) {
            self.registered_by = Some(self.by);
        }
        self.stage = stage;
    }

    /// Writes down that the step failed. `certain` says that it changed nothing.
    pub fn fail(&mut self, failed: FailedStep, certain: bool, now: OffsetDateTime) {
        let Some(record) = self.steps.last_mut() else { return };
        record.answered_at = Some(now);
        record.error_code = Some(failed.code);
        record.error = Some(failed.message);
        record.help = Some(failed.help);
        let step = record.step;
        // Looking for what a lost answer left goes on until it is known. What may have ended the old credential may have
        // done so the first time.
        let stays_unknown = self.asked_again && matches!(step, Step::Register | Step::Remove);
        if certain && !stays_unknown && step != Step::Find && !self.proves_again(step) {
            self.asked = None;
        }
    }

    fn proves_again(&self, step: Step) -> bool {
        step == Step::Prove && self.stage >= Stage::Switched
    }

    /// When the wait ends that begins now: with the switch, and once more when the old credential is switched off.
    pub fn grace_ends(&self, now: OffsetDateTime) -> OffsetDateTime {
        now.saturating_add(Duration::seconds(self.grace_seconds.into()))
    }
}
