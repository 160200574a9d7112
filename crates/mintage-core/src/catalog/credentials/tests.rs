use super::*;
use crate::activity::Action;
use crate::catalog::testing::{
    ODD, TestCatalog, at, credential, credential_id, entry, environment, environment_id, service_user, service_user_id,
};
use crate::credential::Source;
use crate::jose::SigningAlgorithm;

async fn numbers(test: &TestCatalog, of: Option<ServiceUserId>) -> Vec<CredentialId> {
    test.catalog.credentials(of).await.unwrap().into_iter().map(|found| found.id).collect()
}

#[tokio::test]
async fn a_credential_comes_back_as_it_was_added_but_pending() {
    let [file, deleted] = [Source::File { name: ODD.into() }, Source::DeletedFile { name: ODD.into() }];
    for source in [file, deleted, Source::Paste, Source::Form, Source::Generated] {
        let test = TestCatalog::with_service_user().await;
        let mut expected = credential(1, 1);
        expected.key_id = Some(ODD.into());
        expected.client_id = Some(ODD.into());
        expected.certificate = Some(ODD.into());
        expected.audience = Some(ODD.into());
        let facts = expected.key.as_mut().unwrap();
        facts.bits = 4096;
        facts.thumbprint = ODD.into();
        facts.algorithm = Some(SigningAlgorithm::Ps256);
        expected.source = source;
        expected.issued_at = Some(at(-7));
        expected.expires_at = Some(OffsetDateTime::from_unix_timestamp(253_402_300_799).unwrap());
        expected.last_used_at = Some(at(8));
        expected.refused_at = Some(at(9));
        expected.state = CredentialState::Active;
        test.catalog.add_pending(&service_user(1, 1, "u"), &expected).await.unwrap();
        expected.state = CredentialState::Pending;
        assert_eq!(test.catalog.credential(expected.id).await.unwrap(), expected);
        let by_thumbprint = |number| test.catalog.credential_by_thumbprint(environment_id(number), ODD);
        assert_eq!(by_thumbprint(1).await.unwrap(), Some(expected));
        assert_eq!(by_thumbprint(2).await.unwrap(), None);
        assert_eq!(test.default_of(1).await, None);
    }
}

#[tokio::test]
async fn what_a_file_tells_later_is_written_and_nothing_else() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 1).await;
    test.add_pending(1, 1, 2).await;
    let other = test.catalog.credential(credential_id(2)).await.unwrap();
    let mut expected = test.catalog.credential(credential_id(1)).await.unwrap();
    expected.key_id = Some(ODD.into());
    expected.certificate = Some(ODD.into());
    expected.audience = Some(ODD.into());
    (expected.issued_at, expected.expires_at) = (Some(at(1)), Some(at(2)));
    expected.key.as_mut().unwrap().algorithm = Some(SigningAlgorithm::Rs512);
    let alone = test.catalog.changing().await.unwrap();
    let written = Credential { client_id: Some("another".into()), ..expected.clone() };
    test.catalog.update_facts(&alone, &written).await.unwrap();
    assert_eq!(test.catalog.credential(credential_id(1)).await.unwrap(), expected);
    assert_eq!(test.catalog.credential(credential_id(2)).await.unwrap(), other);
    let gone = Credential { id: credential_id(3), ..expected };
    assert_eq!(test.catalog.update_facts(&alone, &gone).await.unwrap_err().code(), "gone");
}

#[tokio::test]
async fn every_state_is_kept() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 1).await;
    for state in
        [CredentialState::Active, CredentialState::Missing, CredentialState::Deleting, CredentialState::Pending]
    {
        test.set_state(credential_id(1), state).await.unwrap();
        assert_eq!(test.catalog.credential(credential_id(1)).await.unwrap().state, state);
    }
}

#[tokio::test]
async fn a_known_service_user_is_left_as_it_is() {
    let test = TestCatalog::with_service_user().await;
    let before = test.catalog.service_user(service_user_id(1)).await.unwrap();
    test.catalog.add_pending(&service_user(1, 1, "another name"), &credential(1, 1)).await.unwrap();
    assert_eq!(test.catalog.service_user(service_user_id(1)).await.unwrap(), before);
}

