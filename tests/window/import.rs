//! From a key file to a token: every way in, the same key twice, and where the key is afterwards.

use std::path::PathBuf;

use mintage_testbed::issuer::Quirks;

use crate::BINARY;
use crate::issuer::{self, KEY_ID, NAME, PEM, USER_ID};
use crate::steps::{files_with, make_environment, open_and_paste};
use mintage_testbed::desktop::DesktopSession;

/// Not a file at all.
const NOWHERE: [PathBuf; 0] = [];

#[test]
fn a_key_file_becomes_a_token_and_the_key_is_in_the_keychain_alone() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let file = desktop.write("deploy-bot.json", &issuer::key_file());
    let encodings = issuer::encodings(&issuer::key_bytes());
    assert_eq!(files_with(&desktop, &encodings), std::slice::from_ref(&file));

    let app = desktop.open();
    app.wait_for("@first-run");
    desktop.open_file(&file);
    app.wait_for_words("@review", USER_ID);
    app.click("@import-environment-add");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme development", "development");
    assert_eq!(desktop.keychain_items(), 0);
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    app.wait_for_words("@import-name-offer", NAME);
    assert_eq!(desktop.keychain_items(), 1);

    app.click("@delete-original");
    app.click("@delete-original-confirm");
    app.until("the original file is deleted", || !file.exists());
    app.click("@import-done");
    app.until("what was imported has the keyboard", || app.exists(&format!("[data-user-id='{USER_ID}'] @row:focus")));
    app.click(&format!("[data-user-id='{USER_ID}'] @row-copy"));
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    let token = desktop.clipboard();
    assert_eq!(files_with(&desktop, &encodings), NOWHERE);

    desktop.write("deploy-bot (1).json", &issuer::key_file());
    desktop.open_file(&desktop.session.path("home/deploy-bot (1).json"));
    app.wait_for_words("@review", "already in Acme development");
    app.click("@import-only");
    app.wait_for_words("@import-result", "Nothing changed");
    assert_eq!(desktop.keychain_items(), 1);
    app.click("@import-done");
    app.quit();

    let signature = token.rsplit('.').next().expect("a JWT ends with its signature");
    assert_eq!(files_with(&desktop, &[signature.as_bytes().to_vec()]), NOWHERE);
    let app = desktop.open();
    app.click(&format!("[data-user-id='{USER_ID}'] @row-copy"));
    app.until("another token is on the clipboard", || {
        desktop.clipboard().starts_with("eyJ") && desktop.clipboard() != token
    });
}

#[test]
fn a_key_file_is_pasted() {
    let mut desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    desktop.copy(&issuer::key_file());
    let app = open_and_paste(&desktop);
    app.wait_for_words("@review", KEY_ID);
    app.click("@import-environment-add");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme", "staging");
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    assert_eq!(desktop.keychain_items(), 1);
    app.click("@import-copy");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
}

#[test]
fn an_encrypted_key_asks_for_its_passphrase() {
    let desktop = DesktopSession::new(BINARY);
    let file = desktop.write("deploy.pem", include_str!("../fixtures/keys/throwaway-rsa-2048-a.encrypted-aes256.pem"));
    let app = desktop.open_with(&[file.to_str().expect("the session's paths are text")]);
    app.wait_for("@review");
    app.fill("@import-passphrase", "wrong");
    app.click("@import-unseal");
    app.wait_for("@review [role='alert'], @review [aria-invalid='true']");
    app.fill("@import-passphrase", "throwaway");
    app.click("@import-unseal");
    app.wait_until_gone("@import-passphrase");
    app.wait_for("@import-user-id");
    app.wait_for("@import-key-id");
}

#[test]
fn files_are_dropped_on_the_window() {
    let desktop = DesktopSession::new(BINARY);
    let key = desktop.write("deploy-bot.json", &issuer::key_file());
    let other = desktop.write("notes.txt", "not a key");
    let app = desktop.open();
    app.wait_for("@first-run");
    app.drop_files(&[&key, &other]);
    app.wait_for("@import-sheet");
    app.until("both files are reviewed", || app.all("@review").len() == 2);
    app.wait_for_words("@review", USER_ID);
    assert!(app.attribute("@review[data-code]", "data-code").is_some_and(|code| !code.is_empty()));
    app.wait_until_gone("@drop-highlight");
    assert_eq!(desktop.keychain_items(), 0);
}

#[test]
fn three_values_of_paonia_become_a_token() {
    let mut desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    desktop.copy(PEM);
    let app = desktop.open();
    app.click("@first-add-environment");
    make_environment(&app, "paonia", issuer.issuer(), "Paonia", "development");
    app.click("@import");
    app.click("@import-form");
    app.fill("@import-user-id", USER_ID);
    app.fill("@import-key-id", KEY_ID);
    app.click("@import-paste");
    app.wait_for("@review");
    app.fill("@import-name", "three-values");
    app.click("@import-and-test");
    app.wait_for("@import-result[data-stage='done'][data-tested='minted']");
    app.click("@import-done");
    app.wait_for_words(&format!("[data-user-id='{USER_ID}'] @row"), "three-values");
    assert_eq!(desktop.keychain_items(), 1);
}

#[test]
fn a_bag_of_key_files_goes_in_as_far_as_it_can_and_the_rest_says_why() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let key = desktop.write("deploy-bot.json", &issuer::key_file());
    let bare = desktop.write("bare.pem", include_str!("../fixtures/keys/throwaway-ec-p256.pkcs8.pem"));
    let google = desktop.write("google.json", include_str!("../fixtures/files/google-service-account.json"));
    let app = desktop.open();
    app.wait_for("@first-run");
    app.drop_files(&[&key, &bare, &google]);
    app.until("all are reviewed", || app.all("@review").len() == 3);
    app.click("@import-environment-add");
    make_environment(&app, "zitadel", issuer.issuer(), "Acme", "development");
    app.wait_for_words("@import-staying", "2 files need your attention");
    app.wait_for_words("[data-warning='foreign']", "stays here until the others are imported");
    app.picture("import-bag");
    app.click("@import-and-test");
    app.wait_for("@import-result[data-tested='minted']");
    assert_eq!(desktop.keychain_items(), 1, "what stays is not stored");

    // The key without an id needs one, and is left out here.
    app.wait_for("@import-user-id[aria-invalid='true']:focus");
    app.click("@review:has(@import-user-id) @review-remove");
    // Now only Google's file is left, and it needs an environment.
    app.wait_for_words("@import-sheet", "none of your environments uses Google");
    app.picture("import-bag-rest");
    assert_eq!(desktop.keychain_items(), 1);
}
