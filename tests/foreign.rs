//! Two servers that others wrote: what Mintage sends must be good for them, and what they issue and say
//! must be read rightly. They keep their own time, so the mint's clock is the real one here.

#[path = "support/servers.rs"]
mod servers;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "these journeys need no demo issuer and no folder")]
mod world;

<<<<<<< HEAD
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Problem;
use mintage_core::mint::{Ask, ImportRequest, Review};
use mintage_core::service_user::ServiceUserId;
use mintage_core::token::TokenForm;
use mintage_core::verify::Verdict;
use servers::{Known, Server, Software};
use time::OffsetDateTime;
use world::{KEY_ID, USER_ID, World, draft, fixture_key, key_file};

/// One of the servers, and a mint that has its environment.
struct Journey {
    world: World,
    server: Server,
    environment: Environment,
}

impl Journey {
    /// The server knows the fixture key; service users of the environment ask for `scopes`.
    async fn with(software: Software, scopes: &[&str]) -> Self {
        let world = World::new().await;
        let review = world.review(&fixture_key()).await;
        let public_pem = review.facts.expect("the fixture is a key").key.expect("it is a key").public_pem;
        let user = Known { user_id: USER_ID, key_id: KEY_ID, public_pem: &public_pem, name: "Deploy Bot" };
        let server = software.start(&user);
        world.set_clock(real_time());
        let mut settings = draft(server.issuer(), "generic", Tier::Development);
        settings.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let environment = world.mint.add_environment(settings, false).await.expect("the draft is sound");
        Self { world, server, environment }
    }

    /// Imports a key as three values.
    async fn import(&self, pem: &str, user_id: &str, key_id: &str) -> ServiceUserId {
        let review = self.world.review(pem).await;
        self.finish(review, Some(user_id), Some(key_id)).await
    }

    async fn import_key_file(&self) -> ServiceUserId {
        let review = self.world.review(&key_file(USER_ID, KEY_ID, "")).await;
        self.finish(review, None, None).await
    }

    async fn finish(&self, review: Review, user_id: Option<&str>, key_id: Option<&str>) -> ServiceUserId {
        let request = ImportRequest {
            review: review.id,
            environment: self.environment.id,
            name: String::new(),
            user_id: user_id.map(str::to_owned),
            client_id: None,
            key_id: key_id.map(str::to_owned),
        };
        self.world.mint.import(&request).await.expect("the import works").service_user
    }

    async fn refusal(&self, id: ServiceUserId) -> Problem {
        self.world.mint.token(id, Ask::default()).await.expect_err("it is refused").problem()
    }
}

#[expect(clippy::disallowed_methods, reason = "the servers keep the real time, and so must the mint")]
fn real_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[tokio::test]
async fn a_token_is_the_servers_own_and_about_the_service_user() {
    for software in Software::ALL {
        let journey = Journey::with(software, &["deploy"]).await;
        let mint = &journey.world.mint;
        let id = journey.import_key_file().await;
        let token = mint.token(id, Ask::default()).await.unwrap_or_else(|error| panic!("{software:?}: {error:?}"));
        assert_eq!((token.form, token.story.status), (TokenForm::Jwt, Some(200)), "{software:?}");
        assert_eq!(token.granted_scopes.as_deref(), Some(&["deploy".to_owned()][..]), "{software:?}");
        let life = token.expires_at.expect("the server tells it") - token.minted_at;
        assert_eq!(life.whole_seconds(), 3600, "{software:?}");

        let inspection = mint.inspect(id).await.expect("it is inspected");
        let verification = inspection.verification.expect("it was checked");
        assert_eq!(verification.verdict, Verdict::Valid, "{software:?}: {:?}", verification.checks);
        let claims = inspection.claims.expect("a JWT has claims");
        let claim = |name: &str| claims.payload.iter().find(|claim| claim.name == name).map(|claim| &claim.value[..]);
        assert_eq!((claim("sub"), claim("iss")), (Some(USER_ID), Some(journey.server.issuer())), "{software:?}");
    }
}

