//! Every provider's journey: from what its console gives to a token, against an issuer that is as strict as the
//! real one.

pub(crate) mod account;
mod beyond;
pub(crate) mod files;

use account::{Account, enrol};
use mintage_core::mint::Ask;
use mintage_core::verify::Verdict;
use mintage_testbed::issuer::System;

/// Who gets a token how. One row per provider and kind of credential.
fn accounts() -> Vec<Account> {
    let key = Account::with_key;
    let secret = Account::with_secret;
    vec![
        key("zitadel", System::Zitadel, files::ZITADEL),
        key("zitadel-cloud", System::Zitadel, files::ZITADEL),
        key("zitadel-2021", System::Zitadel, files::ZITADEL).at_hand(),
        key("paonia", System::Zitadel, files::PEM),
        secret("zitadel", System::Zitadel),
        key("shield", System::FrontierRest, files::FRONTIER),
        key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", account::ORG_ID),
        key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", account::ORG_ID),
        secret("shield", System::FrontierRest),
        secret("frontier-rest", System::FrontierRestOrg).with("orgId", account::ORG_ID),
        secret("frontier-connect", System::FrontierConnect).with("orgId", account::ORG_ID),
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
    for account in accounts() {
        let enrolled = enrol(&account).await;
        let token = enrolled.setup.mint.token(enrolled.id, Ask::default()).await;
        let token = token.unwrap_or_else(|error| {
            panic!("{}: {}\n{:#?}", account.name(), error.problem().report, enrolled.issuer.requests().last())
        });
        assert!(!token.reused, "{}", account.name());
        // Salesforce gives neither a lifetime nor an expiry, and its tokens can't be read.
        assert_eq!(token.expires_at.is_some(), !account.name().starts_with("salesforce"), "{}", account.name());
        // If the token can be read and the issuer publishes keys, it verifies.
        let inspection = enrolled.setup.mint.inspect(enrolled.id).await.expect("it is inspected");
        if let Some(verification) = inspection.verification {
            assert_eq!(verification.verdict, Verdict::Valid, "{}: {verification:#?}", account.name());
        }
        let again = enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect("from memory");
        // A token with an unknown lifetime may already have expired, so it isn't reused.
        assert_eq!(again.reused, token.expires_at.is_some(), "{}", account.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivated_account_is_refused_with_a_likely_cause() {
    for account in accounts() {
        let enrolled = enrol(&account).await;
        enrolled.deactivate();
        let error =
            enrolled.setup.mint.token(enrolled.id, Ask::default()).await.map(|_| ()).expect_err(&account.name());
        let codes: Vec<String> = error.problem().causes.into_iter().map(|cause| cause.code).collect();
        let plausible = ["user-inactive", "client-unknown", "consent-missing", "target-suspended"];
        assert!(codes.iter().any(|code| plausible.contains(&code.as_str())), "{}: {codes:?}", account.name());
    }
}
