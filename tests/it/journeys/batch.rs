//! Several credentials imported as planned, one after the other: tested where that is wanted, stopped between two.

use std::ops::ControlFlow;

use mintage_app::import::{self, BatchFile, Progress, Tested};
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::Tier;
use mintage_core::mint::{ImportRequest, PlanEntry, PlanRequest};
use mintage_core::secret::Secret;
use mintage_testbed::setup::Setup;

use crate::journeys::further::Enrolled;

/// What imports the secrets of two clients, as planned.
async fn planned(setup: &Setup, tier: Tier) -> Vec<ImportRequest> {
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "zitadel", tier).await;
    let mut request = PlanRequest { environment: Some(environment.id), ..PlanRequest::default() };
    for client_id in ["orders", "billing"] {
        let secret = Secret::new(format!("the secret of {client_id}"));
        let review = setup.mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await;
        let review = review.expect("it is reviewed").id;
        request.entries.push(PlanEntry { client_id: client_id.to_owned(), ..PlanEntry::of(review) });
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
    let requests = planned(&setup, Tier::Development).await;
    let mut told = Vec::new();
    let files = import::batch(&setup.mint, &requests, false, |progress| {
        told.push(progress);
        if progress.at == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .await;
    assert_eq!(outcomes(&files), [(true, "no".to_owned())]);
    assert_eq!(told, [Progress { at: 1, total: 2 }, Progress { at: 2, total: 2 }]);
}

#[tokio::test]
async fn production_that_nobody_confirmed_is_tried_once() {
    let setup = Setup::new().await;
    let requests = planned(&setup, Tier::Production).await;
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
