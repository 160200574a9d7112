//! The form of a token request, the scope, the user's state.

use mintage_testbed::issuer::{Dialect, UserState};
use serde_json::json;

use crate::issuer::support::{self, DIALECTS, JWT_BEARER, USER, claims, client, send, sign};

const TOKEN: &str = "/oauth/v2/token";

#[tokio::test]
async fn only_a_form_by_post_is_a_token_request() {
    let issuer = support::start().await;
    let url = format!("{}{TOKEN}", issuer.issuer());
    let assertion = sign(&claims(issuer.issuer()));
    let fields = json!({ "grant_type": JWT_BEARER, "assertion": assertion, "scope": "openid" });
    for dialect in DIALECTS {
        support::set_dialect(&issuer, dialect);
        let answer = send(client().post(&url).json(&fields)).await;
        assert_eq!(answer.status, 400, "{dialect:?}");
        let missing = json!({ "error": "invalid_request", "error_description": "grant_type missing" });
        assert_eq!(answer.json(), missing, "{dialect:?}");
    }
    let answer = send(client().get(format!("{url}?grant_type={JWT_BEARER}&assertion={assertion}&scope=openid"))).await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn a_request_that_lacks_or_repeats_something_is_refused() {
    let issuer = support::start().await;
    let assertion = sign(&claims(issuer.issuer()));
    let assertion = assertion.as_str();
    let check = async |fields: &[(&str, &str)], error: &str, description: &str| {
        let answer = support::post(&issuer, TOKEN, fields).await;
        assert_eq!(answer.status, 400, "{description}");
        assert_eq!(answer.json(), json!({ "error": error, "error_description": description }));
    };
    check(&[], "invalid_request", "grant_type missing").await;
    check(&[("grant_type", "")], "invalid_request", "grant_type missing").await;
    check(&[("grant_type", JWT_BEARER), ("scope", "openid")], "invalid_request", "assertion missing").await;
    let twice = [("grant_type", JWT_BEARER), ("assertion", assertion), ("assertion", assertion), ("scope", "openid")];
    check(&twice, "invalid_request", "assertion given more than once").await;
}

#[tokio::test]
async fn another_grant_is_refused_in_the_words_of_the_era() {
    let issuer = support::start().await;
    let mistaken = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    for dialect in DIALECTS {
        support::set_dialect(&issuer, dialect);
        let answer = support::post(&issuer, TOKEN, &[("grant_type", mistaken), ("assertion", "x")]).await;
        let expected = match dialect {
            Dialect::D0 => json!({ "error": "invalid_request", "error_description": "grant_type not supported" }),
            _ => json!({ "error": "unsupported_grant_type", "error_description": format!("{mistaken} not supported") }),
        };
        assert_eq!((answer.status, answer.json()), (400, expected), "{dialect:?}");
    }
}

#[tokio::test]
async fn an_empty_scope_is_refused_in_the_later_eras_only() {
    let issuer = support::start().await;
    for dialect in DIALECTS {
        support::set_dialect(&issuer, dialect);
        for scope in ["", "  "] {
            let answer = support::mint(&issuer, scope).await;
            if matches!(dialect, Dialect::D3 | Dialect::D4) {
                let body = answer.json();
                assert_eq!((answer.status, &body["error"]), (400, &json!("invalid_request")), "{dialect:?}");
                let text = body["error_description"].as_str().unwrap();
                assert!(text.starts_with("The scope of your request is missing"), "{text}");
            } else {
                assert_eq!(answer.status, 200, "{dialect:?}: {answer:?}");
            }
        }
        assert_eq!(support::mint(&issuer, "unknown").await.status, 200, "unknown scopes are dropped in {dialect:?}");
    }
}

#[tokio::test]
async fn a_deactivated_user_gets_no_token_until_it_is_active_again() {
    let issuer = support::start().await;
    assert!(issuer.set_user_state(USER, UserState::Inactive));
    for dialect in DIALECTS {
        support::set_dialect(&issuer, dialect);
        let answer = support::mint(&issuer, "openid").await;
        let expected = json!({ "error": "invalid_request", "error_description": "Errors.User.NotActive" });
        assert_eq!((answer.status, answer.json()), (400, expected), "{dialect:?}");
    }
    assert!(issuer.set_user_state(USER, UserState::Active));
    assert_eq!(support::mint(&issuer, "openid").await.status, 200);
    assert!(!issuer.set_user_state("nobody", UserState::Active));
}
