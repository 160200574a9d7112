//! The matrix of refusals: each cause is provoked at the demo issuer in each system's own words, and must be the first
//! that the diagnosis names.

use crate::providers::account::{Account, Enrolled, ORG_ID, SECRET, enrol};
use crate::providers::files;
use mintage_core::credential::CredentialKind;
use mintage_core::diagnosis::NextStep;
use mintage_core::environment::EnvironmentDraft;
use mintage_core::mint::{Ask, KeyComparison, ProvisionRequest};
use mintage_core::settings::Settings;
use mintage_testbed::issuer::{Dialect, Quirks, RateLimit, Redirect, System};
use mintage_testbed::setup::NOON;
use time::Duration;

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
    async fn provoke(self, enrolled: &Enrolled) {
        let quirk = |change: fn(&mut Quirks)| enrolled.issuer.change_quirks(change);
        match self {
            Self::KeyRemoved => enrolled.remove_key(),
            Self::KeyReplaced => enrolled.replace_key(),
            Self::ClockAhead => enrolled.setup.set_clock(NOON + Duration::seconds(474)),
            Self::ClockBehind => enrolled.setup.set_clock(NOON - Duration::minutes(90)),
            Self::Deactivated => enrolled.deactivate(),
            Self::AudienceChanged => {
                enrolled.change_environment(|draft| draft.audience = vec!["https://b.test".into()]).await
            }
            Self::NoScope => enrolled.ask_for(&[]).await,
            Self::JwtIdUsed => quirk(|quirks| quirks.ids_are_used = true),
            Self::ConsentMissing => quirk(|quirks| quirks.consent_missing = true),
            Self::GrantNotAllowed => quirk(|quirks| quirks.grant_not_allowed = true),
            Self::ScopeRefused => {
                enrolled.ask_for(&["nonsense"]).await;
                quirk(|quirks| quirks.refused_scopes = vec!["nonsense".into()]);
            }
            Self::SecretWrong => enrolled.replace_secret(),
            Self::TargetUnknown => {
                let asked = |draft: &mut EnvironmentDraft| {
                    draft.parameters.values_mut().for_each(|value| *value = "43".to_owned());
                };
                enrolled.change_environment(asked).await;
            }
            Self::DpopRequired => quirk(|quirks| quirks.dpop_required = true),
            Self::OrganisationDisabled => quirk(|quirks| quirks.organisation_disabled = true),
            Self::WrongPath => {
                enrolled
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
            Self::Gone => enrolled.shut_down().await,
        }
    }
}

async fn check(account: Account, dialect: Option<Dialect>, trouble: Trouble, expected: &[&str]) {
    let name = format!("{} {dialect:?} {trouble:?}", account.name());
    let enrolled = enrol(&account).await;
    if let Some(dialect) = dialect {
        enrolled.issuer.change_quirks(|quirks| quirks.dialect = dialect);
    }
    trouble.provoke(&enrolled).await;
    // What is certain to fail is stopped before sending; here it is sent on purpose, to see the server's response.
    let ask = Ask { fresh: true, send_anyway: true, ..Ask::default() };
    let problem = enrolled.setup.mint.token(enrolled.id, ask).await.map(|_| ()).expect_err(&name).problem();
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
        for account in every_sort() {
            check(account, None, trouble, expected).await;
        }
    }
    for account in every_sort() {
        // Connect, Shield and REST are told apart by what responds; a path that no server has is just wrong.
        check(account, None, Trouble::WrongPath, &["endpoint-wrong"]).await;
    }
}

/// One account of each kind: ZITADEL's dialect, Frontier's, OAuth's with a key and with a secret.
fn every_sort() -> [Account; 4] {
    [
        Account::with_key("zitadel", System::Zitadel, files::ZITADEL),
        Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Account::with_key("salesforce", System::Salesforce, files::PEM).speaking_for("user@acme.test"),
        Account::with_secret("keycloak", System::Keycloak),
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
            let account = Account::with_key("zitadel", System::Zitadel, files::ZITADEL);
            check(account, Some(dialect), trouble, expected).await;
        }
    }
    let key = || Account::with_key("zitadel", System::Zitadel, files::ZITADEL);
    check(key(), None, Trouble::Deactivated, &["user-inactive"]).await;
    check(key(), None, Trouble::NoScope, &["scope-empty"]).await;
    check(Account::with_secret("zitadel", System::Zitadel), None, Trouble::SecretWrong, &["secret-wrong"]).await;
}

