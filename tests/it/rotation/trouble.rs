//! What goes **wrong** in the middle of a rotation: there is always a credential that works, and nothing of ours stays
//! at the server unseen.

use mintage_core::credential::CredentialState;
use mintage_core::mint::{CreationRequest, RotationRequest, RotationView};
use mintage_core::rotation::{Stage, Step};
use mintage_testbed::issuer::{Era, Instead, Lag, Loss, Membership, Quirks, Redirect};
use mintage_testbed::setup::KEY_ID;

use super::{Enrolled, answered};

pub(super) fn lose(enrolled: &Enrolled, method: &str, path_end: &str, done: bool) {
    lose_as(enrolled, method, path_end, done, Instead::BadGateway);
}

pub(super) fn lose_as(enrolled: &Enrolled, method: &str, path_end: &str, done: bool, instead: Instead) {
    let loss = Loss { method: method.into(), path_end: path_end.into(), done, after: 0, times: 1, instead };
    enrolled.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
}

#[tokio::test]
async fn an_answer_to_adding_that_is_lost_is_found_by_its_expiry() {
    for era in [Era::V4, Era::V2_55] {
        for done in [true, false] {
            let enrolled = Enrolled::at(era).await;
            let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
            let id = enrolled.start(&RotationRequest { by: Some(admin), ..enrolled.request() }).await;
            lose(&enrolled, "POST", "/keys", done);
            let failed = enrolled.go_on(id).await.expect_err("the answer was lost");
            assert_eq!(failed.code(), "refused", "{failed}");
            assert_eq!(enrolled.keys().len(), if done { 2 } else { 1 });
            assert!(enrolled.mints().await, "the old key works");
            let open = enrolled.setup.mint.rotation(id).await.expect("it is recorded");
            assert_eq!((open.rotation.stage, open.rotation.asked), (Stage::Made, Some(Step::Register)));

            let finished = enrolled.go_on(id).await.expect("it goes on");
            let expected = match done {
                true => &[Step::Make, Step::Find, Step::Prove, Step::Switch, Step::Remove, Step::Forget][..],
                false => &[
                    Step::Make,
                    Step::Find,
                    Step::Register,
                    Step::Prove,
                    Step::Switch,
                    Step::Sweep,
                    Step::Remove,
                    Step::Forget,
                ][..],
            };
            assert_eq!(answered(&finished), expected);
            assert_eq!(enrolled.keys(), [finished.rotation.new_key_id.expect("it has an id")]);
            assert!(enrolled.mints().await);
        }
    }
}

/// The server did it, is slow to say so, and whoever waits gives up.
#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_found_later() {
    for (path_end, step) in [("/keys", Step::Register), (KEY_ID, Step::Remove)] {
        let enrolled = Enrolled::at(Era::V4).await;
        let id = enrolled.start(&enrolled.request()).await;
        lose_as(&enrolled, "", path_end, true, Instead::Silence);
        let before = enrolled.keys();
        let rotating = enrolled.go_on(id);
        let done_there = async {
            while enrolled.keys() == before || enrolled.keys().len() == 2 && step == Step::Remove {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            done = rotating => panic!("the server is silent: {done:?}"),
            () = done_there => {}
        }
        let open = enrolled.setup.mint.rotation(id).await.expect("it is recorded").rotation;
        assert_eq!(open.asked, Some(step));
        assert!(enrolled.mints().await, "a key works");
        let finished = enrolled.go_on(id).await.expect("it goes on");
        assert!(finished.rotation.succeeded());
        assert_eq!((enrolled.keys().len(), enrolled.held().await.len()), (1, 1));
        assert!(enrolled.mints().await);
    }
}

#[tokio::test]
async fn a_lagging_list_is_looked_at_again() {
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&enrolled.request()).await;
    let lag = Lag { list: 2, ..Lag::default() };
    enrolled.issuer.change_quirks(|quirks| quirks.lag = lag);
    lose(&enrolled, "POST", "/keys", true);
    enrolled.go_on(id).await.expect_err("the answer was lost");
    let finished = enrolled.go_on(id).await.expect("it goes on");
    assert!(answered(&finished).contains(&Step::Find) && !answered(&finished).contains(&Step::Register));
    assert_eq!(enrolled.keys().len(), 1);
}

