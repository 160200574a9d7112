//! `mintage agent serve`: the **headless agent**, for as long as programs ask and no desktop app runs.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use mintage_agent::{Agent, Config, Limits, Server, StartError, SystemClock};
use mintage_agent_protocol::{Address, Host};
use mintage_app::App;
use mintage_app::agent::{MintSource, lock_when_due};
use mintage_cli::failure::{Exit, Failure};

/// How long the agent stays without askers, grants and questions.
const IDLE_END: Duration = Duration::from_secs(15 * 60);

/// Runs as the agent until somebody ends it, or it has nothing to do.
///
/// # Errors
/// Another agent runs, or its place isn't safe.
pub(crate) async fn serve() -> Result<u8, Failure> {
    let address = Address::from_env()
        .map_err(|error| Failure::new(Exit::Failed, error.code(), error.to_string()).with_help(error.help()))?;
    let server = Server::start(&address).await.map_err(|error| not_started(&error))?;
    let app = App::default();
    let agent = Arc::new(Agent::new(MintSource::of(app.clone()), SystemClock::default(), Config::of(Host::Headless)));
    // Whoever started it waits for this line.
    _ = writeln!(std::io::stdout(), "listening");
    let repair = tokio::spawn({
        let app = app.clone();
        // Whatever can't be repaired now fails for the program that needs it, which then hears why.
        async move { app.repaired().await.map(drop) }
    });
    let locking = tokio::spawn(lock_when_due(Arc::clone(&agent)));
    let limits = Limits { idle_end: Some(IDLE_END), ..Limits::default() };
    server.run(agent, limits, told_to_end()).await;
    repair.abort();
    locking.abort();
    app.finish().await;
    Ok(Exit::Success.code())
}

/// Starts the agent detached from this terminal, and ends: whoever started this process neither gets a child nor lends it a
/// terminal, a folder that can't be unmounted any more, or a token. Standard output stays, for the agent's line.
///
/// # Errors
/// It can't be started.
#[cfg(unix)]
pub(crate) fn detach() -> Result<u8, Failure> {
    use std::process::{Command, Stdio};

    let failed = |error: &dyn std::error::Error| {
        Failure::new(Exit::Failed, "agent-not-started", "couldn't start the agent").caused_by(error)
    };
    nix::unistd::setsid().map_err(|error| failed(&error))?;
    let own = std::env::current_exe().map_err(|error| failed(&error))?;
    let mut command = Command::new(own);
    command.args(["agent", "serve"]).current_dir("/").stdin(Stdio::null()).stderr(Stdio::null());
    command.env_clear().envs(std::env::vars_os().filter(|(name, _)| is_passed_on(name)));
    command.spawn().map_err(|error| failed(&error))?;
    Ok(Exit::Success.code())
}

/// Whether the agent needs a variable. It outlives the program that started it, whose tokens and secrets aren't its own.
#[cfg(unix)]
fn is_passed_on(name: &std::ffi::OsStr) -> bool {
    const NAMES: [&str; 21] = [
        "HOME",
        "USER",
        "LOGNAME",
        "PATH",
        "TMPDIR",
        "TZ",
        "LANG",
        "LANGUAGE",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "DBUS_SESSION_BUS_ADDRESS",
        "DBUS_SYSTEM_BUS_ADDRESS",
        "GNOME_KEYRING_CONTROL",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "RUST_LOG",
        "RUST_BACKTRACE",
        "MINTAGE_DATA_DIR",
        "MINTAGE_AGENT_SOCK",
        "__CF_USER_TEXT_ENCODING",
    ];
    let Some(name) = name.to_str() else { return false };
    let is_proxy = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].contains(&name.to_uppercase().as_str());
    NAMES.contains(&name) || is_proxy || name.starts_with("XDG_") || name.starts_with("LC_")
}

/// Windows detaches a program as it starts it.
#[cfg(not(unix))]
pub(crate) fn detach() -> Result<u8, Failure> {
    crate::block_on(serve())
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
