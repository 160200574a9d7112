//! Service users by a **name**, as programs give it: one query, however many there are.

use super::environments::EnvironmentRow;
use super::service_users::ServiceUserRow;
use super::{Catalog, CatalogError};
use crate::environment::Environment;
use crate::service_user::ServiceUser;

/// A service user and its environment in SQL form.
pub(super) struct NamedRow {
    id: String,
    environment: String,
    user_id: String,
    name: String,
    scopes: String,
    favourite: i64,
    tags: String,
    notes: String,
    default_credential: Option<String>,
    created_at: i64,
    last_used_at: Option<i64>,
    environment_settings: String,
    demo: i64,
    environment_created_at: i64,
}

impl Catalog {
    /// Service users that have one of these names or this id, here or at their issuer, with their environments.
    pub async fn named(&self, id: &str, names: &[&str]) -> Result<Vec<(ServiceUser, Environment)>, CatalogError> {
        let names = serde_json::to_string(names).expect("strings are always representable as JSON");
        let query = sqlx::query_as!(
            NamedRow,
            r#"SELECT u.id, u.environment, u.user_id, u.name, u.scopes, u.favourite, u.tags, u.notes,
                   (SELECT c.id FROM credentials c
                    WHERE c.service_user = u.id AND c.is_default = 1) AS "default_credential?: String",
                   u.created_at, u.last_used_at, e.settings AS environment_settings, e.demo,
                   e.created_at AS environment_created_at
               FROM service_users u JOIN environments e ON e.id = u.environment
               WHERE u.id = ?1 OR u.user_id = ?1 OR u.name IN (SELECT value FROM json_each(?2))"#,
            id,
            names
        );
        let rows = self.reading.rows(&self.pool, query).await?;
        rows.into_iter().map(NamedRow::read).collect()
    }
}

impl NamedRow {
    fn read(self) -> Result<(ServiceUser, Environment), CatalogError> {
        let environment = EnvironmentRow {
            id: self.environment.clone(),
            settings: self.environment_settings,
            demo: self.demo,
            created_at: self.environment_created_at,
        };
        let service_user = ServiceUserRow {
            id: self.id,
            environment: self.environment,
            user_id: self.user_id,
            name: self.name,
            scopes: self.scopes,
            favourite: self.favourite,
            tags: self.tags,
            notes: self.notes,
            default_credential: self.default_credential,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        };
        Ok((service_user.read()?, environment.read()?))
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{ODD, TestCatalog, environment, service_user, service_user_id};

    #[tokio::test]
    async fn a_service_user_is_found_by_its_name_and_by_both_ids() {
        let test = TestCatalog::new().await;
        let environments = [environment(1, "Shop"), environment(2, "Bank")];
        for environment in &environments {
            test.catalog.add_environment(environment).await.unwrap();
        }
        let users = [service_user(1, 1, "ci-bot"), service_user(1, 2, ODD), service_user(2, 3, "ci-bot")];
        for user in &users {
            test.catalog.add_service_user(user).await.unwrap();
        }
        let all = [(0, 0), (1, 0), (2, 1)].map(|(user, of)| (users[user].clone(), environments[of].clone()));
        for (id, names, expected) in [
            ("", &["ci-bot"][..], &[0, 2][..]),
            ("", &["no", ODD], &[1]),
            ("2", &[], &[1]),
            (&service_user_id(3).0.to_string(), &[], &[2]),
            ("3", &["ci-bot"], &[0, 2]),
            ("Ci-Bot", &["ci", "%"], &[]),
        ] {
            let mut found = test.catalog.named(id, names).await.unwrap();
            found.sort_by_key(|(user, _)| user.id);
            let expected: Vec<_> = expected.iter().map(|index| all[*index].clone()).collect();
            assert_eq!(found, expected, "{id} {names:?}");
        }
    }
}
