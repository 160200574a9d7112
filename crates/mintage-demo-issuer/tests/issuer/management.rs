//! ZITADEL's own API: keys are added, listed and removed by those who may, and work at once.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mintage_demo_issuer::{DemoIssuer, Dialect, User};
use serde_json::{Value, json};

use crate::stage::sign;
use crate::support::{
    self, Answer, KEY, Pair, USER, claims, client, elliptic_public_pem, exchange, pair, send, stranger,
};

const OWN_API: &str = "openid urn:zitadel:iam:org:project:id:zitadel:aud";
const ADMIN: &str = "900000000000000001";

async fn start() -> DemoIssuer {
    let mut admin = User::new(ADMIN, "Admin", "admin");
    admin.keys.push(support::key("admin-key"));
    admin.administrator = true;
    DemoIssuer::start(support::config().with_user(admin)).await.unwrap()
}

/// A token of the user, or of the administrator.
async fn token(issuer: &DemoIssuer, user_id: &str, scope: &str) -> String {
    let mut claims = claims(issuer.issuer());
    (claims["iss"], claims["sub"]) = (json!(user_id), json!(user_id));
    let key_id = if user_id == USER { KEY } else { "admin-key" };
    let assertion = sign(pair(), &json!({ "alg": "RS256", "kid": key_id }), &claims);
    exchange(issuer, &assertion, scope).await.access_token()
}

async fn call(issuer: &DemoIssuer, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let request = client().request(method.parse().unwrap(), format!("{}{path}", issuer.url()));
    send(request.bearer_auth(token).json(&body)).await
}

fn encoded(pem: &str) -> Value {
    json!(STANDARD.encode(pem))
}

async fn mints(issuer: &DemoIssuer, pair: &Pair, key_id: &str) -> bool {
    let assertion = sign(pair, &json!({ "alg": "RS256", "kid": key_id }), &claims(issuer.issuer()));
    exchange(issuer, &assertion, "openid").await.status == 200
}

#[tokio::test]
async fn a_service_user_rotates_its_own_key_by_version_2() {
    let issuer = start().await;
    let token = token(&issuer, USER, OWN_API).await;
    let body = json!({ "expirationDate": "2027-03-01T12:00:00Z", "publicKey": encoded(&stranger().public_pem) });
    let added = call(&issuer, &token, "POST", &format!("/v2/users/{USER}/keys"), body).await.json();
    let key_id = added["keyId"].as_str().unwrap();
    assert_eq!(added, json!({ "keyId": key_id, "creationDate": "2026-03-01T12:00:00Z" }), "no private key is told");
    assert!(mints(&issuer, stranger(), key_id).await);

    let filters = json!({ "filters": [{ "userIdFilter": { "id": USER } }] });
    let listed = call(&issuer, &token, "POST", "/v2/users/keys/search", filters).await.json();
    assert_eq!(listed["pagination"]["totalResult"], json!("2"));
    assert_eq!(
        listed["result"][1],
        json!({
            "id": key_id, "userId": USER, "expirationDate": "2027-03-01T12:00:00Z", "creationDate": "2026-03-01T12:00:00Z",
        })
    );

    let path = format!("/v2/users/{USER}/keys/{KEY}");
    let removed = call(&issuer, &token, "DELETE", &path, json!({})).await;
    assert_eq!((removed.status, removed.json()), (200, json!({ "deletionDate": "2026-03-01T12:00:00Z" })));
    assert!(!mints(&issuer, pair(), KEY).await && mints(&issuer, stranger(), key_id).await);
    assert_error(&call(&issuer, &token, "DELETE", &path, json!({})).await, 404, "Errors.User.Machine.Key.NotFound…");
}