/// Whoever goes back doesn't come again: the list may lag behind as long as the server takes for a new key.
#[tokio::test]
async fn undoing_looks_for_what_a_lost_answer_left_as_long_as_the_server_may_take() {
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&enrolled.request()).await;
    let lag = Lag { list: 5, ..Lag::default() };
    enrolled.issuer.change_quirks(|quirks| quirks.lag = lag);
    lose(&enrolled, "POST", "/keys", true);
    enrolled.go_on(id).await.expect_err("the answer was lost");
    assert_eq!(enrolled.keys().len(), 2);
    assert!(enrolled.setup.mint.undo_rotation(id, &|_| {}).await.expect("it can be undone").rotation.is_over());
    assert_eq!((enrolled.keys(), enrolled.held().await.len()), (vec![KEY_ID.to_owned()], 1));
}

/// The list is empty then, as it is for those who may not see anything.
#[tokio::test]
async fn undoing_a_first_key_whose_removal_was_answered_with_silence_ends() {
    for era in [Era::V4, Era::V2_55] {
        let enrolled = Enrolled::at(era).await;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        let mint = &enrolled.setup.mint;
        let request = CreationRequest::of(admin, "new-bot");
        let user = mint.create_service_user(&request).await.expect("it may");
        let first = RotationRequest { pause_after_proof: true, ..mint.first_key(user, &request) };
        let id = mint.start_rotation(&first).await.expect("it may").rotation.id;
        mint.continue_rotation(id, &|_| {}).await.expect("it is proven");
        lose_as(&enrolled, "DELETE", "", true, Instead::Cut);
        mint.undo_rotation(id, &|_| {}).await.expect_err("the answer was lost");
        let undone = mint.undo_rotation(id, &|_| {}).await;
        let undone = undone.unwrap_or_else(|error| panic!("{era:?}: {}", error.problem().report));
        assert!(undone.rotation.is_over(), "{era:?}");
        let created = enrolled.issuer.users().into_iter().find(|user| user.name == "new-bot").expect("it is there");
        assert!(created.keys.is_empty() && mint.service_user(user).await.expect("it is").credentials.is_empty());
        mint.forget_service_user(user).await.expect("nothing is open");
    }
}

/// Another caller's empty list says nothing.
#[tokio::test]
async fn a_first_key_is_not_gone_because_somebody_else_sees_none() {
    let enrolled = Enrolled::at(Era::V4).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let mint = &enrolled.setup.mint;
    let request = CreationRequest::of(admin, "new-bot");
    let user = mint.create_service_user(&request).await.expect("it may");
    let first = RotationRequest { pause_after_proof: true, ..mint.first_key(user, &request) };
    let id = mint.start_rotation(&first).await.expect("it may").rotation.id;
    mint.continue_rotation(id, &|_| {}).await.expect("it is proven");
    mint.let_another_act(id, enrolled.user).await.expect("it is open");
    let refused = mint.undo_rotation(id, &|_| {}).await.expect_err("it may not see it");
    assert_eq!(refused.code(), "rotation-not-allowed", "{refused}");
    mint.let_another_act(id, admin).await.expect("it is open");
    assert!(mint.undo_rotation(id, &|_| {}).await.expect("it may").rotation.is_over());
}

#[tokio::test]
async fn an_answer_to_removing_that_is_lost_is_asked_again() {
    for done in [true, false] {
        let enrolled = Enrolled::at(Era::V4).await;
        let id = enrolled.start(&enrolled.request()).await;
        lose(&enrolled, "DELETE", KEY_ID, done);
        enrolled.go_on(id).await.expect_err("the answer was lost");
        assert_eq!(enrolled.held().await.len(), 2, "nothing is removed here that isn't gone there");
        assert!(enrolled.mints().await);
        let past = enrolled.setup.mint.undo_rotation(id, &|_| {}).await.expect_err("the old key may be gone");
        assert_eq!(past.code(), "rotation-past-undo");
        let finished = enrolled.go_on(id).await.expect("it goes on");
        assert!(finished.rotation.succeeded());
        assert_eq!((enrolled.keys().len(), enrolled.held().await.len()), (1, 1));
        assert!(enrolled.mints().await);
    }
}

