//! What settings change in the journeys, and what is monitored automatically: the radar, keys that expire, the
//! keychain's self-test.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use mintage_core::catalog::Catalog;
use mintage_core::copy_form::CopyForm;
use mintage_core::environment::Tier;
use mintage_core::error::Error;
use mintage_core::ids::ServiceUserId;
use mintage_core::keychain::{Keychain, KeychainError};
use mintage_core::mint::{Ask, ImportRequest, Mint, SelfTestStep};
use mintage_core::settings::{Settings, SettingsError, Theme};
use mintage_testbed::issuer::{DemoIssuer, TokenForm};
use mintage_testbed::setup::{KEY_ID, NOON, Setup, USER_ID, key_file};
use time::{Duration, OffsetDateTime};

/// A second mint over the same catalogue, as after a restart.
async fn restarted(setup: &Setup, now: OffsetDateTime) -> Mint {
    let catalog = Catalog::open(&setup.folder.path().join("data")).await.expect("the catalogue opens again");
    let store: Arc<keyring_core::CredentialStore> = keyring_core::mock::Store::new().expect("the mock store is made");
    Mint::new(catalog, Keychain::over(move || Ok(Arc::clone(&store))), Arc::new(move || now))
}

async fn change(setup: &Setup, change: impl FnOnce(&mut Settings)) {
    let opened = setup.mint.settings().await.expect("settings are read");
    let mut wanted = opened.clone();
    change(&mut wanted);
    setup.mint.change_settings(&opened, &wanted).await.expect("they are sound");
}

async fn enrolled(setup: &Setup, tier: Tier) -> (DemoIssuer, ServiceUserId) {
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", tier).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Jwt).await;
    (issuer, id)
}

#[tokio::test]
async fn settings_are_there_again_after_a_restart() {
    let setup = Setup::new().await;
    assert_eq!(setup.mint.settings().await.expect("settings are read"), Settings::default());
    change(&setup, |settings| (settings.theme, settings.key_age_days) = (Theme::Dark, 90)).await;
    let again = restarted(&setup, NOON).await.settings().await.expect("settings are read");
    assert_eq!(again, Settings { theme: Theme::Dark, key_age_days: 90, ..Settings::default() });
}

#[tokio::test]
async fn unsound_settings_change_nothing() {
    let setup = Setup::new().await;
    change(&setup, |settings| settings.clipboard_seconds = 20).await;
    let unsound = Settings { clipboard_seconds: 601, theme: Theme::Dark, ..Settings::default() };
    let refused =
        setup.mint.change_settings(&Settings::default(), &unsound).await.expect_err("601 s are out of bounds");
    assert!(
        matches!(&refused, Error::Settings(SettingsError::OutOfRange { member: "clipboardSeconds", .. })),
        "{refused}"
    );
    let expected = Settings { clipboard_seconds: 20, ..Settings::default() };
    assert_eq!(setup.mint.settings().await.expect("settings are read"), expected);
    assert_eq!(restarted(&setup, NOON).await.settings().await.expect("settings are read"), expected);
}

#[tokio::test]
async fn a_token_is_reused_while_as_much_of_its_life_is_left_as_the_settings_say() {
    let setup = Setup::new().await;
    let (_issuer, id) = enrolled(&setup, Tier::Development).await;
    let first = setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    setup.set_clock(first.expires_at.expect("it expires") - Duration::minutes(10));
    let reused = |setup: &Setup| {
        let mint = Arc::clone(&setup.mint);
        async move { mint.token(id, Ask { send_anyway: true, ..Ask::default() }).await.map(|token| token.reused) }
    };
    assert!(reused(&setup).await.expect("it is in memory"));
    change(&setup, |settings| settings.reuse_seconds = 600).await;
    assert!(reused(&setup).await.expect("it is in memory"), "exactly ten minutes are left");
    change(&setup, |settings| settings.reuse_seconds = 601).await;
    assert!(!reused(&setup).await.unwrap_or(false), "a new one is asked for");
}

#[tokio::test]
async fn production_asks_unless_the_settings_say_otherwise() {
    let setup = Setup::new().await;
    let (_issuer, id) = enrolled(&setup, Tier::Production).await;
    let asked = setup.mint.token(id, Ask::default()).await;
    assert!(matches!(asked, Err(Error::ProductionUnconfirmed { .. })), "{asked:?}");
    change(&setup, |settings| settings.ask_before_production = false).await;
    setup.mint.token(id, Ask::default()).await.expect("nobody asks any more");
    change(&setup, |settings| settings.ask_before_production = true).await;
    let asked = setup.mint.token(id, Ask::default()).await;
    assert!(matches!(asked, Err(Error::ProductionUnconfirmed { .. })), "{asked:?}");
}

