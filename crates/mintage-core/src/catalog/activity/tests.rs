use super::*;
use crate::catalog::testing::{ODD, TestCatalog, at, entry, environment_id, service_user_id};

#[tokio::test]
async fn entries_come_back_as_they_were_recorded_the_last_one_first() {
    let test = TestCatalog::with_service_user().await;
    let mut full = entry(1, Action::Mint);
    full.environment = Some(environment_id(1));
    full.environment_name = ODD.into();
    full.service_user = Some(service_user_id(1));
    full.service_user_name = ODD.into();
    full.error_code = Some("clock-wrong".into());
    full.detail = ODD.into();
    // The clock was set back before the second.
    let expected = [entry(0, Action::Copy), full];
    for recorded in expected.iter().rev() {
        test.catalog.record(recorded).await.unwrap();
    }
    assert_eq!(test.catalog.activity(None, 10).await.unwrap(), expected);
    assert_eq!(test.catalog.activity(None, 1).await.unwrap(), expected[..1]);
    assert_eq!(test.catalog.activity(None, 0).await.unwrap(), []);
    assert_eq!(test.catalog.activity(Some(service_user_id(1)), 10).await.unwrap(), expected[1..]);
    assert_eq!(test.catalog.activity(Some(service_user_id(2)), 10).await.unwrap(), []);
}

#[tokio::test]
async fn an_entry_for_several_times_is_one_entry_that_keeps_its_place() {
    let test = TestCatalog::with_service_user().await;
    let several = |times, last| ActivityEntry {
        repeated: Some(Repeated { times, last: at(last) }),
        detail: format!("git, {times}"),
        ..entry(1, Action::Program)
    };
    let named = |name: &str, entry| (name.to_owned(), entry);
    test.catalog.record_repeated(&[named("run 1 g1", several(1, 1)), named("run 2 g1", several(7, 9))]).await.unwrap();
    test.catalog.record(&entry(2, Action::Copy)).await.unwrap();
    test.catalog.record_repeated(&[named("run 1 g1", several(300, 20))]).await.unwrap();
    let found = test.catalog.activity(None, 10).await.unwrap();
    assert_eq!(found, [entry(2, Action::Copy), several(7, 9), several(300, 20)]);
}

#[tokio::test]
async fn every_action_is_kept() {
    let test = TestCatalog::new().await;
    for action in [Action::Import, Action::Mint, Action::Copy, Action::Reveal, Action::Userinfo, Action::Forget] {
        test.catalog.record(&entry(1, action)).await.unwrap();
        assert_eq!(test.catalog.activity(None, 1).await.unwrap()[0].action, action);
    }
}

#[tokio::test]
async fn the_record_outlives_what_it_speaks_of() {
    let test = TestCatalog::with_service_user().await;
    let mut about = entry(1, Action::Forget);
    about.environment = Some(environment_id(1));
    about.service_user = Some(service_user_id(1));
    test.catalog.record(&about).await.unwrap();
    test.remove_service_user(service_user_id(1)).await.unwrap();
    test.remove_environment(environment_id(1)).await.unwrap();
    // Recorded afterwards, like removals.
    test.catalog.record(&about).await.unwrap();
    about.environment = None;
    about.service_user = None;
    assert_eq!(test.catalog.activity(None, 10).await.unwrap(), [about.clone(), about]);
}

#[tokio::test]
async fn the_record_keeps_the_newest_ten_thousand() {
    let test = TestCatalog::new().await;
    test.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
             INSERT INTO activity SELECT i, 0, 'mint', NULL, '', NULL, '', NULL, 'old ' || i, NULL, 1, NULL FROM n",
    )
    .await;
    for (number, oldest) in [(1, "old 1"), (2, "old 2"), (3, "old 3")] {
        test.catalog.record(&entry(number, Action::Mint)).await.unwrap();
        let kept = test.catalog.activity(None, u32::MAX).await.unwrap();
        assert_eq!(kept.len(), 10_000);
        assert_eq!(kept[0].detail, format!("entry {number}"));
        assert_eq!(kept.last().unwrap().detail, oldest);
    }
}

#[tokio::test]
async fn an_action_of_a_later_version_is_reported() {
    let test = TestCatalog::new().await;
    test.catalog.record(&entry(1, Action::Mint)).await.unwrap();
    test.run("UPDATE activity SET action = 'a later one'").await;
    let error = test.catalog.activity(None, 1).await;
    assert!(matches!(error, Err(CatalogError::UnknownWord { what: "action" })), "{error:?}");
}
