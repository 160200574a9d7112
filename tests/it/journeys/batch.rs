//! Several credentials imported as planned, one after the other: tested where that is wanted, stopped between two.

use std::ops::ControlFlow;
use std::sync::Arc;

use keyring_core::CredentialStore;
use mintage_app::import::{self, BatchFile, Progress, Tested};
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::Tier;
use mintage_core::error::Error;
use mintage_core::mint::{ImportOutcome, ImportRequest, PlanEntry, PlanRequest, RepairReport};
use mintage_core::secret::Secret;
use mintage_testbed::failing_store::FailingStore;
use mintage_testbed::setup::Setup;

use crate::journeys::further::Enrolled;

const TWO: [&str; 2] = ["orders", "billing"];

/// What imports these clients' secrets, as planned.
async fn planned(setup: &Setup, tier: Tier, clients: &[&str]) -> Vec<ImportRequest> {
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", tier).await;
    let mut request = PlanRequest { environment: Some(environment.id), ..PlanRequest::default() };
    for client_id in clients {
        let secret = Secret::new(format!("the secret of {client_id}"));
        let review = setup.mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await;
        let review = review.expect("it is reviewed").id;
        request.entries.push(PlanEntry { client_id: (*client_id).to_owned(), ..PlanEntry::of(review) });
    }
    let plan = setup.mint.import_plan(&request).await.expect("it is planned");
    plan.items.into_iter().filter(|item| plan.next.contains(&item.review)).filter_map(|item| item.request).collect()
}

fn outcomes(files: &[BatchFile]) -> Vec<(bool, String)> {
    let tested = |tested: &Tested| match tested {
        Tested::No => "no".to_owned(),
        Tested::Worked(_) => "worked".to_owned(),
        Tested::Failed(problem) => problem.code.clone(),
    };
    files.iter().map(|file| (file.imported.is_ok(), tested(&file.tested))).collect()
}

#[tokio::test]
async fn a_batch_tells_how_far_it_is_and_stops_between_two_files() {
    let setup = Setup::new().await;
    let requests = planned(&setup, Tier::Development, &TWO).await;
    let mut told = Vec::new();
    let files = import::batch(&setup.mint, &requests, false, |progress| {
        told.push(progress);
        if progress.at == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .await;
    assert_eq!(outcomes(&files), [(true, "no".to_owned())]);
    assert_eq!(told, [Progress { at: 1, total: 2 }, Progress { at: 2, total: 2 }]);
    assert_eq!(setup.mint.service_users(None).await.expect("they are listed").len(), 1);
    assert_eq!(setup.mint.repair().await.expect("the repair works"), RepairReport::default());
    // What was left out can be imported, and what was stored isn't under review any more.
    let files = import::batch(&setup.mint, &requests, false, |_| ControlFlow::Continue(())).await;
    assert_eq!(outcomes(&files), [(false, "no".to_owned()), (true, "no".to_owned())]);
}

#[tokio::test]
async fn files_that_concern_each_other_are_imported_as_if_one_after_the_other() {
    let setup = Setup::new().await;
    let environment = setup.environment("https://auth.example.com", "generic", Tier::Development).await;
    let mut requests = Vec::new();
    for (key, user_id, key_id) in [
        ("rsa-2048-a.pkcs1", "1", "11"),
        ("rsa-2048-a.pkcs1", "1", "11"),
        ("rsa-2048-b.pkcs1", "2", "21"),
        ("ec-p256.pkcs8", "1", "12"),
        ("rsa-2048-a.pkcs1", "3", "31"),
    ] {
        let path = format!("{}/fixtures/keys/throwaway-{key}.pem", env!("CARGO_MANIFEST_DIR"));
        let review = setup.review(&std::fs::read_to_string(path).expect("the fixture is in the repository")).await;
        let (user_id, key_id) = (Some(user_id.to_owned()), Some(key_id.to_owned()));
        requests.push(ImportRequest { user_id, key_id, ..ImportRequest::of(review.id, environment.id) });
    }
    let outcomes = setup.mint.import_several(&requests, |_| true).await;
    let done = outcomes.iter().map(|outcome| match outcome {
        Ok(outcome) => Ok((outcome.new_service_user, outcome.unchanged)),
        Err(error) => Err(error.code()),
    });
    let expected =
        [Ok((true, false)), Ok((false, true)), Ok((true, false)), Ok((false, false)), Err("key-known-otherwise")];
    assert_eq!(done.collect::<Vec<_>>(), expected);
    assert_eq!(setup.mint.repair().await.expect("the repair works"), RepairReport::default());
}

#[tokio::test]
async fn a_keychain_that_stops_in_the_middle_leaves_what_can_be_mended() {
    let store = Arc::new(FailingStore::default());
    let setup = Setup::with_store(Arc::clone(&store) as Arc<CredentialStore>).await;
    let requests = planned(&setup, Tier::Development, &["orders", "billing", "search"]).await;
    // One item is looked for, written and read back; the second is only looked for.
    store.fail_after(4);
    let outcomes = setup.mint.import_several(&requests, |_| true).await;
    let code = |outcome: &Result<ImportOutcome, Error>| outcome.as_ref().err().map(Error::code);
    assert_eq!(outcomes.iter().map(code).collect::<Vec<_>>(), [None, Some("keychain-failed"), Some("keychain-failed")]);
    store.fail_after(u32::MAX);
    let report = setup.mint.repair().await.expect("the repair works");
    assert_eq!((report.finished, report.interrupted, report.orphans.len()), (0, 2, 0));
    let outcomes = setup.mint.import_several(&requests[1..], |_| true).await;
    assert_eq!(outcomes.iter().map(code).collect::<Vec<_>>(), [None, None]);
    assert_eq!(setup.mint.service_users(None).await.expect("they are listed").len(), 3);
}

#[tokio::test]
async fn production_that_nobody_confirmed_is_tried_once() {
    let setup = Setup::new().await;
    let requests = planned(&setup, Tier::Production, &TWO).await;
    let files = import::batch(&setup.mint, &requests, true, |_| ControlFlow::Continue(())).await;
    assert_eq!(outcomes(&files), [(true, "production-unconfirmed".to_owned()), (true, "no".to_owned())]);
}

#[tokio::test]
async fn a_further_credential_that_fails_its_test_is_kept_and_takes_nothing_over() {
    let enrolled = Enrolled::new().await;
    let request = enrolled.request(CredentialKind::PersonalToken, "the issuer does not know it").await;
    let files = import::batch(&enrolled.setup.mint, &[request], true, |_| ControlFlow::Continue(())).await;
    let imported = files[0].imported.as_ref().expect("it is stored");
    assert!(imported.further && imported.takes_over);
    assert!(matches!(files[0].tested, Tested::Failed(_)));
    assert_eq!(enrolled.user().await.service_user.default_credential, Some(enrolled.default));
}
