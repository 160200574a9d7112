//! ZITADEL's own API, as the tests call it: a service user without a role, an administrator, and tokens for both.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mintage_testbed::issuer::{Algorithm, Config, DemoIssuer, Era, Membership, RegisteredToken, User};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::issuer::emulator::sign;
use crate::issuer::support::{self, Answer, NOW, Pair, USER, claims, client, exchange, send};

pub(crate) const OWN_API: &str = "openid urn:zitadel:iam:org:project:id:zitadel:aud";
pub(crate) const ADMIN: &str = "900000000000000001";
/// A user of another organisation.
pub(crate) const FAR: &str = "900000000000000002";
pub(crate) const FAR_ORG: &str = "800000000000000002";
pub(crate) const NEXT_YEAR: &str = "2027-03-01T12:00:00Z";

/// A server with a user without a role, an owner of the organisation and a user of another organisation.
pub(crate) fn config(era: Era) -> Config {
    let mut admin = User::new(ADMIN, "Admin", "admin");
    admin.administrator = true;
    admin.tokens.push(RegisteredToken::new("1", ADMIN));
    let mut far = User::new(FAR, "Far", "far");
    far.organisation = Some(mintage_testbed::issuer::Organisation {
        id: FAR_ORG.into(),
        name: "Far".into(),
        domain: "far.example".into(),
    });
    far.keys.push(support::key("far-key"));
    let mut user = support::user(mintage_testbed::issuer::TokenForm::Opaque);
    user.tokens.push(RegisteredToken::new("2", USER));
    // An elliptic key is created instantly.
    let config = Config { algorithm: Algorithm::Es256, ..Config::new(Arc::new(|| NOW)) };
    config.with_user(user).with_user(admin).with_user(far).of_era(era)
}

pub(crate) async fn start(era: Era) -> DemoIssuer {
    DemoIssuer::start(config(era)).await.unwrap()
}

/// Gives someone manager roles and no other right.
pub(crate) fn member(issuer: &DemoIssuer, user_id: &str, memberships: &[Membership]) {
    let mut user = issuer.users().into_iter().find(|user| user.user_id == user_id).unwrap();
    (user.administrator, user.memberships) = (false, memberships.to_vec());
    issuer.add_user(user);
}

/// A request with the personal access token of a user, which is its id.
pub(crate) fn request(issuer: &DemoIssuer, user_id: &str, method: &str, path: &str) -> RequestBuilder {
    client().request(method.parse().unwrap(), format!("{}{path}", issuer.url())).bearer_auth(user_id)
}

pub(crate) async fn call(issuer: &DemoIssuer, user_id: &str, method: &str, path: &str, body: Value) -> Answer {
    send(request(issuer, user_id, method, path).json(&body)).await
}

/// The path of a user's keys at version 1.
pub(crate) fn keys_v1(user_id: &str) -> String {
    format!("/management/v1/users/{user_id}/keys")
}

/// The path of a user's keys at version 2.
pub(crate) fn keys_v2(user_id: &str) -> String {
    format!("/v2/users/{user_id}/keys")
}

/// What adds a key at either version.
pub(crate) fn new_key(pair: &Pair) -> Value {
    json!({ "type": "KEY_TYPE_JSON", "expirationDate": NEXT_YEAR, "publicKey": encoded(&pair.public_pem) })
}

pub(crate) fn encoded(pem: &str) -> Value {
    json!(STANDARD.encode(pem))
}

/// Whether the user gets a token with a key.
pub(crate) async fn mints(issuer: &DemoIssuer, pair: &Pair, key_id: &str) -> bool {
    let assertion = sign(pair, &json!({ "alg": "RS256", "kid": key_id }), &claims(issuer.issuer()));
    exchange(issuer, &assertion, "openid").await.status == 200
}

/// Compares an error: status, code, id and, if given, the text without the id.
pub(crate) fn assert_error(answer: &Answer, (status, code, id): (u16, u8, &str), text: Option<&str>, case: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["code"]), (status, &json!(code)), "{case}: {answer:?}");
    let message = body["message"].as_str().unwrap();
    if id.is_empty() {
        assert!(body.get("details").is_none(), "{case}: the gateway's have none: {body}");
        assert!(text.is_none_or(|text| text == message), "{case}: {message}");
        return;
    }
    let detail = &body["details"][0];
    assert_eq!(detail["id"], json!(id), "{case}: {body}");
    assert_eq!(detail["@type"], json!("type.googleapis.com/zitadel.v1.ErrorDetail"), "{case}");
    assert_eq!(message, format!("{} ({id})", detail["message"].as_str().unwrap()), "{case}");
    assert!(text.is_none_or(|text| detail["message"] == text), "{case}: {body}");
}

pub(crate) const NO_ROLE: (u16, u8, &str) = (404, 5, "AUTHZ-cdgFk");
pub(crate) const NO_RIGHT: (u16, u8, &str) = (403, 7, "AUTH-5mWD2");
pub(crate) const NO_KEY: (u16, u8, &str) = (404, 5, "COMMAND-4m77G");
pub(crate) const NO_USER: (u16, u8, &str) = (400, 9, "COMMAND-bnipwm1");
