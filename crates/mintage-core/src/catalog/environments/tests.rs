use super::*;
use crate::catalog::testing::{
    ODD, TestCatalog, at, credential, credential_id, environment, environment_id, outcome, service_user,
};
use crate::credential::CredentialState;
use crate::endpoints::Endpoints;
use crate::environment::Tier;
use crate::issuer_url::IssuerUrl;
use crate::provider::ProviderId;

async fn names(test: &TestCatalog) -> Vec<String> {
    test.catalog.environments().await.unwrap().into_iter().map(|found| found.settings.name).collect()
}

fn in_full() -> Environment {
    let mut full = environment(1, ODD);
    full.settings.tier = Tier::Production;
    full.settings.provider = ProviderId(ODD.into());
    full.settings.issuer = IssuerUrl::parse("https://auth.example.com:8443/realms/a/").expect("it is one");
    full.settings.endpoints = Endpoints {
        token: Some("https://a.example/token".into()),
        userinfo: Some("https://a.example/userinfo".into()),
        introspection: Some("https://a.example/introspect".into()),
        revocation: Some("https://api.example.com/revoke".into()),
        jwks: Some(ODD.into()),
    };
    full.settings.audience = vec![ODD.into(), String::new(), "b".into()];
    full.settings.scopes = vec!["z".into(), "a".into()];
    full.settings.ca_certificate = Some("-----BEGIN CERTIFICATE-----\n".into());
    full.settings.confirmed_hosts = vec!["b.example:8443".into()];
    full.settings.expected_issuer = Some(ODD.into());
    full.settings.group = Some(ODD.into());
    full.demo = true;
    full
}

#[tokio::test]
async fn an_environment_comes_back_as_it_was_added() {
    for expected in [in_full(), environment(1, "Shop")] {
        let test = TestCatalog::new().await;
        test.catalog.add_environment(&expected).await.unwrap();
        assert_eq!(test.catalog.environment(expected.id).await.unwrap(), expected);
        assert_eq!(test.catalog.environments().await.unwrap(), [expected]);
    }
}

#[tokio::test]
async fn environments_of_a_group_stay_together_at_the_place_of_the_first() {
    let test = TestCatalog::new().await;
    for (number, (name, group)) in (1..).zip([
        ("a", Some("Globex")),
        ("b", None),
        ("c", Some("Acme")),
        ("d", Some("GLOBEX")),
        ("e", None),
        ("f", Some("acme")),
    ]) {
        let mut environment = environment(number, name);
        environment.settings.group = group.map(str::to_owned);
        test.catalog.add_environment(&environment).await.unwrap();
    }
    let names = async || test.catalog.environments().await.unwrap().into_iter().map(|each| each.settings.name);
    assert_eq!(names().await.collect::<String>(), "beadcf");
    // The third is now before the first, so its group is as well.
    test.catalog.order_environments(&[environment_id(6), environment_id(5), environment_id(1)]).await.unwrap();
    assert_eq!(names().await.collect::<String>(), "ebfcad");
}

#[tokio::test]
async fn every_tier_is_kept() {
    for tier in [Tier::Development, Tier::Staging, Tier::Production] {
        let test = TestCatalog::new().await;
        let mut expected = environment(1, "Shop");
        expected.settings.tier = tier;
        test.catalog.add_environment(&expected).await.unwrap();
        assert_eq!(test.catalog.environment(expected.id).await.unwrap().settings.tier, tier);
    }
}

#[tokio::test]
async fn environments_keep_the_users_order_and_new_ones_follow_by_name() {
    let test = TestCatalog::new().await;
    for (number, name) in (1..).zip(["b", "d", "a", "c"]) {
        test.catalog.add_environment(&environment(number, name)).await.unwrap();
    }
    test.catalog.order_environments(&[environment_id(9), environment_id(2), environment_id(1)]).await.unwrap();
    assert_eq!(names(&test).await, ["d", "b", "a", "c"]);
}

#[tokio::test]
async fn environments_are_listed_by_name_ignoring_case() {
    let test = TestCatalog::new().await;
    for (number, name) in (1..).zip(["beta", "Ärger", "Alpha", "Zulu", "ähre", "жук"]) {
        test.catalog.add_environment(&environment(number, name)).await.unwrap();
    }
    assert_eq!(names(&test).await, ["Alpha", "beta", "Zulu", "ähre", "Ärger", "жук"]);
}

#[tokio::test]
async fn a_name_is_taken_in_any_case() {
    let test = TestCatalog::new().await;
    for (number, name) in (1..).zip(["Shop", "Ärger", "Straße"]) {
        test.catalog.add_environment(&environment(number, name)).await.unwrap();
    }
    for taken in ["Shop", "sHOP", "äRGER", "STRASSE"] {
        let error = test.catalog.add_environment(&environment(9, taken)).await.expect_err(taken);
        assert!(matches!(&error, CatalogError::NameTaken { name } if name == taken), "{error:?}");
    }
    let error = test.catalog.edit_environment(&environment(1, "Shop"), &environment(9, "ÄRGER").settings).await;
    assert!(matches!(error, Err(CatalogError::NameTaken { .. })), "{error:?}");
    assert_eq!(names(&test).await, ["Shop", "Straße", "Ärger"]);
}

