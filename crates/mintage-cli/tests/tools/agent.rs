//! The product's own programs, against an agent that gives fixed answers.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use mintage_agent_protocol::{
    Answer, Choice, ChoiceKind, GrantRow, Hello, Host, ProcessRow, QuestionRow, Request, Token, TokenAnswer,
};

use mintage_core::catalog::Catalog;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::key_file::{KeyFile, Material};
use mintage_core::keychain::Keychain;
use mintage_core::mint::Mint;
use mintage_core::provider::{ProviderId, Shape};
use mintage_core::secret::Secret;
use time::macros::datetime;

use crate::bench::{Bench, Ran, run};

/// Starts the agent, and gives the requests that it gets.
fn agent(bench: &Bench) -> Arc<Mutex<Vec<Request>>> {
    agent_with(bench, Vec::new())
}

/// The same with tokens of these service users in memory.
fn agent_with(bench: &Bench, in_memory: Vec<String>) -> Arc<Mutex<Vec<Request>>> {
    let folder = bench.path("home/mintage");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let socket = folder.join("agent.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o600)).unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = Vec::new();
            BufReader::new(stream.try_clone().unwrap()).read_until(b'\n', &mut line).unwrap();
            let request = Request::from_line(&line).unwrap();
            let answer = match &request {
                Request::InMemory => Answer::InMemory(in_memory.clone()),
                request => answer(request),
            };
            let answer = answer.to_line();
            // Before the answer, so that whoever got it finds it noted.
            log.lock().unwrap().push(request);
            _ = stream.write_all(&answer);
        }
    });
    asked
}

fn process(pid: u32, name: &str) -> ProcessRow {
    ProcessRow { pid, name: name.into(), program: None, folder: None, started_at: None }
}

/// Fills the bench's catalogue with two service users, and gives their ids.
fn two_service_users(bench: &Bench) -> [String; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = bench.path("home/.local/share/mintage");
    runtime.block_on(async {
        let catalog = Catalog::open(&folder).await.unwrap();
        let keychain = Keychain::over(|| Ok(keyring_core::mock::Store::new()?));
        let mint = Mint::new(catalog.clone(), keychain, Arc::new(mintage_cli::full::now));
        let mut ids = Vec::new();
        for (name, environment, expires_at) in
            [("ci-bot", "staging", datetime!(2100-01-01 00:00 UTC)), ("a\tb", "live", datetime!(2020-01-01 00:00 UTC))]
        {
            let draft = EnvironmentDraft::new(
                environment,
                ProviderId("keycloak".into()),
                Tier::Staging,
                "https://auth.example",
            );
            let environment = mint.add_environment(draft, false).await.unwrap();
            let secret = Material::ClientSecret(Secret::new("throwaway".to_owned()));
            let file = KeyFile {
                user_id: Some(name.replace('\t', "-")),
                expires_at: Some(expires_at),
                ..KeyFile::new(Shape::Alone, secret)
            };
            let imported = mint.import_generated(&environment, name, &file).await.unwrap();
            ids.push(imported.service_user.0.to_string());
        }
        catalog.close().await;
        ids.try_into().unwrap()
    })
}

fn answer(request: &Request) -> Answer {
    match request {
        Request::Token(_) => Answer::Token(TokenAnswer {
            value: Token::new("good".into()).unwrap(),
            handle: "h1".into(),
            token_type: "Bearer".into(),
            token_id: None,
            expires_at: None,
            expires_at_epoch: Some(4_102_444_800),
            scopes: Vec::new(),
            issuer: "https://auth.example".into(),
            service_user: "ci-bot".into(),
            environment: "staging".into(),
            reused: true,
        }),
        Request::Hello { .. } => {
            Answer::Hello(Hello { program: "0.1.0".into(), schema: 7, locked: false, host: Host::Headless })
        }
        Request::Grants => Answer::Grants(vec![GrantRow {
            grant: "g1".into(),
            holder: process(12, "make"),
            user: "id-1".into(),
            service_user: "ci-bot".into(),
            environment: "staging".into(),
            scopes: Vec::new(),
            audience: Vec::new(),
            approved: true,
            granted_at: "2026-11-29T15:00:00Z".into(),
            last_used: "2026-11-29T16:00:00Z".into(),
            ends_at: "2026-11-29T17:00:00Z".into(),
            count: 3,
        }]),
        Request::Questions => Answer::Questions(vec![QuestionRow {
            request: "q1".into(),
            user: "id-1".into(),
            service_user: "ci-bot".into(),
            environment: "staging".into(),
            production: false,
            scopes: Vec::new(),
            audience: Vec::new(),
            reason: None,
            chain: vec![process(12, "make")],
            choices: vec![Choice { kind: ChoiceKind::Command, process: process(12, "make") }],
            certain: true,
            attended: true,
            asked_at: "2026-11-29T16:00:00Z".into(),
            ends_at: "2026-11-29T16:02:00Z".into(),
            waiting: 1,
        }]),
        _ => Answer::Done,
    }
}

