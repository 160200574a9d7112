//! The first minutes with the app: the demo, from an empty window to a token and back.

use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::desk::Desk;

const DEPLOY_BOT: &str = "100507859606888466";

#[test]
fn a_newcomer_has_a_token_its_claims_and_its_userinfo_from_the_demo_and_removes_it_again() {
    let desk = Desk::new();
    let app = desk.open();
    app.click("@try-demo");
    app.click(&format!("@row-copy[data-user-id='{DEPLOY_BOT}']"));

    app.until("a token is on the clipboard", || desk.clipboard().starts_with("eyJ"));
    let token = desk.clipboard();
    let issuer = signed_by_its_issuer(&desk, &token);
    assert_eq!(desk.clipboard_target("x-kde-passwordManagerHint").as_deref(), Some("secret"));
    let said = app.text("@status");
    assert!(said.contains("deploy-bot") && said.contains("Demo – development"), "{said}");
    app.picture("demo-copied");
    app.until_within(Duration::from_secs(60), "the clipboard is cleared", || desk.clipboard().is_empty());
    assert_eq!(desk.clipboard_target("x-kde-passwordManagerHint"), None);

    let port = issuer.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    assert_eq!(desk.keychain_items(), 5);
}

/// Checks a token's signature with the keys that its issuer serves, and returns the issuer.
fn signed_by_its_issuer(desk: &Desk, token: &str) -> String {
    let claims = token.split('.').nth(1).expect("a JWT has three parts");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("a JWT's parts are base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("a JWT's claims are JSON");
    let issuer = claims["iss"].as_str().expect("a token names its issuer").to_owned();
    let keys: JwkSet = desk.runtime.block_on(async {
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
