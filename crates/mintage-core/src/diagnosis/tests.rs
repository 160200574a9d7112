use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::credential::{CredentialId, CredentialKind, CredentialState, Source};
use crate::error::{Refusal, Refused};
use crate::private_key::KeyFacts;
use crate::provider::built_in;
use crate::service_user::ServiceUserId;

mod about_a_token;
mod other_words;
mod table;
mod way;

const NOW: OffsetDateTime = datetime!(2026-10-05 12:00 UTC);
const ISSUER: &str = "https://auth.example.com";

/// An attempt in which all is well, to be spoilt by a test.
struct Scene {
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

impl Scene {
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

/// What each era answers to an assertion that it does not like, where it does not say why.
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

/// A name, what to spoil, and the code that must stand first in every dialect.
type Spoilt = (&'static str, fn(&mut Scene), &'static str);

const SPOILT: &[Spoilt] = &[
    ("nothing", |_| {}, "key-unknown"),
    ("key expired", |scene| scene.credential.expires_at = Some(datetime!(2026-09-30 00:00 UTC)), "key-expired"),
    ("key expires now", |scene| scene.credential.expires_at = Some(NOW), "key-expired"),
    ("clock ahead", |scene| scene.skew = Some(Duration::seconds(74)), "clock-ahead"),
    ("clock behind", |scene| scene.skew = Some(Duration::hours(-2)), "clock-behind"),
    ("clock ahead but within the backdating", |scene| scene.skew = Some(Duration::seconds(20)), "key-unknown"),
    ("clock behind within the assertion's life", |scene| scene.skew = Some(Duration::seconds(-200)), "key-unknown"),
    ("clock never measured", |scene| scene.skew = None, "key-unknown"),
    (
        "clock corrected",
        |scene| {
            scene.skew = Some(Duration::hours(3));
            scene.corrected_by = Duration::hours(3);
        },
        "key-unknown",
    ),
    (
        "key expired only by a clock that is ahead",
        |scene| {
            scene.credential.expires_at = Some(NOW - Duration::hours(1));
            scene.skew = Some(Duration::hours(3));
        },
        "clock-ahead",
    ),
    ("audience without the issuer", |scene| scene.audience = vec!["auth.example.com".into()], "audience-lacks-issuer"),
    ("audience with a slash", |scene| scene.audience = vec![format!("{ISSUER}/")], "audience-lacks-issuer"),
    ("audience with more than the issuer", |scene| scene.audience.insert(0, "other".into()), "key-unknown"),
    ("no scope", |scene| scene.scopes.clear(), "scope-empty"),
    ("blank scope", |scene| scene.scopes = vec![" ".into()], "scope-empty"),
];

#[test]
fn every_local_cause_stands_first_in_every_dialect_of_zitadel() {
    for (cause, spoil, expected) in SPOILT {
        for (era, refusal) in silent_dialects() {
            let mut scene = Scene::of("zitadel");
            spoil(&mut scene);
            assert_eq!(scene.top(&refusal), *expected, "{cause}, {era}");
        }
    }
}

#[test]
fn preflight_stops_what_must_fail_and_nothing_else() {
    for (cause, spoil, top) in SPOILT {
        let mut scene = Scene::of("zitadel");
        spoil(&mut scene);
        let expected = if *top == "key-unknown" { vec![] } else { vec![(*top).to_owned()] };
        assert_eq!(scene.stops(), expected, "{cause}");
    }
    let mut scene = Scene::of("generic");
    scene.audience = vec!["https://auth.example.com/oauth2/token".into()];
    scene.scopes.clear();
    assert!(scene.stops().is_empty(), "elsewhere another audience and no scope may be right");
}

#[test]
fn a_key_without_the_secret_that_goes_with_it_is_not_sent() {
    let scene = Scene { lacks_secret: true, ..Scene::of("box") };
    let causes = preflight(&scene.attempt());
    assert_eq!((causes[0].code.as_str(), causes[0].next), ("client-secret-missing", NextStep::ImportKey));
    assert_eq!(scene.top(&refusal(400, "invalid_client", "The client credentials are invalid")), causes[0].code);
}

#[test]
fn several_certain_causes_are_all_named() {
    let mut scene = Scene::of("paonia");
    scene.credential.expires_at = Some(NOW - Duration::DAY);
    scene.scopes.clear();
    scene.audience.clear();
    scene.skew = Some(Duration::minutes(10));
    assert_eq!(scene.stops(), ["key-expired", "scope-empty", "audience-empty", "clock-ahead"]);
}

#[test]
fn the_clock_is_blamed_beyond_what_the_assertion_was_backdated_by() {
    for (provider, seconds, blamed) in [
        // Backdated by 20 s, valid for 300 s, tolerance 1 s: a refusal has happened, so tolerance excuses nothing.
        ("zitadel", 20, None),
        ("zitadel", 21, Some("clock-ahead")),
        ("zitadel", -298, None),
        ("zitadel", -299, Some("clock-behind")),
        // Tolerance 60 s.
        ("generic", 20, None),
        ("generic", 23, Some("clock-ahead")),
        ("generic", -239, None),
        ("generic", -240, Some("clock-behind")),
    ] {
        let mut scene = Scene::of(provider);
        scene.skew = Some(Duration::seconds(seconds));
        let top = scene.top(&refusal(400, "invalid_grant", ""));
        assert_eq!(top, blamed.unwrap_or("key-unknown"), "{provider} {seconds}");
    }
}

#[test]
fn a_request_is_stopped_only_where_the_clock_is_certain_to_be_refused() {
    for (provider, seconds, stopped) in [
        // 20 s backdated and 1 s tolerated; half of what is sent at 22 s succeeds, measured.
        ("zitadel", 21, false),
        ("zitadel", 22, false),
        ("zitadel", 24, false),
        ("zitadel", 25, true),
        ("generic", 83, false),
        ("generic", 84, true),
        ("frontier-rest", 48, false),
        ("frontier-rest", 49, true),
    ] {
        let scene = Scene { skew: Some(Duration::seconds(seconds)), ..Scene::of(provider) };
        let expected: &[&str] = if stopped { &["clock-ahead"] } else { &[] };
        assert_eq!(scene.stops(), expected, "{provider} {seconds}");
    }
}

#[test]
fn the_clock_is_judged_by_the_life_that_the_assertion_really_has() {
    for (lifetime, seconds, stopped) in
        [(60, -100, true), (60, -50, false), (300, -100, false), (1800, -400, false), (1800, -1802, true)]
    {
        let mut scene = Scene::of("zitadel");
        (scene.lifetime, scene.skew) = (Duration::seconds(lifetime), Some(Duration::seconds(seconds)));
        let expected: &[&str] = if stopped { &["clock-behind"] } else { &[] };
        assert_eq!(scene.stops(), expected, "valid for {lifetime} s, {seconds} s off");
    }
}

#[test]
fn a_refusals_own_date_measures_a_clock_that_was_never_measured() {
    let mut scene = Scene::of("zitadel");
    scene.skew = None;
    let told =
        Refusal { server_date: Some(NOW - Duration::seconds(74)), ..refusal(500, "server_error", "Errors.Internal") };
    assert_eq!(scene.top(&told), "clock-ahead");
}

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
        let mut scene = Scene::of("zitadel");
        scene.skew = None;
        assert_eq!(scene.top(&refusal(status, error, description)), expected, "{status} {error} {description}");
    }
}

