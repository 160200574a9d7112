use super::*;
use crate::catalog::testing::{
    ODD, TestCatalog, at, credential, credential_id, environment, environment_id, service_user, service_user_id,
};
use crate::credential::{Credential, CredentialKind};

async fn names(test: &TestCatalog, of: Option<EnvironmentId>) -> Vec<String> {
    test.catalog.service_users(of).await.unwrap().into_iter().map(|found| found.settings.name).collect()
}

#[tokio::test]
async fn a_service_user_comes_back_as_it_was_added() {
    let test = TestCatalog::with_service_user().await;
    let mut expected = service_user(1, 2, ODD);
    expected.user_id = ODD.into();
    expected.settings.scopes = vec!["z".into(), ODD.into(), "a".into()];
    expected.settings.tags = vec![ODD.into(), String::new()];
    expected.settings.favourite = true;
    expected.last_used_at = Some(at(5));
    test.catalog.add_pending(&expected, &credential(2, 2)).await.unwrap();
    assert_eq!(test.catalog.service_user(expected.id).await.unwrap(), expected);
    let by_user_id = |environment, user_id: &'static str| test.catalog.service_user_by_user_id(environment, user_id);
    assert_eq!(by_user_id(environment_id(1), ODD).await.unwrap(), Some(expected));
    assert_eq!(by_user_id(environment_id(2), ODD).await.unwrap(), None);
    assert_eq!(by_user_id(environment_id(1), "it's \"a\"; DROP TABLE x;--").await.unwrap(), None);
}

#[tokio::test]
async fn user_ids_are_text_and_keep_their_digits() {
    let test = TestCatalog::with_service_user().await;
    for (number, user_id) in (2..).zip(["007", "7", "7.0", "286543975361347588", "7 ", "a", "A"]) {
        let mut user = service_user(1, number, "u");
        user.user_id = user_id.into();
        test.catalog.add_pending(&user, &credential(number, number)).await.unwrap();
        let found = test.catalog.service_user_by_user_id(environment_id(1), user_id).await.unwrap().expect(user_id);
        assert_eq!((found.id, found.user_id.as_str()), (user.id, user_id));
    }
}

#[tokio::test]
async fn favourites_come_first_then_names_ignoring_case() {
    let test = TestCatalog::new().await;
    test.catalog.add_environment(&environment(1, "one")).await.unwrap();
    test.catalog.add_environment(&environment(2, "two")).await.unwrap();
    for (number, (name, favourite)) in
        (1..).zip([("beta", false), ("Ärger", false), ("Alpha", false), ("zulu", true), ("ähre", false), ("Yak", true)])
    {
        let mut user = service_user(1 + number % 2, number, name);
        user.settings.favourite = favourite;
        test.catalog.add_pending(&user, &credential(number, number)).await.unwrap();
    }
    assert_eq!(names(&test, None).await, ["Yak", "zulu", "Alpha", "beta", "ähre", "Ärger"]);
    assert_eq!(names(&test, Some(environment_id(1))).await, ["Yak", "zulu", "Ärger"]);
    assert_eq!(names(&test, Some(environment_id(2))).await, ["Alpha", "beta", "ähre"]);
    assert_eq!(names(&test, Some(environment_id(3))).await, [""; 0]);
}

