//! The **agent** in the desktop app: programs ask it for tokens, and the window asks the person.
//!
//! Rule: the decisions are the agent's. Here it is given the clipboard, it serves for as long as the app runs, and what
//! happens in it reaches the page and the desktop. An app that can't serve says why and works otherwise.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mintage_agent::{Agent, Config, Limits, Server, StartError, SystemClock};
use mintage_agent_protocol::{Address, Host};
use mintage_app::App;
use mintage_app::agent::{MintSource, lock_when_due};
use mintage_core::error::Problem;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager};
use tokio::sync::watch;

use crate::clipboard::Clipboard;
use crate::main_thread::lock;

mod telling;
mod view;

pub(crate) use view::AgentState;

/// How long a headless agent may take to end: it finishes the tokens that are being minted.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long the app's exit waits for it: the answers in progress, and what was handed out stored.
const END: Duration = Duration::from_secs(8);

/// Whether programs are answered.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Serving {
    /// Not yet: another agent may have to end first.
    Starting,
    /// They are.
    Running,
    /// They aren't.
    Failed {
        /// Why.
        problem: Box<Problem>,
    },
}

/// The agent, and whether it serves.
pub(crate) struct HostedAgent {
    pub(crate) agent: Arc<Agent<MintSource>>,
    serving: Mutex<Serving>,
    stop: watch::Sender<bool>,
    /// Whether a server of this process holds the agent's place.
    serves: watch::Sender<bool>,
}

impl HostedAgent {
    /// The agent of this app. It doesn't serve yet.
    pub(crate) fn new(handle: &AppHandle) -> Self {
        let app = handle.state::<App>().inner().clone();
        let source = MintSource::of(app).with_clipboard(clipboard(handle.clone()));
        Self {
            agent: Arc::new(Agent::new(source, SystemClock::default(), config())),
            serving: Mutex::new(Serving::Starting),
            stop: watch::Sender::new(false),
            serves: watch::Sender::new(false),
        }
    }

    /// Whether programs are answered.
    pub(crate) fn serving(&self) -> Serving {
        lock(&self.serving).clone()
    }

    fn set(&self, handle: &AppHandle, serving: Serving) {
        *lock(&self.serving) = serving;
        telling::tell_page(handle, self);
    }
}

/// How the agent behaves here. Tests of the window can't wait for a question as long as people may.
fn config() -> Config {
    let usual = Config::of(Host::Desktop);
    let shorter = cfg!(feature = "e2e").then(|| std::env::var("MINTAGE_E2E_QUESTION_SECONDS").ok()).flatten();
    let shorter = shorter.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    Config { question_life: shorter.unwrap_or(usual.question_life), ..usual }
}

fn clipboard(handle: AppHandle) -> mintage_app::agent::Clipboard {
    Box::new(move |text, seconds| {
        let stays = Duration::from_secs(seconds.into());
        let clipboard = handle.state::<Clipboard>();
        clipboard.conceal(clipboard.turn(), text, stays).map_err(|error| Box::new(error.into()))
    })
}

/// Begins to serve, to lock when it is due, and to tell what happens.
pub(crate) fn begin(handle: &AppHandle) {
    let hosted = handle.state::<HostedAgent>();
    tauri::async_runtime::spawn(telling::follow(handle.clone(), hosted.agent.subscribe()));
    tauri::async_runtime::spawn(lock_when_due(Arc::clone(&hosted.agent)));
    tauri::async_runtime::spawn(serve(handle.clone()));
}

/// Serves until the app exits. A headless agent ends first.
pub(crate) async fn serve(handle: AppHandle) {
    let hosted = handle.state::<HostedAgent>();
    if *hosted.serves.borrow() {
        return;
    }
    hosted.set(&handle, Serving::Starting);
    match start().await {
        Ok(server) => {
            hosted.serves.send_replace(true);
            hosted.set(&handle, Serving::Running);
            let mut stop = hosted.stop.subscribe();
            // This can't fail while the app holds the sender.
            let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
            server.run(Arc::clone(&hosted.agent), Limits::default(), stopped).await;
            hosted.serves.send_replace(false);
        }
        Err(problem) => hosted.set(&handle, Serving::Failed { problem: Box::new(problem) }),
    }
}

async fn start() -> Result<Server, Problem> {
    let address =
        Address::from_env().map_err(|error| Problem::of_shell(error.code(), error.to_string(), error.help()))?;
    Server::take_over(&address, PATIENCE).await.map_err(|error| not_started(&error))
}

fn not_started(error: &StartError) -> Problem {
    let mut problem = Problem::of_shell(error.code(), error.to_string(), error.help());
    let cause = std::error::Error::source(error).map(ToString::to_string);
    problem.details.extend(cause);
    problem
}

/// Stops serving and waits until whoever waits has an answer; for the app's exit.
pub(crate) async fn end(handle: &AppHandle) {
    let hosted = handle.state::<HostedAgent>();
    hosted.stop.send_replace(true);
    let mut serves = hosted.serves.subscribe();
    // What isn't done by then is cut off: the app must not hang.
    let _: Result<_, tokio::time::error::Elapsed> =
        tokio::time::timeout(END, serves.wait_for(|serves| !*serves)).await.map(drop);
}
