//! The product's own program, the real agent and the real tools, with a source that mints `stale` first and then `good`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use mintage_agent::{
    About, Agent, Approval, Config, Freshness, Limits, Minted, Server as AgentServer, Source, SystemClock, Target,
};
use mintage_agent_protocol::{Address, Host, NOT_BOUND, Problem, RecordRow, Token, TokenRequest, fingerprint};
use mintage_cli::target::{Binding, Target as Destination};

use crate::bench::{Bench, Ran, run};
use crate::git::{BOTH, repository};
use crate::kubectl;
use crate::server::Server;

struct Minting {
    binding: Binding,
    tokens: Mutex<Vec<&'static str>>,
    mints: Arc<AtomicUsize>,
    cached: Mutex<Option<Minted>>,
}

impl Source for Minting {
    async fn about(&self) -> About {
        About { program: "0.1.0".into(), schema: 7 }
    }

    async fn resolve(&self, request: &TokenRequest) -> Result<Target, Problem> {
        let target = request.host.as_deref().and_then(Destination::parse);
        if target.is_some_and(|target| !self.binding.covers(&target)) {
            return Err(Problem::new(NOT_BOUND, "the host isn't the environment's", "Add it"));
        }
        Ok(Target {
            user: request.user.clone(),
            service_user: request.user.clone(),
            environment: "staging".into(),
            environment_id: "env-1".into(),
            production: false,
            approval: Approval::Tell,
            scopes: BTreeSet::new(),
            audience: BTreeSet::new(),
        })
    }

    async fn token(&self, _: &Target, freshness: Freshness) -> Result<Minted, Problem> {
        let mut cached = self.cached.lock().unwrap();
        if let Some(minted) = cached.as_ref().filter(|_| !freshness.fresh) {
            return Ok(Minted { reused: true, ..minted.clone() });
        }
        let number = self.mints.fetch_add(1, Ordering::SeqCst);
        let minted = Minted {
            value: Token::new(self.tokens.lock().unwrap().remove(0).into()).unwrap(),
            handle: format!("h{number}"),
            token_type: "Bearer".into(),
            token_id: None,
            expires_at: time::OffsetDateTime::from_unix_timestamp(4_102_444_800).ok(),
            scopes: Vec::new(),
            issuer: "https://auth.example".into(),
            reused: false,
        };
        Ok(cached.insert(minted).clone())
    }

    async fn handle_of(&self, token: u64) -> Option<String> {
        let cached = self.cached.lock().unwrap();
        cached.as_ref().filter(|minted| fingerprint(minted.value.expose()) == token).map(|minted| minted.handle.clone())
    }

    async fn refused(&self, handle: &str) {
        self.cached.lock().unwrap().take_if(|minted| minted.handle == handle);
    }

    async fn in_memory(&self) -> Result<Vec<String>, Problem> {
        Ok(Vec::new())
    }

    fn is_locked(&self) -> bool {
        false
    }

    async fn unlock(&self) -> Result<(), Problem> {
        Ok(())
    }

    async fn lock(&self) {}

    async fn keep(&self, _: &[RecordRow]) -> Result<(), Problem> {
        Ok(())
    }
}

/// Starts the agent of the bench's home, and counts its mints.
fn agent(bench: &Bench, host: &str, tokens: Vec<&'static str>) -> Arc<AtomicUsize> {
    let address = Address::at(bench.path("home/mintage/agent.sock")).unwrap();
    let mints = Arc::new(AtomicUsize::new(0));
    let source = Minting {
        binding: Binding::parse([host]).unwrap(),
        tokens: Mutex::new(tokens),
        mints: Arc::clone(&mints),
        cached: Mutex::default(),
    };
    let (ready, listens) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = AgentServer::start(&address).await.unwrap();
            ready.send(()).unwrap();
            let agent = Agent::new(source, SystemClock::default(), Config::of(Host::Headless));
            server.run(Arc::new(agent), Limits::default(), std::future::pending()).await
        })
    });
    listens.recv().unwrap();
    mints
}

