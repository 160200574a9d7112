//! The quirks that provoke errors between a client and a server, and what is recorded of them.

use mintage_testbed::issuer::{Redirect, System};
use serde_json::json;

use crate::issuer::emulator::{self, BY_ASSERTION, CLIENT, Emulator, SECRET, assert_refused};
use crate::issuer::support::{JWT_BEARER, get, send};

#[tokio::test]
async fn a_redirect_leads_to_another_host_and_spares_discovery() {
    for status in [301, 302, 307, 308] {
        let emulator = Emulator::of(System::Generic).await;
        let origin = "https://elsewhere.example".to_owned();
        emulator.issuer.change_quirks(|quirks| quirks.redirect = Some(Redirect { status, origin }));
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = send(client.post(emulator.issuer.token_url()).form(&[("grant_type", JWT_BEARER)])).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers["location"], "https://elsewhere.example/token");
        assert_eq!(get(&emulator.issuer, "/.well-known/openid-configuration").await.status, 200);
    }
}

#[tokio::test]
async fn a_silent_server_takes_the_request_and_ends_with_it_unanswered() {
    let emulator = Emulator::of(System::Generic).await;
    emulator.issuer.change_quirks(|quirks| quirks.silent = true);
    assert_eq!(get(&emulator.issuer, "/jwks").await.status, 200, "the key set is spared");
    let url = emulator.issuer.token_url().to_owned();
    let asked = tokio::spawn(async move { crate::issuer::support::client().post(url).send().await.map(|_| ()) });
    while emulator.issuer.requests().len() < 2 {
        assert!(!asked.is_finished(), "nothing is answered");
        tokio::task::yield_now().await;
    }
    emulator.issuer.stop().await;
    // However it ends, it does end: the request no longer waits.
    let _ = asked.await.unwrap();
}

