//! The matrix of refusals: each cause is provoked at the demo issuer in each system's own words, and must be
//! the first that the diagnosis names.

#[path = "support/world.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod world;

#[path = "providers/actor.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod actor;
#[path = "providers/files.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod files;

use actor::{Actor, ORG_ID, SECRET, Stage, act};
use mintage_core::credential::CredentialKind;
use mintage_core::diagnosis::NextStep;
use mintage_core::environment::EnvironmentDraft;
use mintage_core::mint::{Ask, KeyComparison, ProvisionRequest};
use mintage_demo_issuer::{Dialect, Quirks, RateLimit, Redirect, System};
use time::Duration;
use world::NOON;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    KeyRemoved,
    KeyReplaced,
    ClockAhead,
    ClockBehind,
    Deactivated,
    AudienceChanged,
    NoScope,
    JwtIdUsed,
    ConsentMissing,
    GrantNotAllowed,
    ScopeRefused,
    SecretWrong,
    TargetUnknown,
    DpopRequired,
    OrganisationDisabled,
    WrongPath,
    Html,
    Redirected,
    TooMany,
    Gone,
}

impl Trouble {
    async fn brew(self, stage: &Stage) {
        let quirk = |change: fn(&mut Quirks)| stage.issuer.change_quirks(change);
        match self {
            Self::KeyRemoved => stage.remove_key(),
            Self::KeyReplaced => stage.replace_key(),
            Self::ClockAhead => stage.world.set_clock(NOON + Duration::seconds(474)),
            Self::ClockBehind => stage.world.set_clock(NOON - Duration::minutes(90)),
            Self::Deactivated => stage.deactivate(),
            Self::AudienceChanged => {
                stage.change_environment(|draft| draft.audience = vec!["https://b.test".into()]).await
            }
            Self::NoScope => stage.ask_for(&[]).await,
            Self::JwtIdUsed => quirk(|quirks| quirks.ids_are_used = true),
            Self::ConsentMissing => quirk(|quirks| quirks.consent_missing = true),
            Self::GrantNotAllowed => quirk(|quirks| quirks.grant_not_allowed = true),
            Self::ScopeRefused => {
                stage.ask_for(&["nonsense"]).await;
                quirk(|quirks| quirks.refused_scopes = vec!["nonsense".into()]);
            }
            Self::SecretWrong => stage.replace_secret(),
            Self::TargetUnknown => {
                let asked = |draft: &mut EnvironmentDraft| {
                    draft.parameters.values_mut().for_each(|value| *value = "43".to_owned());
                };
                stage.change_environment(asked).await;
            }
            Self::DpopRequired => quirk(|quirks| quirks.dpop_required = true),
            Self::OrganisationDisabled => quirk(|quirks| quirks.organisation_disabled = true),
            Self::WrongPath => {
                stage
                    .change_environment(|draft| draft.endpoints.token = Some(format!("{}/nowhere", draft.issuer)))
                    .await;
            }
            Self::Html => quirk(|quirks| quirks.html_instead = true),
            Self::Redirected => quirk(|quirks| {
                quirks.redirect = Some(Redirect { status: 307, origin: "https://elsewhere.test".into() });
            }),
            Self::TooMany => quirk(|quirks| {
                quirks.rate_limit = Some(RateLimit { after: 0, retry_after: Some(Duration::seconds(60)) });
            }),
            Self::Gone => stage.shut_down().await,
        }
    }
}

async fn check(actor: Actor, dialect: Option<Dialect>, trouble: Trouble, expected: &[&str]) {
    let name = format!("{} {dialect:?} {trouble:?}", actor.name());
    let stage = act(&actor).await;
    if let Some(dialect) = dialect {
        stage.issuer.change_quirks(|quirks| quirks.dialect = dialect);
    }
    trouble.brew(&stage).await;
    // What is certain to fail is stopped before it is sent; here it is sent on purpose, to hear the server.
    let ask = Ask { fresh: true, send_anyway: true, ..Ask::default() };
    let problem = stage.world.mint.token(stage.id, ask).await.map(|_| ()).expect_err(&name).problem();
    let top = problem.causes.first().map(|cause| cause.code.as_str()).unwrap_or_default();
    assert!(expected.contains(&top), "{name}: {}", problem.report);
    assert!(problem.causes.iter().all(|cause| !cause.help.is_empty()), "{name}");
}

