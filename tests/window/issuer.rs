//! The test's own **issuer**, in the test's process, and the key file that its console would issue.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use mintage_core::key_file;
use mintage_testbed::issuer::{Clock, Config, DemoIssuer, Quirks, RegisteredKey, SeenRequest, System, TokenForm, User};
use std::sync::Arc;
use time::OffsetDateTime;

use mintage_testbed::desktop::DesktopSession;

pub(crate) const USER_ID: &str = "100507859606888466";
pub(crate) const KEY_ID: &str = "100509901696068329";
/// The service user's id at the issuer.
pub(crate) const NAME: &str = "Deploy Bot";
pub(crate) const LOGIN_NAME: &str = "deploy-bot@acme.com";

/// A disposable RSA-2048 key as PKCS#1 PEM.
pub(crate) const PEM: &str = include_str!("../fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");

/// Starts an issuer that knows the service user and its key.
pub(crate) fn start(desktop: &DesktopSession, quirks: Quirks) -> DemoIssuer {
    let mut config = Config::new(clock()).with_user(user()).recording();
    config.quirks = quirks;
    start_with(desktop, config)
}

/// Starts an issuer that is such a system and knows the service user and its key.
pub(crate) fn start_system(desktop: &DesktopSession, system: System) -> DemoIssuer {
    start_with(desktop, config(system).with_user(user()))
}

pub(crate) fn start_with(desktop: &DesktopSession, config: Config) -> DemoIssuer {
    desktop.runtime.block_on(DemoIssuer::start(config)).expect("a port on loopback is free")
}

pub(crate) fn config(system: System) -> Config {
    system.config(clock()).recording()
}

/// The service user with its key.
pub(crate) fn user() -> User {
    let mut user = User::new(USER_ID, NAME, LOGIN_NAME);
    user.token_form = TokenForm::Jwt;
    user.keys = vec![RegisteredKey { key_id: KEY_ID.to_owned(), public_pem: public_pem(), expires_at: None }];
    user
}

/// Another service user's id and key, as PKCS#1 PEM.
pub(crate) const OTHER_ID: &str = "100507859606888777";
pub(crate) const OTHER_PEM: &str = include_str!("../fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
const OTHER_KEY_ID: &str = "100509901696068777";

/// Another service user with its key.
pub(crate) fn other_user() -> User {
    let mut other = User::new(OTHER_ID, "Report Bot", "report-bot@acme.com");
    other.token_form = TokenForm::Jwt;
    let public_pem = public_half(OTHER_PEM);
    other.keys = vec![RegisteredKey { key_id: OTHER_KEY_ID.to_owned(), public_pem, expires_at: None }];
    other
}

/// How often a token was requested with an assertion; checking an environment sends none.
pub(crate) fn mints(issuer: &DemoIssuer) -> usize {
    let has_assertion = |request: &SeenRequest| request.form.iter().any(|(name, _)| name == "assertion");
    issuer.requests().iter().filter(|request| has_assertion(request)).count()
}

/// The key file as ZITADEL's console issues it.
pub(crate) fn key_file() -> String {
    key_file_of(USER_ID, KEY_ID, PEM)
}

/// The other service user's key file.
pub(crate) fn other_key_file() -> String {
    key_file_of(OTHER_ID, OTHER_KEY_ID, OTHER_PEM)
}

fn key_file_of(user_id: &str, key_id: &str, pem: &str) -> String {
    let pem = pem.replace('\n', "\\n");
    format!(r#"{{"type":"serviceaccount","keyId":"{key_id}","key":"{pem}","userId":"{user_id}"}}"#)
}

/// The key's bytes.
pub(crate) fn key_bytes() -> Vec<u8> {
    let body: String = PEM.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).expect("the fixture is PEM")
}

/// How a file may contain bytes: raw, or as base64 or hexadecimal in any form.
///
/// Base64 encodes three bytes together, so the same bytes have three encodings; and it may be broken into lines, so
/// each encoding is listed at several positions.
pub(crate) fn encodings(bytes: &[u8]) -> Vec<Vec<u8>> {
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

/// Whether a text or file contains bytes in one of these forms.
pub(crate) fn holds_any(content: &[u8], encodings: &[Vec<u8>]) -> bool {
    encodings.iter().any(|encoding| content.windows(encoding.len()).any(|window| window == encoding))
}

pub(crate) fn public_pem() -> String {
    public_half(PEM)
}

fn public_half(pem: &str) -> String {
    let file = key_file::parse(pem.as_bytes(), None, &[]).expect("the fixture is a key");
    file.key().expect("the fixture is a key").facts().public_pem.clone()
}

#[expect(clippy::disallowed_methods, reason = "the issuer's clock is the app's, which is the system's")]
fn clock() -> Clock {
    Arc::new(OffsetDateTime::now_utc)
}
