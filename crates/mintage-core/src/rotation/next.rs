//! What comes **next**: a pure function of the record and the time.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use super::{Direction, Rotation, Stage, Step};
use crate::provider::{Maker, Mark};

/// For how long a proof is believed before something is done to the old credential.
const PROOF_LASTS: Duration = Duration::minutes(5);

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Next {
    /// A step that can be taken now.
    Do {
        /// Which.
        step: Step,
    },
    /// A person goes on after the proof.
    Pause,
    /// A person uploads the public half in the console.
    Upload,
    /// A person brings the key file that the console made.
    Bring,
    /// Nothing is done to the old credential until then: it works, or it was switched off and can be switched on again.
    Grace {
        /// When it is switched off, or removed.
        #[serde(with = "time::serde::rfc3339")]
        #[specta(type = String)]
        until: OffsetDateTime,
    },
    /// A person removes a credential in the console: the old one, or the new one if it is being undone.
    RemoveByHand,
    /// Nothing: what was wanted is reached. It remains to be recorded.
    End,
}

/// Whether a rotation can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Undo {
    /// It can, and the old credential works as before.
    Possible,
    /// It is over.
    Over,
    /// The old credential is gone at the server, or may be.
    OldIsGone,
}

impl Rotation {
    /// What comes next at this time.
    pub fn next(&self, now: OffsetDateTime) -> Next {
        match self.direction {
            Direction::Forward => self.forward(now),
            Direction::Back => self.back(),
        }
    }

    fn forward(&self, now: OffsetDateTime) -> Next {
        let next = |step| Next::Do { step };
        let unknown = self.may_have_left_one();
        match (self.stage, self.traits.maker) {
            (Stage::Planned | Stage::Made, _) if unknown => next(Step::Find),
            (Stage::Planned, Maker::Mintage | Maker::Console) => next(Step::Make),
            (Stage::Planned, Maker::Download) => Next::Bring,
            (Stage::Made, Maker::Console) if self.person => Next::Upload,
            (Stage::Planned | Stage::Made, _) => next(Step::Register),
            (Stage::Registered, _) => next(Step::Prove),
            (Stage::Proven, _) if self.pause => Next::Pause,
            (Stage::Proven, _) => next(Step::Switch),
            (Stage::Switched, _) if self.must_sweep() => next(Step::Sweep),
            (Stage::Switched, _) if self.old.is_none() => Next::End,
            (Stage::Switched | Stage::Disabled, _) => self.retire(now),
            (Stage::Removed, _) => next(Step::Forget),
            (Stage::Retired, _) => Next::End,
        }
    }

    /// Whether the old credential can be removed at the server without a person.
    pub(crate) fn can_remove_old(&self) -> bool {
        self.traits.removes && self.old_key_id.is_some()
    }

    /// Whether an answer was lost, or the process ended before it came: the server may have a credential of ours.
    fn may_have_left_one(&self) -> bool {
        let can_tell = self.traits.mark != Mark::None || self.traits.lists && self.traits.maker == Maker::Server;
        matches!(self.asked, Some(Step::Register | Step::Find)) && can_tell
    }

    /// Whether there may be a credential of ours at the server that isn't the new one.
    fn must_sweep(&self) -> bool {
        !self.swept && (self.marks.len() > 1 || !self.left.is_empty())
    }

    /// Whether a key file may be brought: until the one before is proven, another one takes its place.
    pub fn takes_file(&self) -> bool {
        let is_open = !self.is_over() && self.direction == Direction::Forward;
        is_open && self.traits.maker == Maker::Download && self.stage < Stage::Proven
    }

    /// Whether what a person uploaded isn't proven yet, so that its id can be corrected.
    pub fn takes_id(&self) -> bool {
        let is_open = !self.is_over() && self.direction == Direction::Forward;
        is_open && self.traits.maker == Maker::Console && self.stage == Stage::Registered
    }

    /// Whether the proof is too old to do something to the old credential: the new one may have been removed since, here
    /// or at the server.
    fn proof_is_old(&self, now: OffsetDateTime) -> bool {
        if self.prove_again {
            return true;
        }
        let mut proofs = self.steps.iter().filter(|one| one.step == Step::Prove && one.error_code.is_none());
        let proven_at = proofs.next_back().and_then(|proof| proof.answered_at);
        // The clock may have been compared once more since, so that the proof seems to lie ahead.
        proven_at.is_some_and(|at| (now - at).abs() >= PROOF_LASTS)
    }

