use super::*;
use crate::catalog::testing::{TestCatalog, at, credential, credential_id, environment, environment_id, service_user};

#[tokio::test]
async fn a_row_tells_of_its_service_user_and_of_the_credential_that_minting_uses() {
    let test = TestCatalog::with_service_user().await;
    let mut lonely = service_user(1, 2, "a");
    lonely.settings.tags = vec!["ci".into()];
    let mut told = credential(2, 3);
    told.expires_at = Some(at(9));
    test.catalog.add_pending(&lonely, &told).await.unwrap();
    test.set_state(told.id, CredentialState::Active).await.unwrap();
    test.add_active(1, 2, 4).await;
    test.set_state(told.id, CredentialState::Missing).await.unwrap();
    let rows = test.catalog.listed(None).await.unwrap();
    let expected = ListedServiceUser {
        service_user: ServiceUser { default_credential: Some(told.id), ..lonely },
        credential_kind: Some(told.kind),
        credentials: 2,
        key_id: told.key_id,
        key_expires_at: told.expires_at,
        key_missing: true,
    };
    assert_eq!(rows[0], expected);
    // Service user 1 has lost its only credential.
    let bare = (rows[1].credential_kind, rows[1].credentials, rows[1].service_user.default_credential);
    assert_eq!((bare, rows[1].key_missing), ((None, 0, None), false));
}

#[tokio::test]
async fn a_row_without_a_key_id_tells_the_client_id() {
    let test = TestCatalog::with_service_user().await;
    let mut secret = credential(1, 2);
    (secret.kind, secret.key, secret.key_id) = (CredentialKind::ClientSecret, None, None);
    secret.client_id = Some("mintage-cli".into());
    test.catalog.add_pending(&service_user(1, 1, "u"), &secret).await.unwrap();
    test.set_state(secret.id, CredentialState::Active).await.unwrap();
    let rows = test.catalog.listed(Some(environment_id(1))).await.unwrap();
    assert_eq!((rows[0].credential_kind, rows[0].key_id.as_deref()), (Some(secret.kind), Some("mintage-cli")));
}

#[tokio::test]
async fn rows_come_in_the_order_of_the_service_users() {
    let test = TestCatalog::new().await;
    for number in [1, 2] {
        test.catalog.add_environment(&environment(number, &format!("environment {number}"))).await.unwrap();
    }
    for (number, (name, favourite)) in (1..).zip([("b", false), ("Z", true), ("A", false), ("y", true)]) {
        let mut user = service_user(1 + number % 2, number, name);
        user.settings.favourite = favourite;
        test.catalog.add_pending(&user, &credential(number, number)).await.unwrap();
    }
    for of in [None, Some(environment_id(1)), Some(environment_id(2)), Some(environment_id(3))] {
        let users = test.catalog.service_users(of).await.unwrap();
        let rows = test.catalog.listed(of).await.unwrap();
        assert!(rows.iter().all(|row| row.credentials == 1 && row.credential_kind.is_none()));
        assert_eq!(rows.into_iter().map(|row| row.service_user).collect::<Vec<_>>(), users);
    }
}

#[tokio::test]
async fn a_list_comes_from_an_index_without_sorting_or_scanning_for_each_row() {
    let test = TestCatalog::new().await;
    for of in ["", "WHERE u.environment = 'x'"] {
        let statement = format!(
            "EXPLAIN QUERY PLAN SELECT u.id, d.kind, (SELECT COUNT(*) FROM credentials c WHERE c.service_user = u.id)
             FROM service_users u LEFT JOIN credentials d ON d.service_user = u.id AND d.is_default = 1 {of}
             ORDER BY u.favourite DESC, u.name_folded, u.name, u.id"
        );
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(statement)).fetch_all(&test.catalog.pool).await.unwrap();
        let plan = steps.into_iter().map(|step| step.3).collect::<Vec<_>>().join("; ");
        assert!(["TEMP B-TREE", "SCAN c", "SCAN d"].iter().all(|bad| !plan.contains(bad)), "{plan}");
    }
}

#[tokio::test]
async fn an_unknown_default_stays_out_of_the_list() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 7).await;
    let rows = test.catalog.listed(None).await.unwrap();
    assert_eq!((rows[0].credentials, rows[0].service_user.default_credential), (1, None));
    test.set_state(credential_id(7), CredentialState::Active).await.unwrap();
    let rows = test.catalog.listed(None).await.unwrap();
    assert_eq!(rows[0].service_user.default_credential, Some(credential_id(7)));
}
