//! An **issuer** of the test's own, in the test's process, and the key file that its console would give.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use mintage_core::key_file;
use mintage_demo_issuer::{Clock, Config, DemoIssuer, Quirks, RegisteredKey, SeenRequest, TokenForm, User};
use std::sync::Arc;
use time::OffsetDateTime;

use crate::desk::Desk;

pub(crate) const USER_ID: &str = "100507859606888466";
pub(crate) const KEY_ID: &str = "100509901696068329";
/// What the issuer calls the service user.
pub(crate) const NAME: &str = "Deploy Bot";

/// A throw-away RSA-2048 key as PKCS#1 PEM.
pub(crate) const PEM: &str = include_str!("../fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");

/// Starts an issuer that knows the service user and its key.
pub(crate) fn start(desk: &Desk, quirks: Quirks) -> DemoIssuer {
    let mut user = User::new(USER_ID, NAME, "deploy-bot@acme.com");
    user.token_form = TokenForm::Jwt;
    user.keys = vec![RegisteredKey { key_id: KEY_ID.to_owned(), public_pem: public_pem(), expires_at: None }];
    let mut config = Config::new(clock());
    config.users = vec![user];
    config.quirks = quirks;
    config.record_requests = true;
    desk.runtime.block_on(DemoIssuer::start(config)).expect("a port on loopback is free")
}

/// How often a token was asked for with an assertion; checking an environment asks with nothing.
pub(crate) fn mints(issuer: &DemoIssuer) -> usize {
    let has_assertion = |request: &SeenRequest| request.form.iter().any(|(name, _)| name == "assertion");
    issuer.requests().iter().filter(|request| has_assertion(request)).count()
}

/// The key file as ZITADEL's console gives it.
pub(crate) fn key_file() -> String {
    let pem = PEM.replace('\n', "\\n");
    format!(r#"{{"type":"serviceaccount","keyId":"{KEY_ID}","key":"{pem}","userId":"{USER_ID}"}}"#)
}

/// The key's bytes.
pub(crate) fn key_bytes() -> Vec<u8> {
    let body: String = PEM.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).expect("the fixture is PEM")
}

/// What a file looks like that holds bytes: raw, or written as base64 or hexadecimal in any way.
///
/// Base64 takes three bytes together, so that the same bytes have three faces; and it may be broken into
/// lines, so that each face is given in several places.
pub(crate) fn faces(bytes: &[u8]) -> Vec<Vec<u8>> {
    let places = (0..8).map(|place| bytes.len() / 3 + place * 24);
    let windows: Vec<&[u8]> = places.flat_map(|at| (at..at + 3).map(|at| &bytes[at..at + 24])).collect();
    let raw = windows.iter().map(|window| window.to_vec());
    let base64 = windows.iter().map(|window| STANDARD_NO_PAD.encode(window).into_bytes());
    let url =
        windows.iter().map(|window| STANDARD_NO_PAD.encode(window).replace('+', "-").replace('/', "_").into_bytes());
    let hex =
        windows.iter().map(|window| window.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes());
    raw.chain(base64).chain(url).chain(hex).collect()
}

pub(crate) fn public_pem() -> String {
    let file = key_file::parse(PEM.as_bytes(), None, &[]).expect("the fixture is a key");
    file.key().expect("the fixture is a key").facts().public_pem.clone()
}

#[expect(clippy::disallowed_methods, reason = "the issuer's clock is the app's, which is the system's")]
fn clock() -> Clock {
    Arc::new(OffsetDateTime::now_utc)
}
