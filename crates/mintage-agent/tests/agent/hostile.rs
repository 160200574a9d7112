//! Askers that send too much, too slowly, nothing, or nothing that makes sense; and those who don't listen.

use std::time::Duration;

use mintage_agent::Limits;
use mintage_agent_protocol::{Answer, Host, REQUEST_LIMIT, Request, TokenRequest};

use crate::support::{Place, Raw, beside, code, reaches, token, until, wish};

/// What the agent says to these bytes.
async fn said(place: &Place, bytes: Vec<u8>) -> String {
    let address = place.address.clone();
    let line = beside(move || {
        let mut raw = Raw::connect(&address);
        raw.send(&bytes);
        raw.line()
    });
    code(Answer::from_line(line.await.unwrap().as_bytes()).unwrap())
}

#[tokio::test]
async fn what_is_no_request_is_refused_for_its_reason() {
    let place = Place::new();
    let running = place.serve().await;
    let check = async |line: &str, expected: &str| assert_eq!(said(&place, line.into()).await, expected, "{line}");
    check("\n", "request-unreadable").await;
    check("GET /token HTTP/1.1\r\n", "request-unreadable").await;
    check("{\"v\":1,\"ask\":\"key\"}\n", "request-unreadable").await;
    check("{\"v\":2,\"ask\":\"anything\"}\n", "agent-other-version").await;
    check("\u{0}\u{1b}[2J\n", "request-unreadable").await;
    token(running.ask(wish("open")).await);
}

#[tokio::test]
async fn a_request_of_the_limit_is_answered_and_a_longer_one_refused() {
    let place = Place::new();
    let running = place.serve().await;
    let request = |length: usize| {
        let with = |reason: String| {
            Request::Token(TokenRequest { user: "open".into(), reason: Some(reason), ..TokenRequest::default() })
        };
        let rest = with(String::new()).to_line().len();
        with("x".repeat(length - rest))
    };
    assert_eq!(request(REQUEST_LIMIT).to_line().len(), REQUEST_LIMIT);
    token(running.ask(request(REQUEST_LIMIT)).await);
    assert_eq!(code(running.ask(request(REQUEST_LIMIT + 1)).await), "request-too-large");
    // The client sends a megabyte into a connection that the agent closes, and still hears why.
    assert_eq!(code(running.ask(request(1 << 20)).await), "request-too-large");
    assert_eq!(running.source().mints(), 1);
}

#[tokio::test]
async fn a_slow_asker_holds_up_nobody_and_is_given_up() {
    let place = Place::new();
    let limits = Limits { send: Duration::from_millis(300), ..Limits::default() };
    let running = place.serve_as(Host::Headless, limits).await;
    let mut slow: Vec<Raw> = (0..50).map(|_| Raw::connect(&place.address)).collect();
    for raw in &mut slow {
        raw.send(b"{\"v\":1,");
    }
    token(running.ask(wish("open")).await);
    for mut raw in slow {
        let line = beside(move || raw.line()).await.unwrap();
        assert_eq!(code(Answer::from_line(line.as_bytes()).unwrap()), "request-too-slow");
    }
}

#[tokio::test]
async fn a_subscriber_that_does_not_read_holds_up_nobody() {
    let place = Place::new();
    let running = place.serve().await;
    let mut raw = Raw::connect(&place.address);
    raw.send(&Request::Subscribe.to_line());
    for _ in 0..20_000 {
        running.agent.lock().await;
    }
    let Answer::Hello(hello) = running.ask(Request::Hello { program: "x".into() }).await else { panic!() };
    assert!(hello.locked);
}

#[tokio::test]
async fn a_disk_that_hangs_holds_up_nobody_and_loses_no_row() {
    let place = Place::new();
    let limits = Limits { keep: Duration::from_millis(1), ..Limits::default() };
    let running = place.serve_as(Host::Headless, limits).await;
    running.source().disk.send_replace(false);
    token(running.ask(wish("open")).await);
    reaches(&running.source().storing, 1).await;
    token(running.ask(wish("open")).await);
    running.source().disk.send_replace(true);
    running.stop();
    let agent = std::sync::Arc::clone(&running.agent);
    running.task.await.unwrap();
    assert_eq!(agent.source().kept.lock().unwrap().last().map(|row| row.count), Some(2));
}

#[tokio::test]
async fn an_asker_that_closes_at_once_leaves_nothing_behind() {
    let place = Place::new();
    let running = place.serve().await;
    for bytes in [&b""[..], b"{", &wish("open").to_line(), &wish("asked").to_line(), &Request::Subscribe.to_line()] {
        let mut raw = Raw::connect(&place.address);
        raw.send(bytes);
        drop(raw);
    }
    until(|| running.agent.questions().is_empty().then_some(())).await;
    running.stop();
    running.task.await.unwrap();
}

#[tokio::test]
async fn more_askers_than_the_agent_can_hold_are_told_so() {
    let place = Place::new();
    let limits = Limits { connections: 1, ..Limits::default() };
    let running = place.serve_as(Host::Headless, limits).await;
    let waiting = running.asking(wish("asked"));
    let question = running.question().await;
    assert_eq!(code(running.ask(wish("open")).await), "agent-busy");
    running.agent.deny(&question.request).unwrap();
    assert_eq!(code(waiting.await.unwrap().unwrap()), "approval-denied");
}
