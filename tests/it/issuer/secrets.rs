//! Client secrets and personal access tokens: who may use them, and how.

use mintage_testbed::issuer::{DemoIssuer, Dialect, RegisteredSecret, RegisteredToken, System};
use serde_json::json;

use crate::issuer::emulator::{self, CLIENT, Emulator, SECRET, assert_refused};
use crate::issuer::support::{self, Answer, DIALECTS, NOW, USER, client, send, userinfo};

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn fields<'f>(emulator: &Emulator, more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut fields = vec![("grant_type", "client_credentials")];
    fields.extend(match emulator.system {
        System::Auth0 => vec![("audience", "https://api.example")],
        System::Entra => vec![("scope", "https://api.example/.default")],
        _ => vec![("scope", "openid")],
    });
    fields.extend(more);
    fields
}

async fn by_post(emulator: &Emulator, id: &str, secret: &str) -> Answer {
    emulator.post(&fields(emulator, &[("client_id", id), ("client_secret", secret)])).await
}

async fn by_basic(emulator: &Emulator, id: &str, secret: &str) -> Answer {
    let request = client().post(emulator.issuer.token_url()).basic_auth(encoded(id), Some(encoded(secret)));
    send(request.form(&fields(emulator, &[]))).await
}

const SYSTEMS: [System; 6] =
    [System::Zitadel, System::Okta, System::Auth0, System::Keycloak, System::Entra, System::Generic];

