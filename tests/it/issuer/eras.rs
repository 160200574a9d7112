//! How the eras of ZITADEL differ where tokens are requested, introspected and revoked.

use mintage_testbed::issuer::{Application, Config, DemoIssuer, Dialect, Era, OidcApplication, Quirks, UserState};
use serde_json::{Value, json};

use crate::issuer::api;
use crate::issuer::emulator::{refusal, sign};
use crate::issuer::support::{
    self, Answer, JWT_BEARER, KEY, USER, claims, client, exchange, mint, pair, post, send, userinfo,
};

const PROJECT: &str = "openid urn:zitadel:iam:org:project:id:42:aud";

/// A server with an API and an OIDC application of one project.
async fn start(era: Era) -> DemoIssuer {
    let key = Some(support::key("app-key"));
    let api = Application { client_id: "api".into(), project_id: "42".into(), secret: Some("s".into()), key };
    let oidc = OidcApplication { client_id: "web".into(), project_id: "42".into(), secret: "s".into() };
    let config = Config { oidc_applications: vec![oidc], ..api::config(era).with_application(api) };
    DemoIssuer::start(config).await.unwrap()
}

fn refused(status: u16, error: &str, description: &str) -> (u16, String, String) {
    (status, error.to_owned(), description.to_owned())
}

#[tokio::test]
async fn a_key_of_another_instance_is_told_apart_on_v2_55_alone() {
    for (era, unknown_user, unknown_key) in [
        (
            Era::V2_55,
            refused(404, "invalid_request", "Errors.User.NotFound"),
            refused(500, "server_error", "Errors.Internal"),
        ),
        (Era::V4, refused(500, "server_error", "Errors.Internal"), refused(500, "server_error", "Errors.Internal")),
    ] {
        let issuer = start(era).await;
        let mut claims = claims(issuer.issuer());
        let header = json!({ "alg": "RS256", "kid": "x" });
        assert_eq!(
            refusal(&exchange(&issuer, &sign(pair(), &header, &claims), "openid").await),
            unknown_key,
            "{era:?}"
        );
        (claims["iss"], claims["sub"]) = (json!("1"), json!("1"));
        assert_eq!(
            refusal(&exchange(&issuer, &sign(pair(), &header, &claims), "openid").await),
            unknown_user,
            "{era:?}"
        );
    }
}

#[tokio::test]
async fn deactivated_users_keep_their_tokens_on_v2_55() {
    for (era, works) in [(Era::V2_55, true), (Era::V4, false)] {
        let issuer = start(era).await;
        let before = mint(&issuer, "openid").await.access_token();
        issuer.set_user_state(USER, UserState::Inactive);
        let answer = mint(&issuer, "openid").await;
        assert_eq!(answer.status == 200, works, "{era:?}: {answer:?}");
        let who = userinfo(&issuer, &before).await;
        assert_eq!(who.status == 200, works, "{era:?}: {who:?}");
        if !works {
            assert_eq!(refusal(&answer), refused(400, "invalid_request", "Errors.User.NotActive"));
            assert_eq!(refusal(&who), refused(401, "access_denied", "access token invalid"));
        }
    }
}

#[tokio::test]
async fn the_introspection_endpoint_taken_for_the_token_endpoint_asks_for_a_client() {
    for era in [Era::V2_55, Era::V4] {
        let issuer = start(era).await;
        let assertion = support::sign(&claims(issuer.issuer()));
        let fields = [("grant_type", JWT_BEARER), ("assertion", assertion.as_str()), ("scope", "openid")];
        let expected = refused(400, "invalid_request", "client_id or client_assertion must be provided");
        assert_eq!(refusal(&post(&issuer, "/oauth/v2/introspect", &fields).await), expected, "{era:?}");
        let expected = refused(401, "access_denied", "access token missing");
        assert_eq!(refusal(&post(&issuer, "/oidc/v1/userinfo", &fields).await), expected, "{era:?}");
    }
}

async fn ask(issuer: &DemoIssuer, path: &str, client_id: &str, secret: &str, token: &str) -> Answer {
    let asked = client().post(format!("{}{path}", issuer.url())).basic_auth(client_id, Some(secret));
    send(asked.form(&[("token", token)])).await
}

