//! Introspection: who may introspect, and for whom a token is active.

use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use mintage_testbed::issuer::{Application, DemoIssuer, Dialect};
use serde_json::{Value, json};

use crate::issuer::support::{self, Answer, DIALECTS, NOW, USER, client, mint, pair, send, stranger};

const CLIENT: &str = "api@demo";
const SECRET: &str = "s e/c+r&e=t%";
const AUDIENCE: &str = "openid profile urn:zitadel:iam:org:project:id:42:aud";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn start() -> DemoIssuer {
    let mut config = support::config();
    let key = Some(support::key("app-key"));
    config.applications = vec![
        Application { client_id: CLIENT.into(), project_id: "42".into(), secret: Some(SECRET.into()), key },
        Application { client_id: "keyless".into(), project_id: "43".into(), secret: None, key: None },
    ];
    DemoIssuer::start(config).await.unwrap()
}

fn request(issuer: &DemoIssuer) -> reqwest::RequestBuilder {
    client().post(format!("{}/oauth/v2/introspect", issuer.issuer()))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn by_secret(issuer: &DemoIssuer, client_id: &str, secret: &str, token: &str) -> Answer {
    let request = request(issuer).basic_auth(encoded(client_id), Some(encoded(secret)));
    send(request.form(&[("token", token)])).await
}

async fn by_post(issuer: &DemoIssuer, client_id: &str, secret: &str, token: &str) -> Answer {
    let fields = [("client_id", client_id), ("client_secret", secret), ("token", token)];
    send(request(issuer).form(&fields)).await
}

fn client_assertion(issuer: &DemoIssuer, changes: Value) -> String {
    let mut claims = support::claims(issuer.issuer());
    claims["iss"] = json!(CLIENT);
    claims["sub"] = json!(CLIENT);
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    pair().sign(&RSA_PKCS1_SHA256, &json!({ "alg": "RS256", "kid": "app-key" }), &claims)
}

async fn by_key(issuer: &DemoIssuer, assertion: &str, token: &str) -> Answer {
    let fields = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion), ("token", token)];
    send(request(issuer).form(&fields)).await
}

#[tokio::test]
async fn a_token_for_the_callers_project_is_active_with_its_claims() {
    let issuer = start().await;
    let token = mint(&issuer, AUDIENCE).await.access_token();
    let answers = [
        by_secret(&issuer, CLIENT, SECRET, &token).await,
        by_post(&issuer, CLIENT, SECRET, &token).await,
        by_key(&issuer, &client_assertion(&issuer, json!({})), &token).await,
    ];
    let now = NOW.unix_timestamp();
    for answer in answers {
        let body = answer.json();
        let expected = json!({
            "active": true, "token_type": "Bearer", "scope": AUDIENCE, "iss": issuer.issuer(), "sub": USER,
            "aud": ["42"], "client_id": USER, "username": "deployer@demo.example", "jti": body["jti"],
            "iat": now, "nbf": now, "exp": now + 43_199,
            "name": "Deployer", "preferred_username": "deployer@demo.example", "updated_at": now,
        });
        assert_eq!((answer.status, body), (200, expected));
    }
}

#[tokio::test]
async fn any_other_token_is_inactive_and_nothing_more_is_said() {
    let issuer = start().await;
    let without_audience = mint(&issuer, "openid profile").await.access_token();
    let other_project = mint(&issuer, "openid urn:zitadel:iam:org:project:id:43:aud").await.access_token();
    for token in ["unknown", &without_audience, &other_project] {
        let answer = by_secret(&issuer, CLIENT, SECRET, token).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "active": false })));
    }
}

#[tokio::test]
async fn a_caller_that_is_not_who_it_says_is_refused_in_the_words_of_the_era() {
    let issuer = start().await;
    let token = mint(&issuer, AUDIENCE).await.access_token();
    let assertion = client_assertion(&issuer, json!({}));
    let header = json!({ "alg": "RS256", "kid": "app-key" });
    let forged = stranger().sign(&RSA_PKCS1_SHA256, &header, &json!({
        "iss": CLIENT, "sub": CLIENT, "aud": issuer.issuer(), "iat": NOW.unix_timestamp(), "exp": NOW.unix_timestamp() + 60
    }));
    let both = request(&issuer)
        .basic_auth(encoded(CLIENT), Some(encoded(SECRET)))
        .form(&[("client_assertion", assertion.as_str()), ("token", &token)]);
    let refused = [
        by_secret(&issuer, CLIENT, "wrong", &token).await,
        by_secret(&issuer, "nobody", SECRET, &token).await,
        by_post(&issuer, CLIENT, "wrong", &token).await,
        by_secret(&issuer, "keyless", "", &token).await,
        by_key(&issuer, &forged, &token).await,
        by_key(&issuer, &client_assertion(&issuer, json!({ "aud": "x" })), &token).await,
        send(request(&issuer).form(&[("client_assertion", &assertion)])).await,
        send(both).await,
    ];
    for answer in refused {
        assert_eq!((answer.status, answer.json()), (400, json!({ "error": "unauthorized_client" })));
    }
    let anonymous = [
        send(request(&issuer).form(&[("token", &token)])).await,
        send(request(&issuer).bearer_auth(&token).form(&[("token", &token)])).await,
    ];
    for answer in anonymous {
        let text = "client_id or client_assertion must be provided";
        let expected = json!({ "error": "invalid_request", "error_description": text });
        assert_eq!((answer.status, answer.json()), (400, expected));
    }
    for dialect in DIALECTS {
        support::set_dialect(&issuer, dialect);
        let answer = by_secret(&issuer, CLIENT, "wrong", &token).await;
        let status = if matches!(dialect, Dialect::D3 | Dialect::D4) { 400 } else { 401 };
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!("unauthorized_client")), "{dialect:?}");
        assert_eq!(answer.content_type.starts_with("text/plain"), dialect == Dialect::D0, "{dialect:?}");
    }
}

#[tokio::test]
async fn the_token_must_be_given() {
    let issuer = start().await;
    let answer = by_secret(&issuer, CLIENT, SECRET, "").await;
    let expected = json!({ "error": "invalid_request", "error_description": "token missing" });
    assert_eq!((answer.status, answer.json()), (400, expected));
}
