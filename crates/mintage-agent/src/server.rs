//! The **server** listens at the agent's address and answers there.
//!
//! Rule: the process that holds the lock is the agent. The socket proves nothing, because it is left behind when its
//! process is killed. A connection carries one request, and no asker can delay another.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use mintage_agent_protocol::{Address, Request};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::agent::Agent;
use crate::source::Source;

mod connection;
mod lock;
mod place;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
use socket::{Connection, Listener};
#[cfg(windows)]
mod pipe;
#[cfg(windows)]
use pipe::{Connection, Listener};

use place::Place;
pub use place::StartError;

/// How long an agent may take to end once it has stopped listening: the answers in progress, then the record.
const ENDING: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(2);

/// The server's limits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a request may take to arrive.
    pub send: Duration,
    /// How long answers in progress may take once the agent shuts down.
    pub drain: Duration,
    /// How long to keep running without askers, grants and questions; forever if `None`.
    pub idle_end: Option<Duration>,
    /// How many connections may be open; further ones get the answer that the agent is busy.
    pub connections: usize,
    /// How long to hold back changes of the record before storing them.
    pub keep: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            send: Duration::from_secs(5),
            drain: Duration::from_secs(5),
            idle_end: None,
            connections: 512,
            keep: Duration::from_secs(10),
        }
    }
}

/// Why a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to stop.
    Stopped,
    /// The desktop app started.
    TakenOver,
    /// There was nothing left to do.
    Idle,
}

/// The user's only agent, listening but not answering yet.
#[derive(Debug)]
pub struct Server {
    place: Place,
    listener: Listener,
}

impl Server {
    /// Becomes the agent. One that is ending is waited for: it has stopped listening, and stores its record first.
    ///
    /// # Errors
    /// Another process is the agent ([`StartError::Running`]), or the place isn't safe.
    pub async fn start(address: &Address) -> Result<Self, StartError> {
        let begun = Instant::now();
        loop {
            match Place::take(address) {
                Err(StartError::Running) if !address.socket().exists() && begun.elapsed() < ENDING => {
                    tokio::time::sleep(POLL).await;
                }
                taken => return Self::listen(taken?),
            }
        }
    }

    /// Becomes the agent, asking a headless one to end first.
    ///
    /// # Errors
    /// The other agent didn't end within `patience` or is a desktop app ([`StartError::Running`]).
    pub async fn take_over(address: &Address, patience: Duration) -> Result<Self, StartError> {
        match Place::take(address) {
            Err(StartError::Running) => {}
            taken => return Self::listen(taken?),
        }
        let asked = address.clone();
        let waited = tokio::task::spawn_blocking(move || ask_to_end(&asked).and_then(|()| Place::wait_for(&asked)));
        match tokio::time::timeout(patience, waited).await {
            Ok(Ok(taken)) => Self::listen(taken?),
            // If the thread gets the lock later, it releases it at once.
            Ok(Err(_)) | Err(_) => Err(StartError::Running),
        }
    }

    fn listen(place: Place) -> Result<Self, StartError> {
        let listener = Listener::bind(place.address()).map_err(StartError::Failed)?;
        Ok(Self { place, listener })
    }

    /// Answers until `stop` resolves or there is another reason to end. Then it stops listening, closes open questions, and
    /// finishes the tokens that are being minted.
    pub async fn run<S: Source>(self, agent: Arc<Agent<S>>, limits: Limits, stop: impl Future<Output = ()>) -> Ended {
        let Self { place, mut listener } = self;
        let mut tasks = JoinSet::new();
        let ended = serve(&mut listener, &agent, limits, stop, &mut tasks).await;
        listener.close(place.address());
        agent.stop_asking();
        let drained = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(limits.drain, drained).await.is_err() {
            tasks.shutdown().await;
        }
        agent.end().await;
        drop(place);
        ended
    }
}

async fn serve<S: Source>(
    listener: &mut Listener,
    agent: &Arc<Agent<S>>,
    limits: Limits,
    stop: impl Future<Output = ()>,
    tasks: &mut JoinSet<()>,
) -> Ended {
    let mut stop = std::pin::pin!(stop);
    let mut taken_over = std::pin::pin!(agent.taken_over());
    let mut last_asked = Instant::now();
    let mut sweep_at = None;
    loop {
        sweep_at = sweep_at.or_else(|| Some(Instant::now() + agent.next_sweep(limits.keep)?));
        let is_idle = tasks.is_empty() && agent.is_idle();
        let end_at = limits.idle_end.filter(|_| is_idle).map(|idle_end| last_asked + idle_end);
        // The order matters: a connection that is already there is answered before the agent ends for being idle.
        tokio::select! {
            biased;
            () = &mut stop => return Ended::Stopped,
            () = &mut taken_over => return Ended::TakenOver,
            () = until(sweep_at) => {
                // On its own, because storing the record may wait for the disk.
                let agent = Arc::clone(agent);
                tokio::spawn(async move { agent.sweep().await });
                sweep_at = None;
            }
            connection = listener.accept() => {
                last_asked = Instant::now();
                let is_full = tasks.len() >= limits.connections;
                tasks.spawn(connection::answer(connection, Arc::clone(agent), limits.send, is_full));
            }
            Some(_) = tasks.join_next() => last_asked = Instant::now(),
            () = until(end_at) => return Ended::Idle,
        }
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Asks the running agent to end. If it has ended already, that's fine too.
fn ask_to_end(address: &Address) -> Result<(), StartError> {
    use mintage_agent_protocol::{Answer, client};
    match client::ask(address, &Request::TakeOver, &mut |_| {}) {
        Ok(Answer::Error(_)) => Err(StartError::Running),
        Ok(_) | Err(client::ClientError::NoAgent) => Ok(()),
        Err(error) => Err(StartError::NotAnswering(error)),
    }
}