/// Frontier says one thing to everything.
#[tokio::test(flavor = "multi_thread")]
async fn frontiers_dialects_all_lead_to_the_cause() {
    for (provider, system) in [
        ("shield", System::FrontierRest),
        ("frontier-rest", System::FrontierRestOrg),
        ("frontier-connect", System::FrontierConnect),
    ] {
        let key = || Account::with_key(provider, system, files::FRONTIER).with("orgId", ORG_ID);
        let key = || if provider == "shield" { Account::with_key(provider, system, files::FRONTIER) } else { key() };
        let secret = || Account::with_secret(provider, system);
        check(key(), None, Trouble::KeyRemoved, &["key-unknown"]).await;
        check(key(), None, Trouble::ClockAhead, &["clock-ahead"]).await;
        check(key(), None, Trouble::ClockBehind, &["clock-behind"]).await;
        // It says the same for a disabled service user, so the most common cause comes first.
        check(key(), None, Trouble::Deactivated, &["key-unknown"]).await;
        // v0.90 returns 500 for it, which is a server error on v0.115: its words decide, if it has any.
        let disabled = &["organisation-disabled", "server-failed"];
        check(key(), None, Trouble::OrganisationDisabled, disabled).await;
        check(secret(), None, Trouble::SecretWrong, &["secret-wrong"]).await;
    }
    // REST calls to a Connect server, and vice versa.
    let other = Account::with_key("frontier-rest", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID);
    let enrolled = enrol(&other).await;
    let problem =
        enrolled.setup.mint.token(enrolled.id, Ask::default()).await.map(|_| ()).expect_err("wrong path").problem();
    assert_eq!(problem.causes[0].code, "other-dialect", "{}", problem.report);
    let other = Account::with_key("frontier-connect", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID);
    let enrolled = enrol(&other).await;
    let problem =
        enrolled.setup.mint.token(enrolled.id, Ask::default()).await.map(|_| ()).expect_err("wrong path").problem();
    assert_eq!(problem.causes[0].code, "other-dialect", "{}", problem.report);
}

