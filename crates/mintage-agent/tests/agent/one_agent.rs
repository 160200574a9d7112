//! There is one agent, whatever became of the last one.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use mintage_agent::{Ended, Limits, Server, StartError};
use mintage_agent_protocol::client::ClientError;
use mintage_agent_protocol::{Answer, Host, Request};

use crate::child;
use crate::support::{Place, Running, asking, code, token, until, wish};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_socket_is_closed_to_others_and_gone_when_the_agent_ends() {
    let place = Place::new();
    let running = place.serve().await;
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.address.folder()), 0o700);
    assert_eq!(mode(place.address.socket()), 0o600);
    assert_eq!(mode(&place.address.lock()), 0o600);
    running.stop();
    assert_eq!(running.task.await.unwrap(), Ended::Stopped);
    assert!(!place.address.socket().exists());
}

#[tokio::test]
async fn of_agents_that_start_at_once_one_is_it() {
    let place = Place::new();
    let starting: Vec<_> = (0..16)
        .map(|_| {
            let address = place.address.clone();
            tokio::spawn(async move { Server::start(&address).await })
        })
        .collect();
    let mut started = Vec::new();
    for server in starting {
        match server.await.unwrap() {
            Ok(server) => started.push(server),
            Err(error) => assert!(matches!(error, StartError::Running), "{error}"),
        }
    }
    assert_eq!(started.len(), 1);
    drop(started);
    token(place.serve().await.ask(wish("open")).await);
}

#[tokio::test]
async fn a_killed_agent_is_no_agent_and_another_takes_its_place() {
    let place = Place::new();
    let mut killed = child::command("agent", &place.address).spawn().unwrap();
    // The kill comes while an asker waits for its token.
    let hello = || asking(&place.address, Request::Hello { program: "x".into() });
    loop {
        match hello().await.unwrap() {
            Ok(_) => break,
            Err(error) => assert!(matches!(error, ClientError::NoAgent), "{error}"),
        }
    }
    assert!(matches!(Server::start(&place.address).await, Err(StartError::Running)));
    let waiting = asking(&place.address, wish("open"));
    until_granted(&place).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(matches!(waiting.await.unwrap(), Err(ClientError::NoAgent)));

    assert!(place.address.socket().exists(), "a killed agent leaves its socket");
    assert!(matches!(hello().await.unwrap(), Err(ClientError::NoAgent)));
    token(place.serve().await.ask(wish("open")).await);
}

#[tokio::test]
async fn an_agent_that_is_ending_is_waited_for() {
    let place = Place::new();
    drop(Server::start(&place.address).await.unwrap());
    // It holds its lock until its record is stored, and has removed its socket before.
    let ending = std::fs::File::open(place.address.lock()).unwrap();
    ending.lock().unwrap();
    std::fs::remove_file(place.address.socket()).unwrap();
    let mut starting = std::pin::pin!(Server::start(&place.address));
    let poll = std::future::poll_fn(|context| std::task::Poll::Ready(starting.as_mut().poll(context).is_ready()));
    assert!(!poll.await, "two processes are the agent");
    ending.unlock().unwrap();
    starting.await.unwrap();
}

/// The agent, which is another process, has got as far as minting.
async fn until_granted(place: &Place) {
    loop {
        let grants = asking(&place.address, Request::Grants).await.unwrap().unwrap();
        if matches!(grants, Answer::Grants(rows) if !rows.is_empty()) {
            return;
        }
    }
}

#[tokio::test]
async fn what_is_no_socket_is_left_where_it_is() {
    let place = Place::new();
    std::fs::create_dir(place.address.folder()).unwrap();
    std::fs::set_permissions(place.address.folder(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let target = place.above().join("precious");
    std::fs::write(&target, "kept").unwrap();
    symlink(&target, place.address.socket()).unwrap();
    assert!(matches!(Server::start(&place.address).await, Err(StartError::Failed(_))));
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "kept");
    assert!(place.address.socket().is_symlink());
}

#[tokio::test]
async fn a_folder_that_is_not_ones_own_alone_is_refused() {
    for spoil in [spoil_by_mode, spoil_by_link, spoil_by_owner] {
        let place = Place::new();
        std::fs::create_dir(place.address.folder()).unwrap();
        std::fs::set_permissions(place.address.folder(), std::fs::Permissions::from_mode(0o700)).unwrap();
        if !spoil(&place) {
            continue;
        }
        assert!(matches!(Server::start(&place.address).await, Err(StartError::Unsafe(_))));
        let asked = asking(&place.address, Request::Lock).await.unwrap();
        assert!(matches!(asked, Err(ClientError::Unsafe(_))));
    }
}

fn spoil_by_mode(place: &Place) -> bool {
    std::fs::set_permissions(place.address.folder(), std::fs::Permissions::from_mode(0o750)).unwrap();
    true
}

fn spoil_by_link(place: &Place) -> bool {
    let elsewhere = place.above().join("elsewhere");
    std::fs::rename(place.address.folder(), &elsewhere).unwrap();
    symlink(elsewhere, place.address.folder()).unwrap();
    true
}

/// Only root can give a folder away.
fn spoil_by_owner(place: &Place) -> bool {
    nix::unistd::geteuid().is_root() && std::os::unix::fs::chown(place.address.folder(), Some(65534), None).is_ok()
}

#[tokio::test]
async fn a_desktop_takes_over_from_a_headless_agent() {
    let place = Place::new();
    let headless = place.serve().await;
    let waiting = headless.asking(wish("asked"));
    headless.question().await;
    let server = Server::take_over(&place.address, PATIENCE).await.unwrap();
    assert_eq!(code(waiting.await.unwrap().unwrap()), "agent-ended");
    assert_eq!(headless.task.await.unwrap(), Ended::TakenOver);
    let desktop = Running::from(server, Host::Desktop, Limits::default(), place.address.clone());
    token(desktop.ask(wish("open")).await);
}

#[tokio::test]
async fn a_desktop_takes_over_where_no_agent_or_a_killed_one_was() {
    let place = Place::new();
    drop(Server::take_over(&place.address, PATIENCE).await.unwrap());
    assert!(place.address.socket().exists());
    drop(Server::take_over(&place.address, PATIENCE).await.unwrap());
}

#[tokio::test]
async fn a_desktop_stays() {
    let place = Place::new();
    let desktop = place.serve_as(Host::Desktop, Limits::default()).await;
    assert!(matches!(Server::take_over(&place.address, PATIENCE).await, Err(StartError::Running)));
    token(desktop.ask(wish("open")).await);
    until(|| (!desktop.task.is_finished()).then_some(())).await;
}
