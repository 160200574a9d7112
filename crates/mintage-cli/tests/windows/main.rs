//! What only Windows does.
#![cfg(windows)]

use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long an agent may take to start on a busy machine. It ends by itself only after a quarter of an hour.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn an_agent_does_not_hold_the_pipes_of_whoever_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let agent = |verb: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage-full"));
        command.args(["agent", verb]).stdin(Stdio::null());
        command.env("MINTAGE_AGENT_SOCK", folder.path().join("agent.pipe")).env("MINTAGE_DATA_DIR", folder.path());
        command
    };
    let (tell, told) = mpsc::channel();
    let mut start = agent("start");
    // This reads until nobody holds the pipes any more.
    std::thread::spawn(move || tell.send(start.output()));
    let started = told.recv_timeout(PATIENCE);
    let stopped = agent("stop").output().unwrap();
    let started = started.expect("the pipes are closed while the agent runs").unwrap();
    assert!(started.status.success(), "{started:?}");
    assert!(stopped.status.success(), "{stopped:?}");
}
