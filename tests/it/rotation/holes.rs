//! What an **adversary**, or a colleague, could do in the middle: the last credential that works is never removed without
//! being asked for by name, and nothing counts as gone that the server didn't confirm.

use mintage_core::credential::CredentialKind::PrivateKey;
use mintage_core::mint::RotationRequest;
use mintage_core::rotation::{Direction, Next, Stage, Step, Undo};
use mintage_testbed::issuer::{Era, Membership, System};
use mintage_testbed::setup::{KEY_ID, NOON, USER_ID};
use time::Duration;

use super::{Enrolled, answered};
use crate::providers::account::{Account, ORG_ID, enrol};
use crate::providers::files;

/// A rotation by an administrator that is in its grace.
async fn in_its_grace() -> (Enrolled, mintage_core::ids::RotationId, String) {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let request = RotationRequest { by: Some(admin), grace_seconds: 3600, ..enrolled.request() };
    let id = enrolled.start(&request).await;
    let waits = enrolled.go_on(id).await.expect("it works");
    (enrolled, id, waits.rotation.new_key_id.expect("it is registered"))
}

fn the_grace_ends(enrolled: &Enrolled) {
    enrolled.setup.set_clock(NOON + Duration::HOUR);
    enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::HOUR);
}

#[tokio::test]
async fn the_old_key_stays_if_the_new_one_was_removed_at_the_server_meanwhile() {
    let (enrolled, id, new) = in_its_grace().await;
    enrolled.issuer.remove_key(USER_ID, &new);
    the_grace_ends(&enrolled);
    let refused = enrolled.go_on(id).await.expect_err("the new key no longer works");
    assert_eq!(refused.code(), "refused", "{refused}");
    assert_eq!((enrolled.keys(), enrolled.held().await.len()), (vec![KEY_ID.to_owned()], 2));
    let undone = enrolled.setup.mint.undo_rotation(id, &|_| {}).await.expect("it can be undone");
    assert!(undone.rotation.is_over() && enrolled.mints().await);
    assert_eq!(enrolled.keys(), [KEY_ID]);
}

#[tokio::test]
async fn the_old_key_stays_if_the_new_one_was_removed_here_meanwhile() {
    let (enrolled, id, _) = in_its_grace().await;
    let new = enrolled.setup.mint.rotation(id).await.expect("it is recorded").rotation.new.expect("it was made");
    enrolled.setup.mint.forget_credential(new).await.expect("a person may");
    the_grace_ends(&enrolled);
    let refused = enrolled.go_on(id).await.expect_err("there is no new key");
    assert_eq!(refused.code(), "key-missing", "{refused}");
    assert!(enrolled.keys().contains(&KEY_ID.to_owned()) && enrolled.mints().await);
}

#[tokio::test]
async fn the_new_key_is_proven_once_more_before_the_old_one_goes() {
    let (enrolled, id, new) = in_its_grace().await;
    the_grace_ends(&enrolled);
    let done = enrolled.go_on(id).await.expect("it works");
    assert_eq!(answered(&done).iter().filter(|step| **step == Step::Prove).count(), 2);
    assert_eq!(enrolled.keys(), [new]);
}

/// Whoever undoes it would be left with nothing.
#[tokio::test]
async fn undoing_is_refused_if_the_old_key_no_longer_works() {
    for stage in [Stage::Proven, Stage::Switched] {
        let enrolled = Enrolled::at(Era::V4).await;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        let (pause, grace) = (stage == Stage::Proven, 3600);
        let request =
            RotationRequest { by: Some(admin), pause_after_proof: pause, grace_seconds: grace, ..enrolled.request() };
        let id = enrolled.start(&request).await;
        assert_eq!(enrolled.go_on(id).await.expect("it works").rotation.stage, stage);
        enrolled.issuer.remove_key(USER_ID, KEY_ID);
        let refused = enrolled.setup.mint.undo_rotation(id, &|_| {}).await.expect_err("the old key is gone");
        assert_eq!(refused.code(), "rotation-old-fails", "{stage:?}: {refused}");
        assert_eq!(enrolled.keys().len(), 1, "{stage:?}: the new key stays");
        let open = enrolled.setup.mint.rotation(id).await.expect("it is recorded");
        assert_eq!(open.rotation.direction, Direction::Forward, "{stage:?}: it can only go on");
        if open.next == Next::Pause || matches!(open.next, Next::Grace { .. }) {
            enrolled.setup.mint.release_rotation(id, None).await.expect("it waits");
        }
        let mut view = enrolled.go_on(id).await.expect("it goes on");
        if matches!(view.next, Next::Grace { .. }) {
            enrolled.setup.mint.release_rotation(id, None).await.expect("it waits");
            view = enrolled.go_on(id).await.expect("it goes on");
        }
        assert!(view.rotation.succeeded() && enrolled.mints().await, "{stage:?}");
    }
}

