//! ZITADEL's API: who may do what, and how the others are refused.

use mintage_testbed::issuer::{Era, Membership};
use serde_json::{Value, json};

use crate::issuer::api::{
    ADMIN, FAR, FAR_ORG, NO_KEY, NO_RIGHT, NO_ROLE, NO_USER, OWN_API, assert_error, call, keys_v1, keys_v2, member,
    new_key, request, start,
};
use crate::issuer::support::{self, Answer, KEY, USER, client, mint, send, stranger};

const BOSS: &str = ADMIN;

/// The answers to search, get, add and delete.
async fn each_verb(issuer: &mintage_testbed::issuer::DemoIssuer, caller: &str, path: &str) -> [Answer; 4] {
    [
        call(issuer, caller, "POST", &format!("{path}/_search"), json!({})).await,
        call(issuer, caller, "GET", &format!("{path}/{KEY}"), json!({})).await,
        call(issuer, caller, "POST", path, new_key(stranger())).await,
        call(issuer, caller, "DELETE", &format!("{path}/{KEY}"), json!({})).await,
    ]
}

#[tokio::test]
async fn version_1_asks_for_a_role_and_for_its_permissions() {
    let (all, reads, none) = ([true; 4], [true, true, false, false], [false; 4]);
    for (membership, allowed) in [
        (Membership::OrgOwnerViewer, reads),
        (Membership::OrgUserPermissionEditor, reads),
        (Membership::IamOwnerViewer, reads),
        (Membership::OrgProjectCreator, none),
        (Membership::OrgSettingsManager, none),
        (Membership::OrgAdminImpersonator, none),
        (Membership::OrgUserManager, all),
        (Membership::OrgOwner, all),
        (Membership::IamUserManager, all),
        (Membership::IamOwner, all),
    ] {
        for era in [Era::V2_55, Era::V4] {
            let issuer = start(era).await;
            member(&issuer, BOSS, &[membership]);
            for (answer, allowed) in each_verb(&issuer, BOSS, &keys_v1(USER)).await.iter().zip(allowed) {
                match allowed {
                    true => assert_eq!(answer.status, 200, "{membership:?} at {era:?}: {answer:?}"),
                    false => assert_error(answer, NO_RIGHT, Some("No matching permissions found"), "no right"),
                }
            }
        }
    }
}

#[tokio::test]
async fn without_any_role_version_1_answers_404_even_about_oneself() {
    for era in [Era::V2_55, Era::V4] {
        let issuer = start(era).await;
        for user_id in [USER, ADMIN, "nobody"] {
            for answer in each_verb(&issuer, USER, &keys_v1(user_id)).await {
                assert_error(&answer, NO_ROLE, Some("membership not found"), user_id);
            }
        }
        let users = call(&issuer, USER, "POST", "/management/v1/users/_search", json!({})).await;
        assert_error(&users, NO_ROLE, None, "users");
    }
}

#[tokio::test]
async fn version_2_lets_a_service_user_manage_its_own_keys_and_nobody_elses() {
    let issuer = start(Era::V4).await;
    for (method, path) in [("POST", keys_v2(ADMIN)), ("DELETE", format!("{}/far-key", keys_v2(FAR)))] {
        let answer = call(&issuer, USER, method, &path, new_key(stranger())).await;
        assert_error(&answer, NO_ROLE, Some("membership not found"), &path);
    }
    member(&issuer, BOSS, &[Membership::OrgOwnerViewer]);
    assert_error(&call(&issuer, BOSS, "POST", &keys_v2(USER), new_key(stranger())).await, NO_RIGHT, None, "a viewer");
    assert_eq!(call(&issuer, BOSS, "POST", &keys_v2(BOSS), new_key(stranger())).await.status, 200, "its own");
    member(&issuer, BOSS, &[Membership::OrgOwner]);
    assert_eq!(call(&issuer, BOSS, "POST", &keys_v2(USER), new_key(stranger())).await.status, 200);
    assert_error(&call(&issuer, BOSS, "POST", &keys_v2(FAR), new_key(stranger())).await, NO_ROLE, None, "far away");
    member(&issuer, BOSS, &[Membership::IamOwner]);
    let far = call(&issuer, BOSS, "POST", &keys_v2(FAR), new_key(stranger())).await;
    assert_eq!(far.status, 200, "no header is needed: {far:?}");
}

