//! ZITADEL's API: lists of keys, their order, their pages, and what they leave out.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use mintage_testbed::issuer::{Config, DemoIssuer, Era, RegisteredKey};
use serde_json::{Value, json};
use time::Duration;

use crate::issuer::api::{self, ADMIN, FAR, call, keys_v1, keys_v2, new_key};
use crate::issuer::support::{KEY, NOW, USER, pair, stranger};

const SEARCH: &str = "/v2/users/keys/search";

/// A server whose clock advances by a second with each key that is added.
async fn with_three_keys(era: Era) -> (DemoIssuer, Vec<String>) {
    let seconds = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&seconds);
    let mut config =
        Config { clock: Arc::new(move || NOW + Duration::seconds(clock.load(Ordering::Relaxed))), ..api::config(era) };
    let ended = Some(NOW - Duration::days(1));
    config.users[0].keys[0] = RegisteredKey { expires_at: ended, ..config.users[0].keys[0].clone() };
    let issuer = DemoIssuer::start(config).await.unwrap();
    let mut ids = vec![KEY.to_owned()];
    for _ in 0..2 {
        seconds.fetch_add(1, Ordering::Relaxed);
        let added = call(&issuer, ADMIN, "POST", &keys_v1(USER), new_key(stranger())).await.json();
        ids.push(added["keyId"].as_str().unwrap().to_owned());
    }
    (issuer, ids)
}

fn ids(answer: &Value) -> Vec<String> {
    let items = answer["result"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn of_user(user_id: &str) -> Value {
    json!({ "filters": [{ "userIdFilter": { "id": user_id } }] })
}

#[tokio::test]
async fn unsorted_lists_begin_with_the_newest_on_v4_and_the_oldest_on_v2_55() {
    let search = format!("{}/_search", keys_v1(USER));
    for era in [Era::V2_55, Era::V4] {
        let (issuer, oldest_first) = with_three_keys(era).await;
        let newest_first: Vec<String> = oldest_first.iter().rev().cloned().collect();
        let expected = if era == Era::V4 { &newest_first } else { &oldest_first };
        let listed = call(&issuer, ADMIN, "POST", &search, json!({})).await.json();
        assert_eq!(&ids(&listed), expected, "{era:?}: the expired one too");
        let details = json!({ "totalResult": "3", "viewTimestamp": "2026-03-01T12:00:02Z" });
        assert_eq!(listed["details"], details, "{era:?}");
        let ascending = json!({ "query": { "asc": true, "offset": "1", "limit": 1 } });
        let page = call(&issuer, ADMIN, "POST", &search, ascending).await.json();
        assert_eq!((ids(&page), &page["details"]["totalResult"]), (vec![oldest_first[1].clone()], &json!("3")));
    }
    let (issuer, oldest_first) = with_three_keys(Era::V4).await;
    let listed = call(&issuer, USER, "POST", SEARCH, of_user(USER)).await.json();
    assert_eq!(ids(&listed), oldest_first.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(
        listed["result"][0],
        json!({
            "creationDate": "2026-03-01T12:00:02Z", "changeDate": "2026-03-01T12:00:02Z", "id": oldest_first[2],
            "userId": USER, "organizationId": "100000000000000002", "expirationDate": api::NEXT_YEAR,
        })
    );
    let page = json!({ "filters": of_user(USER)["filters"], "pagination": { "limit": 2, "asc": true } });
    let page = call(&issuer, USER, "POST", SEARCH, page).await.json();
    assert_eq!(ids(&page), oldest_first[..2]);
    assert_eq!(page["pagination"], json!({ "totalResult": "3", "appliedLimit": "2" }));
}

#[tokio::test]
async fn an_expired_key_can_be_removed() {
    let (issuer, _) = with_three_keys(Era::V4).await;
    assert!(!api::mints(&issuer, pair(), KEY).await);
    let answer = call(&issuer, USER, "DELETE", &format!("{}/{KEY}", keys_v2(USER)), json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn an_empty_list_has_neither_result_nor_total() {
    for era in [Era::V2_55, Era::V4] {
        let issuer = api::start(era).await;
        for user_id in [ADMIN, "nobody", FAR] {
            let answer = call(&issuer, ADMIN, "POST", &format!("{}/_search", keys_v1(user_id)), json!({})).await;
            let expected = json!({ "details": { "viewTimestamp": "2026-03-01T12:00:00Z" } });
            assert_eq!((answer.status, answer.json()), (200, expected), "{user_id} at {era:?}");
        }
    }
    let issuer = api::start(Era::V4).await;
    let answer = call(&issuer, ADMIN, "POST", SEARCH, of_user("nobody")).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "pagination": { "appliedLimit": "100" } })));
}

#[tokio::test]
async fn the_total_of_version_2_counts_keys_that_the_caller_may_not_see() {
    let (issuer, oldest_first) = with_three_keys(Era::V4).await;
    let all = call(&issuer, USER, "POST", SEARCH, json!({})).await.json();
    assert_eq!((ids(&all).len(), &all["pagination"]["totalResult"]), (3, &json!("4")));
    let others = call(&issuer, USER, "POST", SEARCH, of_user(FAR)).await.json();
    assert_eq!((others.get("result"), &others["pagination"]["totalResult"]), (None, &json!("1")));
    let one = json!({ "filters": [{ "keyIdFilter": { "id": oldest_first[1] } }, { "userIdFilter": { "id": USER } }] });
    assert_eq!(ids(&call(&issuer, USER, "POST", SEARCH, one).await.json()), [oldest_first[1].clone()]);
}
