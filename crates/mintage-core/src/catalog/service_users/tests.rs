use super::*;
use crate::catalog::testing::{
    ODD, Stage, at, credential, credential_id, environment, environment_id, service_user, service_user_id,
};
use crate::credential::{Credential, CredentialKind};

async fn names(stage: &Stage, of: Option<EnvironmentId>) -> Vec<String> {
    stage.catalog.service_users(of).await.unwrap().into_iter().map(|found| found.settings.name).collect()
}

#[tokio::test]
async fn a_service_user_comes_back_as_it_was_added() {
    let stage = Stage::with_service_user().await;
    let mut expected = service_user(1, 2, ODD);
    expected.user_id = ODD.into();
    expected.settings.scopes = vec!["z".into(), ODD.into(), "a".into()];
    expected.settings.tags = vec![ODD.into(), String::new()];
    expected.settings.favourite = true;
    expected.last_used_at = Some(at(5));
    stage.catalog.add_pending(&expected, &credential(2, 2)).await.unwrap();
    assert_eq!(stage.catalog.service_user(expected.id).await.unwrap(), expected);
    let by_user_id = |environment, user_id: &'static str| stage.catalog.service_user_by_user_id(environment, user_id);
    assert_eq!(by_user_id(environment_id(1), ODD).await.unwrap(), Some(expected));
    assert_eq!(by_user_id(environment_id(2), ODD).await.unwrap(), None);
    assert_eq!(by_user_id(environment_id(1), "it's \"a\"; DROP TABLE x;--").await.unwrap(), None);
}

#[tokio::test]
async fn user_ids_are_text_and_keep_their_digits() {
    let stage = Stage::with_service_user().await;
    for (number, user_id) in (2..).zip(["007", "7", "7.0", "286543975361347588", "7 ", "a", "A"]) {
        let mut user = service_user(1, number, "u");
        user.user_id = user_id.into();
        stage.catalog.add_pending(&user, &credential(number, number)).await.unwrap();
        let found = stage.catalog.service_user_by_user_id(environment_id(1), user_id).await.unwrap().expect(user_id);
        assert_eq!((found.id, found.user_id.as_str()), (user.id, user_id));
    }
}

#[tokio::test]
async fn favourites_come_first_then_names_ignoring_case() {
    let stage = Stage::new().await;
    stage.catalog.add_environment(&environment(1, "one")).await.unwrap();
    stage.catalog.add_environment(&environment(2, "two")).await.unwrap();
    for (number, (name, favourite)) in
        (1..).zip([("beta", false), ("Ärger", false), ("Alpha", false), ("zulu", true), ("ähre", false), ("Yak", true)])
    {
        let mut user = service_user(1 + number % 2, number, name);
        user.settings.favourite = favourite;
        stage.catalog.add_pending(&user, &credential(number, number)).await.unwrap();
    }
    assert_eq!(names(&stage, None).await, ["Yak", "zulu", "Alpha", "beta", "ähre", "Ärger"]);
    assert_eq!(names(&stage, Some(environment_id(1))).await, ["Yak", "zulu", "Ärger"]);
    assert_eq!(names(&stage, Some(environment_id(2))).await, ["Alpha", "beta", "ähre"]);
    assert_eq!(names(&stage, Some(environment_id(3))).await, [""; 0]);
}

