//! **Secrets and tokens**, which the server makes, and the console, where a person acts.

use mintage_core::credential::CredentialKind;
use mintage_core::mint::{Ask, RotationRequest};
use mintage_core::rotation::Step;
use mintage_testbed::issuer::{Era, Instead, Loss};
use mintage_testbed::setup::USER_ID;

use super::{Scene, answered};

#[tokio::test]
async fn a_personal_access_token_is_made_proven_and_replaced() {
    let scene = Scene::at(Era::V4).await;
    let adds = Some(CredentialKind::PersonalToken);
    let id = scene.start(&RotationRequest { adds, ..scene.request() }).await;
    let first = scene.go_on(id).await.expect("it works").rotation;
    assert_eq!((tokens(&scene), scene.held().await.len()), (vec![first.new_key_id.clone().expect("it has an id")], 2));

    let request = RotationRequest { credential: first.new, ..scene.request() };
    let id = scene.start(&request).await;
    let loss =
        Loss { method: "POST".into(), path_end: "/pats".into(), done: true, after: 0, times: 1, instead: Instead::Cut };
    scene.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
    scene.go_on(id).await.expect_err("the answer was lost");
    let second = scene.go_on(id).await.expect("it goes on");
    // The token that was in the lost answer is nobody's, so it is removed.
    let expected = [Step::Find, Step::Register, Step::Prove, Step::Switch, Step::Sweep, Step::Remove, Step::Forget];
    assert_eq!(answered(&second), expected);
    assert_eq!(tokens(&scene), [second.rotation.new_key_id.expect("it has an id")]);
}

fn tokens(scene: &Scene) -> Vec<String> {
    let users = scene.issuer.users();
    let user = users.into_iter().find(|user| user.user_id == USER_ID).expect("it is there");
    user.tokens.into_iter().map(|token| token.token_id).collect()
}

#[tokio::test]
async fn a_secret_that_ends_the_previous_one_must_be_confirmed() {
    let scene = Scene::at(Era::V4).await;
    let adds = Some(CredentialKind::ClientSecret);
    let request = RotationRequest { adds, ..scene.request() };
    let refused = scene.setup.mint.start_rotation(&request).await.expect_err("it wasn't confirmed");
    assert_eq!(refused.code(), "rotation-no-overlap");
    let id = scene.start(&RotationRequest { confirmed: true, ..request }).await;
    let done = scene.go_on(id).await.expect("it works").rotation;
    let secret = done.new.expect("it was made");
    let tested = scene.setup.mint.try_credential(secret, Ask::default(), false).await;
    assert!(tested.is_ok(), "{tested:?}");
}
