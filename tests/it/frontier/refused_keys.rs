//! A refused key that another credential can ask about: what the server has under its id says whether it is to blame.

use keyring_core::api::CredentialStoreApi;
use keyring_core::mock;
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::error::Error;
use mintage_core::ids::CredentialId;
use mintage_core::keychain::KeychainError;
use mintage_core::mint::{Ask, ImportRequest};
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{Organisation, RegisteredSecret, System, User, UserState};

use crate::providers::account::{Account, Enrolled, ORG_ID, enrol, enrol_in};
use crate::providers::files;
use mintage_testbed::setup::Setup;

fn accounts() -> Vec<Account> {
    vec![
        Account::with_key("shield", System::FrontierRest, files::FRONTIER),
        Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Account::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID),
    ]
}

/// Another service user of this environment, with a working secret.
async fn with_another(account: &Account) -> Enrolled {
    let enrolled = enrol(account).await;
    add(&enrolled, "other").await;
    enrolled
}

async fn add(enrolled: &Enrolled, name: &str) -> CredentialId {
    let (client, secret) = (format!("{name}-client"), format!("{name}-secret"));
    let mut other = User::new(name, "Other Bot", format!("{name}@acme.test"));
    other.administrator = true;
    other.organisation = Some(Organisation { id: ORG_ID.into(), name: "ACME".into(), domain: "acme.test".into() });
    other.secrets = vec![RegisteredSecret::new(&client, &secret)];
    enrolled.issuer.add_user(other);
    let mint = &enrolled.setup.mint;
    let environment = mint.service_user(enrolled.id).await.expect("it is there").environment.id;
    let secret = Secret::new(secret);
    let review = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
    let request = ImportRequest {
        name: format!("{name}-bot"),
        user_id: Some(name.into()),
        client_id: Some(client),
        ..ImportRequest::of(review.id, environment)
    };
    mint.import(&request).await.expect("it is imported").credential
}

async fn causes(enrolled: &Enrolled) -> Vec<String> {
    let refused = enrolled.setup.mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await;
    match refused.map(|_| ()).expect_err("it is refused") {
        Error::Diagnosed { causes, .. } => causes.into_iter().map(|cause| cause.code).collect(),
        other => panic!("{}", other.problem().report),
    }
}

fn asked_for_keys(enrolled: &Enrolled) -> usize {
    let about_keys = |path: &str| path.contains("/keys/") || path.ends_with("/GetServiceUserJWK");
    enrolled.issuer.requests().iter().filter(|request| about_keys(&request.path)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_server_keeps_as_it_is_here_is_blamed_last() {
    for account in accounts() {
        let (name, enrolled) = (account.name(), with_another(&account).await);
        assert!(enrolled.issuer.set_user_state("acme-client", UserState::Inactive), "the user is known");
        let causes = causes(&enrolled).await;
        assert!(causes.len() > 1 && !causes[0].starts_with("key-"), "{name}: {causes:?}");
        assert!(causes.last().is_some_and(|last| last.starts_with("key-")), "{name}: {causes:?}");
        assert_eq!(asked_for_keys(&enrolled), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_server_knows_otherwise_is_not_called_unknown_first() {
    for account in accounts() {
        let (name, enrolled) = (account.name(), with_another(&account).await);
        enrolled.replace_key();
        let causes = causes(&enrolled).await;
        assert_ne!(causes[0], "key-unknown", "{name}: {causes:?}");
        assert_eq!(asked_for_keys(&enrolled), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_else_can_ask_the_causes_stay_as_they_are() {
    let enrolled = enrol(&accounts()[1]).await;
    enrolled.replace_key();
    let before = causes(&enrolled).await;
    assert_eq!((before[0].as_str(), asked_for_keys(&enrolled)), ("key-unknown", 0), "{before:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_stays_closed_is_asked_once() {
    let store = mock::Store::new().expect("the mock store is made");
    let enrolled = enrol_in(Setup::with_store(store.clone()).await, &accounts()[1]).await;
    let others = [add(&enrolled, "other").await, add(&enrolled, "another").await];
    enrolled.replace_key();
    for other in others {
        let entry = store.build("mintage", &other.0.to_string(), None).expect("the item is there");
        let item = entry.as_any().downcast_ref::<mock::Cred>().expect("the mock store's own");
        item.set_error(keyring_core::Error::NoStorageAccess(Box::new(KeychainError::Locked)));
    }
    let before = causes(&enrolled).await;
    assert_eq!((before[0].as_str(), asked_for_keys(&enrolled)), ("key-unknown", 0), "{before:?}");
    // The one that wasn't asked still has to return its error.
    let told = others.map(|other| {
        let entry = store.build("mintage", &other.0.to_string(), None).expect("the item is there");
        entry.get_secret().is_err()
    });
    assert_eq!(told.into_iter().filter(|open| *open).count(), 1);
}