#[tokio::test]
async fn a_key_that_is_there_already_adds_neither_credential_nor_service_user() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 1).await;
    let mut again = credential(2, 2);
    again.key = credential(1, 1).key;
    let error = test.catalog.add_pending(&service_user(1, 2, "u"), &again).await;
    assert!(matches!(error, Err(CatalogError::Duplicate { what: "private key" })), "{error:?}");
    assert_eq!(numbers(&test, None).await, [credential_id(1)]);
    let gone = test.catalog.service_user(service_user_id(2)).await;
    assert!(matches!(gone, Err(CatalogError::Gone { .. })), "{gone:?}");
    // In another environment the same key is a different credential.
    test.catalog.add_environment(&environment(2, "Other")).await.unwrap();
    test.catalog.add_pending(&service_user(2, 2, "u"), &again).await.unwrap();
}

#[tokio::test]
async fn a_user_id_is_known_once_to_an_environment() {
    let test = TestCatalog::with_service_user().await;
    let mut twin = service_user(1, 2, "u");
    twin.user_id = service_user(1, 1, "u").user_id;
    let error = test.catalog.add_pending(&twin, &credential(2, 2)).await;
    assert!(matches!(error, Err(CatalogError::Duplicate { what: "service user" })), "{error:?}");
    test.catalog.add_environment(&environment(2, "Other")).await.unwrap();
    twin.environment = environment_id(2);
    test.catalog.add_pending(&twin, &credential(2, 2)).await.unwrap();
}

#[tokio::test]
async fn nothing_is_added_to_an_environment_that_is_gone() {
    let test = TestCatalog::new().await;
    let error = test.catalog.add_pending(&service_user(1, 1, "u"), &credential(1, 1)).await;
    assert!(matches!(error, Err(CatalogError::Gone { what: "environment" })), "{error:?}");
}

#[tokio::test]
async fn a_credential_of_another_service_user_is_not_slipped_in() {
    let test = TestCatalog::with_service_user().await;
    let error = test.catalog.add_pending(&service_user(1, 2, "u"), &credential(9, 1)).await;
    assert!(matches!(error, Err(CatalogError::Database(_))), "{error:?}");
    assert_eq!(test.catalog.service_users(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_first_active_credential_becomes_the_default_and_stays_it() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 1).await;
    assert_eq!(test.default_of(1).await, None);
    test.add_active(1, 1, 2).await;
    test.set_state(credential_id(1), CredentialState::Active).await.unwrap();
    assert_eq!(test.default_of(1).await, Some(credential_id(2)));
    test.set_state(credential_id(2), CredentialState::Missing).await.unwrap();
    test.add_active(1, 1, 3).await;
    assert_eq!(test.default_of(1).await, Some(credential_id(2)));
}

#[tokio::test]
async fn looking_for_an_item_changes_nothing_about_an_import_or_a_removal() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 1).await;
    let id = credential_id(1);
    let note = async |is_there| {
        let noted = test.catalog.set_presence(id, is_there).await;
        (noted.is_ok(), test.catalog.credential(id).await.unwrap().state)
    };
    for state in [CredentialState::Pending, CredentialState::Deleting] {
        test.set_state(id, state).await.unwrap();
        assert_eq!((note(false).await, note(true).await), ((false, state), (false, state)));
    }
    assert_eq!(test.default_of(1).await, None);
    test.set_state(id, CredentialState::Missing).await.unwrap();
    assert_eq!(note(true).await, (true, CredentialState::Active));
    assert_eq!(test.default_of(1).await, Some(id));
    assert_eq!(note(false).await, (true, CredentialState::Missing));
}

