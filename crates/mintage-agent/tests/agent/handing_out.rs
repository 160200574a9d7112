//! The way of a token to whoever asks.

use std::sync::atomic::Ordering;
use std::time::Duration;

use mintage_agent::Limits;
use mintage_agent_protocol::{Answer, CopyRequest, Event, Hello, Host, Lease, Request, TokenRequest, fingerprint};

use crate::support::{CANARY, Place, Raw, beside, code, reaches, token, until, wish, wish_once};

#[tokio::test]
async fn an_agent_says_who_it_is_and_hands_out_a_token() {
    let place = Place::new();
    let running = place.serve().await;
    let Answer::Hello(hello) = running.ask(Request::Hello { program: "0.1.0".into() }).await else { panic!() };
    assert_eq!(hello, Hello { program: "0.1.0".into(), schema: 7, locked: false, host: Host::Headless });
    let first = token(running.ask(wish("open")).await);
    let again = token(running.ask(wish("open")).await);
    assert_eq!((first.value.expose(), first.reused), ("canary-token-0", false));
    assert_eq!((again.value.expose(), again.reused), ("canary-token-0", true));
    assert_eq!(first.expires_at.as_deref(), Some("2999-01-01T00:00:00Z"));
    assert_eq!(first.expires_at_epoch, Some(32_472_144_000));
    assert_eq!(code(running.ask(wish("nobody")).await), "user-not-found");
}

#[tokio::test]
async fn a_hundred_askers_at_once_share_one_mint_and_one_row() {
    let place = Place::new();
    let running = place.serve().await;
    running.source().close();
    let asking: Vec<_> = (0..100).map(|_| running.asking(wish("open"))).collect();
    reaches(&running.source().begun, 100).await;
    running.source().open();
    for answer in asking {
        assert_eq!(token(answer.await.unwrap().unwrap()).handle, "h0");
    }
    assert_eq!(running.source().mints(), 1);
    let record = running.agent.record();
    assert_eq!((record.len(), record[0].count), (1, 100));
    assert_eq!(running.agent.grants()[0].count, 100);
}

#[tokio::test]
async fn a_process_that_asks_again_was_refused_and_gets_another_token_once() {
    let place = Place::new();
    let running = place.serve().await;
    let mut handles = Vec::new();
    for _ in 0..3 {
        handles.push(token(running.ask(wish_once("open")).await).handle);
    }
    assert_eq!(handles, ["h0", "h1", "h1"]);
    assert_eq!(running.agent.record()[0].replaced, 1);
}

#[tokio::test]
async fn a_process_that_asks_for_every_address_was_not_refused() {
    let place = Place::new();
    let running = place.serve().await;
    for _ in 0..3 {
        assert_eq!(token(running.ask(wish("open")).await).handle, "h0");
    }
}

#[tokio::test]
async fn a_refused_handle_is_replaced_once_in_a_while() {
    let place = Place::new();
    let running = place.serve().await;
    let refuse = |handle: &str| running.ask(Request::Refused { handle: handle.into() });
    assert_eq!(token(running.ask(wish("open")).await).handle, "h0");
    assert!(matches!(refuse("h0").await, Answer::Done));
    assert!(matches!(refuse("unknown").await, Answer::Done));
    assert_eq!(token(running.ask(wish("open")).await).handle, "h1");
    assert!(matches!(refuse("h0").await, Answer::Done), "forty at once speak of the same token");
    assert_eq!(code(refuse("h1").await), "refused-again");
    assert_eq!(token(running.ask(wish("open")).await).handle, "h1");
}

#[tokio::test]
async fn a_fresh_token_is_fresh() {
    let place = Place::new();
    let running = place.serve().await;
    let fresh = Request::Token(TokenRequest { user: "open".into(), fresh: true, ..TokenRequest::default() });
    assert_eq!(token(running.ask(wish("open")).await).handle, "h0");
    assert_eq!(token(running.ask(fresh).await).handle, "h1");
}

#[tokio::test]
async fn a_lock_while_a_token_is_minted_keeps_it_back() {
    let place = Place::new();
    let running = place.serve().await;
    running.source().close();
    let asking = running.asking(wish("open"));
    reaches(&running.source().begun, 1).await;
    assert!(matches!(running.ask(Request::Lock).await, Answer::Done));
    running.source().open();
    assert_eq!(code(asking.await.unwrap().unwrap()), "agent-locked");
    assert!(running.agent.grants().is_empty());
    assert!(running.agent.record().is_empty());
}

fn copy(form: &str) -> Request {
    let token = TokenRequest { user: "open".into(), ..TokenRequest::default() };
    Request::Copy(CopyRequest { token, form: form.into() })
}