/// Every other system explains some of it, in its own words.
#[tokio::test(flavor = "multi_thread")]
async fn each_systems_own_words_are_understood() {
    let google = || Account::with_key("google", System::Google, files::GOOGLE).at_hand();
    let okta = || Account::with_key("okta", System::Okta, files::JWK).asking("okta.users.read");
    let auth0 = || Account::with_key("auth0", System::Auth0, files::PEM).with("apiIdentifier", "https://api.test");
    let keycloak = || Account::with_key("keycloak", System::Keycloak, files::PEM);
    let entra = || Account::with_key("entra", System::Entra, files::CERTIFICATE);
    let salesforce = || Account::with_key("salesforce", System::Salesforce, files::PEM).speaking_for("user@acme.test");
    let docusign =
        || Account::with_key("docusign", System::DocuSign, files::PEM).speaking_for("3f2504e0-4f89-11d3-9a0c");
    let box_app = || {
        Account::with_key("box", System::Box, files::BOX).speaking_for("123456789").with("subjectType", "enterprise")
    };
    let github = || {
        Account::with_key("github-app", System::GitHubApp, files::PEM)
            .with("installationId", "42")
            .speaking_for_path("42")
    };
    let stackit = || Account::with_key("stackit", System::Stackit, files::STACKIT).speaking_for("stackit-subject");
    let generic = || Account::with_key("generic", System::Generic, files::PEM);

    let unknown_key = &["key-unknown", "key-differs"];
    for account in [google(), okta(), auth0(), keycloak(), salesforce(), docusign(), box_app(), github(), generic()] {
        check(account, None, Trouble::KeyRemoved, unknown_key).await;
    }
    check(entra(), None, Trouble::KeyRemoved, &["certificate-unknown"]).await;
    for account in [google(), okta(), auth0(), keycloak(), entra(), salesforce(), docusign(), box_app(), generic()] {
        check(account, None, Trouble::ClockBehind, &["clock-behind"]).await;
    }
    check(box_app(), None, Trouble::ClockAhead, &["clock-ahead"]).await;
    for account in [okta(), auth0(), keycloak(), box_app()] {
        check(account, None, Trouble::JwtIdUsed, &["jti-refused"]).await;
    }
    for account in [salesforce(), docusign(), google(), auth0(), box_app()] {
        check(account, None, Trouble::ConsentMissing, &["consent-missing"]).await;
    }
    for account in [google(), okta(), auth0(), keycloak(), entra(), salesforce(), box_app(), generic()] {
        check(account, None, Trouble::AudienceChanged, &["audience-refused", "audience-lacks-issuer"]).await;
    }
    for account in [okta(), auth0(), keycloak(), generic()] {
        check(account, None, Trouble::ScopeRefused, &["scope-refused"]).await;
    }
    check(generic(), None, Trouble::GrantNotAllowed, &["grant-not-allowed"]).await;
    for account in [okta(), Account::with_secret("generic-client", System::Generic)] {
        check(account, None, Trouble::DpopRequired, &["dpop-required"]).await;
    }
    check(github(), None, Trouble::TargetUnknown, &["target-unknown"]).await;
    for (account, expected) in [
        (google(), "user-inactive"),
        // It says the same for a client that it doesn't know.
        (okta(), "client-unknown"),
        (keycloak(), "client-unknown"),
        // It says the same for everything.
        (auth0(), "key-unknown"),
        (entra(), "user-inactive"),
        (salesforce(), "user-inactive"),
        (docusign(), "user-inactive"),
        (box_app(), "consent-missing"),
        (github(), "target-suspended"),
        (stackit(), "user-inactive"),
        (generic(), "user-inactive"),
    ] {
        check(account, None, Trouble::Deactivated, &[expected]).await;
    }
    for account in [
        Account::with_secret("okta", System::Okta).asking("okta.users.read"),
        Account::with_secret("keycloak", System::Keycloak),
        Account::with_secret("entra", System::Entra),
        Account::with_secret("auth0", System::Auth0).with("apiIdentifier", "https://api.test"),
        Account::with_secret("generic-client", System::Generic),
    ] {
        check(account, None, Trouble::SecretWrong, &["secret-wrong"]).await;
    }
}