#[tokio::test]
async fn scopes_are_refused_or_dropped() {
    for (system, expected) in [
        (System::Zitadel, (400, "invalid_scope", "the scope profile is not granted")),
        (System::Generic, (400, "invalid_scope", "the scope write is not granted")),
        (
            System::Okta,
            (400, "invalid_scope", "One or more scopes are not configured for the authorization server resource."),
        ),
        (System::Keycloak, (400, "invalid_scope", "Invalid scopes: write")),
        (
            System::Entra,
            (400, "invalid_scope", "AADSTS70011: The provided request must include a 'scope' input parameter.…"),
        ),
        (System::Google, (400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")),
    ] {
        let emulator = Emulator::of(system).await;
        emulator.issuer.change_quirks(|quirks| {
            quirks.refused_scopes =
                ["write", "profile", "signature", "https://api.example/.default"].map(str::to_owned).into();
        });
        assert_refused(&emulator.ask_well().await, expected, &format!("{system:?}"));
    }
    let emulator = Emulator::of(System::Generic).await;
    emulator.issuer.change_quirks(|quirks| quirks.dropped_scopes = vec!["write".to_owned()]);
    assert_eq!(emulator.ask_well().await.json()["scope"], json!("read"));
}

#[tokio::test]
async fn consent_a_grant_and_a_fresh_jti_can_be_wanting() {
    for (system, expected) in [
        (System::DocuSign, (400, "consent_required", "")),
        (System::Salesforce, (400, "invalid_grant", "user hasn't approved this consumer")),
        (System::Box, (400, "unauthorized_client", "This app is not authorized by the enterprise")),
        (System::Google, (401, "unauthorized_client", "Client is unauthorized to retrieve access tokens…")),
        (System::Auth0, (403, "access_denied", "Client is not authorized to access \"https://api.example\".…")),
    ] {
        let emulator = Emulator::of(system).await;
        emulator.issuer.change_quirks(|quirks| quirks.consent_missing = true);
        assert_refused(&emulator.ask_well().await, expected, &format!("{system:?}: no consent"));
    }
    for (system, expected) in [
        (System::Okta, (400, "unauthorized_client", "The client is not authorized to use the provided grant type.…")),
        (System::Auth0, (403, "unauthorized_client", "Grant type 'client_credentials' not allowed for the client.")),
        (System::Keycloak, (401, "unauthorized_client", "Client not enabled to retrieve service account")),
        (System::Generic, (400, "unauthorized_client", "the client is not authorized to use this grant type")),
    ] {
        let emulator = Emulator::of(system).await;
        emulator.issuer.change_quirks(|quirks| quirks.grant_not_allowed = true);
        assert_refused(&emulator.ask_well().await, expected, &format!("{system:?}: no grant"));
    }
    let emulator = Emulator::of(System::Keycloak).await;
    emulator.issuer.change_quirks(|quirks| quirks.ids_are_used = true);
    let expected = (400, "invalid_client", "Client authentication with signed JWT failed: Token reuse detected");
    assert_refused(&emulator.ask_well().await, expected, "every jti is used");
}

#[tokio::test]
async fn a_removed_key_works_no_more() {
    for system in BY_ASSERTION {
        let emulator = Emulator::of(system).await;
        assert!(emulator.ask_well().await.status < 300, "{system:?}");
        assert!(emulator.issuer.remove_key(CLIENT, crate::issuer::support::KEY));
        let answer = emulator.ask_well().await;
        assert!((400..500).contains(&answer.status), "{system:?}: {answer:?}");
    }
}

#[tokio::test]
async fn requests_are_recorded_with_headers_and_body() {
    let emulator = Emulator::of(System::Auth0).await;
    let body = json!({ "grant_type": "client_credentials" });
    send(
        crate::issuer::support::client().post(emulator.issuer.token_url()).basic_auth(CLIENT, Some(SECRET)).json(&body),
    )
    .await;
    let seen = emulator.issuer.requests().remove(0);
    assert_eq!(seen.authorization.as_deref(), Some("Basic"));
    assert_eq!(seen.credential(), seen.header("Authorization").and_then(|value| value.strip_prefix("Basic ")));
    assert!(seen.credential().is_some_and(|credential| credential.len() > 20));
    assert_eq!(seen.json(), Some(body));
    let shown = format!("{seen:?}");
    assert!(!shown.contains(seen.credential().unwrap()) && !shown.contains("client_credentials"), "{shown}");
    assert!(!format!("{:?}", emulator::config(System::Auth0).users).contains(SECRET));
}

#[tokio::test]
async fn endpoints_can_be_on_the_computers_other_name() {
    let emulator = Emulator::of(System::Zitadel).await;
    let document = async || get(&emulator.issuer, "/.well-known/openid-configuration").await.json();
    assert_eq!(document().await["token_endpoint"], json!(emulator.issuer.token_url()));
    let elsewhere = emulator.issuer.token_url().replace("127.0.0.1", "localhost");
    let fields = emulator.fields(&emulator.assertion(&json!({}), &json!({})), &[]);
    let ask = async || send(crate::issuer::support::client().post(&elsewhere).form(&fields)).await.status;
    assert_eq!(ask().await, 404, "it has one name by itself");
    emulator.issuer.change_quirks(|quirks| quirks.endpoints_elsewhere = true);
    let document = document().await;
    assert_eq!(
        (&document["issuer"], &document["token_endpoint"]),
        (&json!(emulator.issuer.issuer()), &json!(elsewhere))
    );
    assert_eq!(ask().await, 200);
}

#[tokio::test]
async fn an_unknown_path_is_refused_in_the_systems_own_words() {
    for (system, path, status, expected) in [
        (System::Zitadel, "/oauth/token", 404, json!({ "code": 5, "message": "Not Found" })),
        (System::Keycloak, "/realms/x/protocol/openid-connect/token", 404, json!({ "error": "Realm does not exist" })),
        (System::Keycloak, "/realms/demo/x", 404, json!({ "error": "HTTP 404 Not Found" })),
        (System::Generic, "/x", 404, json!({ "error": "not_found", "error_description": "there is nothing at /x" })),
    ] {
        let answer = get(&Emulator::of(system).await.issuer, path).await;
        assert_eq!((answer.status, answer.json()), (status, expected), "{system:?} {path}");
    }
    let emulator = Emulator::of(System::Entra).await;
    let answer = get(&emulator.issuer, "/x/oauth2/v2.0/token").await;
    assert_refused(&answer, (400, "invalid_request", "AADSTS90002: Tenant 'x' not found.…"), "another tenant");
}
