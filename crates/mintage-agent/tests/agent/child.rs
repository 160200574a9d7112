//! What this program does when a test starts it again as another process.
//!
//! A test that needs another process names one of these in `ROLE`; in a normal run the one test here finds no role and
//! checks that.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use mintage_agent::{Limits, Server};
use mintage_agent_protocol::{Address, Answer, Host, Request, client};

use crate::reuse;
use crate::support::{Place, Running, wish};

const ROLE: &str = "MINTAGE_TEST_ROLE";
const SOCKET: &str = "MINTAGE_TEST_SOCKET";

/// This program again, in that role.
pub(crate) fn command(role: &str, address: &Address) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child::role", "--nocapture", "--test-threads=1"]);
    command.env(ROLE, role).env(SOCKET, address.socket());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn role() {
    let Ok(role) = std::env::var(ROLE) else {
        assert!(std::env::var(SOCKET).is_err(), "a socket without a role");
        return;
    };
    let address = Address::at(std::env::var_os(SOCKET).unwrap().into()).unwrap();
    let connect = || UnixStream::connect(address.socket()).unwrap();
    match role.as_str() {
        "agent" => serve(&address),
        "connect and end" => drop(connect()),
        "connect and become cat" => {
            let error = Command::new("cat").stdin(OwnedFd::from(connect())).exec();
            panic!("{error}");
        }
        "connect and leave it to cat" => drop(Command::new("cat").stdin(OwnedFd::from(connect())).spawn().unwrap()),
        "ask" => drop(client::ask(&address, &wish("asked"), &mut |_| {}).unwrap()),
        "unlock" => {
            nix::unistd::setsid().unwrap();
            let answer = client::ask(&address, &Request::Unlock, &mut |_| {}).unwrap();
            assert!(matches!(answer, Answer::Error(problem) if problem.code == "unlocker-unknown"));
        }
        "ask without checking" => {
            let mut stream = connect();
            let _ = stream.write_all(b"{\"v\":1,\"ask\":\"hello\",\"program\":\"x\"}\n");
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            std::process::exit(if answer.is_empty() { 42 } else { 43 });
        }
        "a grant and a reused number" => block_on(reuse::grant(Place::new())),
        "a connection and a reused number" => block_on(reuse::connection(Place::new())),
        other => panic!("no role {other}"),
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// Serves until it is killed, and never mints.
fn serve(address: &Address) {
    block_on(async {
        let server = Server::start(address).await.unwrap();
        let running = Running::from(server, Host::Headless, Limits::default(), address.clone());
        running.source().close();
        running.task.await.unwrap();
    });
}
