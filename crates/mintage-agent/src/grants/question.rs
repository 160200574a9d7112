//! One question to a person, and the askers that wait for its answer.

use std::sync::Arc;
use std::time::Duration;

use mintage_agent_protocol::text::rfc3339;
use mintage_agent_protocol::{Choice, ChoiceKind, QuestionRow};

use super::Ticket;
use crate::clock::Now;
use crate::peer::Peer;
use crate::process::Process;
use crate::source::Target;

/// A question that waits for a person.
#[derive(Debug)]
pub struct Question {
    pub(super) id: String,
    pub(super) target: Target,
    /// Who asked first; this is what the person sees.
    pub(super) peer: Arc<Peer>,
    pub(super) choices: Vec<(ChoiceKind, Process)>,
    pub(super) reason: Option<String>,
    pub(super) asked: Now,
    /// How long it waits.
    pub(super) life: Duration,
    pub(super) waiters: Vec<Waiter>,
}

#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) ticket: Ticket,
    pub(super) peer: Arc<Peer>,
}

impl Question {
    /// Whether it's the same question: the same token for the same program.
    pub(super) fn is_same(&self, target: &Target, choices: &[(ChoiceKind, Process)]) -> bool {
        self.target.is_same_token(target) && shares_holder(&self.choices, choices)
    }

    pub(super) fn row(&self) -> QuestionRow {
        QuestionRow {
            request: self.id.clone(),
            user: self.target.user.clone(),
            service_user: self.target.service_user.clone(),
            environment: self.target.environment.clone(),
            production: self.target.production,
            scopes: self.target.scopes.iter().cloned().collect(),
            audience: self.target.audience.iter().cloned().collect(),
            reason: self.reason.clone(),
            chain: self.peer.chain.iter().map(Process::row).collect(),
            choices: self
                .choices
                .iter()
                .map(|(kind, process)| Choice { kind: *kind, process: process.row() })
                .collect(),
            certain: self.peer.certain,
            attended: self.peer.is_attended(),
            asked_at: rfc3339(self.asked.wall),
            ends_at: rfc3339(self.asked.wall + self.life),
            waiting: self.waiters.len(),
        }
    }
}

/// Whether it's the same program. Being in the same terminal is enough only where no program asks.
pub(super) fn shares_holder(ours: &[(ChoiceKind, Process)], theirs: &[(ChoiceKind, Process)]) -> bool {
    let is_program = |(kind, _): &&(ChoiceKind, Process)| *kind != ChoiceKind::Terminal;
    let no_programs = !ours.iter().chain(theirs).any(|choice| is_program(&choice));
    let mut ours = ours.iter().filter(|choice| no_programs || is_program(choice));
    ours.any(|(_, holder)| theirs.iter().any(|(_, other)| holder.id == other.id))
}
