//! Rotating a key in the window: by itself and by an administrator, paused, undone, interrupted, in a console.

use mintage_testbed::app::App;
use mintage_testbed::axe::Findings;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::{DemoIssuer, Era, Lag, Quirks, RegisteredKey, Subject, System, TokenForm, User};
use serde_json::json;

use crate::BINARY;
use crate::issuer::{self, KEY_ID, USER_ID};
use crate::steps::{files_with, make_environment, open_with_key};

const ADMIN_ID: &str = "100507859606888999";
const ADMIN_KEY_ID: &str = "100509901696068999";
const ADMIN_PEM: &str = include_str!("../fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");

/// The ids of a user's keys at the issuer.
pub(crate) fn keys_of(issuer: &DemoIssuer, user_id: &str) -> Vec<String> {
    let users = issuer.users();
    let user = users.iter().find(|user| user.user_id == user_id).expect("the issuer knows the user");
    user.keys.iter().map(|key| key.key_id.clone()).collect()
}

/// Opens the plan of a rotation of the service user's key.
fn plan(app: &App<'_>) {
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@tab-credentials");
    app.click("@credential @rotate");
    app.wait_for("@rotation-sheet");
}

fn start(app: &App<'_>, grace: &str) {
    app.wait_for("@rotation-facts");
    app.click(&format!("@rotation-grace option[value='{grace}']"));
    app.click("@rotation-start");
}

pub(crate) fn wait_until_it_is(app: &App<'_>, place: &str) {
    app.wait_for(&format!("@rotation-run[data-where='{place}']"));
}

/// The separators between panes stand outside the landmarks.
const OF_THE_PANES: [&str; 1] = ["region"];

pub(crate) fn look(app: &App<'_>, findings: &mut Findings, view: &str) {
    for theme in ["light", "dark"] {
        app.script("document.documentElement.dataset.theme = arguments[0]", json!([theme]));
        app.picture(&format!("rotation-{}-{theme}", view.replace([',', ' '], "-")));
        findings.look(
            &format!("rotation, {view}, {theme}"),
            &|body, arguments| app.script(body, arguments),
            &OF_THE_PANES,
        );
    }
    app.script("delete document.documentElement.dataset.theme", json!([]));
}

#[test]
fn a_key_is_rotated_by_its_service_user_and_the_private_half_reaches_nothing_but_the_keychain() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    let imported = desktop.keychain_secrets();
    app.script(HEAR_ALL, json!([]));
    plan(&app);
    app.wait_for_words("@rotation-facts", KEY_ID);
    app.wait_for_words("@rotation-facts", "itself");
    app.wait_for_words("@rotation-facts", "ZITADEL’s API v2");
    assert_eq!(keys_of(&issuer, USER_ID), [KEY_ID], "a plan changes nothing");
    let mut findings = Findings::default();
    look(&app, &mut findings, "planned");
    start(&app, "0");
    wait_until_it_is(&app, "done");
    look(&app, &mut findings, "done");

    let new = app.text("@rotation-new-id");
    assert_eq!(keys_of(&issuer, USER_ID), [new.as_str()], "the server has the new key alone");
    let private: Vec<Vec<u8>> = desktop.keychain_secrets();
    assert_eq!(private.len(), 1, "the old key is gone here too");
    assert!(!imported.contains(&private[0]), "it is another key");
    let encodings = issuer::encodings(&private[0]);
    assert_eq!(files_with(&desktop, &encodings), Vec::<std::path::PathBuf>::new());
    let heard = app.script("return window.heard.join('\\n')", json!([]));
    let heard = heard.as_str().expect("what crossed is text");
    assert!(heard.contains("rotation-changed") && heard.contains("continue_rotation"), "nothing was listened to");
    assert!(heard.contains(&new), "the new key's id crosses");
    assert!(!issuer::holds_any(heard.as_bytes(), &encodings));
    let sent = |body: &str| issuer::holds_any(body.as_bytes(), &encodings);
    assert!(!issuer.requests().iter().any(|request| sent(&request.body)), "nobody else gets it");

    app.click("@rotation-close");
    app.click("@tab-token");
    app.click("@mint");
    app.wait_for("@token-masked");
    app.click("@rail-activity");
    app.wait_for_words("@activity-entry", "Rotated");
    findings.conclude();
}

