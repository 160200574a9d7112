//! A caller that asks about a token is refused as a client.

use super::*;

#[test]
fn a_client_that_asks_about_a_token_is_judged_as_a_client() {
    let test_attempt = |kind, request| {
        let mut test_attempt = TestAttempt::of("zitadel");
        (test_attempt.credential.kind, test_attempt.request, test_attempt.scopes) = (kind, request, Vec::new());
        test_attempt
    };
    use CredentialKind::{ApplicationKey, ClientSecret};
    use RequestKind::{Introspection, Revocation};
    for (kind, purpose, refusal, expected) in [
        (ApplicationKey, Introspection, refusal(400, "unauthorized_client", ""), "key-unknown"),
        (ApplicationKey, Introspection, refusal(500, "server_error", "Errors.Internal"), "key-unknown"),
        (ApplicationKey, Introspection, refusal(403, "forbidden", ""), "application-not-allowed"),
        (ApplicationKey, Introspection, refusal(404, "", ""), "endpoint-wrong"),
        (ClientSecret, Introspection, refusal(401, "invalid_client", ""), "secret-wrong"),
        (ClientSecret, Introspection, refusal(503, "", ""), "server-failed"),
        (ClientSecret, Revocation, refusal(400, "unsupported_token_type", ""), "token-kind-refused"),
        (
            ClientSecret,
            Revocation,
            refusal(400, "unauthorized_client", "token was not issued for this client"),
            "application-not-allowed",
        ),
    ] {
        let (test_attempt, shown) = (test_attempt(kind, purpose), format!("{kind:?} {purpose:?} {refusal:?}"));
        assert_eq!(test_attempt.top(&refusal), expected, "{shown}");
        let causes = diagnose(&test_attempt.attempt(), &IssuerError::Refused(Box::new(refusal)));
        assert!(causes.iter().all(|cause| !cause.sentence.contains("service user")), "{shown}: {causes:?}");
    }
    // The clock of an application is the same clock.
    let late = TestAttempt { skew: Some(Duration::seconds(474)), ..test_attempt(ApplicationKey, Introspection) };
    assert_eq!(late.top(&refusal(400, "unauthorized_client", "")), "clock-ahead");
}
