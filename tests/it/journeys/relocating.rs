//! A service user is moved to another environment: its key goes with it, its token doesn't, and it can be moved back.

use mintage_core::environment::Tier;
use mintage_core::mint::{Ask, ImportRequest, Relocation, TokenState};
use mintage_testbed::issuer::TokenForm;
use mintage_testbed::setup::{KEY_ID, Setup, USER_ID, key_file};

#[tokio::test]
async fn a_moved_service_user_keeps_its_key_and_asks_the_new_issuer() {
    let setup = Setup::new().await;
    let (old, new) = (setup.issuer().await, setup.issuer().await);
    let from = setup.environment(old.issuer(), "zitadel", Tier::Development).await;
    let to = setup.environment(new.issuer(), "zitadel", Tier::Development).await;
    let id = setup.enrol(&from, &old, TokenForm::Opaque).await;
    setup.mint.token(id, Ask::default()).await.expect("a token is minted");

    setup.mint.relocate(&[Relocation { service_user: id, to: to.id }]).await.expect("it is moved");
    let moved = setup.mint.service_user(id).await.expect("it is there");
    assert_eq!((moved.environment.id, moved.token.is_none()), (to.id, true));
    assert_eq!(setup.mint.service_users(Some(from.id)).await.expect("it is listed"), []);
    let credential = moved.credentials[0].id;
    let refused = setup.mint.try_credential(credential, Ask::default(), false).await;
    assert_eq!(refused.expect_err("the new issuer doesn't know it").code(), "refused");
    assert!(new.requests().iter().any(|request| request.path.ends_with("/token")));

    setup.mint.relocate(&[Relocation { service_user: id, to: from.id }]).await.expect("it is moved back");
    setup.mint.token(id, Ask::default()).await.expect("its issuer knows it");
    let rows = setup.mint.service_users(Some(from.id)).await.expect("it is listed");
    assert!(matches!(rows[0].token, TokenState::Valid { .. }));
    let recorded = setup.mint.activity(None).await.expect("it is recorded");
    let moves: Vec<_> = recorded.iter().filter(|entry| entry.action.as_str() == "move").collect();
    assert_eq!(moves.iter().map(|entry| entry.environment).collect::<Vec<_>>(), [Some(from.id), Some(to.id)]);
}

#[tokio::test]
async fn nobody_moves_where_the_same_key_is_or_into_the_demo() {
    let setup = Setup::new().await;
    let (old, new) = (setup.issuer().await, setup.issuer().await);
    let from = setup.environment(old.issuer(), "zitadel", Tier::Development).await;
    let to = setup.environment(new.issuer(), "zitadel", Tier::Development).await;
    let id = setup.enrol(&from, &old, TokenForm::Opaque).await;
    let there = setup.review(&key_file(USER_ID, KEY_ID, "")).await;
    setup.mint.import(&ImportRequest::of(there.id, to.id)).await.expect("it is imported");
    let refused = setup.mint.relocate(&[Relocation { service_user: id, to: to.id }]).await;
    assert_eq!(refused.expect_err("the key is there").code(), "already-there");

    let draft = mintage_testbed::setup::draft("http://127.0.0.1:1", "zitadel", Tier::Development);
    let demo = setup.mint.add_environment(draft, true).await.expect("it is added");
    let refused = setup.mint.relocate(&[Relocation { service_user: id, to: demo.id }]).await;
    assert_eq!(refused.expect_err("the demo is removed with one click").code(), "demo-environment");
    assert_eq!(setup.mint.service_user(id).await.expect("it is there").environment.id, from.id);
}
