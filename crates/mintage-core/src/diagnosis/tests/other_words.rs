//! What servers say in their own words, and what is left if none of them is known.

use super::*;
use crate::credential::CredentialKind::{ClientSecret, PrivateKey};

/// The causes' codes, the likeliest first, and the first one's sentence.
fn causes(test_attempt: &TestAttempt, refusal: Refusal) -> (Vec<String>, String) {
    let causes = diagnose(&test_attempt.attempt(), &IssuerError::Refused(Box::new(refusal)));
    let sentence = causes[0].sentence.clone();
    (causes.into_iter().map(|cause| cause.code).collect(), sentence)
}

#[test]
fn auth0_is_understood_though_it_calls_everything_access_denied() {
    let unauthorized = refusal(401, "access_denied", "Unauthorized");
    for (kind, refusal, expected) in [
        (ClientSecret, unauthorized.clone(), "secret-wrong"),
        (PrivateKey, unauthorized, "key-unknown"),
        (
            ClientSecret,
            refusal(403, "access_denied", "Client has not been granted scopes: read:users, write:jti"),
            "scope-refused",
        ),
        (
            PrivateKey,
            refusal(
                403,
                "access_denied",
                "Client \"a\" is not authorized to access resource server \"https://expired.test\".",
            ),
            "consent-missing",
        ),
        (
            PrivateKey,
            refusal(
                403,
                "access_denied",
                "Client is not authorized to access \"https://audience.test\". You need to …",
            ),
            "consent-missing",
        ),
        (
            ClientSecret,
            refusal(403, "access_denied", "Non-global clients are not allowed access to APIs v1"),
            "target-unknown",
        ),
        (ClientSecret, refusal(403, "access_denied", "Service not found: https://audience.test"), "target-unknown"),
        (
            ClientSecret,
            refusal(403, "unauthorized_client", "Grant type 'client_credentials' not allowed for the client."),
            "grant-not-allowed",
        ),
        (ClientSecret, refusal(403, "unauthorized_client", "something new"), "grant-not-allowed"),
    ] {
        let mut test_attempt = TestAttempt::of("auth0");
        test_attempt.credential.kind = kind;
        test_attempt.parameters.insert("apiIdentifier".into(), "https://api.test".into());
        assert_eq!(test_attempt.top(&refusal), expected, "{kind:?} {refusal}");
    }
}

#[test]
fn a_wrong_secret_is_told_of_whoever_sends_one() {
    let said = |provider: &str, kind, refusal| {
        let mut test_attempt = TestAttempt::of(provider);
        test_attempt.credential.kind = kind;
        causes(&test_attempt, refusal).0
    };
    let keycloak = refusal(401, "invalid_client", "Invalid client or Invalid client credentials");
    let secret = ["secret-wrong", "client-unknown", "wrong-environment", "user-inactive"];
    assert_eq!(said("keycloak", ClientSecret, keycloak.clone()), secret);
    assert_eq!(said("keycloak", PrivateKey, keycloak), secret[1..], "its words for a key are others");
    let beside_the_key = refusal(400, "invalid_client", "The client credentials are invalid");
    assert_eq!(said("box", PrivateKey, beside_the_key), secret);
}

#[test]
fn an_inactive_user_is_told_in_every_systems_words() {
    for (provider, refusal, expected) in [
        ("salesforce", refusal(400, "inactive_user", "user is inactive"), "user-inactive"),
        ("salesforce", refusal(400, "inactive_org", "organization is locked"), "organisation-disabled"),
        ("docusign", refusal(400, "invalid_grant", "user_not_found"), "user-inactive"),
        ("google", refusal(400, "invalid_grant", "Invalid grant: account not found"), "user-inactive"),
        ("generic", refusal(400, "invalid_grant", "the account is disabled"), "user-inactive"),
    ] {
        assert_eq!(TestAttempt::of(provider).top(&refusal), expected, "{provider} {refusal}");
    }
}

#[test]
fn what_the_environment_asks_for_is_named_where_the_server_does_not_know_it() {
    let mut test_attempt = TestAttempt::of("github-app");
    test_attempt.parameters.insert("installationId".into(), "42".into());
    let (codes, sentence) = causes(&test_attempt, refusal(404, "", "Not Found"));
    assert_eq!(codes, ["target-unknown", "endpoint-wrong"]);
    assert!(sentence.contains("`42`, the environment's Installation id"), "{sentence}");
    let (codes, sentence) = causes(&test_attempt, refusal(403, "", "This installation has been suspended"));
    assert_eq!(codes, ["target-suspended"]);
    assert!(sentence.contains("has suspended `42`, the environment's Installation id"), "{sentence}");
    assert_eq!(test_attempt.top(&refusal(404, "", "Integration not found")), "client-unknown");
    let (_, sentence) = causes(&TestAttempt::of("generic"), refusal(400, "invalid_target", ""));
    assert!(sentence.contains("API or resource"), "{sentence}");
}

