//! Where only a **console** takes keys: Mintage makes the key, a person uploads its public half and removes the old one.

use mintage_core::ids::RotationId;
use mintage_core::mint::{Ask, Review, RotationRequest};
use mintage_core::provider::PublicForm;
use mintage_core::rotation::{Next, Step};
use mintage_testbed::issuer::System;

use super::answered;
use crate::providers::account::{Account, Enrolled, enrol};
use crate::providers::files;

/// Each with the form that its console takes, and whether it takes a second key.
fn accounts() -> Vec<(Account, PublicForm, bool)> {
    let key = Account::with_key;
    vec![
        (
            key("box", System::Box, files::BOX).speaking_for("123456789").with("subjectType", "enterprise"),
            PublicForm::SpkiPem,
            true,
        ),
        (
            key("docusign", System::DocuSign, files::PEM).speaking_for("3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
            PublicForm::SpkiPem,
            true,
        ),
        (
            key("salesforce", System::Salesforce, files::PEM).speaking_for("user@acme.test"),
            PublicForm::CertificatePem,
            false,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_uploads_the_public_half_and_removes_the_old_key() {
    for (account, form, overlap) in accounts() {
        let name = account.name();
        let enrolled = enrol(&account).await;
        let mint = &enrolled.setup.mint;
        let request = RotationRequest { confirmed: true, ..RotationRequest::of(enrolled.id) };
        let plan = mint.plan_rotation(&request).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!plan.console.is_empty() && plan.overlap == overlap, "{name}: {plan:?}");
        let id = mint.start_rotation(&request).await.expect("it was planned").rotation.id;
        let waits = mint.continue_rotation(id, &|_| {}).await.expect("the key is made");
        assert_eq!((waits.next, enrolled.keys()), (Next::Upload, 1), "{name}");
        let half = mint.rotation_public_half(id).await.expect("it is made");
        assert_eq!(half.form, form, "{name}");
        assert!(!half.text.contains("PRIVATE"), "{name}");
        assert_eq!(mint.rotation_public_half(id).await.expect("it is made").text, half.text, "{name}: always the same");

        // Said too early, and mistyped, it isn't proven, and the old key works.
        mint.release_rotation(id, Some("nwe-key".into())).await.expect("it waits");
        let refused = mint.continue_rotation(id, &|_| {}).await.expect_err("nobody uploaded it");
        assert_eq!(refused.code(), "refused", "{name}: {refused}");
        mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.unwrap_or_else(|_| panic!("{name}"));

        let key = mint.service_user(enrolled.id).await.expect("it is there").credentials;
        let new = key.iter().find(|one| Some(one.id) == waits.rotation.new).expect("it is there");
        enrolled.upload("new-key", &new.key.as_ref().expect("it is a key").public_pem, overlap);
        for said in ["", " new-key "] {
            let corrected = mint.release_rotation(id, Some(said.into())).await.expect("it isn't proven");
            assert_eq!(corrected.rotation.new_key_id.as_deref(), Some(said.trim()), "{name}");
        }
        let mut done = mint.continue_rotation(id, &|_| {}).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        if overlap {
            assert_eq!(done.next, Next::RemoveByHand, "{name}");
            assert_eq!(enrolled.held_keys().await, 2, "{name}");
            enrolled.remove_first_key();
            mint.release_rotation(id, None).await.expect("it waits");
            done = mint.continue_rotation(id, &|_| {}).await.expect("it goes on");
        }
        assert!(done.rotation.succeeded() && answered(&done).contains(&Step::Forget), "{name}: {done:?}");
        assert_eq!(enrolled.held_keys().await, 1, "{name}");
        mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.unwrap_or_else(|_| panic!("{name}"));
    }
}

/// A rotation that pauses after the proof of the key that was uploaded.
async fn uploaded_and_proven(enrolled: &Enrolled) -> RotationId {
    let mint = &enrolled.setup.mint;
    let request = RotationRequest { pause_after_proof: true, ..RotationRequest::of(enrolled.id) };
    let id = mint.start_rotation(&request).await.expect("it may").rotation.id;
    let waits = mint.continue_rotation(id, &|_| {}).await.expect("the key is made");
    let credentials = mint.service_user(enrolled.id).await.expect("it is there").credentials;
    let new = credentials.iter().find(|one| Some(one.id) == waits.rotation.new).expect("it is there");
    enrolled.upload("new-key", &new.key.as_ref().expect("it is a key").public_pem, true);
    mint.release_rotation(id, Some("new-key".into())).await.expect("it waits");
    assert_eq!(mint.continue_rotation(id, &|_| {}).await.expect("it is proven").next, Next::Pause);
    id
}

/// Nobody else can remove what a person uploaded, so undoing asks the same person.
#[tokio::test]
async fn undoing_after_the_upload_asks_the_person_to_remove_the_new_key() {
    let (account, ..) = accounts().remove(1);
    let enrolled = enrol(&account).await;
    let mint = &enrolled.setup.mint;
    let id = uploaded_and_proven(&enrolled).await;
    let back = mint.undo_rotation(id, &|_| {}).await.expect("it can be undone");
    assert_eq!(back.next, Next::RemoveByHand);
    mint.release_rotation(id, None).await.expect("it waits");
    let undone = mint.continue_rotation(id, &|_| {}).await.expect("it goes on");
    assert!(undone.rotation.is_over() && !undone.rotation.succeeded());
    assert_eq!(mint.service_user(enrolled.id).await.expect("it is there").credentials.len(), 1);
}

/// The person would remove the only one that works.
#[tokio::test]
async fn undoing_after_the_upload_is_refused_if_the_old_key_no_longer_works() {
    let (account, ..) = accounts().remove(1);
    let enrolled = enrol(&account).await;
    let mint = &enrolled.setup.mint;
    let id = uploaded_and_proven(&enrolled).await;
    enrolled.remove_first_key();
    let refused = mint.undo_rotation(id, &|_| {}).await.expect_err("the old key is gone");
    assert_eq!(refused.code(), "rotation-old-fails", "{refused}");
    assert_eq!(mint.rotation(id).await.expect("it is recorded").next, Next::Pause, "it can only go on");
}

/// A GitHub App, whose keys GitHub makes itself.
async fn github() -> Enrolled {
    let account = Account::with_key("github-app", System::GitHubApp, files::PEM);
    enrol(&account.with("installationId", "42").speaking_for_path("42")).await
}

/// A rotation that waits for the file of the new key.
async fn waiting_for_a_file(enrolled: &Enrolled) -> RotationId {
    let mint = &enrolled.setup.mint;
    let plan = mint.plan_rotation(&RotationRequest::of(enrolled.id)).await.expect("a person does it");
    assert_eq!(plan.steps, [Step::Make, Step::Prove, Step::Switch, Step::Forget]);
    assert!(plan.console.contains("Generate a private key"), "{}", plan.console);
    let id = mint.start_rotation(&RotationRequest::of(enrolled.id)).await.expect("it was planned").rotation.id;
    assert_eq!(mint.continue_rotation(id, &|_| {}).await.expect("it waits").next, Next::Bring);
    assert_eq!(mint.rotation_console(id).await.expect("it is recorded"), plan.console);
    id
}

/// Puts a file with this key under review, as if it had been downloaded.
async fn downloaded(enrolled: &Enrolled, key: &str) -> Review {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/");
    let text = std::fs::read_to_string(format!("{folder}{key}")).expect("the fixture is in the repository");
    let path = enrolled.setup.write(key, &text);
    enrolled.setup.mint.review_files(&[path]).await.expect("it is read").remove(0)
}

fn public_half(review: &Review) -> String {
    let facts = review.facts.as_ref().expect("it is a key file");
    facts.key.as_ref().expect("it has a key").public_pem.clone()
}

const HELD: &str = "throwaway-rsa-2048-a.pkcs1.pem";
const UNKNOWN_THERE: &str = "throwaway-rsa-4096.pkcs8.pem";
const NEW: &str = "throwaway-rsa-2048-b.pkcs1.pem";

/// GitHub makes an app's keys itself: a person brings the file, and may have taken the wrong one.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_a_console_made_is_brought_as_a_file_proven_and_switched_to() {
    let enrolled = github().await;
    let mint = &enrolled.setup.mint;
    let id = waiting_for_a_file(&enrolled).await;
    let old = downloaded(&enrolled, HELD).await;
    let refused = mint.bring_key(id, old.id).await.expect_err("it is the one to be replaced");
    assert_eq!(refused.code(), "rotation-wrong-file", "{refused}");

    let wrong = downloaded(&enrolled, UNKNOWN_THERE).await;
    mint.bring_key(id, wrong.id).await.expect("it is a key");
    let refused = mint.continue_rotation(id, &|_| {}).await.expect_err("GitHub doesn't know it");
    assert_eq!(refused.code(), "refused", "{refused}");
    mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("the old key works");

    let right = downloaded(&enrolled, NEW).await;
    enrolled.upload("made-there", &public_half(&right), true);
    mint.bring_key(id, right.id).await.expect("another one may be brought");
    assert_eq!(enrolled.held_keys().await, 2, "the wrong one is gone");
    let proven = mint.continue_rotation(id, &|_| {}).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(proven.next, Next::RemoveByHand);
    let late = downloaded(&enrolled, UNKNOWN_THERE).await;
    let refused = mint.bring_key(id, late.id).await.expect_err("the new one is in use");
    assert_eq!(refused.code(), "rotation-no-file-wanted", "{refused}");

    enrolled.remove_first_key();
    mint.release_rotation(id, None).await.expect("it waits");
    let done = mint.continue_rotation(id, &|_| {}).await.unwrap_or_else(|error| panic!("{error}"));
    assert!(done.rotation.succeeded(), "{done:?}");
    assert_eq!(enrolled.held_keys().await, 1);
    mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("the new key works");
    assert!(mint.repair().await.expect("it works").orphans.is_empty());
    mint.delete_original(right.id).await.expect("the download is no longer needed");
}

/// The person removes the new one by mistake: the old one stays, and is put back in its place.
#[tokio::test(flavor = "multi_thread")]
async fn the_old_key_stays_here_if_the_wrong_one_was_removed_in_the_console() {
    let enrolled = github().await;
    let mint = &enrolled.setup.mint;
    let id = waiting_for_a_file(&enrolled).await;
    let new = downloaded(&enrolled, NEW).await;
    enrolled.upload("made-there", &public_half(&new), true);
    mint.bring_key(id, new.id).await.expect("it is a key");
    assert_eq!(mint.continue_rotation(id, &|_| {}).await.expect("it works").next, Next::RemoveByHand);
    enrolled.remove_last_key();
    mint.release_rotation(id, None).await.expect("it waits");
    let refused = mint.continue_rotation(id, &|_| {}).await.expect_err("the new one no longer works");
    assert_eq!((refused.code(), enrolled.held_keys().await), ("refused", 2), "{refused}");
    assert_eq!(mint.undo_rotation(id, &|_| {}).await.expect("the old one works").next, Next::RemoveByHand);
    mint.release_rotation(id, None).await.expect("it waits");
    let undone = mint.continue_rotation(id, &|_| {}).await.expect("it goes on");
    assert!(undone.rotation.is_over() && !undone.rotation.succeeded(), "{undone:?}");
    assert_eq!(enrolled.held_keys().await, 1);
    mint.token(enrolled.id, Ask { fresh: true, ..Ask::default() }).await.expect("the old key works");
}

/// Nothing was made, so nothing has to be removed.
#[tokio::test]
async fn a_rotation_that_waits_for_a_file_is_undone_at_once() {
    let enrolled = github().await;
    let mint = &enrolled.setup.mint;
    let id = waiting_for_a_file(&enrolled).await;
    assert!(mint.undo_rotation(id, &|_| {}).await.expect("it can be undone").rotation.is_over());
    let late = downloaded(&enrolled, NEW).await;
    assert_eq!(mint.bring_key(id, late.id).await.expect_err("it is over").code(), "rotation-no-file-wanted");
    assert_eq!(enrolled.held_keys().await, 1);
}