#[tokio::test]
async fn favourites_are_the_first_by_name_of_all_environments() {
    let test = TestCatalog::new().await;
    test.catalog.add_environment(&environment(1, "one")).await.unwrap();
    test.catalog.add_environment(&environment(2, "two")).await.unwrap();
    for (number, (name, favourite)) in (1..).zip([("c", true), ("B", true), ("a", false), ("A", true)]) {
        let mut user = service_user(1 + number % 2, number, name);
        user.settings.favourite = favourite;
        test.catalog.add_pending(&user, &credential(number, number)).await.unwrap();
    }
    for (most, expected) in [(9, &["A", "B", "c"][..]), (2, &["A", "B"]), (0, &[])] {
        let found = test.catalog.favourites(most).await.unwrap();
        assert_eq!(found.iter().map(|user| user.settings.name.as_str()).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn editing_replaces_the_settings_and_nothing_else() {
    let test = TestCatalog::with_service_user().await;
    let before = test.catalog.service_user(service_user_id(1)).await.unwrap();
    let settings = ServiceUserDraft {
        name: ODD.into(),
        scopes: vec!["b".into(), "a".into()],
        favourite: true,
        tags: vec!["ci".into()],
        notes: "Ask the platform team\nbefore rotating".into(),
    };
    test.catalog.edit_service_user(before.id, &before.settings, &settings).await.unwrap();
    let after = test.catalog.service_user(before.id).await.unwrap();
    assert_eq!(after, ServiceUser { settings, ..before });
}

#[tokio::test]
async fn edits_that_meet_in_one_field_lose_nothing() {
    let test = TestCatalog::with_service_user().await;
    let id = service_user_id(1);
    let opened = test.catalog.service_user(id).await.unwrap().settings;
    let with_scope = |scope: &str| ServiceUserDraft { scopes: vec![scope.into()], ..opened.clone() };
    test.catalog.edit_service_user(id, &opened, &with_scope("a")).await.unwrap();
    let refused = test.catalog.edit_service_user(id, &opened, &with_scope("b")).await;
    assert!(matches!(refused, Err(CatalogError::EditedMeanwhile { what: "service user" })), "{refused:?}");
    let favourite = ServiceUserDraft { favourite: true, ..opened.clone() };
    test.catalog.edit_service_user(id, &opened, &favourite).await.unwrap();
    let expected = ServiceUserDraft { favourite: true, ..with_scope("a") };
    assert_eq!(test.catalog.service_user(id).await.unwrap().settings, expected);
}

#[tokio::test]
async fn a_renamed_service_user_takes_its_new_place() {
    let test = TestCatalog::with_service_user().await;
    test.catalog.add_pending(&service_user(1, 2, "b"), &credential(2, 2)).await.unwrap();
    for (name, expected) in [("C", ["b", "C"]), ("A", ["A", "b"])] {
        let opened = test.catalog.service_user(service_user_id(1)).await.unwrap().settings;
        let draft = ServiceUserDraft { name: name.into(), ..opened.clone() };
        test.catalog.edit_service_user(service_user_id(1), &opened, &draft).await.unwrap();
        assert_eq!(names(&test, None).await, expected);
    }
}

#[tokio::test]
async fn a_service_user_is_touched() {
    let test = TestCatalog::with_service_user().await;
    test.catalog.touch(service_user_id(1), at(42)).await.unwrap();
    test.catalog.touch(service_user_id(9), at(43)).await.unwrap();
    assert_eq!(test.catalog.service_user(service_user_id(1)).await.unwrap().last_used_at, Some(at(42)));
}

#[tokio::test]
async fn the_default_is_one_of_its_own_credentials() {
    let test = TestCatalog::with_service_user().await;
    for (user, key) in [(1, 1), (1, 2), (2, 3)] {
        test.add_active(1, user, key).await;
    }
    assert_eq!(test.default_of(1).await, Some(credential_id(1)));
    test.catalog.make_default(service_user_id(1), credential_id(2)).await.unwrap();
    test.catalog.make_default(service_user_id(1), credential_id(2)).await.unwrap();
    assert_eq!(test.default_of(1).await, Some(credential_id(2)));
    for (user, key) in [(1, 3), (1, 9), (9, 1)] {
        let result = test.catalog.make_default(service_user_id(user), credential_id(key)).await;
        assert!(matches!(result, Err(CatalogError::Gone { what: "credential" })), "{result:?}");
    }
    // The failed attempts removed nothing.
    assert_eq!(test.default_of(1).await, Some(credential_id(2)));
    assert_eq!(test.default_of(2).await, Some(credential_id(3)));
}

#[tokio::test]
async fn a_service_user_with_credentials_is_not_removed() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 1).await;
    let result = test.remove_service_user(service_user_id(1)).await;
    assert!(matches!(result, Err(CatalogError::Database(_))), "{result:?}");
    test.remove_credential(credential_id(1), false).await.unwrap();
    test.remove_service_user(service_user_id(1)).await.unwrap();
    assert_eq!(names(&test, None).await, [""; 0]);
}

#[tokio::test]
async fn what_is_not_there_is_gone() {
    let test = TestCatalog::with_service_user().await;
    let id = service_user_id(9);
    let settings = service_user(1, 9, "u").settings;
    for result in [
        test.catalog.service_user(id).await.map(drop),
        test.catalog.edit_service_user(id, &settings, &settings).await,
        test.remove_service_user(id).await,
    ] {
        assert!(matches!(result, Err(CatalogError::Gone { what: "service user" })), "{result:?}");
    }
}

#[tokio::test]
async fn service_users_move_with_their_credentials_all_or_none() {
    let test = TestCatalog::with_service_user().await;
    test.catalog.add_environment(&environment(2, "Other")).await.unwrap();
    test.catalog.add_pending(&service_user(1, 2, "second"), &credential(2, 2)).await.unwrap();
    test.add_active(1, 1, 1).await;
    let places = || async {
        let users = test.catalog.service_users(None).await.unwrap();
        users.into_iter().map(|user| (user.id, user.environment)).collect::<Vec<_>>()
    };
    let (one, two) = (service_user_id(1), service_user_id(2));
    test.catalog.set_administrator(environment_id(1), Some(one)).await.unwrap();
    let before = places().await;
    for (to, expected) in [(environment_id(9), "environment"), (environment_id(2), "service user")] {
        let last = if expected == "environment" { two } else { service_user_id(9) };
        let refused = test.catalog.move_service_users(&[(one, environment_id(2)), (last, to)]).await;
        assert!(matches!(refused, Err(CatalogError::Gone { what }) if what == expected), "{refused:?}");
        assert_eq!(places().await, before);
    }
    test.catalog.move_service_users(&[(one, environment_id(2)), (two, environment_id(2))]).await.unwrap();
    assert_eq!(test.catalog.credentials_of_environment(Some(environment_id(2))).await.unwrap().len(), 2);
    assert_eq!(test.catalog.listed(Some(environment_id(1))).await.unwrap(), []);
    assert_eq!(test.catalog.administrator(environment_id(1)).await.unwrap(), None);
    assert_eq!(test.catalog.service_user(one).await.unwrap().default_credential, Some(credential_id(1)));
}

#[tokio::test]
async fn a_service_user_does_not_move_onto_itself() {
    let test = TestCatalog::with_service_user().await;
    test.catalog.add_environment(&environment(2, "Other")).await.unwrap();
    let mut twin = service_user(2, 2, "twin");
    twin.user_id = test.catalog.service_user(service_user_id(1)).await.unwrap().user_id;
    test.catalog.add_pending(&twin, &credential(2, 2)).await.unwrap();
    let refused = test.catalog.move_service_users(&[(twin.id, environment_id(1))]).await;
    assert!(matches!(refused, Err(CatalogError::Duplicate { what: "service user" })), "{refused:?}");
}

#[tokio::test]
async fn ten_thousand_service_users_are_listed_in_order() {
    let test = TestCatalog::new().await;
    test.catalog.add_environment(&environment(1, "Shop")).await.unwrap();
    test.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
             INSERT INTO service_users
             SELECT printf('00000000-0000-0002-0000-%012x', i), (SELECT id FROM environments), i,
                    printf(CASE i % 2 WHEN 0 THEN 'Bot %05d' ELSE 'bot %05d' END, i * 7919 % 10007),
                    printf('bot %05d', i * 7919 % 10007), '[\"openid\"]', i % 100 = 0, '[]', '', 0, NULL
             FROM n",
    )
    .await;
    test.run(
        "INSERT INTO credentials (
                 id, service_user, environment, kind, state, is_default, key_id, key_type, key_bits, fingerprint,
                 thumbprint, public_pem, source, imported_at)
             SELECT replace(id, '-0002-', '-0003-'), id, environment, 'private-key', 'active', 1, user_id, 'RSA', 2048,
                    user_id, user_id, 'pem', 'paste', 0
             FROM service_users",
    )
    .await;
    for of in [None, Some(environment_id(1))] {
        let found = test.catalog.service_users(of).await.unwrap();
        assert_eq!(found.len(), 10_000);
        let place = |user: &ServiceUser| (!user.settings.favourite, user.settings.name.to_lowercase());
        assert!(found.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])));
        assert!(found[..100].iter().all(|user| user.settings.favourite));
        assert!(found.iter().all(|user| {
            let number = user.user_id.parse().unwrap();
            user.id == service_user_id(number) && user.default_credential == Some(credential_id(number))
        }));
        assert_eq!(test.catalog.credentials_of_environment(of).await.unwrap().len(), 10_000);
    }
}

