//! Each system refuses each flaw in its own words.

use mintage_testbed::issuer::{System, UserState};
use serde_json::{Value, json};

use crate::issuer::emulator::{self, CLIENT, Emulator, assert_refused, sign};
use crate::issuer::support::{NOW, stranger};

#[tokio::test]
async fn a_flaw_in_the_claims_is_refused_in_the_systems_own_words() {
    let now = NOW.unix_timestamp();
    let timeframe = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check \
                     your iat and exp values in the JWT claim.";
    let keycloak = |text: &str| format!("Client authentication with signed JWT failed: {text}");
    let cases: Vec<(System, Value, (u16, &str, String))> = vec![
        (System::Google, json!({ "exp": now - 1 }), (400, "invalid_grant", timeframe.into())),
        (System::Google, json!({ "exp": now + 3591 }), (400, "invalid_grant", timeframe.into())),
        (System::Google, json!({ "iat": now + 301 }), (400, "invalid_grant", timeframe.into())),
        (System::Google, json!({ "aud": "x" }), (400, "invalid_grant", "Invalid JWT: Failed audience check.".into())),
        (System::Google, json!({ "iss": "x" }), (400, "invalid_grant", "Invalid grant: account not found".into())),
        (
            System::Google,
            json!({ "iat": null }),
            (400, "invalid_grant", "Invalid JWT: iat (issued at) is not set.".into()),
        ),
        (
            System::Google,
            json!({ "scope": null }),
            (400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.".into()),
        ),
        (
            System::Okta,
            json!({ "exp": now + 3601 }),
            (401, "invalid_client", "The client_assertion token has an expiration too far into the future.".into()),
        ),
        (System::Okta, json!({ "exp": now }), (401, "invalid_client", "The client_assertion token is expired.".into())),
        (
            System::Okta,
            json!({ "aud": "https://x" }),
            (
                401,
                "invalid_client",
                "The audience claim for client_assertion must be the endpoint invoked for the request.".into(),
            ),
        ),
        (
            System::Okta,
            json!({ "iss": "x", "sub": "x" }),
            (401, "invalid_client", "Invalid value for 'client_id' parameter.".into()),
        ),
        (System::Auth0, json!({ "exp": now + 291 }), (401, "invalid_client", "exp is too far in the future: …".into())),
        (System::Auth0, json!({ "jti": null }), (401, "invalid_client", "jti is missing".into())),
        (System::Keycloak, json!({ "exp": now - 15 }), (400, "invalid_client", keycloak("Token is not active"))),
        (
            System::Keycloak,
            json!({ "iat": now - 61 }),
            (400, "invalid_client", keycloak("Token was issued too far in the past to be used now")),
        ),
        (System::Keycloak, json!({ "jti": null }), (400, "invalid_client", keycloak("Token jti claim is required"))),
        (
            System::Keycloak,
            json!({ "aud": "x" }),
            (400, "invalid_client", keycloak("Token audience doesn't match domain. Expected audiences are any of […")),
        ),
        (
            System::Keycloak,
            json!({ "iss": "x", "sub": "x" }),
            (401, "invalid_client", "Invalid client or Invalid client credentials".into()),
        ),
        (
            System::Entra,
            json!({ "exp": now - 300 }),
            (401, "invalid_client", "AADSTS700024: Client assertion is not within its valid time range.…".into()),
        ),
        (
            System::Entra,
            json!({ "nbf": now + 301 }),
            (401, "invalid_client", "AADSTS700024: Client assertion is not within its valid time range.…".into()),
        ),
        (
            System::Entra,
            json!({ "aud": "x" }),
            (401, "invalid_client", "AADSTS700023: Client assertion audience claim does not match…".into()),
        ),
        (
            System::Entra,
            json!({ "iss": "x", "sub": "x" }),
            (400, "unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found…".into()),
        ),
        (System::Salesforce, json!({ "aud": "x" }), (400, "invalid_grant", "audience is invalid".into())),
        (System::Salesforce, json!({ "exp": now + 181 }), (400, "invalid_grant", "invalid assertion".into())),
        (
            System::Salesforce,
            json!({ "sub": "reluctant" }),
            (400, "invalid_grant", "user hasn't approved this consumer".into()),
        ),
        (System::Salesforce, json!({ "iss": "x" }), (400, "invalid_client_id", "client identifier invalid".into())),
        (System::DocuSign, json!({ "iss": "x" }), (400, "invalid_grant", "issuer_not_found".into())),
        (System::DocuSign, json!({ "sub": "x" }), (400, "invalid_grant", "user_not_found".into())),
        (System::DocuSign, json!({ "sub": "reluctant" }), (400, "consent_required", String::new())),
        (
            System::DocuSign,
            json!({ "aud": "https://x" }),
            (400, "invalid_grant", "the audience must be 127.0.0.1:…".into()),
        ),
        (System::Box, json!({ "exp": now + 61 }), (400, "invalid_grant", "Please check the 'exp' claim.".into())),
        (
            System::Box,
            json!({ "exp": now }),
            (
                400,
                "invalid_grant",
                "Current date/time MUST be before the expiration date/time listed in the 'exp' claim".into(),
            ),
        ),
        (
            System::Box,
            json!({ "jti": null }),
            (400, "invalid_grant", "Please check the 'jti' claim. A unique 'jti' value is required.".into()),
        ),
        (
            System::Box,
            json!({ "box_sub_type": null }),
            (400, "invalid_grant", "Please check the 'box_sub_type' claim.".into()),
        ),
        (
            System::GitHubApp,
            json!({ "exp": now + 601 }),
            (401, "", "'Expiration time' claim ('exp') is too far in the future".into()),
        ),
        (
            System::GitHubApp,
            json!({ "exp": now }),
            (401, "", "'Expiration time' claim ('exp') must be a numeric value representing…".into()),
        ),
        (
            System::GitHubApp,
            json!({ "iat": now + 1 }),
            (401, "", "'Issued at' claim ('iat') must be an Integer representing the time…".into()),
        ),
        (System::GitHubApp, json!({ "iss": "x" }), (404, "", "Integration not found".into())),
        (System::Stackit, json!({ "sub": "x" }), (400, "invalid_grant", "the subject x is unknown".into())),
        (
            System::Stackit,
            json!({ "aud": "x" }),
            (400, "invalid_grant", "the audience must be http://127.0.0.1:…".into()),
        ),
        (
            System::Generic,
            json!({ "aud": ["x"] }),
            (400, "invalid_grant", "the audience must be http://127.0.0.1:…".into()),
        ),
        (
            System::Generic,
            json!({ "exp": now + 3601 }),
            (400, "invalid_grant", "exp is too far in the future: …".into()),
        ),
        (System::Generic, json!({ "nbf": now + 61 }), (400, "invalid_grant", "nbf is in the future: …".into())),
        (System::Generic, json!({ "sub": null }), (400, "invalid_grant", "sub is missing".into())),
    ];
    for (system, changes, (status, error, description)) in cases {
        let emulator = Emulator::of(system).await;
        let answer = emulator.ask(&emulator.assertion(&json!({}), &changes), &[]).await;
        assert_refused(&answer, (status, error, &description), &format!("{system:?} {changes}"));
    }
}

#[tokio::test]
async fn a_key_or_signature_that_is_not_the_clients_is_refused() {
    for (system, unknown, forged) in [
        (
            System::Google,
            (400, "invalid_grant", "Invalid JWT Signature."),
            (400, "invalid_grant", "Invalid JWT Signature."),
        ),
        (
            System::Okta,
            (401, "invalid_client", "The client_assertion JWT kid is invalid."),
            (401, "invalid_client", "The client_assertion signature is invalid."),
        ),
        (
            System::Auth0,
            (401, "invalid_client", "the key x is unknown"),
            (401, "invalid_client", "the signature is invalid"),
        ),
        (
            System::Keycloak,
            (400, "invalid_client", "Unable to load public key"),
            (
                400,
                "invalid_client",
                "Client authentication with signed JWT failed: Signature on JWT token failed validation",
            ),
        ),
        (
            System::Entra,
            (
                401,
                "invalid_client",
                "AADSTS700027: Client assertion contains an invalid signature. [Reason - The key was not found.…",
            ),
            (401, "invalid_client", "AADSTS700027: Client assertion failed signature validation.…"),
        ),
        (
            System::Box,
            (400, "invalid_grant", "Please check the 'kid' header."),
            (400, "invalid_grant", "the signature is invalid"),
        ),
        (
            System::Stackit,
            (400, "invalid_grant", "the key x is unknown"),
            (400, "invalid_grant", "the signature is invalid"),
        ),
        (
            System::Generic,
            (400, "invalid_grant", "the key x is unknown"),
            (400, "invalid_grant", "the signature is invalid"),
        ),
    ] {
        let emulator = Emulator::of(system).await;
        let name = if system == System::Entra { "x5t#S256" } else { "kid" };
        let answer = emulator.ask(&emulator.assertion(&json!({ name: "x" }), &json!({})), &[]).await;
        assert_refused(&answer, unknown, &format!("{system:?}: unknown key"));
        let answer = emulator.ask(&sign(stranger(), &emulator.header(), &emulator.claims()), &[]).await;
        assert_refused(&answer, forged, &format!("{system:?}: forged"));
    }
    for (system, expected) in [
        (System::Salesforce, (400, "invalid_grant", "invalid assertion")),
        (System::DocuSign, (400, "invalid_grant", "no_valid_keys_or_signatures")),
        (System::GitHubApp, (401, "", "A JSON web token could not be decoded")),
    ] {
        let emulator = Emulator::of(system).await;
        let nameless = emulator.ask(&emulator.assertion(&json!({ "kid": null }), &json!({})), &[]).await;
        assert!(nameless.status < 300, "{system:?} tries every key: {nameless:?}");
        let answer = emulator.ask(&sign(stranger(), &emulator.header(), &emulator.claims()), &[]).await;
        assert_refused(&answer, expected, &format!("{system:?}: forged"));
    }
}

#[tokio::test]
async fn an_algorithm_that_the_system_does_not_take_is_refused() {
    for (system, algorithm) in [
        (System::Zitadel, "RS512"),
        (System::Google, "PS256"),
        (System::Okta, "PS256"),
        (System::Auth0, "RS512"),
        (System::Entra, "RS256"),
        (System::Salesforce, "RS512"),
        (System::DocuSign, "RS512"),
        (System::Box, "PS256"),
        (System::GitHubApp, "RS512"),
        (System::Stackit, "RS256"),
    ] {
        let emulator = Emulator::of(system).await;
        let answer = emulator.ask(&emulator.assertion(&json!({ "alg": algorithm }), &json!({})), &[]).await;
        assert!(answer.status >= 400, "{system:?} took {algorithm}: {answer:?}");
    }
    let emulator = Emulator::of(System::Keycloak).await;
    for algorithm in ["RS256", "RS512", "PS256"] {
        let answer = emulator.ask(&emulator.assertion(&json!({ "alg": algorithm }), &json!({})), &[]).await;
        assert_eq!(answer.status, 200, "{algorithm}: {answer:?}");
    }
}

#[tokio::test]
async fn a_jti_counts_once_where_the_system_looks_at_it() {
    for (system, expected) in [
        (System::Auth0, Some((401, "invalid_client", "jti was used before"))),
        (
            System::Keycloak,
            Some((400, "invalid_client", "Client authentication with signed JWT failed: Token reuse detected")),
        ),
        (System::Box, Some((400, "invalid_grant", "Please check the 'jti' claim. A unique 'jti' value is required."))),
        (System::Generic, Some((400, "invalid_grant", "jti was used before"))),
        (System::Okta, Some((401, "invalid_client", "jti was used before"))),
        (System::Zitadel, None),
        (System::Google, None),
        (System::Entra, None),
    ] {
        let emulator = Emulator::of(system).await;
        let assertion = emulator.assertion(&json!({}), &json!({}));
        assert_eq!(emulator.ask(&assertion, &[]).await.status, 200, "{system:?}");
        let again = emulator.ask(&assertion, &[]).await;
        match expected {
            Some(expected) => assert_refused(&again, expected, &format!("{system:?}")),
            None => assert_eq!(again.status, 200, "{system:?}: {again:?}"),
        }
    }
}

#[tokio::test]
async fn a_field_that_is_missing_or_wrong_is_refused() {
    for (system, changes, expected) in [
        (System::Google, ("grant_type", ""), (400, "invalid_request", "Required parameter is missing: grant_type")),
        (System::Google, ("grant_type", "x"), (400, "unsupported_grant_type", "Invalid grant_type: x")),
        (
            System::Okta,
            ("scope", ""),
            (400, "invalid_scope", "The authorization server resource does not have any configured default scopes…"),
        ),
        (System::Auth0, ("audience", ""), (403, "access_denied", "Non-global clients are not allowed access to APIv1")),
        (System::Auth0, ("audience", "https://x"), (403, "access_denied", "Service not found: https://x")),
        (System::Keycloak, ("grant_type", ""), (400, "invalid_request", "Missing form parameter: grant_type")),
        (System::Keycloak, ("grant_type", "x"), (400, "unsupported_grant_type", "Unsupported grant_type")),
        (System::Entra, ("client_id", ""), (400, "invalid_request", "AADSTS900144: The request body must contain…")),
        (System::Entra, ("client_id", "x"), (401, "invalid_client", "AADSTS700021: Client assertion…")),
        (System::Entra, ("scope", ""), (400, "invalid_request", "AADSTS900144: The request body must contain…")),
        (
            System::Entra,
            ("scope", "https://api.example/read"),
            (400, "invalid_scope", "AADSTS1002012: The provided value for scope https://api.example/read is not…"),
        ),
        (System::Salesforce, ("grant_type", "x"), (400, "unsupported_grant_type", "grant type not supported")),
        (System::Box, ("client_secret", "x"), (400, "invalid_client", "The client credentials are invalid")),
        (System::Box, ("client_id", ""), (400, "invalid_request", "client_id is missing")),
        (System::Generic, ("grant_type", "x"), (400, "unsupported_grant_type", "the grant type x is not supported")),
        (System::Generic, ("assertion", ""), (400, "invalid_request", "assertion is missing")),
    ] {
        let mut config = emulator::config(system);
        config.apis = vec!["https://api.example".to_owned()];
        let emulator = Emulator::with(system, config).await;
        let answer = emulator.ask(&emulator.assertion(&json!({}), &json!({})), &[changes]).await;
        assert_refused(&answer, expected, &format!("{system:?} {changes:?}"));
    }
}

#[tokio::test]
async fn entra_numbers_its_refusals_twice() {
    let emulator = Emulator::of(System::Entra).await;
    let body = emulator.ask("x.y.z", &[]).await.json();
    assert_eq!(body["error_codes"], json!([50027]));
    for member in ["trace_id", "correlation_id", "timestamp"] {
        assert!(body["error_description"].as_str().unwrap().contains(body[member].as_str().unwrap()), "{member}");
    }
}

#[tokio::test]
async fn a_deactivated_client_gets_no_token() {
    for (system, expected) in [
        (System::Google, (400, "invalid_grant", "Invalid grant: account not found")),
        (System::Okta, (401, "invalid_client", "Invalid value for 'client_id' parameter.")),
        (System::Auth0, (401, "access_denied", "Unauthorized")),
        (System::Keycloak, (401, "invalid_client", "Invalid client or Invalid client credentials")),
        (System::Entra, (401, "unauthorized_client", "AADSTS7000112: Application is disabled.…")),
        (System::Salesforce, (400, "inactive_user", "user is inactive")),
        (System::DocuSign, (400, "invalid_grant", "user_not_found")),
        (System::Box, (400, "unauthorized_client", "This app is not authorized by the enterprise")),
        (System::GitHubApp, (403, "", "This installation has been suspended")),
        (System::Stackit, (400, "invalid_grant", "the account is disabled")),
        (System::Generic, (400, "invalid_grant", "the account is disabled")),
    ] {
        let emulator = Emulator::of(system).await;
        emulator.issuer.set_user_state(CLIENT, UserState::Inactive);
        assert_refused(&emulator.ask_well().await, expected, &format!("{system:?}"));
    }
}
