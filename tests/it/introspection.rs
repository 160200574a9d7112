//! Introspection, revocation, personal access tokens and assertions for direct use, against the demo issuer.

use mintage_core::activity::Action;
use mintage_core::copy_form::CopyForm;
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::diagnosis::NextStep;
use mintage_core::environment::{Environment, Tier};
use mintage_core::ids::{CredentialId, ServiceUserId};
use mintage_core::mint::{Ask, ImportRequest};
use mintage_core::secret::Secret;
use mintage_core::token::ScopeGrant;
use mintage_testbed::issuer::{
    Application, Config, DemoIssuer, OidcApplication, RegisteredKey, RegisteredToken, TokenForm, User,
};
use mintage_testbed::setup::{NOON, Setup, USER_ID, fixture_key};

const PROJECT: &str = "100508253900210834";
const CLIENT_ID: &str = "100508253900210900@acme";
const WEB_CLIENT_ID: &str = "100508253900210910@acme";
const APP_KEY_ID: &str = "100508253900210901";

/// A ZITADEL application's key file, of the era that spells the client id with or without a capital D.
fn application_file(member: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
    let pem = std::fs::read_to_string(path).expect("the fixture is in the repository").replace('\n', "\\n");
    format!(
        r#"{{"type":"application","keyId":"{APP_KEY_ID}","key":"{pem}","appId":"100508253900210899","{member}":"{CLIENT_ID}"}}"#
    )
}

/// An issuer that knows an application by its key and by a secret.
async fn issuer(app_key: RegisteredKey, secret: Option<&str>) -> DemoIssuer {
    let application = Application {
        client_id: CLIENT_ID.into(),
        project_id: PROJECT.into(),
        secret: secret.map(str::to_owned),
        key: Some(app_key),
    };
    let config = Config::new(std::sync::Arc::new(|| NOON)).with_application(application).recording();
    DemoIssuer::start(config).await.expect("a port on loopback is free")
}

struct Enrolled {
    setup: Setup,
    issuer: DemoIssuer,
    environment: Environment,
    id: ServiceUserId,
    application: CredentialId,
}

async fn enrolled(member: &str) -> Enrolled {
    let setup = Setup::new().await;
    let review = setup.review(&application_file(member)).await;
    let facts = review.facts.expect("an application's file is read");
    assert_eq!(facts.kind, CredentialKind::ApplicationKey);
    let public_pem = facts.key.expect("it is a key").public_pem;
    let issuer =
        issuer(RegisteredKey { key_id: APP_KEY_ID.into(), public_pem, expires_at: None }, Some("a+b/c=")).await;
    let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Jwt).await;
    let request = ImportRequest { name: "orders API".into(), ..ImportRequest::of(review.id, environment.id) };
    let application = setup.mint.import(&request).await.expect("the import works").credential;
    Enrolled { setup, issuer, environment, id, application }
}

/// A secret of the application, under review.
async fn by_secret(setup: &Setup, environment: &Environment, secret: &Secret) -> ImportRequest {
    let review = setup.mint.review_secret(CredentialKind::ClientSecret, secret, Source::Form).await.expect("reviewed");
    ImportRequest {
        name: "orders API by secret".into(),
        client_id: Some(CLIENT_ID.into()),
        ..ImportRequest::of(review.id, environment.id)
    }
}

#[tokio::test]
async fn a_missing_audience_scope_is_the_first_cause_and_one_step_mends_it() {
    for member in ["clientId", "clientID"] {
        let Enrolled { setup, issuer, environment, id, application } = enrolled(member).await;
        let mint = &setup.mint;
        let found = mint.introspectors(environment.id).await.expect("they are listed");
        assert_eq!(found[0].credential, application, "application keys come first");
        assert_eq!(found[0].client_id, CLIENT_ID);
        let actors = mint.actors(environment.id).await.expect("they are listed");
        let actors: Vec<_> = actors.iter().map(|row| row.listed.service_user.id).collect();
        assert_eq!(actors, [id], "an application gets no token to act with");

        mint.token(id, Ask::default()).await.expect("a token is minted");
        let before = mint.introspect(id, application).await.expect("introspection answers");
        assert!(!before.active);
        assert_eq!(before.causes[0].code, "audience-scope-missing");
        assert_eq!(before.causes[0].next, NextStep::MintWithAudience);

        let after = mint.introspect_with_audience(id, application, PROJECT).await.expect("it is mended");
        assert!(after.active, "{}", after.json);
        assert!(after.claims.iter().any(|claim| claim.name == "sub" && claim.value == USER_ID), "{}", after.json);
        assert!(after.causes.is_empty());
        let project = mint.introspectors(environment.id).await.expect("they are listed")[0].project.clone();
        assert_eq!(project.as_deref(), Some(PROJECT), "it is remembered");
        let outcomes = mint.service_user(id).await.expect("it is there").token.expect("minted").scopes;
        assert!(outcomes.iter().any(|found| found.scope.contains(PROJECT) && found.grant == ScopeGrant::Granted));

        // Never both: the assertion alone authenticates the application.
        let asked =
            issuer.requests().into_iter().rfind(|request| request.path.ends_with("/introspect")).expect("asked");
        assert!(asked.field("client_assertion").is_some() && asked.header("authorization").is_none());
    }
}