    /// What is done with the old credential once the new one is in use.
    fn retire(&self, now: OffsetDateTime) -> Next {
        let next = |step| Next::Do { step };
        if !self.traits.overlap {
            // Registering the new one ended it.
            return next(Step::Forget);
        }
        match self.retire_at {
            Some(until) if now < until => Next::Grace { until },
            _ if self.proof_is_old(now) => next(Step::Prove),
            _ if !self.can_remove_old() && self.person => Next::RemoveByHand,
            _ if !self.can_remove_old() => next(Step::Forget),
            // Its outcome is unknown; removing may be repeated.
            _ if self.asked == Some(Step::Remove) => next(Step::Remove),
            _ if self.stage == Stage::Switched && self.traits.disables => next(Step::Disable),
            _ => next(Step::Remove),
        }
    }

    fn back(&self) -> Next {
        let next = |step| Next::Do { step };
        let unknown = self.may_have_left_one();
        match self.stage {
            Stage::Planned | Stage::Made if unknown => next(Step::Find),
            Stage::Planned | Stage::Made if self.must_sweep() => next(Step::Sweep),
            Stage::Planned if self.new.is_none() => Next::End,
            Stage::Planned | Stage::Made => next(Step::ForgetNew),
            Stage::Registered | Stage::Proven if self.traits.removes => next(Step::RemoveNew),
            Stage::Registered | Stage::Proven if self.person => Next::RemoveByHand,
            Stage::Registered | Stage::Proven => next(Step::ForgetNew),
            Stage::Switched if self.disabling => next(Step::Enable),
            Stage::Switched => next(Step::SwitchBack),
            Stage::Disabled => next(Step::Enable),
            // Never reached: undoing isn't begun there.
            Stage::Removed | Stage::Retired => Next::End,
        }
    }

    /// The steps that are still to be taken if nothing goes wrong and nobody has to be waited for, in order.
    pub fn ahead(&self) -> Vec<Step> {
        let mut later = Self {
            retire_at: None,
            pause: false,
            person: false,
            prove_again: false,
            steps: Vec::new(),
            ..self.clone()
        };
        let mut steps = Vec::new();
        let coming = |later: &Self| match later.next(later.started_at) {
            Next::Do { step } => Some(step),
            Next::Bring => Some(Step::Make),
            _ => None,
        };
        while let (Some(step), false) = (coming(&later), later.is_over()) {
            steps.push(step);
            later.asked = None;
            later.stage = match step {
                Step::Make if later.traits.maker == Maker::Download => Stage::Registered,
                Step::Make | Step::RemoveNew => Stage::Made,
                Step::Register => Stage::Registered,
                Step::Prove | Step::SwitchBack => Stage::Proven,
                Step::Switch | Step::Enable => Stage::Switched,
                Step::Disable => Stage::Disabled,
                Step::Remove => Stage::Removed,
                Step::Forget => Stage::Retired,
                Step::Find | Step::Sweep => later.stage,
                Step::ForgetNew => Stage::Planned,
            };
            later.swept |= step == Step::Sweep;
            later.disabling &= step != Step::Enable;
            if step == Step::ForgetNew {
                later.new = None;
            }
        }
        steps
    }

    /// Whether it can be undone.
    pub fn undo(&self) -> Undo {
        let asked = |step| self.asked == Some(step);
        match self.stage {
            _ if self.is_over() => Undo::Over,
            Stage::Removed | Stage::Retired => Undo::OldIsGone,
            _ if asked(Step::Remove) || asked(Step::Forget) => Undo::OldIsGone,
            _ if !self.traits.overlap && (self.stage >= Stage::Registered || asked(Step::Register)) => Undo::OldIsGone,
            _ => Undo::Possible,
        }
    }

    /// Whether [`Rotation::next`] needs no person and no time to pass.
    pub fn can_go_on(&self, now: OffsetDateTime) -> bool {
        !self.is_over() && matches!(self.next(now), Next::Do { .. } | Next::End)
    }
}