#[tokio::test]
async fn credentials_are_listed_default_first_then_newest_first() {
    let test = TestCatalog::with_service_user().await;
    for (user, key) in [(1, 2), (1, 1), (2, 4), (1, 3), (2, 5)] {
        test.add_active(1, user, key).await;
    }
    let of = |keys: &[u32]| keys.iter().map(|key| credential_id(*key)).collect::<Vec<_>>();
    assert_eq!(numbers(&test, Some(service_user_id(1))).await, of(&[2, 3, 1]));
    assert_eq!(numbers(&test, Some(service_user_id(2))).await, of(&[4, 5]));
    assert_eq!(numbers(&test, Some(service_user_id(9))).await, of(&[]));
    assert_eq!(numbers(&test, None).await, of(&[2, 3, 1, 4, 5]));
    let in_environment = test.catalog.credentials_of_environment(Some(environment_id(1))).await.unwrap();
    assert_eq!(in_environment, test.catalog.credentials(None).await.unwrap());
    assert_eq!(test.catalog.credentials_of_environment(Some(environment_id(2))).await.unwrap(), []);
}

#[tokio::test]
async fn of_two_imported_in_one_second_the_later_is_the_newer() {
    let test = TestCatalog::with_service_user().await;
    for key in [7, 3, 5] {
        let mut pending = credential(1, key);
        pending.imported_at = at(0);
        test.catalog.add_pending(&service_user(1, 1, "u"), &pending).await.unwrap();
    }
    let expected = [5, 3, 7].map(credential_id);
    assert_eq!(numbers(&test, Some(service_user_id(1))).await, expected);
}

#[tokio::test]
async fn a_removed_default_is_followed_by_the_newest_active_one() {
    let test = TestCatalog::with_service_user().await;
    for key in [1, 2, 3] {
        test.add_active(1, 1, key).await;
    }
    test.add_pending(1, 1, 4).await;
    test.remove_credential(credential_id(1), true).await.unwrap();
    assert_eq!(test.default_of(1).await, Some(credential_id(3)));
    test.remove_credential(credential_id(2), true).await.unwrap();
    assert_eq!(test.default_of(1).await, Some(credential_id(3)));
    test.remove_credential(credential_id(3), true).await.unwrap();
    assert_eq!(test.default_of(1).await, None);
    test.set_state(credential_id(4), CredentialState::Active).await.unwrap();
    assert_eq!(test.default_of(1).await, Some(credential_id(4)));
}

#[tokio::test]
async fn a_lonely_service_user_goes_only_if_asked() {
    for (and_lonely_user, left) in [(true, 0), (false, 1)] {
        let test = TestCatalog::with_service_user().await;
        test.add_active(1, 1, 1).await;
        test.add_pending(1, 1, 2).await;
        test.remove_credential(credential_id(1), and_lonely_user).await.unwrap();
        assert_eq!(test.catalog.service_users(None).await.unwrap().len(), 1);
        test.remove_credential(credential_id(2), and_lonely_user).await.unwrap();
        assert_eq!(test.catalog.service_users(None).await.unwrap().len(), left);
        assert_eq!(numbers(&test, None).await, []);
    }
}

#[tokio::test]
async fn a_refusal_is_noted_until_the_credential_is_taken_again() {
    let test = TestCatalog::with_service_user().await;
    test.add_active(1, 1, 1).await;
    for refused_at in [Some(at(42)), None] {
        test.catalog.credential_refused(credential_id(1), refused_at).await.unwrap();
        assert_eq!(test.catalog.credential(credential_id(1)).await.unwrap().refused_at, refused_at);
    }
}