fn mintage(bench: &Bench, line: &str) -> Ran {
    run("mintage", bench.command(env!("CARGO_BIN_EXE_mintage")).args(line.split(' '))).unwrap()
}

#[test]
fn a_token_is_minted_once_for_all_who_ask() {
    let bench = Bench::new(&[], &[]);
    let mints = agent(&bench, "git.example", vec!["good"]);
    let askers: Vec<_> = (0..20)
        .map(|_| {
            bench
                .command(env!("CARGO_BIN_EXE_mintage"))
                .args(["token", "ci-bot"])
                .stdout(std::process::Stdio::piped())
                .spawn()
        })
        .collect();
    for asker in askers {
        assert_eq!(asker.unwrap().wait_with_output().unwrap().stdout, b"good\n");
    }
    assert_eq!(mints.load(Ordering::SeqCst), 1);
    assert!(mintage(&bench, "agent grants").out.contains("\tci-bot\tstaging\t"));
}

#[test]
fn git_reads_a_repository_through_the_agent_and_a_refused_token_is_replaced() {
    let server = Server::wanting("good", BOTH, repository);
    let bench = Bench::new(&[], &[]);
    let mints = agent(&bench, &server.host(), vec!["stale", "good"]);
    std::fs::remove_file(bench.path("bin/mintage")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mintage"), bench.path("bin/mintage")).unwrap();
    let config =
        format!("[credential \"http://{}\"]\n\thelper =\n\thelper = \"!mintage helper git ci-bot\"\n", server.host());
    bench.write("home/.gitconfig", &config);
    let url = format!("http://{}/team/repo.git", server.host());
    let list = || run("git", bench.command("git").args(["ls-remote", &url]).env("GIT_TERMINAL_PROMPT", "0"));
    let Some(first) = list() else { return };
    // A git before 2.46 fails once, and its `erase` makes the next command work.
    let last = if first.code == Some(0) { first } else { list().unwrap() };
    assert_eq!(last.code, Some(0), "{last:?}");
    assert_eq!(mints.load(Ordering::SeqCst), 2);
}

/// kubectl runs its plugin again after a 401 without saying why. If it sends nothing else, the command has failed by then.
#[test]
fn kubectl_gets_another_token_once_one_was_refused() {
    let server = Server::with_tls("good", "Bearer", kubectl::version);
    let bench = kubectl::bench(&server, &[], &[]);
    let mints = agent(&bench, &server.host(), vec!["stale", "good"]);
    std::fs::remove_file(bench.path("bin/mintage")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mintage"), bench.path("bin/mintage")).unwrap();
    // The configuration is written without a catalogue.
    let set_up = kubectl::set_up(&bench).filter(|ran| ran.code == Some(0));
    if set_up.is_none() {
        return crate::bench::skipped("kubectl");
    }
    let first = kubectl::ask(&bench);
    let last = if first.code == Some(0) { first } else { kubectl::ask(&bench) };
    assert_eq!((last.code, mints.load(Ordering::SeqCst)), (Some(0), 2), "{last:?}");
    assert_eq!(server.authorizations().first().map(String::as_str), Some("Bearer stale"));
}

#[test]
fn another_host_is_not_even_minted_for() {
    let bench = Bench::new(&[], &[]);
    let mints = agent(&bench, "api.example", vec!["good"]);
    let denied = mintage(&bench, "helper headers ci-bot --url https://evil.example");
    assert!(denied.out.is_empty() && denied.err.starts_with("error[host-not-bound]: "), "{denied:?}");
    assert_eq!(mints.load(Ordering::SeqCst), 0);
    let bound = mintage(&bench, "helper headers ci-bot --url https://api.example/x");
    assert_eq!(bound.out, "{\"Authorization\":\"Bearer good\"}\n", "{bound:?}");
}
