//! Tokens that are asked for in other ways than the service user's usual one, and by two processes.

use std::sync::{Arc, Mutex, mpsc};

use mintage_core::catalog::Catalog;
use mintage_core::copy_form::CopyForm;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::error::Error;
use mintage_core::ids::EnvironmentId;
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Ask, Mint};
use mintage_core::service_user::ServiceUserDraft;
use mintage_core::settings::Settings;
use mintage_testbed::fault_server::{Fault, FaultServer, http};
use mintage_testbed::issuer::TokenForm;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use mintage_testbed::setup::{NOON, Setup, draft, enrolled};

fn scopes(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

#[tokio::test]
async fn whoever_asks_for_other_scopes_gets_another_token_and_the_own_one_stays() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let own = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let asked = Ask { scopes: scopes(&["openid", "email"]), ..Ask::default() };
    let (text, other) = setup.mint.copy(id, CopyForm::Token, asked.clone()).await.expect("another is minted");
    assert_eq!((other.token.reused, &other.token.requested_scopes), (false, &vec!["openid".into(), "email".into()]));
    assert!(text.expose().ends_with(&other.token.last_four), "the token that was asked for is copied");
    assert_ne!(other.token.last_four, own.last_four);
    let again = setup.mint.token(id, asked).await.expect("it is in memory");
    assert_eq!((again.reused, again.last_four), (true, other.token.last_four));
    let shown = setup.mint.service_user(id).await.expect("it is there").token.expect("its own is shown");
    assert_eq!(shown.last_four, own.last_four);
}