fn mintage(bench: &Bench, line: &str) -> Ran {
    run("mintage", bench.command(env!("CARGO_BIN_EXE_mintage")).args(line.split(' '))).unwrap()
}

#[test]
fn both_programs_ask_the_agent_for_tokens() {
    let bench = Bench::new(&[], &[]);
    let asked = agent(&bench);
    let header = "{\"Authorization\":\"Bearer good\"}\n";
    for (line, out) in [
        ("token ci-bot", "good\n"),
        ("-e staging token ci-bot", "good\n"),
        ("helper headers ci-bot", header),
        ("-q helper headers ci-bot", header),
        ("exec ci-bot -- printenv MINTAGE_TOKEN", "good\n"),
        ("--agent require exec ci-bot -- printenv MINTAGE_TOKEN", "good\n"),
    ] {
        let ran = mintage(&bench, line);
        assert_eq!((ran.out.as_str(), ran.err.as_str(), ran.code), (out, "", Some(0)), "{line}");
    }
    assert_eq!(asked.lock().unwrap().len(), 6);
}

#[test]
fn lists_are_tabs_for_programs_and_json_has_epochs() {
    let bench = Bench::new(&[], &[]);
    let [ci_bot, other] = two_service_users(&bench);
    let listed = |state: &str| {
        format!(
            "a\\tb\tlive\tKeycloak\tready\t2020-01-01T00:00:00Z\t\t{other}\n\
             ci-bot\tstaging\tKeycloak\t{state}\t2100-01-01T00:00:00Z\t\t{ci_bot}\n"
        )
    };
    // Without an agent no token is in memory, and none is started.
    assert_eq!(mintage(&bench, "ls").out, listed("ready"));
    agent_with(&bench, vec![ci_bot.clone()]);
    assert_eq!(mintage(&bench, "ls").out, listed("token"));
    assert_eq!(mintage(&bench, "--agent never ls").out, listed("ready"));
    assert_eq!(mintage(&bench, "ls CI-").out.lines().count(), 1);
    assert_eq!(mintage(&bench, "ls --expiring 30d").out.lines().count(), 1);
    assert_eq!(mintage(&bench, "-e staging ls").out.lines().count(), 1);
    let json = mintage(&bench, "ls --json").out;
    assert!(json.starts_with('[') && json.contains("\"keyExpiresAtEpoch\":4102444800"), "{json}");
    assert_eq!(mintage(&bench, "agent status").out, "a headless agent 0.1.0, unlocked\n");
    let grants = "g1\tmake (12)\tci-bot\tstaging\t3\t2026-11-29T16:00:00Z\t2026-11-29T17:00:00Z\n";
    assert_eq!(mintage(&bench, "agent grants").out, grants);
    assert!(mintage(&bench, "agent grants --json").out.contains("\"endsAtEpoch\":1795971600"));
}

#[test]
fn a_lock_and_a_denial_reach_the_agent() {
    let bench = Bench::new(&[], &[]);
    let asked = agent(&bench);
    for line in ["lock", "agent lock", "agent revoke g1", "deny"] {
        assert_eq!(mintage(&bench, line).code, Some(0), "{line}");
    }
    let asked = asked.lock().unwrap();
    let expected = [Request::Lock, Request::Lock, Request::Revoke { grant: "g1".into() }, Request::Questions];
    assert_eq!(asked[..4], expected);
    assert_eq!(asked[4], Request::Deny { request: "q1".into() });
}

#[test]
fn only_a_person_on_a_terminal_approves_and_return_denies() {
    let bench = Bench::new(&[], &[]);
    let asked = agent(&bench);
    assert_eq!(mintage(&bench, "approve").code, Some(9));
    for (typed, approves) in [("1\n", true), ("\n", false), ("yes\n", false)] {
        asked.lock().unwrap().clear();
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut command = bench.command(env!("CARGO_BIN_EXE_mintage"));
        let child = command.arg("approve").stdin(Stdio::from(terminal.slave)).stderr(Stdio::piped()).spawn();
        let (mut child, mut keyboard) = (child.unwrap(), fs::File::from(terminal.master));
        keyboard.write_all(typed.as_bytes()).unwrap();
        let mut shown = String::new();
        child.stderr.take().unwrap().read_to_string(&mut shown).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{shown}");
        assert!(shown.starts_with("make (12) wants ci-bot in staging\n"), "{shown}");
        let last = asked.lock().unwrap().pop().unwrap();
        assert_eq!(matches!(last, Request::Approve(_)), approves, "{typed:?} {last:?}");
    }
}

#[test]
fn looking_starts_no_agent() {
    let bench = Bench::new(&[], &[]);
    fs::create_dir(bench.path("home/mintage")).unwrap();
    fs::set_permissions(bench.path("home/mintage"), fs::Permissions::from_mode(0o700)).unwrap();
    for line in
        ["agent status", "agent grants", "--agent require lock", "--agent require ls", "--agent require token ci-bot"]
    {
        let ran = mintage(&bench, line);
        assert!(ran.err.starts_with("error[no-agent]: ") && ran.code == Some(1), "{line}: {ran:?}");
    }
}
