//! Introspection (RFC 7662) and revocation (RFC 7009), by clients that authenticate as they do for a token.

use mintage_core::mint::{Ask, ImportOutcome};

use crate::foreign::journey::{ClientAuth, Journey, RSA, SECRET, claim, fixture, key_id_of, own_profile};
use mintage_testbed::servers::Software;
use mintage_testbed::setup::USER_ID;

/// Continues in a new environment, whose token client has one.
async fn with_token(journey: &mut Journey, auth: ClientAuth) -> ImportOutcome {
    journey.follow(&auth.profile()).await;
    let bot = journey.import_client(auth.bot(), auth).await;
    let token = journey.setup.mint.token(bot.service_user, Ask::default()).await;
    token.unwrap_or_else(|error| panic!("{auth:?}: {}", error.problem().report));
    bot
}

#[tokio::test]
async fn another_client_learns_what_a_token_is_worth_by_each_proof() {
    for software in Software::ALL {
        let mut journey = Journey::of_clients(software).await;
        for auth in ClientAuth::ALL {
            let id = with_token(&mut journey, auth).await.service_user;
            let mint = &journey.setup.mint;
            let (api, own) = auth.api();
            let with = journey.import_client(api, own).await.credential;
            let found = mint.introspectors(journey.environment.id).await.expect("they are listed");
            assert!(found.iter().any(|found| found.credential == with && found.client_id == api), "{found:?}");

            let said = mint.introspect(id, with).await;
            let said = said.unwrap_or_else(|error| panic!("{software:?} {auth:?}: {}", error.problem().report));
            assert!(said.active && said.causes.is_empty(), "{software:?} {auth:?}: {}", said.json);
            assert_eq!(claim(&said.claims, "client_id"), Some(auth.bot()), "{software:?} {auth:?}");
            assert_eq!(claim(&said.claims, "scope"), Some("deploy"), "{software:?} {auth:?}");
            assert_eq!(claim(&said.claims, "iss"), Some(journey.server.issuer()), "{software:?} {auth:?}");
        }
    }
}