#[test]
fn a_reason_that_is_not_known_here_is_quoted_and_the_key_is_not_blamed() {
    let test_attempt = |provider: &str, kind| {
        let mut test_attempt = TestAttempt::of(provider);
        test_attempt.credential.kind = kind;
        test_attempt
    };
    for (provider, kind) in
        [("generic", PrivateKey), ("generic", ClientSecret), ("zitadel", PrivateKey), ("frontier-rest", PrivateKey)]
    {
        for (told, expected) in [
            (refusal(403, "", "Request blocked by the firewall"), "`Request blocked by the firewall` (403)"),
            (refusal(403, "policy_violation", "Not from here"), "`policy_violation`, `Not from here` (403)"),
            (refusal(413, "", ""), "status 413"),
            (refusal(402, "", "Pay first"), "`Pay first` (402)"),
        ] {
            if provider == "frontier-rest" && told.status == 403 {
                continue;
            }
            let (codes, sentence) = causes(&test_attempt(provider, kind), told);
            assert_eq!(codes, ["reason-named"], "{provider} {sentence}");
            assert!(sentence.contains(expected), "{sentence}");
        }
    }
    // With these statuses the credential may still be the problem.
    let (codes, _) = causes(&test_attempt("generic", ClientSecret), refusal(401, "of_our_own", ""));
    assert_eq!(codes[..2], ["reason-named", "secret-wrong"]);
    for status in [400, 401] {
        assert_eq!(test_attempt("generic", PrivateKey).top(&refusal(status, "", "no")), "key-unknown");
    }
}

#[test]
fn a_proxy_and_a_wish_for_dpop_are_told_before_everything_else() {
    for provider in ["okta", "zitadel", "frontier-connect"] {
        for request in [RequestKind::Token, RequestKind::Introspection] {
            let mut test_attempt = TestAttempt { request, ..TestAttempt::of(provider) };
            for skew in [Duration::ZERO, Duration::hours(3)] {
                test_attempt.skew = Some(skew);
                assert_eq!(test_attempt.top(&refusal(407, "", "Proxy Authentication Required")), "proxy-refused");
                for (error, description) in [
                    ("invalid_dpop_proof", "The DPoP proof JWT header is missing."),
                    ("use_dpop_nonce", "Authorization server requires nonce in DPoP proof."),
                ] {
                    assert_eq!(test_attempt.top(&refusal(400, error, description)), "dpop-required");
                }
            }
        }
    }
    let page = IssuerError::NotOAuth { content_type: "an HTML page".into(), said: Box::new(refusal(407, "", "")) };
    assert_eq!(on_the_way(&Provider::default(), &page)[0].code, "proxy-refused");
}

#[test]
fn no_scope_is_proposed_where_none_is_sent_or_the_server_explains_itself() {
    let unscoped = |provider: &str| {
        let mut test_attempt = TestAttempt { scopes: Vec::new(), ..TestAttempt::of(provider) };
        test_attempt.credential.kind = ClientSecret;
        test_attempt
    };
    for (provider, error, description, proposes) in [
        ("box", "invalid_request", "", false),
        ("box", "invalid_client", "", false),
        ("stackit", "invalid_request", "", false),
        ("salesforce", "invalid_request", "The scope of your request is missing", false),
        ("generic-client", "invalid_request", "The account id is not valid", false),
        ("generic-client", "invalid_client", "", false),
        ("generic-client", "invalid_request", "", true),
    ] {
        let (codes, _) = causes(&unscoped(provider), refusal(400, error, description));
        assert_eq!(codes.contains(&"scope-empty".to_owned()), proposes, "{provider} {error} {description}: {codes:?}");
    }
    let help = &diagnose(
        &unscoped("generic-client").attempt(),
        &IssuerError::Refused(Box::new(refusal(400, "invalid_request", ""))),
    )[0]
    .help;
    assert_eq!(help, "Add the scope that the API requires", "`openid` is not for clients");
}

#[test]
fn a_used_up_quota_is_not_waited_for() {
    let zitadel = TestAttempt::of("zitadel").provider;
    let said = |status, description: &str, cookie: &str| Refusal {
        cookies: vec![cookie.to_owned()],
        ..refusal(status, "", description)
    };
    for (answer, waits) in [
        (said(429, "Your ZITADEL instance is blocked.", ""), false),
        (said(429, "", "zitadel.quota.exhausted"), false),
        (said(429, "slow down", ""), true),
        (said(503, "", ""), true),
    ] {
        assert_eq!(waiting_helps(&zitadel, &answer), waits, "{answer:?}");
    }
}

#[test]
fn a_missing_key_is_named_by_the_server_itself_or_not_at_all() {
    let names = |provider: &str, answer: &Refusal| {
        named_by(&TestAttempt::of(provider).provider, RequestKind::KeyComparison, Sent::Token, answer)
            == [Reason::KeyUnknown]
    };
    let coded = |message: &str, id: Option<&str>| Refusal {
        code: Some("not_found".into()),
        members: [("/message", Some(message)), ("/details/0/id", id)]
            .into_iter()
            .filter_map(|(place, value)| Some((place.to_owned(), value?.to_owned())))
            .collect(),
        ..refusal(404, "", message)
    };
    assert!(names("zitadel", &coded("Schlüssel nicht gefunden (COMMAND-4m77G)", Some("COMMAND-4m77G"))));
    assert!(names("frontier-rest", &coded("service user credentials not found", None)));
    for provider in ["zitadel", "frontier-rest", "frontier-connect", "generic"] {
        assert!(!names(provider, &coded("membership not found (AUTHZ-cdgFk)", Some("AUTHZ-cdgFk"))), "{provider}");
        assert!(!names(provider, &coded("Not Found", None)), "{provider}");
        assert!(!names(provider, &refusal(404, "", "404 page not found")), "{provider}");
        assert!(!names(provider, &refusal(404, "", "")), "{provider}");
    }
}
