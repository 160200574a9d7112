//! A client that manages its own key with a **registration access token** (RFC 7592), as Keycloak has it: the token is
//! replaced with each update, and what is kept is always the one that the server takes, as far as its answer arrived.

use std::sync::Arc;

use mintage_core::catalog::Catalog;
use mintage_core::mint::{Ask, Mint, RotationRequest, Watch};
use mintage_core::rotation::Step;
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{Instead, Loss, System};
use mintage_testbed::setup::NOON;

use super::answered;
use super::providers::calls;
use crate::providers::account::{Account, Enrolled, enrol};
use crate::providers::files;

/// A Keycloak client whose registration access token Mintage has.
async fn registered() -> Enrolled {
    let account = Account::with_key("keycloak", System::Keycloak, files::PEM).without_key_id().with("realm", "acme");
    let enrolled = enrol(&account).await;
    enrolled.point_api_here().await;
    let token = Secret::new(enrolled.registration_token());
    enrolled.setup.mint.keep_registration_token(enrolled.id, &token).await.expect("it is kept");
    enrolled
}

fn request(enrolled: &Enrolled) -> RotationRequest {
    RotationRequest { confirmed: true, ..RotationRequest::of(enrolled.id) }
}

async fn items(enrolled: &Enrolled) -> usize {
    enrolled.setup.mint.keychain().list().await.expect("the keychain answers").len()
}

#[tokio::test]
async fn a_client_replaces_its_own_key_again_and_again_and_its_token_is_always_the_latest() {
    let enrolled = registered().await;
    let mint = &enrolled.setup.mint;
    let mut tokens = vec![enrolled.registration_token()];
    for _ in 0..3 {
        let plan = mint.plan_rotation(&request(&enrolled)).await.expect("it may");
        assert_eq!((plan.api.as_str(), plan.itself, plan.overlap), ("Keycloak’s client registration", true, false));
        let id = mint.start_rotation(&request(&enrolled)).await.expect("it may").rotation.id;
        let done = mint.continue_rotation(id, &|_| {}).await;
        let done = done.unwrap_or_else(|error| panic!("{}", error.problem().report));
        assert_eq!(answered(&done), [Step::Make, Step::Register, Step::Prove, Step::Switch, Step::Forget]);
        mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("the new key works");
        assert!(!tokens.contains(&enrolled.registration_token()), "the server replaces it");
        tokens.push(enrolled.registration_token());
        assert_eq!((enrolled.keys(), items(&enrolled).await), (1, 2), "one key and one token, here and there");
    }
    let written = format!("{:?}", mint.rotations(None).await.expect("the catalogue answers"));
    assert!(!tokens.iter().any(|token| written.contains(token)), "the record has no token");
    assert!(mint.repair().await.expect("it works").orphans.is_empty());
    mint.forget_service_user(enrolled.id).await.expect("it works");
    assert_eq!(items(&enrolled).await, 0);
}

#[tokio::test]
async fn the_requests_are_those_of_the_standard() {
    let enrolled = registered().await;
    let mint = &enrolled.setup.mint;
    let id = mint.start_rotation(&request(&enrolled)).await.expect("it may").rotation.id;
    assert!(mint.continue_rotation(id, &|_| {}).await.expect("it works").rotation.succeeded());
    insta::assert_snapshot!(calls(&enrolled.issuer));
}

/// Another process over the same catalogue and keychain.
async fn another_process(enrolled: &Enrolled) -> Mint {
    let catalog = Catalog::open(&enrolled.setup.folder.path().join("data")).await.expect("two may have it open");
    Mint::new(catalog, enrolled.setup.mint.keychain().clone(), Arc::new(|| NOON))
}

/// Each answer has another token. Whoever kept one that was read before the update would lose the one that works.
#[tokio::test]
async fn two_processes_use_the_token_one_after_the_other_and_the_latest_is_kept() {
    let enrolled = registered().await;
    let (mint, other) = (&enrolled.setup.mint, another_process(&enrolled).await);
    let id = mint.start_rotation(&request(&enrolled)).await.expect("it may").rotation.id;
    let asking = async {
        for _ in 0..12 {
            let planned = other.plan_rotation(&request(&enrolled)).await;
            planned.unwrap_or_else(|error| panic!("{}", error.problem().report));
        }
    };
    let watch: Watch<'_> = &|_| {};
    let (done, ()) = tokio::join!(mint.continue_rotation(id, watch), asking);
    assert!(done.expect("it works").rotation.succeeded());
    assert_eq!(items(&enrolled).await, 2, "one key and one token");
    for mint in [&**mint, &other] {
        mint.plan_rotation(&request(&enrolled)).await.expect("the token that is kept works");
    }
}

/// An administrator gives out a new token, which is entered instead of the one that is kept.
#[tokio::test]
async fn a_token_that_the_server_no_longer_takes_is_said_before_a_key_is_made_and_entered_anew() {
    let enrolled = registered().await;
    let mint = &enrolled.setup.mint;
    enrolled.change_registration_token("another");
    let refused = mint.plan_rotation(&request(&enrolled)).await.expect_err("it is another one by now");
    assert_eq!(refused.code(), "registration-token-refused");
    assert_eq!(items(&enrolled).await, 2, "nothing was made");
    mint.keep_registration_token(enrolled.id, &Secret::new(" another\n".into())).await.expect("it is kept");
    assert_eq!(items(&enrolled).await, 2, "it replaces the one before");
    mint.plan_rotation(&request(&enrolled)).await.expect("it may again");
    mint.forget_registration_token(enrolled.id).await.expect("it is removed");
    assert_eq!(items(&enrolled).await, 1);
    let plan = mint.plan_rotation(&request(&enrolled)).await.expect_err("an administrator must act now");
    assert_eq!(plan.code(), "rotation-not-allowed");
}

/// The new key is registered, and the new token was in the answer: the key works, and a person enters another token.
#[tokio::test]
async fn the_answer_to_an_update_may_be_lost_with_the_token_in_it() {
    for (method, done, lost) in [("PUT", true, true), ("PUT", false, false), ("GET", true, false)] {
        let enrolled = registered().await;
        let mint = &enrolled.setup.mint;
        let id = mint.start_rotation(&request(&enrolled)).await.expect("it may").rotation.id;
        let path_end = "/acme-client".into();
        let loss = Loss { method: method.into(), path_end, done, after: 0, times: 1, instead: Instead::Cut };
        enrolled.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
        mint.continue_rotation(id, &|_| {}).await.expect_err("the answer was lost");
        let over = mint.continue_rotation(id, &|_| {}).await;
        let over = over.unwrap_or_else(|error| panic!("{method} {done}: {}", error.problem().report));
        assert!(over.rotation.succeeded(), "{method} {done}: {over:?}");
        mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("the new key works");
        let next = mint.plan_rotation(&request(&enrolled)).await;
        assert_eq!(next.is_err_and(|error| error.code() == "registration-token-refused"), lost, "{method} {done}");
    }
}
