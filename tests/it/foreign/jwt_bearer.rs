//! The JWT bearer grant (RFC 7523 §2.1), and what is requested with its token.

use mintage_core::mint::Ask;
use mintage_core::token::TokenForm;
use mintage_core::verify::Verdict;

use crate::foreign::journey::{Journey, fixture, profile, real_time};
use mintage_testbed::servers::Software;
use mintage_testbed::setup::{KEY_ID, USER_ID, fixture_key};

#[tokio::test]
async fn a_token_is_the_servers_own_and_about_the_service_user() {
    for software in Software::ALL {
        let journey = Journey::of_users(software, &["deploy"]).await;
        let mint = &journey.setup.mint;
        let id = journey.import_key_file().await.service_user;
        let token = mint.token(id, Ask::default()).await.unwrap_or_else(|error| panic!("{software:?}: {error:?}"));
        assert_eq!((token.form, token.trace.status), (TokenForm::Jwt, Some(200)), "{software:?}");
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
        let journey = Journey::of_users(software, &["openid", "profile"]).await;
        let mint = &journey.setup.mint;
        let id = journey.import_key(&fixture_key(), USER_ID, KEY_ID).await.service_user;
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
        let journey = Journey::of_users(software, &["deploy"]).await;
        let id = journey.import_key_file().await.service_user;
        journey.setup.mint.token(id, Ask::default()).await.expect("a token is minted");
        let problem = journey.setup.mint.userinfo(id).await.expect_err("it is refused").problem();
        let said = problem.server_response.unwrap_or_else(|| panic!("{software:?}: {}", problem.report));
        assert_eq!((problem.code.as_str(), said.status), ("refused", status), "{software:?}: {}", problem.report);
    }
}

#[tokio::test]
async fn checking_finds_every_endpoint_the_keys_and_the_clock() {
    for software in Software::ALL {
        let journey = Journey::of_users(software, &[]).await;
        journey.setup.set_clock(real_time());
        let check = journey.setup.mint.check(&journey.environment.draft()).await.expect("it is checked");
        assert!(check.problems.is_empty(), "{software:?}: {:?}", check.problems);
        assert_eq!((check.keys, check.unconfirmed_hosts.len()), (Some(1), 0), "{software:?}");
        let mut names: Vec<_> = check.endpoints.iter().map(|found| found.name.as_str()).collect();
        names.sort_unstable();
        let expected =
            ["introspection endpoint", "key set", "revocation endpoint", "token endpoint", "userinfo endpoint"];
        assert_eq!(names, expected, "{software:?}");
        assert!(check.skew_seconds.is_some(), "{software:?}");
    }
}

#[tokio::test]
async fn whatever_they_refuse_is_said_with_its_likely_causes() {
    let other_key = fixture("throwaway-rsa-2048-b.pkcs1.pem");
    for software in Software::ALL {
        let mut journey = Journey::of_users(software, &["openid"]).await;
        for (pem, user_id, key_id) in [
            (&other_key, USER_ID, KEY_ID),
            (&fixture_key(), USER_ID, "another-key"),
            (&fixture_key(), "another-user", KEY_ID),
        ] {
            journey.follow(&profile("generic")).await;
            let id = journey.import_key(pem, user_id, key_id).await.service_user;
            let problem = journey.refusal(id).await;
            let shown = &problem.report;
            let said = problem.server_response.as_ref().unwrap_or_else(|| panic!("{software:?}: {shown}"));
            assert_eq!((problem.code.as_str(), said.status), ("refused", 400), "{software:?}: {shown}");
            assert!(said.body.contains("invalid_grant"), "{software:?}: {shown}");
            assert!(!problem.causes.is_empty(), "{software:?}: {shown}");
            assert!(
                problem
                    .causes
                    .iter()
                    .any(|cause| ["key-", "user-", "client-"].iter().any(|word| cause.code.starts_with(word))),
                "{software:?}: {shown}"
            );
        }
    }
}

#[tokio::test]
async fn an_audience_that_is_not_theirs_is_refused() {
    for software in Software::ALL {
        let journey = Journey::of_users(software, &["openid"]).await;
        let mut settings = journey.environment.draft();
        settings.audience = vec!["https://another.example.com".into()];
        journey.setup.save_environment(journey.environment.id, settings).await.expect("it is saved");
        let id = journey.import_key_file().await.service_user;
        let anyway = Ask { send_anyway: true, ..Ask::default() };
        let problem = journey.setup.mint.token(id, anyway).await.expect_err("it is refused").problem();
        assert_eq!(problem.code, "refused", "{software:?}: {}", problem.report);
        assert_eq!(problem.causes[0].code, "audience-lacks-issuer", "{software:?}: {}", problem.report);
    }
}