#[tokio::test]
async fn an_application_proves_itself_by_its_secret_as_well() {
    let Enrolled { setup, issuer, environment, id, .. } = enrolled("clientId").await;
    let mint = &setup.mint;
    let secret = Secret::new("a+b/c=".into());
    let request = by_secret(&setup, &environment, &secret).await;
    let by_secret = mint.import(&request).await.expect("the import works");
    mint.token(id, Ask::default()).await.expect("a token is minted");
    let found = mint.introspect_with_audience(id, by_secret.credential, PROJECT).await.expect("introspection answers");
    assert!(found.active, "{}", found.json);
    let asked = issuer.requests().into_iter().rfind(|request| request.path.ends_with("/introspect")).expect("asked");
    assert!(asked.field("client_assertion").is_none() && asked.credential().is_some());
    let again = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
    let outcome = mint.import(&ImportRequest { review: again.id, ..request }).await.expect("the import works");
    assert!(outcome.unchanged, "the same secret twice changes nothing");
}

#[tokio::test]
async fn only_applications_introspect_where_a_token_is_for_a_project() {
    let Enrolled { setup, environment, application, issuer: _issuer, .. } = enrolled("clientId").await;
    let mint = &setup.mint;
    let import = async |name: &str, user_id: Option<&str>, client_id: &str| {
        let secret = Secret::new(format!("secret of {name}"));
        let review = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
        let request = ImportRequest {
            name: name.to_owned(),
            user_id: user_id.map(str::to_owned),
            client_id: Some(client_id.to_owned()),
            ..ImportRequest::of(review.id, environment.id)
        };
        mint.import(&request).await.expect("the import works").credential
    };
    let by_secret = import("orders API", None, "100508253900210902@acme").await;
    // For the service user that has a key, and for one that has nothing else.
    import("deploy-bot", Some(USER_ID), "deploy-bot").await;
    import("other-bot", Some("100507859606888467"), "other-bot").await;
    let found = mint.introspectors(environment.id).await.expect("they are listed");
    assert_eq!(found.iter().map(|one| one.credential).collect::<Vec<_>>(), [application, by_secret]);
}

#[tokio::test]
async fn an_applications_key_mints_nothing_and_says_why() {
    let Enrolled { setup, environment, issuer: _issuer, .. } = enrolled("clientId").await;
    let rows = setup.mint.service_users(Some(environment.id)).await.expect("they are listed");
    let application =
        rows.iter().find(|row| row.listed.credential_kind == Some(CredentialKind::ApplicationKey)).expect("listed");
    let error =
        setup.mint.token(application.listed.service_user.id, Ask::default()).await.map(|_| ()).expect_err("no token");
    assert_eq!(error.problem().causes[0].code, "application-key");
}

#[tokio::test]
async fn revocation_is_told_as_it_is() {
    let Enrolled { setup, environment, id, issuer, .. } = enrolled("clientId").await;
    issuer.add_oidc_application(OidcApplication {
        client_id: WEB_CLIENT_ID.into(),
        project_id: PROJECT.into(),
        secret: "web-secret".into(),
    });
    let request = by_secret(&setup, &environment, &Secret::new("web-secret".into())).await;
    let request = ImportRequest { name: "orders web".into(), client_id: Some(WEB_CLIENT_ID.into()), ..request };
    let web = setup.mint.import(&request).await.expect("the import works").credential;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    // ZITADEL accepts it only from an application in the audience, and the real state is shown.
    let refused = setup.mint.revoke(id, web).await.expect_err("it was issued to another client").problem();
    assert_eq!((refused.code.as_str(), refused.causes[0].code.as_str()), ("refused", "application-not-allowed"));
    assert!(refused.message.contains("revocation"), "{}", refused.report);
    let record = setup.mint.activity(Some(id)).await.expect("it is recorded");
    assert!(record.iter().any(|entry| entry.action == Action::Revoke));
}

