//! A place for an agent, a source that mints when it may, and an asker.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mintage_agent::{
    About, Agent, Approval, Config, Ended, Freshness, Limits, Minted, Server, Source, SystemClock, Target,
};
use mintage_agent_protocol::client::{self, ClientError};
use mintage_agent_protocol::form::Form;
use mintage_agent_protocol::{
    Address, Answer, Copied, Host, LineReader, Problem, RecordRow, Request, Token, TokenAnswer, TokenRequest,
    fingerprint,
};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Mints tokens that hold this word.
pub(crate) const CANARY: &str = "canary-token";

/// A source whose mints wait until they are let through.
pub(crate) struct TestSource {
    pub(crate) resolved: watch::Sender<usize>,
    pub(crate) begun: watch::Sender<usize>,
    pub(crate) dropped: watch::Sender<usize>,
    pub(crate) mints: AtomicUsize,
    pub(crate) kept: Mutex<Vec<RecordRow>>,
    pub(crate) storing: watch::Sender<usize>,
    /// Whether storing goes on, rather than waiting for the disk.
    pub(crate) disk: watch::Sender<bool>,
    /// Whether nothing can be stored.
    pub(crate) is_full: AtomicBool,
    /// What is on the clipboard, and what was.
    pub(crate) copied: Mutex<Vec<String>>,
    open: watch::Sender<bool>,
    locked: AtomicBool,
    cached: tokio::sync::Mutex<HashMap<String, Minted>>,
}

impl Default for TestSource {
    fn default() -> Self {
        Self {
            resolved: watch::Sender::new(0),
            begun: watch::Sender::new(0),
            dropped: watch::Sender::new(0),
            mints: AtomicUsize::new(0),
            kept: Mutex::default(),
            storing: watch::Sender::new(0),
            disk: watch::Sender::new(true),
            is_full: AtomicBool::new(false),
            copied: Mutex::default(),
            open: watch::Sender::new(true),
            locked: AtomicBool::new(false),
            cached: tokio::sync::Mutex::default(),
        }
    }
}

impl TestSource {
    /// Keeps every mint waiting until [`TestSource::open`].
    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.open.send_replace(true);
    }

    pub(crate) fn mints(&self) -> usize {
        self.mints.load(Ordering::SeqCst)
    }
}

/// Waits until a counter has come this far.
pub(crate) async fn reaches(counter: &watch::Sender<usize>, count: usize) {
    counter.subscribe().wait_for(|now| *now >= count).await.unwrap();
}

struct Dropped<'a>(&'a watch::Sender<usize>);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count += 1);
    }
}

impl Source for TestSource {
    async fn about(&self) -> About {
        About { program: "0.1.0".into(), schema: 7 }
    }

    /// `open` is handed out without a question, `production` says so and isn't, `nobody` doesn't exist.
    async fn resolve(&self, request: &TokenRequest) -> Result<Target, Problem> {
        self.resolved.send_modify(|count| *count += 1);
        if request.user == "nobody" {
            return Err(Problem::new("user-not-found", "there is no service user `nobody`", "List them"));
        }
        let tell = request.user == "open" || request.user == "production";
        Ok(Target {
            user: request.user.clone(),
            service_user: request.user.clone(),
            environment: "staging".into(),
            environment_id: "env-1".into(),
            production: request.user == "production",
            approval: if tell { Approval::Tell } else { Approval::Ask },
            scopes: request.scopes.iter().cloned().collect(),
            audience: BTreeSet::new(),
        })
    }

    async fn token(&self, target: &Target, freshness: Freshness) -> Result<Minted, Problem> {
        self.begun.send_modify(|count| *count += 1);
        let _dropped = Dropped(&self.dropped);
        let mut cached = self.cached.lock().await;
        if let Some(minted) = cached.get(&target.user).filter(|_| !freshness.fresh) {
            return Ok(Minted { reused: true, ..minted.clone() });
        }
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
        let number = self.mints.fetch_add(1, Ordering::SeqCst);
        let minted = Minted {
            value: Token::new(format!("{CANARY}-{number}")).unwrap(),
            handle: format!("h{number}"),
            token_type: "Bearer".into(),
            token_id: None,
            expires_at: Some(time::macros::datetime!(2999-01-01 00:00 UTC)),
            scopes: target.scopes.iter().cloned().collect(),
            issuer: "https://issuer".into(),
            reused: false,
        };
        cached.insert(target.user.clone(), minted.clone());
        Ok(minted)
    }

    async fn handle_of(&self, token: u64) -> Option<String> {
        let cached = self.cached.lock().await;
        let found = cached.values().find(|minted| fingerprint(minted.value.expose()) == token);
        found.map(|minted| minted.handle.clone())
    }

    async fn refused(&self, handle: &str) {
        self.cached.lock().await.retain(|_, minted| minted.handle != handle);
    }

    async fn in_memory(&self) -> Result<Vec<String>, Problem> {
        Ok(self.cached.lock().await.keys().cloned().collect())
    }