/// Keeps every answer and every step's event that reaches the page, with the requests.
const HEAR_ALL: &str = "
    window.heard = [];
    const asked = window.fetch;
    const text = (body) => (typeof body === 'string' ? body : body ? new TextDecoder().decode(body) : '');
    window.fetch = async (...request) => {
      const answer = await asked(...request);
      window.heard.push(String(request[0]), text(request[1]?.body), await answer.clone().text());
      return answer;
    };
    const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
    const handler = transformCallback((event) => window.heard.push(JSON.stringify(event)));
    invoke('plugin:event|listen', { event: 'rotation-changed', target: { kind: 'Any' }, handler });";

#[test]
fn an_administrator_rotates_where_the_server_has_only_version_1() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::of(Era::V2_55));
    issuer.add_user(administrator());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    let pem = ADMIN_PEM.replace('\n', "\\n");
    let file = format!(r#"{{"type":"serviceaccount","keyId":"{ADMIN_KEY_ID}","key":"{pem}","userId":"{ADMIN_ID}"}}"#);
    desktop.open_file(&desktop.write("admin.json", &file));
    app.click("@import-only");
    app.wait_for("@import-result[data-stage='done']");
    app.click("@import-done");
    app.wait_until_gone("@import-sheet");

    plan(&app);
    app.wait_for("@problem[data-code='rotation-not-allowed']");
    app.wait_for_words("@problem", "ORG_USER_MANAGER");
    let mut findings = Findings::default();
    look(&app, &mut findings, "not allowed");
    app.click("@rotation-by option:not(:checked)");
    app.wait_for_words("@rotation-facts", "Management API v1");
    start(&app, "0");
    wait_until_it_is(&app, "done");
    assert_eq!(keys_of(&issuer, USER_ID), [app.text("@rotation-new-id")]);
    assert_eq!(keys_of(&issuer, ADMIN_ID), [ADMIN_KEY_ID], "the administrator's own key stays");
    findings.conclude();
}

fn administrator() -> User {
    let file = mintage_core::key_file::parse(ADMIN_PEM.as_bytes(), None, &[]).expect("the fixture is a key");
    let public_pem = file.key().expect("the fixture is a key").facts().public_pem.clone();
    let mut admin = User::new(ADMIN_ID, "Admin Bot", "admin-bot@acme.com");
    admin.administrator = true;
    admin.keys = vec![RegisteredKey { key_id: ADMIN_KEY_ID.to_owned(), public_pem, expires_at: None }];
    admin
}

#[test]
fn a_rotation_waits_for_a_person_and_for_its_grace_and_can_be_undone() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    let mut findings = Findings::default();
    plan(&app);
    app.wait_for("@rotation-facts");
    app.click("@rotation-pause-after");
    start(&app, "86400");
    wait_until_it_is(&app, "pause");
    assert_eq!(keys_of(&issuer, USER_ID).len(), 2, "both work");
    look(&app, &mut findings, "paused");
    app.click("@rotation-undo");
    wait_until_it_is(&app, "undone");
    look(&app, &mut findings, "undone");
    assert_eq!(keys_of(&issuer, USER_ID), [KEY_ID]);
    assert_eq!(desktop.keychain_items(), 1);
    app.click("@rotation-close");

    plan(&app);
    app.wait_for("@rotation-facts");
    app.click("@rotation-pause-after");
    start(&app, "86400");
    wait_until_it_is(&app, "pause");
    // Closing loses nothing: it waits where its service user is, and where expiry is.
    app.click("@rotation-close");
    app.wait_for("@credentials @rotation-notice[data-where='pause']");
    app.click("@rail-radar");
    app.wait_for("@open-rotations @rotation-notice");
    look(&app, &mut findings, "radar");
    app.quit();

    let app = desktop.open();
    app.wait_for_words("@status", "1 rotation waiting for you");
    app.click("@status-action");
    wait_until_it_is(&app, "pause");
    app.click("@rotation-continue");
    wait_until_it_is(&app, "grace");
    look(&app, &mut findings, "grace");
    let new = app.text("@rotation-new-id");
    assert_eq!(keys_of(&issuer, USER_ID).len(), 2, "the old key works until the grace is over");
    app.click("@rotation-retire");
    wait_until_it_is(&app, "done");
    assert_eq!(keys_of(&issuer, USER_ID), [new]);
    assert_eq!(desktop.keychain_items(), 1);
    findings.conclude();
}

