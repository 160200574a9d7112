use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::credential::{CredentialKind, CredentialState, Source};
use crate::ids::{CredentialId, ServiceUserId};
use crate::issuer::{Refusal, Refused};
use crate::jose::KeyFacts;
use crate::provider::built_in;

mod about_a_token;
mod clock;
mod other_words;
mod refusals;
mod table;
mod transport;

const NOW: OffsetDateTime = datetime!(2026-10-05 12:00 UTC);
const ISSUER: &str = "https://auth.example.com";

/// An attempt in which everything is right, for a test to break.
struct TestAttempt {
    provider: Provider,
    audience: Vec<String>,
    credential: Credential,
    parameters: ParameterValues,
    scopes: Vec<String>,
    lifetime: Duration,
    skew: Option<Duration>,
    corrected_by: Duration,
    request: RequestKind,
    lacks_secret: bool,
    secret_is_encoded: bool,
    endpoint_by_hand: bool,
}

impl TestAttempt {
    fn of(provider: &str) -> Self {
        let provider = built_in().iter().find(|found| found.id.0 == provider).expect("built in").clone();
        let lifetime = provider.private_key.as_ref().map(|grant| crate::request::lifetime(grant, None));
        Self {
            provider,
            audience: vec![ISSUER.into()],
            credential: credential(),
            parameters: ParameterValues::new(),
            scopes: vec!["openid".into()],
            lifetime: lifetime.unwrap_or_default(),
            skew: Some(Duration::ZERO),
            corrected_by: Duration::ZERO,
            request: RequestKind::Token,
            lacks_secret: false,
            secret_is_encoded: false,
            endpoint_by_hand: false,
        }
    }

    fn attempt(&self) -> Attempt<'_> {
        Attempt {
            request: self.request,
            endpoint_by_hand: self.endpoint_by_hand,
            token: None,
            provider: &self.provider,
            host: "auth.example.com",
            endpoint_host: "auth.example.com",
            issuer: ISSUER,
            audience: &self.audience,
            credential: Some(&self.credential),
            client_id: "100507859606888466",
            parameters: &self.parameters,
            scopes: &self.scopes,
            lifetime: self.lifetime,
            now: NOW,
            skew: self.skew,
            corrected_by: self.corrected_by,
            lacks_secret: self.lacks_secret,
            secret_is_encoded: self.secret_is_encoded,
        }
    }

    fn top(&self, refusal: &Refusal) -> String {
        diagnose(&self.attempt(), &IssuerError::Refused(Box::new(refusal.clone())))[0].code.clone()
    }

    fn stops(&self) -> Vec<String> {
        preflight(&self.attempt()).into_iter().map(|cause| cause.code).collect()
    }
}

fn credential() -> Credential {
    Credential {
        id: CredentialId(Uuid::nil()),
        service_user: ServiceUserId(Uuid::nil()),
        kind: CredentialKind::PrivateKey,
        key_id: Some("100509901696068329".into()),
        client_id: None,
        key: Some(KeyFacts {
            key_type: "RSA".into(),
            bits: 2048,
            fingerprint: String::new(),
            thumbprint: String::new(),
            public_pem: String::new(),
            algorithm: None,
        }),
        certificate: None,
        audience: None,
        source: Source::Paste,
        state: CredentialState::Active,
        issued_at: None,
        expires_at: None,
        imported_at: NOW,
        last_used_at: None,
        refused_at: None,
        token_endpoint: None,
    }
}

fn refusal(status: u16, error: &str, description: &str) -> Refusal {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Refusal {
        host: "auth.example.com".into(),
        refused: Refused::Assertion,
        status,
        error: text(error),
        description: text(description),
        ..Refusal::default()
    }
}

/// What each era returns for an assertion that it rejects without saying why.
fn silent_dialects() -> Vec<(&'static str, Refusal)> {
    vec![
        ("2021", refusal(400, "server_error", "")),
        ("until 2024-01", refusal(400, "server_error", "something unheard of")),
        ("2024", refusal(400, "invalid_request", "assertion invalid")),
        ("2024 to 2026", refusal(500, "server_error", "Errors.Internal")),
        ("since 2026-03", refusal(400, "invalid_grant", "invalid assertion")),
        ("a client's error", refusal(400, "invalid_client", "invalid assertion")),
    ]
}

/// A name, what to break, and the code that must come first in every dialect.
type Spoilt = (&'static str, fn(&mut TestAttempt), &'static str);

