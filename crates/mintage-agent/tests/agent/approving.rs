//! Questions to a person, and what becomes of those who wait for the answer.

use std::time::Duration;

use mintage_agent::Limits;
use mintage_agent_protocol::{Answer, Approve, ChoiceKind, Event, Host, Lease, Request, TokenRequest};

use crate::child;
use crate::support::{Place, Raw, beside, code, token, until, wish};

#[tokio::test]
async fn a_grant_to_the_asking_program_covers_its_next_requests() {
    let place = Place::new();
    let running = place.serve().await;
    let asking = running.asking(wish("asked"));
    let question = running.question().await;
    assert_eq!(question.chain[0].pid, std::process::id());
    assert_eq!(question.choices[0].kind, ChoiceKind::Command);
    assert!(question.certain);
    running.agent.approve(&question.request, Some(0), Lease::default()).unwrap();
    token(asking.await.unwrap().unwrap());
    token(running.ask(wish("asked")).await);
    let grants = running.agent.grants();
    assert_eq!((grants[0].count, grants[0].approved), (2, true));

    assert!(matches!(running.ask(Request::Revoke { grant: grants[0].grant.clone() }).await, Answer::Done));
    let asking = running.asking(wish("asked"));
    running.agent.deny(&running.question().await.request).unwrap();
    assert_eq!(code(asking.await.unwrap().unwrap()), "approval-denied");
}

#[tokio::test]
async fn a_hundred_askers_of_one_program_are_one_question() {
    let place = Place::new();
    let running = place.serve().await;
    let asking: Vec<_> = (0..100).map(|_| running.asking(wish("asked"))).collect();
    let question = until(|| running.agent.questions().into_iter().find(|question| question.waiting == 100)).await;
    assert_eq!(running.agent.questions().len(), 1);
    running.agent.approve(&question.request, Some(0), Lease::default()).unwrap();
    for answer in asking {
        assert_eq!(token(answer.await.unwrap().unwrap()).handle, "h0");
    }
}