#[test]
fn a_rotation_goes_on_after_the_app_was_killed_in_the_middle_of_a_step() {
    let desktop = DesktopSession::new(BINARY);
    // The server knows the new key at the ninth request for a token: later than the first run asks, earlier than the
    // last one does.
    let lag = Lag { key: 8, ..Lag::default() };
    let issuer = issuer::start(&desktop, Quirks { lag, ..Quirks::default() });
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    let mut findings = Findings::default();
    plan(&app);
    start(&app, "0");
    wait_until_it_is(&app, "failed");
    app.wait_for("@problem");
    look(&app, &mut findings, "failed");
    issuer.change_quirks(|quirks| quirks.silent = true);
    app.click("@rotation-continue");
    app.wait_for("[data-step='prove'][data-state='now']");
    look(&app, &mut findings, "running");
    app.kill();

    issuer.change_quirks(|quirks| quirks.silent = false);
    assert!(keys_of(&issuer, USER_ID).contains(&KEY_ID.to_owned()), "the old key is untouched");
    let app = desktop.open();
    app.click("@status-action");
    wait_until_it_is(&app, "stopped");
    look(&app, &mut findings, "stopped");
    let known = keys_of(&issuer, USER_ID);
    let new = known.iter().find(|id| *id != KEY_ID).expect("the new key is registered");
    app.click("@rotation-continue");
    wait_until_it_is(&app, "done");
    assert_eq!(keys_of(&issuer, USER_ID), [new.as_str()], "one key, and no orphan");
    assert_eq!(desktop.keychain_items(), 1);
    findings.conclude();
}

/// A person uploads what Mintage made, and removes the old one; the private half is made here and stays here.
#[test]
fn where_only_a_console_takes_keys_a_person_uploads_the_public_half() {
    const CLIENT: &str = "acme-client";
    const SUBJECT: &str = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
    let desktop = DesktopSession::new(BINARY);
    let mut user = User::new(CLIENT, "Deploy Bot", "deploy-bot@acme.test");
    user.token_form = TokenForm::Jwt;
    user.speaks_for = vec![Subject::new(SUBJECT)];
    user.keys = vec![RegisteredKey { key_id: KEY_ID.into(), public_pem: issuer::public_pem(), expires_at: None }];
    let issuer = issuer::start_with(&desktop, issuer::config(System::DocuSign).with_user(user));
    let file = desktop.write("key.pem", issuer::PEM);
    let app = desktop.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.click("@import-environment-add");
    make_environment(&app, "docusign", issuer.issuer(), "Acme", "development");
    app.fill("@import-user-id", SUBJECT);
    app.fill("@import-client-id", CLIENT);
    app.click("@import-only");
    app.wait_for("@import-result[data-stage='done']");
    app.click("@import-done");
    app.click(&format!("[data-user-id='{SUBJECT}'] @row"));
    app.click("@tab-credentials");
    app.click("@credential @rotate");
    app.wait_for_words("@rotation-sheet", "Upload Public Key");
    let mut findings = Findings::default();
    look(&app, &mut findings, "console, planned");
    start(&app, "0");
    wait_until_it_is(&app, "upload");
    look(&app, &mut findings, "console, upload");
    let public_pem = app.text("@public-half pre");
    assert!(public_pem.starts_with("-----BEGIN PUBLIC KEY-----"), "{public_pem}");
    let saved = desktop.write("uploaded.pem", "");
    app.click("@save-public-half");
    desktop.type_into_chooser("Save public key", &saved.display().to_string());
    app.until("it is saved", || {
        std::fs::read_to_string(&saved).is_ok_and(|text| text.trim_end() == public_pem.trim_end())
    });
    // Said too early, and mistyped: it can be stopped, and corrected.
    app.fill("@console-key-id", "nwe");
    app.click("@rotation-continue");
    app.wait_for("[data-step='prove'][data-state='now']");
    app.click("@rotation-pause");
    wait_until_it_is(&app, "stopped");
    look(&app, &mut findings, "console, mistyped");
    issuer.add_key(CLIENT, RegisteredKey { key_id: "new".into(), public_pem: public_pem + "\n", expires_at: None });
    app.fill("@console-key-id", "new");
    app.click("@rotation-continue");
    wait_until_it_is(&app, "byHand");
    look(&app, &mut findings, "console, remove by hand");
    assert_eq!(desktop.keychain_items(), 2, "the old one is kept until the person has removed it");
    issuer.remove_key(CLIENT, KEY_ID);
    app.click("@rotation-continue");
    wait_until_it_is(&app, "done");
    assert_eq!((desktop.keychain_items(), keys_of(&issuer, CLIENT)), (1, vec!["new".to_owned()]));
    findings.conclude();
}