#[tokio::test]
async fn editing_replaces_the_settings_and_nothing_else() {
    let test = TestCatalog::new().await;
    let original = environment(1, "Shop");
    test.catalog.add_environment(&original).await.unwrap();
    test.catalog.add_environment(&environment(2, "Other")).await.unwrap();
    let settings = in_full().settings;
    test.catalog.edit_environment(&original, &settings).await.unwrap();
    let expected = Environment { settings, ..original.clone() };
    assert_eq!(test.catalog.environment(original.id).await.unwrap(), expected);
    assert_eq!(test.catalog.environment(environment_id(2)).await.unwrap(), environment(2, "Other"));
    // Its own name in another case isn't taken.
    let renamed = environment(1, "shop");
    test.catalog.edit_environment(&expected, &renamed.settings).await.unwrap();
    test.catalog.edit_environment(&renamed, &environment(1, "SHOP").settings).await.unwrap();
}

#[tokio::test]
async fn an_edit_of_settings_that_have_changed_since_is_refused() {
    let test = TestCatalog::new().await;
    let opened = environment(1, "Shop");
    test.catalog.add_environment(&opened).await.unwrap();
    let first = in_full().settings;
    test.catalog.edit_environment(&opened, &first).await.unwrap();
    let second = test.catalog.edit_environment(&opened, &environment(1, "Store").settings).await;
    assert!(matches!(second, Err(CatalogError::EditedMeanwhile { what: "environment" })), "{second:?}");
    assert_eq!(test.catalog.environment(opened.id).await.unwrap().settings, first);
}

#[tokio::test]
async fn what_is_not_there_is_gone() {
    let test = TestCatalog::new().await;
    let id = environment_id(7);
    let missing = environment(7, "Shop");
    for result in [
        test.catalog.environment(id).await.map(drop),
        test.catalog.edit_environment(&missing, &missing.settings).await,
        test.remove_environment(id).await,
    ] {
        assert!(matches!(result, Err(CatalogError::Gone { what: "environment" })), "{result:?}");
    }
}

#[tokio::test]
async fn only_an_empty_environment_can_be_removed() {
    let test = TestCatalog::with_service_user().await;
    let error = test.remove_environment(environment_id(1)).await;
    assert!(matches!(error, Err(CatalogError::Database(_))), "{error:?}");
    assert_eq!(names(&test).await, ["Shop"]);
    test.remove_service_user(crate::catalog::testing::service_user_id(1)).await.unwrap();
    test.remove_environment(environment_id(1)).await.unwrap();
    assert_eq!(names(&test).await, [""; 0]);
}

#[tokio::test]
async fn counts_are_those_of_each_environment() {
    let test = TestCatalog::new().await;
    for (number, name) in [(1, "b"), (2, "A"), (3, "c")] {
        test.catalog.add_environment(&environment(number, name)).await.unwrap();
    }
    let keys = [
        (1, 1, Some(99), CredentialState::Active),
        (1, 2, Some(100), CredentialState::Missing),
        (1, 3, Some(101), CredentialState::Active),
        (1, 4, None, CredentialState::Active),
        (2, 5, Some(1), CredentialState::Pending),
        (2, 6, Some(1), CredentialState::Deleting),
        (3, 7, Some(1), CredentialState::Active),
    ];
    for (user, key, expires, state) in keys {
        let mut pending = credential(user, key);
        pending.expires_at = expires.map(at);
        let environment = if user == 3 { 2 } else { 1 };
        test.catalog.add_pending(&service_user(environment, user, "u"), &pending).await.unwrap();
        test.set_state(credential_id(key), state).await.unwrap();
    }
    for (number, troubled) in [(1, true), (2, true), (2, false)] {
        test.catalog.note_mint(outcome(number, Some(troubled))).await;
    }
    let count = |number, service_users, expiring, troubled| EnvironmentCount {
        environment: environment_id(number),
        service_users,
        expiring,
        troubled,
    };
    let expected = [count(2, 1, 1, false), count(1, 2, 2, true), count(3, 0, 0, false)];
    assert_eq!(test.catalog.environment_counts(at(100)).await.unwrap(), expected);
}

#[tokio::test]
async fn words_and_values_of_a_later_version_are_reported() {
    for (statement, what) in
        [("id = 'x'", "environment id"), ("settings = json_set(settings, '$.audience', 1)", "environment's settings")]
    {
        let test = TestCatalog::new().await;
        test.catalog.add_environment(&environment(1, "Shop")).await.unwrap();
        test.run(Box::leak(format!("UPDATE environments SET {statement}").into_boxed_str())).await;
        let error = test.catalog.environments().await.expect_err(statement);
        assert!(matches!(error, CatalogError::Unreadable { what: found } if found == what), "{error:?}");
    }
}

#[tokio::test]
async fn a_row_with_a_time_out_of_range_is_not_lost() {
    for (stored, year) in [("9223372036854775807", 9999), ("-9223372036854775808", 1970), ("253402300800", 9999)] {
        let test = TestCatalog::new().await;
        test.catalog.add_environment(&environment(1, "Shop")).await.unwrap();
        test.run(Box::leak(format!("UPDATE environments SET created_at = {stored}").into_boxed_str())).await;
        let found = test.catalog.environments().await.unwrap();
        assert_eq!(found[0].created_at.year(), year, "{stored}");
        assert!(serde_json::to_string(&found[0]).is_ok(), "the page can be given it");
    }
}
