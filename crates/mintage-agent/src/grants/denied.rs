//! What a person **denied** a moment ago.

use std::sync::Arc;

use mintage_agent_protocol::ChoiceKind;

use super::question::shares_holder;
use super::{DENIAL_PAUSE, Question, ancestry};
use crate::clock::Now;
use crate::peer::Peer;
use crate::process::{Process, ProcessId};
use crate::source::Target;

/// A question that was denied.
#[derive(Debug)]
pub(super) struct Denied {
    target: Target,
    choices: Vec<(ChoiceKind, Process)>,
    askers: Vec<ProcessId>,
    at: Now,
}

impl Denied {
    pub(super) fn new(question: &Question, at: Now) -> Self {
        let askers = question.waiters.iter().filter_map(|waiter| caller(&waiter.peer)).collect();
        Self { target: question.target.clone(), choices: question.choices.clone(), askers, at }
    }

    pub(super) fn is_over(&self, now: Now) -> bool {
        now.is_past(self.at, DENIAL_PAUSE)
    }

    /// Whether the denied program asks again: the same process for any token, or one of its relatives for the same token.
    pub(super) fn covers(&self, target: &Target, peer: &Arc<Peer>, choices: &[(ChoiceKind, Process)]) -> bool {
        caller(peer).is_some_and(|asker| self.askers.contains(&asker))
            || self.target.is_same_token(target) && shares_holder(&self.choices, choices)
    }
}

fn caller(peer: &Arc<Peer>) -> Option<ProcessId> {
    ancestry::caller(&peer.chain).map(|process| process.id)
}
