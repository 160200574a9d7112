use super::*;
use crate::activity::Action;
use crate::catalog::testing::{TestCatalog, at, credential_id, outcome, service_user_id};

async fn with_credential() -> TestCatalog {
    let test = TestCatalog::with_service_user().await;
    test.add_active(1, 1, 1).await;
    test
}

#[tokio::test]
async fn a_use_and_its_record_are_seen_by_whoever_looks_next() {
    let test = with_credential().await;
    test.catalog.note_mint(outcome(1, None)).await;
    assert_eq!(test.catalog.credential(credential_id(1)).await.unwrap().last_used_at, Some(at(1)));
    test.catalog.note_mint(MintOutcome { used: None, ..outcome(1, None) }).await;
    assert_eq!(test.catalog.service_user(service_user_id(1)).await.unwrap().last_used_at, Some(at(1)));
    assert_eq!(test.catalog.activity(None, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn outcomes_are_recorded_in_the_order_in_which_they_came() {
    let test = with_credential().await;
    for number in 0..20 {
        let mut noted = outcome(1, None);
        noted.entry.detail = number.to_string();
        test.catalog.note_mint(noted).await;
        let waited_for = ActivityEntry { action: Action::Copy, ..outcome(1, None).entry };
        if number % 5 == 0 {
            test.catalog.record(&ActivityEntry { detail: format!("{number} copied"), ..waited_for }).await.unwrap();
        }
    }
    let found = test.catalog.activity(None, 99).await.unwrap();
    let details: Vec<_> = found.iter().rev().map(|entry| entry.detail.as_str()).collect();
    let expected: Vec<_> = (0..20)
        .flat_map(|number| {
            let copied = (number % 5 == 0).then(|| format!("{number} copied"));
            std::iter::once(number.to_string()).chain(copied)
        })
        .collect();
    assert_eq!(details, expected);
}

#[tokio::test]
async fn what_changes_a_state_is_in_the_file_before_the_answer() {
    let test = with_credential().await;
    let refused = MintOutcome { refused: Some(Some(at(7))), ..outcome(1, Some(true)) };
    test.catalog.note_mint(refused).await;
    // Past the functions that would wait for it.
    let (troubled, refused_at): (i64, i64) =
        sqlx::query_as("SELECT troubled, refused_at FROM environments, credentials")
            .fetch_one(&test.catalog.pool)
            .await
            .unwrap();
    assert_eq!((troubled, refused_at), (1, at(7).unix_timestamp()));
}

#[tokio::test]
async fn a_closed_catalogue_holds_what_was_written_behind_an_answer() {
    let test = with_credential().await;
    test.catalog.note_mint(outcome(1, None)).await;
    test.catalog.close().await;
    let reopened = Catalog::open(&test.file("")).await.unwrap();
    assert_eq!(reopened.activity(None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_gone_meanwhile_is_left_out() {
    let test = TestCatalog::new().await;
    test.catalog.note_mint(MintOutcome { refused: Some(None), ..outcome(9, Some(true)) }).await;
    let entry = &test.catalog.activity(None, 9).await.unwrap()[0];
    assert_eq!((entry.environment, entry.environment_name.as_str()), (None, "Shop"));
}
