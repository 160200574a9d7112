//! A secret or personal access token next to another of the same client: it replaces that one, or is added.

use std::sync::Arc;

use mintage_core::credential::CredentialKind;
use mintage_core::ids::CredentialId;
use mintage_core::mint::{Ask, ExistingCredential, ImportRequest, Mint, PlanRequest, Replaced};
use mintage_testbed::issuer::{RegisteredSecret, RegisteredToken};

use crate::journeys::further::{CLIENT_ID, Enrolled};
use mintage_testbed::failing_store::FailingStore;
use mintage_testbed::setup::{NOON, Setup};

const RIGHT: &str = "the-secret-that-works";

/// A enrolled whose service user mints with a secret that the issuer refuses, and did.
async fn refused() -> (Enrolled, CredentialId) {
    refused_in(Setup::new().await).await
}

async fn refused_in(setup: Setup) -> (Enrolled, CredentialId) {
    let enrolled = Enrolled::in_setup(setup).await;
    enrolled.change_user(|user| user.secrets = vec![RegisteredSecret::new(CLIENT_ID, RIGHT)]);
    let wrong = import(&enrolled, &enrolled.request(CredentialKind::ClientSecret, "wrong").await).await;
    enrolled.setup.mint.make_default(enrolled.id, wrong).await.expect("it is there");
    let mint = &enrolled.setup.mint;
    let error = mint.token(enrolled.id, Ask::default()).await.expect_err("it is refused");
    assert_eq!(error.problem().causes[0].code, "secret-wrong");
    (enrolled, wrong)
}

async fn import(enrolled: &Enrolled, request: &ImportRequest) -> CredentialId {
    enrolled.setup.mint.import(request).await.expect("it is imported").credential
}

async fn existing(mint: &Mint, request: &ImportRequest) -> Vec<ExistingCredential> {
    let plan = mint.import_plan(&PlanRequest::like(request)).await.expect("it is planned");
    plan.items.into_iter().flat_map(|item| item.existing).collect()
}

async fn ids(enrolled: &Enrolled) -> Vec<CredentialId> {
    enrolled.user().await.credentials.into_iter().map(|credential| credential.id).collect()
}

#[tokio::test]
async fn a_refused_secret_is_told_of_and_gives_its_place_to_the_new_one() {
    let (enrolled, wrong) = refused().await;
    let mint = &enrolled.setup.mint;
    let request = enrolled.request(CredentialKind::ClientSecret, RIGHT).await;
    let existing = existing(mint, &request).await;
    let told: Vec<_> = existing.iter().map(|one| (one.credential, one.last_used_at, one.refused_at)).collect();
    assert_eq!(told, [(wrong, None, Some(NOON))]);

    let outcome = mint.import(&ImportRequest { replaces: Some(wrong), ..request }).await.expect("it is imported");
    assert_eq!(outcome.replaced, Replaced::Removed);
    assert_eq!(ids(&enrolled).await, [outcome.credential, enrolled.default], "it is the default in its place");
    assert!(mint.keychain().get(wrong).await.is_err(), "the earlier one is gone from the keychain as well");
    mint.token(enrolled.id, Ask::default()).await.expect("the new one works");
}

#[tokio::test]
async fn a_secret_that_is_taken_again_is_refused_no_more() {
    let (enrolled, wrong) = refused().await;
    enrolled.change_user(|user| user.secrets = vec![RegisteredSecret::new(CLIENT_ID, "wrong")]);
    enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect("the server takes it now");
    let request = enrolled.request(CredentialKind::ClientSecret, RIGHT).await;
    let existing = existing(&enrolled.setup.mint, &request).await;
    let told: Vec<_> = existing.iter().map(|one| (one.credential, one.last_used_at, one.refused_at)).collect();
    assert_eq!(told, [(wrong, Some(NOON), None)]);
}

#[tokio::test]
async fn both_are_kept_where_nothing_is_to_be_replaced() {
    let (enrolled, wrong) = refused().await;
    let request = enrolled.request(CredentialKind::ClientSecret, RIGHT).await;
    let outcome = enrolled.setup.mint.import(&request).await.expect("it is imported");
    assert_eq!(outcome.replaced, Replaced::Nothing);
    assert_eq!(ids(&enrolled).await, [wrong, outcome.credential, enrolled.default]);
}

