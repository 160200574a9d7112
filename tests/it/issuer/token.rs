//! What a valid assertion returns.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use mintage_testbed::issuer::{Algorithm, DemoIssuer, OldKeys, TokenForm};
use serde_json::{Value, json};

use crate::issuer::support::{self, NOW, USER};

const SCOPE: &str = "openid profile";

/// Verifies a token with the published key that it names; done by the crate, not the issuer's code.
async fn verified(issuer: &DemoIssuer, token: &str) -> Option<Value> {
    let keys: JwkSet = serde_json::from_value(support::get(issuer, "/oauth/v2/keys").await.json()).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let key = DecodingKey::from_jwk(keys.find(header.kid.as_deref().unwrap())?).unwrap();
    let mut validation = Validation::new(header.alg);
    // Time stands still in these tests; the claims are compared as a whole instead.
    validation.validate_exp = false;
    validation.validate_aud = false;
    Some(jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims)
}

#[tokio::test]
async fn the_response_holds_the_token_its_type_and_lifetime_and_nothing_else() {
    let issuer = support::start().await;
    let answer = support::mint(&issuer, "profile").await;
    assert_eq!(answer.content_type, "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let token = answer.access_token();
    assert_eq!(answer.json(), json!({ "access_token": token, "token_type": "Bearer", "expires_in": 43199 }));
}

#[tokio::test]
async fn a_jwt_has_the_registered_claims_and_verifies_with_either_algorithm() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let mut config = support::config();
        config.algorithm = algorithm;
        let issuer = DemoIssuer::start(config).await.unwrap();
        let token = support::mint(&issuer, SCOPE).await.access_token();
        let claims = verified(&issuer, &token).await.unwrap();
        let now = NOW.unix_timestamp();
        let expected = json!({
            "iss": issuer.issuer(), "sub": USER, "client_id": USER, "aud": [USER],
            "iat": now, "nbf": now, "exp": now + 43_199, "jti": claims["jti"],
        });
        assert_eq!(claims, expected, "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_audience_is_the_projects_that_the_scopes_name() {
    let issuer = support::start().await;
    let scope = "openid urn:zitadel:iam:org:project:id:42:aud urn:zitadel:iam:org:project:id:7:aud";
    let token = support::mint(&issuer, scope).await.access_token();
    assert_eq!(verified(&issuer, &token).await.unwrap()["aud"], json!(["42", "7"]));
}

#[tokio::test]
async fn tokens_come_in_the_form_of_the_user() {
    let issuer = support::start().await;
    for (form, parts) in [(TokenForm::Opaque, 1), (TokenForm::Jwt, 3), (TokenForm::Encrypted, 5)] {
        issuer.add_user(support::user(form));
        let token = support::mint(&issuer, SCOPE).await.access_token();
        assert_eq!(token.split('.').count(), parts, "{form:?}");
        assert_eq!(token.starts_with("eyJ"), form != TokenForm::Opaque, "{form:?}");
        let who = support::userinfo(&issuer, &token).await;
        assert_eq!(who.json()["sub"], USER, "{form:?}");
    }
}

#[tokio::test]
async fn openid_brings_an_id_token_that_ends_when_it_begins_unless_told_otherwise() {
    let issuer = support::start().await;
    for (at_issue, lifetime) in [(true, 0), (false, 43_199)] {
        let mut quirks = issuer.quirks();
        quirks.id_token_expires_at_issue = at_issue;
        issuer.set_quirks(quirks);
        let response = support::mint(&issuer, SCOPE).await.json();
        let claims = verified(&issuer, response["id_token"].as_str().unwrap()).await.unwrap();
        assert_eq!(claims["exp"], json!(NOW.unix_timestamp() + lifetime));
        assert_eq!((&claims["sub"], &claims["aud"]), (&json!(USER), &json!([USER])));
    }
}

#[tokio::test]
async fn a_rotated_key_signs_the_next_token_and_the_old_one_verifies_while_published() {
    let issuer = support::start().await;
    let first = support::mint(&issuer, SCOPE).await.access_token();
    let second_key = issuer.rotate_signing_key(Algorithm::Es256, OldKeys::Published).unwrap();
    let second = support::mint(&issuer, SCOPE).await.access_token();
    assert_eq!(jsonwebtoken::decode_header(&second).unwrap().kid, Some(second_key));
    assert!(verified(&issuer, &first).await.is_some());
    assert!(verified(&issuer, &second).await.is_some());

    issuer.rotate_signing_key(Algorithm::Rs256, OldKeys::Withdrawn).unwrap();
    let third = support::mint(&issuer, SCOPE).await.access_token();
    assert!(verified(&issuer, &first).await.is_none());
    assert!(verified(&issuer, &second).await.is_none());
    assert!(verified(&issuer, &third).await.is_some());
    assert_eq!(support::userinfo(&issuer, &first).await.status, 200, "the issuer still knows its token");
}
