//! A keychain that is locked or not there: said, explained, and nothing kept anywhere else.

use mintage_demo_issuer::Quirks;

use crate::demo::DEPLOY_BOT;
use crate::desk::Desk;
use crate::issuer;
use crate::session::PASSWORD;
use crate::steps::{files_with, make_environment};

#[test]
fn a_keychain_locked_meanwhile_is_explained_and_unlocked_with_one_button() {
    let desk = Desk::new();
    let app = desk.open();
    app.click("@try-demo");
    app.wait_for("@keychain-state[data-state='ready']");
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    desk.session.lock();
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.wait_for("@problem[data-code='keychain-locked']");
    app.wait_for("@problem-next[data-step='unlock-keychain']");
    app.wait_for("@keychain-state[data-state='locked']");
    assert_eq!(desk.clipboard(), "");
    app.picture("keychain-locked");

    desk.session.allow_prompts(&desk.display);
    app.click("@problem-next[data-step='unlock-keychain']");
    desk.type_at_prompt(PASSWORD);
    app.wait_until_gone("@problem");
    app.wait_for("@keychain-state[data-state='ready']");
    app.until("a token is on the clipboard", || desk.clipboard().starts_with("eyJ"));
}

#[test]
fn without_a_keychain_the_demo_is_refused_with_the_way_to_one() {
    let desk = Desk::without_keyring();
    let app = desk.open();
    app.wait_for("@keychain-state[data-state='absent']");
    app.click("@try-demo");
    app.wait_for("@problem[data-code='keychain-absent']");
    app.wait_for("@first-run");
    assert_eq!(app.all("@rail-env").len(), 0);
    app.picture("keychain-absent");
}

#[test]
fn without_a_keychain_an_imported_key_is_written_nowhere() {
    let desk = Desk::without_keyring();
    let issuer = issuer::start(&desk, Quirks::default());
    let file = desk.write("deploy-bot.json", &issuer::key_file());
    let app = desk.open();
    app.wait_for("@first-run");
    desk.open_file(&file);
    app.click("@import-environment-add");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme", "development");
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='failed'] @problem[data-code='keychain-absent']");
    assert_eq!(files_with(&desk, &issuer::faces(&issuer::key_bytes())), [file]);
    app.quit();
    let app = desk.open();
    app.wait_for("@rail-env");
    assert_eq!(app.all("@row").len(), 0);
}