#[tokio::test]
async fn what_is_not_there_is_gone() {
    let test = TestCatalog::with_service_user().await;
    let id = credential_id(9);
    for result in [
        test.catalog.credential(id).await.map(drop),
        test.set_state(id, CredentialState::Active).await,
        test.remove_credential(id, true).await,
    ] {
        assert!(matches!(result, Err(CatalogError::Gone { what: "credential" })), "{result:?}");
    }
    assert_eq!(test.catalog.service_users(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_kind_of_a_later_version_is_reported() {
    let test = TestCatalog::with_service_user().await;
    test.add_pending(1, 1, 1).await;
    test.run("PRAGMA ignore_check_constraints = 1; UPDATE credentials SET kind = 'passkey'").await;
    let error = test.catalog.credentials(None).await;
    assert!(matches!(error, Err(CatalogError::UnknownWord { what: "credential kind" })), "{error:?}");
}

#[tokio::test]
async fn the_schema_refuses_a_private_key_without_its_facts_and_a_second_default() {
    let test = TestCatalog::with_service_user().await;
    test.add_active(1, 1, 1).await;
    test.add_pending(1, 1, 2).await;
    for statement in [
        "UPDATE credentials SET thumbprint = NULL",
        "UPDATE credentials SET is_default = 1",
        "UPDATE credentials SET state = 'lost'",
        "UPDATE credentials SET kind = 'secret'",
        "UPDATE credentials SET source_name = NULL",
        "UPDATE environments SET settings = '[]'",
        "UPDATE service_users SET tags = 'x'",
        "UPDATE service_users SET created_at = 'today'",
    ] {
        assert!(sqlx::query(statement).execute(&test.catalog.pool).await.is_err(), "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_wait_for_each_other() {
    let test = TestCatalog::with_service_user().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=20 {
        let catalog = test.catalog.clone();
        tasks.spawn(async move {
            let user = 1 + number % 3;
            catalog.record(&entry(number, Action::Import)).await?;
            catalog.add_pending(&service_user(1, user, "u"), &credential(user, number)).await?;
            let alone = catalog.changing().await?;
            catalog.set_state(&alone, credential_id(number), CredentialState::Active).await?;
            drop(alone);
            catalog.service_users(None).await?;
            catalog.touch(service_user_id(user), at(1)).await?;
            catalog.record(&entry(number, Action::Mint)).await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    let credentials = test.catalog.credentials(None).await.unwrap();
    assert_eq!(credentials.len(), 20);
    assert!(credentials.iter().all(|found| found.state == CredentialState::Active));
    assert_eq!(test.catalog.activity(None, 100).await.unwrap().len(), 40);
    for user in 1..=3 {
        assert!(test.default_of(user).await.is_some());
    }
}

#[tokio::test]
async fn removed_names_are_wiped_from_the_file() {
    let test = TestCatalog::with_service_user().await;
    let name = "a-name-to-forget";
    test.catalog.add_pending(&service_user(1, 2, name), &credential(2, 2)).await.unwrap();
    test.remove_credential(credential_id(2), true).await.unwrap();
    test.catalog.close().await;
    let file = std::fs::read(test.file("mintage.db")).unwrap();
    let holds = |text: &str| file.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Shop"));
    assert!(!holds(name));
    assert!(!test.file("mintage.db-wal").exists());
}

#[tokio::test]
async fn no_column_is_there_for_a_secret() {
    let test = TestCatalog::with_service_user().await;
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY t.name, c.cid",
    )
    .fetch_all(&test.catalog.pool)
    .await
    .unwrap();
    assert_eq!(
        columns.len(),
        7 + 11 + 24 + 12 + 3 + 5 + 2 + 2 + 3 + 2 + 5 + 2 + 3 + 5,
        "a new column must be harmless to copy: {columns:?}"
    );
    let members: Vec<String> =
        sqlx::query_scalar("SELECT 'settings.' || j.key FROM environments e, json_each(e.settings) j")
            .fetch_all(&test.catalog.pool)
            .await
            .unwrap();
    assert_eq!(members.len(), 14, "a new member must be harmless to copy: {members:?}");
    let columns = [columns, members].concat();
    for word in ["secret", "private", "password", "passphrase", "token", "assertion", "der"] {
        let named: Vec<_> = columns.iter().filter(|column| column.split(['.', '_']).any(|part| part == word)).collect();
        assert!(named.is_empty() || named == ["credentials.token_endpoint"], "{named:?}");
    }
}

#[tokio::test]
async fn many_are_moved_at_once_or_none() {
    let test = TestCatalog::with_service_user().await;
    for key in [1, 2] {
        test.add_active(1, key, key).await;
    }
    let state = async |key| test.catalog.credential(credential_id(key)).await.unwrap().state;
    let failed = test.set_states(&[credential_id(1), credential_id(9)], CredentialState::Missing).await;
    assert!(matches!(failed, Err(CatalogError::Gone { what: "credential" })), "{failed:?}");
    assert_eq!((state(1).await, state(2).await), (CredentialState::Active, CredentialState::Active));
    test.set_states(&[credential_id(1), credential_id(2)], CredentialState::Missing).await.unwrap();
    assert_eq!((state(1).await, state(2).await), (CredentialState::Missing, CredentialState::Missing));
}