#[tokio::test]
async fn version_1_needs_an_administrator_and_gives_a_key_file_where_no_public_key_is_given() {
    let issuer = start().await;
    let path = format!("/management/v1/users/{USER}/keys");
    let own = token(&issuer, USER, OWN_API).await;
    let denied = call(&issuer, &own, "POST", &path, json!({})).await;
    assert_error(&denied, 403, "No matching permissions found (AUTH-5mWD2)");

    let admin = token(&issuer, ADMIN, OWN_API).await;
    let added = call(&issuer, &admin, "POST", &path, json!({ "type": "KEY_TYPE_JSON" })).await.json();
    let file = STANDARD.decode(added["keyDetails"].as_str().unwrap()).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(file["keyId"], added["keyId"]);
    assert_eq!((&file["userId"], &file["expirationDate"]), (&json!(USER), &json!("9999-12-31T23:59:59Z")));
    let pem = pem::parse(file["key"].as_str().unwrap()).unwrap();
    assert_eq!(pem.tag(), "RSA PRIVATE KEY");
    let key_id = file["keyId"].as_str().unwrap();
    assert!(mints(&issuer, &Pair::from_pkcs1(pem.contents()), key_id).await);

    let listed = call(&issuer, &admin, "POST", &format!("{path}/_search"), json!({})).await.json();
    assert_eq!(listed["details"]["totalResult"], json!("2"));
    assert_eq!(listed["result"][1]["id"], json!(key_id));
    assert_eq!(call(&issuer, &admin, "DELETE", &format!("{path}/{key_id}"), json!({})).await.status, 200);
    assert!(!mints(&issuer, &Pair::from_pkcs1(pem.contents()), key_id).await);
}

#[tokio::test]
async fn service_users_are_listed_all_for_an_administrator() {
    let issuer = start().await;
    let query = json!({ "queries": [{ "typeQuery": { "type": "TYPE_MACHINE" } }] });
    for (user_id, path, member, expected) in [
        (ADMIN, "/v2/users", "userId", vec![USER, ADMIN]),
        (USER, "/v2/users", "userId", vec![USER]),
        (ADMIN, "/management/v1/users/_search", "id", vec![USER, ADMIN]),
    ] {
        let token = token(&issuer, user_id, OWN_API).await;
        let listed = call(&issuer, &token, "POST", path, query.clone()).await.json();
        let ids: Vec<&str> =
            listed["result"].as_array().unwrap().iter().map(|user| user[member].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{user_id} {path}");
    }
}

fn assert_error(answer: &Answer, status: u16, message: &str) {
    let body = answer.json();
    assert_eq!(answer.status, status, "{message}: {answer:?}");
    let told = body["message"].as_str().unwrap();
    match message.strip_suffix('…') {
        Some(beginning) => assert!(told.starts_with(beginning), "{told}"),
        None => assert_eq!(told, message),
    }
    assert!(body["code"].is_u64() && body["details"].is_array(), "{body}");
}

#[tokio::test]
async fn what_may_not_be_or_makes_no_sense_is_refused() {
    let issuer = start().await;
    let own = token(&issuer, USER, OWN_API).await;
    let body = |public_pem: &str| json!({ "expirationDate": "2027-03-01T12:00:00Z", "publicKey": encoded(public_pem) });
    let good = body(&stranger().public_pem);
    let keys = format!("/v2/users/{USER}/keys");
    let without_audience = token(&issuer, USER, "openid").await;
    for (case, token, path, body, status, message) in [
        ("no such token", "x", &keys, good.clone(), 401, "Errors.Token.Invalid (AUTH-7fs1e)"),
        ("no audience", without_audience.as_str(), &keys, good.clone(), 401, "invalid audience (APP-Zxfako)"),
        ("another user", &own, &format!("/v2/users/{ADMIN}/keys"), good.clone(), 403, "membership not found…"),
        ("no end", &own, &keys, json!({ "publicKey": good["publicKey"] }), 400, "expiration_date: value is required"),
        ("PKCS#1", &own, &keys, body(&pair().pkcs1_public_pem()), 400, "Errors.User.Machine.Key.Invalid…"),
    ] {
        let answer = call(&issuer, token, "POST", path, body).await;
        assert_error(&answer, status, message);
        assert_eq!(answer.status, status, "{case}");
    }
    let elliptic = call(&issuer, &own, "POST", &keys, body(&elliptic_public_pem())).await;
    assert_eq!(elliptic.status, 200, "it is taken and will never work");
    support::set_dialect(&issuer, Dialect::D2);
    assert_error(&call(&issuer, &own, "POST", &keys, good).await, 404, "Not Found");
}
