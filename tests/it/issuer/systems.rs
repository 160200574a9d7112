//! Each system accepts a valid request and responds in its own shape.

use mintage_testbed::issuer::{Config, System};
use serde_json::{Value, json};

use crate::issuer::emulator::{self, BY_ASSERTION, CLIENT, Emulator, assert_refused};
use crate::issuer::support::{JWT_BEARER, get};

#[tokio::test]
async fn a_good_request_gets_a_token_in_the_systems_own_shape() {
    for (system, status, expected) in [
        (System::Zitadel, 200, json!({ "token_type": "Bearer", "expires_in": 43_199 })),
        (System::Google, 200, json!({ "token_type": "Bearer", "expires_in": 3599 })),
        (System::Okta, 200, json!({ "token_type": "Bearer", "expires_in": 3600, "scope": "read write" })),
        (System::Auth0, 200, json!({ "token_type": "Bearer", "expires_in": 86_400 })),
        (
            System::Keycloak,
            200,
            json!({
                "token_type": "Bearer", "expires_in": 300, "refresh_expires_in": 0, "not-before-policy": 0,
                "scope": "read write",
            }),
        ),
        (System::Entra, 200, json!({ "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599 })),
        (System::Salesforce, 200, json!({ "token_type": "Bearer", "scope": "api" })),
        (
            System::DocuSign,
            200,
            json!({
                "token_type": "Bearer", "expires_in": 3600, "scope": "signature impersonation",
            }),
        ),
        (System::Box, 200, json!({ "token_type": "bearer", "expires_in": 4188, "restricted_to": [] })),
        (
            System::GitHubApp,
            201,
            json!({
                "expires_at": "2026-03-01T13:00:00Z", "repository_selection": "all",
                "permissions": { "metadata": "read" },
            }),
        ),
        (System::Stackit, 200, json!({ "token_type": "Bearer", "expires_in": 3600, "scope": "" })),
        (System::Generic, 200, json!({ "token_type": "Bearer", "expires_in": 3600, "scope": "read write" })),
    ] {
        let emulator = Emulator::of(system).await;
        let answer = emulator.ask_well().await;
        assert_eq!(answer.status, status, "{system:?}: {answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{system:?}");
        let mut body = answer.json();
        let members = body.as_object_mut().unwrap();
        let token = members.remove(if system == System::GitHubApp { "token" } else { "access_token" });
        assert!(token.is_some_and(|token| token.as_str().is_some_and(|token| token.len() > 20)), "{system:?}");
        for varying in ["id_token", "instance_url", "id"] {
            members.remove(varying);
        }
        assert_eq!(body, expected, "{system:?}");
    }
}

#[tokio::test]
async fn salesforce_says_where_to_go() {
    let emulator = Emulator::of(System::Salesforce).await;
    let body = emulator.ask_well().await.json();
    assert_eq!(body["instance_url"], json!(emulator.issuer.url()));
    assert!(body["id"].as_str().unwrap().starts_with(&format!("{}/id/", emulator.issuer.url())));
}

#[tokio::test]
async fn google_gives_an_id_token_alone_for_a_target_audience() {
    let emulator = Emulator::of(System::Google).await;
    let target = json!({ "scope": null, "target_audience": "https://run.example" });
    let body = emulator.ask(&emulator.assertion(&json!({}), &target), &[]).await.json();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["id_token"]);
    assert_eq!(payload(body["id_token"].as_str().unwrap())["aud"], json!(["https://run.example"]));
}

#[tokio::test]
async fn tokens_say_whom_they_are_for() {
    for (system, claim, expected) in [
        (System::Okta, "cid", json!(CLIENT)),
        (System::Auth0, "aud", json!(["https://api.example"])),
        (System::Auth0, "sub", json!("client@demo@clients")),
        (System::Keycloak, "azp", json!(CLIENT)),
        (System::Entra, "aud", json!(["https://api.example"])),
        (System::DocuSign, "sub", json!(emulator::SUBJECT)),
        (System::Generic, "scope", json!("read write")),
    ] {
        let mut config = emulator::config(system);
        config.users[0].token_form = mintage_testbed::issuer::TokenForm::Jwt;
        let emulator = Emulator::with(system, config).await;
        let claims = payload(&emulator.ask_well().await.access_token());
        assert_eq!(claims[claim], expected, "{system:?} {claims}");
        assert_eq!(claims["iss"], json!(emulator.issuer.issuer()), "{system:?}");
    }
}

fn payload(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_constant_audience_takes_the_place_of_the_systems_own() {
    let config = Config { audience: Some("https://api.box.com/oauth2/token".into()), ..emulator::config(System::Box) };
    let emulator = Emulator::with(System::Box, config).await;
    assert_eq!(emulator.ask_well().await.status, 400);
    let constant = json!({ "aud": "https://api.box.com/oauth2/token" });
    assert_eq!(emulator.ask(&emulator.assertion(&json!({}), &constant), &[]).await.status, 200);
}

#[tokio::test]
async fn metadata_stands_where_the_system_has_it_and_names_the_issuer() {
    for (system, path) in [
        (System::Zitadel, "/.well-known/openid-configuration"),
        (System::Google, "/.well-known/openid-configuration"),
        (System::Okta, "/oauth2/default/.well-known/openid-configuration"),
        (System::Auth0, "/.well-known/openid-configuration"),
        (System::Keycloak, "/realms/demo/.well-known/openid-configuration"),
        (System::Entra, "/2f4a9838-26b7-47ee-be60-ccc1fdec5953/v2.0/.well-known/openid-configuration"),
        (System::Generic, "/.well-known/openid-configuration"),
    ] {
        let emulator = Emulator::of(system).await;
        let answer = get(&emulator.issuer, path).await;
        assert_eq!(answer.status, 200, "{system:?}: {answer:?}");
        let document = answer.json();
        assert_eq!(document["issuer"], json!(emulator.issuer.issuer()), "{system:?}");
        assert_eq!(document["token_endpoint"], json!(emulator.issuer.token_url()), "{system:?}");
        // OpenID Connect Discovery §4.1: the document's path follows the issuer's name.
        let name = emulator.issuer.issuer().trim_end_matches('/');
        assert_eq!(format!("{name}/.well-known/openid-configuration"), format!("{}{path}", emulator.issuer.url()));
        let keys = document["jwks_uri"].as_str().unwrap().strip_prefix(emulator.issuer.url()).unwrap();
        assert_eq!(get(&emulator.issuer, keys).await.status, 200, "{system:?}");
    }
    for system in BY_ASSERTION {
        let has_metadata = !matches!(
            system,
            System::Salesforce | System::DocuSign | System::Box | System::GitHubApp | System::Stackit
        );
        let emulator = Emulator::of(system).await;
        let path = emulator.issuer.issuer().trim_start_matches(emulator.issuer.url()).trim_end_matches('/').to_owned();
        let status = get(&emulator.issuer, &format!("{path}/.well-known/openid-configuration")).await.status;
        assert_eq!(status, if has_metadata { 200 } else { 404 }, "{system:?}");
    }
}

#[tokio::test]
async fn json_is_read_where_the_system_reads_it() {
    for (system, status) in [(System::Auth0, 200), (System::Keycloak, 400), (System::Generic, 400)] {
        let emulator = Emulator::of(system).await;
        let fields = emulator.fields(&emulator.assertion(&json!({}), &json!({})), &[]);
        let body: serde_json::Map<String, Value> =
            fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let request = crate::issuer::support::client().post(emulator.issuer.token_url()).json(&body);
        assert_eq!(crate::issuer::support::send(request).await.status, status, "{system:?}");
    }
}

#[tokio::test]
async fn the_defaults_are_zitadels() {
    assert_eq!(System::default(), System::Zitadel);
    let emulator = Emulator::of(System::default()).await;
    assert_eq!(emulator.issuer.issuer(), emulator.issuer.url());
    assert_eq!(emulator.issuer.token_url(), format!("{}/oauth/v2/token", emulator.issuer.url()));
    let answer = emulator.post(&[("grant_type", JWT_BEARER)]).await;
    assert_refused(&answer, (400, "invalid_request", "assertion missing"), "no assertion");
}
