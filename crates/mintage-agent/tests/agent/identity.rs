//! Who is at the other end.

use std::os::unix::process::CommandExt;
use std::path::Path;

use mintage_agent::peer::{PeerError, identify};
use tokio::net::UnixListener;

use crate::child;
use crate::support::{Place, until};

/// A listener without an agent, so that a test says when a connection is looked at.
fn listen(place: &Place) -> UnixListener {
    std::fs::create_dir(place.address.folder()).unwrap();
    UnixListener::bind(place.address.socket()).unwrap()
}

#[tokio::test]
async fn a_process_that_has_ended_is_nobody() {
    let place = Place::new();
    let listener = listen(&place);
    assert!(child::command("connect and end", &place.address).status().unwrap().success());
    let (stream, _) = listener.accept().await.unwrap();
    assert!(matches!(identify(&stream), Err(PeerError::Gone)));
}

#[tokio::test]
async fn a_child_that_holds_the_connection_of_an_ended_process_is_nobody() {
    let place = Place::new();
    let listener = listen(&place);
    assert!(child::command("connect and leave it to cat", &place.address).status().unwrap().success());
    let (stream, _) = listener.accept().await.unwrap();
    assert!(matches!(identify(&stream), Err(PeerError::Gone)));
}

#[tokio::test]
async fn a_process_that_runs_another_file_is_the_same_process_with_another_program() {
    let place = Place::new();
    let listener = listen(&place);
    let mut child = child::command("connect and become cat", &place.address).spawn().unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let before = identify(&stream).unwrap();
    let program = format!("/proc/{}/exe", child.id());
    until(|| std::fs::read_link(&program).ok().filter(|program| program.ends_with("cat"))).await;
    let after = identify(&stream).unwrap();
    assert!(after.certain);
    assert_eq!(after.chain[0].id, before.chain[0].id);
    assert_eq!(after.chain[0].id.pid, child.id());
    assert_eq!(after.chain[0].program.as_deref().and_then(Path::file_name), Some("cat".as_ref()));
    drop(stream);
    child.wait().unwrap();
}

#[tokio::test]
async fn another_user_gets_no_answer() {
    if !nix::unistd::geteuid().is_root() {
        return; // Only root can become somebody else.
    }
    let place = Place::new();
    let running = place.serve().await;
    let ask_as_nobody = || {
        let mut command = child::command("ask without checking", &place.address);
        command.uid(65534).gid(65534).current_dir("/");
        command
    };
    // The folder keeps them out.
    assert_eq!(ask_as_nobody().status().unwrap().code(), Some(101), "connected");

    // And if it didn't, the agent would.
    for path in [place.above(), place.address.folder(), place.address.socket()] {
        open_to_all(path);
    }
    let mut child = ask_as_nobody().spawn().unwrap();
    let status = until(|| child.try_wait().unwrap()).await;
    assert_eq!(status.code(), Some(42), "43 is an answer");
    drop(running);
}

fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
}
