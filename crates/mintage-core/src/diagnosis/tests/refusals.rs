//! What a server's refusal means, in its own words and in the standard's.

use super::*;

#[test]
fn what_the_server_says_is_understood_in_every_era() {
    for (status, error, description, expected) in [
        (400, "server_error", "audience is not valid: Audience must contain …", "audience-refused"),
        (400, "server_error", "token has expired", "clock-behind"),
        (400, "server_error", "issuedAt of token is in the future: (iat: …, now with offset: …)", "clock-ahead"),
        (400, "server_error", "issuedAt of token is to old: must not be older than 1h0m0s", "clock-behind"),
        (400, "server_error", "invalid kid", "key-unknown"),
        (400, "server_error", "ID=QUERY-Tha6f Message=Errors.AuthNKey.NotFound", "key-unknown"),
        (400, "server_error", "invalid signature", "key-differs"),
        (400, "invalid_request", "Errors.User.NotActive", "user-inactive"),
        (400, "invalid_request", "The scope of your request is missing. Please ensure some are added.", "scope-empty"),
        (400, "invalid_request", "grant_type not supported", "grant-unsupported"),
        (400, "invalid_request", "grant_type missing", "request-altered"),
        (400, "unsupported_grant_type", "urn:x not supported", "grant-unsupported"),
        (404, "", "unable to set instance using origin https://auth.example.com", "wrong-host"),
        (400, "unauthorized_client", "", "grant-not-allowed"),
        (400, "invalid_scope", "", "scope-refused"),
        (404, "", "404 page not found", "endpoint-wrong"),
        (405, "", "", "endpoint-wrong"),
        (500, "", "", "server-failed"),
        (502, "", "upstream connect error", "server-failed"),
        (401, "", "", "key-unknown"),
    ] {
        let mut test_attempt = TestAttempt::of("zitadel");
        test_attempt.skew = None;
        assert_eq!(test_attempt.top(&refusal(status, error, description)), expected, "{status} {error} {description}");
    }
}

#[test]
fn the_parent_of_an_internal_error_is_the_true_cause() {
    let told = Refusal {
        parent: Some("ID=COMMAND-2M0fs Message=Errors.User.NotActive".into()),
        ..refusal(500, "server_error", "Errors.Internal")
    };
    assert_eq!(TestAttempt::of("zitadel").top(&told), "user-inactive");
}

#[test]
fn codes_of_the_standard_are_taken_at_their_word_elsewhere() {
    for (status, error, expected) in [
        (400, "invalid_grant", "key-unknown"),
        (401, "invalid_client", "key-unknown"),
        (400, "invalid_request", "request-refused"),
        (400, "invalid_scope", "scope-refused"),
        (400, "unauthorized_client", "grant-not-allowed"),
        (400, "unsupported_grant_type", "grant-unsupported"),
        (403, "access_denied", "user-inactive"),
        (500, "server_error", "server-failed"),
        (400, "temporarily_unavailable", "server-failed"),
        (415, "", "request-refused"),
        (401, "access_denied", "key-unknown"),
        (400, "of_our_own", "reason-named"),
    ] {
        assert_eq!(TestAttempt::of("generic").top(&refusal(status, error, "")), expected, "{status} {error}");
    }
    let mut test_attempt = TestAttempt::of("generic");
    test_attempt.audience = vec!["https://auth.example.com/token".into()];
    assert_eq!(test_attempt.top(&refusal(400, "invalid_scope", "")), "scope-refused");
    assert_eq!(test_attempt.top(&refusal(400, "invalid_grant", "")), "audience-lacks-issuer");
    let unscoped = TestAttempt { scopes: Vec::new(), ..TestAttempt::of("generic") };
    assert_eq!(unscoped.top(&refusal(400, "invalid_request", "")), "scope-empty");
}

#[test]
fn a_token_endpoint_on_another_host_is_suspected_unless_the_provider_has_it_there() {
    let elsewhere = Refusal { host: "api.example.com".into(), ..refusal(500, "server_error", "Errors.Internal") };
    let by_hand = |provider| TestAttempt { endpoint_by_hand: true, ..TestAttempt::of(provider) };
    assert_eq!(by_hand("zitadel").top(&elsewhere), "host-differs");
    assert_eq!(TestAttempt::of("zitadel").top(&elsewhere), "key-unknown", "the issuer's own discovery names it");
    assert_eq!(by_hand("generic").top(&elsewhere), "server-failed");
    let mut secret = by_hand("zitadel");
    secret.credential.kind = CredentialKind::ClientSecret;
    assert_eq!(secret.top(&refusal(400, "invalid_client", "")), "secret-wrong", "a secret is addressed to nobody");
    let split = Refusal { host: "api.zitadel.ch".into(), ..elsewhere };
    assert_eq!(by_hand("zitadel-2021").top(&split), "key-unknown");
}

#[test]
fn what_remains_is_ranked_and_each_has_its_step() {
    let test_attempt = TestAttempt::of("zitadel");
    let failure = IssuerError::Refused(Box::new(refusal(500, "server_error", "Errors.Internal")));
    let causes: Vec<_> =
        diagnose(&test_attempt.attempt(), &failure).into_iter().map(|cause| (cause.code, cause.next)).collect();
    let expected = [
        ("key-unknown".to_owned(), NextStep::ImportKey),
        ("key-differs".to_owned(), NextStep::ImportKey),
        ("wrong-environment".to_owned(), NextStep::EditEnvironment),
        ("user-inactive".to_owned(), NextStep::None),
    ];
    assert_eq!(causes, expected);
}
