use time::OffsetDateTime;
use uuid::Uuid;

use super::*;
use crate::environment::EnvironmentDraft;
use crate::provider::built_in;

fn typed(issuer: &str) -> ProposalRequest {
    ProposalRequest {
        environment: None,
        issuer: issuer.to_owned(),
        provider: None,
        provider_from: ProviderFrom::Nothing,
    }
}

fn proposed(issuer: &str) -> EnvironmentProposal {
    propose(&typed(issuer), built_in(), &[])
}

#[test]
fn the_name_is_the_host_as_far_as_it_is_typed() {
    let check = |issuer, expected| assert_eq!(proposed(issuer).name, expected, "{issuer}");
    check("https://auth.example.com/", "auth.example.com");
    check(" auth.example.com ", "auth.example.com");
    check("auth.example.com:443/realms/a", "auth.example.com");
    check("http://localhost:8080", "localhost:8080");
    check("https:/", "");
    check("https://", "");
    check("  ", "");
}

#[test]
fn a_tier_is_guessed_from_the_host() {
    let check = |host, expected| assert_eq!(proposed(host).tier, expected, "{host}");
    check("localhost:8080", Some(Tier::Development));
    check("127.0.0.1:18080", Some(Tier::Development));
    check("[::1]:8080", Some(Tier::Development));
    check("auth.dev.acme.com", Some(Tier::Development));
    check("acme-stg.zitadel.cloud", Some(Tier::Staging));
    check("auth.staging2.acme.com", Some(Tier::Staging));
    check("acme-qa.eu.auth0.com", Some(Tier::Development));
    check("auth.prod.acme.com", Some(Tier::Production));
    check("auth.test", Some(Tier::Development));
    check("zitadel-dev", Some(Tier::Development));
    // A private name may be production's.
    check("auth.prod.internal", Some(Tier::Production));
    check("login.live.local", Some(Tier::Production));
    check("sso.production.lan", Some(Tier::Production));
    check("prod.corp", Some(Tier::Production));
    check("auth.prod.test", Some(Tier::Production));
    check("sso.stage.lan", Some(Tier::Staging));
    check("auth.dev.internal", Some(Tier::Development));
    check("auth.internal", None);
    check("auth.local", None);
    check("zitadel.corp.internal", None);
    check("auth.home.arpa", None);
    check("auth", None);
    check("10.0.0.1:8080", None);
    // Two tiers are a doubt.
    check("prod-staging.acme.com", None);
    check("dev.prod.acme.com", None);
    check("pre-prod.acme.com", None);
    // Nothing says that these are not live.
    check("auth.acme.com", None);
    check("demo.acme.com", None);
    check("auth.lab.acme.com", None);
    check("login.live.com", None);
    check("test.com", None);
    check("test.co.uk", None);
    check("co.uk", None);
    check("dev.com.au.", None);
    check("", None);
}

#[test]
fn this_computer_may_be_asked_with_plain_http() {
    let check = |issuer, expected: Option<&str>| {
        assert_eq!(proposed(issuer).plain_http.as_deref(), expected, "{issuer}");
    };
    check("127.0.0.1", Some("http://127.0.0.1"));
    check(" 127.0.0.1:80 ", Some("http://127.0.0.1:80"));
    check("app.localhost/realms/a", Some("http://app.localhost/realms/a"));
    check("https://[::1]:80", Some("http://[::1]:80"));
    check("127.example.com", None);
    check("localhost.example.com", None);
    check("http://127.0.0.1:8080", None);
    check("HTTP://localhost", None);
    check("", None);
}

fn provider_of(id: &str, family: &str, issuer_example: &str) -> Provider {
    Provider {
        id: ProviderId(id.to_owned()),
        family: family.to_owned(),
        issuer_example: issuer_example.to_owned(),
        ..Provider::default()
    }
}

#[test]
fn a_provider_is_found_by_the_host() {
    use ProviderFrom::{Nothing, Source, User};
    let providers = [
        provider_of("mine", "", "https://sso.example.org"),
        provider_of("zitadel-cloud", "Z", "https://my-instance.zitadel.cloud"),
        provider_of("zitadel", "Z", "https://auth.example.com"),
        provider_of("okta", "", "https://acme.okta.com"),
        provider_of("british", "", "https://login.acme.co.uk"),
        provider_of("local", "", "http://127.0.0.1:8080"),
    ];
    let check = |issuer: &str, provider: &str, provider_from: ProviderFrom, expected: &str| {
        let provider = Some(provider).filter(|id| !id.is_empty()).map(|id| ProviderId(id.to_owned()));
        let request = ProposalRequest { provider, provider_from, ..typed(issuer) };
        let found = propose(&request, &providers, &[]).provider.map(|id| id.0).unwrap_or_default();
        assert_eq!(found, expected, "{issuer} with {request:?}");
    };
    check("127.0.0.1:18080", "zitadel-cloud", Nothing, "zitadel");
    check("127.0.0.1:18080", "zitadel", Nothing, "zitadel");
    check("acme.zitadel.cloud", "zitadel-cloud", Nothing, "zitadel-cloud");
    check("acme.okta.com", "zitadel-cloud", Nothing, "okta");
    check("acme.okta.com:8443", "zitadel-cloud", Nothing, "okta");
    check("okta.com", "zitadel-cloud", Nothing, "okta");
    check("auth.acme.com", "zitadel-cloud", Nothing, "zitadel-cloud");
    check("notokta.com", "zitadel-cloud", Nothing, "zitadel-cloud");
    check("other.co.uk", "zitadel-cloud", Nothing, "zitadel-cloud");
    check("sso.acme.co.uk", "zitadel-cloud", Nothing, "british");
    // One without a family has no other kind of server.
    check("127.0.0.1:18080", "okta", Nothing, "okta");
    // The commonest is the first that isn't the user's own.
    check("", "", Nothing, "zitadel-cloud");
    check("auth.acme.com", "", Nothing, "zitadel-cloud");
    check("127.0.0.1:18080", "", Nothing, "zitadel");
    check("acme.okta.com", "zitadel-cloud", User, "zitadel-cloud");
    check("127.0.0.1:18080", "zitadel-cloud", User, "zitadel-cloud");
    check("acme.okta.com", "mine", Source, "mine");
    check("127.0.0.1:18080", "zitadel-cloud", Source, "zitadel");
    check("auth.acme.com", "", Source, "");
    check("acme.okta.com", "", Source, "okta");
}

#[test]
fn another_environment_with_the_same_issuer_is_named() {
    let environment = |number: u128, name: &str, issuer: &str| {
        let settings = EnvironmentDraft::new(name, ProviderId("generic".to_owned()), Tier::Staging, issuer).read();
        Environment {
            id: EnvironmentId(Uuid::from_u128(number)),
            settings: settings.expect("an issuer"),
            demo: false,
            created_at: OffsetDateTime::UNIX_EPOCH,
        }
    };
    let known = [environment(1, "one", "https://a.example"), environment(2, "two", "https://b.example/")];
    let check = |issuer: &str, edited: Option<u128>, expected: Option<&str>| {
        let environment = edited.map(|number| EnvironmentId(Uuid::from_u128(number)));
        let found = propose(&ProposalRequest { environment, ..typed(issuer) }, built_in(), &known).same_issuer;
        assert_eq!(found.as_deref(), expected, "{issuer}");
    };
    check("a.example/", None, Some("one"));
    check("https://b.example", None, Some("two"));
    check("https://a.example", Some(1), None);
    check("https://a.example", Some(2), Some("one"));
    check("https://a.example/b", None, None);
    check("", None, None);
}
