//! Where only a **console** takes keys: Mintage makes the key, a person uploads its public half and removes the old one.

use mintage_core::ids::RotationId;
use mintage_core::mint::{Ask, RotationRequest};
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
        let corrected = mint.release_rotation(id, Some("new-key".into())).await.expect("it isn't proven");
        assert_eq!(corrected.rotation.new_key_id.as_deref(), Some("new-key"), "{name}");
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

/// GitHub makes an app's keys itself, so there is nothing to upload.
#[tokio::test]
async fn a_provider_that_makes_its_own_keys_says_so() {
    let account = Account::with_key("github-app", System::GitHubApp, files::PEM)
        .with("installationId", "42")
        .speaking_for_path("42");
    let enrolled = enrol(&account).await;
    let refused = enrolled.setup.mint.plan_rotation(&RotationRequest::of(enrolled.id)).await.expect_err("it can't");
    let problem = refused.problem();
    assert_eq!(problem.code, "rotation-in-console");
    assert!(problem.help.contains("Generate a private key"), "{}", problem.help);
}
