//! Whom a server says a credential belongs to, compared with the service user that it was imported for.

use mintage_core::credential::{CredentialKind, Source};
use mintage_core::mint::{Ask, ImportOutcome, ImportRequest, PlanRequest, ProvisionRequest};
use mintage_core::provider::IdKind;
use mintage_core::secret::Secret;
use mintage_core::token::SubjectNotice;
use mintage_testbed::issuer::{Organisation, RegisteredSecret, RegisteredToken, System, User};

use crate::providers::account::{Account, Enrolled, ORG_ID, enrol};
use crate::providers::files;

const SECRET_FILE: &str =
    r#"{"secret":{"id":"client-of-bob","title":"ci","secret":"s3cr+t/of-bob","created_at":"2026-10-01T08:00:00Z"}}"#;
const TOKEN_FILE: &str =
    r#"{"token":{"id":"client-of-bob","title":"ci","token":"s3cr+t/of-bob","created_at":"2026-10-01T08:00:00Z"}}"#;

fn frontiers() -> Vec<Account> {
    vec![
        Account::with_key("shield", System::FrontierRest, files::FRONTIER),
        Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Account::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID),
    ]
}

/// The server knows someone else, by a secret and a token with one id.
async fn with_bob(account: &Account) -> Enrolled {
    let enrolled = enrol(account).await;
    let mut bob = User::new("id-of-bob", "Bob", "bob@acme.test");
    bob.organisation = Some(Organisation { id: ORG_ID.into(), name: "ACME".into(), domain: "acme.test".into() });
    bob.secrets = vec![RegisteredSecret::new("client-of-bob", "s3cr+t/of-bob")];
    enrolled.issuer.add_user(bob);
    enrolled
}

fn give_bob_a_token(enrolled: &Enrolled) {
    let mut bob = enrolled.issuer.users().into_iter().find(|user| user.user_id == "id-of-bob").expect("known");
    bob.secrets.clear();
    bob.tokens = vec![RegisteredToken::new("client-of-bob", "s3cr+t/of-bob")];
    enrolled.issuer.add_user(bob);
}

async fn import(enrolled: &Enrolled, file: &str, name: &str, user_id: Option<&str>) -> ImportOutcome {
    let mint = &enrolled.setup.mint;
    let environment = mint.service_user(enrolled.id).await.expect("it is there").environment.id;
    let review = enrolled.setup.review(file).await;
    let plan = mint.import_plan(&PlanRequest::of(Some(environment), [review.id])).await.expect("it is planned");
    let asked = &plan.items[0].asked;
    assert!(asked.iter().all(|asked| asked.optional && asked.kind == IdKind::UserId), "{asked:?}");
    let user_id = user_id.map(str::to_owned);
    let request = ImportRequest { name: name.into(), user_id, ..ImportRequest::of(review.id, environment) };
    mint.import(&request).await.unwrap_or_else(|error| panic!("{}", error.problem().report))
}

async fn user_id(enrolled: &Enrolled, of: &ImportOutcome) -> String {
    enrolled.setup.mint.service_user(of.service_user).await.expect("it is there").service_user.user_id
}