    fn is_locked(&self) -> bool {
        self.locked.load(Ordering::SeqCst)
    }

    async fn lock(&self) {
        self.locked.store(true, Ordering::SeqCst);
    }

    async fn unlock(&self) -> Result<(), Problem> {
        self.locked.store(false, Ordering::SeqCst);
        Ok(())
    }

    async fn copy(&self, target: &Target, text: &str, form: Form) -> Result<Copied, Problem> {
        self.copied.lock().unwrap().push(text.to_owned());
        Ok(Copied {
            service_user: target.service_user.clone(),
            environment: target.environment.clone(),
            form: form.name().into(),
            clears_after: 30,
        })
    }

    async fn keep(&self, rows: &[RecordRow]) -> Result<(), Problem> {
        self.storing.send_modify(|count| *count += 1);
        self.disk.subscribe().wait_for(|is_free| *is_free).await.unwrap();
        if self.is_full.load(Ordering::SeqCst) {
            return Err(Problem::new("full", "the disk is full", "Make room"));
        }
        self.kept.lock().unwrap().extend_from_slice(rows);
        Ok(())
    }
}

/// A folder for an agent's socket, which doesn't exist yet.
pub(crate) struct Place {
    above: tempfile::TempDir,
    pub(crate) address: Address,
}

impl Place {
    pub(crate) fn new() -> Self {
        let above = tempfile::tempdir().unwrap();
        Self { address: Address::at(above.path().join("mintage/agent.sock")).unwrap(), above }
    }

    pub(crate) fn above(&self) -> &std::path::Path {
        self.above.path()
    }

    pub(crate) async fn serve(&self) -> Running {
        self.serve_as(Host::Headless, Limits::default()).await
    }

    pub(crate) async fn serve_as(&self, host: Host, limits: Limits) -> Running {
        Running::from(Server::start(&self.address).await.unwrap(), host, limits, self.address.clone())
    }
}

/// An agent that serves.
pub(crate) struct Running {
    pub(crate) agent: Arc<Agent<TestSource>>,
    pub(crate) task: JoinHandle<Ended>,
    address: Address,
    stop: Arc<Notify>,
}

impl Running {
    pub(crate) fn from(server: Server, host: Host, limits: Limits, address: Address) -> Self {
        let agent = Arc::new(Agent::new(TestSource::default(), SystemClock::default(), Config::of(host)));
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let serving = Arc::clone(&agent);
        let task = tokio::spawn(async move { server.run(serving, limits, stopped.notified()).await });
        Self { agent, task, address, stop }
    }

    pub(crate) fn source(&self) -> &TestSource {
        self.agent.source()
    }

    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }

    /// Asks in the background, as a program with the real client would.
    pub(crate) fn asking(&self, request: Request) -> JoinHandle<Result<Answer, ClientError>> {
        asking(&self.address, request)
    }

    pub(crate) async fn ask(&self, request: Request) -> Answer {
        self.asking(request).await.unwrap().unwrap()
    }

    /// The one question, once it is asked.
    pub(crate) async fn question(&self) -> mintage_agent_protocol::QuestionRow {
        let agent = Arc::clone(&self.agent);
        until(move || agent.questions().into_iter().next()).await
    }
}

pub(crate) fn asking(address: &Address, request: Request) -> JoinHandle<Result<Answer, ClientError>> {
    let address = address.clone();
    tokio::task::spawn_blocking(move || client::ask(&address, &request, &mut |_| {}))
}

/// Looks again and again until there is something.
pub(crate) async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            match look() {
                Some(found) => return found,
                None => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking).await.expect("what was waited for came in a minute")
}

pub(crate) fn wish(user: &str) -> Request {
    Request::Token(TokenRequest { user: user.into(), ..TokenRequest::default() })
}

/// A request of a program that asks again only if its token was refused.
pub(crate) fn wish_once(user: &str) -> Request {
    Request::Token(TokenRequest { user: user.into(), repeat_is_refusal: true, ..TokenRequest::default() })
}

pub(crate) fn token(answer: Answer) -> TokenAnswer {
    match answer {
        Answer::Token(token) => token,
        other => panic!("no token: {other:?}"),
    }
}

pub(crate) fn code(answer: Answer) -> String {
    match answer {
        Answer::Error(problem) => problem.code,
        other => panic!("no problem: {other:?}"),
    }
}

/// A connection without the client, for what the client wouldn't do.
pub(crate) struct Raw(LineReader<UnixStream>, UnixStream);

impl Raw {
    pub(crate) fn connect(address: &Address) -> Self {
        let stream = UnixStream::connect(address.socket()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self(LineReader::new(stream.try_clone().unwrap(), 1 << 20), stream)
    }

    /// Sends as much as the agent takes.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.1.write_all(bytes);
    }

    /// The next line; `None` if the agent closed.
    pub(crate) fn line(&mut self) -> Option<String> {
        self.0.next_line().ok().flatten().map(|line| String::from_utf8(line.to_vec()).unwrap())
    }
}

/// Does something blocking beside the agent.
pub(crate) async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}