#[tokio::test]
async fn an_assertion_lives_as_long_as_the_settings_say_else_as_the_provider_does() {
    for (wanted, lifetime) in [(None, 300), (Some(60), 60), (Some(3600), 3600)] {
        let setup = Setup::new().await;
        let (issuer, id) = enrolled(&setup, Tier::Development).await;
        change(&setup, |settings| settings.assertion_seconds = wanted).await;
        setup.mint.token(id, Ask::default()).await.expect("a token is minted");
        let requests = issuer.requests();
        let sent = requests.iter().find(|request| request.path == "/oauth/v2/token").expect("it was asked");
        let assertion = sent.form.iter().find(|(name, _)| name == "assertion").expect("it carries an assertion");
        let payload = assertion.1.split('.').nth(1).expect("a JWT has three parts");
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("in base64url");
        let payload: serde_json::Value = serde_json::from_slice(&payload).expect("of JSON");
        assert_eq!(payload["exp"], NOON.unix_timestamp() + lifetime, "{wanted:?}");
    }
}

#[tokio::test]
async fn a_token_leaves_the_clipboard_when_the_settings_say() {
    for (tier, expected) in [(Tier::Development, 45), (Tier::Staging, 45), (Tier::Production, 7)] {
        let setup = Setup::new().await;
        let (_issuer, id) = enrolled(&setup, tier).await;
        change(&setup, |settings| {
            (settings.clipboard_seconds, settings.production_clipboard_seconds) = (45, 7);
            settings.ask_before_production = false;
        })
        .await;
        let (_, copied) = setup.mint.copy(id, CopyForm::Token, Ask::default()).await.expect("it is copied");
        assert_eq!(copied.clears_after, expected, "{tier:?}");
    }
}

/// Imports the fixture's key into a new environment with an expiry date.
async fn import_expiring(setup: &Setup, expires: &str) -> ServiceUserId {
    let environment = setup.environment("https://auth.example.com", "zitadel", Tier::Production).await;
    let review = setup.review(&key_file(USER_ID, KEY_ID, &format!(r#","expirationDate":"{expires}""#))).await;
    let request = ImportRequest { name: "deploy-bot".to_owned(), ..ImportRequest::of(review.id, environment.id) };
    setup.mint.import(&request).await.expect("the import works").service_user
}

#[tokio::test]
async fn the_radar_shows_what_expires_what_is_old_and_what_nobody_uses() {
    let setup = Setup::new().await;
    assert_eq!(setup.mint.radar().await.expect("the radar looks").credentials, 0);
    let id = import_expiring(&setup, "2027-03-01T00:00:00Z").await;
    let radar = setup.mint.radar().await.expect("the radar looks");
    let [row] = radar.expiring.as_slice() else { panic!("one key expires: {radar:?}") };
    assert_eq!((row.service_user, row.tier, row.service_user_name.as_str()), (id, Tier::Production, "deploy-bot"));
    assert_eq!(radar.old.len(), 1, "its id tells that it was made in March 2021");
    assert_eq!((radar.unused.len(), radar.without_expiry, radar.key_age_days), (0, 0, 365));

    change(&setup, |settings| settings.key_age_days = 3650).await;
    setup.set_clock(NOON + Duration::days(90));
    let radar = setup.mint.radar().await.expect("the radar looks");
    assert_eq!((radar.old.len(), radar.unused.len(), radar.expiring.len()), (0, 1, 1));
}

#[tokio::test]
async fn each_notice_of_an_expiry_comes_once_and_not_before_it_could_be_told() {
    let setup = Setup::new().await;
    import_expiring(&setup, "2026-12-01T12:00:00Z").await;
    let due = setup.mint.expiry_notices().await.expect("keys are looked at");
    assert_eq!(due.iter().map(|notice| notice.threshold).collect::<Vec<_>>(), [14]);
    let still_due = setup.mint.expiry_notices().await.expect("keys are looked at");
    assert_eq!(still_due, due, "nobody has been told yet");
    setup.mint.note_told(&due).await.expect("it is noted");
    assert_eq!(setup.mint.expiry_notices().await.expect("keys are looked at"), []);
    let restarted = restarted(&setup, NOON + Duration::days(7)).await;
    let due = restarted.expiry_notices().await.expect("keys are looked at");
    assert_eq!(due.iter().map(|notice| notice.threshold).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn the_keychains_self_test_goes_through_every_step_and_leaves_nothing() {
    let setup = Setup::new().await;
    let results = setup.mint.test_keychain().await;
    let steps: Vec<SelfTestStep> = results.iter().map(|result| result.step).collect();
    assert_eq!(steps, [SelfTestStep::Write, SelfTestStep::Read, SelfTestStep::Delete, SelfTestStep::Gone]);
    assert!(results.iter().all(|result| result.problem.is_none()), "{results:?}");
    assert_eq!(setup.mint.keychain().list().await.expect("the keychain lists"), []);
}

#[tokio::test]
async fn the_self_test_ends_at_the_first_step_that_fails_and_says_why() {
    let folder = tempfile::TempDir::new().expect("a temporary folder can be made");
    let catalog = Catalog::open(folder.path()).await.expect("a new catalogue opens");
    let nothing = || Err(keyring_core::Error::NoStorageAccess(Box::new(KeychainError::Locked)));
    let mint = Mint::new(catalog, Keychain::over(nothing), Arc::new(|| NOON));
    let results = mint.test_keychain().await;
    let [write] = results.as_slice() else { panic!("one step is tried: {results:?}") };
    assert_eq!(write.problem.as_ref().expect("it failed").code, "keychain-locked");
}
