//! Beyond ZITADEL's key files: Frontier, a client secret, introspection, a profile of the user's own.

use std::sync::Arc;

use mintage_demo_issuer::{
    Application, Config, DemoIssuer, Organisation, RegisteredKey, RegisteredSecret, System, TokenForm, User,
};
use serde_json::json;
use time::OffsetDateTime;

use crate::app::App;
use crate::desk::Desk;
use crate::issuer::{self, KEY_ID, NAME, USER_ID};
use crate::steps::{import, make_environment};

const CLIENT_ID: &str = "deploy-bot@acme.com";
const SECRET: &str = "s3cr+t/with=odd~chars";
const ORGANISATION: &str = "0b6d1a5e-7f2f-4f0a-9a51-6f1c2d3e4f50";
const PROJECT: &str = "100508253900210834";
const APPLICATION: &str = "100508253900210900@acme";
const APPLICATION_KEY: &str = include_str!("../fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");

#[expect(clippy::disallowed_methods, reason = "the issuer's clock is the app's, which is the system's")]
fn config(system: System) -> Config {
    Config::playing(system, Arc::new(OffsetDateTime::now_utc)).recording()
}

/// A service user with the key that the files of the tests hold, and a secret.
fn user() -> User {
    let mut user = User::new(USER_ID, NAME, CLIENT_ID);
    user.token_form = TokenForm::Jwt;
    user.keys = vec![RegisteredKey { key_id: KEY_ID.into(), public_pem: issuer::public_pem(), expires_at: None }];
    user.secrets = vec![RegisteredSecret::new(CLIENT_ID, SECRET)];
    user
}

fn start(desk: &Desk, config: Config) -> DemoIssuer {
    desk.runtime.block_on(DemoIssuer::start(config)).expect("a port on loopback is free")
}

/// Takes the client's secret from the clipboard, beside its ids.
fn enter_secret(app: &App<'_>, user_id: Option<&str>) {
    app.click("@import");
    app.click("@import-form");
    app.click("@import-kind-client-secret");
    app.fill("@import-client-id", CLIENT_ID);
    if let Some(user_id) = user_id {
        app.fill("@import-user-id", user_id);
    }
    app.click("@import-secret-paste");
    app.wait_for("@review");
}

fn test_and_copy(desk: &Desk, app: &App<'_>) {
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    app.click("@import-copy");
    app.until("a token is on the clipboard", || desk.clipboard().starts_with("eyJ"));
}

