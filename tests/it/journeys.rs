//! The journeys, through `Mint` and a strict issuer over real HTTP, with the test's own keychain.

mod asking;
mod batch;
mod further;
mod halves;
mod importing;
mod looking;
mod relocating;
mod replacing;

use mintage_core::copy_form::CopyForm;
use mintage_core::diagnosis::NextStep;
use mintage_core::environment::Tier;
use mintage_core::error::Error;
use mintage_core::mint::{Ask, ImportRequest, TokenState};
use mintage_core::verify::Verdict;
use mintage_testbed::issuer::{Dialect, Quirks, RateLimit, TokenForm, UserState};
use mintage_testbed::setup::{ANYWAY, FRESH, KEY_ID, NOON, SERVER_TIME, Setup, USER_ID, draft, enrolled, key_file};
use time::Duration;
use time::macros::datetime;

#[tokio::test]
async fn from_key_file_to_verified_token_and_userinfo() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Jwt).await;

    let token = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    assert!(!token.reused);
    assert_eq!(token.expires_at, Some(NOON + Duration::seconds(43_199)));
    assert_eq!(token.trace.status, Some(200));
    assert_eq!(token.trace.skew_seconds, Some(0.0));

    let inspection = setup.mint.inspect(id).await.expect("it is inspected");
    assert_eq!(inspection.verification.expect("it was checked").verdict, Verdict::Valid);
    let claims = inspection.claims.expect("a JWT has claims");
    let sub = claims.payload.iter().find(|claim| claim.name == "sub").expect("it has a subject");
    assert_eq!(sub.value, USER_ID);

    let userinfo = setup.mint.userinfo(id).await.expect("userinfo answers");
    assert_eq!(userinfo.subject_matches, Some(true));
    assert!(userinfo.claims.iter().any(|claim| claim.name == "name" && claim.value == "Deploy Bot"));
}

#[tokio::test]
async fn the_request_is_what_the_protocol_asks_for() {
    let (setup, issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");

    let requests = issuer.requests();
    let sent = requests.iter().find(|request| request.path == "/oauth/v2/token").expect("it was asked");
    assert_eq!(sent.method, "POST");
    let names: Vec<&str> = sent.form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["grant_type", "assertion", "scope"]);
    let scope = sent.form.iter().find(|(name, _)| name == "scope").map(|(_, value)| value.as_str());
    assert_eq!(scope, Some("openid profile"));
}

#[tokio::test]
async fn opaque_and_encrypted_tokens_are_told_apart_and_explained() {
    for (form, code) in [(TokenForm::Opaque, "token-opaque"), (TokenForm::Encrypted, "token-encrypted")] {
        let setup = Setup::new().await;
        let issuer = setup.issuer().await;
        let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
        let id = setup.enrol(&environment, &issuer, form).await;
        setup.mint.token(id, Ask::default()).await.expect("a token is minted");
        let inspection = setup.mint.inspect(id).await.expect("it is inspected");
        assert_eq!(inspection.unreadable.expect("it cannot be read").code, code);
        assert!(inspection.claims.is_none());
        assert!(setup.mint.userinfo(id).await.is_ok());
    }
}

#[tokio::test]
async fn a_token_is_reused_until_a_minute_is_left() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let first = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let again = setup.mint.token(id, Ask::default()).await.expect("the token is there");
    assert!(again.reused);
    assert_eq!(first.last_four, again.last_four);

    assert!(!setup.mint.token(id, FRESH).await.expect("a new one is minted").reused);

    let expiry = first.expires_at.expect("the issuer tells it");
    setup.set_clock(expiry - Duration::seconds(60));
    assert!(setup.mint.token(id, Ask::default()).await.expect("exactly a minute is enough").reused);
    setup.set_clock(expiry - Duration::seconds(59));
    // The issuer's clock still says noon, so the mint's clock is now far ahead of it, and this is refused.
    let refused = setup.mint.token(id, Ask::default()).await.expect_err("it is not reused");
    assert!(matches!(refused, Error::Diagnosed { .. } | Error::Preflight { .. }), "{refused}");
}