#[test]
fn the_parent_of_an_internal_error_is_the_true_cause() {
    let told = Refusal {
        parent: Some("ID=COMMAND-2M0fs Message=Errors.User.NotActive".into()),
        ..refusal(500, "server_error", "Errors.Internal")
    };
    assert_eq!(Scene::of("zitadel").top(&told), "user-inactive");
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
        assert_eq!(Scene::of("generic").top(&refusal(status, error, "")), expected, "{status} {error}");
    }
    let mut scene = Scene::of("generic");
    scene.audience = vec!["https://auth.example.com/token".into()];
    assert_eq!(scene.top(&refusal(400, "invalid_scope", "")), "scope-refused");
    assert_eq!(scene.top(&refusal(400, "invalid_grant", "")), "audience-lacks-issuer");
    let unscoped = Scene { scopes: Vec::new(), ..Scene::of("generic") };
    assert_eq!(unscoped.top(&refusal(400, "invalid_request", "")), "scope-empty");
}

#[test]
fn a_clock_that_was_corrected_is_never_blamed_again() {
    let mut scene = Scene::of("zitadel");
    scene.skew = Some(Duration::seconds(74));
    scene.corrected_by = Duration::seconds(74);
    assert_eq!(scene.top(&refusal(400, "server_error", "issuedAt of token is in the future")), "times-refused");
    assert_eq!(scene.top(&refusal(500, "server_error", "Errors.Internal")), "key-unknown");
}