/// A 404 that means "no right" must not count as "gone".
#[tokio::test]
async fn a_right_that_is_lost_on_the_way_removes_nothing() {
    let enrolled = Enrolled::at(Era::V2_55).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let id = enrolled.start(&RotationRequest { by: Some(admin), pause_after_proof: true, ..enrolled.request() }).await;
    enrolled.go_on(id).await.expect("it works");
    enrolled.administrator_loses_its_roles();
    enrolled.setup.mint.release_rotation(id, None).await.expect("it is paused");
    let refused = enrolled.go_on(id).await.expect_err("it may no longer");
    assert_eq!(refused.code(), "rotation-not-allowed", "{}", refused.problem().report);
    assert_eq!((enrolled.keys().len(), enrolled.held().await.len()), (2, 2));
    assert!(enrolled.mints().await);

    enrolled.administrator_gets_its_roles(&[Membership::OrgUserManager]);
    assert!(enrolled.go_on(id).await.expect("it may again").rotation.succeeded());
    assert_eq!((enrolled.keys().len(), enrolled.held().await.len()), (1, 1));
}

#[tokio::test]
async fn a_token_that_is_refused_in_the_middle_is_minted_again() {
    let enrolled = Enrolled::at(Era::V2_55).await;
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let id = enrolled.start(&RotationRequest { by: Some(admin), pause_after_proof: true, ..enrolled.request() }).await;
    enrolled.go_on(id).await.expect("it works");
    let loss = enrolled.issuer.tokens_end();
    assert!(loss > 0, "the administrator had a token");
    enrolled.setup.mint.release_rotation(id, None).await.expect("it is paused");
    assert!(enrolled.go_on(id).await.expect("a new token is minted").rotation.succeeded());
}

#[tokio::test]
async fn a_server_that_is_down_at_the_proof_leaves_the_old_key_in_place() {
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&enrolled.request()).await;
    let down = Loss {
        method: String::new(),
        path_end: String::new(),
        done: false,
        after: 0,
        times: u32::MAX,
        instead: Instead::Cut,
    };
    let watch = |view: &RotationView| {
        if view.rotation.asked == Some(Step::Prove) {
            enrolled.issuer.change_quirks(|quirks| quirks.losses = vec![down.clone()]);
        }
    };
    enrolled.setup.mint.continue_rotation(id, &watch).await.expect_err("nothing answers");
    let open = enrolled.setup.mint.rotation(id).await.expect("it is recorded").rotation;
    assert_eq!((open.stage, open.asked), (Stage::Registered, Some(Step::Prove)));
    assert_eq!(enrolled.held().await[0], (KEY_ID.to_owned(), CredentialState::Active), "the default stays");
    enrolled.setup.mint.undo_rotation(id, &|_| {}).await.expect_err("nothing answers");
    enrolled.issuer.change_quirks(|quirks| quirks.losses.clear());
    assert!(enrolled.mints().await && enrolled.keys().contains(&KEY_ID.to_owned()), "the old key works");
    let undone = enrolled.setup.mint.undo_rotation(id, &|_| {}).await.expect("it answers again");
    assert!(undone.rotation.is_over());
    assert_eq!((enrolled.keys(), enrolled.held().await.len()), (vec![KEY_ID.to_owned()], 1));
}

#[tokio::test]
async fn a_server_that_knows_the_new_key_late_is_asked_again() {
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&enrolled.request()).await;
    enrolled.issuer.change_quirks(|quirks| quirks.lag = Lag { key: 3, ..Lag::default() });
    let done = enrolled.go_on(id).await.expect("it is patient");
    let proof = done.rotation.steps.iter().find(|step| step.step == Step::Prove).expect("it was proven");
    assert_eq!(proof.detail, "after 4 tries");
}