#[tokio::test]
async fn introspection_answers_a_bad_client_with_the_error_code_only() {
    let issuer = start(Era::V4).await;
    for (client_id, secret) in [("api", "x"), ("nobody", "s")] {
        let answer = ask(&issuer, "/oauth/v2/introspect", client_id, secret, "x").await;
        assert_eq!((answer.status, answer.json()), (400, json!({ "error": "unauthorized_client" })), "{client_id}");
    }
    issuer.change_quirks(|quirks| quirks.tells_parent = true);
    issuer.remove_application_key("api");
    let mut claims = claims(issuer.issuer());
    (claims["iss"], claims["sub"]) = (json!("api"), json!("api"));
    let assertion = sign(pair(), &json!({ "alg": "RS256", "kid": "app-key" }), &claims);
    let fields = [
        ("client_assertion_type", crate::issuer::emulator::ASSERTION_TYPE),
        ("client_assertion", &assertion),
        ("token", "x"),
    ];
    let answer = post(&issuer, "/oauth/v2/introspect", &fields).await;
    let parent = "invalid signature (cannot decode, empty data)";
    assert_eq!(answer.json(), json!({ "error": "unauthorized_client", "parent": parent }));
}

#[tokio::test]
async fn only_an_oidc_application_revokes_and_only_its_own_tokens() {
    for (era, not_a_client) in [(Era::V2_55, "client not found"), (Era::V4, "no active client not found")] {
        let issuer = start(era).await;
        let token = mint(&issuer, PROJECT).await.access_token();
        let revoke = async |client_id: &str, secret: &str| {
            refusal(&ask(&issuer, "/oauth/v2/revoke", client_id, secret, &token).await)
        };
        let expected = refused(401, "invalid_client", "token was not issued for this client");
        assert_eq!(revoke("web", "s").await, expected, "{era:?}");
        let expected = refused(400, "invalid_client", not_a_client);
        for secret in ["s", "x"] {
            assert_eq!(revoke("api", secret).await, expected, "{era:?}: however good its proof");
        }
        assert_eq!(userinfo(&issuer, &token).await.status, 200, "it still works");
        let own = mint(&issuer, "openid urn:zitadel:iam:org:project:id:web:aud").await.access_token();
        let answer = ask(&issuer, "/oauth/v2/revoke", "web", "s", &own).await;
        assert_eq!((answer.status, userinfo(&issuer, &own).await.status), (200, 401), "{era:?}");
    }
}

#[tokio::test]
async fn a_client_goes_by_its_login_name() {
    let issuer = start(Era::V4).await;
    let ask = async |client_id: &str| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", "x"),
            ("scope", "openid"),
        ];
        refusal(&post(&issuer, "/oauth/v2/token", &fields).await)
    };
    for client_id in ["nobody", USER, "api", KEY] {
        assert_eq!(ask(client_id).await, refused(400, "invalid_client", "client not found"), "{client_id}");
    }
    let expected = refused(400, "invalid_request", "Errors.User.Machine.Secret.NotExisting");
    assert_eq!(ask("deployer@demo.example").await, expected, "a user without a secret");
}

#[tokio::test]
async fn a_wrong_host_is_answered_with_the_configured_domain() {
    let issuer = start(Era::V4).await;
    let other = issuer.token_url().replace("127.0.0.1", "localhost");
    let answer = send(client().post(other).form(&[("grant_type", JWT_BEARER)])).await;
    assert_eq!(answer.status, 404);
    assert!(answer.content_type.starts_with("text/plain"));
    assert!(answer.text.contains("ExternalDomain is 127.0.0.1"), "{}", answer.text);
}

#[tokio::test]
async fn an_era_brings_its_dialect_along() {
    for (era, dialect) in Era::ALL.into_iter().zip([Dialect::D0, Dialect::D3, Dialect::D3]) {
        assert_eq!((Quirks::of(era).era, Quirks::of(era).dialect, era.dialect()), (era, dialect, dialect));
        let issuer = start(era).await;
        let answer = exchange(&issuer, "x", "openid").await;
        let expected: (u16, Value) = match dialect {
            Dialect::D0 => (400, json!("server_error")),
            _ => (500, json!("server_error")),
        };
        assert_eq!((answer.status, answer.json()["error"].clone()), expected, "{era:?}");
    }
}
