//! The **agent** answers requests. It connects grants, refusals, the record and the source.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mintage_agent_protocol::{Event, GrantRow, Host, Lease, Problem, QuestionRow, RecordRow};
use tokio::sync::{broadcast, watch};

use crate::clock::{Clock, Now};
use crate::grants::{End, Grants, QUESTION_LIFE};
use crate::peer;
use crate::record::Record;
use crate::refusal::Refusals;
use crate::source::Source;

mod answering;
mod handing_out;
mod replies;

pub(crate) use replies::Replies;

/// How many events a subscriber may lag behind.
const EVENTS: usize = 256;

/// How an agent behaves.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Which program serves. The desktop app asks in its window and keeps running. A headless agent gets its answers from
    /// another terminal, and ends when the desktop app starts.
    pub host: Host,
    /// How long a question waits for a person.
    pub question_life: Duration,
}

impl Config {
    /// How an agent behaves that this program serves.
    pub fn of(host: Host) -> Self {
        Self { host, question_life: QUESTION_LIFE }
    }
}

/// Answers requests.
pub struct Agent<S> {
    source: S,
    clock: Box<dyn Clock>,
    config: Config,
    state: Mutex<State>,
    /// Changes whenever something happens that an asker may be waiting for.
    changed: watch::Sender<()>,
    events: broadcast::Sender<Event>,
    taken_over: watch::Sender<bool>,
    ending: watch::Sender<bool>,
    /// When a person was last seen, in the window or at a terminal.
    seen: Mutex<Now>,
    /// Whether the computer has slept since [`Agent::lock_if_slept`] last looked.
    slept: AtomicBool,
    /// Held while the record is stored, so that no older row replaces a newer one.
    storing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    grants: Grants,
    refusals: Refusals,
    record: Record,
}

impl<S: Source> Agent<S> {
    /// Creates an agent that hands out this source's tokens.
    pub fn new(source: S, clock: impl Clock, config: Config) -> Self {
        let seen = Mutex::new(clock.now());
        Self {
            source,
            seen,
            clock: Box::new(clock),
            config,
            state: Mutex::new(State { grants: Grants::with_question_life(config.question_life), ..State::default() }),
            changed: watch::Sender::new(()),
            events: broadcast::Sender::new(EVENTS),
            taken_over: watch::Sender::new(false),
            ending: watch::Sender::new(false),
            slept: AtomicBool::new(false),
            storing: tokio::sync::Mutex::default(),
        }
    }

    /// Where its tokens come from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// Subscribes to everything that happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// The grants that are alive.
    pub fn grants(&self) -> Vec<GrantRow> {
        self.with_living(|state, _| state.grants.rows())
    }

    /// The questions that are open.
    pub fn questions(&self) -> Vec<QuestionRow> {
        self.with(|state, _| state.grants.questions())
    }

    /// What was handed out, the newest first.
    pub fn record(&self) -> Vec<RecordRow> {
        self.with(|state, _| state.record.rows())
    }

    /// Approves a question, in the window.
    ///
    /// # Errors
    /// There is no such question or choice.
    pub fn approve(&self, question: &str, choice: Option<usize>, lease: Lease) -> Result<(), Problem> {
        self.with(|state, now| state.grants.approve(question, choice, lease, now))
    }

    /// Denies a question.
    ///
    /// # Errors
    /// There is no such question.
    pub fn deny(&self, question: &str) -> Result<(), Problem> {
        self.with(|state, now| state.grants.deny(question, now))
    }

    /// Ends one grant.
    ///
    /// # Errors
    /// There is no such grant.
    pub fn revoke(&self, grant: &str) -> Result<(), Problem> {
        self.with(|state, now| state.grants.revoke(grant, now))
    }

