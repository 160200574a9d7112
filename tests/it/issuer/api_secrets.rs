//! ZITADEL's API: secrets and personal access tokens, and how long it lags behind new ones.

use mintage_testbed::issuer::{DemoIssuer, Era, Lag, RegisteredKey, User};
use serde_json::json;

use crate::issuer::api::{ADMIN, NEXT_YEAR, NO_KEY, NO_ROLE, assert_error, call, keys_v2, mints, new_key, start};
use crate::issuer::emulator::refusal;
use crate::issuer::support::{Answer, KEY, USER, pair, post, stranger, userinfo};

const LOGIN: &str = "deployer@demo.example";

async fn exchange(issuer: &DemoIssuer, secret: &str) -> Answer {
    let fields =
        [("grant_type", "client_credentials"), ("client_id", LOGIN), ("client_secret", secret), ("scope", "openid")];
    post(issuer, "/oauth/v2/token", &fields).await
}

#[tokio::test]
async fn a_service_user_makes_replaces_and_removes_its_own_secret() {
    let issuer = start(Era::V4).await;
    let path = format!("/v2/users/{USER}/secret");
    let add = async || {
        let added = call(&issuer, USER, "POST", &path, json!({})).await.json();
        let secret = added["clientSecret"].as_str().unwrap().to_owned();
        assert_eq!(added, json!({ "creationDate": "2026-03-01T12:00:00Z", "clientSecret": secret }));
        secret
    };
    let (old, new) = (add().await, add().await);
    assert_eq!(refusal(&exchange(&issuer, &old).await).2, "Errors.User.Machine.Secret.Invalid");
    assert_eq!(exchange(&issuer, &new).await.status, 200);
    let removed = call(&issuer, USER, "DELETE", &path, json!({})).await;
    assert_eq!((removed.status, removed.json()), (200, json!({ "deletionDate": "2026-03-01T12:00:00Z" })));
    let expected = (400, "invalid_request".to_owned(), "Errors.User.Machine.Secret.NotExisting".to_owned());
    assert_eq!(refusal(&exchange(&issuer, &new).await), expected);
    assert_eq!(call(&issuer, USER, "DELETE", &path, json!({})).await.status, 400, "there is none");
    assert_error(
        &call(&issuer, USER, "POST", &format!("/v2/users/{ADMIN}/secret"), json!({})).await,
        NO_ROLE,
        None,
        "",
    );
}

#[tokio::test]
async fn a_personal_access_token_works_at_once_and_until_it_is_removed() {
    let issuer = start(Era::V4).await;
    let path = format!("/v2/users/{USER}/pats");
    let added = call(&issuer, USER, "POST", &path, json!({ "expirationDate": NEXT_YEAR })).await.json();
    let (id, token) = (added["tokenId"].as_str().unwrap(), added["token"].as_str().unwrap());
    assert_eq!(added["creationDate"], json!("2026-03-01T12:00:00Z"));
    assert_eq!(userinfo(&issuer, token).await.json()["sub"], json!(USER));
    assert_eq!(call(&issuer, token, "GET", "/auth/v1/users/me", json!({})).await.status, 200, "without any audience");

    let filter = json!({ "filters": [{ "tokenIdFilter": { "id": id } }] });
    let listed = call(&issuer, USER, "POST", "/v2/users/pats/search", filter).await;
    assert_eq!(listed.json()["result"][0]["id"], json!(id));
    assert!(!listed.text.contains(token));
    let one = format!("{path}/{id}");
    assert_eq!(call(&issuer, USER, "DELETE", &one, json!({})).await.status, 200);
    assert_error(&call(&issuer, USER, "DELETE", &one, json!({})).await, NO_KEY, None, "again");
    assert_eq!(userinfo(&issuer, token).await.status, 401);
    let none = call(&issuer, USER, "POST", &path, json!({})).await;
    let text = "invalid AddPersonalAccessTokenRequest.ExpirationDate: value is required";
    assert_error(&none, (400, 3, ""), Some(text), "no end");
    assert_error(
        &call(&issuer, USER, "POST", &format!("/v2/users/{ADMIN}/pats"), json!({ "expirationDate": NEXT_YEAR })).await,
        NO_ROLE,
        None,
        "another's",
    );
}

#[tokio::test]
async fn a_lag_counts_the_requests_after_a_change() {
    let issuer = start(Era::V4).await;
    issuer.change_quirks(|quirks| quirks.lag = Lag { key: 1, secret: 1, list: 1, old_secret: 1 });

    let added = call(&issuer, USER, "POST", &keys_v2(USER), new_key(stranger())).await.json();
    let key_id = added["keyId"].as_str().unwrap();
    let search = json!({ "filters": [{ "keyIdFilter": { "id": key_id } }] });
    let listed = async || call(&issuer, USER, "POST", "/v2/users/keys/search", search.clone()).await.json();
    assert_eq!((listed().await.get("result"), listed().await["result"][0]["id"].as_str()), (None, Some(key_id)));
    assert!(!mints(&issuer, stranger(), key_id).await && mints(&issuer, stranger(), key_id).await);

    let secret = format!("/v2/users/{USER}/secret");
    let add = async || {
        let added = call(&issuer, USER, "POST", &secret, json!({})).await.json();
        added["clientSecret"].as_str().unwrap().to_owned()
    };
    let old = add().await;
    assert_eq!(refusal(&exchange(&issuer, &old).await).2, "Errors.User.Machine.Secret.NotExisting");
    assert_eq!(exchange(&issuer, &old).await.status, 200);
    let new = add().await;
    assert_eq!(exchange(&issuer, &old).await.status, 200, "the old one works once more");
    assert_eq!(refusal(&exchange(&issuer, &old).await).2, "Errors.User.Machine.Secret.NotExisting");
    assert_eq!(refusal(&exchange(&issuer, &old).await).2, "Errors.User.Machine.Secret.Invalid");
    assert_eq!(exchange(&issuer, &new).await.status, 200);
}

#[tokio::test]
async fn a_just_made_users_key_is_refused_once() {
    let issuer = start(Era::V4).await;
    issuer.change_quirks(|quirks| quirks.lag = Lag { key: 1, ..Lag::default() });
    let mut user = User::new(USER, "New", "new");
    user.keys.push(RegisteredKey { key_id: KEY.into(), public_pem: pair().public_pem.clone(), expires_at: None });
    issuer.add_user(user);
    assert!(!mints(&issuer, pair(), KEY).await && mints(&issuer, pair(), KEY).await);
}