#[tokio::test]
async fn a_key_that_somebody_else_removed_is_gone_for_a_rotation_too() {
    let (enrolled, id, new) = in_its_grace().await;
    enrolled.issuer.remove_key(USER_ID, KEY_ID);
    the_grace_ends(&enrolled);
    assert!(enrolled.go_on(id).await.expect("it is gone there").rotation.succeeded());
    assert_eq!(enrolled.keys(), [new]);
}

/// Whether another credential exists says nothing: it must be known to work.
#[tokio::test]
async fn an_unproven_or_expired_credential_is_no_reason_to_remove_the_last_one_that_works() {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let adds = Some(PrivateKey);
    // One that is registered and not proven: the server doesn't know it yet.
    let request = RotationRequest { adds, by: Some(admin), ..enrolled.request() };
    let id = enrolled.start(&request).await;
    let watch = |view: &mintage_core::mint::RotationView| {
        if view.rotation.asked == Some(Step::Prove) {
            let new = view.rotation.new_key_id.clone().expect("it is registered");
            enrolled.issuer.remove_key(USER_ID, &new);
        }
    };
    enrolled.setup.mint.continue_rotation(id, &watch).await.expect_err("it isn't proven");
    assert_eq!(enrolled.held().await.len(), 2);
    assert!(enrolled.mints().await);
    let refused =
        enrolled.setup.mint.remove_server_credential(enrolled.user, Some(admin), PrivateKey, KEY_ID, None).await;
    assert_eq!(refused.expect_err("nothing else works").code(), "last-credential");
    assert_eq!(enrolled.keys(), [KEY_ID]);
}

#[tokio::test]
async fn a_credential_of_somebody_else_is_no_part_of_a_rotation() {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let others = enrolled.setup.mint.service_user(admin).await.expect("it is there").credentials[0].id;
    let refused =
        enrolled.setup.mint.start_rotation(&RotationRequest { credential: Some(others), ..enrolled.request() }).await;
    assert_eq!(refused.expect_err("it isn't its own").code(), "gone");
}

/// Frontier says 200 to deleting what it doesn't have, so its success says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_says_nothing_is_checked_against_the_list() {
    let account = Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID);
    let enrolled = enrol(&account).await;
    let by = enrolled.administrator().await;
    let mint = &enrolled.setup.mint;
    let id = mint.start_rotation(&RotationRequest { by: Some(by), ..RotationRequest::of(enrolled.id) }).await;
    let id = id.expect("it may").rotation.id;
    mint.continue_rotation(id, &|_| {}).await.expect("it works");
    let listed_after = enrolled.issuer.requests().iter().rev().map(|one| one.method.clone()).collect::<Vec<_>>();
    let last_removal = listed_after.iter().position(|method| method == "DELETE").expect("it was removed");
    assert!(listed_after[..last_removal].contains(&"GET".to_owned()), "{listed_after:?}");
}

/// An administrator that lost its right, or its credential, is replaced in the middle.
#[tokio::test]
async fn another_service_user_takes_over_in_the_middle() {
    let (enrolled, id, new) = in_its_grace().await;
    enrolled.administrator_loses_its_roles();
    the_grace_ends(&enrolled);
    enrolled.go_on(id).await.expect_err("it may no longer");
    assert_eq!(enrolled.keys().len(), 2);
    let view = enrolled.setup.mint.let_another_act(id, enrolled.user).await.expect("it is open");
    assert_eq!((view.rotation.by, view.undo), (enrolled.user, Undo::Possible));
    assert!(enrolled.go_on(id).await.expect("it removes its own old key").rotation.succeeded());
    assert_eq!(enrolled.keys(), [new]);
}

