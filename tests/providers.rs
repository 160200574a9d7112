//! Every provider's journey: from what its console gives to a token, against a demo issuer that plays the
//! system strictly.

#[path = "support/world.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod world;

#[path = "providers/actor.rs"]
#[expect(dead_code, reason = "each test program uses a part of what they share")]
mod actor;
#[path = "providers/beyond.rs"]
mod beyond;
#[path = "providers/files.rs"]
mod files;

use actor::{Actor, act};
use mintage_core::mint::Ask;
use mintage_core::verify::Verdict;
use mintage_demo_issuer::System;

/// Who gets a token how. One row a provider and kind of credential.
fn cast() -> Vec<Actor> {
    let key = Actor::with_key;
    let secret = Actor::with_secret;
    vec![
        key("zitadel", System::Zitadel, files::ZITADEL),
        key("zitadel-cloud", System::Zitadel, files::ZITADEL),
        key("zitadel-2021", System::Zitadel, files::ZITADEL).at_hand(),
        key("paonia", System::Zitadel, files::PEM),
        secret("zitadel", System::Zitadel),
        key("shield", System::FrontierRest, files::FRONTIER),
        key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", actor::ORG_ID),
        key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", actor::ORG_ID),
        secret("shield", System::FrontierRest),
        secret("frontier-rest", System::FrontierRestOrg).with("orgId", actor::ORG_ID),
        secret("frontier-connect", System::FrontierConnect).with("orgId", actor::ORG_ID),
        key("google", System::Google, files::GOOGLE).at_hand(),
        key("google", System::Google, files::GOOGLE).at_hand().with("targetAudience", "https://service.test"),
        key("okta", System::Okta, files::JWK).asking("okta.users.read"),
        secret("okta", System::Okta).asking("okta.users.read"),
        key("google", System::Google, files::PEM).at_hand().without_key_id(),
        key("auth0", System::Auth0, files::PEM).with("apiIdentifier", "https://api.test"),
        key("auth0", System::Auth0, files::PEM).with("apiIdentifier", "https://api.test").without_key_id(),
        secret("auth0", System::Auth0).with("apiIdentifier", "https://api.test"),
        key("keycloak", System::Keycloak, files::PEM),
        key("keycloak", System::Keycloak, files::PEM).without_key_id(),
        secret("keycloak", System::Keycloak),
        key("entra", System::Entra, files::CERTIFICATE),
        secret("entra", System::Entra),
        key("salesforce", System::Salesforce, files::PEM).speaking_for("user@acme.test"),
        key("docusign", System::DocuSign, files::PEM).speaking_for("3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        key("box", System::Box, files::BOX).speaking_for("123456789").with("subjectType", "enterprise"),
        key("box", System::Box, files::BOX)
            .speaking_for("987654321")
            .whose_file_names("123456789")
            .with("subjectType", "user"),
        secret("box", System::Box).speaking_for("123456789").with("subjectType", "enterprise"),
        key("github-app", System::GitHubApp, files::PEM).with("installationId", "42").speaking_for_path("42"),
        key("stackit", System::Stackit, files::STACKIT).speaking_for("stackit-subject"),
        key("generic", System::Generic, files::PEM),
        key("generic", System::Generic, files::PEM).without_key_id(),
        secret("generic", System::Generic),
        key("generic-client", System::Generic, files::PEM),
        key("generic-client", System::Generic, files::PEM).without_key_id(),
        key("generic-client", System::Generic, files::P256),
        key("generic-client", System::Generic, files::ED25519),
        secret("generic-client", System::Generic),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_gives_a_token_for_what_its_console_gives() {
    for actor in cast() {
        let stage = act(&actor).await;
        let token = stage.world.mint.token(stage.id, Ask::default()).await;
        let token = token.unwrap_or_else(|error| {
            panic!("{}: {}\n{:#?}", actor.name(), error.problem().report, stage.issuer.requests().last())
        });
        assert!(!token.reused, "{}", actor.name());
        // Salesforce tells neither a life nor an expiry, and its tokens cannot be read.
        assert_eq!(token.expires_at.is_some(), !actor.name().starts_with("salesforce"), "{}", actor.name());
        // Where the token can be read and the issuer publishes keys, it verifies.
        let inspection = stage.world.mint.inspect(stage.id).await.expect("it is inspected");
        if let Some(verification) = inspection.verification {
            assert_eq!(verification.verdict, Verdict::Valid, "{}: {verification:#?}", actor.name());
        }
        let again = stage.world.mint.token(stage.id, Ask::default()).await.expect("from memory");
        // A token whose life nobody tells might be dead already, so it is not handed out again.
        assert_eq!(again.reused, token.expires_at.is_some(), "{}", actor.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivated_account_is_refused_with_a_likely_cause() {
    for actor in cast() {
        let stage = act(&actor).await;
        stage.deactivate();
        let error = stage.world.mint.token(stage.id, Ask::default()).await.map(|_| ()).expect_err(&actor.name());
        let codes: Vec<String> = error.problem().causes.into_iter().map(|cause| cause.code).collect();
        let plausible = ["user-inactive", "client-unknown", "consent-missing", "target-suspended"];
        assert!(codes.iter().any(|code| plausible.contains(&code.as_str())), "{}: {codes:?}", actor.name());
    }
}