#[tokio::test]
async fn a_secret_is_taken_in_the_form_or_form_encoded_in_the_header() {
    for system in SYSTEMS {
        let emulator = Emulator::of(system).await;
        for answer in [by_post(&emulator, CLIENT, SECRET).await, by_basic(&emulator, CLIENT, SECRET).await] {
            assert_eq!(answer.status, 200, "{system:?}: {answer:?}");
        }
        // Encoding makes these characters arrive.
        let raw = client().post(emulator.issuer.token_url()).basic_auth(CLIENT, Some(SECRET));
        assert!(send(raw.form(&fields(&emulator, &[]))).await.status >= 400, "{system:?}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_refused_in_the_systems_own_words() {
    for (system, wrong, unknown) in [
        (
            System::Zitadel,
            (400, "invalid_request", "Errors.User.Machine.Secret.Invalid"),
            (400, "invalid_client", "client not found"),
        ),
        (
            System::Okta,
            (401, "invalid_client", "The client secret supplied for a confidential client is invalid."),
            (401, "invalid_client", "Invalid value for 'client_id' parameter."),
        ),
        (System::Auth0, (401, "access_denied", "Unauthorized"), (401, "access_denied", "Unauthorized")),
        (
            System::Keycloak,
            (401, "unauthorized_client", "Invalid client or Invalid client credentials"),
            (401, "invalid_client", "Invalid client or Invalid client credentials"),
        ),
        (
            System::Entra,
            (401, "invalid_client", "AADSTS7000215: Invalid client secret provided.…"),
            (400, "unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found…"),
        ),
        (
            System::Generic,
            (401, "invalid_client", "the client secret is wrong"),
            (401, "invalid_client", "the client is unknown"),
        ),
    ] {
        let emulator = Emulator::of(system).await;
        assert_refused(&by_post(&emulator, CLIENT, "x").await, wrong, &format!("{system:?}: wrong"));
        assert_refused(&by_post(&emulator, "x", SECRET).await, unknown, &format!("{system:?}: unknown"));
    }
}

#[tokio::test]
async fn an_expired_secret_is_refused() {
    for (system, expected) in [
        (System::Zitadel, (400, "invalid_request", "Errors.User.Machine.Secret.Invalid")),
        (System::Entra, (401, "invalid_client", "AADSTS7000222: The provided client secret keys for app…")),
        (System::Generic, (401, "invalid_client", "the client secret has expired")),
    ] {
        let emulator = Emulator::of(system).await;
        let ended = RegisteredSecret { expires_at: Some(NOW), ..RegisteredSecret::new("ended", "secret") };
        assert!(emulator.issuer.add_secret(CLIENT, ended));
        assert_refused(&by_post(&emulator, "ended", "secret").await, expected, &format!("{system:?}"));
    }
}

#[tokio::test]
async fn two_proofs_at_once_and_none_at_all_are_refused() {
    for system in [System::Generic, System::Keycloak, System::Okta] {
        let emulator = Emulator::of(system).await;
        let form = fields(&emulator, &[("client_id", CLIENT), ("client_secret", SECRET)]);
        let both = client().post(emulator.issuer.token_url()).basic_auth(encoded(CLIENT), Some(encoded(SECRET)));
        let expected = (400, "invalid_request", "more than one client authentication");
        assert_refused(&send(both.form(&form)).await, expected, &format!("{system:?}"));
        assert_eq!(emulator.post(&fields(&emulator, &[])).await.status, 401, "{system:?}");
    }
}

#[tokio::test]
async fn the_refused_header_is_answered_with_its_scheme() {
    let emulator = Emulator::of(System::Generic).await;
    let answer = by_basic(&emulator, CLIENT, "x").await;
    assert_eq!((answer.status, &answer.headers["www-authenticate"]), (401, &"Basic".parse().unwrap()));
}

#[tokio::test]
async fn zitadel_knows_no_secrets_in_its_first_era() {
    let emulator = Emulator::of(System::Zitadel).await;
    for dialect in DIALECTS {
        support::set_dialect(&emulator.issuer, dialect);
        let answer = by_post(&emulator, CLIENT, SECRET).await;
        assert_eq!(answer.status, if dialect == Dialect::D0 { 400 } else { 200 }, "{dialect:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_personal_access_token_works_as_it_is_until_its_end() {
    let mut config = support::config();
    let ended = RegisteredToken { expires_at: Some(NOW), ..RegisteredToken::new("2", "ended") };
    config.users[0].tokens = vec![RegisteredToken::new("1", "personal"), ended];
    config.applications.push(mintage_testbed::issuer::Application {
        client_id: "api".into(),
        project_id: "42".into(),
        secret: Some("secret".into()),
        key: None,
    });
    let issuer = DemoIssuer::start(config).await.unwrap();
    let who = userinfo(&issuer, "personal").await;
    assert_eq!((who.status, &who.json()["sub"]), (200, &json!(USER)));
    assert_eq!(userinfo(&issuer, "ended").await.status, 401);
    let url = format!("{}/oauth/v2/introspect", issuer.url());
    let asked = client().post(url).basic_auth("api", Some("secret")).form(&[("token", "personal")]);
    assert_eq!(send(asked).await.json()["active"], json!(true), "whoever asks");
}

#[tokio::test]
async fn a_generic_client_introspects_and_revokes_its_own_token() {
    let emulator = Emulator::of(System::Generic).await;
    let token = by_post(&emulator, CLIENT, SECRET).await.access_token();
    let call = async |path: &str, token: &str| {
        let request = client().post(format!("{}{path}", emulator.issuer.url()));
        send(request.form(&[("client_id", CLIENT), ("client_secret", SECRET), ("token", token)])).await
    };
    let active = async || call("/introspect", &token).await.json()["active"].as_bool().unwrap();
    assert!(active().await);
    let bearer = client().get(format!("{}/userinfo", emulator.issuer.url())).bearer_auth(&token);
    assert_eq!(send(bearer).await.json()["sub"], json!(CLIENT));

    let other = client().post(format!("{}/revoke", emulator.issuer.url())).basic_auth("api", Some(encoded(SECRET)));
    let refused = send(other.form(&[("token", &token)])).await;
    assert_refused(&refused, (401, "invalid_client", "token was not issued for this client"), "another client");
    assert!(active().await);

    let revoked = call("/revoke", &token).await;
    assert_eq!((revoked.status, revoked.text.as_str()), (200, ""));
    assert!(!active().await);
    assert_eq!(call("/revoke", &token).await.status, 200, "a second time changes nothing");
    let bearer = client().get(format!("{}/userinfo", emulator.issuer.url())).bearer_auth(&token);
    let gone = send(bearer).await;
    assert_refused(&gone, (401, "invalid_token", "the access token is invalid or has expired"), "revoked");
    assert_eq!(gone.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
}

#[tokio::test]
async fn an_assertion_introspects_where_its_audience_is_the_endpoint_or_the_issuer() {
    for (system, path, audience_is_endpoint) in
        [(System::Okta, "/oauth2/default/v1/introspect", true), (System::Generic, "/introspect", false)]
    {
        let emulator = Emulator::of(system).await;
        let token = emulator.ask_well().await.access_token();
        let url = format!("{}{path}", emulator.issuer.url());
        let audience = if audience_is_endpoint { url.clone() } else { emulator.issuer.issuer().to_owned() };
        let ask = async |audience: &str| {
            let assertion = emulator.assertion(&json!({}), &json!({ "aud": audience }));
            let fields = [
                ("client_assertion_type", emulator::ASSERTION_TYPE),
                ("client_assertion", assertion.as_str()),
                ("token", token.as_str()),
            ];
            send(client().post(&url).form(&fields)).await
        };
        assert_eq!(ask(&audience).await.json()["active"], json!(true), "{system:?}");
        assert_eq!(ask("https://x").await.status, 401, "{system:?}");
    }
}