#[tokio::test]
async fn favourites_are_the_first_by_name_of_all_environments() {
    let stage = Stage::new().await;
    stage.catalog.add_environment(&environment(1, "one")).await.unwrap();
    stage.catalog.add_environment(&environment(2, "two")).await.unwrap();
    for (number, (name, favourite)) in (1..).zip([("c", true), ("B", true), ("a", false), ("A", true)]) {
        let mut user = service_user(1 + number % 2, number, name);
        user.settings.favourite = favourite;
        stage.catalog.add_pending(&user, &credential(number, number)).await.unwrap();
    }
    for (most, expected) in [(9, &["A", "B", "c"][..]), (2, &["A", "B"]), (0, &[])] {
        let found = stage.catalog.favourites(most).await.unwrap();
        assert_eq!(found.iter().map(|user| user.settings.name.as_str()).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn editing_replaces_the_settings_and_nothing_else() {
    let stage = Stage::with_service_user().await;
    let before = stage.catalog.service_user(service_user_id(1)).await.unwrap();
    let settings = ServiceUserDraft {
        name: ODD.into(),
        scopes: vec!["b".into(), "a".into()],
        favourite: true,
        tags: vec!["ci".into()],
    };
    stage.catalog.edit_service_user(before.id, &settings).await.unwrap();
    let after = stage.catalog.service_user(before.id).await.unwrap();
    assert_eq!(after, ServiceUser { settings, ..before });
}

#[tokio::test]
async fn a_renamed_service_user_takes_its_new_place() {
    let stage = Stage::with_service_user().await;
    stage.catalog.add_pending(&service_user(1, 2, "b"), &credential(2, 2)).await.unwrap();
    for (name, expected) in [("C", ["b", "C"]), ("A", ["A", "b"])] {
        stage.catalog.edit_service_user(service_user_id(1), &service_user(1, 1, name).settings).await.unwrap();
        assert_eq!(names(&stage, None).await, expected);
    }
}

#[tokio::test]
async fn a_service_user_is_touched() {
    let stage = Stage::with_service_user().await;
    stage.catalog.touch(service_user_id(1), at(42)).await.unwrap();
    stage.catalog.touch(service_user_id(9), at(43)).await.unwrap();
    assert_eq!(stage.catalog.service_user(service_user_id(1)).await.unwrap().last_used_at, Some(at(42)));
}

#[tokio::test]
async fn the_default_is_one_of_its_own_credentials() {
    let stage = Stage::with_service_user().await;
    for (user, key) in [(1, 1), (1, 2), (2, 3)] {
        stage.add_active(1, user, key).await;
    }
    assert_eq!(stage.default_of(1).await, Some(credential_id(1)));
    stage.catalog.make_default(service_user_id(1), credential_id(2)).await.unwrap();
    stage.catalog.make_default(service_user_id(1), credential_id(2)).await.unwrap();
    assert_eq!(stage.default_of(1).await, Some(credential_id(2)));
    for (user, key) in [(1, 3), (1, 9), (9, 1)] {
        let result = stage.catalog.make_default(service_user_id(user), credential_id(key)).await;
        assert!(matches!(result, Err(CatalogError::Gone { what: "credential" })), "{result:?}");
    }
    // The failed attempts took nothing away.
    assert_eq!(stage.default_of(1).await, Some(credential_id(2)));
    assert_eq!(stage.default_of(2).await, Some(credential_id(3)));
}

#[tokio::test]
async fn a_service_user_with_credentials_is_not_removed() {
    let stage = Stage::with_service_user().await;
    stage.add_pending(1, 1, 1).await;
    let result = stage.catalog.remove_service_user(service_user_id(1)).await;
    assert!(matches!(result, Err(CatalogError::Database(_))), "{result:?}");
    stage.catalog.remove_credential(credential_id(1), false).await.unwrap();
    stage.catalog.remove_service_user(service_user_id(1)).await.unwrap();
    assert_eq!(names(&stage, None).await, [""; 0]);
}

#[tokio::test]
async fn what_is_not_there_is_gone() {
    let stage = Stage::with_service_user().await;
    let id = service_user_id(9);
    for result in [
        stage.catalog.service_user(id).await.map(drop),
        stage.catalog.edit_service_user(id, &service_user(1, 9, "u").settings).await,
        stage.catalog.remove_service_user(id).await,
    ] {
        assert!(matches!(result, Err(CatalogError::Gone { what: "service user" })), "{result:?}");
    }
}

#[tokio::test]
async fn ten_thousand_service_users_are_listed_in_order() {
    let stage = Stage::new().await;
    stage.catalog.add_environment(&environment(1, "Shop")).await.unwrap();
    stage
        .run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
             INSERT INTO service_users
             SELECT printf('00000000-0000-0002-0000-%012x', i), (SELECT id FROM environments), i,
                    printf(CASE i % 2 WHEN 0 THEN 'Bot %05d' ELSE 'bot %05d' END, i * 7919 % 10007),
                    printf('bot %05d', i * 7919 % 10007), '[\"openid\"]', i % 100 = 0, '[]', 0, NULL
             FROM n",
        )
        .await;
    stage
        .run(
            "INSERT INTO credentials (
                 id, service_user, environment, kind, state, is_default, key_id, key_type, key_bits, fingerprint,
                 thumbprint, public_pem, source, imported_at)
             SELECT replace(id, '-0002-', '-0003-'), id, environment, 'private-key', 'active', 1, user_id, 'RSA', 2048,
                    user_id, user_id, 'pem', 'paste', 0
             FROM service_users",
        )
        .await;
    for of in [None, Some(environment_id(1))] {
        let found = stage.catalog.service_users(of).await.unwrap();
        assert_eq!(found.len(), 10_000);
        let place = |user: &ServiceUser| (!user.settings.favourite, user.settings.name.to_lowercase());
        assert!(found.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])));
        assert!(found[..100].iter().all(|user| user.settings.favourite));
        assert!(found.iter().all(|user| {
            let number = user.user_id.parse().unwrap();
            user.id == service_user_id(number) && user.default_credential == Some(credential_id(number))
        }));
        assert_eq!(stage.catalog.credentials_of_environment(of).await.unwrap().len(), 10_000);
    }
}