/// Causes that every provider must name, whatever its words.
#[tokio::test(flavor = "multi_thread")]
async fn what_every_provider_can_run_into_is_named_first() {
    for (trouble, expected) in [
        (Trouble::Html, &["not-an-oauth-endpoint"][..]),
        (Trouble::Redirected, &["redirected"]),
        (Trouble::TooMany, &["server-busy"]),
        (Trouble::Gone, &["unreachable"]),
    ] {
        for actor in every_sort() {
            check(actor, None, trouble, expected).await;
        }
    }
    for actor in every_sort() {
        // Connect, Shield and REST are told apart by what answers; a path that nobody has is just wrong.
        check(actor, None, Trouble::WrongPath, &["endpoint-wrong"]).await;
    }
}

/// One actor of each sort: ZITADEL's dialect, Frontier's, OAuth's with a key and with a secret.
fn every_sort() -> [Actor; 4] {
    [
        Actor::with_key("zitadel", System::Zitadel, files::ZITADEL),
        Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Actor::with_key("salesforce", System::Salesforce, files::PEM).speaking_for("user@acme.test"),
        Actor::with_secret("keycloak", System::Keycloak),
    ]
}

/// ZITADEL's five eras say five different things, most of them the same for every cause.
#[tokio::test(flavor = "multi_thread")]
async fn zitadels_eras_all_lead_to_the_cause() {
    for dialect in [Dialect::D0, Dialect::D1, Dialect::D2, Dialect::D3, Dialect::D4] {
        for (trouble, expected) in [
            (Trouble::KeyRemoved, &["key-unknown"][..]),
            (Trouble::KeyReplaced, &["key-differs", "key-unknown"]),
            (Trouble::ClockAhead, &["clock-ahead"]),
            (Trouble::ClockBehind, &["clock-behind"]),
            (Trouble::AudienceChanged, &["audience-lacks-issuer", "audience-refused"]),
        ] {
            let actor = Actor::with_key("zitadel", System::Zitadel, files::ZITADEL);
            check(actor, Some(dialect), trouble, expected).await;
        }
    }
    let key = || Actor::with_key("zitadel", System::Zitadel, files::ZITADEL);
    check(key(), None, Trouble::Deactivated, &["user-inactive"]).await;
    check(key(), None, Trouble::NoScope, &["scope-empty"]).await;
    check(Actor::with_secret("zitadel", System::Zitadel), None, Trouble::SecretWrong, &["secret-wrong"]).await;
}

/// Frontier says one thing to everything.
#[tokio::test(flavor = "multi_thread")]
async fn frontiers_dialects_all_lead_to_the_cause() {
    for (provider, system) in [
        ("shield", System::FrontierRest),
        ("frontier-rest", System::FrontierRestOrg),
        ("frontier-connect", System::FrontierConnect),
    ] {
        let key = || Actor::with_key(provider, system, files::FRONTIER).with("orgId", ORG_ID);
        let key = || if provider == "shield" { Actor::with_key(provider, system, files::FRONTIER) } else { key() };
        let secret = || Actor::with_secret(provider, system);
        check(key(), None, Trouble::KeyRemoved, &["key-unknown"]).await;
        check(key(), None, Trouble::ClockAhead, &["clock-ahead"]).await;
        check(key(), None, Trouble::ClockBehind, &["clock-behind"]).await;
        // It says the same of a service user that is disabled, so the commonest cause stands first.
        check(key(), None, Trouble::Deactivated, &["key-unknown"]).await;
        // v0.90 answers 500 to it, which is a fault of the server on v0.115: its words tell, where it has any.
        let disabled = &["organisation-disabled", "server-failed"];
        check(key(), None, Trouble::OrganisationDisabled, disabled).await;
        check(secret(), None, Trouble::SecretWrong, &["secret-wrong"]).await;
    }
    // REST asked of a Connect server, and the other way round.
    let other = Actor::with_key("frontier-rest", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID);
    let stage = act(&other).await;
    let problem = stage.world.mint.token(stage.id, Ask::default()).await.map(|_| ()).expect_err("wrong path").problem();
    assert_eq!(problem.causes[0].code, "other-dialect", "{}", problem.report);
    let other = Actor::with_key("frontier-connect", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID);
    let stage = act(&other).await;
    let problem = stage.world.mint.token(stage.id, Ask::default()).await.map(|_| ()).expect_err("wrong path").problem();
    assert_eq!(problem.causes[0].code, "other-dialect", "{}", problem.report);
}