#[tokio::test]
async fn a_token_that_is_there_is_handed_out_while_another_one_hangs() {
    let (setup, issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let first = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    issuer.change_quirks(|quirks| quirks.silent = true);
    let before = issuer.requests().len();
    let fresh = setup.mint.token(id, Ask { fresh: true, ..Ask::default() });
    tokio::pin!(fresh);
    let sent = async {
        while issuer.requests().len() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut fresh => panic!("nobody answers it"),
        () = sent => {}
    }
    let handed = tokio::select! {
        _ = &mut fresh => panic!("the other one was waited for"),
        handed = setup.mint.token(id, Ask::default()) => handed.expect("it is in memory"),
    };
    assert_eq!((handed.reused, handed.last_four), (true, first.last_four));
}

#[tokio::test]
async fn whoever_asks_for_another_audience_gets_another_token() {
    let (setup, issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let asked = Ask { audience: Some(vec![issuer.issuer().to_owned(), "https://api".into()]), ..Ask::default() };
    let other = setup.mint.token(id, asked).await.expect("another is minted");
    assert!(!other.reused);
    let assertion = other.trace.assertion.expect("it was signed");
    assert!(assertion.payload.contains("https://api"), "{}", assertion.payload);
}

#[tokio::test]
async fn a_token_must_last_as_long_as_is_asked() {
    let (setup, issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let first = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let left = (first.expires_at.expect("the issuer tells it") - NOON).whole_seconds();
    let left = u32::try_from(left).expect("it lives for hours");
    let lasting = |seconds| Ask { min_life: Some(seconds), ..Ask::default() };
    assert!(setup.mint.token(id, lasting(left)).await.expect("it lasts so long").reused);
    assert!(setup.mint.token(id, lasting(left + 1)).await.expect("no new one would last longer").reused);
    // The issuer's clock stands still, so it refuses what is signed now; what counts is that it is asked.
    setup.set_clock(NOON + Duration::seconds(33));
    let before = issuer.requests().len();
    setup.mint.token(id, lasting(left - 31)).await.expect_err("a new one would last so long, and is asked for");
    assert!(issuer.requests().len() > before);
    setup.set_clock(NOON + Duration::seconds(i64::from(left) - 30));
    assert!(setup.mint.token(id, lasting(5)).await.expect("less than the settings ask for will do").reused);
}

#[tokio::test]
async fn another_process_sees_what_was_edited_here() {
    let (setup, issuer, environment, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    assert!(setup.mint.token(id, Ask::default()).await.expect("it is in memory").reused);

    let other = setup.second_mint().await;
    let elsewhere = setup.issuer().await;
    let moved = other
        .edit_environment(&environment, draft(elsewhere.issuer(), "zitadel", Tier::Development))
        .await
        .expect("the draft is sound");
    assert!(setup.mint.service_user(id).await.expect("it is there").token.is_none(), "it is another issuer's");
    setup.mint.token(id, Ask::default()).await.expect_err("the other issuer does not know the key");
    assert!(elsewhere.requests().iter().any(|request| request.path == "/oauth/v2/token"), "the new issuer is asked");

    other
        .edit_environment(&moved, draft(issuer.issuer(), "zitadel", Tier::Production))
        .await
        .expect("the draft is sound");
    let refused = setup.mint.token(id, Ask::default()).await.expect_err("production asks first");
    assert_eq!(refused.code(), "production-unconfirmed");
    let settings = setup.mint.settings().await.expect("they are read");
    let relaxed = Settings { ask_before_production: false, ..settings.clone() };
    other.change_settings(&settings, &relaxed).await.expect("they are sound");
    assert!(setup.mint.token(id, Ask::default()).await.expect("nobody asks any more").reused);
}

#[tokio::test]
async fn interleaved_edits_of_an_environment_lose_nothing_silently() {
    let setup = Setup::new().await;
    let opened = setup.environment("https://auth.acme.test", "zitadel", Tier::Development).await;
    let other = setup.second_mint().await;
    let here = EnvironmentDraft { tier: Tier::Production, ..opened.draft() };
    let there = EnvironmentDraft { name: "Acme".into(), ..opened.draft() };
    let saved = setup.mint.edit_environment(&opened, here.clone()).await.expect("it is as it was opened");
    let refused = other.edit_environment(&opened, there).await.expect_err("it was edited meanwhile");
    assert_eq!(refused.code(), "edited-meanwhile");
    assert_eq!(other.environments().await.expect("they are read")[0].environment, saved);

    let again = EnvironmentDraft { name: "Acme".into(), ..saved.draft() };
    other.edit_environment(&saved, again).await.expect("it was opened again");
    let stored = setup.mint.environments().await.expect("they are read").remove(0).environment;
    assert_eq!(stored.draft(), EnvironmentDraft { name: "Acme".into(), ..here });
}

#[tokio::test]
async fn interleaved_edits_of_a_service_user_are_merged_or_refused() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let other = setup.second_mint().await;
    let opened = setup.mint.service_user(id).await.expect("it is there").service_user.settings;
    let with_scopes = |scope: &str| ServiceUserDraft { scopes: vec![scope.to_owned()], ..opened.clone() };
    setup.mint.edit_service_user(id, &opened, with_scopes("openid")).await.expect("it is as it was opened");
    let favourite = ServiceUserDraft { favourite: true, ..opened.clone() };
    other.edit_service_user(id, &opened, favourite).await.expect("it is another field");
    let refused = other.edit_service_user(id, &opened, with_scopes("email")).await.expect_err("it is the same field");
    assert_eq!(refused.code(), "edited-meanwhile");
    let stored = setup.mint.service_user(id).await.expect("it is there").service_user.settings;
    assert_eq!(stored, ServiceUserDraft { favourite: true, ..with_scopes("openid") });
}

#[tokio::test]
async fn a_lock_forgets_tokens_and_gives_none_out_until_it_is_unlocked() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Production, TokenForm::Opaque).await;
    setup.mint.confirm_production(environment.id);
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    setup.mint.lock();
    let locked = |outcome: Result<(), Error>| assert!(matches!(outcome, Err(Error::Locked)), "{outcome:?}");
    locked(setup.mint.token(id, Ask::default()).await.map(drop));
    locked(setup.mint.copy(id, CopyForm::Token, Ask::default()).await.map(drop));
    locked(setup.mint.reveal(id).await.map(drop));
    assert!(setup.mint.service_user(id).await.expect("lists go on").token.is_none());
    setup.mint.unlock(|| ()).await.expect("the keychain is unlocked");
    let asked = setup.mint.token(id, Ask::default()).await;
    assert!(matches!(asked, Err(Error::ProductionUnconfirmed { .. })), "it is asked about again: {asked:?}");
    setup.mint.confirm_production(environment.id);
    assert!(!setup.mint.token(id, Ask::default()).await.expect("another is minted").reused);
}

/// An issuer that locks Mintage while it answers a token request.
async fn issuer_that_locks(mint: &Arc<Mint>) -> FaultServer {
    let mint = Arc::clone(mint);
    let answer = move |request: &str| {
        let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        let (status, body) = if request.contains("/.well-known/openid-configuration ") {
            let base = format!("http://{host}");
            ("200 OK", json!({"issuer": base, "token_endpoint": format!("{base}/token")}))
        } else {
            mint.lock();
            ("200 OK", json!({"access_token": "tok-1", "token_type": "Bearer", "expires_in": 3600}))
        };
        Fault::Say(http(status, "Content-Type: application/json\r\n", body.to_string()))
    };
    FaultServer::start_with(None, answer).await
}

#[tokio::test]
async fn a_token_that_arrives_after_the_lock_is_neither_given_out_nor_kept() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let server = issuer_that_locks(&setup.mint).await;
    let environment = setup.environment(&server.url(), "zitadel", Tier::Development).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
    let credential = setup.mint.service_user(id).await.expect("it is there").service_user.default_credential;
    let credential = credential.expect("it was imported");
    for way in ["token", "test"] {
        let asked = match way {
            "token" => setup.mint.token(id, Ask::default()).await.map(drop),
            _ => setup.mint.try_credential(credential, Ask::default(), false).await.map(drop),
        };
        assert!(matches!(asked, Err(Error::Locked)), "{way}: {asked:?}");
        setup.mint.unlock(|| ()).await.expect("the keychain is unlocked");
        assert!(setup.mint.service_user(id).await.expect("it is there").token.is_none(), "{way}");
    }
}