#[tokio::test]
async fn lists_come_from_an_index_without_sorting_or_scanning_for_each_row() {
    let stage = Stage::new().await;
    for tail in [
        "ORDER BY u.favourite DESC, u.name_folded, u.name, u.id",
        "WHERE u.environment = 'x' ORDER BY u.favourite DESC, u.name_folded, u.name, u.id",
    ] {
        let statement = format!(
            "EXPLAIN QUERY PLAN SELECT u.id, u.name,
                 (SELECT c.id FROM credentials c WHERE c.service_user = u.id AND c.is_default = 1)
             FROM service_users u {tail}"
        );
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(statement)).fetch_all(&stage.catalog.pool).await.unwrap();
        let plan = steps.into_iter().map(|step| step.3).collect::<Vec<_>>().join("; ");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN c"), "{plan}");
    }
}

#[tokio::test]
async fn a_corrected_user_id_leaves_secrets_the_client_id_that_they_go_by() {
    let stage = Stage::with_service_user().await;
    for (number, kind, client_id) in [
        (11, CredentialKind::ClientSecret, None),
        (12, CredentialKind::ClientSecret, Some("client")),
        (13, CredentialKind::PersonalToken, None),
        (14, CredentialKind::PrivateKey, None),
    ] {
        let mut added = Credential { kind, client_id: client_id.map(str::to_owned), ..credential(1, number) };
        if kind != CredentialKind::PrivateKey {
            added.key = None;
        }
        stage.catalog.add_pending(&service_user(1, 1, "a"), &added).await.unwrap();
    }
    stage.catalog.correct_user_id(service_user_id(1), "corrected").await.unwrap();
    assert_eq!(stage.catalog.service_user(service_user_id(1)).await.unwrap().user_id, "corrected");
    for (number, expected) in [(11, Some("1")), (12, Some("client")), (13, Some("1")), (14, None)] {
        let found = stage.catalog.credential(credential_id(number)).await.unwrap();
        assert_eq!(found.client_id.as_deref(), expected, "{number}");
    }
}

#[tokio::test]
async fn a_user_id_is_not_corrected_to_another_users_or_where_nobody_is() {
    let stage = Stage::with_service_user().await;
    stage.catalog.add_pending(&service_user(1, 2, "b"), &credential(2, 2)).await.unwrap();
    let taken = stage.catalog.correct_user_id(service_user_id(1), "2").await;
    assert!(matches!(taken, Err(CatalogError::Duplicate { what: "service user" })), "{taken:?}");
    let gone = stage.catalog.correct_user_id(service_user_id(9), "9").await;
    assert!(matches!(gone, Err(CatalogError::Gone { what: "service user" })), "{gone:?}");
    assert_eq!(stage.catalog.service_user(service_user_id(1)).await.unwrap().user_id, "1");
}