const SPOILT: &[Spoilt] = &[
    ("nothing", |_| {}, "key-unknown"),
    (
        "key expired",
        |test_attempt| test_attempt.credential.expires_at = Some(datetime!(2026-09-30 00:00 UTC)),
        "key-expired",
    ),
    ("key expires now", |test_attempt| test_attempt.credential.expires_at = Some(NOW), "key-expired"),
    ("clock ahead", |test_attempt| test_attempt.skew = Some(Duration::seconds(74)), "clock-ahead"),
    ("clock behind", |test_attempt| test_attempt.skew = Some(Duration::hours(-2)), "clock-behind"),
    (
        "clock ahead but within the backdating",
        |test_attempt| test_attempt.skew = Some(Duration::seconds(20)),
        "key-unknown",
    ),
    (
        "clock behind within the assertion's life",
        |test_attempt| test_attempt.skew = Some(Duration::seconds(-200)),
        "key-unknown",
    ),
    ("clock never measured", |test_attempt| test_attempt.skew = None, "key-unknown"),
    (
        "clock corrected",
        |test_attempt| {
            test_attempt.skew = Some(Duration::hours(3));
            test_attempt.corrected_by = Duration::hours(3);
        },
        "key-unknown",
    ),
    (
        "key expired only by a clock that is ahead",
        |test_attempt| {
            test_attempt.credential.expires_at = Some(NOW - Duration::hours(1));
            test_attempt.skew = Some(Duration::hours(3));
        },
        "clock-ahead",
    ),
    (
        "audience without the issuer",
        |test_attempt| test_attempt.audience = vec!["auth.example.com".into()],
        "audience-lacks-issuer",
    ),
    (
        "audience with a slash",
        |test_attempt| test_attempt.audience = vec![format!("{ISSUER}/")],
        "audience-lacks-issuer",
    ),
    (
        "audience with more than the issuer",
        |test_attempt| test_attempt.audience.insert(0, "other".into()),
        "key-unknown",
    ),
    ("no scope", |test_attempt| test_attempt.scopes.clear(), "scope-empty"),
    ("blank scope", |test_attempt| test_attempt.scopes = vec![" ".into()], "scope-empty"),
];

#[test]
fn every_local_cause_stands_first_in_every_dialect_of_zitadel() {
    for (cause, spoil, expected) in SPOILT {
        for (era, refusal) in silent_dialects() {
            let mut test_attempt = TestAttempt::of("zitadel");
            spoil(&mut test_attempt);
            assert_eq!(test_attempt.top(&refusal), *expected, "{cause}, {era}");
        }
    }
}

#[test]
fn preflight_stops_what_must_fail_and_nothing_else() {
    for (cause, spoil, top) in SPOILT {
        let mut test_attempt = TestAttempt::of("zitadel");
        spoil(&mut test_attempt);
        let expected = if *top == "key-unknown" { vec![] } else { vec![(*top).to_owned()] };
        assert_eq!(test_attempt.stops(), expected, "{cause}");
    }
    let mut test_attempt = TestAttempt::of("generic");
    test_attempt.audience = vec!["https://auth.example.com/oauth2/token".into()];
    test_attempt.scopes.clear();
    assert!(test_attempt.stops().is_empty(), "elsewhere another audience and no scope may be right");
}

#[test]
fn a_key_without_the_secret_that_goes_with_it_is_not_sent() {
    let test_attempt = TestAttempt { lacks_secret: true, ..TestAttempt::of("box") };
    let causes = preflight(&test_attempt.attempt());
    assert_eq!((causes[0].code.as_str(), causes[0].next), ("client-secret-missing", NextStep::ImportKey));
    assert_eq!(test_attempt.top(&refusal(400, "invalid_client", "The client credentials are invalid")), causes[0].code);
}

#[test]
fn several_certain_causes_are_all_named() {
    let mut test_attempt = TestAttempt::of("paonia");
    test_attempt.credential.expires_at = Some(NOW - Duration::DAY);
    test_attempt.scopes.clear();
    test_attempt.audience.clear();
    test_attempt.skew = Some(Duration::minutes(10));
    assert_eq!(test_attempt.stops(), ["key-expired", "scope-empty", "audience-empty", "clock-ahead"]);
}

#[test]
fn causes_are_said_in_the_users_words() {
    let mut test_attempt = TestAttempt::of("zitadel");
    test_attempt.skew = Some(Duration::seconds(74));
    assert_eq!(
        preflight(&test_attempt.attempt())[0].sentence,
        "Your clock is 74 s ahead of the server's; ZITADEL allows 1 s"
    );
    test_attempt.skew = Some(Duration::hours(-5));
    assert_eq!(
        preflight(&test_attempt.attempt())[0].sentence,
        "Your clock is 5 h behind the server's, so the assertion has expired by the time it arrives"
    );
    test_attempt.credential.expires_at = Some(datetime!(2026-09-30 00:00 UTC));
    let expired = preflight(&test_attempt.attempt()).remove(0);
    assert_eq!(expired.sentence, "This key expired on 30 September 2026 at midnight UTC");
    assert_eq!(expired.dated.map(|dated| dated.to_string()), Some(expired.sentence));
}

#[test]
fn an_assertion_that_is_addressed_to_nobody_is_not_sent() {
    let mut test_attempt = TestAttempt::of("stackit");
    assert!(test_attempt.stops().is_empty(), "it has an audience");
    for nobody in [vec![], vec![String::new()], vec![" ".to_owned()]] {
        test_attempt.audience = nobody;
        assert_eq!(test_attempt.stops(), ["audience-empty"]);
    }
    test_attempt.credential.kind = CredentialKind::ClientSecret;
    assert!(test_attempt.stops().is_empty(), "a secret has no audience");
}

#[test]
fn a_key_file_of_another_endpoint_is_the_first_cause() {
    let mut test_attempt = TestAttempt::of("stackit");
    let refusal = refusal(400, "invalid_grant", "");
    test_attempt.credential.token_endpoint = Some("https://auth.example.com/oauth/v2/token".into());
    assert_ne!(test_attempt.top(&refusal), "endpoint-of-another-server");
    test_attempt.credential.token_endpoint = Some("https://accounts.stackit.cloud/oauth/v2/token".into());
    assert_eq!(test_attempt.top(&refusal), "endpoint-of-another-server");
    assert!(test_attempt.stops().is_empty(), "the other endpoint may still take it");
}