/// The codes of the causes that stop a mint or explain its refusal; none for a token.
async fn causes(enrolled: &Enrolled, ask: Ask) -> Vec<String> {
    match enrolled.setup.mint.token(enrolled.id, ask).await {
        Ok(_) => Vec::new(),
        Err(error) => error.problem().causes.into_iter().map(|cause| cause.code).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_waits_for_the_secret_that_goes_with_it_and_takes_the_newest() {
    let account =
        Account::with_key("box", System::Box, files::PEM).speaking_for("123456789").with("subjectType", "enterprise");
    let enrolled = enrol(&account).await;
    assert_eq!(causes(&enrolled, Ask::default()).await, ["client-secret-missing"]);
    assert!(enrolled.issuer.requests().iter().all(|request| !request.path.contains("token")), "nothing was sent");
    let anyway = Ask { send_anyway: true, ..Ask::default() };
    assert_eq!(causes(&enrolled, anyway).await[0], "client-secret-missing");

    enrolled.import_secret("an-older-secret").await;
    assert_eq!(causes(&enrolled, Ask::default()).await[0], "secret-wrong");
    enrolled.setup.set_clock(NOON + Duration::seconds(1));
    enrolled.import_secret(SECRET).await;
    enrolled.setup.set_clock(NOON);
    assert!(causes(&enrolled, Ask::default()).await.is_empty(), "the newest secret is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_held_against_the_life_that_the_settings_wish_for() {
    let enrolled = enrol(&Account::with_key("zitadel", System::Zitadel, files::ZITADEL)).await;
    enrolled.setup.set_clock(NOON - Duration::seconds(100));
    assert!(causes(&enrolled, Ask::default()).await.is_empty(), "the assertion lives for five minutes");
    let opened = enrolled.setup.mint.settings().await.expect("there are settings");
    let short = Settings { assertion_seconds: Some(60), ..opened.clone() };
    enrolled.setup.mint.change_settings(&opened, &short).await.expect("they are sound");
    let ask = Ask { fresh: true, ..Ask::default() };
    assert_eq!(causes(&enrolled, ask.clone()).await, ["clock-behind"]);
    assert!(causes(&enrolled, Ask { use_server_time: true, ..ask }).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_names_what_was_refused() {
    for (account, expected) in [
        (Account::with_secret("entra", System::Entra), "refused the client secret (401"),
        (Account::with_secret("keycloak", System::Keycloak), "refused the client secret (401"),
        (Account::with_key("keycloak", System::Keycloak, files::PEM), "refused the assertion (400"),
        (
            Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
            "refused the assertion (401",
        ),
    ] {
        let enrolled = enrol(&account).await;
        enrolled.remove_key();
        enrolled.replace_secret();
        let problem = enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect_err("refused").problem();
        assert!(problem.message.contains(expected), "{}: {}", account.name(), problem.message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_userinfo_refuses_is_explained_by_what_is_known_here_first() {
    for account in [
        Account::with_key("zitadel", System::Zitadel, files::ZITADEL),
        Account::with_key("generic", System::Generic, files::PEM),
    ] {
        let name = account.name();
        let enrolled = enrol(&account).await;
        enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect("a token is minted");
        enrolled.deactivate();
        let first = |problem: mintage_core::error::Problem| {
            let cause = problem.causes.first().unwrap_or_else(|| panic!("{name}: {}", problem.report)).clone();
            (cause.code, cause.next)
        };
        let refused = enrolled.setup.mint.userinfo(enrolled.id).await.map(|_| ()).expect_err(&name).problem();
        assert_eq!(first(refused), ("token-revoked".to_owned(), NextStep::Mint), "{name}");
        enrolled.setup.set_clock(NOON + Duration::days(2));
        let expired = enrolled.setup.mint.userinfo(enrolled.id).await.map(|_| ()).expect_err(&name).problem();
        assert_eq!(first(expired), ("token-expired".to_owned(), NextStep::Mint), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_missing_at_the_server_only_where_the_server_says_so() {
    for (provider, system) in
        [("frontier-rest", System::FrontierRestOrg), ("frontier-connect", System::FrontierConnect)]
    {
        let enrolled = enrol(&Account::with_key(provider, system, files::FRONTIER).with("orgId", ORG_ID)).await;
        enrolled.make_administrator();
        let mint = &enrolled.setup.mint;
        let key = mint.service_user(enrolled.id).await.expect("it is there").credentials[0].id;
        mint.token(enrolled.id, Ask::default()).await.expect("a token is minted");
        assert_eq!(mint.compare_key(key, enrolled.id).await.expect("compared"), KeyComparison::Same, "{provider}");
        enrolled.remove_key();
        assert_eq!(mint.compare_key(key, enrolled.id).await.expect("compared"), KeyComparison::Unknown, "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_make_a_key_is_told_that_it_is_a_right_that_lacks() {
    let enrolled =
        enrol(&Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID))
            .await;
    let request = ProvisionRequest {
        service_user: enrolled.id,
        by: enrolled.id,
        kind: CredentialKind::PrivateKey,
        title: String::new(),
    };
    let problem =
        enrolled.setup.mint.provision(&request).await.map(|_| ()).expect_err("it is no administrator").problem();
    assert_eq!(problem.causes[0].code, "no-permission", "{}", problem.report);
}
