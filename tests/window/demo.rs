//! The first minutes with the app: the demo, from an empty window to a token and back.

use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::BINARY;
use crate::creating_user::ask_to_create;
use crate::rotation::wait_until_it_is;
use mintage_testbed::desktop::DesktopSession;

pub(crate) const DEPLOY_BOT: &str = "100507859606888466";

#[test]
fn a_newcomer_gets_a_token_from_the_demo_sees_what_it_says_and_removes_the_demo() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    app.click("@try-demo");
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));

    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    let token = desktop.clipboard();
    let issuer = signed_by_its_issuer(&desktop, &token);
    assert_eq!(desktop.clipboard_target("x-kde-passwordManagerHint").as_deref(), Some("secret"));
    let said = app.text("@status");
    for word in ["deploy-bot", "Acme development", " left", "clipboard clears in 30 s"] {
        assert!(said.contains(word), "the confirmation does not say {word:?}: {said}");
    }

    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@tab-claims");
    app.wait_for("@verdict[data-verdict='valid']");
    app.wait_for("@claim-row[data-claim='sub']");
    app.click("@tab-userinfo");
    app.wait_for("@userinfo-subject[data-matches='true']");
    app.wait_for_words("tr:has(@userinfo-row[data-claim='name'])", "deploy-bot");

    app.until_within(Duration::from_secs(60), "the clipboard is cleared", || desktop.clipboard().is_empty());
    assert_eq!(desktop.clipboard_target("x-kde-passwordManagerHint"), None);

    let port = issuer.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).expect("the demo has a port");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    assert_eq!(desktop.keychain_items(), 6);
    app.click("@remove-demo");
    app.wait_for("@first-run");
    assert_eq!(app.all("@rail-env").len(), 0);
    assert_eq!(desktop.keychain_items(), 0);
    app.until("the demo's port is closed", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}

#[test]
fn the_demo_is_there_again_after_a_restart() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.quit();
    let app = desktop.open();
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row-copy"));
    app.until("a token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
}

#[test]
fn the_demo_shows_introspection_and_what_makes_a_token_active() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    // One that requests the application's project, and one that doesn't.
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@tab-introspection");
    app.click("@introspection-mint");
    app.click("@introspect");
    app.wait_for("@introspected[data-active='true']");
    app.click("[data-user-id='170652811490567621'] @row");
    app.click("@introspection-mint");
    app.click("@introspect");
    app.wait_for("@introspected[data-active='false']");
    // The project is known, so one button is enough.
    app.click("@mint-with-audience");
    app.wait_for("@introspected[data-active='true']");
    app.quit();

    let app = desktop.open();
    app.click(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    app.click("@tab-introspection");
    app.click("@introspection-mint");
    app.click("@introspect");
    app.wait_for("@introspected[data-active='true']");
}

#[test]
fn the_demo_shows_how_a_service_user_is_created_at_its_server() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for(&format!("[data-user-id='{DEPLOY_BOT}'] @row"));
    ask_to_create(&desktop, &app, "Acme development");
    app.fill("@create-user-name", "reporter");
    // The demo's administrator is proposed.
    app.click("@create-user-confirm");
    wait_until_it_is(&app, "done");
    app.click("@rotation-close");
    app.click("@tab-token");
    app.click("@mint");
    app.wait_for("@token-masked");
    assert_eq!(desktop.keychain_items(), 7);
}

/// Checks a token's signature with the keys that its issuer serves, and returns the issuer.
fn signed_by_its_issuer(desktop: &DesktopSession, token: &str) -> String {
    let claims = token.split('.').nth(1).expect("a JWT has three parts");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("a JWT's parts are base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("a JWT's claims are JSON");
    let issuer = claims["iss"].as_str().expect("a token names its issuer").to_owned();
    let keys: JwkSet = desktop.runtime.block_on(async {
        let answer = reqwest::get(format!("{issuer}/oauth/v2/keys")).await.expect("the issuer answers");
        answer.json().await.expect("the issuer serves its keys")
    });
    let header = decode_header(token).expect("a JWT begins with its header");
    let key = keys.find(&header.kid.expect("a token names its key")).expect("the issuer knows the key");
    let mut strict = Validation::new(Algorithm::RS256);
    strict.validate_aud = false;
    decode::<Value>(token, &DecodingKey::from_jwk(key).expect("a key set holds keys"), &strict).expect("it is signed");
    issuer
}
