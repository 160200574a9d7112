//! Golden requests: what is signed and sent for every built-in provider, with fixed time and jti.

use std::fmt::Write as _;

use time::macros::datetime;

use super::*;
use crate::key_file;
use crate::private_key::PrivateKey;
use crate::provider::built_in;

const NOW: OffsetDateTime = datetime!(2026-02-03 04:05:06 UTC);
const JTI: &str = "000102030405060708090a0b0c0d0e0f";

fn key(pem: &str) -> PrivateKey {
    key_file::parse(pem.as_bytes(), None, &[]).expect("a fixture").key().expect("a key").clone()
}

fn rsa() -> PrivateKey {
    key(include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem"))
}

/// Every placeholder with a value that shows where it was used.
fn values(provider: &Provider) -> Values {
    let mut values: Values = provider.parameters.iter().map(|p| (p.name.clone(), format!("<{}>", p.name))).collect();
    // The simpler of the two ways to use Google: an access token for the account itself.
    for off in ["targetAudience", "subject"] {
        values.remove(off);
    }
    for (name, value) in [
        ("issuer", "https://issuer.test"),
        ("base", "https://issuer.test"),
        ("issuerHost", "issuer.test"),
        ("tokenEndpoint", "https://issuer.test/token"),
        ("userId", "user-1"),
        ("clientId", "client-1"),
        ("keyId", "key-1"),
        ("audience", "https://audience.test"),
    ] {
        values.insert(name.to_owned(), value.to_owned());
    }
    values
}

fn shown(provider: &Provider, proof: &ClientAuthentication<'_>) -> String {
    let values = values(provider);
    let scopes = ["one".to_owned(), "two".to_owned()];
    let context = RequestContext {
        provider,
        values: &values,
        audience: &[],
        scopes: &scopes,
        certificate: Some("certificate-1"),
        lifetime: None,
    };
    let prepared = prepare(&context, proof, NOW, JTI).expect("prepares");
    let mut text = String::new();
    if let Some(assertion) = &prepared.assertion {
        let joined = |json: &str| json.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "  header  {}", joined(&assertion.shown.header));
        let _ = writeln!(text, "  payload {}", joined(&assertion.shown.payload));
    }
    let _ = writeln!(text, "  body    {:?}", prepared.body);
    for (name, value) in prepared.shown("https://issuer.test/token").fields {
        let _ = writeln!(text, "    {name} = {value}");
    }
    text
}

#[test]
fn every_provider_is_asked_as_it_wants_to_be() {
    let (key, secret) = (rsa(), Secret::new("s+e/c=r e:t".into()));
    let mut all = String::new();
    for provider in built_in() {
        if provider.private_key.is_some() {
            let _ = writeln!(all, "{} with a private key", provider.id.0);
            all.push_str(&shown(provider, &ClientAuthentication::Key(&key, Some(&secret))));
        }
        if let Some(direct) = provider.for_direct_use() {
            let _ = writeln!(all, "{} with a private key, for direct use", provider.id.0);
            let request = shown(&direct, &ClientAuthentication::Key(&key, None));
            all.extend(request.lines().take(2).map(|line| format!("{line}\n")));
        }
        if provider.client_secret.is_some() {
            let _ = writeln!(all, "{} with a client secret", provider.id.0);
            all.push_str(&shown(provider, &ClientAuthentication::Secret(&secret)));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_request_says_what_a_refusal_refuses() {
    let (key, secret) = (rsa(), Secret::new("s3cret".into()));
    for provider in built_in() {
        let values = values(provider);
        let context =
            RequestContext { provider, values: &values, audience: &[], scopes: &[], certificate: None, lifetime: None };
        let proof =
            |proof: ClientAuthentication<'_>| prepare(&context, &proof, NOW, JTI).map(|prepared| prepared.proof).ok();
        let by_key = provider.private_key.as_ref().map(|_| Refused::Assertion);
        let by_secret = provider.client_secret.as_ref().map(|_| Refused::ClientSecret);
        assert_eq!(proof(ClientAuthentication::Key(&key, None)), by_key, "{}", provider.id.0);
        assert_eq!(proof(ClientAuthentication::Secret(&secret)), by_secret, "{}", provider.id.0);
    }
}

#[test]
fn a_client_names_itself_though_its_secret_is_missing() {
    let provider = built_in().iter().find(|provider| provider.id.0 == "box").expect("built in");
    let (key, values) = (rsa(), values(provider));
    let context =
        RequestContext { provider, values: &values, audience: &[], scopes: &[], certificate: None, lifetime: None };
    let prepared = prepare(&context, &ClientAuthentication::Key(&key, None), NOW, JTI).expect("prepares");
    let names: Vec<_> = prepared.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["grant_type", "assertion", "client_id"]);
}

#[test]
fn a_wished_lifetime_never_exceeds_what_the_servers_take() {
    let grant = KeyGrant { lifetime: 300, lifetime_cap: 360, backdate: 20, ..KeyGrant::default() };
    for (wish, expected) in [(None, 300), (Some(60), 60), (Some(3600), 340)] {
        assert_eq!(lifetime(&grant, wish.map(Duration::seconds)), Duration::seconds(expected), "{wish:?}");
    }
}

#[test]
fn the_algorithm_is_the_first_that_the_key_can_do() {
    let values = Values::new();
    let generic = built_in().iter().find(|provider| provider.id.0 == "generic").expect("built in");
    let stackit = built_in().iter().find(|provider| provider.id.0 == "stackit").expect("built in");
    let context = |provider| RequestContext {
        provider,
        values: &values,
        audience: &[],
        scopes: &[],
        certificate: None,
        lifetime: None,
    };
    for (pem, expected) in [
        (include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem"), "RS256"),
        (include_str!("../../../../tests/fixtures/keys/throwaway-ec-p256.pkcs8.pem"), "ES256"),
        (include_str!("../../../../tests/fixtures/keys/throwaway-ec-p384.sec1.pem"), "ES384"),
        (include_str!("../../../../tests/fixtures/keys/throwaway-ed25519.pkcs8.pem"), "EdDSA"),
    ] {
        let key = key(pem);
        assert_eq!(plan(&context(generic), key.facts(), NOW, JTI).expect("planned").algorithm.name(), expected);
        let refused = plan(&context(stackit), key.facts(), NOW, JTI).map(|plan| plan.algorithm.name());
        match expected {
            "RS256" => assert_eq!(refused.expect("RSA"), "RS512"),
            _ => assert_eq!(refused.expect_err("no RSA key").code(), "algorithm-not-taken"),
        }
    }
}