#[tokio::test]
async fn an_asker_that_waits_is_told_for_what() {
    let place = Place::new();
    let running = place.serve().await;
    let mut raw = Raw::connect(&place.address);
    raw.send(&wish("asked").to_line());
    let question = running.question().await.request;
    running.agent.approve(&question, None, Lease::default()).unwrap();
    let lines = beside(move || [raw.line(), raw.line(), raw.line()]).await;
    assert_eq!(lines[0].as_deref(), Some(format!(r#"{{"v":1,"waiting":true,"request":"{question}"}}"#).as_str()));
    assert!(lines[1].as_deref().unwrap().starts_with(r#"{"v":1,"token":{"#));
    assert_eq!(lines[2], None, "one request, one answer, and the agent closes");
}

#[tokio::test]
async fn the_question_of_an_asker_that_hangs_up_is_withdrawn() {
    let place = Place::new();
    let running = place.serve().await;
    let mut raw = Raw::connect(&place.address);
    raw.send(&wish("asked").to_line());
    let mut events = running.agent.subscribe();
    let question = running.question().await.request;
    drop(raw);
    while events.recv().await.unwrap() != (Event::Answered { request: question.clone() }) {}
    assert!(running.agent.questions().is_empty());
}

#[tokio::test]
async fn a_lock_answers_whoever_waits() {
    let place = Place::new();
    let running = place.serve().await;
    let asking = running.asking(wish("asked"));
    running.question().await;
    running.ask(Request::Lock).await;
    assert_eq!(code(asking.await.unwrap().unwrap()), "agent-locked");
}

#[tokio::test]
async fn production_asks_and_whoever_forbids_that_is_refused() {
    let place = Place::new();
    let running = place.serve().await;
    let request = TokenRequest { user: "production".into(), no_input: true, ..TokenRequest::default() };
    assert_eq!(code(running.ask(Request::Token(request)).await), "needs-person");
    assert_eq!(running.source().mints(), 0);
}

#[tokio::test]
async fn nobody_approves_their_own_request() {
    // Whether these tests run at a terminal decides which of the two it is.
    let codes = ["approver-is-asker", "approver-unknown"];
    for host in [Host::Headless, Host::Desktop] {
        let place = Place::new();
        let running = place.serve_as(host, Limits::default()).await;
        let asking = running.asking(wish("asked"));
        let request = running.question().await.request;
        let approve = Approve { request: request.clone(), choice: None, lease: Lease::default() };
        let refused = code(running.ask(Request::Approve(approve)).await);
        assert!(codes.contains(&refused.as_str()), "{refused}");
        assert!(matches!(running.ask(Request::Deny { request }).await, Answer::Done), "a no may come from anyone");
        assert_eq!(code(asking.await.unwrap().unwrap()), "approval-denied");
    }
}

#[tokio::test]
async fn a_program_that_was_denied_is_refused_at_once_and_asks_nobody() {
    let place = Place::new();
    let running = place.serve().await;
    let asking = running.asking(wish("asked"));
    running.agent.deny(&running.question().await.request).unwrap();
    assert_eq!(code(asking.await.unwrap().unwrap()), "approval-denied");
    for user in ["asked", "another"] {
        assert_eq!(code(running.ask(wish(user)).await), "approval-denied", "{user}");
    }
    assert!(running.agent.questions().is_empty());
}

#[tokio::test]
async fn a_locked_agent_asks_nobody_until_it_is_unlocked() {
    let place = Place::new();
    let running = place.serve().await;
    let mut events = running.agent.subscribe();
    running.agent.lock().await;
    for user in ["asked", "open", "production"] {
        assert_eq!(code(running.ask(wish(user)).await), "agent-locked", "{user}");
    }
    assert!(running.agent.questions().is_empty());
    assert_eq!(running.source().mints(), 0);
    running.agent.unlock().await.unwrap();
    token(running.ask(wish("open")).await);
    let seen = std::iter::from_fn(|| events.try_recv().ok()).collect::<Vec<_>>();
    assert_eq!(seen[..2], [Event::Locked, Event::Unlocked]);
}

#[tokio::test]
async fn a_program_without_a_terminal_unlocks_nothing() {
    let place = Place::new();
    let running = place.serve().await;
    running.agent.lock().await;
    let mut child = child::command("unlock", &place.address).spawn().unwrap();
    assert!(until(|| child.try_wait().unwrap()).await.success(), "it was refused as it expected");
    assert!(running.agent.is_locked());
}

#[tokio::test]
async fn a_grant_ends_with_its_process() {
    let place = Place::new();
    let running = place.serve().await;
    let mut child = child::command("ask", &place.address).spawn().unwrap();
    let question = running.question().await;
    assert_eq!(question.chain[0].pid, child.id());
    let mut events = running.agent.subscribe();
    running.agent.approve(&question.request, Some(0), Lease::default()).unwrap();
    assert!(until(|| child.try_wait().unwrap()).await.success());
    assert_eq!(running.agent.grants(), []);
    let ended = until(|| match events.try_recv() {
        Ok(Event::Ended { why, .. }) => Some(why),
        _ => None,
    });
    assert_eq!(ended.await, "process");
    assert_eq!(running.agent.record()[0].holder.pid, child.id());
}

#[tokio::test]
async fn a_subscriber_hears_what_happens_and_the_end() {
    let place = Place::new();
    let limits = Limits { drain: Duration::from_secs(3600), ..Limits::default() };
    let running = place.serve_as(Host::Headless, limits).await;
    let mut raw = Raw::connect(&place.address);
    raw.send(&Request::Subscribe.to_line());
    let (mut raw, first) = beside(move || {
        let first = raw.line();
        (raw, first)
    })
    .await;
    assert_eq!(first.as_deref(), Some(r#"{"v":1,"done":true}"#));
    running.ask(wish("open")).await;
    running.ask(Request::Lock).await;
    running.stop();
    let lines = beside(move || std::iter::from_fn(|| raw.line()).collect::<Vec<_>>()).await;
    let kinds: Vec<_> = lines.iter().map(|line| line.split('"').nth(7).unwrap()).collect();
    assert_eq!(kinds, ["granted", "handed_out", "ended", "locked"]);
}