/// Every other system explains some of it, in words of its own.
#[tokio::test(flavor = "multi_thread")]
async fn each_systems_own_words_are_understood() {
    let google = || Actor::with_key("google", System::Google, files::GOOGLE).at_hand();
    let okta = || Actor::with_key("okta", System::Okta, files::JWK).asking("okta.users.read");
    let auth0 = || Actor::with_key("auth0", System::Auth0, files::PEM).with("apiIdentifier", "https://api.test");
    let keycloak = || Actor::with_key("keycloak", System::Keycloak, files::PEM);
    let entra = || Actor::with_key("entra", System::Entra, files::CERTIFICATE);
    let salesforce = || Actor::with_key("salesforce", System::Salesforce, files::PEM).speaking_for("user@acme.test");
    let docusign = || Actor::with_key("docusign", System::DocuSign, files::PEM).speaking_for("3f2504e0-4f89-11d3-9a0c");
    let box_app =
        || Actor::with_key("box", System::Box, files::BOX).speaking_for("123456789").with("subjectType", "enterprise");
    let github = || {
        Actor::with_key("github-app", System::GitHubApp, files::PEM)
            .with("installationId", "42")
            .speaking_for_path("42")
    };
    let stackit = || Actor::with_key("stackit", System::Stackit, files::STACKIT).speaking_for("stackit-subject");
    let generic = || Actor::with_key("generic", System::Generic, files::PEM);

    let unknown_key = &["key-unknown", "key-differs"];
    for actor in [google(), okta(), auth0(), keycloak(), salesforce(), docusign(), box_app(), github(), generic()] {
        check(actor, None, Trouble::KeyRemoved, unknown_key).await;
    }
    check(entra(), None, Trouble::KeyRemoved, &["certificate-unknown"]).await;
    for actor in [google(), okta(), auth0(), keycloak(), entra(), salesforce(), docusign(), box_app(), generic()] {
        check(actor, None, Trouble::ClockBehind, &["clock-behind"]).await;
    }
    check(box_app(), None, Trouble::ClockAhead, &["clock-ahead"]).await;
    for actor in [okta(), auth0(), keycloak(), box_app()] {
        check(actor, None, Trouble::JwtIdUsed, &["jti-refused"]).await;
    }
    for actor in [salesforce(), docusign(), google(), auth0(), box_app()] {
        check(actor, None, Trouble::ConsentMissing, &["consent-missing"]).await;
    }
    for actor in [google(), okta(), auth0(), keycloak(), entra(), salesforce(), box_app(), generic()] {
        check(actor, None, Trouble::AudienceChanged, &["audience-refused", "audience-lacks-issuer"]).await;
    }
    for actor in [okta(), auth0(), keycloak(), generic()] {
        check(actor, None, Trouble::ScopeRefused, &["scope-refused"]).await;
    }
    check(generic(), None, Trouble::GrantNotAllowed, &["grant-not-allowed"]).await;
    for actor in [okta(), Actor::with_secret("generic-client", System::Generic)] {
        check(actor, None, Trouble::DpopRequired, &["dpop-required"]).await;
    }
    check(github(), None, Trouble::TargetUnknown, &["target-unknown"]).await;
    for (actor, expected) in [
        (google(), "user-inactive"),
        // It says the same of a client that it does not know.
        (okta(), "client-unknown"),
        (keycloak(), "client-unknown"),
        // It says the same of everything.
        (auth0(), "key-unknown"),
        (entra(), "user-inactive"),
        (salesforce(), "user-inactive"),
        (docusign(), "user-inactive"),
        (box_app(), "consent-missing"),
        (github(), "target-suspended"),
        (stackit(), "user-inactive"),
        (generic(), "user-inactive"),
    ] {
        check(actor, None, Trouble::Deactivated, &[expected]).await;
    }
    for actor in [
        Actor::with_secret("okta", System::Okta).asking("okta.users.read"),
        Actor::with_secret("keycloak", System::Keycloak),
        Actor::with_secret("entra", System::Entra),
        Actor::with_secret("auth0", System::Auth0).with("apiIdentifier", "https://api.test"),
        Actor::with_secret("generic-client", System::Generic),
    ] {
        check(actor, None, Trouble::SecretWrong, &["secret-wrong"]).await;
    }
}