#[tokio::test]
async fn a_token_is_copied_in_the_form_that_it_is_printed_in() {
    let place = Place::new();
    let running = place.serve_as(Host::Desktop, Limits::default()).await;
    for (form, text) in
        [("header", "Authorization: Bearer canary-token-0"), ("export", "export MINTAGE_TOKEN='canary-token-0'")]
    {
        let Answer::Copied(copied) = running.ask(copy(form)).await else { panic!("{form}") };
        assert_eq!((copied.form.as_str(), copied.service_user.as_str()), (form, "open"));
        assert_eq!(running.source().copied.lock().unwrap().pop().unwrap(), text);
    }
    assert_eq!(code(running.ask(copy("wat")).await), "form-unknown");
    assert_eq!(running.agent.record()[0].count, 2);
}

#[tokio::test]
async fn a_grant_that_ends_while_a_token_is_minted_keeps_it_off_the_clipboard() {
    let place = Place::new();
    let running = place.serve_as(Host::Desktop, Limits::default()).await;
    running.source().close();
    let asking = running.asking(copy("token"));
    reaches(&running.source().begun, 1).await;
    running.agent.revoke(&running.agent.grants()[0].grant).unwrap();
    running.source().open();
    assert_eq!(code(asking.await.unwrap().unwrap()), "agent-locked");
    assert!(running.source().copied.lock().unwrap().is_empty());
    assert!(running.agent.record().is_empty());
}

#[tokio::test]
async fn a_token_that_was_allowed_once_is_forgotten_without_a_question() {
    let place = Place::new();
    let running = place.serve().await;
    let once = async || {
        let asking = running.asking(wish("asked"));
        running.agent.approve(&running.question().await.request, None, Lease::default()).unwrap();
        token(asking.await.unwrap().unwrap())
    };
    let stale = once().await;
    let refused = |text: &str| Request::RefusedToken { fingerprint: fingerprint(text) };
    assert!(matches!(running.ask(refused("another")).await, Answer::Done));
    assert_eq!(once().await.handle, stale.handle);
    assert!(matches!(running.ask(refused(stale.value.expose())).await, Answer::Done));
    assert_ne!(once().await.handle, stale.handle);
}

#[tokio::test]
async fn whoever_follows_hears_of_each_hand_out() {
    let place = Place::new();
    let running = place.serve().await;
    let mut events = running.agent.subscribe();
    for count in 1..=2 {
        running.ask(wish("open")).await;
        let heard = loop {
            if let Event::HandedOut { record } = events.recv().await.unwrap() {
                break record;
            }
        };
        assert_eq!((heard.service_user.as_str(), heard.count), ("open", count));
    }
}

#[tokio::test]
async fn what_could_not_be_stored_is_stored_later() {
    let place = Place::new();
    let limits = Limits { keep: Duration::ZERO, ..Limits::default() };
    let running = place.serve_as(Host::Headless, limits).await;
    running.source().is_full.store(true, Ordering::SeqCst);
    running.ask(wish("open")).await;
    reaches(&running.source().storing, 2).await;
    assert!(running.source().kept.lock().unwrap().is_empty());
    running.source().is_full.store(false, Ordering::SeqCst);
    let kept = until(|| running.source().kept.lock().unwrap().first().cloned()).await;
    assert_eq!((kept.service_user.as_str(), kept.count), ("open", 1));
}

#[tokio::test]
async fn an_asker_that_hangs_up_is_not_minted_for() {
    let place = Place::new();
    let running = place.serve().await;
    running.source().close();
    let mut raw = Raw::connect(&place.address);
    raw.send(&wish("open").to_line());
    reaches(&running.source().begun, 1).await;
    drop(raw);
    reaches(&running.source().dropped, 1).await;
    assert_eq!(running.source().mints(), 0);
}

#[tokio::test]
async fn the_record_is_kept_in_one_row_when_the_agent_ends() {
    let place = Place::new();
    let running = place.serve().await;
    for _ in 0..30 {
        running.ask(wish("open")).await;
    }
    running.stop();
    let agent = std::sync::Arc::clone(&running.agent);
    running.task.await.unwrap();
    let kept = agent.source().kept.lock().unwrap().clone();
    assert_eq!(kept.iter().map(|row| (row.service_user.as_str(), row.count)).collect::<Vec<_>>(), [("open", 30)]);
}

#[tokio::test]
async fn no_answer_but_a_tokens_own_holds_the_token() {
    let place = Place::new();
    let running = place.serve().await;
    running.ask(wish("open")).await;
    let waiting = running.asking(wish("asked"));
    running.question().await;
    let requests =
        [Request::Hello { program: "x".into() }, Request::InMemory, Request::Grants, Request::Questions, Request::Log];
    for request in requests {
        let address = place.address.clone();
        let line = beside(move || {
            let mut raw = Raw::connect(&address);
            raw.send(&request.to_line());
            raw.line().unwrap()
        });
        let line = line.await;
        assert!(line.len() > 10 && !line.contains(CANARY), "{line}");
    }
    running.agent.deny(&running.question().await.request).unwrap();
    assert_eq!(code(waiting.await.unwrap().unwrap()), "approval-denied");
    until(|| running.agent.questions().is_empty().then_some(())).await;
}
