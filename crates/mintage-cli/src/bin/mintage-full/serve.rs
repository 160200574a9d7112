//! `mintage agent serve`: the **headless agent**, for as long as programs ask and no desktop app runs.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use mintage_agent::{Agent, Config, Limits, Server, StartError, SystemClock};
use mintage_agent_protocol::{Address, Event, Host};
use mintage_app::App;
use mintage_app::agent::{MintSource, lock_when_due};
use mintage_cli::failure::{Exit, Failure};
use mintage_core::error::Problem;
use mintage_core::mint::RepairReport;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

/// How long the agent stays without askers, grants and questions.
const IDLE_END: Duration = Duration::from_secs(15 * 60);

/// How long a repair waits for the first answer.
const FIRST_ANSWER: Duration = Duration::from_millis(250);

/// Runs as the agent until somebody ends it, or it has nothing to do.
///
/// # Errors
/// Another agent runs, or its place isn't safe.
pub(crate) async fn serve() -> Result<u8, Failure> {
    let address = Address::from_env()
        .map_err(|error| Failure::new(Exit::Failed, error.code(), error.to_string()).with_help(error.help()))?;
    let server = Server::start(&address).await.map_err(|error| not_started(&error))?;
    let app = App::default();
    let getting_ready = tokio::spawn({
        let app = app.clone();
        async move { app.get_ready().await }
    });
    let agent = Arc::new(Agent::new(MintSource::of(app.clone()), SystemClock::default(), Config::of(Host::Headless)));
    // Whoever started it waits for this line.
    _ = writeln!(std::io::stdout(), "listening");
    let repair = tokio::spawn(repair_behind(app.clone(), agent.subscribe()));
    // At once: a lock that comes before anybody watches for it is missed.
    let locking = tokio::spawn(lock_when_due(Arc::clone(&agent)));
    let limits = Limits { idle_end: Some(IDLE_END), ..Limits::default() };
    server.run(agent, limits, told_to_end()).await;
    getting_ready.abort();
    repair.abort();
    locking.abort();
    app.finish().await;
    Ok(Exit::Success.code())
}

/// Repairs once whoever started this agent has its token: a repair asks the keychain about every item.
async fn repair_behind(app: App, mut events: broadcast::Receiver<Event>) {
    let answered =
        async { while !matches!(events.recv().await, Ok(Event::HandedOut { .. }) | Err(RecvError::Closed)) {} };
    // Programs may ask for something else than a token, or for nothing.
    let _: Result<(), Elapsed> = timeout(FIRST_ANSWER, answered).await;
    // Whatever can't be repaired now fails for the program that needs it, which then hears why.
    let _: Result<RepairReport, Problem> = app.repaired().await;
}

/// Becomes the agent, detached from this terminal: whoever started this process neither gets a child nor lends it a
/// terminal, a folder that can't be unmounted any more, or a token. Standard output stays, for the agent's line.
///
/// # Errors
/// It can't be started.
#[cfg(all(unix, not(target_vendor = "apple")))]
pub(crate) fn detach() -> Result<u8, Failure> {
    // Nothing runs beside this thread yet, so the copy of the process is whole. To start the program anew takes longer.
    nix::unistd::daemon(true, true).map_err(|error| not_detached(&error))?;
    crate::block_on(serve())
}

/// The same where a process isn't copied.
#[cfg(target_vendor = "apple")]
pub(crate) fn detach() -> Result<u8, Failure> {
    nix::unistd::setsid().map_err(|error| not_detached(&error))?;
    let own = std::env::current_exe().map_err(|error| not_detached(&error))?;
    let spawned = std::process::Command::new(own).args(["agent", "serve"]).spawn();
    spawned.map(|_| Exit::Success.code()).map_err(|error| not_detached(&error))
}

/// Windows detaches a program as it starts it.
#[cfg(windows)]
pub(crate) fn detach() -> Result<u8, Failure> {
    crate::block_on(serve())
}

#[cfg(unix)]
fn not_detached(error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::Failed, "agent-not-started", "couldn't start the agent").caused_by(error)
}

fn not_started(error: &StartError) -> Failure {
    let failure = Failure::new(Exit::Failed, error.code(), error.to_string()).with_help(error.help());
    match std::error::Error::source(error) {
        Some(cause) => failure.caused_by(cause),
        None => failure,
    }
}

#[cfg(unix)]
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_end() {
    _ = tokio::signal::ctrl_c().await;
}
