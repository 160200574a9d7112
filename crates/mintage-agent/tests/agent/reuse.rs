//! A process whose number was another's before. In a PID namespace of their own, these tests say which number is next.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use mintage_agent::Agent;
use mintage_agent::peer::{PeerError, identify};
use mintage_agent_protocol::{Lease, QuestionRow};
use tokio::net::UnixListener;

use crate::child;
use crate::support::{Place, TestSource, until};

/// Runs a role as the first process of a PID namespace. Skipped, and said to be, where the system allows none.
fn in_namespace(role: &str) {
    let unshare = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];
    let allowed = Command::new("unshare").args(unshare).args(["test", "-w", LAST_PID]).stderr(Stdio::null()).status();
    if !allowed.is_ok_and(|status| status.success()) {
        // In the form that `cargo xtask test` collects, past the test runner.
        let thread = std::thread::current();
        let test = thread.name().unwrap_or_default();
        _ = writeln!(std::io::stdout(), "skipped: {test}: this system allows no PID namespace");
        return;
    }
    let place = Place::new();
    let inside = child::command(role, &place.address);
    let mut command = Command::new("unshare");
    command.args(unshare).arg(inside.get_program()).args(inside.get_args());
    command.envs(inside.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
}

/// The number of the namespace's newest process; the next one gets the next number (proc(5)).
const LAST_PID: &str = "/proc/sys/kernel/ns_last_pid";

/// Starts this command as the process with this number, which no process has now.
fn spawn_as(pid: u32, mut command: Command) -> Child {
    loop {
        std::fs::write(LAST_PID, (pid - 1).to_string()).unwrap();
        let mut child = command.spawn().unwrap();
        if child.id() == pid {
            return child;
        }
        // A thread was started in between and took the number. It may end soon.
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// When a process was started, in ticks (proc(5), field 22 of `stat`).
fn start(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.split(' ').nth(19).unwrap().parse().unwrap()
}

/// Returns once a new process is younger than one of that tick. Numbers aren't reused within the same tick elsewhere.
fn pass_tick(tick: u64) {
    let started = || {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let started = start(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        started
    };
    while started() <= tick {}
}

#[test]
fn a_grant_is_not_inherited_with_a_number() {
    in_namespace("a grant and a reused number");
}

#[test]
fn a_connection_is_not_inherited_with_a_number() {
    in_namespace("a connection and a reused number");
}

/// Waits for a question and allows the program that asks, or denies it.
async fn answer(agent: &Arc<Agent<TestSource>>, allow: bool) -> QuestionRow {
    let question = until(|| agent.questions().into_iter().next()).await;
    if allow {
        agent.approve(&question.request, Some(0), Lease::default()).unwrap();
    } else {
        agent.deny(&question.request).unwrap();
    }
    question
}

pub(crate) async fn grant(place: Place) {
    let running = place.serve().await;
    let ask = || child::command("ask", &place.address);
    let mut first = ask().spawn().unwrap();
    let started = start(first.id());
    let question = answer(&running.agent, true).await;
    assert_eq!(question.choices[0].process.pid, first.id());
    until(|| first.try_wait().unwrap()).await;
    pass_tick(started);

    let mut second = spawn_as(first.id(), ask());
    let question = answer(&running.agent, false).await;
    assert_eq!(question.choices[0].process.pid, first.id(), "it has the number of the one that was allowed");
    until(|| second.try_wait().unwrap()).await;
    assert_eq!(running.source().mints(), 1);
}

pub(crate) async fn connection(place: Place) {
    std::fs::create_dir(place.address.folder()).unwrap();
    let listener = UnixListener::bind(place.address.socket()).unwrap();
    let mut first = child::command("connect and leave it to cat", &place.address).spawn().unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    until(|| first.try_wait().unwrap()).await;
    let mut other = Command::new("cat");
    other.stdin(Stdio::piped());
    let mut second = spawn_as(first.id(), other);
    assert!(matches!(identify(&stream), Err(PeerError::Gone)));
    second.kill().unwrap();
    second.wait().unwrap();
}
