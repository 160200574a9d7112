//! git, in whatever version is installed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::bench::{Bench, Ran};
use crate::server::{Response, Server};

/// What a git host offers that takes both.
pub(crate) const BOTH: &str = "Bearer realm=\"test\"\r\nWWW-Authenticate: Basic realm=\"test\"";

/// A repository with one branch, as `git ls-remote` asks for it.
pub(crate) fn repository(path: &str, _: u16) -> Option<Response> {
    let line = |text: &str| format!("{:04x}{text}", text.len() + 4);
    let reference = format!("{} refs/heads/main\0agent=test\n", "1".repeat(40));
    let body = format!("{}0000{}0000", line("# service=git-upload-pack\n"), line(&reference));
    let kind = "application/x-git-upload-pack-advertisement";
    path.starts_with("/team/repo.git/info/refs").then(|| Response { kind, body: body.into_bytes() })
}

fn ls_remote(bench: &Bench, server: &Server, helper: &str) -> Option<Ran> {
    let config = format!("[credential \"http://{}\"]\n\thelper =\n\thelper = {helper}\n", server.host());
    let config = bench.write("home/.gitconfig", &config);
    let url = format!("http://{}/team/repo.git", server.host());
    let mut command = bench.command("git");
    command
        .args(["ls-remote", &url])
        .env("GIT_CONFIG_GLOBAL", config)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
    crate::bench::run("git", &mut command)
}

fn sends_bearer(bench: &Bench) -> bool {
    let version = bench.run("git", &["--version"]).unwrap().out;
    let numbers: Vec<u32> = version.split([' ', '.']).filter_map(|part| part.trim().parse().ok()).collect();
    numbers[..2] >= [2, 46][..]
}

fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("oauth2:{token}")))
}

#[test]
fn git_reads_a_repository_with_the_right_token() {
    let server = Server::wanting("good", BOTH, repository);
    let bench = Bench::new(&[&server.host()], &["good"]);
    let Some(ran) = ls_remote(&bench, &server, "\"!mintage helper git ci-bot -e staging\"") else { return };
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), format!("{}\trefs/heads/main\n", "1".repeat(40)).as_str()),
        "{ran:?}"
    );
    let expected = if sends_bearer(&bench) { "Bearer good".to_owned() } else { basic("good") };
    assert_eq!(server.authorizations(), [expected]);
    assert_eq!(bench.requests(), [format!("git ci-bot http://{}", server.host())]);
}

#[test]
fn git_finds_the_helper_by_its_program_name() {
    let server = Server::wanting("good", "Basic realm=\"test\"", repository);
    let bench = Bench::new(&[&server.host()], &["good"]);
    bench.link("git-credential-mintage");
    let Some(ran) = ls_remote(&bench, &server, "\"mintage ci-bot -e staging\"") else { return };
    assert_eq!((ran.code, server.authorizations()), (Some(0), vec![basic("good")]), "{ran:?}");
}

/// With 2.46 and later the command that was refused succeeds; an older git has failed by the time it says so.
#[test]
fn a_refused_token_is_replaced() {
    let server = Server::wanting("good", BOTH, repository);
    let bench = Bench::new(&[&server.host()], &["stale", "good"]);
    let helper = "\"!mintage helper git ci-bot -e staging\"";
    let Some(first) = ls_remote(&bench, &server, helper) else { return };
    assert_eq!(first.code, Some(if sends_bearer(&bench) { 0 } else { 128 }), "{first:?}");
    assert!(bench.requests().contains(&"refused stale".to_owned()), "{:?}", bench.requests());
    assert_eq!(ls_remote(&bench, &server, helper).unwrap().code, Some(0));
}

/// What git 2.55 says during one `ls-remote`, recorded: the first answer is refused, and git asks again with our state
/// instead of failing.
#[test]
fn a_new_git_heals_within_one_command() {
    let bench = Bench::new(&["git.example"], &["stale", "good"]);
    let ask = |more: &str| {
        let input = format!(
            "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=git.example\nwwwauth[]=Bearer realm=\"test\"\n{more}\n"
        );
        let input = std::fs::File::open(bench.write("source/input", &input)).unwrap();
        let mut command = bench.command("mintage");
        command.args(["helper", "git", "ci-bot", "-e", "staging", "get"]).stdin(input);
        crate::bench::run("mintage", &mut command).unwrap().out
    };
    let answer = |token: &str, again: u8| {
        format!(
            "capability[]=authtype\ncapability[]=state\nauthtype=Bearer\ncredential={token}\nephemeral=1\n\
             password_expiry_utc=4102444800\nstate[]=mintage.h=handle-of-{token}\ncontinue={again}\n"
        )
    };
    assert_eq!(ask(""), answer("stale", 1));
    assert_eq!(ask("state[]=mintage.h=handle-of-stale\n"), answer("good", 0));
    assert_eq!(bench.requests()[2], "refused stale");
}

#[test]
fn another_host_gets_nothing_and_a_denial_ends_the_command() {
    let server = Server::wanting("good", BOTH, repository);
    let helper = "\"!mintage helper git ci-bot -e staging\"";
    let elsewhere = Bench::new(&["git.example"], &["good"]);
    let Some(ran) = ls_remote(&elsewhere, &server, helper) else { return };
    assert!(ran.code == Some(128) && ran.err.contains("could not read Username"), "{ran:?}");
    let denying = Bench::new(&[&server.host()], &[]);
    let ran = ls_remote(&denying, &server, helper).unwrap();
    assert!(ran.err.contains("error[request-denied]") && ran.err.contains("told us to quit"), "{ran:?}");
    assert_eq!(server.authorizations(), Vec::<String>::new());
}
