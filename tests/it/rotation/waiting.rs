//! **Secrets and tokens**, which the server makes.

use mintage_core::credential::CredentialKind;
use mintage_core::ids::CredentialId;
use mintage_core::mint::{Ask, RotationRequest};
use mintage_core::rotation::Step;
use mintage_testbed::issuer::{Era, Instead, Loss, Membership};
use mintage_testbed::setup::USER_ID;

use super::trouble::lose_as;
use super::{Scene, answered};

#[tokio::test]
async fn a_personal_access_token_is_made_proven_and_replaced() {
    for era in [Era::V4, Era::V2_55] {
        let scene = Scene::at(era).await;
        let admin = scene.administrator(&[Membership::OrgUserManager]).await;
        scene.setup.mint.set_administrator(scene.environment.id, Some(admin)).await.expect("it is of it");
        replace_a_token(&scene).await;
    }
}

async fn replace_a_token(scene: &Scene) {
    let adds = Some(CredentialKind::PersonalToken);
    let id = scene.start(&RotationRequest { adds, ..scene.request() }).await;
    let first = scene.go_on(id).await.expect("it works").rotation;
    assert_eq!((tokens(scene), scene.held().await.len()), (vec![first.new_key_id.clone().expect("it has an id")], 2));

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
    assert_eq!(tokens(scene), [second.rotation.new_key_id.expect("it has an id")]);
}

fn tokens(scene: &Scene) -> Vec<String> {
    let users = scene.issuer.users();
    let user = users.into_iter().find(|user| user.user_id == USER_ID).expect("it is there");
    user.tokens.into_iter().map(|token| token.token_id).collect()
}

#[tokio::test]
async fn a_secret_that_ends_the_previous_one_must_be_confirmed() {
    for era in [Era::V4, Era::V2_55] {
        let scene = Scene::at(era).await;
        let admin = scene.administrator(&[Membership::OrgUserManager]).await;
        scene.setup.mint.set_administrator(scene.environment.id, Some(admin)).await.expect("it is of it");
        let adds = Some(CredentialKind::ClientSecret);
        let request = RotationRequest { adds, ..scene.request() };
        let refused = scene.setup.mint.start_rotation(&request).await.expect_err("it wasn't confirmed");
        assert_eq!(refused.code(), "rotation-no-overlap", "{era:?}");
        let secret = add_a_secret(&scene).await;
        let tested = scene.setup.mint.try_credential(secret, Ask::default(), false).await;
        assert!(tested.is_ok(), "{era:?}: {tested:?}");
    }
}

async fn add_a_secret(scene: &Scene) -> CredentialId {
    let adds = Some(CredentialKind::ClientSecret);
    let id = scene.start(&RotationRequest { adds, confirmed: true, ..scene.request() }).await;
    let done = scene.go_on(id).await.unwrap_or_else(|error| panic!("{}", error.problem().report));
    done.rotation.new.expect("it was made")
}

/// The server has ended the old secret, and the new one was in the answer: only something else can ask once more.
#[tokio::test]
async fn a_secret_whose_answer_was_lost_is_made_again_with_another_credential() {
    let scene = Scene::at(Era::V4).await;
    assert!(scene.mints().await, "the key is known to work");
    let secret = add_a_secret(&scene).await;
    scene.setup.mint.make_default(scene.user, secret).await.expect("it is there");
    let id = scene.start(&RotationRequest { confirmed: true, ..scene.request() }).await;
    lose_as(&scene, "POST", "/secret", true, Instead::Cut);
    scene.go_on(id).await.expect_err("the answer was lost");
    scene.issuer.tokens_end();
    let done = scene.go_on(id).await.unwrap_or_else(|error| panic!("{}", error.problem().report));
    assert!(done.rotation.succeeded() && scene.mints().await);
    assert_eq!(scene.held().await.len(), 2);
}

#[tokio::test]
async fn a_secret_is_not_replaced_by_itself_alone() {
    let scene = Scene::at(Era::V4).await;
    let secret = add_a_secret(&scene).await;
    let mint = &scene.setup.mint;
    mint.make_default(scene.user, secret).await.expect("it is there");
    let key = mint.service_user(scene.user).await.expect("it is there").credentials;
    let key = key.iter().find(|one| one.id != secret).expect("it has a key").id;
    mint.forget_credential(key).await.expect("a person may");
    let request = RotationRequest { confirmed: true, ..scene.request() };
    let refused = mint.start_rotation(&request).await.expect_err("it has nothing else");
    assert_eq!(refused.code(), "rotation-nothing-spare", "{refused}");
    let admin = scene.administrator(&[Membership::OrgUserManager]).await;
    mint.set_administrator(scene.environment.id, Some(admin)).await.expect("it is of that environment");
    let id = scene.start(&request).await;
    let done = scene.go_on(id).await.expect("the administrator may");
    assert!(done.rotation.by == admin && done.rotation.succeeded() && scene.mints().await);
}