#[tokio::test]
async fn other_scopes_mean_another_token() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let mut settings = setup.mint.service_user(id).await.expect("it is there").service_user.settings;
    settings.scopes = vec!["openid email".into(), "openid".into()];
    setup.save_service_user(id, settings).await.expect("scopes are saved");
    let token = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    assert!(!token.reused);
    assert_eq!(token.requested_scopes, ["openid", "email"]);
}

#[tokio::test]
async fn concurrent_requests_share_one_mint() {
    let (setup, issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let asks: Vec<_> = (0..8)
        .map(|index| {
            let mint = setup.mint.clone();
            tokio::spawn(async move { mint.token(id, if index % 2 == 0 { FRESH } else { Ask::default() }).await })
        })
        .collect();
    for ask in asks {
        ask.await.expect("no task panics").expect("each gets the token");
    }
    let minted = issuer.requests().iter().filter(|request| request.path == "/oauth/v2/token").count();
    assert_eq!(minted, 1);
}

#[tokio::test]
async fn paonias_audience_is_the_issuer_and_the_bare_host() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "paonia", Tier::Development).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
    let token = setup.mint.token(id, Ask::default()).await.expect("the array is accepted");
    let payload = token.trace.assertion.expect("it is shown").payload;
    let bare = issuer.issuer().trim_start_matches("http://");
    assert!(payload.contains(&format!("\"{}\"", issuer.issuer())) && payload.contains(&format!("\"{bare}\"")));
}

#[tokio::test]
async fn a_clock_that_is_ahead_is_found_before_and_after_sending_and_can_be_corrected() {
    for dialect in [Dialect::D0, Dialect::D1, Dialect::D2, Dialect::D3, Dialect::D4] {
        let setup = Setup::new().await;
        let issuer = setup.issuer().await;
        issuer.set_quirks(Quirks { dialect, ..Quirks::default() });
        let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
        let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
        setup.set_clock(NOON + Duration::seconds(74));

        let before = setup.mint.token(id, FRESH).await.expect_err("it would be refused").problem();
        assert_eq!((before.code.as_str(), before.causes[0].code.as_str()), ("would-be-refused", "clock-ahead"));
        let after = setup.mint.token(id, ANYWAY).await.expect_err("it is refused").problem();
        assert_eq!(after.causes[0].code, "clock-ahead", "{dialect:?}: {}", after.report);
        assert_eq!(after.causes[0].next, NextStep::UseServerTime);
        assert!(after.causes[0].sentence.contains("7"), "{}", after.causes[0].sentence);

        setup.mint.token(id, SERVER_TIME).await.expect("the server's time helps");
        setup.mint.token(id, FRESH).await.expect("and is remembered");
    }
}

#[tokio::test]
async fn every_dialect_leads_to_the_cause_that_can_be_known() {
    for dialect in [Dialect::D0, Dialect::D1, Dialect::D2, Dialect::D3, Dialect::D4] {
        let setup = Setup::new().await;
        let issuer = setup.issuer().await;
        issuer.set_quirks(Quirks { dialect, ..Quirks::default() });
        let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
        let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;

        issuer.remove_key(USER_ID, KEY_ID);
        let problem = setup.mint.token(id, FRESH).await.expect_err("the key is gone").problem();
        assert_eq!(problem.causes[0].code, "key-unknown", "{dialect:?}: {}", problem.report);
        assert!(problem.server_response.is_some());

        issuer.set_user_state(USER_ID, UserState::Inactive);
        let problem = setup.mint.token(id, FRESH).await.expect_err("the user is off").problem();
        assert!(!problem.causes.is_empty());
    }
}

