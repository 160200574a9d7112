//! A **grant** lets one process and its descendants have one token, for a while.
//!
//! Rule: a person decides about everything that isn't granted yet, and no answer means no. A grant ends at its first
//! deadline on either clock, when Mintage is locked, when the computer has slept, and when its process ends. This is a
//! state machine: callers pass in the time and the person's answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use mintage_agent_protocol::{Event, GrantRow, Lease, Problem};

use crate::clock::Now;
use crate::peer::Peer;
use crate::problems;
use crate::process::{Process, ProcessId};
use crate::source::Target;

pub(crate) mod ancestry;
mod asking;
mod denied;
mod grant;
mod question;

use denied::Denied;
pub use grant::{End, Grant};
pub use question::Question;

/// For how long a question usually waits for a person.
pub const QUESTION_LIFE: Duration = Duration::from_secs(120);

/// For how long a program isn't asked about again after a person denied its request, so that one that asks in a loop
/// doesn't cover the screen with questions.
pub const DENIAL_PAUSE: Duration = Duration::from_secs(30);

/// How many questions may wait at once, so that a program that asks for everything can't flood the window.
pub const MAX_QUESTIONS: usize = 64;

/// What stands for a grant where an environment hands out without asking and no process could hold one.
pub const NO_GRANT: &str = "none";

/// A gap between the clocks that is too large for drift means that the computer slept.
const SLEPT: Duration = Duration::from_secs(10);

/// A request for permission.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The token.
    pub target: Target,
    /// Who asks.
    pub peer: Arc<Peer>,
    /// What it's for, in the asker's words.
    pub reason: Option<String>,
    /// Whether to fail instead of asking a person.
    pub no_input: bool,
}

/// Identifies an asker that is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(u64);

/// Permission to hand out one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The id of the grant, or of the question that was approved once; [`NO_GRANT`] if nobody had to be asked.
    pub by: String,
    /// The process that holds the grant; `None` if the asker is unknown.
    pub holder: Option<Process>,
    /// Whether a grant permits it, rather than a single answer.
    is_grant: bool,
    /// The era in which it was given.
    era: u64,
}

/// The decision about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The token may be handed out.
    Pass(Pass),
    /// A person is being asked; [`Grants::poll`] has the answer.
    Wait {
        /// What to poll with.
        ticket: Ticket,
        /// The question's id.
        question: String,
    },
    /// No.
    Refuse(Problem),
}

/// All grants and all questions.
#[derive(Debug)]
pub struct Grants {
    question_life: Duration,
    alive: Vec<Grant>,
    questions: Vec<Question>,
    settled: HashMap<Ticket, Result<Pass, Problem>>,
    denied: Vec<Denied>,
    seen: Option<Now>,
    last_number: u64,
    /// Counts how often everything was ended. A pass from an earlier era is void.
    era: u64,
    /// Whether the agent is shutting down and asks nobody anymore.
    is_ending: bool,
    events: Vec<Event>,
}

impl Default for Grants {
    fn default() -> Self {
        Self::with_question_life(QUESTION_LIFE)
    }
}

impl Grants {
    /// No grants and no questions yet. A question waits this long.
    pub fn with_question_life(question_life: Duration) -> Self {
        Self {
            question_life,
            alive: Vec::new(),
            questions: Vec::new(),
            settled: HashMap::new(),
            denied: Vec::new(),
            seen: None,
            last_number: 0,
            era: 0,
            is_ending: false,
            events: Vec::new(),
        }
    }

    /// Asks for permission. The same question from the same program is asked only once.
    pub fn ask(&mut self, ask: Ask, now: Now) -> Verdict {
        self.observe(now);
        if let Some(pass) = self.covering(&ask.target, &ask.peer) {
            return Verdict::Pass(pass);
        }
        if !ask.target.asks() {
            return Verdict::Pass(self.tell(&ask, now));
        }
        if ask.no_input {
            return Verdict::Refuse(problems::needs_person());
        }
        let ticket = Ticket(self.number());
        match self.queue(ask, ticket, now) {
            Ok(question) => Verdict::Wait { ticket, question },
            Err(problem) => Verdict::Refuse(problem),
        }
    }

    /// Notes that a token was handed out with this pass.
    pub fn used(&mut self, pass: &Pass, now: Now) {
        if let Some(grant) = self.alive.iter_mut().find(|grant| pass.is_grant && grant.id == pass.by) {
            grant.used = now;
            grant.count += 1;
        }
    }

