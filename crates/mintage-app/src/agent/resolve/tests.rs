use mintage_core::catalog::ListedServiceUser;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::ids::{EnvironmentId, ServiceUserId};
use mintage_core::mint::TokenState;
use mintage_core::provider::ProviderId;
use mintage_core::service_user::ServiceUserDraft;
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;

fn environment(id: u128, name: &str, issuer: &str, confirmed: &[&str]) -> Environment {
    let draft = EnvironmentDraft {
        confirmed_hosts: confirmed.iter().map(ToString::to_string).collect(),
        token_hosts: vec!["registry.example:5000".into(), "*.corp.example".into()]
            .into_iter()
            .filter(|_| name == "Dev")
            .collect(),
        ..EnvironmentDraft::new(name, ProviderId("zitadel".into()), Tier::Staging, issuer)
    };
    let id = EnvironmentId(Uuid::from_u128(id));
    Environment { id, settings: draft.read().unwrap(), demo: false, created_at: OffsetDateTime::UNIX_EPOCH }
}

fn user(id: u128, of: u128, name: &str) -> ServiceUser {
    ServiceUser {
        id: ServiceUserId(Uuid::from_u128(id)),
        environment: EnvironmentId(Uuid::from_u128(of)),
        user_id: format!("subject-{id}"),
        settings: ServiceUserDraft {
            name: name.into(),
            scopes: Vec::new(),
            favourite: false,
            tags: Vec::new(),
            notes: String::new(),
        },
        default_credential: None,
        created_at: OffsetDateTime::UNIX_EPOCH,
        last_used_at: None,
    }
}

/// Resolves `user` or `user@host` in an environment; gives `ENV/NAME`, or the code and the next step.
fn found(asked: &str, environment_name: Option<&str>) -> String {
    let environments = [
        environment(1, "Dev", "https://auth.dev.example", &["git.dev.example"]),
        environment(2, "Live", "https://auth.example:8443", &[]),
    ];
    let users = [user(11, 1, "ci-bot"), user(12, 2, "ci-bot"), user(13, 2, "team/deployer"), user(14, 2, "only")];
    let (name, host) = asked.split_once('@').map_or((asked, None), |(name, host)| (name, Some(host.to_owned())));
    let request = TokenRequest {
        user: name.into(),
        environment: environment_name.map(str::to_owned),
        host,
        ..TokenRequest::default()
    };
    match find(&request, &environments, &users) {
        Ok((user, environment)) => format!("{}/{}", environment.settings.name, user.settings.name),
        Err(problem) => format!("{}: {}", problem.code, problem.help),
    }
}

#[test]
fn a_name_a_path_or_an_id_finds_one_service_user() {
    assert_eq!(found("only", None), "Live/only");
    assert_eq!(found("live/ci-bot", None), "Live/ci-bot");
    assert_eq!(found("ci-bot", Some("dev")), "Dev/ci-bot");
    assert_eq!(found("subject-12", None), "Live/ci-bot");
    assert_eq!(found(&Uuid::from_u128(11).to_string(), None), "Dev/ci-bot");
    assert_eq!(found("team/deployer", None), "Live/team/deployer");
    assert_eq!(found("live/team/deployer", None), "Live/team/deployer");
    assert_eq!(found("ci-bot", None), "user-ambiguous: Say which one: Dev/ci-bot, Live/ci-bot");
    assert_eq!(found("Only", None), "user-not-found: Run `mintage ls` to list them");
    assert_eq!(
        found("only", Some("test")),
        "environment-not-found: Run `mintage env ls` to list them, or add it with `mintage env add`"
    );
}

#[test]
fn a_token_goes_to_the_environments_hosts_only() {
    assert_eq!(found("ci-bot@https://git.dev.example/a/b", None), "Dev/ci-bot");
    assert_eq!(found("ci-bot@https://auth.example:8443", None), "Live/ci-bot");
    assert_eq!(found("@https://auth.dev.example", None), "Dev/ci-bot");
    // Tools that name no service user are answered by host.
    assert_eq!(found("@https://registry.example:5000", None), "Dev/ci-bot");
    assert_eq!(found("@https://git.corp.example/x", None), "Dev/ci-bot");
    for elsewhere in
        ["only@https://git.dev.example", "ci-bot@https://auth.example", "@http://git.dev.example", "only@:"]
    {
        assert!(found(elsewhere, None).starts_with("host-not-bound: "), "{elsewhere}");
    }
    assert!(found("@https://auth.example:8443", None).starts_with("user-ambiguous: "));
    assert!(found("nobody@https://git.dev.example", None).starts_with("user-not-found: "));
}

#[test]
fn an_environment_with_another_issuer_than_expected_gives_nothing() {
    let environments = [environment(1, "Dev", "https://auth.dev.example", &[])];
    let users = [user(11, 1, "ci-bot")];
    for (issuer, expected) in [
        (None, Ok(())),
        (Some("https://auth.dev.example/"), Ok(())),
        (Some("https://other.example"), Err("environment-differs")),
        (Some("not a URL"), Err("environment-differs")),
    ] {
        let request =
            TokenRequest { user: "ci-bot".into(), issuer: issuer.map(str::to_owned), ..TokenRequest::default() };
        let found = find(&request, &environments, &users).map(drop);
        assert_eq!(found.map_err(|problem| problem.code), expected.map_err(str::to_owned), "{issuer:?}");
    }
}

#[test]
fn a_host_is_somebody_elses_where_there_is_nobody() {
    let request = TokenRequest { host: Some("https://git.example".into()), ..TokenRequest::default() };
    assert_eq!(find(&request, &[], &[]).unwrap_err().code, NOT_BOUND);
}

#[test]
fn without_a_name_an_applications_key_is_not_in_the_way() {
    let row = |user: ServiceUser, kind| {
        let listed = ListedServiceUser {
            service_user: user,
            credential_kind: Some(kind),
            credentials: 1,
            key_id: None,
            key_expires_at: None,
            key_missing: false,
        };
        ServiceUserRow { listed, token: TokenState::None }
    };
    let environments = [environment(1, "Dev", "https://auth.dev.example", &[])];
    let found = |name: &str, application_alone: bool| {
        let mut all = vec![row(user(11, 1, "orders-api"), CredentialKind::ApplicationKey)];
        if !application_alone {
            all.push(row(user(12, 1, "ci-bot"), CredentialKind::ClientSecret));
        }
        let host = Some("https://auth.dev.example".to_owned());
        let request = TokenRequest { user: name.into(), host, ..TokenRequest::default() };
        find(&request, &environments, &possible(&request, all))
            .map(|(user, _)| user.settings.name.clone())
            .map_err(|problem| problem.code)
    };
    assert_eq!(found("", false).as_deref(), Ok("ci-bot"));
    assert_eq!(found("", true), Err(NOT_BOUND.to_owned()));
    // By its name it is found, and the mint says what is wrong with it.
    assert_eq!(found("orders-api", false).as_deref(), Ok("orders-api"));
}