#[tokio::test]
async fn an_audience_set_by_hand_that_misses_the_issuer_is_explained() {
    let (setup, issuer, environment, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let mut settings = environment.draft();
    settings.audience = vec![format!("{}/", issuer.issuer())];
    setup.save_environment(environment.id, settings).await.expect("it is saved");
    for ask in [FRESH, ANYWAY] {
        let problem = setup.mint.token(id, ask).await.expect_err("it is refused").problem();
        assert_eq!(problem.causes[0].code, "audience-lacks-issuer");
    }
}

#[tokio::test]
async fn an_expired_key_is_said_before_sending() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
    let review = setup.review(&key_file(USER_ID, KEY_ID, r#","expirationDate":"2026-09-30T00:00:00Z""#)).await;
    let facts = review.facts.expect("an expired key is still a key");
    assert_eq!(facts.expires_at, Some(datetime!(2026-09-30 00:00 UTC)));
    assert_eq!(facts.warnings[0].code, "key-expired");
    let dated = facts.warnings[0].dated.as_ref().expect("its time is separate");
    assert_eq!((dated.before.as_str(), Some(dated.at)), ("This key expired on", facts.expires_at));
    let request = ImportRequest { name: "old".into(), ..ImportRequest::of(review.id, environment.id) };
    let id = setup.mint.import(&request).await.expect("it is imported anyway").service_user;
    let problem = setup.mint.token(id, Ask::default()).await.expect_err("it would fail").problem();
    assert_eq!((problem.code.as_str(), problem.causes[0].code.as_str()), ("would-be-refused", "key-expired"));
    assert!(issuer.requests().iter().all(|request| request.path != "/oauth/v2/token"));
}

#[tokio::test]
async fn a_busy_server_is_asked_again_with_a_new_assertion() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let limit = RateLimit { after: 0, retry_after: Some(Duration::ZERO) };
    issuer.set_quirks(Quirks { rate_limit: Some(limit), ..Quirks::default() });
    let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
    let problem = setup.mint.token(id, FRESH).await.expect_err("it stays busy").problem();
    assert_eq!(problem.code, "server-busy");
    let assertions: Vec<String> = issuer
        .requests()
        .iter()
        .filter_map(|request| request.form.iter().find(|(name, _)| name == "assertion").map(|(_, value)| value.clone()))
        .collect();
    assert_eq!(assertions.len(), 3);
    assert!(assertions[0] != assertions[1] && assertions[1] != assertions[2]);
}

#[tokio::test]
async fn production_is_confirmed_once_per_session() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Production, TokenForm::Opaque).await;
    let unconfirmed = setup.mint.token(id, Ask::default()).await.expect_err("it asks first");
    assert_eq!(unconfirmed.code(), "production-unconfirmed");
    setup.mint.confirm_production(environment.id);
    let (text, copied) = setup.mint.copy(id, CopyForm::Header, Ask::default()).await.expect("now it mints");
    assert_eq!(copied.clears_after, 10);
    assert!(text.expose().starts_with("Authorization: Bearer "));
}

#[tokio::test]
async fn checking_an_environment_shows_endpoints_keys_and_clock() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    setup.set_clock(NOON + Duration::seconds(74));
    let check = setup.mint.check(&draft(issuer.issuer(), "zitadel", Tier::Staging)).await.expect("it is checked");
    assert!(check.problems.is_empty(), "{:?}", check.problems);
    assert_eq!(check.endpoints.len(), 5);
    assert_eq!(check.keys, Some(1));
    assert!(check.skew_seconds.is_some_and(|skew| (73.0..=75.0).contains(&skew)));
    assert!(check.unconfirmed_hosts.is_empty());

    // An extra slash is the most common mistake; the server's own spelling is shown, to be saved.
    let slash = format!("{}/", issuer.issuer());
    let check = setup.mint.check(&draft(&slash, "zitadel", Tier::Staging)).await.expect("it is checked");
    assert_eq!((check.issuer.as_str(), check.problems.len()), (issuer.issuer(), 0));

    // If neither discovery nor the default keys exist, the address is wrong.
    let astray = format!("{}/nowhere", issuer.issuer());
    let check = setup.mint.check(&draft(&astray, "zitadel", Tier::Staging)).await.expect("it is checked");
    let codes: Vec<&str> = check.problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["no-discovery"]);

    let closed = setup.mint.check(&draft("http://127.0.0.1:1", "zitadel", Tier::Staging)).await.expect("a finding");
    assert_eq!(closed.problems[0].code, "unreachable");
}

