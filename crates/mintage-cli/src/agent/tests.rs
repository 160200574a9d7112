use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread::JoinHandle;

use super::*;
use crate::target::Target;

/// An agent that gives these answers, one a connection, and returns what it was asked.
fn agent(folder: &Path, answers: Vec<Vec<Answer>>) -> (Agent, JoinHandle<Vec<String>>) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let address = Address::at(folder.join("agent.sock")).unwrap();
    let listener = UnixListener::bind(address.socket()).unwrap();
    std::fs::set_permissions(address.socket(), std::fs::Permissions::from_mode(0o600)).unwrap();
    let served = std::thread::spawn(move || {
        answers
            .into_iter()
            .map(|lines| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = String::new();
                BufReader::new(stream.try_clone().unwrap()).read_line(&mut asked).unwrap();
                for line in lines {
                    stream.write_all(&line.to_line()).unwrap();
                }
                asked.trim_end().to_owned()
            })
            .collect()
    });
    (Agent { address, start: false, quiet: false }, served)
}

fn token(text: &str) -> Answer {
    Answer::Token(TokenAnswer {
        value: protocol::Token::new(text.into()).unwrap(),
        handle: "h1".into(),
        token_type: "bearer".into(),
        token_id: None,
        expires_at: Some("2026-11-29T16:00:00Z".into()),
        expires_at_epoch: Some(1_795_968_000),
        scopes: vec!["openid".into()],
        issuer: "https://auth.example".into(),
        service_user: "ci-bot".into(),
        environment: "staging".into(),
        reused: true,
    })
}

fn request() -> TokenRequest {
    let target = Target::parse("https://git.example:8443/team/repo.git");
    let name = crate::request::Name { user: Some("ci-bot".into()), environment: None };
    TokenRequest { name, target, asker: "git", ..TokenRequest::default() }
}

#[test]
fn a_token_comes_back_with_all_that_is_known_about_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut agent, served) = agent(folder.path(), vec![vec![Answer::Waiting { request: "q1".into() }, token("good")]]);
    let Outcome::Token(got) = agent.token(&request()).unwrap() else { panic!("not bound") };
    assert_eq!(format!("{got:?}"), format!("{:?}", crate::testing::token("good")));
    assert_eq!(*got.header_value(), "Bearer good");
    assert_eq!(served.join().unwrap(), [r#"{"v":1,"ask":"token","user":"ci-bot","host":"https://git.example:8443"}"#]);
}

#[test]
fn a_refused_token_is_named_by_its_handle_before_another_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (mut agent, served) = agent(folder.path(), vec![vec![Answer::Done], vec![token("better")]]);
    let again = TokenRequest { refused: Some(Refused::Handle("h0".into())), ..request() };
    agent.token(&again).unwrap();
    assert_eq!(served.join().unwrap()[0], r#"{"v":1,"ask":"refused","handle":"h0"}"#);
}

#[test]
fn a_refused_token_without_a_handle_is_named_by_its_fingerprint_and_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut agent, served) = agent(folder.path(), vec![vec![Answer::Done]]);
    let refused = Some(Refused::Token(SecretString::from("stale")));
    agent.refused(&TokenRequest { refused, no_input: true, ..request() }).unwrap();
    let fingerprint = fingerprint("stale");
    assert_eq!(served.join().unwrap(), [format!(r#"{{"v":1,"ask":"refused_token","fingerprint":{fingerprint}}}"#)]);
}

#[test]
fn the_agent_s_no_is_told_with_its_code_and_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let problem = |code| vec![Answer::Error(Problem::new(code, "it says no", "do this"))];
    let (mut agent, _) = agent(folder.path(), vec![problem("approval-denied"), problem(NOT_BOUND)]);
    let denied = agent.token(&request()).unwrap_err();
    assert_eq!(
        (denied.exit, denied.to_text().as_str()),
        (Exit::NotApproved, "error[approval-denied]: it says no\nhelp: do this\n")
    );
    assert!(matches!(agent.token(&request()), Ok(Outcome::NotBound)));
}

#[test]
fn an_agent_that_is_not_there_is_a_failure_with_a_next_step() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let address = Address::at(folder.path().join("agent.sock")).unwrap();
    let mut agent = Agent { address, start: false, quiet: false };
    let failure = agent.token(&request()).unwrap_err();
    assert_eq!((failure.code.as_str(), failure.exit), ("no-agent", Exit::Failed));
    assert!(failure.help.is_some());
}
