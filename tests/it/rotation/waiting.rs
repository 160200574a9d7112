//! **Secrets and tokens**, which the server makes.

use mintage_core::credential::CredentialKind;
use mintage_core::ids::CredentialId;
use mintage_core::mint::{Ask, RotationRequest};
use mintage_core::rotation::Step;
use mintage_testbed::issuer::{Era, Instead, Loss, Membership};
use mintage_testbed::setup::USER_ID;

use super::trouble::lose_as;
use super::{Enrolled, answered};

#[tokio::test]
async fn a_personal_access_token_is_made_proven_and_replaced() {
    for era in [Era::V4, Era::V2_55] {
        let enrolled = Enrolled::at(era).await;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        enrolled.setup.mint.set_administrator(enrolled.environment.id, Some(admin)).await.expect("it is of it");
        replace_a_token(&enrolled).await;
    }
}

async fn replace_a_token(enrolled: &Enrolled) {
    let adds = Some(CredentialKind::PersonalToken);
    let id = enrolled.start(&RotationRequest { adds, ..enrolled.request() }).await;
    let first = enrolled.go_on(id).await.expect("it works").rotation;
    assert_eq!(
        (tokens(enrolled), enrolled.held().await.len()),
        (vec![first.new_key_id.clone().expect("it has an id")], 2)
    );

    let request = RotationRequest { credential: first.new, ..enrolled.request() };
    let id = enrolled.start(&request).await;
    let loss =
        Loss { method: "POST".into(), path_end: "/pats".into(), done: true, after: 0, times: 1, instead: Instead::Cut };
    enrolled.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
    enrolled.go_on(id).await.expect_err("the answer was lost");
    let second = enrolled.go_on(id).await.expect("it goes on");
    // The token that was in the lost answer is nobody's, so it is removed.
    let expected = [Step::Find, Step::Register, Step::Prove, Step::Switch, Step::Sweep, Step::Remove, Step::Forget];
    assert_eq!(answered(&second), expected);
    assert_eq!(tokens(enrolled), [second.rotation.new_key_id.expect("it has an id")]);
}

fn tokens(enrolled: &Enrolled) -> Vec<String> {
    let users = enrolled.issuer.users();
    let user = users.into_iter().find(|user| user.user_id == USER_ID).expect("it is there");
    user.tokens.into_iter().map(|token| token.token_id).collect()
}

#[tokio::test]
async fn a_secret_that_ends_the_previous_one_must_be_confirmed() {
    for era in [Era::V4, Era::V2_55] {
        let enrolled = Enrolled::at(era).await;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        enrolled.setup.mint.set_administrator(enrolled.environment.id, Some(admin)).await.expect("it is of it");
        let adds = Some(CredentialKind::ClientSecret);
        let request = RotationRequest { adds, ..enrolled.request() };
        let refused = enrolled.setup.mint.start_rotation(&request).await.expect_err("it wasn't confirmed");
        assert_eq!(refused.code(), "rotation-no-overlap", "{era:?}");
        let secret = add_a_secret(&enrolled).await;
        let tested = enrolled.setup.mint.try_credential(secret, Ask::default(), false).await;
        assert!(tested.is_ok(), "{era:?}: {tested:?}");
    }
}

async fn add_a_secret(enrolled: &Enrolled) -> CredentialId {
    let adds = Some(CredentialKind::ClientSecret);
    let id = enrolled.start(&RotationRequest { adds, confirmed: true, ..enrolled.request() }).await;
    let done = enrolled.go_on(id).await.unwrap_or_else(|error| panic!("{}", error.problem().report));
    done.rotation.new.expect("it was made")
}

/// The server has ended the old secret, and the new one was in the answer: only something else can ask once more.
#[tokio::test]
async fn a_secret_whose_answer_was_lost_is_made_again_with_another_credential() {
    let enrolled = Enrolled::at(Era::V4).await;
    assert!(enrolled.mints().await, "the key is known to work");
    let secret = add_a_secret(&enrolled).await;
    enrolled.setup.mint.make_default(enrolled.user, secret).await.expect("it is there");
    let id = enrolled.start(&RotationRequest { confirmed: true, ..enrolled.request() }).await;
    lose_as(&enrolled, "POST", "/secret", true, Instead::Cut);
    enrolled.go_on(id).await.expect_err("the answer was lost");
    enrolled.issuer.tokens_end();
    let done = enrolled.go_on(id).await.unwrap_or_else(|error| panic!("{}", error.problem().report));
    assert!(done.rotation.succeeded() && enrolled.mints().await);
    assert_eq!(enrolled.held().await.len(), 2);
}

#[tokio::test]
async fn a_secret_is_not_replaced_by_itself_alone() {
    let enrolled = Enrolled::at(Era::V4).await;
    let secret = add_a_secret(&enrolled).await;
    let mint = &enrolled.setup.mint;
    mint.make_default(enrolled.user, secret).await.expect("it is there");
    let key = mint.service_user(enrolled.user).await.expect("it is there").credentials;
    let key = key.iter().find(|one| one.id != secret).expect("it has a key").id;
    mint.forget_credential(key).await.expect("a person may");
    let request = RotationRequest { confirmed: true, ..enrolled.request() };
    let refused = mint.start_rotation(&request).await.expect_err("it has nothing else");
    assert_eq!(refused.code(), "rotation-nothing-spare", "{refused}");
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    mint.set_administrator(enrolled.environment.id, Some(admin)).await.expect("it is of that environment");
    let id = enrolled.start(&request).await;
    let done = enrolled.go_on(id).await.expect("the administrator may");
    assert!(done.rotation.by == admin && done.rotation.succeeded() && enrolled.mints().await);
}
