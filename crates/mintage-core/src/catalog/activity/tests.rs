use super::*;
use crate::catalog::testing::{ODD, Stage, entry, environment_id, service_user_id};

#[tokio::test]
async fn entries_come_back_as_they_were_recorded_the_last_one_first() {
    let stage = Stage::with_service_user().await;
    let mut full = entry(1, Deed::Mint);
    full.environment = Some(environment_id(1));
    full.environment_name = ODD.into();
    full.service_user = Some(service_user_id(1));
    full.service_user_name = ODD.into();
    full.error_code = Some("clock-wrong".into());
    full.detail = ODD.into();
    // The clock was set back before the second.
    let expected = [entry(0, Deed::Copy), full];
    for recorded in expected.iter().rev() {
        stage.catalog.record(recorded).await.unwrap();
    }
    assert_eq!(stage.catalog.activity(None, 10).await.unwrap(), expected);
    assert_eq!(stage.catalog.activity(None, 1).await.unwrap(), expected[..1]);
    assert_eq!(stage.catalog.activity(None, 0).await.unwrap(), []);
    assert_eq!(stage.catalog.activity(Some(service_user_id(1)), 10).await.unwrap(), expected[1..]);
    assert_eq!(stage.catalog.activity(Some(service_user_id(2)), 10).await.unwrap(), []);
}

#[tokio::test]
async fn every_deed_is_kept() {
    let stage = Stage::new().await;
    for deed in [Deed::Import, Deed::Mint, Deed::Copy, Deed::Reveal, Deed::Userinfo, Deed::Forget] {
        stage.catalog.record(&entry(1, deed)).await.unwrap();
        assert_eq!(stage.catalog.activity(None, 1).await.unwrap()[0].deed, deed);
    }
}

#[tokio::test]
async fn the_record_outlives_what_it_speaks_of() {
    let stage = Stage::with_service_user().await;
    let mut about = entry(1, Deed::Forget);
    about.environment = Some(environment_id(1));
    about.service_user = Some(service_user_id(1));
    stage.catalog.record(&about).await.unwrap();
    stage.catalog.remove_service_user(service_user_id(1)).await.unwrap();
    stage.catalog.remove_environment(environment_id(1)).await.unwrap();
    // Recorded after the fact, as forgetting is.
    stage.catalog.record(&about).await.unwrap();
    about.environment = None;
    about.service_user = None;
    assert_eq!(stage.catalog.activity(None, 10).await.unwrap(), [about.clone(), about]);
}

#[tokio::test]
async fn the_record_keeps_the_newest_ten_thousand() {
    let stage = Stage::new().await;
    stage
        .run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
             INSERT INTO activity SELECT i, 0, 'mint', NULL, '', NULL, '', NULL, 'old ' || i FROM n",
        )
        .await;
    for (number, oldest) in [(1, "old 1"), (2, "old 2"), (3, "old 3")] {
        stage.catalog.record(&entry(number, Deed::Mint)).await.unwrap();
        let kept = stage.catalog.activity(None, u32::MAX).await.unwrap();
        assert_eq!(kept.len(), 10_000);
        assert_eq!(kept[0].detail, format!("entry {number}"));
        assert_eq!(kept.last().unwrap().detail, oldest);
    }
}

#[tokio::test]
async fn a_deed_of_a_later_version_is_reported() {
    let stage = Stage::new().await;
    stage.catalog.record(&entry(1, Deed::Mint)).await.unwrap();
    stage.run("UPDATE activity SET deed = 'rotate'").await;
    let error = stage.catalog.activity(None, 1).await;
    assert!(matches!(error, Err(CatalogError::UnknownWord { what: "deed" })), "{error:?}");
}
