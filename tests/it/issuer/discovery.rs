//! The discovery document, the key set, and the name that the issuer responds to.

use mintage_testbed::issuer::{Algorithm, DemoIssuer, Host, OldKeys};
use reqwest::header::HOST;
use serde_json::json;

use crate::issuer::support::{self, client, get, send};

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn the_document_names_the_issuer_and_its_endpoints() {
    for (host, name) in [(Host::Address, "127.0.0.1"), (Host::Localhost, "localhost")] {
        let mut config = support::config();
        config.host = host;
        let issuer = DemoIssuer::start(config).await.unwrap();
        let base = format!("http://{name}:{}", issuer.port());
        assert_eq!(issuer.issuer(), base);
        let answer = get(&issuer, DISCOVERY).await;
        let document = answer.json();
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
        assert_eq!(document["issuer"], json!(base));
        for (member, path) in [
            ("token_endpoint", "/oauth/v2/token"),
            ("introspection_endpoint", "/oauth/v2/introspect"),
            ("userinfo_endpoint", "/oidc/v1/userinfo"),
            ("jwks_uri", "/oauth/v2/keys"),
        ] {
            assert_eq!(document[member], json!(format!("{base}{path}")));
        }
    }
}

#[tokio::test]
async fn the_key_set_holds_public_keys_only_and_follows_rotation() {
    let issuer = support::start().await;
    let keys = async || get(&issuer, "/oauth/v2/keys").await.json()["keys"].as_array().unwrap().clone();
    let members = |key: &serde_json::Value| {
        let mut names: Vec<String> = key.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names.join(" ")
    };
    let first = keys().await;
    assert_eq!((first.len(), members(&first[0]).as_str()), (1, "alg e kid kty n use"));
    assert_eq!((&first[0]["alg"], &first[0]["e"]), (&json!("RS256"), &json!("AQAB")));

    let key_id = issuer.rotate_signing_key(Algorithm::Es256, OldKeys::Published).unwrap();
    let both = keys().await;
    assert_eq!((both.len(), members(&both[0]).as_str()), (2, "alg crv kid kty use x y"));
    assert_eq!((&both[0]["kid"], &both[1]), (&json!(key_id), &first[0]));
    assert_eq!(get(&issuer, DISCOVERY).await.json()["id_token_signing_alg_values_supported"], json!(["ES256"]));

    issuer.rotate_signing_key(Algorithm::Es256, OldKeys::Withdrawn).unwrap();
    assert_eq!(keys().await.len(), 1);
}

#[tokio::test]
async fn another_host_and_another_path_are_not_found() {
    let issuer = support::start().await;
    for host in [format!("localhost:{}", issuer.port()), "127.0.0.1".to_owned(), "evil.example".to_owned()] {
        let answer = send(client().get(format!("{}{DISCOVERY}", issuer.issuer())).header(HOST, &host)).await;
        assert_eq!((answer.status, answer.content_type.as_str()), (404, "text/plain; charset=utf-8"));
        let beginning = format!("unable to set instance using origin http://{host} (ExternalDomain is 127.0.0.1)");
        assert!(answer.text.starts_with(&beginning), "{}", answer.text);
    }
    let answer = get(&issuer, "/debug").await;
    assert_eq!((answer.status, answer.date.as_str()), (404, "Sun, 01 Mar 2026 12:00:00 GMT"));
}
