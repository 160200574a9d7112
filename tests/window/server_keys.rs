//! Keys at the server, in the window: listed there and removed there, and when one expires.

use mintage_testbed::axe::Findings;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::{Quirks, RegisteredKey};
use serde_json::{Value, json};

use crate::BINARY;
use crate::issuer::{self, KEY_ID, USER_ID};
use crate::rotation::{keys_of, look};
use crate::steps::open_with_key;

#[test]
fn keys_that_only_the_server_has_are_shown_and_removed_by_name() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let other =
        RegisteredKey { key_id: "100509901696000001".to_owned(), public_pem: issuer::public_pem(), expires_at: None };
    issuer.add_key(USER_ID, other);
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@tab-credentials");
    app.click("@list-private-key");
    app.wait_for(&format!("@server-credential[data-key-id='{KEY_ID}'][data-held='true']"));
    app.wait_for("@server-credential[data-key-id='100509901696000001'][data-held='false']");
    let mut findings = Findings::default();
    look(&app, &mut findings, "server");
    app.click("tr:has(@server-credential[data-held='false']) @remove-server-credential");
    app.click("@confirm-remove-server-credential");
    app.wait_until_gone("@server-credential[data-held='false']");
    assert_eq!(keys_of(&issuer, USER_ID), [KEY_ID]);

    // The last one that works goes only by its name.
    app.click("tr:has(@server-credential) @remove-server-credential");
    app.click("@confirm-remove-server-credential");
    app.wait_for("@name-last-credential");
    look(&app, &mut findings, "last key");
    assert_eq!(keys_of(&issuer, USER_ID), [KEY_ID]);
    app.fill("@name-last-credential", KEY_ID);
    app.click("@confirm-remove-server-credential");
    app.until("the last key is gone", || keys_of(&issuer, USER_ID).is_empty());
    app.until("it is gone here too", || desktop.keychain_items() == 0);
    findings.conclude();
}

#[test]
fn an_expiry_that_nobody_knows_is_entered_by_hand_and_reaches_the_radar() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@tab-credentials");
    app.click("@set-expiry");
    app.wait_for("@set-expiry-dialog");
    let put = "
        const field = document.querySelector('[data-testid=expiry-date]');
        field.value = '2040-06-30';
        field.dispatchEvent(new Event('input', { bubbles: true }));
        return field.value";
    assert_eq!(app.script(put, json!([])), Value::from("2040-06-30"));
    app.picture("rotation-expiry");
    app.click("@expiry-save");
    app.wait_until_gone("@set-expiry-dialog");
    app.wait_for_words("@credential", "2040");
    app.click("@rail-radar");
    app.wait_for_words("@radar-expiring", "2040");
}
