//! Beyond ZITADEL's key files: Frontier, a client secret, introspection.

use mintage_testbed::issuer::{Application, DemoIssuer, Organisation, RegisteredKey, RegisteredSecret, System, User};
use serde_json::json;

use crate::BINARY;
use crate::issuer::{self, KEY_ID, LOGIN_NAME, USER_ID, config};
use crate::steps::{import, import_and_mint, make_environment, test_and_copy};
use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;

const CLIENT_ID: &str = LOGIN_NAME;
const SECRET: &str = "s3cr+t/with=odd~chars";
pub(crate) const ORGANISATION: &str = "0b6d1a5e-7f2f-4f0a-9a51-6f1c2d3e4f50";
const PROJECT: &str = "100508253900210834";
const APPLICATION: &str = "100508253900210900@acme";
const APPLICATION_KEY: &str = include_str!("../fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");

/// The service user with a secret besides its key.
fn user() -> User {
    User { secrets: vec![RegisteredSecret::new(CLIENT_ID, SECRET)], ..issuer::user() }
}

/// The service user as an administrator of its organisation.
pub(crate) fn administrator() -> User {
    let organisation = Organisation { id: ORGANISATION.into(), name: "Acme".into(), domain: "acme.test".into() };
    User { administrator: true, organisation: Some(organisation), ..user() }
}

/// Opens the app with a key file from Frontier's API, and creates an environment for it.
pub(crate) fn open_with_frontiers_key<'a>(desktop: &'a DesktopSession, issuer: &DemoIssuer) -> App<'a> {
    let key =
        json!({ "key": { "type": "sv_rsa", "kid": KEY_ID, "principal_id": USER_ID, "private_key": issuer::PEM } });
    let file = desktop.write("frontier.json", &key.to_string());
    let app = desktop.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.wait_for_words("@review", KEY_ID);
    app.click("@import-environment-add");
    make_environment(&app, "frontier-connect", issuer.issuer(), "Frontier", "development");
    app
}

/// Opens the app and creates an environment with this provider.
fn open_with_environment<'a>(desktop: &'a DesktopSession, provider: &str, issuer: &DemoIssuer) -> App<'a> {
    let app = desktop.open();
    app.click("@first-add-environment");
    make_environment(&app, provider, issuer.issuer(), "Acme", "development");
    app
}

/// Begins to enter a client secret by hand, with its client id.
fn enter_client(app: &App<'_>) {
    app.click("@import");
    app.click("@import-form");
    app.click("@import-kind-client-secret");
    app.fill("@import-client-id", CLIENT_ID);
}

/// Takes the client's secret from the clipboard, next to its ids.
fn enter_secret(app: &App<'_>, user_id: Option<&str>) {
    enter_client(app);
    if let Some(user_id) = user_id {
        app.fill("@import-user-id", user_id);
    }
    app.click("@import-secret-paste");
    app.wait_for("@review");
}

#[test]
fn a_key_from_frontiers_api_becomes_a_token() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start_with(&desktop, config(System::FrontierConnect).with_user(user()));
    let app = open_with_frontiers_key(&desktop, &issuer);
    test_and_copy(&desktop, &app);
    app.picture("frontier-imported");
    let asked = issuer.requests().into_iter().rfind(|request| request.path.ends_with("/AuthToken")).expect("asked");
    assert!(asked.header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
    assert_eq!(desktop.keychain_items(), 1);
}

#[test]
fn an_administrator_makes_and_removes_credentials_at_the_server() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start_with(&desktop, config(System::FrontierConnect).with_user(administrator()));
    let app = open_with_frontiers_key(&desktop, &issuer);
    app.click("@import-only");
    app.click("@import-done");
    app.wait_until_gone("@import-sheet");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));

    app.click("@tab-credentials");
    app.click("@sign-assertion");
    app.wait_for("@signed-direct[data-direct='true']");
    app.until("the assertion is on the clipboard", || desktop.clipboard().matches('.').count() == 2);
    app.picture("frontier-signed");

    // If something is missing for it, the way there is next to the button.
    app.click("@compare-key");
    app.click("@problem-next[data-step='edit-environment']");
    app.wait_for("@env-check-result");
    app.fill("@env-parameter-orgId", ORGANISATION);
    app.click("@env-save");
    app.wait_until_gone("@env-editor");
    app.click("@compare-key");
    app.wait_for("@compared[data-found='same']");
    app.picture("frontier-compared");
    create_use_and_remove(&desktop, &app, &issuer, "@create-key", "private-key");
    create_use_and_remove(&desktop, &app, &issuer, "@create-secret", "client-secret");
    let left = issuer.users().remove(0);
    assert_eq!((left.keys.len(), left.secrets.len()), (1, 1), "what the server had before is what it has");
}

/// Creates a credential at the server, mints with it and removes it there.
fn create_use_and_remove(desktop: &DesktopSession, app: &App<'_>, issuer: &DemoIssuer, create: &str, kind: &str) {
    let own_key = format!("@credential[data-key-id='{KEY_ID}']");
    let made = format!("@credential[data-kind='{kind}']:not([data-key-id='{KEY_ID}'])");
    app.click(create);
    app.fill("@create-title", "laptop");
    app.picture(&format!("frontier-create-{kind}"));
    app.click("@create-confirm");
    app.wait_for(&made);
    app.wait_until_gone("@create-at-server");
    app.picture(&format!("frontier-made-{kind}"));
    assert_eq!(desktop.keychain_items(), 2, "{kind}");

    app.click(&format!("{made} @make-default"));
    app.wait_until_gone(&format!("{made} @make-default"));
    app.wait_for(&format!("{made} button:focus"));
    app.click("@tab-token");
    // The other credential's token is gone.
    let before = uses(issuer, kind);
    app.click("@mint");
    app.until("it was used", || uses(issuer, kind) > before);

    app.click("@tab-credentials");
    app.click(&format!("{own_key} @make-default"));
    app.wait_for(&format!("{made} @make-default"));
    app.click(&format!("{made} @remove-at-server"));
    app.picture(&format!("frontier-remove-{kind}"));
    app.click("@confirm-remove-at-server");
    app.wait_until_gone(&made);
    assert_eq!(desktop.keychain_items(), 1, "{kind}");
}