#[tokio::test]
async fn an_api_application_revokes_nothing_however_good_its_key() {
    let Enrolled { setup, id, application, issuer: _issuer, .. } = enrolled("clientId").await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    // ZITADEL says "client not found" to an API, although it introspects with the same key.
    let refused = setup.mint.revoke(id, application).await.expect_err("it is no OIDC application").problem();
    assert_eq!((refused.code.as_str(), refused.causes[0].code.as_str()), ("refused", "application-not-allowed"));
}

#[tokio::test]
async fn a_refused_application_is_told_why() {
    let Enrolled { setup, environment, id, application, issuer } = enrolled("clientId").await;
    let mint = &setup.mint;
    mint.token(id, Ask::default()).await.expect("a token is minted");
    let why = async |with| mint.introspect(id, with).await.expect_err("it is refused").problem();

    let secret = Secret::new("another-secret".into());
    let request = by_secret(&setup, &environment, &secret).await;
    let by_secret = mint.import(&request).await.expect("the import works").credential;
    let problem = why(by_secret).await;
    assert_eq!(problem.causes[0].code, "secret-wrong", "{}", problem.report);

    setup.set_clock(NOON + time::Duration::seconds(474));
    let problem = why(application).await;
    assert_eq!(problem.causes[0].code, "clock-ahead", "{}", problem.report);
    let ask = Ask { fresh: true, use_server_time: true, ..Ask::default() };
    mint.token(id, ask).await.expect("the server's time mends it");
    mint.introspect(id, application).await.expect("it mends this as well");

    issuer.stop().await;
    let problem = why(application).await;
    assert_eq!(problem.causes[0].code, "unreachable", "{}", problem.report);
}

#[tokio::test]
async fn an_application_whose_key_was_removed_is_told_so() {
    let Enrolled { setup, issuer, id, application, .. } = enrolled("clientId").await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");
    assert!(issuer.remove_application_key(CLIENT_ID), "it was there");
    let problem = setup.mint.introspect(id, application).await.expect_err("it is refused").problem();
    assert_eq!(problem.causes[0].code, "key-unknown", "{}", problem.report);
    assert!(problem.causes[0].sentence.contains(APP_KEY_ID) && problem.causes[0].sentence.contains("application"));
}

#[tokio::test]
async fn a_ready_made_token_is_copied_and_never_exchanged() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
    let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
    user.tokens = vec![RegisteredToken::new("1", "ready-made-token-4711")];
    issuer.add_user(user);
    let token = Secret::new(" ready-made-token-4711\n".into());
    let review =
        setup.mint.review_secret(CredentialKind::PersonalToken, &token, Source::Paste).await.expect("reviewed");
    let request = ImportRequest {
        name: "deploy-bot".into(),
        user_id: Some(USER_ID.into()),
        ..ImportRequest::of(review.id, environment.id)
    };
    let id = setup.mint.import(&request).await.expect("the import works").service_user;
    let (text, _) = setup.mint.copy(id, CopyForm::Header, Ask::default()).await.expect("it is copied");
    assert_eq!(text.expose(), "Authorization: Bearer ready-made-token-4711");
    assert!(setup.mint.userinfo(id).await.is_ok());
    assert!(issuer.requests().iter().all(|request| request.method == "GET"), "nothing was exchanged");
}

#[tokio::test]
async fn an_assertion_is_signed_for_direct_use_and_not_sent() {
    let Enrolled { setup, issuer, id, .. } = enrolled("clientId").await;
    let key = setup.mint.service_user(id).await.expect("it is there").credentials[0].id;
    let (assertion, signed) = setup.mint.sign(key).await.expect("it is signed");
    assert_eq!(assertion.expose().split('.').count(), 3);
    assert!(signed.assertion.payload.contains(USER_ID) && !signed.direct);
    assert!(issuer.requests().iter().all(|request| request.method == "GET"));
    let pem = fixture_key();
    assert!(!assertion.expose().contains(pem.lines().nth(1).expect("a line")));
}
