//! The Inspector in the real window: a named issuer, and the difference between two tokens.

use mintage_testbed::issuer::Quirks;

use crate::BINARY;
use crate::demo::DEPLOY_BOT;
use crate::issuer::{self, USER_ID};
use crate::steps::open_with_key;
use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;

#[test]
fn an_issuer_is_asked_for_its_keys_only_once_it_was_accepted() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "development");
    app.click(&format!("[data-user-id='{USER_ID}'] @row"));
    app.click("@copy-as");
    app.click("@copy-as-curl");
    app.until("a curl line is on the clipboard", || desktop.clipboard().starts_with("curl "));
    let asked = || issuer.requests().iter().filter(|request| request.path.ends_with("/keys")).count();
    let (before, keys_before) = (issuer.requests().len(), asked());

    app.click("@rail-inspector");
    paste(&app, "@inspector-text");
    app.wait_for("@verdict[data-verdict='unchecked']");
    app.click("@inspector-against option[value='named']");
    app.click("@named-issuer-suggested");
    app.until("the address is taken over", || app.exists("@named-issuer-check:not(:disabled)"));
    assert_eq!(issuer.requests().len(), before, "nothing was asked because a token says so");
    app.click("@named-issuer-check");
    app.wait_for("@verdict[data-verdict='valid']");
    assert_eq!(asked(), keys_before + 1);

    app.fill("@named-issuer-url", "http://auth.acme.example");
    app.click("@named-issuer-check");
    app.wait_for("@problem[data-code='issuer-invalid']");
    app.picture("inspector-named-issuer");
}

#[test]
fn two_tokens_differ_in_the_scope_that_was_added() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@copy-token");
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    app.click("@add-scope");
    app.focus();
    app.fill("@own-scope", "urn:zitadel:iam:org:project:id:77:aud");
    desktop.press(&["Return"]);
    // The token in memory was minted for other scopes.
    app.wait_until_gone("@token-masked");
    app.click("@mint");
    app.wait_for("@token-masked");

    app.click("@rail-inspector");
    app.click("label:has(@inspector-two)");
    paste(&app, "@compare-first");
    app.click("@compare-second-from option:not([value=''])");
    app.wait_for("@difference-row[data-claim='aud'][data-change='changed']");
    app.wait_for_words("@difference-member[data-change='added']", "77");
    app.wait_for("@difference-row[data-claim='jti']");
    app.wait_for("@difference-same:not([open])");
    app.click("@difference-same summary");
    app.wait_for("@difference-same[open] @difference-row[data-claim='iss'][data-change='same']");
    app.picture("inspector-difference");
    app.click("@compare-swap");
    app.wait_for_words("@difference-member[data-change='removed']", "77");
}

#[test]
fn the_palette_inspects_what_is_on_the_clipboard() {
    let mut desktop = DesktopSession::new(BINARY);
    desktop.copy("there is no token here");
    let app = desktop.open_with(&["--demo"]);
    app.wait_for("@row");
    app.click("@open-palette");
    app.fill("@palette-field", "inspect clip");
    app.click("@palette-item");
    app.wait_for("@problem[data-code='token-not-found']");
}

/// Pastes the clipboard into a field, like a user.
fn paste(app: &App<'_>, field: &str) {
    app.focus();
    app.click(field);
    app.desktop.press(&["ctrl+v"]);
    app.until("it is pasted", || app.exists(&format!("{field}:not(:placeholder-shown)")));
}