#[tokio::test]
async fn userinfo_answers_to_the_token() {
    for (software, form, subject_matches) in
        [(Software::OidcProvider, TokenForm::Opaque, None), (Software::Authlib, TokenForm::Jwt, Some(true))]
    {
        let journey = Journey::with(software, &["openid", "profile"]).await;
        let mint = &journey.world.mint;
        let id = journey.import(&fixture_key(), USER_ID, KEY_ID).await;
        let token = mint.token(id, Ask::default()).await.unwrap_or_else(|error| panic!("{software:?}: {error:?}"));
        assert_eq!(token.form, form, "{software:?}");
        let userinfo = mint.userinfo(id).await.unwrap_or_else(|error| panic!("{software:?}: {error:?}"));
        let claim = |name: &str| userinfo.claims.iter().find(|claim| claim.name == name).map(|claim| &claim.value[..]);
        assert_eq!((claim("sub"), claim("name")), (Some(USER_ID), Some("Deploy Bot")), "{software:?}");
        assert_eq!(userinfo.subject_matches, subject_matches, "{software:?}");
    }
}

#[tokio::test]
async fn a_token_without_the_scope_for_userinfo_is_refused_there_and_the_server_quoted() {
    for (software, status) in [(Software::OidcProvider, 401), (Software::Authlib, 403)] {
        let journey = Journey::with(software, &["deploy"]).await;
        let id = journey.import_key_file().await;
        journey.world.mint.token(id, Ask::default()).await.expect("a token is minted");
        let problem = journey.world.mint.userinfo(id).await.expect_err("it is refused").problem();
        let said = problem.server_said.unwrap_or_else(|| panic!("{software:?}: {}", problem.report));
        assert_eq!((problem.code.as_str(), said.status), ("refused", status), "{software:?}: {}", problem.report);
    }
}

#[tokio::test]
async fn checking_finds_every_endpoint_the_keys_and_the_clock() {
    for software in Software::ALL {
        let journey = Journey::with(software, &[]).await;
        journey.world.set_clock(real_time());
        let check = journey.world.mint.check(&journey.environment.settings).await.expect("it is checked");
        assert!(check.problems.is_empty(), "{software:?}: {:?}", check.problems);
        assert_eq!((check.keys, check.unconfirmed_hosts.len()), (Some(1), 0), "{software:?}");
        let mut names: Vec<_> = check.endpoints.iter().map(|found| found.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["key set", "token endpoint", "userinfo endpoint"], "{software:?}");
        assert!(check.skew_seconds.is_some(), "{software:?}");
    }
}

#[tokio::test]
async fn whatever_they_refuse_is_said_with_its_likely_causes() {
    let other_key = {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
        std::fs::read_to_string(path).expect("the fixture is in the repository")
    };
    for software in Software::ALL {
        for (pem, user_id, key_id) in [
            (&other_key, USER_ID, KEY_ID),
            (&fixture_key(), USER_ID, "another-key"),
            (&fixture_key(), "another-user", KEY_ID),
        ] {
            let journey = Journey::with(software, &["openid"]).await;
            let id = journey.import(pem, user_id, key_id).await;
            let problem = journey.refusal(id).await;
            let shown = &problem.report;
            let said = problem.server_said.as_ref().unwrap_or_else(|| panic!("{software:?}: {shown}"));
            assert_eq!((problem.code.as_str(), said.status), ("refused", 400), "{software:?}: {shown}");
            assert!(said.body.contains("invalid_grant"), "{software:?}: {shown}");
            assert!(!problem.causes.is_empty(), "{software:?}: {shown}");
            assert!(
                problem.causes.iter().any(|cause| cause.code.starts_with("key-") || cause.code.starts_with("user-")),
                "{software:?}: {shown}"
            );
        }
    }
}

#[tokio::test]
async fn an_audience_that_is_not_theirs_is_refused() {
    for software in Software::ALL {
        let journey = Journey::with(software, &["openid"]).await;
        let mut settings = journey.environment.settings.clone();
        settings.audience = vec!["https://another.example.com".into()];
        journey.world.mint.edit_environment(journey.environment.id, settings).await.expect("it is saved");
        let id = journey.import_key_file().await;
        let anyway = Ask { send_anyway: true, ..Ask::default() };
        let problem = journey.world.mint.token(id, anyway).await.expect_err("it is refused").problem();
        assert_eq!(problem.code, "refused", "{software:?}: {}", problem.report);
        assert_eq!(problem.causes[0].code, "audience-lacks-issuer", "{software:?}: {}", problem.report);
    }
}
=======
#[path = "foreign/client_credentials.rs"]
mod client_credentials;
#[path = "foreign/introspection.rs"]
mod introspection;
#[path = "foreign/journey.rs"]
mod journey;
#[path = "foreign/jwt_bearer.rs"]
mod jwt_bearer;
>>>>>>> foreign
