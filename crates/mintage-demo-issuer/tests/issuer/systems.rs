//! Each system takes a good request, and refuses each flaw in its own words.

use mintage_demo_issuer::{Config, System, UserState};
use serde_json::{Value, json};

use crate::stage::{self, BY_ASSERTION, CLIENT, Stage, assert_refused, sign};
use crate::support::{JWT_BEARER, NOW, get, stranger};

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
        let stage = Stage::of(system).await;
        let answer = stage.ask_well().await;
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
    let stage = Stage::of(System::Salesforce).await;
    let body = stage.ask_well().await.json();
    assert_eq!(body["instance_url"], json!(stage.issuer.url()));
    assert!(body["id"].as_str().unwrap().starts_with(&format!("{}/id/", stage.issuer.url())));
}

#[tokio::test]
async fn google_gives_an_id_token_alone_for_a_target_audience() {
    let stage = Stage::of(System::Google).await;
    let target = json!({ "scope": null, "target_audience": "https://run.example" });
    let body = stage.ask(&stage.assertion(&json!({}), &target), &[]).await.json();
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
        (System::DocuSign, "sub", json!(stage::SUBJECT)),
        (System::Generic, "scope", json!("read write")),
    ] {
        let mut config = stage::config(system);
        config.users[0].token_form = mintage_demo_issuer::TokenForm::Jwt;
        let stage = Stage::with(config).await;
        let claims = payload(&stage.ask_well().await.access_token());
        assert_eq!(claims[claim], expected, "{system:?} {claims}");
        assert_eq!(claims["iss"], json!(stage.issuer.issuer()), "{system:?}");
    }
}

fn payload(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

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
        let stage = Stage::of(system).await;
        let answer = stage.ask(&stage.assertion(&json!({}), &changes), &[]).await;
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
        let stage = Stage::of(system).await;
        let name = if system == System::Entra { "x5t#S256" } else { "kid" };
        let answer = stage.ask(&stage.assertion(&json!({ name: "x" }), &json!({})), &[]).await;
        assert_refused(&answer, unknown, &format!("{system:?}: unknown key"));
        let answer = stage.ask(&sign(stranger(), &stage.header(), &stage.claims()), &[]).await;
        assert_refused(&answer, forged, &format!("{system:?}: forged"));
    }
    for (system, expected) in [
        (System::Salesforce, (400, "invalid_grant", "invalid assertion")),
        (System::DocuSign, (400, "invalid_grant", "no_valid_keys_or_signatures")),
        (System::GitHubApp, (401, "", "A JSON web token could not be decoded")),
    ] {
        let stage = Stage::of(system).await;
        let nameless = stage.ask(&stage.assertion(&json!({ "kid": null }), &json!({})), &[]).await;
        assert!(nameless.status < 300, "{system:?} tries every key: {nameless:?}");
        let answer = stage.ask(&sign(stranger(), &stage.header(), &stage.claims()), &[]).await;
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
        let stage = Stage::of(system).await;
        let answer = stage.ask(&stage.assertion(&json!({ "alg": algorithm }), &json!({})), &[]).await;
        assert!(answer.status >= 400, "{system:?} took {algorithm}: {answer:?}");
    }
    let stage = Stage::of(System::Keycloak).await;
    for algorithm in ["RS256", "RS512", "PS256"] {
        let answer = stage.ask(&stage.assertion(&json!({ "alg": algorithm }), &json!({})), &[]).await;
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
        let stage = Stage::of(system).await;
        let assertion = stage.assertion(&json!({}), &json!({}));
        assert_eq!(stage.ask(&assertion, &[]).await.status, 200, "{system:?}");
        let again = stage.ask(&assertion, &[]).await;
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
        let mut config = stage::config(system);
        config.apis = vec!["https://api.example".to_owned()];
        let stage = Stage::with(config).await;
        let answer = stage.ask(&stage.assertion(&json!({}), &json!({})), &[changes]).await;
        assert_refused(&answer, expected, &format!("{system:?} {changes:?}"));
    }
}

#[tokio::test]
async fn entra_numbers_its_refusals_twice() {
    let stage = Stage::of(System::Entra).await;
    let body = stage.ask("x.y.z", &[]).await.json();
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
        let stage = Stage::of(system).await;
        stage.issuer.set_user_state(CLIENT, UserState::Inactive);
        assert_refused(&stage.ask_well().await, expected, &format!("{system:?}"));
    }
}

#[tokio::test]
async fn a_constant_audience_takes_the_place_of_the_systems_own() {
    let config = Config { audience: Some("https://api.box.com/oauth2/token".into()), ..stage::config(System::Box) };
    let stage = Stage::with(config).await;
    assert_eq!(stage.ask_well().await.status, 400);
    let constant = json!({ "aud": "https://api.box.com/oauth2/token" });
    assert_eq!(stage.ask(&stage.assertion(&json!({}), &constant), &[]).await.status, 200);
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
        let stage = Stage::of(system).await;
        let answer = get(&stage.issuer, path).await;
        assert_eq!(answer.status, 200, "{system:?}: {answer:?}");
        let document = answer.json();
        assert_eq!(document["issuer"], json!(stage.issuer.issuer()), "{system:?}");
        assert_eq!(document["token_endpoint"], json!(stage.issuer.token_url()), "{system:?}");
        // OpenID Connect Discovery §4.1: the document's path follows the issuer's name.
        let name = stage.issuer.issuer().trim_end_matches('/');
        assert_eq!(format!("{name}/.well-known/openid-configuration"), format!("{}{path}", stage.issuer.url()));
        let keys = document["jwks_uri"].as_str().unwrap().strip_prefix(stage.issuer.url()).unwrap();
        assert_eq!(get(&stage.issuer, keys).await.status, 200, "{system:?}");
    }
    for system in BY_ASSERTION {
        let has_metadata = !matches!(
            system,
            System::Salesforce | System::DocuSign | System::Box | System::GitHubApp | System::Stackit
        );
        let stage = Stage::of(system).await;
        let path = stage.issuer.issuer().trim_start_matches(stage.issuer.url()).trim_end_matches('/').to_owned();
        let status = get(&stage.issuer, &format!("{path}/.well-known/openid-configuration")).await.status;
        assert_eq!(status, if has_metadata { 200 } else { 404 }, "{system:?}");
    }
}

#[tokio::test]
async fn json_is_read_where_the_system_reads_it() {
    for (system, status) in [(System::Auth0, 200), (System::Keycloak, 400), (System::Generic, 400)] {
        let stage = Stage::of(system).await;
        let fields = stage.fields(&stage.assertion(&json!({}), &json!({})), &[]);
        let body: serde_json::Map<String, Value> =
            fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let request = crate::support::client().post(stage.issuer.token_url()).json(&body);
        assert_eq!(crate::support::send(request).await.status, status, "{system:?}");
    }
}

#[tokio::test]
async fn the_defaults_are_zitadels() {
    assert_eq!(System::default(), System::Zitadel);
    let stage = Stage::of(System::default()).await;
    assert_eq!(stage.issuer.issuer(), stage.issuer.url());
    assert_eq!(stage.issuer.token_url(), format!("{}/oauth/v2/token", stage.issuer.url()));
    let answer = stage.post(&[("grant_type", JWT_BEARER)]).await;
    assert_refused(&answer, (400, "invalid_request", "assertion missing"), "no assertion");
}
