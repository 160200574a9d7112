//! What it means if there was no response, or none from an OAuth server.

use super::*;

#[test]
fn every_failure_on_the_way_has_a_cause_with_a_step() {
    let host = || "auth.example.com".to_owned();
    let said = |status| Box::new(refusal(status, "", ""));
    let page = |status| IssuerError::NotOAuth { content_type: "an HTML page".into(), said: said(status) };
    for (failure, code, next) in [
        (page(200), "not-an-oauth-endpoint", NextStep::EditEnvironment),
        (page(502), "not-an-oauth-endpoint", NextStep::TryAgain),
        (
            IssuerError::Redirected { host: host(), to: "https://b.test/".into() },
            "redirected",
            NextStep::EditEnvironment,
        ),
        (IssuerError::Busy { retry_after: None, said: said(429) }, "server-busy", NextStep::TryAgain),
        (IssuerError::HostUnknown { host: host() }, "host-unknown", NextStep::EditEnvironment),
        (IssuerError::TimedOut { host: host() }, "server-silent", NextStep::TryAgain),
        (
            IssuerError::CertificateRefused { host: host(), why: "it has expired".into(), dated: None },
            "certificate-refused",
            NextStep::EditEnvironment,
        ),
        (IssuerError::TlsFailed { host: host(), why: "no TLS".into() }, "tls-failed", NextStep::EditEnvironment),
        (IssuerError::CaInvalid, "ca-invalid", NextStep::EditEnvironment),
        (IssuerError::AnswerTooLarge { host: host() }, "answer-too-large", NextStep::EditEnvironment),
        (
            IssuerError::AnswerInvalid { host: host(), why: "access_token is missing".into() },
            "answer-invalid",
            NextStep::EditEnvironment,
        ),
        (
            IssuerError::IssuerDiffers { expected: ISSUER.into(), found: format!("{ISSUER}/") },
            "issuer-differs",
            NextStep::EditEnvironment,
        ),
        (IssuerError::NoDiscovery { said: said(404) }, "no-discovery", NextStep::EditEnvironment),
        (
            IssuerError::EndpointRefused { url: "http://auth.example.com".into() },
            "endpoint-refused",
            NextStep::EditEnvironment,
        ),
    ] {
        for provider in ["zitadel", "generic"] {
            let mut test_attempt = TestAttempt::of(provider);
            // A broken clock doesn't explain network failures.
            test_attempt.skew = Some(Duration::hours(9));
            let causes = diagnose(&test_attempt.attempt(), &failure);
            assert_eq!((causes[0].code.as_str(), causes[0].next), (code, next), "{failure}");
            for cause in causes {
                assert!(!cause.sentence.is_empty() && !cause.sentence.ends_with('.'), "{}", cause.sentence);
                assert!(!cause.help.is_empty() && !cause.help.ends_with('.'), "{}", cause.help);
            }
        }
    }
}

#[test]
fn a_differing_issuer_is_told_by_how_it_differs() {
    for (found, expected) in [
        ("https://auth.example.com/", "a slash at the end"),
        ("http://auth.example.com", "reach it over https"),
        ("https://login.example.com", "doesn't issue tokens for"),
    ] {
        let failure = IssuerError::IssuerDiffers { expected: ISSUER.into(), found: found.into() };
        let sentence = &diagnose(&TestAttempt::of("zitadel").attempt(), &failure)[0].sentence;
        assert!(sentence.contains(expected) && sentence.contains(found), "{sentence}");
    }
}

#[test]
fn an_issuer_for_any_tenant_asks_for_the_tenants_id_and_never_shows_the_placeholder() {
    for (expected, found, asks) in [
        ("https://login.example.com/common/v2.0", "https://login.example.com/{tenantid}/v2.0", "in place of `common`"),
        (
            "https://login.example.com/organizations/v2.0",
            "https://login.example.com/{tenantid}/v2.0",
            "`organizations`",
        ),
        ("https://login.example.com/common", "https://sts.example.com/{tenantid}/", "in place of `common`"),
        ("https://login.example.com", "https://login.example.com/{tenant}", "with your tenant's id"),
    ] {
        let failure = IssuerError::IssuerDiffers { expected: expected.into(), found: found.into() };
        let cause = on_the_way(&Provider::default(), &failure).remove(0);
        assert!(cause.help.contains(asks) && !format!("{cause:?}").contains("{t"), "{cause:?}");
    }
}

#[test]
fn a_refused_endpoint_is_told_by_what_is_wrong_with_it() {
    for (url, expected) in [
        ("http://auth.example.com/token", "isn't encrypted"),
        ("https://auth.example.com/token", "a user name or password"),
        ("http://localhost:8080/token", "a user name or password"),
        ("ftp://auth.example.com", "isn't a web address"),
        ("auth.example.com/token", "isn't a web address"),
    ] {
        let sentence = &on_the_way(&Provider::default(), &IssuerError::EndpointRefused { url: url.into() })[0].sentence;
        assert!(sentence.contains(expected) && sentence.contains(url), "{sentence}");
    }
}