#[tokio::test]
async fn a_service_users_token_is_introspected_and_good_for_userinfo() {
    for software in Software::ALL {
        let journey = Journey::of_users(software, &["openid", "profile"]).await;
        let mint = &journey.setup.mint;
        let id = journey.import_key_file().await.service_user;
        mint.token(id, Ask::default()).await.unwrap_or_else(|error| panic!("{software:?}: {error:?}"));
        let with = journey.import_client(ClientAuth::Basic.api().0, ClientAuth::Basic).await.credential;
        let said = mint.introspect(id, with).await;
        let said = said.unwrap_or_else(|error| panic!("{software:?}: {}", error.problem().report));
        assert!(said.active, "{software:?}: {}", said.json);
        assert_eq!(claim(&said.claims, "sub"), Some(USER_ID), "{software:?}: {}", said.json);
        assert_eq!(claim(&said.claims, "scope"), Some("openid profile"), "{software:?}: {}", said.json);
        let userinfo = mint.userinfo(id).await.unwrap_or_else(|error| panic!("{software:?}: {error:?}"));
        assert_eq!(claim(&userinfo.claims, "sub"), Some(USER_ID), "{software:?}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_seen_to_have_ended_and_the_next_one_is_active() {
    let mut journey = Journey::of_clients(Software::OidcProvider).await;
    for auth in ClientAuth::ALL {
        let ImportOutcome { service_user: id, credential: own, .. } = with_token(&mut journey, auth).await;
        let mint = &journey.setup.mint;
        assert!(mint.introspect(id, own).await.expect("it answers").active, "{auth:?}");

        let revoked = mint.revoke(id, own).await;
        let revoked = revoked.unwrap_or_else(|error| panic!("{auth:?}: {}", error.problem().report));
        // The core asked by introspection, so this is what the server now says about the token.
        assert_eq!(revoked.ended, Some(true), "{auth:?}");
        let gone = mint.introspect(id, own).await.expect_err("the token is no longer held");
        assert_eq!(gone.problem().code, "no-token", "{auth:?}");

        let next = mint.token(id, Ask::default()).await.expect("a new one is minted");
        assert!(!next.reused, "{auth:?}");
        assert!(mint.introspect(id, own).await.expect("it answers").active, "{auth:?}");
    }
}

#[tokio::test]
async fn a_client_that_may_not_revoke_is_told_so_and_the_token_stays() {
    let mut journey = Journey::of_clients(Software::OidcProvider).await;
    let id = with_token(&mut journey, ClientAuth::Basic).await.service_user;
    let mint = &journey.setup.mint;
    let with = journey.import_client(ClientAuth::Basic.api().0, ClientAuth::Basic).await.credential;
    let problem = mint.revoke(id, with).await.expect_err("it is refused").problem();
    let said = problem.server_response.unwrap_or_else(|| panic!("{}", problem.report));
    assert_eq!((problem.code.as_str(), said.status), ("refused", 400), "{}", problem.report);
    assert!(said.body.contains("not authorized to revoke"), "{}", problem.report);
    assert!(mint.introspect(id, with).await.expect("the token is still held").active);
}

#[tokio::test]
async fn a_jwt_that_the_server_does_not_revoke_stays_and_the_server_is_quoted() {
    let mut journey = Journey::of_clients(Software::Authlib).await;
    let ImportOutcome { service_user: id, credential: own, .. } = with_token(&mut journey, ClientAuth::Basic).await;
    let mint = &journey.setup.mint;
    let problem = mint.revoke(id, own).await.expect_err("it is refused").problem();
    let said = problem.server_response.unwrap_or_else(|| panic!("{}", problem.report));
    assert!(said.body.contains("unsupported_token_type"), "{}", problem.report);
    assert!(mint.introspect(id, own).await.expect("the token is still held").active);
}

#[tokio::test]
async fn a_jwt_that_the_server_does_not_introspect_is_refused_and_the_server_quoted() {
    let profile = own_profile(|profile| {
        let member = ("resource".to_owned(), "https://api.example.com".to_owned());
        profile.client_secret.as_mut().expect("it takes secrets").fields.extend([member]);
    });
    let mut journey = Journey::of_clients(Software::OidcProvider).await;
    journey.follow(&profile).await;
    let mint = &journey.setup.mint;
    let bot = journey.import_client(ClientAuth::Basic.bot(), ClientAuth::Basic).await;
    mint.token(bot.service_user, Ask::default()).await.expect("a token is minted");
    let problem = mint.introspect(bot.service_user, bot.credential).await.expect_err("it is refused").problem();
    let said = problem.server_response.unwrap_or_else(|| panic!("{}", problem.report));
    assert_eq!((problem.code.as_str(), said.status), ("refused", 400), "{}", problem.report);
    assert!(said.body.contains("unsupported_token_type"), "{}", problem.report);
    assert!(mint.inspect(bot.service_user).await.is_ok(), "the token is still held");
}

#[tokio::test]
async fn a_client_that_cannot_prove_itself_learns_nothing() {
    for software in Software::ALL {
        let mut journey = Journey::of_clients(software).await;
        let ImportOutcome { service_user: id, credential: own, .. } = with_token(&mut journey, ClientAuth::Basic).await;
        let mint = &journey.setup.mint;
        let other_key = fixture("throwaway-rsa-2048-b.pkcs1.pem");
        for with in [
            journey.import_secret(ClientAuth::Basic.bot(), "another secret").await.credential,
            journey.import_secret("nobody", SECRET).await.credential,
            journey.import_key(&other_key, RSA.bot(), &key_id_of(RSA.bot())).await.credential,
        ] {
            let problem = mint.introspect(id, with).await.expect_err("it is refused").problem();
            let shown = format!("{software:?}: {}", problem.report);
            let said = problem.server_response.as_ref().unwrap_or_else(|| panic!("{shown}"));
            assert_eq!(problem.code, "refused", "{shown}");
            assert!(said.body.contains("invalid_client"), "{shown}");
        }
        assert!(mint.introspect(id, own).await.expect("the token is still held").active, "{software:?}");
    }
}