    /// Ends every grant, forgets every token, and hands out none until [`Agent::unlock`].
    pub async fn lock(&self) {
        self.with(|state, _| {
            state.grants.lock();
            state.refusals = Refusals::default();
        });
        self.source.lock().await;
        // Whatever was granted between the two is void, too.
        self.with(|state, _| state.grants.lock());
        self.publish(Event::Locked);
    }

    /// Hands out tokens again.
    ///
    /// # Errors
    /// The keychain stays locked or doesn't respond.
    pub async fn unlock(&self) -> Result<(), Problem> {
        // A sleep that is noticed later would lock what is unlocked now.
        self.lock_if_slept().await;
        if self.source.is_locked() {
            self.source.unlock().await?;
            self.seen_person();
            self.publish(Event::Unlocked);
        }
        Ok(())
    }

    /// Whether it's locked.
    pub fn is_locked(&self) -> bool {
        self.source.is_locked()
    }

    /// Notes that a person is there.
    pub fn seen_person(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.now();
    }

    /// How long no person has been seen.
    pub fn unattended_for(&self) -> Duration {
        self.clock.now().since(*self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, event: Event) {
        // An error means that nobody listens.
        let _ = self.events.send(event);
    }

    /// Locks if the clocks say that the computer has slept since somebody last looked. Where a system announces sleep, it
    /// is locked already; elsewhere this is how it is noticed.
    pub async fn lock_if_slept(&self) {
        self.with(|_, _| ());
        if self.slept.swap(false, Ordering::AcqRel) && !self.is_locked() {
            self.lock().await;
        }
    }

    /// Resolves once a desktop has asked this agent to end.
    pub(crate) async fn taken_over(&self) {
        wait_for(&self.taken_over).await;
    }

    /// Ends grants and questions that are due, and stores the record.
    pub(crate) async fn sweep(&self) {
        self.with_living(|_, _| ());
        let _storing = self.storing.lock().await;
        let news = self.with(|state, _| state.record.news());
        // What couldn't be stored is news to the next sweep.
        if !news.is_empty() && self.source.keep(&news).await.is_ok() {
            self.with(|state, _| state.record.stored(&news));
        }
    }

    /// The time until the next sweep, at most `keep`; `None` if there is nothing to do.
    pub(crate) fn next_sweep(&self, keep: Duration) -> Option<Duration> {
        let (has_news, deadline) = self.with(|state, now| (state.record.has_news(), state.grants.next_deadline(now)));
        match deadline {
            Some(deadline) => Some(deadline.min(keep)),
            None => has_news.then_some(keep),
        }
    }

    /// Whether nothing is granted and nothing is asked.
    pub(crate) fn is_idle(&self) -> bool {
        self.with(|state, _| state.grants.is_empty())
    }

    /// Closes all questions, because the agent is shutting down.
    pub(crate) fn stop_asking(&self) {
        self.with(|state, _| state.grants.stop_asking());
        self.ending.send_replace(true);
    }

    /// Ends every grant and stores the record, because the agent is shutting down.
    pub(crate) async fn end(&self) {
        self.with(|state, _| state.grants.end_all(End::Agent));
        self.sweep().await;
    }

    /// Works on the state after ending the grants of processes that have ended.
    fn with_living<R>(&self, work: impl FnOnce(&mut State, Now) -> R) -> R {
        self.with(|state, now| {
            state.grants.end_with_processes(peer::is_running);
            work(state, now)
        })
    }

    /// Works on the state, then publishes what happened.
    fn with<R>(&self, work: impl FnOnce(&mut State, Now) -> R) -> R {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if state.grants.observe(now) {
            self.slept.store(true, Ordering::Release);
        }
        let result = work(&mut state, now);
        let events = state.grants.take_events();
        drop(state);
        if !events.is_empty() {
            self.changed.send_replace(());
        }
        for event in events {
            self.publish(event);
        }
        result
    }
}

async fn wait_for(happened: &watch::Sender<bool>) {
    // This can't fail while the sender is borrowed.
    let _ = happened.subscribe().wait_for(|happened| *happened).await;
}
