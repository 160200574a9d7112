//! Issuers side by side, many requests at once, the quirks that answer instead, the log, the end.

use std::collections::HashSet;

use mintage_testbed::issuer::{DemoIssuer, RateLimit, StartError, TokenForm};
use time::Duration;

use crate::issuer::support::{self, JWT_BEARER, claims, client, exchange, get, mint, sign, userinfo};

#[tokio::test]
async fn issuers_side_by_side_know_nothing_of_each_other() {
    let (one, other) = (support::start().await, support::start().await);
    assert_ne!(one.issuer(), other.issuer());
    let token = mint(&one, "openid").await.access_token();
    assert_eq!(userinfo(&one, &token).await.status, 200);
    assert_eq!(userinfo(&other, &token).await.status, 401);
    assert_eq!(exchange(&other, &sign(&claims(one.issuer())), "openid").await.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_requests_at_once_get_a_token_each() {
    let mut config = support::config();
    config.users = vec![support::user(TokenForm::Jwt)];
    let issuer = std::sync::Arc::new(DemoIssuer::start(config).await.unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let issuer = std::sync::Arc::clone(&issuer);
        tasks.spawn(async move {
            let token = mint(&issuer, "openid profile").await.access_token();
            assert_eq!(userinfo(&issuer, &token).await.status, 200);
            token
        });
    }
    let tokens: HashSet<String> = tasks.join_all().await.into_iter().collect();
    assert_eq!(tokens.len(), 64);
}

#[tokio::test]
async fn the_quota_leaves_discovery_free_and_counts_anew_with_new_quirks() {
    let issuer = support::start().await;
    let mut quirks = issuer.quirks();
    quirks.rate_limit = Some(RateLimit { after: 2, retry_after: Some(Duration::seconds(7)) });
    issuer.set_quirks(quirks.clone());
    for expected in [200, 200, 429, 429] {
        assert_eq!(mint(&issuer, "openid").await.status, expected);
    }
    assert_eq!(mint(&issuer, "openid").await.headers["retry-after"], "7");
    assert_eq!(get(&issuer, "/oauth/v2/keys").await.status, 200);
    issuer.set_quirks(quirks);
    assert_eq!(mint(&issuer, "openid").await.status, 200);
}

#[tokio::test]
async fn html_comes_instead_of_everything_where_asked_for() {
    let issuer = support::start().await;
    let mut quirks = issuer.quirks();
    quirks.html_instead = true;
    issuer.set_quirks(quirks);
    for answer in [get(&issuer, "/.well-known/openid-configuration").await, mint(&issuer, "openid").await] {
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "text/html; charset=utf-8"));
    }
}

#[tokio::test]
async fn requests_are_kept_only_where_asked_for_and_their_debug_text_hides_the_values() {
    let silent = support::start().await;
    mint(&silent, "openid").await;
    assert!(silent.requests().is_empty());

    let mut config = support::config();
    config.record_requests = true;
    let issuer = DemoIssuer::start(config).await.unwrap();
    let token = mint(&issuer, "openid").await.access_token();
    userinfo(&issuer, &token).await;
    let seen = issuer.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/oauth/v2/token"));
    assert_eq!(seen[0].content_type.as_deref(), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen[0].field("grant_type"), Some(JWT_BEARER));
    let assertion = sign(&claims(issuer.issuer()));
    assert_eq!(seen[0].field("assertion"), Some(assertion.as_str()));
    assert_eq!(seen[1].authorization.as_deref(), Some("Bearer"));
    let shown = format!("{seen:?}");
    assert!(!shown.contains(&assertion) && !shown.contains(&token), "{shown}");
}

#[tokio::test]
async fn a_body_too_large_is_refused() {
    let issuer = support::start().await;
    assert_eq!(exchange(&issuer, &"x".repeat(70_000), "openid").await.status, 413);
}

#[tokio::test]
async fn a_taken_port_is_an_error_with_a_next_step() {
    let issuer = support::start().await;
    let mut config = support::config();
    config.port = Some(issuer.port());
    let refused = DemoIssuer::start(config).await.err().unwrap();
    assert!(matches!(refused, StartError::Listen { port, .. } if port == issuer.port()), "{refused:?}");
    assert_eq!(refused.code(), "demo-listen-failed");
    assert_eq!(refused.to_string(), format!("the demo issuer can't listen on 127.0.0.1:{}", issuer.port()));
}

#[tokio::test]
async fn a_stopped_issuer_frees_its_port() {
    let issuer = support::start().await;
    let (port, url) = (issuer.port(), issuer.issuer().to_owned());
    issuer.stop().await;
    assert!(client().get(&url).send().await.unwrap_err().is_connect());
    let mut config = support::config();
    config.port = Some(port);
    let again = DemoIssuer::start(config).await.unwrap();
    assert_eq!(again.issuer(), url);
    assert_eq!(mint(&again, "openid").await.status, 200);
}

#[tokio::test]
async fn a_dropped_issuer_stops() {
    let issuer = support::start().await;
    let port = issuer.port();
    drop(issuer);
    // The server task ends when the runtime gets to it; a new listener on the port proves that it did.
    let mut turns = 0..10_000;
    while tokio::net::TcpListener::bind(("127.0.0.1", port)).await.is_err() {
        assert!(turns.next().is_some(), "the port is still taken");
        tokio::task::yield_now().await;
    }
}