#[tokio::test]
async fn the_same_again_and_what_is_no_other_of_the_same_client_is_never_replaced() {
    let (enrolled, wrong) = refused().await;
    let before = ids(&enrolled).await;
    let same = enrolled.request(CredentialKind::ClientSecret, "wrong").await;
    let same = ImportRequest { replaces: Some(wrong), ..same };
    let outcome = enrolled.setup.mint.import(&same).await.expect("it is no error");
    assert!(outcome.unchanged);
    assert_eq!((outcome.replaced, ids(&enrolled).await), (Replaced::Nothing, before));

    for other in [enrolled.default, wrong] {
        let token = enrolled.request(CredentialKind::PersonalToken, &format!("instead of {other:?}")).await;
        let token = ImportRequest { replaces: Some(other), ..token };
        let outcome = enrolled.setup.mint.import(&token).await.expect("it is imported");
        assert_eq!(outcome.replaced, Replaced::Nothing, "a token takes the place of no key and no secret");
        assert!(ids(&enrolled).await.contains(&other));
    }
}

#[tokio::test]
async fn a_keychain_that_gives_up_on_the_way_loses_nothing() {
    let mut met = Vec::new();
    for calls in 0.. {
        let store = Arc::new(FailingStore::default());
        let (enrolled, wrong) = refused_in(Setup::with_store(Arc::clone(&store) as _).await).await;
        let request = enrolled.request(CredentialKind::ClientSecret, RIGHT).await;
        store.fail_after(calls);
        let outcome = enrolled.setup.mint.import(&ImportRequest { replaces: Some(wrong), ..request }).await;
        store.fail_after(u32::MAX);
        let there = async |id| enrolled.setup.mint.keychain().get(id).await.is_ok();
        match outcome {
            Err(_) => assert!(there(wrong).await, "it was not stored, and the earlier one is lost after {calls} calls"),
            Ok(outcome) => {
                assert!(there(outcome.credential).await, "it is lost after {calls} calls");
                assert_eq!(enrolled.user().await.service_user.default_credential, Some(outcome.credential));
                met.push(outcome.replaced);
            }
        }
        if met.last() == Some(&Replaced::Removed) {
            break;
        }
    }
    assert!(met.contains(&Replaced::Left), "it never gave up between the two: {met:?}");
}

#[tokio::test]
async fn nothing_stands_beside_a_secret_of_another_client_or_without_its_id() {
    let (enrolled, _) = refused().await;
    let request = enrolled.request(CredentialKind::ClientSecret, RIGHT).await;
    for client_id in [None, Some("another".to_owned())] {
        let request = ImportRequest { client_id, ..request.clone() };
        assert!(existing(&enrolled.setup.mint, &request).await.is_empty());
    }
}

#[tokio::test]
async fn a_ready_made_token_is_refused_where_the_issuer_says_so_and_not_when_it_is_read() {
    let enrolled = Enrolled::new().await;
    let mint = &enrolled.setup.mint;
    let token = import(&enrolled, &enrolled.request(CredentialKind::PersonalToken, "from-the-console").await).await;
    let refused_at = async || {
        let new = enrolled.request(CredentialKind::PersonalToken, "another").await;
        existing(mint, &new).await[0].refused_at
    };
    mint.try_credential(token, Ask::default(), true).await.expect_err("the issuer does not know it");
    assert_eq!(refused_at().await, Some(NOON));
    mint.make_default(enrolled.id, token).await.expect("it is there");
    mint.token(enrolled.id, Ask::default()).await.expect("it is read from the keychain");
    assert_eq!(refused_at().await, Some(NOON), "reading it proves nothing");
    enrolled.change_user(|user| user.tokens.push(RegisteredToken::new("t", "from-the-console")));
    mint.userinfo(enrolled.id).await.expect("the issuer knows it now");
    assert_eq!(refused_at().await, None);
}