#[test]
fn a_token_endpoint_on_another_host_is_suspected_unless_the_provider_has_it_there() {
    let elsewhere = Refusal { host: "api.example.com".into(), ..refusal(500, "server_error", "Errors.Internal") };
    let by_hand = |provider| Scene { endpoint_by_hand: true, ..Scene::of(provider) };
    assert_eq!(by_hand("zitadel").top(&elsewhere), "host-differs");
    assert_eq!(Scene::of("zitadel").top(&elsewhere), "key-unknown", "the issuer's own discovery names it");
    assert_eq!(by_hand("generic").top(&elsewhere), "server-failed");
    let mut secret = by_hand("zitadel");
    secret.credential.kind = CredentialKind::ClientSecret;
    assert_eq!(secret.top(&refusal(400, "invalid_client", "")), "secret-wrong", "a secret is addressed to nobody");
    let split = Refusal { host: "api.zitadel.ch".into(), ..elsewhere };
    assert_eq!(by_hand("zitadel-2021").top(&split), "key-unknown");
}

#[test]
fn what_remains_is_ranked_and_each_has_its_step() {
    let scene = Scene::of("zitadel");
    let failure = IssuerError::Refused(Box::new(refusal(500, "server_error", "Errors.Internal")));
    let causes: Vec<_> =
        diagnose(&scene.attempt(), &failure).into_iter().map(|cause| (cause.code, cause.next)).collect();
    let expected = [
        ("key-unknown".to_owned(), NextStep::ImportKey),
        ("key-differs".to_owned(), NextStep::ImportKey),
        ("wrong-environment".to_owned(), NextStep::EditEnvironment),
        ("user-inactive".to_owned(), NextStep::None),
    ];
    assert_eq!(causes, expected);
}

#[test]
fn causes_are_said_in_the_users_words() {
    let mut scene = Scene::of("zitadel");
    scene.skew = Some(Duration::seconds(74));
    assert_eq!(preflight(&scene.attempt())[0].sentence, "Your clock is 74 s ahead of the server's; ZITADEL allows 1 s");
    scene.skew = Some(Duration::hours(-5));
    assert_eq!(
        preflight(&scene.attempt())[0].sentence,
        "Your clock is 5 h behind the server's, so the assertion has expired by the time it arrives"
    );
    scene.credential.expires_at = Some(datetime!(2026-09-30 00:00 UTC));
    let expired = preflight(&scene.attempt()).remove(0);
    assert_eq!(expired.sentence, "This key expired on 30 September 2026 at midnight UTC");
    assert_eq!(expired.dated.map(|dated| dated.to_string()), Some(expired.sentence));
}
#[test]
fn an_assertion_that_is_addressed_to_nobody_is_not_sent() {
    let mut scene = Scene::of("stackit");
    assert!(scene.stops().is_empty(), "it has an audience");
    for nobody in [vec![], vec![String::new()], vec![" ".to_owned()]] {
        scene.audience = nobody;
        assert_eq!(scene.stops(), ["audience-empty"]);
    }
    scene.credential.kind = CredentialKind::ClientSecret;
    assert!(scene.stops().is_empty(), "a secret has no audience");
}

#[test]
fn a_key_file_of_another_endpoint_is_the_first_cause() {
    let mut scene = Scene::of("stackit");
    let refusal = refusal(400, "invalid_grant", "");
    scene.credential.token_endpoint = Some("https://auth.example.com/oauth/v2/token".into());
    assert_ne!(scene.top(&refusal), "endpoint-of-another-server");
    scene.credential.token_endpoint = Some("https://accounts.stackit.cloud/oauth/v2/token".into());
    assert_eq!(scene.top(&refusal), "endpoint-of-another-server");
    assert!(scene.stops().is_empty(), "the other endpoint may take it all the same");
}