#[tokio::test]
async fn forgetting_leaves_nothing_behind() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let credential = setup.mint.service_user(id).await.expect("it is there").credentials[0].id;
    setup.mint.forget_environment(environment.id).await.expect("it is removed");
    assert!(setup.mint.environments().await.expect("the list works").is_empty());
    assert!(setup.mint.service_users(None).await.expect("the list works").is_empty());
    let gone = setup.mint.keychain().get(credential).await.expect_err("the key is gone");
    assert_eq!(gone.code(), "keychain-item-missing");
    let actions: Vec<_> =
        setup.mint.activity(None).await.expect("it is kept").into_iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["forget", "mint", "import"]);
}

#[tokio::test]
async fn a_token_does_not_follow_its_environment_to_another_issuer() {
    let setup = Setup::new().await;
    let (first, second) = (setup.issuer().await, setup.issuer().await);
    let environment = setup.environment(first.issuer(), "zitadel", Tier::Development).await;
    let id = setup.enrol(&environment, &first, TokenForm::Opaque).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let moved = draft(second.issuer(), "zitadel", Tier::Development);
    setup.save_environment(environment.id, moved).await.expect("it is saved");
    assert_eq!(setup.mint.userinfo(id).await.expect_err("there is no token").code(), "no-token");
    assert!(second.requests().is_empty(), "nothing of the first issuer's went to the second");
}

#[tokio::test]
async fn a_clock_that_was_set_right_is_measured_again() {
    let (setup, _issuer, _, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    setup.set_clock(NOON + Duration::hours(1));
    assert_eq!(setup.mint.token(id, FRESH).await.expect_err("an hour ahead").code(), "would-be-refused");
    setup.set_clock(NOON);
    setup.mint.token(id, FRESH).await.expect("the clock is right now, and Mintage notices");

    // The clock drifts after it was measured: the refusal reveals it, and its button helps.
    setup.set_clock(NOON + Duration::seconds(74));
    let refused = setup.mint.token(id, FRESH).await.expect_err("it is refused").problem();
    assert_eq!((refused.code.as_str(), refused.causes[0].code.as_str()), ("refused", "clock-ahead"));
    setup.mint.token(id, SERVER_TIME).await.expect("the measured difference is used");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_explained() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment("http://127.0.0.1:1", "zitadel", Tier::Development).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
    let problem = setup.mint.token(id, FRESH).await.expect_err("nothing listens there").problem();
    assert_eq!((problem.code.as_str(), problem.causes[0].next), ("unreachable", NextStep::TryAgain));
}

#[tokio::test]
async fn lists_tell_the_state_of_tokens_and_keys() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Development, TokenForm::Opaque).await;
    let row = setup.mint.service_users(Some(environment.id)).await.expect("the list works").remove(0);
    assert_eq!((row.token, row.listed.credentials, row.listed.key_id.as_deref()), (TokenState::None, 1, Some(KEY_ID)));
    let token = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    let row = setup.mint.service_users(None).await.expect("the list works").remove(0);
    assert_eq!(row.token, TokenState::Valid { expires_at: token.expires_at });
    setup.set_clock(NOON + Duration::days(2));
    let row = setup.mint.service_users(None).await.expect("the list works").remove(0);
    assert_eq!(row.token, TokenState::Expired);
    let overview = setup.mint.environments().await.expect("the list works").remove(0);
    assert_eq!((overview.service_users, overview.expiring, overview.troubled), (1, 0, false));
}