#[tokio::test]
async fn version_1_reaches_another_organisation_by_its_header() {
    let issuer = start(Era::V4).await;
    member(&issuer, BOSS, &[Membership::IamOwner]);
    let ask = async |method: &str, path: &str, body: Value, organisation: Option<&str>| {
        let mut asked = request(&issuer, BOSS, method, path).json(&body);
        if let Some(id) = organisation {
            asked = asked.header("x-zitadel-orgid", id);
        }
        send(asked).await
    };
    let keys = keys_v1(FAR);
    let (search, one) = (format!("{keys}/_search"), format!("{keys}/far-key"));
    assert_error(&ask("POST", &keys, new_key(stranger()), None).await, NO_USER, None, "add");
    assert_eq!(ask("POST", &search, json!({}), None).await.json().get("result"), None);
    assert_error(&ask("DELETE", &one, json!({}), None).await, NO_KEY, None, "it only looks gone");
    assert_eq!(ask("POST", &search, json!({}), Some(FAR_ORG)).await.json()["result"][0]["id"], json!("far-key"));
    assert_eq!(ask("POST", &keys, new_key(stranger()), Some(FAR_ORG)).await.status, 200);
    assert_eq!(ask("DELETE", &one, json!({}), Some(FAR_ORG)).await.status, 200);
    member(&issuer, BOSS, &[Membership::OrgOwner]);
    assert_error(&ask("POST", &search, json!({}), Some(FAR_ORG)).await, NO_ROLE, None, "an owner of another one");
}

#[tokio::test]
async fn the_token_must_be_for_zitadel_itself() {
    let (invalid, gateway) = ((401, 16, "AUTH-7fs1e"), (401, 16, ""));
    for era in [Era::V2_55, Era::V4] {
        let issuer = start(era).await;
        let plain = mint(&issuer, "openid profile").await.access_token();
        let path = "/auth/v1/users/me";
        for (case, token) in [("no audience", plain.as_str()), ("rubbish", "x"), ("empty", "")] {
            let answer = call(&issuer, token, "GET", path, json!({})).await;
            assert_error(&answer, invalid, Some("Errors.Token.Invalid"), case);
            assert_eq!(answer.headers["www-authenticate"], "Errors.Token.Invalid (AUTH-7fs1e)", "{case}");
        }
        let url = format!("{}{path}", issuer.url());
        let answer = send(client().get(&url)).await;
        assert_error(&answer, gateway, Some("auth header missing"), "no header");
        assert_eq!(answer.headers["www-authenticate"], "auth header missing");
        assert_error(&send(client().get(&url).basic_auth("a", Some("b"))).await, invalid, None, "Basic");

        let good = mint(&issuer, OWN_API).await.access_token();
        assert_eq!(call(&issuer, &good, "GET", path, json!({})).await.json()["user"]["id"], json!(USER));
        assert_eq!(call(&issuer, USER, "GET", path, json!({})).await.status, 200, "a PAT needs no scope");
        issuer.remove_user(USER);
        assert_error(&call(&issuer, &good, "GET", path, json!({})).await, invalid, None, "a deleted user");
        assert_eq!(support::userinfo(&issuer, &good).await.status, 401, "{era:?}");
    }
}

#[tokio::test]
async fn every_caller_can_ask_who_it_is_and_what_it_may_do() {
    let issuer = start(Era::V4).await;
    let permissions = "/auth/v1/permissions/zitadel/me/_search";
    assert_eq!(call(&issuer, USER, "POST", permissions, json!({})).await.json(), json!({}));
    let found = call(&issuer, ADMIN, "POST", permissions, json!({})).await.json();
    assert!(found["result"].as_array().unwrap().contains(&json!("user.write")), "{found}");
    member(&issuer, ADMIN, &[Membership::OrgOwnerViewer]);
    let found = call(&issuer, ADMIN, "POST", permissions, json!({})).await.json();
    let found = found["result"].as_array().unwrap();
    assert!(found.contains(&json!("user.read")) && !found.contains(&json!("user.write")), "{found:?}");

    let own = call(&issuer, USER, "GET", &format!("/v2/users/{USER}"), json!({})).await.json();
    assert_eq!((&own["user"]["userId"], &own["user"]["machine"]["name"]), (&json!(USER), &json!("Deployer")));
    assert_error(&call(&issuer, USER, "GET", &format!("/v2/users/{ADMIN}"), json!({})).await, NO_ROLE, None, "another");
}

#[tokio::test]
async fn only_the_users_that_the_caller_may_see_are_listed() {
    let issuer = start(Era::V4).await;
    let query = json!({ "queries": [{ "typeQuery": { "type": "TYPE_MACHINE" } }] });
    for (caller, path, member, expected) in [
        (ADMIN, "/v2/users", "userId", vec![USER, ADMIN]),
        (USER, "/v2/users", "userId", vec![USER]),
        (ADMIN, "/management/v1/users/_search", "id", vec![USER, ADMIN]),
    ] {
        let listed = call(&issuer, caller, "POST", path, query.clone()).await.json();
        let ids: Vec<&str> =
            listed["result"].as_array().unwrap().iter().map(|user| user[member].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{caller} {path}");
    }
    let humans = json!({ "queries": [{ "typeQuery": { "type": "TYPE_HUMAN" } }] });
    assert_eq!(call(&issuer, ADMIN, "POST", "/v2/users", humans).await.json().get("result"), None);
}
