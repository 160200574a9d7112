//! The client credentials grant (RFC 6749 §4.4), with a secret or a key.

use mintage_core::mint::Ask;
use mintage_core::provider::{Provider, Reason, Reasons, RefusalRule, SecretPlace};
use mintage_core::token::TokenForm;
use mintage_core::verify::Verdict;

use crate::foreign::journey::{ClientAuth, Journey, P256, RSA, SECRET, claim, fixture, key_id_of, own_profile};
use mintage_testbed::servers::Software;

/// How the request shows the client authentication.
fn members(auth: ClientAuth) -> &'static [&'static str] {
    match auth {
        ClientAuth::Basic => &["Authorization", "grant_type", "scope"],
        ClientAuth::Post => &["grant_type", "client_id", "client_secret", "scope"],
        ClientAuth::Key(_) => &["grant_type", "client_assertion_type", "client_assertion", "scope", "client_id"],
    }
}

#[tokio::test]
async fn a_client_gets_a_token_by_each_proof_that_it_can_be_registered_with() {
    for software in Software::ALL {
        let mut journey = Journey::of_clients(software).await;
        for auth in ClientAuth::ALL {
            journey.follow(&auth.profile()).await;
            let mint = &journey.setup.mint;
            let id = journey.import_client(auth.bot(), auth).await.service_user;
            let token = mint.token(id, Ask::default()).await;
            let token = token.unwrap_or_else(|error| panic!("{software:?} {auth:?}: {}", error.problem().report));
            assert_eq!(token.granted_scopes.as_deref(), Some(&["deploy".to_owned()][..]), "{software:?} {auth:?}");
            let request = token.trace.request.expect("a request was sent");
            let names: Vec<_> = request.fields.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, members(auth), "{software:?} {auth:?}");

            let inspection = mint.inspect(id).await.expect("it is inspected");
            match software {
                Software::OidcProvider => assert_eq!(inspection.form, TokenForm::Opaque, "{auth:?}"),
                Software::Authlib => {
                    let verification = inspection.verification.expect("it was checked");
                    assert_eq!(verification.verdict, Verdict::Valid, "{auth:?}: {:?}", verification.checks);
                    let payload = inspection.claims.expect("a JWT has claims").payload;
                    assert_eq!(
                        (claim(&payload, "sub"), claim(&payload, "client_id")),
                        (Some(auth.bot()), Some(auth.bot()))
                    );
                }
            }
        }
    }
}

/// RFC 8707 §2, as an additional member of the body.
fn with_resource(profile: &mut Provider, resource: &str) {
    let member = || ("resource".to_owned(), resource.to_owned());
    profile.client_secret.as_mut().expect("it takes secrets").fields.extend([member()]);
    profile.private_key.as_mut().expect("it takes keys").fields.extend([member()]);
}

#[tokio::test]
async fn a_profile_that_names_a_resource_gets_a_jwt_for_it() {
    let profile = own_profile(|profile| with_resource(profile, "https://api.example.com"));
    let mut journey = Journey::of_clients(Software::OidcProvider).await;
    journey.follow(&profile).await;
    for auth in [ClientAuth::Basic, RSA, P256] {
        let mint = &journey.setup.mint;
        let id = journey.import_client(auth.bot(), auth).await.service_user;
        let token = mint.token(id, Ask::default()).await;
        let token = token.unwrap_or_else(|error| panic!("{auth:?}: {}", error.problem().report));
        assert_eq!(token.form, TokenForm::Jwt, "{auth:?}");
        let inspection = mint.inspect(id).await.expect("it is inspected");
        let verification = inspection.verification.expect("it was checked");
        assert_eq!(verification.verdict, Verdict::Valid, "{auth:?}: {:?}", verification.checks);
        let payload = inspection.claims.expect("a JWT has claims").payload;
        assert_eq!(claim(&payload, "aud"), Some("https://api.example.com"), "{auth:?}");
        assert_eq!((claim(&payload, "sub"), claim(&payload, "scope")), (Some(auth.bot()), Some("deploy")), "{auth:?}");
    }
}

#[tokio::test]
async fn a_resource_that_the_server_does_not_have_is_refused_and_the_server_quoted() {
    let profile = own_profile(|profile| with_resource(profile, "https://another.example.com"));
    let mut journey = Journey::of_clients(Software::OidcProvider).await;
    journey.follow(&profile).await;
    let id = journey.import_client(ClientAuth::Basic.bot(), ClientAuth::Basic).await.service_user;
    let problem = journey.refusal(id).await;
    let said = problem.server_response.unwrap_or_else(|| panic!("{}", problem.report));
    assert_eq!(said.status, 400, "{}", problem.report);
    assert!(said.body.contains("invalid_target"), "{}", problem.report);
}

