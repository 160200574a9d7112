//! A keychain that is locked or missing: reported, explained, and nothing stored anywhere else.

use mintage_testbed::issuer::Quirks;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer;
use crate::steps::{files_with, make_environment};
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::session::PASSWORD;

#[test]
fn a_keychain_that_locks_locks_mintage_and_its_password_unlocks_both() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.click("@try-demo");
    app.wait_for("@keychain-state[data-state='ready']");
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    desktop.session.lock();
    app.wait_for("@locked");
    app.until("the token is cleared", || desktop.clipboard().is_empty());
    app.picture("keychain-locked");

    desktop.session.allow_prompts(&desktop.display);
    app.click("@unlock-mintage");
    desktop.display.type_at_prompt(PASSWORD);
    app.wait_until_gone("@locked");
    app.wait_for("@keychain-state[data-state='ready']");
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.until("another token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
}

#[test]
fn without_a_keychain_the_demo_is_refused_with_the_way_to_one() {
    let desktop = DesktopSession::without_keyring(BINARY);
    let app = desktop.open();
    app.wait_for("@keychain-state[data-state='absent']");
    app.click("@try-demo");
    app.wait_for("@problem[data-code='keychain-absent']");
    app.wait_for("@first-run");
    assert_eq!(app.all("@rail-env").len(), 0);
    app.picture("keychain-absent");
}

#[test]
fn without_a_keychain_an_imported_key_is_written_nowhere() {
    let desktop = DesktopSession::without_keyring(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    let app = desktop.open();
    app.wait_for("@first-run");
    desktop.open_file(&file);
    app.click("@import-environment-add");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme", "development");
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='failed'] @problem[data-code='keychain-absent']");
    assert_eq!(files_with(&desktop, &issuer::encodings(&issuer::key_bytes())), [file]);
    app.quit();
    let app = desktop.open();
    app.wait_for("@rail-env");
    assert_eq!(app.all("@row").len(), 0);
}