/// The codes of the causes that stop a mint or explain its refusal; none for a token.
async fn causes(stage: &Stage, ask: Ask) -> Vec<String> {
    match stage.world.mint.token(stage.id, ask).await {
        Ok(_) => Vec::new(),
        Err(error) => error.problem().causes.into_iter().map(|cause| cause.code).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_waits_for_the_secret_that_goes_with_it_and_takes_the_newest() {
    let actor =
        Actor::with_key("box", System::Box, files::PEM).speaking_for("123456789").with("subjectType", "enterprise");
    let stage = act(&actor).await;
    assert_eq!(causes(&stage, Ask::default()).await, ["client-secret-missing"]);
    assert!(stage.issuer.requests().iter().all(|request| !request.path.contains("token")), "nothing was sent");
    let anyway = Ask { send_anyway: true, ..Ask::default() };
    assert_eq!(causes(&stage, anyway).await[0], "client-secret-missing");

    stage.import_secret("an-older-secret").await;
    assert_eq!(causes(&stage, Ask::default()).await[0], "secret-wrong");
    stage.world.set_clock(NOON + Duration::seconds(1));
    stage.import_secret(SECRET).await;
    stage.world.set_clock(NOON);
    assert!(causes(&stage, Ask::default()).await.is_empty(), "the newest secret is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_held_against_the_life_that_the_settings_wish_for() {
    let stage = act(&Actor::with_key("zitadel", System::Zitadel, files::ZITADEL)).await;
    stage.world.set_clock(NOON - Duration::seconds(100));
    assert!(causes(&stage, Ask::default()).await.is_empty(), "the assertion lives for five minutes");
    let mut settings = stage.world.mint.settings().await.expect("there are settings");
    settings.assertion_seconds = Some(60);
    stage.world.mint.change_settings(settings).await.expect("they are sound");
    let ask = Ask { fresh: true, ..Ask::default() };
    assert_eq!(causes(&stage, ask).await, ["clock-behind"]);
    assert!(causes(&stage, Ask { use_server_time: true, ..ask }).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_names_what_was_refused() {
    for (actor, expected) in [
        (Actor::with_secret("entra", System::Entra), "refused the client secret (401"),
        (Actor::with_secret("keycloak", System::Keycloak), "refused the client secret (401"),
        (Actor::with_key("keycloak", System::Keycloak, files::PEM), "refused the assertion (400"),
        (
            Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
            "refused the assertion (401",
        ),
    ] {
        let stage = act(&actor).await;
        stage.remove_key();
        stage.replace_secret();
        let problem = stage.world.mint.token(stage.id, Ask::default()).await.expect_err("refused").problem();
        assert!(problem.message.contains(expected), "{}: {}", actor.name(), problem.message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_userinfo_refuses_is_explained_by_what_is_known_here_first() {
    for actor in [
        Actor::with_key("zitadel", System::Zitadel, files::ZITADEL),
        Actor::with_key("generic", System::Generic, files::PEM),
    ] {
        let name = actor.name();
        let stage = act(&actor).await;
        stage.world.mint.token(stage.id, Ask::default()).await.expect("a token is minted");
        stage.deactivate();
        let first = |problem: mintage_core::error::Problem| {
            let cause = problem.causes.first().unwrap_or_else(|| panic!("{name}: {}", problem.report)).clone();
            (cause.code, cause.next)
        };
        let refused = stage.world.mint.userinfo(stage.id).await.map(|_| ()).expect_err(&name).problem();
        assert_eq!(first(refused), ("token-revoked".to_owned(), NextStep::Mint), "{name}");
        stage.world.set_clock(NOON + Duration::days(2));
        let expired = stage.world.mint.userinfo(stage.id).await.map(|_| ()).expect_err(&name).problem();
        assert_eq!(first(expired), ("token-expired".to_owned(), NextStep::Mint), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_missing_at_the_server_only_where_the_server_says_so() {
    for (provider, system) in
        [("frontier-rest", System::FrontierRestOrg), ("frontier-connect", System::FrontierConnect)]
    {
        let stage = act(&Actor::with_key(provider, system, files::FRONTIER).with("orgId", ORG_ID)).await;
        stage.make_administrator();
        let mint = &stage.world.mint;
        let key = mint.service_user(stage.id).await.expect("it is there").credentials[0].id;
        mint.token(stage.id, Ask::default()).await.expect("a token is minted");
        assert_eq!(mint.compare_key(key, stage.id).await.expect("compared"), KeyComparison::Same, "{provider}");
        stage.remove_key();
        assert_eq!(mint.compare_key(key, stage.id).await.expect("compared"), KeyComparison::Unknown, "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_make_a_key_is_told_that_it_is_a_right_that_lacks() {
    let stage =
        act(&Actor::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID)).await;
    let request = ProvisionRequest {
        service_user: stage.id,
        by: stage.id,
        kind: CredentialKind::PrivateKey,
        title: String::new(),
    };
    let problem = stage.world.mint.provision(&request).await.map(|_| ()).expect_err("it is no administrator").problem();
    assert_eq!(problem.causes[0].code, "no-permission", "{}", problem.report);
}
