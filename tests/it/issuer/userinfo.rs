//! Userinfo: what a token says about its user, and when it says nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use mintage_testbed::issuer::{DemoIssuer, Dialect, Role, TokenForm, UserState};
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use time::Duration;

use crate::issuer::support::{self, Answer, DIALECTS, KEY, NOW, USER, client, mint, send, userinfo};

#[tokio::test]
async fn scopes_decide_what_is_told() {
    let mut config = support::config();
    config.users[0].metadata.insert("team".into(), "blue".into());
    config.users[0].roles.push(Role {
        project_id: "42".into(),
        role: "reader".into(),
        org_id: "9".into(),
        domain: "demo.example".into(),
    });
    let issuer = DemoIssuer::start(config).await.unwrap();
    let profile = json!({
        "sub": USER, "name": "Deployer", "preferred_username": "deployer@demo.example",
        "updated_at": NOW.unix_timestamp(),
    });
    let roles = json!({ "reader": { "9": "demo.example" } });
    let check = async |scope: &str, expected: Value| {
        let answer = userinfo(&issuer, &mint(&issuer, scope).await.access_token()).await;
        assert_eq!((answer.status, answer.json()), (200, expected), "{scope}");
    };
    check("openid", json!({ "sub": USER })).await;
    check("openid profile", profile).await;
    check(
        "openid urn:zitadel:iam:user:metadata",
        json!({ "sub": USER, "urn:zitadel:iam:user:metadata": { "team": "Ymx1ZQ" } }),
    )
    .await;
    check(
        "openid urn:zitadel:iam:org:projects:roles urn:zitadel:iam:org:project:id:42:aud",
        json!({
            "sub": USER,
            "urn:zitadel:iam:org:project:roles": roles,
            "urn:zitadel:iam:org:project:42:roles": roles,
        }),
    )
    .await;
}

#[tokio::test]
async fn the_subject_needs_openid_in_the_first_era_only() {
    let issuer = support::start().await;
    for dialect in DIALECTS {
        support::set_dialect(&issuer, dialect);
        let user = userinfo(&issuer, &mint(&issuer, "profile").await.access_token()).await.json();
        assert_eq!(user.get("sub").is_some(), dialect != Dialect::D0, "{dialect:?}");
        assert_eq!(user["name"], "Deployer");
    }
}

#[tokio::test]
async fn post_works_as_get_does_and_the_token_counts_in_the_header_only() {
    let issuer = support::start().await;
    let token = mint(&issuer, "openid").await.access_token();
    let url = format!("{}/oidc/v1/userinfo", issuer.issuer());
    let check = async |request: reqwest::RequestBuilder, status: u16| {
        assert_eq!(send(request).await.status, status);
    };
    check(client().post(&url).header(AUTHORIZATION, format!("bearer {token}")), 200).await;
    check(client().post(&url).form(&[("access_token", &token)]), 401).await;
    check(client().get(&url).header(AUTHORIZATION, format!("Basic {token}")), 401).await;
    check(client().get(&url).header(AUTHORIZATION, format!("Bearer {token}x")), 401).await;
    check(client().get(&url), 401).await;
    check(client().put(&url), 405).await;
}

fn refused(answer: &Answer) -> (u16, &str, &str) {
    (answer.status, answer.content_type.as_str(), answer.text.as_str())
}

#[tokio::test]
async fn a_token_that_does_not_work_is_refused_in_the_words_of_the_era() {
    let issuer = support::start().await;
    let json = r#"{"error":"access_denied","error_description":"access token invalid"}"#;
    for (dialect, expected) in [
        (Dialect::D0, (401, "text/plain; charset=utf-8", "access token invalid\n")),
        (Dialect::D1, (403, "application/json", "{}")),
        (Dialect::D2, (401, "application/json", json)),
        (Dialect::D3, (401, "application/json", json)),
        (Dialect::D4, (401, "application/json", json)),
    ] {
        support::set_dialect(&issuer, dialect);
        let answer = userinfo(&issuer, "unknown").await;
        assert_eq!(refused(&answer), expected, "{dialect:?}");
        assert!(!answer.headers.contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time_and_with_its_user_but_not_with_its_key() {
    let elapsed = Arc::new(AtomicI64::new(0));
    let mut config = support::config();
    let seconds = Arc::clone(&elapsed);
    config.clock = Arc::new(move || NOW + Duration::seconds(seconds.load(Ordering::SeqCst)));
    config.users = vec![support::user(TokenForm::Opaque)];
    config.quirks.token_lifetime = Duration::seconds(60);
    let issuer = DemoIssuer::start(config).await.unwrap();
    let response = mint(&issuer, "openid").await;
    let token = response.access_token();
    assert_eq!(response.json()["expires_in"], 60);
    let check = async |status: u16| assert_eq!(userinfo(&issuer, &token).await.status, status);

    check(200).await;
    issuer.remove_key(USER, KEY);
    check(200).await;
    issuer.set_user_state(USER, UserState::Inactive);
    check(401).await;
    issuer.set_user_state(USER, UserState::Active);
    check(200).await;
    elapsed.store(59, Ordering::SeqCst);
    check(200).await;
    elapsed.store(60, Ordering::SeqCst);
    check(401).await;
}