#[tokio::test]
async fn lists_come_from_an_index_without_sorting_or_scanning_for_each_row() {
    let test = TestCatalog::new().await;
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
            sqlx::query_as(sqlx::AssertSqlSafe(statement)).fetch_all(&test.catalog.pool).await.unwrap();
        let plan = steps.into_iter().map(|step| step.3).collect::<Vec<_>>().join("; ");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN c"), "{plan}");
    }
}

#[tokio::test]
async fn a_corrected_user_id_leaves_secrets_the_client_id_that_they_go_by() {
    let test = TestCatalog::with_service_user().await;
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
        test.catalog.add_pending(&service_user(1, 1, "a"), &added).await.unwrap();
    }
    test.catalog.correct_user_id(service_user_id(1), "corrected").await.unwrap();
    assert_eq!(test.catalog.service_user(service_user_id(1)).await.unwrap().user_id, "corrected");
    for (number, expected) in [(11, Some("1")), (12, Some("client")), (13, Some("1")), (14, None)] {
        let found = test.catalog.credential(credential_id(number)).await.unwrap();
        assert_eq!(found.client_id.as_deref(), expected, "{number}");
    }
}

#[tokio::test]
async fn a_user_id_is_not_corrected_to_another_users_or_where_nobody_is() {
    let test = TestCatalog::with_service_user().await;
    test.catalog.add_pending(&service_user(1, 2, "b"), &credential(2, 2)).await.unwrap();
    let taken = test.catalog.correct_user_id(service_user_id(1), "2").await;
    assert!(matches!(taken, Err(CatalogError::Duplicate { what: "service user" })), "{taken:?}");
    let gone = test.catalog.correct_user_id(service_user_id(9), "9").await;
    assert!(matches!(gone, Err(CatalogError::Gone { what: "service user" })), "{gone:?}");
    assert_eq!(test.catalog.service_user(service_user_id(1)).await.unwrap().user_id, "1");
}
