//! An agent that ends lets what is under way be finished; and what it knows of whether anybody is there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mintage_agent::{Agent, Clock, Config, Ended, Limits, Now, Server};
use mintage_agent_protocol::client::ClientError;
use mintage_agent_protocol::{Host, Lease};

use crate::support::{Place, Raw, Running, TestSource, asking, beside, code, reaches, token, wish};

#[tokio::test]
async fn a_token_that_is_being_minted_is_still_handed_out() {
    let place = Place::new();
    let running = place.serve().await;
    running.source().close();
    let minting = running.asking(wish("open"));
    let waiting = running.asking(wish("asked"));
    reaches(&running.source().begun, 1).await;
    running.question().await;
    running.stop();
    assert_eq!(code(waiting.await.unwrap().unwrap()), "agent-ended");
    assert!(matches!(asking(&place.address, wish("open")).await.unwrap(), Err(ClientError::NoAgent)));
    running.source().open();
    token(minting.await.unwrap().unwrap());
    assert_eq!(running.task.await.unwrap(), Ended::Stopped);
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let place = Place::new();
    let limits = Limits { drain: Duration::ZERO, ..Limits::default() };
    let running = place.serve_as(Host::Headless, limits).await;
    running.source().close();
    let minting = running.asking(wish("open"));
    reaches(&running.source().begun, 1).await;
    running.stop();
    assert_eq!(running.task.await.unwrap(), Ended::Stopped);
    assert!(matches!(minting.await.unwrap(), Err(ClientError::NoAgent)));
}

const HOUR: Duration = Duration::from_secs(3600);

fn idle_end() -> Limits {
    Limits { idle_end: Some(Duration::from_secs(60)), ..Limits::default() }
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_nobody_needs_ends_by_itself() {
    let place = Place::new();
    let running = place.serve_as(Host::Headless, idle_end()).await;
    assert_eq!(running.task.await.unwrap(), Ended::Idle);
    assert!(!place.address.socket().exists());
}

#[tokio::test(start_paused = true)]
async fn an_agent_is_needed_while_somebody_waits_or_holds_a_grant() {
    let place = Place::new();
    // Asked before the agent looks around for the first time.
    let server = Server::start(&place.address).await.unwrap();
    let mut raw = Raw::connect(&place.address);
    raw.send(&wish("asked").to_line());
    let running = Running::from(server, Host::Headless, idle_end(), place.address.clone());
    let question = running.question().await;
    tokio::time::sleep(HOUR).await;
    assert!(!running.task.is_finished(), "somebody waits");

    running.agent.approve(&question.request, Some(0), Lease::default()).unwrap();
    let lines = beside(move || std::iter::from_fn(|| raw.line()).collect::<Vec<_>>()).await;
    assert!(lines[1].starts_with(r#"{"v":1,"token""#));
    tokio::time::sleep(HOUR).await;
    assert!(!running.task.is_finished(), "somebody holds a grant");

    running.agent.revoke(&running.agent.grants()[0].grant).unwrap();
    assert_eq!(running.task.await.unwrap(), Ended::Idle);
}

/// A clock that a test sets: how long the computer was awake, and how long it slept.
#[derive(Clone, Default)]
struct Set(Arc<Mutex<Duration>>, Arc<Mutex<Duration>>);

impl Clock for Set {
    fn now(&self) -> Now {
        let (awake, asleep) = (*self.0.lock().unwrap(), *self.1.lock().unwrap());
        Now { wall: time::OffsetDateTime::UNIX_EPOCH + awake + asleep, monotonic: awake }
    }
}

#[tokio::test]
async fn a_computer_that_slept_is_locked_until_somebody_unlocks_it() {
    let clock = Set::default();
    let agent = Agent::new(TestSource::default(), clock.clone(), Config::of(Host::Desktop));
    agent.lock_if_slept().await;
    *clock.0.lock().unwrap() += HOUR;
    agent.lock_if_slept().await;
    assert!(!agent.is_locked(), "it was awake");
    *clock.1.lock().unwrap() += HOUR;
    // Whoever looks first.
    assert!(agent.grants().is_empty());
    agent.lock_if_slept().await;
    assert!(agent.is_locked());
    *clock.1.lock().unwrap() += HOUR;
    agent.unlock().await.unwrap();
    agent.lock_if_slept().await;
    assert!(!agent.is_locked(), "the sleep was before");
}

#[tokio::test]
async fn an_agent_knows_how_long_it_has_seen_nobody() {
    let clock = Set::default();
    let agent = Agent::new(TestSource::default(), clock.clone(), Config::of(Host::Headless));
    assert_eq!(agent.unattended_for(), Duration::ZERO);
    *clock.0.lock().unwrap() += HOUR;
    assert_eq!(agent.unattended_for(), HOUR);
    agent.seen_person();
    assert_eq!(agent.unattended_for(), Duration::ZERO);
    *clock.0.lock().unwrap() += HOUR;
    agent.lock().await;
    assert_eq!(agent.unattended_for(), HOUR, "a lock needs no person");
    agent.unlock().await.unwrap();
    assert_eq!(agent.unattended_for(), Duration::ZERO, "unlocking does");
}
