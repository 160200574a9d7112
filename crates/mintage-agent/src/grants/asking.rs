//! Questions to a person, and what their answers lead to.

use std::sync::Arc;

use mintage_agent_protocol::{Event, Lease, Problem, QuestionRow};

use super::question::Waiter;
use super::{Ask, Denied, Grants, MAX_QUESTIONS, Pass, Question, Ticket, ancestry};
use crate::clock::Now;
use crate::peer::Peer;
use crate::problems;
use crate::source::Target;

impl Grants {
    /// The answer to a question, once there is one.
    pub fn poll(&mut self, ticket: Ticket, now: Now) -> Option<Result<Pass, Problem>> {
        self.observe(now);
        self.settled.remove(&ticket)
    }

    /// Forgets an asker that is gone, and its question if nobody else waits for it.
    pub fn withdraw(&mut self, ticket: Ticket) {
        self.settled.remove(&ticket);
        for question in &mut self.questions {
            question.waiters.retain(|waiter| waiter.ticket != ticket);
        }
        self.close(|question| question.waiters.is_empty(), None);
    }

    /// Approves a question: `choice` is the index of the choice that gets the grant; without one, every asker of this
    /// question gets one token. Askers that the grant doesn't cover become a new question.
    ///
    /// # Errors
    /// There is no such question, or it has no such choice.
    pub fn approve(&mut self, id: &str, choice: Option<usize>, lease: Lease, now: Now) -> Result<(), Problem> {
        self.observe(now);
        let index = self.find_question(id)?;
        let Some(choice) = choice else {
            let pass = Pass {
                by: id.to_owned(),
                holder: self.questions[index].peer.chain.first().cloned(),
                is_grant: false,
                era: self.era,
            };
            self.close(|question| question.id == id, Some(Ok(pass)));
            return Ok(());
        };
        let (_, holder) = self.questions[index].choices.get(choice).cloned().ok_or_else(problems::no_such_choice)?;
        let question = self.questions.remove(index);
        self.events.push(Event::Answered { request: question.id.clone() });
        self.grant(holder, question.target.clone(), Some(lease), now);
        self.settle_covered();
        for waiter in question.waiters {
            self.settle_or_queue(waiter, &question.target, question.reason.as_deref(), now);
        }
        Ok(())
    }

    /// Denies a question, for every asker that waits for it, and pauses the program's questions.
    ///
    /// # Errors
    /// There is no such question.
    pub fn deny(&mut self, id: &str, now: Now) -> Result<(), Problem> {
        self.observe(now);
        let index = self.find_question(id)?;
        self.denied.push(Denied::new(&self.questions[index], now));
        self.close(|question| question.id == id, Some(Err(problems::denied())));
        Ok(())
    }

    /// The questions that are open.
    pub fn questions(&self) -> Vec<QuestionRow> {
        self.questions.iter().map(Question::row).collect()
    }

    /// Who asked the question first.
    pub fn asker(&self, id: &str) -> Option<Arc<Peer>> {
        self.questions.iter().find(|question| question.id == id).map(|question| Arc::clone(&question.peer))
    }

    /// Joins the same question if it's open already, or asks a new one.
    pub(super) fn queue(&mut self, ask: Ask, ticket: Ticket, now: Now) -> Result<String, Problem> {
        if self.is_ending {
            return Err(problems::ending());
        }
        let choices = ancestry::choices(&ask.peer.chain);
        if self.denied.iter().any(|denied| denied.covers(&ask.target, &ask.peer, &choices)) {
            return Err(problems::denied_lately());
        }
        let waiter = Waiter { ticket, peer: Arc::clone(&ask.peer) };
        if let Some(same) = self.questions.iter_mut().find(|question| question.is_same(&ask.target, &choices)) {
            same.waiters.push(waiter);
            return Ok(same.id.clone());
        }
        if self.questions.len() >= MAX_QUESTIONS {
            return Err(problems::too_many_questions());
        }
        let alone = self.questions.iter().all(|question| question.peer.is_attended());
        let question = Question {
            id: format!("q{}", self.number()),
            target: ask.target,
            peer: ask.peer,
            choices,
            reason: ask.reason,
            asked: now,
            life: self.question_life,
            waiters: vec![waiter],
        };
        let notify = question.peer.is_attended() || alone;
        self.events.push(Event::Question { question: question.row(), notify });
        let id = question.id.clone();
        self.questions.push(question);
        Ok(id)
    }

    fn settle_or_queue(&mut self, waiter: Waiter, target: &Target, reason: Option<&str>, now: Now) {
        let Waiter { ticket, peer } = waiter;
        if let Some(pass) = self.covering(target, &peer) {
            self.settled.insert(ticket, Ok(pass));
            return;
        }
        let ask = Ask { target: target.clone(), peer, reason: reason.map(str::to_owned), no_input: false };
        if let Err(problem) = self.queue(ask, ticket, now) {
            self.settled.insert(ticket, Err(problem));
        }
    }

    /// A new grant may also cover askers of other questions.
    fn settle_covered(&mut self) {
        let mut covered = Vec::new();
        for question in &self.questions {
            for waiter in &question.waiters {
                covered.extend(self.covering(&question.target, &waiter.peer).map(|pass| (waiter.ticket, Ok(pass))));
            }
        }
        self.settled.extend(covered);
        for question in &mut self.questions {
            question.waiters.retain(|waiter| !self.settled.contains_key(&waiter.ticket));
        }
        self.close(|question| question.waiters.is_empty(), None);
    }

    fn find_question(&self, id: &str) -> Result<usize, Problem> {
        self.questions.iter().position(|question| question.id == id).ok_or_else(|| problems::no_such_question(id))
    }

    /// Closes questions and gives this answer to everyone who waits for them.
    pub(super) fn close(&mut self, which: impl Fn(&Question) -> bool, answer: Option<Result<Pass, Problem>>) {
        for question in self.questions.extract_if(.., |question| which(question)) {
            self.events.push(Event::Answered { request: question.id });
            for waiter in question.waiters {
                self.settled.extend(answer.clone().map(|answer| (waiter.ticket, answer)));
            }
        }
    }
}