#[tokio::test]
async fn a_secret_that_is_wrong_or_whose_client_is_unknown_is_said_to_be() {
    for software in Software::ALL {
        let mut journey = Journey::of_clients(software).await;
        for auth in [ClientAuth::Basic, ClientAuth::Post] {
            journey.follow(&auth.profile()).await;
            for (client_id, secret) in [(auth.bot(), "another secret"), ("nobody", SECRET)] {
                let id = journey.import_secret(client_id, secret).await.service_user;
                let problem = journey.refusal(id).await;
                let shown = format!("{software:?} {auth:?} {client_id}: {}", problem.report);
                let said = problem.server_response.as_ref().unwrap_or_else(|| panic!("{shown}"));
                assert!(said.body.contains("invalid_client"), "{shown}");
                assert!(!problem.report.contains(secret), "{shown}");
                let codes: Vec<_> = problem.causes.iter().map(|cause| cause.code.as_str()).collect();
                // oidc-provider says the same for both, Authlib only describes an unknown client in words.
                let first: &[&str] =
                    if client_id == "nobody" { &["client-unknown", "secret-wrong"] } else { &["secret-wrong"] };
                assert!(first.contains(&codes[0]) && codes.contains(&"client-unknown"), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_is_wrong_or_whose_client_is_unknown_is_said_to_be() {
    for software in Software::ALL {
        let mut journey = Journey::of_clients(software).await;
        for (auth, other) in [(RSA, "throwaway-rsa-2048-b.pkcs1.pem"), (P256, "throwaway-ec-p256.sec1.pem")] {
            let ClientAuth::Key(own) = auth else { unreachable!("both are keys") };
            let bot = auth.bot();
            let of_key: &[&str] = &["key-unknown", "key-differs"];
            for (name, client_id, key_id, expected) in [
                (other, bot, key_id_of(bot), of_key),
                (own, bot, "another-key".to_owned(), &["key-unknown"]),
                (own, "nobody", key_id_of(bot), &["key-unknown", "client-unknown"]),
            ] {
                journey.follow(&auth.profile()).await;
                let id = journey.import_key(&fixture(name), client_id, &key_id).await.service_user;
                let problem = journey.refusal(id).await;
                let shown = format!("{software:?} {name} {client_id} {key_id}: {}", problem.report);
                let said = problem.server_response.as_ref().unwrap_or_else(|| panic!("{shown}"));
                assert!(said.body.contains("invalid_client"), "{shown}");
                assert!(expected.contains(&problem.causes[0].code.as_str()), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_server_says_in_words_is_understood_by_a_profile_that_knows_them() {
    let says = "does not exist on this server".to_owned();
    let rule = RefusalRule { says, means: Reasons(vec![Reason::ClientUnknown]), ..RefusalRule::default() };
    let profile = own_profile(|profile| profile.refusals.rules.push(rule));
    let mut journey = Journey::of_clients(Software::Authlib).await;
    journey.follow(&profile).await;
    let bot = ClientAuth::Basic.bot();
    for (client_id, secret, expected) in [("nobody", SECRET, "client-unknown"), (bot, "another secret", "secret-wrong")]
    {
        let id = journey.import_secret(client_id, secret).await.service_user;
        let problem = journey.refusal(id).await;
        assert_eq!(problem.causes[0].code, expected, "{}", problem.report);
    }
}

#[tokio::test]
async fn the_other_way_of_writing_basic_is_among_the_causes() {
    let raw = own_profile(|profile| {
        profile.client_secret.as_mut().expect("it takes secrets").place = SecretPlace::BasicRaw;
    });
    let mut journey = Journey::of_clients(Software::OidcProvider).await;
    journey.follow(&raw).await;
    let id = journey.import_secret(ClientAuth::Basic.bot(), "s3cr+t").await.service_user;
    let problem = journey.refusal(id).await;
    assert!(problem.causes.iter().any(|cause| cause.code == "secret-encoding"), "{}", problem.report);
}

#[tokio::test]
async fn an_assertion_for_another_audience_is_refused_and_the_audience_blamed() {
    for software in Software::ALL {
        let journey = Journey::of_clients(software).await;
        let mut settings = journey.environment.draft();
        settings.audience = vec!["https://another.example.com".into()];
        journey.setup.save_environment(journey.environment.id, settings).await.expect("it is saved");
        let id = journey.import_client(RSA.bot(), RSA).await.service_user;
        let problem = journey.refusal(id).await;
        assert_eq!(problem.code, "refused", "{software:?}: {}", problem.report);
        assert_eq!(problem.causes[0].code, "audience-lacks-issuer", "{software:?}: {}", problem.report);
    }
}
