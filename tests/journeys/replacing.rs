//! A secret or ready-made token beside another of the same client: it takes that one's place, or stands beside it.

use std::sync::Arc;

use mintage_core::credential::{CredentialId, CredentialKind};
use mintage_core::mint::{Ask, ImportRequest, Replaced};
use mintage_demo_issuer::{RegisteredSecret, RegisteredToken};

use crate::further::{CLIENT_ID, Stage};
use crate::sulking_store::SulkingStore;
use crate::world::{NOON, World};

const RIGHT: &str = "the-secret-that-works";

/// A stage whose service user mints with a secret that the issuer refuses, and did.
async fn refused() -> (Stage, CredentialId) {
    refused_in(World::new().await).await
}

async fn refused_in(world: World) -> (Stage, CredentialId) {
    let stage = Stage::set_in(world).await;
    stage.change_user(|user| user.secrets = vec![RegisteredSecret::new(CLIENT_ID, RIGHT)]);
    let wrong = import(&stage, &stage.request(CredentialKind::ClientSecret, "wrong").await).await;
    stage.world.mint.make_default(stage.id, wrong).await.expect("it is there");
    let mint = &stage.world.mint;
    let error = mint.token(stage.id, Ask::default()).await.expect_err("it is refused");
    assert_eq!(error.problem().causes[0].code, "secret-wrong");
    (stage, wrong)
}

async fn import(stage: &Stage, request: &ImportRequest) -> CredentialId {
    stage.world.mint.import(request).await.expect("it is imported").credential
}

async fn ids(stage: &Stage) -> Vec<CredentialId> {
    stage.user().await.credentials.into_iter().map(|credential| credential.id).collect()
}

#[tokio::test]
async fn a_refused_secret_is_told_of_and_gives_its_place_to_the_new_one() {
    let (stage, wrong) = refused().await;
    let mint = &stage.world.mint;
    let request = stage.request(CredentialKind::ClientSecret, RIGHT).await;
    let standing = mint.standing(&request).await.expect("it is known what stands there");
    let told: Vec<_> = standing.iter().map(|one| (one.credential, one.last_used_at, one.refused_at)).collect();
    assert_eq!(told, [(wrong, None, Some(NOON))]);

    let outcome = mint.import(&ImportRequest { replaces: Some(wrong), ..request }).await.expect("it is imported");
    assert_eq!(outcome.replaced, Replaced::Removed);
    assert_eq!(ids(&stage).await, [outcome.credential, stage.default], "it is the default in its place");
    assert!(mint.keychain().get(wrong).await.is_err(), "the earlier one is gone from the keychain as well");
    mint.token(stage.id, Ask::default()).await.expect("the new one works");
}

#[tokio::test]
async fn a_secret_that_is_taken_again_is_refused_no_more() {
    let (stage, wrong) = refused().await;
    stage.change_user(|user| user.secrets = vec![RegisteredSecret::new(CLIENT_ID, "wrong")]);
    stage.world.mint.token(stage.id, Ask::default()).await.expect("the server takes it now");
    let request = stage.request(CredentialKind::ClientSecret, RIGHT).await;
    let standing = stage.world.mint.standing(&request).await.expect("it is known what stands there");
    let told: Vec<_> = standing.iter().map(|one| (one.credential, one.last_used_at, one.refused_at)).collect();
    assert_eq!(told, [(wrong, Some(NOON), None)]);
}

#[tokio::test]
async fn both_are_kept_where_nothing_is_to_be_replaced() {
    let (stage, wrong) = refused().await;
    let request = stage.request(CredentialKind::ClientSecret, RIGHT).await;
    let outcome = stage.world.mint.import(&request).await.expect("it is imported");
    assert_eq!(outcome.replaced, Replaced::Nothing);
    assert_eq!(ids(&stage).await, [wrong, outcome.credential, stage.default]);
}

#[tokio::test]
async fn the_same_again_and_what_is_no_other_of_the_same_client_is_never_replaced() {
    let (stage, wrong) = refused().await;
    let before = ids(&stage).await;
    let same = stage.request(CredentialKind::ClientSecret, "wrong").await;
    let same = ImportRequest { replaces: Some(wrong), ..same };
    let outcome = stage.world.mint.import(&same).await.expect("it is no error");
    assert!(outcome.unchanged);
    assert_eq!((outcome.replaced, ids(&stage).await), (Replaced::Nothing, before));

    for other in [stage.default, wrong] {
        let token = stage.request(CredentialKind::PersonalToken, &format!("instead of {other:?}")).await;
        let token = ImportRequest { replaces: Some(other), ..token };
        let outcome = stage.world.mint.import(&token).await.expect("it is imported");
        assert_eq!(outcome.replaced, Replaced::Nothing, "a token takes the place of no key and no secret");
        assert!(ids(&stage).await.contains(&other));
    }
}

#[tokio::test]
async fn a_keychain_that_gives_up_on_the_way_loses_nothing() {
    let mut met = Vec::new();
    for calls in 0.. {
        let store = Arc::new(SulkingStore::default());
        let (stage, wrong) = refused_in(World::over(Arc::clone(&store) as _).await).await;
        let request = stage.request(CredentialKind::ClientSecret, RIGHT).await;
        store.sulk_after(calls);
        let outcome = stage.world.mint.import(&ImportRequest { replaces: Some(wrong), ..request }).await;
        store.sulk_after(u32::MAX);
        let there = async |id| stage.world.mint.keychain().get(id).await.is_ok();
        match outcome {
            Err(_) => assert!(there(wrong).await, "it was not stored, and the earlier one is lost after {calls} calls"),
            Ok(outcome) => {
                assert!(there(outcome.credential).await, "it is lost after {calls} calls");
                assert_eq!(stage.user().await.service_user.default_credential, Some(outcome.credential));
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
    let (stage, _) = refused().await;
    let request = stage.request(CredentialKind::ClientSecret, RIGHT).await;
    for client_id in [None, Some("another".to_owned())] {
        let request = ImportRequest { client_id, ..request.clone() };
        assert!(stage.world.mint.standing(&request).await.expect("that is no error").is_empty());
    }
}

#[tokio::test]
async fn a_ready_made_token_is_refused_where_the_issuer_says_so_and_not_when_it_is_read() {
    let stage = Stage::set().await;
    let mint = &stage.world.mint;
    let token = import(&stage, &stage.request(CredentialKind::PersonalToken, "from-the-console").await).await;
    let refused_at = async || {
        let new = stage.request(CredentialKind::PersonalToken, "another").await;
        mint.standing(&new).await.expect("it is known what stands there")[0].refused_at
    };
    mint.try_credential(token, Ask::default(), true).await.expect_err("the issuer does not know it");
    assert_eq!(refused_at().await, Some(NOON));
    mint.make_default(stage.id, token).await.expect("it is there");
    mint.token(stage.id, Ask::default()).await.expect("it is read from the keychain");
    assert_eq!(refused_at().await, Some(NOON), "reading it proves nothing");
    stage.change_user(|user| user.tokens.push(RegisteredToken::new("t", "from-the-console")));
    mint.userinfo(stage.id).await.expect("the issuer knows it now");
    assert_eq!(refused_at().await, None);
}