#[test]
fn a_key_from_frontiers_api_becomes_a_token() {
    let desk = Desk::new();
    let issuer = start(&desk, config(System::FrontierConnect).with_user(user()));
    let key =
        json!({ "key": { "type": "sv_rsa", "kid": KEY_ID, "principal_id": USER_ID, "private_key": issuer::PEM } });
    let file = desk.write("frontier.json", &key.to_string());
    let app = desk.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.wait_for_words("@review", KEY_ID);
    app.click("@import-environment-add");
    make_environment(&app, "frontier-connect", issuer.issuer(), "Frontier", "development");
    test_and_copy(&desk, &app);
    app.picture("frontier-imported");
    let asked = issuer.requests().into_iter().rfind(|request| request.path.ends_with("/AuthToken")).expect("asked");
    assert!(asked.header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
    assert_eq!(desk.keychain_items(), 1);
}

#[test]
fn an_administrator_makes_and_removes_credentials_at_the_server() {
    let desk = Desk::new();
    let mut administrator = user();
    administrator.administrator = true;
    administrator.organisation =
        Some(Organisation { id: ORGANISATION.into(), name: "Acme".into(), domain: "acme.test".into() });
    let issuer = start(&desk, config(System::FrontierConnect).with_user(administrator));
    let key =
        json!({ "key": { "type": "sv_rsa", "kid": KEY_ID, "principal_id": USER_ID, "private_key": issuer::PEM } });
    let file = desk.write("frontier.json", &key.to_string());
    let app = desk.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.wait_for_words("@review", KEY_ID);
    app.click("@import-environment-add");
    make_environment(&app, "frontier-connect", issuer.issuer(), "Frontier", "development");
    app.click("@import-only");
    app.click("@import-done");
    app.wait_until_gone("@import-sheet");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));

    app.click("@tab-credentials");
    app.click("@sign-assertion");
    app.wait_for("@signed-direct[data-direct='true']");
    app.until("the assertion is on the clipboard", || desk.clipboard().matches('.').count() == 2);
    app.picture("frontier-signed");

    // Where something is missing for it, the way there is beside the button.
    app.click("@compare-key");
    app.click("@problem-next[data-step='edit-environment']");
    app.fill("@env-parameter-orgId", ORGANISATION);
    app.click("@env-save");
    app.wait_until_gone("@env-editor");
    app.click("@compare-key");
    app.wait_for("@compared[data-found='same']");
    app.picture("frontier-compared");
    let own_key = format!("@credential[data-key-id='{KEY_ID}']");
    for (create, kind) in [("@create-key", "private-key"), ("@create-secret", "client-secret")] {
        let made = format!("@credential[data-kind='{kind}']:not([data-key-id='{KEY_ID}'])");
        app.click(create);
        app.fill("@create-title", "laptop");
        app.picture(&format!("frontier-create-{kind}"));
        app.click("@create-confirm");
        app.wait_for(&made);
        app.wait_until_gone("@create-at-server");
        app.picture(&format!("frontier-made-{kind}"));
        assert_eq!(desk.keychain_items(), 2, "{kind}");
        // What was made mints.
        app.click(&format!("{made} @make-default"));
        app.wait_until_gone(&format!("{made} @make-default"));
        app.wait_for(&format!("{made} button:focus"));
        app.click("@tab-token");
        // The token of another credential is gone.
        let before = uses(&issuer, kind);
        app.click("@mint");
        app.until("it was used", || uses(&issuer, kind) > before);
        app.click("@tab-credentials");
        app.click(&format!("{own_key} @make-default"));
        app.wait_for(&format!("{made} @make-default"));
        app.click(&format!("{made} @remove-at-server"));
        app.picture(&format!("frontier-remove-{kind}"));
        app.click("@confirm-remove-at-server");
        app.wait_until_gone(&made);
        assert_eq!(desk.keychain_items(), 1, "{kind}");
    }
    let left = issuer.users().remove(0);
    assert_eq!((left.keys.len(), left.secrets.len()), (1, 1), "what the server had before is what it has");
}

/// How often a token was asked for with a key, or with a secret.
fn uses(issuer: &DemoIssuer, kind: &str) -> usize {
    let tokens = issuer.requests().into_iter().filter(|request| request.path.ends_with("/AuthToken"));
    let scheme = if kind == "private-key" { "Bearer " } else { "Basic " };
    tokens.filter(|request| request.header("authorization").is_some_and(|value| value.starts_with(scheme))).count()
}

#[test]
fn a_token_is_revoked_and_a_refused_revocation_is_explained() {
    let mut desk = Desk::new();
    let issuer = start(&desk, config(System::Generic).with_user(user()));
    desk.copy(SECRET);
    let app = desk.open();
    app.click("@first-add-environment");
    make_environment(&app, "generic-client", issuer.issuer(), "Generic", "development");
    enter_secret(&app, None);
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
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
    let mut desk = Desk::new();
    let issuer = start(&desk, config(System::Zitadel).with_user(user()));
    desk.copy(SECRET);
    let app = desk.open();
    app.click("@first-add-environment");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme", "development");
    enter_secret(&app, Some(USER_ID));
    test_and_copy(&desk, &app);
    let asked = issuer.requests().into_iter().rfind(|request| request.path == "/oauth/v2/token").expect("asked");
    assert_eq!(asked.field("grant_type"), Some("client_credentials"));
    assert_eq!(desk.keychain_items(), 1);
}