    /// Whether a pass is still valid. Its grant may have ended while the token was being minted.
    pub fn still(&self, pass: &Pass) -> bool {
        pass.era == self.era && (!pass.is_grant || self.alive.iter().any(|grant| grant.id == pass.by))
    }

    /// Ends one grant.
    ///
    /// # Errors
    /// There is no such grant.
    pub fn revoke(&mut self, id: &str, now: Now) -> Result<(), Problem> {
        self.observe(now);
        if !self.alive.iter().any(|grant| grant.id == id) {
            return Err(problems::no_such_grant(id));
        }
        self.end(|grant| (grant.id == id).then_some(End::Revoked));
        Ok(())
    }

    /// Ends every grant and every wait, because Mintage was locked.
    pub fn lock(&mut self) {
        self.end_all(End::Lock);
        self.close(|_| true, Some(Err(problems::locked())));
    }

    /// Ends every grant and voids every pass. Open questions stay open.
    pub fn end_all(&mut self, why: End) {
        self.era += 1;
        self.end(|_| Some(why));
    }

    /// Refuses everyone who needs a person's answer, because the agent is shutting down. Passes stay valid.
    pub fn stop_asking(&mut self) {
        self.is_ending = true;
        self.close(|_| true, Some(Err(problems::ending())));
    }

    /// Ends the grants of processes that have ended.
    pub fn end_with_processes(&mut self, is_running: impl Fn(ProcessId) -> bool) {
        self.end(|grant| (!is_running(grant.holder.id)).then_some(End::Process));
    }

    /// Takes note of the time: ends what is past its deadline, and every grant if the computer slept. Says whether it did.
    pub fn observe(&mut self, now: Now) -> bool {
        let slept = self.seen.is_some_and(|seen| now.slept_since(seen) > SLEPT);
        if slept {
            self.end_all(End::Sleep);
        }
        self.seen = Some(now);
        self.end(|grant| grant.past(now));
        self.denied.retain(|denied| !denied.is_over(now));
        self.close(|question| now.is_past(question.asked, question.life), Some(Err(problems::timed_out())));
        slept
    }

    /// The time until the next deadline, if there is one.
    pub fn next_deadline(&self, now: Now) -> Option<Duration> {
        let grants = self.alive.iter().map(|grant| grant.left(now));
        let questions = self.questions.iter().map(|question| now.left_of(question.asked, question.life));
        grants.chain(questions).min()
    }

    /// Whether nothing is granted and nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.alive.is_empty() && self.questions.is_empty()
    }

    /// What has happened since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The grants that are alive.
    pub fn rows(&self) -> Vec<GrantRow> {
        self.alive.iter().map(Grant::row).collect()
    }

    fn covering(&self, target: &Target, peer: &Peer) -> Option<Pass> {
        self.alive.iter().find(|grant| grant.covers(target, peer)).map(|grant| self.pass(grant))
    }

    fn pass(&self, grant: &Grant) -> Pass {
        Pass { by: grant.id.clone(), holder: Some(grant.holder.clone()), is_grant: true, era: self.era }
    }

    /// Hands out without a question. The widest choice gets the grant, so that a hundred commands in one terminal cause
    /// one notification.
    fn tell(&mut self, ask: &Ask, now: Now) -> Pass {
        match ancestry::choices(&ask.peer.chain).pop() {
            Some((_, holder)) => self.grant(holder, ask.target.clone(), None, now),
            None => {
                Pass { by: NO_GRANT.into(), holder: ask.peer.chain.first().cloned(), is_grant: false, era: self.era }
            }
        }
    }

    fn grant(&mut self, holder: Process, target: Target, approved: Option<Lease>, now: Now) -> Pass {
        let grant = Grant::new(format!("g{}", self.number()), holder, target, approved, now);
        self.events.push(Event::Granted { grant: grant.row() });
        let pass = self.pass(&grant);
        self.alive.push(grant);
        pass
    }

    fn end(&mut self, why: impl Fn(&Grant) -> Option<End>) {
        self.alive.retain(|grant| match why(grant) {
            Some(end) => {
                self.events.push(Event::Ended { grant: grant.id.clone(), why: end.word().into() });
                false
            }
            None => true,
        });
    }

    fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

#[cfg(test)]
pub(crate) mod tests;