fn code(notice: Option<&SubjectNotice>) -> Option<&str> {
    notice.map(|notice| notice.code.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_token_tells_whose_a_secret_is_where_nobody_said_it_or_said_it_wrong() {
    for account in frontiers() {
        for typed in [None, Some("id-of-carol"), Some("id-of-bob")] {
            let name = format!("{} {typed:?}", account.name());
            let enrolled = with_bob(&account).await;
            let mint = &enrolled.setup.mint;
            let outcome = import(&enrolled, SECRET_FILE, "bob-bot", typed).await;
            let credential_test = mint.try_credential(outcome.credential, Ask::default(), true).await;
            let credential_test = credential_test.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
            let expected = (typed != Some("id-of-bob")).then_some("user-id-corrected");
            assert_eq!(code(credential_test.token.subject.as_ref()), expected, "{name}");
            assert_eq!(user_id(&enrolled, &outcome).await, "id-of-bob", "{name}");

            // It still mints by its own client id, and the next response has nothing to report.
            let again = mint.token(outcome.service_user, Ask { fresh: true, ..Ask::default() }).await;
            assert_eq!(code(again.expect("it mints").subject.as_ref()), None, "{name}");
            // Importing the same file again finds what it created, whether or not it names the user.
            let same = import(&enrolled, SECRET_FILE, "bob-bot", None).await;
            assert_eq!((same.unchanged, same.service_user), (true, outcome.service_user), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_am_i_tells_whose_an_opaque_token_is() {
    for account in frontiers() {
        let name = account.name();
        let enrolled = with_bob(&account).await;
        give_bob_a_token(&enrolled);
        let outcome = import(&enrolled, TOKEN_FILE, "bob-bot", Some("id-of-carol")).await;
        let credential_test = enrolled.setup.mint.try_credential(outcome.credential, Ask::default(), true).await;
        let userinfo =
            credential_test.unwrap_or_else(|e| panic!("{name}: {}", e.problem().report)).userinfo.expect("it is asked");
        assert_eq!(code(userinfo.subject.as_ref()), Some("user-id-corrected"), "{name}");
        assert_eq!(user_id(&enrolled, &outcome).await, "id-of-bob", "{name}");
        let again = enrolled.setup.mint.userinfo(outcome.service_user).await.expect("the token is in memory");
        assert_eq!(code(again.subject.as_ref()), None, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_at_the_server_is_made_for_the_user_that_the_server_knows() {
    // Whether or not a token was minted before, and if the token itself doesn't say.
    for (file, tried) in [(SECRET_FILE, true), (SECRET_FILE, false), (TOKEN_FILE, false)] {
        let enrolled = with_bob(&frontiers()[1]).await;
        enrolled.make_administrator();
        if file == TOKEN_FILE {
            give_bob_a_token(&enrolled);
        }
        let outcome = import(&enrolled, file, "bob-bot", Some("id-of-carol")).await;
        let mint = &enrolled.setup.mint;
        if tried {
            mint.try_credential(outcome.credential, Ask::default(), true).await.expect("it mints");
        }
        let request = ProvisionRequest {
            service_user: outcome.service_user,
            by: enrolled.id,
            kind: CredentialKind::PrivateKey,
            title: "made by Mintage".into(),
        };
        mint.provision(&request).await.unwrap_or_else(|error| panic!("{file} {tried}: {}", error.problem().report));
        let asked = enrolled.issuer.requests();
        let path = &asked.last().expect("it was asked").path;
        assert!(path.contains("/serviceusers/id-of-bob/keys"), "{file} {tried}: {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_one_user_beside_the_key_of_another_is_pointed_out_and_nothing_is_rewritten() {
    for account in frontiers() {
        let name = account.name();
        let enrolled = with_bob(&account).await;
        // The key's file names its own user; the secret is imported next to it.
        let outcome = import(&enrolled, SECRET_FILE, "deploy-bot", Some("acme-client")).await;
        assert_eq!(outcome.service_user, enrolled.id, "{name}");
        let credential_test = enrolled.setup.mint.try_credential(outcome.credential, Ask::default(), false).await;
        let notice =
            credential_test.unwrap_or_else(|e| panic!("{name}: {e}")).token.subject.expect("it is pointed out");
        assert_eq!(notice.code, "other-subject", "{name}");
        assert!(notice.sentence.contains("`id-of-bob`, not to `deploy-bot` (acme-client)"), "{name}: {notice:?}");
        assert_eq!(user_id(&enrolled, &outcome).await, "acme-client", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_a_user_who_is_known_here_is_pointed_out_by_name_whatever_the_provider() {
    for (provider, system) in [("zitadel", System::Zitadel), ("generic", System::Zitadel)] {
        let enrolled = enrol(&Account::with_key("zitadel", system, files::ZITADEL)).await;
        let mint = &enrolled.setup.mint;
        let mut bob = User::new("200507859606888466", "Bob", "bob@acme.test");
        bob.tokens = vec![RegisteredToken::new("pat-1", "ready-made-token-of-bob")];
        enrolled.issuer.add_user(bob);
        enrolled.change_environment(|draft| draft.provider = mintage_core::provider::ProviderId(provider.into())).await;
        let environment = mint.service_user(enrolled.id).await.expect("it is there").environment.id;
        let import = async |text: &str, kind, name: &str, user_id: &str| {
            let review = mint.review_secret(kind, &Secret::new(text.into()), Source::Form).await.expect("reviewed");
            let request = ImportRequest {
                name: name.into(),
                user_id: Some(user_id.into()),
                client_id: Some(user_id.into()),
                ..ImportRequest::of(review.id, environment)
            };
            mint.import(&request).await.expect("it is imported")
        };
        let token = CredentialKind::PersonalToken;
        let wrong = import("ready-made-token-of-bob", token, "deploy-bot", "100507859606888466").await;
        assert_eq!(wrong.service_user, enrolled.id, "{provider}");
        let subject = async |outcome: &ImportOutcome| {
            let credential_test = mint.try_credential(outcome.credential, Ask::default(), false).await;
            let userinfo = credential_test.unwrap_or_else(|e| panic!("{provider}: {e}")).userinfo.expect("it is asked");
            userinfo.subject
        };
        let stranger = subject(&wrong).await.expect("it is pointed out");
        assert!(stranger.sentence.contains("belongs to `200507859606888466`"), "{provider}: {stranger:?}");
        assert!(stranger.help.contains("import it with the user id `200507859606888466`"), "{provider}: {stranger:?}");

        import("a-secret-of-bob", CredentialKind::ClientSecret, "bob", "200507859606888466").await;
        let known = subject(&wrong).await.expect("it is pointed out");
        assert_eq!(known.help, "Remove it from `deploy-bot` and import it for `bob`", "{provider}");
        assert_eq!(user_id(&enrolled, &wrong).await, "100507859606888466", "{provider}: nothing is rewritten");
    }
}