#[test]
fn a_secret_that_is_refused_gives_its_place_to_the_right_one() {
    let mut desk = Desk::new();
    let issuer = start(&desk, config(System::Zitadel).with_user(user()));
    desk.copy(SECRET);
    let app = desk.open();
    app.click("@first-add-environment");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme", "development");
    app.click("@import");
    app.click("@import-form");
    app.click("@import-kind-client-secret");
    app.fill("@import-client-id", CLIENT_ID);
    app.fill("@import-secret", "a secret of yesterday");
    app.click("@import-secret-take");
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='failed']");
    // What the failure leads to has the ids already.
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
    app.wait_for_words("@import-replaced", "removed");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    app.picture("secret-replaced");
    assert_eq!(desk.keychain_items(), 1, "the refused one is gone");
}

#[test]
fn an_inactive_token_is_explained_and_mended_with_one_button() {
    let desk = Desk::new();
    let parsed = mintage_core::key_file::parse(APPLICATION_KEY.as_bytes(), None, &[]).expect("the fixture is a key");
    let public_pem = parsed.key().expect("it is a key").facts().public_pem.clone();
    let application = Application {
        client_id: APPLICATION.into(),
        project_id: PROJECT.into(),
        secret: None,
        key: Some(RegisteredKey { key_id: "77".into(), public_pem, expires_at: None }),
    };
    let issuer = start(&desk, config(System::Zitadel).with_user(user()).with_application(application));
    let key_file = desk.write("deploy-bot.json", &issuer::key_file());
    let file =
        json!({ "type": "application", "keyId": "77", "key": APPLICATION_KEY, "appId": "78", "clientId": APPLICATION });
    let application_file = desk.write("orders-api.json", &file.to_string());

    let app = desk.open();
    app.wait_for("@first-run");
    import(&app, &key_file, issuer.issuer(), "Acme", "development");
    desk.open_file(&application_file);
    app.wait_for_words("@review", APPLICATION);
    // It cannot mint, so there is nothing to test.
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

#[test]
fn a_profile_is_copied_edited_exported_and_imported_again() {
    let desk = Desk::new();
    let issuer = start(&desk, config(System::Generic).with_user(user()));
    // A key file of a shape that only the profile knows.
    let zitadels: serde_json::Value = serde_json::from_str(&issuer::key_file()).expect("it is JSON");
    let robot = json!({ "acmeRobot": { "id": USER_ID, "kid": KEY_ID, "pem": zitadels["key"] } });
    let file = desk.write("robot.json", &robot.to_string());
    let app = desk.open();
    app.wait_for("@first-run");
    open_profiles(&desk, &app);
    app.open_menu("@profile[data-id='generic'] @profile-menu", "@profile-copy-and-edit");
    app.click("@profile-copy-and-edit");
    app.wait_for("@profile-editor");
    let text = app.script("return document.querySelector('[data-testid=\"profile-text\"]').value", json!([]));
    let text = text.as_str().expect("the profile is text").to_owned();
    assert!(text.contains("generic-copy"), "{text}");
    // The members of a rule stand there as remarks.
    assert!(text.contains("# suggestedName = "), "{text}");
    let edited = text.replace("generic-copy", "acme-sso").replace("(copy)", "ACME") + RULES;

    // What cannot work is named, and nothing is stored.
    set_text(&app, &edited.replace("[\"/access_token\"]", "[]"));
    app.click("@profile-save");
    app.wait_for_words("@profile-editor", "response.token");
    app.wait_for("@code-mark");
    app.click("@profile-go-to-line");
    let selected = "const field = document.querySelector('[data-testid=\"profile-text\"]'); \
                    return field.value.slice(field.selectionStart, field.selectionEnd)";
    assert_eq!(app.script(selected, json!([])), json!("token = []"));
    app.picture("profile-refused");
    set_text(&app, &edited);
    app.click("@profile-save");
    app.wait_until_gone("@profile-editor");
    // The list is as far down as the profile that was copied.
    app.fill("@profile-search", "acme-sso");
    app.wait_until_gone("@profile[data-id='generic']");

    let exported = desk.session.path("home/acme-sso.toml");
    let path = exported.to_str().expect("the session's paths are text");
    app.open_menu("@profile[data-id='acme-sso'] @profile-menu", "@profile-export-toml");
    app.click("@profile-export-toml");
    desk.type_into_chooser("Export the profile", path);
    app.until("the profile is exported", || exported.exists());
    let written = std::fs::read_to_string(&exported).expect("it was written");
    assert!(written.contains("id = \"acme-sso\"") && written.contains("[[keyFiles.rules]]"), "{written}");

    app.open_menu("@profile[data-id='acme-sso'] @profile-menu", "@profile-remove");
    app.click("@profile-remove");
    app.click("@confirm-remove-profile");
    app.wait_until_gone("@profile[data-id='acme-sso']");
    app.click("@profile-import");
    desk.type_into_chooser("Choose a provider profile", path);
    app.wait_for("@profile-editor");
    app.click("@profile-save");
    app.wait_for("@profile[data-id='acme-sso']");
    app.picture("profiles");

    desk.open_file(&file);
    app.wait_for_words("@review", "ACME robot key");
    app.click("@import-environment-add");
    // The file told whose it is.
    app.wait_for("@env-template[data-value='acme-sso']");
    make_environment(&app, "acme-sso", issuer.issuer(), "ACME SSO", "development");
    app.picture("described-key-file");
    test_and_copy(&desk, &app);
}

#[test]
fn a_key_file_of_an_unknown_shape_is_described_and_becomes_a_token() {
    let desk = Desk::new();
    let issuer = start(&desk, config(System::Generic).with_user(user()));
    let zitadels: serde_json::Value = serde_json::from_str(&issuer::key_file()).expect("it is JSON");
    let robot = json!({ "kind": "acme-robot", "robot": { "userId": USER_ID, "kid": KEY_ID, "pem": zitadels["key"] } });
    let app = desk.open();
    app.wait_for("@first-run");
    desk.open_file(&desk.write("robot.json", &robot.to_string()));
    app.wait_for("@review[data-code='type-unknown'], @review[data-code='json-unknown']");
    app.picture("key-file-unknown");
    app.click("@problem-next");
    app.wait_for("@profile-editor");
    let text = app.script("return document.querySelector('[data-testid=\"profile-text\"]').value", json!([]));
    let text = text.as_str().expect("the profile is text");
    assert!(text.contains("privateKey = \"/robot/pem\"") && text.contains("\"/kind\" = \"acme-robot\""), "{text}");
    set_text(&app, &text.replace("generic-copy", "acme").replace("Key file", "Robot key file (ACME)"));
    app.picture("key-file-described");
    app.click("@profile-save");
    app.wait_for_words("@review", "Robot key file (ACME)");
    app.click("@import-environment-add");
    app.wait_for("@env-template[data-value='acme']");
    make_environment(&app, "acme", issuer.issuer(), "ACME", "development");
    test_and_copy(&desk, &app);
}

/// Where the key files of [`a_profile_is_copied_edited_exported_and_imported_again`] have what.
const RULES: &str = r#"
[[keyFiles.rules]]
name = "ACME robot key"
matches = { "/acmeRobot" = "" }
privateKey = "/acmeRobot/pem"
userId = "/acmeRobot/id"
keyId = "/acmeRobot/kid"
"#;

/// Puts a text into the editor at once; typed key by key it would take its time.
fn set_text(app: &App<'_>, text: &str) {
    let script = "const field = document.querySelector('[data-testid=\"profile-text\"]'); field.value = arguments[0]; \
                  field.dispatchEvent(new Event('input', { bubbles: true }))";
    app.script(script, json!([text]));
}

fn open_profiles(desk: &Desk, app: &App<'_>) {
    app.focus();
    desk.press(&["ctrl+k"]);
    app.wait_for("@palette");
    desk.type_text("provider profiles");
    desk.press(&["Return"]);
    app.wait_for("@profiles");
}