/// Chosen once, the administrator acts where the service user may not: without a right, and without a key that works.
#[tokio::test]
async fn the_environments_administrator_acts_where_the_service_user_may_not() {
    for (era, expired) in [(Era::V2_55, false), (Era::V4, true)] {
        let enrolled = Enrolled::at(era).await;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        if expired {
            enrolled.issuer.remove_key(USER_ID, KEY_ID);
        }
        let mint = &enrolled.setup.mint;
        mint.plan_rotation(&enrolled.request()).await.expect_err("it may not, or can't");
        mint.set_administrator(enrolled.environment.id, Some(admin)).await.expect("it is of that environment");
        let plan = mint.plan_rotation(&enrolled.request()).await.expect("the administrator may");
        assert_eq!((plan.itself, plan.by), (false, admin), "{era:?}");
        let id = enrolled.start(&enrolled.request()).await;
        let done = enrolled.go_on(id).await.unwrap_or_else(|error| panic!("{era:?}: {}", error.problem().report));
        assert!(done.rotation.succeeded() && done.rotation.by == admin && enrolled.mints().await, "{era:?}");
        mint.set_administrator(enrolled.environment.id, None).await.expect("none is a choice too");
        assert_eq!(mint.administrator(enrolled.environment.id).await.expect("the catalogue answers"), None);
    }
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let chosen = enrolled.setup.mint.set_administrator(enrolled.environment.id, Some(admin)).await;
    chosen.expect("it is of that environment");
    let plan = enrolled.setup.mint.plan_rotation(&enrolled.request()).await.expect("it may itself");
    assert!(plan.itself, "whoever may itself, does");
}

/// A user that was created and has no key yet gets it later.
#[tokio::test]
async fn a_service_user_is_not_removed_in_the_middle_unless_its_environment_goes() {
    let (enrolled, id, _) = in_its_grace().await;
    let mint = &enrolled.setup.mint;
    let refused = mint.forget_service_user(enrolled.user).await.expect_err("nobody could remove its new key then");
    assert_eq!(refused.code(), "rotation-open", "{refused}");
    assert_eq!((enrolled.held().await.len(), enrolled.mints().await), (2, true), "nothing was removed");
    mint.undo_rotation(id, &|_| {}).await.expect("it can be undone");
    mint.forget_service_user(enrolled.user).await.expect("it is over");
    let (enrolled, ..) = in_its_grace().await;
    enrolled.setup.mint.forget_environment(enrolled.environment.id).await.expect("its server may be gone for good");
    assert!(enrolled.setup.mint.open_rotations().await.expect("they are read").is_empty());
}

#[tokio::test]
async fn a_created_service_user_gets_its_first_key_later() {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let mint = &enrolled.setup.mint;
    let request = mintage_core::mint::CreationRequest::of(admin, "new-bot");
    let user = mint.create_service_user(&request).await.expect("it may");
    enrolled.administrator_loses_its_roles();
    let refused = mint.start_rotation(&mint.first_key(user, &request)).await.expect_err("it may no longer");
    assert_eq!(refused.code(), "rotation-not-allowed");
    assert!(mint.service_user(user).await.expect("it isn't lost").credentials.is_empty());
    enrolled.administrator_gets_its_roles(&[Membership::OrgUserManager]);
    mint.set_administrator(enrolled.environment.id, Some(admin)).await.expect("it is of that environment");
    let later = RotationRequest { adds: Some(PrivateKey), ..RotationRequest::of(user) };
    let id = mint.start_rotation(&later).await.expect("the administrator may").rotation.id;
    assert!(mint.continue_rotation(id, &|_| {}).await.expect("it works").rotation.succeeded());
}

/// The version of an API is left only for one that the server lacks; a refusal isn't that.
#[tokio::test]
async fn a_refusal_by_the_second_version_does_not_lead_to_the_first() {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[]).await;
    let request = RotationRequest { by: Some(admin), ..enrolled.request() };
    let refused = enrolled.setup.mint.start_rotation(&request).await.expect_err("it may not");
    assert_eq!(refused.code(), "rotation-not-allowed");
    assert!(!enrolled.issuer.requests().iter().any(|one| one.path.starts_with("/management/v1/users/")));
    assert_eq!(enrolled.keys(), [KEY_ID]);
}
