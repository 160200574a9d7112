//! ZITADEL's API: how it writes its replies, in every era and by Connect.

use std::collections::HashSet;

use mintage_testbed::issuer::{Era, Language};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::issuer::api::{
    ADMIN, NO_KEY, NO_USER, assert_error, call, config, keys_v1, keys_v2, mints, new_key, request, start,
};
use crate::issuer::support::{Answer, KEY, USER, client, send, stranger};

const SERVICE: &str = "/zitadel.user.v2.UserService";

#[tokio::test]
async fn error_texts_follow_accept_language_and_ids_stay_the_same() {
    let issuer = start(Era::V4).await;
    for (header, text) in [
        ("de", "Maschinen Schlüssel nicht gefunden"),
        ("de-CH, en;q=0.5", "Maschinen Schlüssel nicht gefunden"),
        ("en", "Machine key not found"),
        ("tlh", "Machine key not found"),
    ] {
        let asked = request(&issuer, USER, "DELETE", &format!("{}/0", keys_v2(USER))).header(ACCEPT_LANGUAGE, header);
        assert_error(&send(asked).await, NO_KEY, Some(text), header);
    }
    issuer.change_quirks(|quirks| quirks.language = Language::German);
    let answer = call(&issuer, ADMIN, "POST", &keys_v1("nobody"), new_key(stranger())).await;
    assert_error(&answer, NO_USER, Some("Benutzer konnte nicht gefunden werden"), "the server's own language");
}

#[tokio::test]
async fn the_same_answer_is_spaced_in_several_ways() {
    let issuer = start(Era::V4).await;
    let mut written = HashSet::new();
    let mut meant = HashSet::new();
    for _ in 0..6 {
        let answer = call(&issuer, USER, "GET", "/auth/v1/users/me", json!({})).await;
        meant.insert(answer.json().to_string());
        written.insert(answer.text);
    }
    assert_eq!((meant.len(), written.len()), (1, 3));
}

#[tokio::test]
async fn every_reply_carries_the_gateways_headers() {
    let issuer = start(Era::V4).await;
    for (user, path) in [(USER, "/auth/v1/users/me"), ("x", "/auth/v1/users/me"), (USER, "/v2/nothing")] {
        let answer = call(&issuer, user, "GET", path, json!({})).await;
        assert!(answer.headers.contains_key("grpcgateway-content-type"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn errors_of_the_gateway_have_no_details() {
    let issuer = start(Era::V4).await;
    let (missing, method) = ((404, 5, ""), (501, 12, ""));
    for (verb, path, expected) in [
        ("POST", "/v2/nothing".to_owned(), missing),
        ("POST", "/management/v1/nothing".to_owned(), missing),
        ("GET", format!("{}/{KEY}", keys_v2(USER)), method),
        ("PUT", keys_v2(USER), method),
        ("GET", "/nothing".to_owned(), missing),
    ] {
        assert_error(&call(&issuer, USER, verb, &path, json!({})).await, expected, None, &path);
    }
    let broken = request(&issuer, "x", "POST", &keys_v2(USER)).header(CONTENT_TYPE, "application/json").body("{");
    assert_error(&send(broken).await, (400, 3, ""), None, "the body is read before the token");
}

#[tokio::test]
async fn version_2_is_no_path_before_v4() {
    for era in [Era::Zitadel2021, Era::V2_55] {
        let issuer = start(era).await;
        for (verb, path) in [
            ("POST", keys_v2(USER)),
            ("DELETE", format!("{}/{KEY}", keys_v2(USER))),
            ("POST", "/v2/users/keys/search".to_owned()),
            ("GET", format!("/v2/users/{USER}")),
        ] {
            let answer = call(&issuer, USER, verb, &path, new_key(stranger())).await;
            assert_error(&answer, (404, 5, ""), Some("Not Found"), &format!("{path} at {era:?}"));
        }
        let answer = call(&issuer, ADMIN, "POST", &keys_v1(USER), new_key(stranger())).await;
        assert_eq!(answer.status, 200, "{era:?}: {answer:?}");
    }
}

async fn procedure(issuer: &mintage_testbed::issuer::DemoIssuer, user: &str, name: &str, body: Value) -> Answer {
    call(issuer, user, "POST", &format!("{SERVICE}/{name}"), body).await
}

#[tokio::test]
async fn version_2_answers_by_connect_as_well() {
    let issuer = start(Era::V4).await;
    let mut body = new_key(stranger());
    body["userId"] = json!(USER);
    let added = procedure(&issuer, USER, "AddKey", body.clone()).await.json();
    let key_id = added["keyId"].as_str().unwrap();
    assert!(mints(&issuer, stranger(), key_id).await);
    let filters = json!({ "filters": [{ "keyIdFilter": { "id": key_id } }] });
    let listed = procedure(&issuer, USER, "ListKeys", filters).await.json();
    assert_eq!(listed["result"][0]["id"], json!(key_id));
    let one = json!({ "userId": USER, "keyId": key_id });
    assert_eq!(procedure(&issuer, USER, "RemoveKey", one.clone()).await.status, 200);

    let again = procedure(&issuer, USER, "RemoveKey", one).await;
    let debug = json!({ "id": "COMMAND-4m77G", "message": "Machine key not found" });
    // Protobuf: field 1 is the id, field 2 the message.
    let value = "Cg1DT01NQU5ELTRtNzdHEhVNYWNoaW5lIGtleSBub3QgZm91bmQ";
    let details = json!([{ "type": "zitadel.v1.ErrorDetail", "value": value, "debug": debug }]);
    let expected =
        json!({ "code": "not_found", "message": "Machine key not found (COMMAND-4m77G)", "details": details });
    assert_eq!((again.status, again.json()), (404, expected));

    body["userId"] = json!(ADMIN);
    let others = procedure(&issuer, USER, "AddKey", body).await;
    assert_eq!((others.status, &others.json()["details"][0]["debug"]["id"]), (404, &json!("AUTHZ-cdgFk")));
    let form = send(request(&issuer, USER, "POST", &format!("{SERVICE}/ListKeys")).form(&[("a", "b")])).await;
    assert_eq!(form.status, 415);
    let old = start(Era::V2_55).await;
    assert_eq!(procedure(&old, USER, "ListKeys", json!({})).await.status, 404);
}

#[tokio::test]
async fn an_exhausted_quota_blocks_everything_but_discovery() {
    let issuer = mintage_testbed::issuer::DemoIssuer::start(config(Era::V4)).await.unwrap();
    issuer.change_quirks(|quirks| quirks.quota_exhausted = true);
    let answer = call(&issuer, USER, "GET", "/auth/v1/users/me", json!({})).await;
    assert_error(&answer, (429, 8, "QUOTA-vjAy8"), Some("Quota.Access.Exhausted"), "the API");
    assert!(!answer.headers.contains_key("retry-after"));
    for path in ["/oauth/v2/token", "/oauth/v2/introspect", "/oidc/v1/userinfo"] {
        let answer = send(client().post(format!("{}{path}", issuer.url()))).await;
        assert_eq!((answer.status, answer.text.trim()), (429, "Your ZITADEL instance is blocked."), "{path}");
        assert!(answer.content_type.starts_with("text/plain") && !answer.headers.contains_key("retry-after"));
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("zitadel.quota.exhausted=true"), "{cookie}");
    }
    for path in ["/.well-known/openid-configuration", "/oauth/v2/keys"] {
        assert_eq!(crate::issuer::support::get(&issuer, path).await.status, 200, "{path}");
    }
}