#[tokio::test]
async fn undoing_removes_what_was_made_wherever_it_stands() {
    for stage in [Stage::Planned, Stage::Made, Stage::Registered, Stage::Proven, Stage::Switched] {
        let enrolled = Enrolled::at(Era::V4).await;
        let (pause, grace) = (stage == Stage::Proven, if stage == Stage::Switched { 60 } else { 0 });
        let request = RotationRequest { pause_after_proof: pause, grace_seconds: grace, ..enrolled.request() };
        let id = enrolled.start(&request).await;
        match stage {
            Stage::Planned => {}
            Stage::Made => {
                lose(&enrolled, "POST", "/keys", true);
                enrolled.go_on(id).await.expect_err("the answer was lost");
            }
            Stage::Registered => {
                // From the proof on, something else answers in the server's place.
                let watch = |view: &RotationView| {
                    if view.rotation.asked == Some(Step::Prove) {
                        let to = Redirect { status: 302, origin: "https://login.example.com".into() };
                        enrolled.issuer.change_quirks(|quirks| quirks.redirect = Some(to));
                    }
                };
                let failed = enrolled.setup.mint.continue_rotation(id, &watch).await.expect_err("it isn't proven");
                assert_eq!(failed.code(), "redirected");
                assert_eq!(
                    enrolled.setup.mint.rotation(id).await.expect("it is there").rotation.stage,
                    Stage::Registered
                );
                enrolled.issuer.set_quirks(Quirks::of(Era::V4));
            }
            _ => drop(enrolled.go_on(id).await.expect("it waits")),
        }
        let undone = enrolled.setup.mint.undo_rotation(id, &|_| {}).await.expect("it can be undone");
        assert!(undone.rotation.is_over() && !undone.rotation.succeeded(), "{stage:?}");
        assert_eq!(enrolled.keys(), [KEY_ID], "{stage:?}");
        assert_eq!(enrolled.held().await, [(KEY_ID.to_owned(), CredentialState::Active)], "{stage:?}");
        assert!(enrolled.mints().await);
        let items = enrolled.setup.mint.keychain().list().await.expect("the keychain answers");
        assert_eq!(items.len(), 1, "{stage:?}");
    }
}

#[tokio::test]
async fn one_rotation_at_a_time_and_one_process_at_a_time() {
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&RotationRequest { pause_after_proof: true, ..enrolled.request() }).await;
    let second = enrolled.setup.mint.start_rotation(&enrolled.request()).await.expect_err("there is one");
    assert_eq!(second.code(), "rotation-open");

    let other = enrolled.setup.second_mint().await;
    let told = std::sync::Mutex::new(Vec::new());
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let sender = std::sync::Mutex::new(Some(sender));
    let watch = |_: &RotationView| {
        if let Some(sender) = sender.lock().expect("not poisoned").take() {
            sender.send(()).expect("it is waited for");
        }
        told.lock().expect("not poisoned").push(());
    };
    let mint = std::sync::Arc::clone(&enrolled.setup.mint);
    let first = mint.continue_rotation(id, &watch);
    let meanwhile = async {
        receiver.await.expect("it began");
        other.continue_rotation(id, &|_| {}).await.expect_err("the first works on it").code()
    };
    let (first, code) = tokio::join!(first, meanwhile);
    assert_eq!((first.expect("it works").rotation.stage, code), (Stage::Proven, "rotation-busy"));
}

#[tokio::test]
async fn a_repair_in_the_middle_leaves_the_rotation_alone() {
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&enrolled.request()).await;
    lose(&enrolled, "POST", "/keys", true);
    enrolled.go_on(id).await.expect_err("the answer was lost");
    let report = enrolled.setup.mint.repair().await.expect("the repair works");
    assert_eq!((report.finished, report.interrupted, report.orphans.len()), (0, 0, 0));
    assert!(enrolled.held().await.iter().any(|(_, state)| *state == CredentialState::Pending));
    assert!(enrolled.go_on(id).await.expect("it goes on").rotation.succeeded());
}