/// How often a token was requested with a key, or with a secret.
fn uses(issuer: &DemoIssuer, kind: &str) -> usize {
    let tokens = issuer.requests().into_iter().filter(|request| request.path.ends_with("/AuthToken"));
    let scheme = if kind == "private-key" { "Bearer " } else { "Basic " };
    tokens.filter(|request| request.header("authorization").is_some_and(|value| value.starts_with(scheme))).count()
}

#[test]
fn a_token_is_revoked_and_a_refused_revocation_is_explained() {
    let mut desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start_with(&desktop, config(System::Generic).with_user(user()));
    desktop.copy(SECRET);
    let app = open_with_environment(&desktop, "generic-client", &issuer);
    enter_secret(&app, None);
    import_and_mint(&app);
    app.click("@import-done");
    app.click("@row");
    app.click("@tab-introspection");
    app.click("@introspect");
    app.wait_for("@introspected[data-active='true']");

    issuer.add_secret(USER_ID, RegisteredSecret::new(CLIENT_ID, "another secret"));
    app.click("@revoke");
    app.click("@confirm-revoke");
    app.wait_for("@revocation [data-cause='secret-wrong']");
    app.picture("revocation-refused");
    issuer.add_secret(USER_ID, RegisteredSecret::new(CLIENT_ID, SECRET));
    app.click("@revoke");
    app.click("@confirm-revoke");
    app.wait_for("@revoked[data-ended='true']");
    app.picture("revoked");
}

#[test]
fn a_client_secret_becomes_a_token_without_passing_through_the_page() {
    let mut desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start_with(&desktop, config(System::Zitadel).with_user(user()));
    desktop.copy(SECRET);
    let app = open_with_environment(&desktop, "zitadel", &issuer);
    enter_secret(&app, Some(USER_ID));
    test_and_copy(&desktop, &app);
    let asked = issuer.requests().into_iter().rfind(|request| request.path == "/oauth/v2/token").expect("asked");
    assert_eq!(asked.field("grant_type"), Some("client_credentials"));
    assert_eq!(desktop.keychain_items(), 1);
}

#[test]
fn a_secret_that_is_refused_gives_its_place_to_the_right_one() {
    let mut desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start_with(&desktop, config(System::Zitadel).with_user(user()));
    desktop.copy(SECRET);
    let app = open_with_environment(&desktop, "zitadel", &issuer);
    enter_client(&app);
    app.fill("@import-secret", "a secret of yesterday");
    app.click("@import-secret-take");
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='failed']");
    // What the failure leads to already has the ids.
    app.click("@import-result @problem-next[data-step='import-key']");
    app.click("@import-secret-paste");
    app.wait_for("@import-beside");
    assert_eq!(
        app.script("return document.querySelector('[data-testid=\"import-replace\"]').checked", json!([])),
        json!(true)
    );
    app.script("document.querySelector('[data-testid=\"import-keep\"]').scrollIntoView()", json!([]));
    app.picture("secret-beside");
    app.click("@import-and-test");
    app.wait_for_words("@import-replaced", "Removed");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    app.picture("secret-replaced");
    assert_eq!(desktop.keychain_items(), 1, "the refused one is gone");
}

#[test]
fn an_inactive_token_is_explained_and_mended_with_one_button() {
    let desktop = DesktopSession::new(BINARY);
    let parsed = mintage_core::key_file::parse(APPLICATION_KEY.as_bytes(), None, &[]).expect("the fixture is a key");
    let public_pem = parsed.key().expect("it is a key").facts().public_pem.clone();
    let application = Application {
        client_id: APPLICATION.into(),
        project_id: PROJECT.into(),
        secret: None,
        key: Some(RegisteredKey { key_id: "77".into(), public_pem, expires_at: None }),
    };
    let issuer = issuer::start_with(&desktop, config(System::Zitadel).with_user(user()).with_application(application));
    let key_file = desktop.write("deploy-bot.json", &issuer::key_file());
    let file =
        json!({ "type": "application", "keyId": "77", "key": APPLICATION_KEY, "appId": "78", "clientId": APPLICATION });
    let application_file = desktop.write("orders-api.json", &file.to_string());

    let app = desktop.open();
    app.wait_for("@first-run");
    import(&app, &key_file, issuer.issuer(), "Acme", "development");
    desktop.open_file(&application_file);
    app.wait_for_words("@review", APPLICATION);
    // It can't mint, so there is nothing to test.
    assert!(!app.exists("@import-only"));
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done']");
    app.click("@import-done");

    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@tab-introspection");
    app.click("@introspection-mint");
    app.click("@introspect");
    app.wait_for("@introspected[data-active='false']");
    app.picture("introspection-inactive");
    app.fill("@introspection-project", PROJECT);
    app.click("@mint-with-audience");
    app.wait_for("@introspected[data-active='true']");
    app.picture("introspection-active");
}