/// From the credential's card to the end by keys alone, at three widths.
#[test]
fn a_rotation_is_made_by_keys_alone() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@tab-credentials");
    app.wait_for("@credential @rotate");
    app.focus();
    let walk = |to: &str| {
        let is_there = || app.script("return document.activeElement?.dataset.testid ?? ''", json!([])) == to;
        for _ in 0..40 {
            if is_there() {
                return;
            }
            desktop.press(&["Tab"]);
        }
        panic!("the keyboard doesn't reach {to}");
    };
    walk("rotate");
    desktop.press(&["Return"]);
    app.wait_for("@rotation-facts");
    for width in [1280, 930, 720] {
        app.resize(width, 800);
        app.picture(&format!("rotation-planned-{width}"));
    }
    app.resize(1280, 800);
    walk("rotation-pause-after");
    desktop.press(&["space"]);
    walk("rotation-start");
    desktop.press(&["Return"]);
    wait_until_it_is(&app, "pause");
    for width in [1280, 930, 720] {
        app.resize(width, 800);
        app.picture(&format!("rotation-paused-{width}"));
    }
    walk("rotation-continue");
    desktop.press(&["Return"]);
    wait_until_it_is(&app, "grace");
    walk("rotation-retire");
    desktop.press(&["Return"]);
    wait_until_it_is(&app, "done");
    walk("rotation-close");
    desktop.press(&["Return"]);
    app.wait_until_gone("@rotation-sheet");
    assert_ne!(keys_of(&issuer, USER_ID), [KEY_ID]);
}

#[test]
fn what_expires_soon_in_the_demo_is_rotated_from_the_radar_with_a_report() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for("@row");
    app.click("@rail-radar");
    app.wait_for("@radar-expiring");
    let mut findings = Findings::default();
    app.click("@rotate-soon");
    app.wait_for("@rotate-many");
    look(&app, &mut findings, "many");
    app.click("@many-grace option[value='0']");
    app.click("@many-start");
    app.wait_for("@rotate-many-body[data-over='true']");
    look(&app, &mut findings, "many, over");
    let state = |name: &str| {
        let found = app.script(STATES, json!([]));
        let states: Vec<(String, String)> = serde_json::from_value(found).expect("pairs of texts");
        states.into_iter().find(|(who, _)| who == name).map(|(_, state)| state)
    };
    // One whose key has expired can't ask for a new one by itself.
    assert_eq!(state("billing-sync").as_deref(), Some("done"));
    assert_eq!(state("data-bridge").as_deref(), Some("failed"));
    findings.conclude();
}

/// Each one's name and state.
const STATES: &str = "
    return [...document.querySelectorAll('[data-testid=many-item]')]
      .map((each) => [each.querySelector('.name').textContent, each.dataset.state]);";

#[test]
fn production_is_asked_for_before_it_is_planned_and_before_it_is_rotated() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme production", "production");
    plan(&app);
    app.click("@confirm-production");
    app.wait_for("@rotation-facts");
    app.click("@rotation-grace option[value='0']");
    app.click("@rotation-start");
    app.wait_for("@confirm-rotation");
    app.picture("rotation-confirm-production");
    assert_eq!(keys_of(&issuer, USER_ID), [KEY_ID], "nothing is done before the answer");
    desktop.press(&["Escape"]);
    app.wait_until_gone("@confirm-rotation");
    app.click("@rotation-start");
    app.click("@confirm-rotation");
    wait_until_it_is(&app, "done");
    assert_ne!(keys_of(&issuer, USER_ID), [KEY_ID]);
}