/// A keychain that is busy until it's told to go on; it says when it has been asked.
fn busy_keychain() -> (Keychain, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let ((asked, was_asked), (go_on, told)) = (mpsc::channel(), mpsc::channel());
    let held = Mutex::new((asked, told));
    let keychain = Keychain::over(move || {
        let (asked, told) = &*held.lock().expect("no holder panics");
        asked.send(()).expect("the test listens");
        told.recv().expect("the test tells");
        Ok(keyring_core::mock::Store::new().expect("the mock store is made"))
    });
    (keychain, was_asked, go_on)
}

#[tokio::test]
async fn an_unlock_that_waits_for_the_keychain_undoes_no_later_lock() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let catalog = Catalog::open(folder.path()).await.expect("the catalogue opens");
    let (keychain, was_asked, go_on) = busy_keychain();
    let mint = Arc::new(Mint::new(catalog, keychain, Arc::new(|| NOON)));
    mint.lock();
    let waiting = Arc::clone(&mint);
    let unlocking = tokio::spawn(async move { waiting.unlock(|| panic!("it is still locked")).await });
    tokio::task::spawn_blocking(move || was_asked.recv()).await.expect("it waits").expect("the keychain is asked");
    mint.lock();
    go_on.send(()).expect("the keychain listens");
    let unlocked = unlocking.await.expect("nothing panics");
    assert!(matches!(unlocked, Err(Error::Locked)) && mint.is_locked(), "{unlocked:?}");
    mint.unlock(|| ()).await.expect("nothing is in the way");
    assert!(!mint.is_locked());
}

#[tokio::test]
async fn an_approval_is_for_its_request_and_its_environment_alone() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Production, TokenForm::Opaque).await;
    let approved = |id| Ask { approved: Some(id), ..Ask::default() };
    let unconfirmed = |outcome: Result<(), Error>| {
        assert!(matches!(outcome, Err(Error::ProductionUnconfirmed { .. })), "{outcome:?}");
    };
    let elsewhere = setup.mint.token_for_program(id, approved(EnvironmentId(Uuid::from_u128(1)))).await;
    unconfirmed(elsewhere.map(drop));
    setup.mint.token_for_program(id, approved(environment.id)).await.expect("a person approved it");
    unconfirmed(setup.mint.token(id, Ask::default()).await.map(drop));
}
