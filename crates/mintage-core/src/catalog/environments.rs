//! The catalogue's **environments**.

use time::OffsetDateTime;

use super::{Catalog, Changing, changed, column, is_taken};
use crate::catalog::CatalogError;
use crate::environment::{Environment, EnvironmentSettings};
use crate::ids::EnvironmentId;

const WHAT: &str = "environment";

/// What the list of environments shows besides the environment itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvironmentCount {
    /// The environment's id.
    pub environment: EnvironmentId,
    /// How many service users it has.
    pub service_users: u32,
    /// How many of its credentials expire by the given time; pending and deleting ones aren't counted.
    pub expiring: u32,
    /// Whether its last check or mint failed.
    pub troubled: bool,
}

/// A row in SQL form.
pub(super) struct EnvironmentRow {
    pub(super) id: String,
    pub(super) settings: String,
    pub(super) demo: i64,
    pub(super) created_at: i64,
}

macro_rules! select_environments {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            EnvironmentRow,
            "SELECT id, settings, demo, created_at FROM environments " + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// All environments in the user's order; those that have no place in it follow by name, ignoring case. Those in no
    /// group come first, then each group at the place of its first.
    pub async fn environments(&self) -> Result<Vec<Environment>, CatalogError> {
        let rows =
            select_environments!("ORDER BY place IS NULL, place, name_folded").fetch_all(self.settled().await).await?;
        Ok(in_groups(rows.into_iter().map(EnvironmentRow::read).collect::<Result<_, _>>()?))
    }

    /// One environment.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn environment(&self, id: EnvironmentId) -> Result<Environment, CatalogError> {
        let id = id.0.to_string();
        let row = select_environments!("WHERE id = ?1", id).fetch_optional(self.settled().await).await?;
        row.ok_or(CatalogError::Gone { what: WHAT })?.read()
    }

    /// Whether there are environments of the demo.
    pub async fn has_demo(&self) -> Result<bool, CatalogError> {
        let query = sqlx::query!("SELECT id FROM environments WHERE demo = 1 LIMIT 1");
        Ok(!self.reading.rows(&self.pool, query).await?.is_empty())
    }

    /// The counts of every environment, in the order of [`Catalog::environments`]; `expiring_before`
    /// itself counts as expiring.
    pub async fn environment_counts(
        &self,
        expiring_before: OffsetDateTime,
    ) -> Result<Vec<EnvironmentCount>, CatalogError> {
        let limit = column::seconds(expiring_before);
        let rows = sqlx::query!(
            r#"SELECT e.id, e.troubled,
                      (SELECT count(*) FROM service_users u WHERE u.environment = e.id) AS "service_users!: i64",
                      (SELECT count(*) FROM credentials c
                       WHERE c.environment = e.id AND c.expires_at <= ?1 AND c.state IN ('active', 'missing')
                      ) AS "expiring!: i64"
               FROM environments e ORDER BY e.place IS NULL, e.place, e.name_folded"#,
            limit
        )
        .fetch_all(self.settled().await)
        .await?;
        let count = |service_users, expiring, id: &str, troubled| {
            Ok(EnvironmentCount {
                environment: EnvironmentId(column::id(id, "environment id")?),
                service_users: column::count(service_users)?,
                expiring: column::count(expiring)?,
                troubled,
            })
        };
        rows.iter().map(|row| count(row.service_users, row.expiring, &row.id, row.troubled != 0)).collect()
    }

    /// Puts the environments into this order; ids that no longer exist are ignored.
    pub async fn order_environments(&self, order: &[EnvironmentId]) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        for (place, id) in (0_i64..).zip(order) {
            let id = id.0.to_string();
            sqlx::query!("UPDATE environments SET place = ?2 WHERE id = ?1", id, place).execute(&mut *writing).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Adds an environment.
    ///
    /// # Errors
    /// [`CatalogError::NameTaken`] (names are unique, ignoring case).
    pub async fn add_environment(&self, environment: &Environment) -> Result<(), CatalogError> {
        let id = environment.id.0.to_string();
        let (name_folded, settings) = written(&environment.settings);
        let created_at = column::seconds(environment.created_at);
        sqlx::query!(
            "INSERT INTO environments (id, name_folded, settings, demo, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            id,
            name_folded,
            settings,
            environment.demo,
            created_at
        )
        .execute(self.settled().await)
        .await
        .map_err(|error| name_taken(error, &environment.settings.name))?;
        Ok(())
    }

    /// Replaces an environment's settings if they are still those that the edit began with.
    ///
    /// # Errors
    /// [`CatalogError::EditedMeanwhile`], [`CatalogError::NameTaken`], [`CatalogError::Gone`].
    pub async fn edit_environment(
        &self,
        opened: &Environment,
        settings: &EnvironmentSettings,
    ) -> Result<(), CatalogError> {
        let id = opened.id.0.to_string();
        let (name_folded, document) = written(settings);
        let mut writing = self.writing().await?;
        let row = select_environments!("WHERE id = ?1", id).fetch_optional(&mut *writing).await?;
        if row.ok_or(CatalogError::Gone { what: WHAT })?.read()?.settings != opened.settings {
            return Err(CatalogError::EditedMeanwhile { what: WHAT });
        }
        sqlx::query!(
            "UPDATE environments SET name_folded = ?2, settings = ?3 WHERE id = ?1",
            id,
            name_folded,
            document
        )
        .execute(&mut *writing)
        .await
        .map_err(|error| name_taken(error, &settings.name))?;
        Ok(writing.commit().await?)
    }

    /// Removes an environment that no longer has service users.
    ///
    /// # Errors
    /// [`CatalogError::Gone`]; a foreign-key failure as [`CatalogError::Database`] if it still has some.
    pub async fn remove_environment(&self, _alone: &Changing, id: EnvironmentId) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let result = sqlx::query!("DELETE FROM environments WHERE id = ?1", id).execute(self.settled().await).await?;
        changed(&result, WHAT)
    }
}

/// Keeps the environments of a group together, otherwise in the given order.
fn in_groups(mut environments: Vec<Environment>) -> Vec<Environment> {
    let mut groups = vec![None];
    for environment in &environments {
        let group = environment.settings.group.as_deref().map(column::folded);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    environments.sort_by_cached_key(|environment| {
        let group = environment.settings.group.as_deref().map(column::folded);
        groups.iter().position(|found| *found == group)
    });
    environments
}

impl EnvironmentRow {
    pub(super) fn read(self) -> Result<Environment, CatalogError> {
        let unreadable = |_| CatalogError::Unreadable { what: "environment's settings" };
        Ok(Environment {
            id: EnvironmentId(column::id(&self.id, "environment id")?),
            settings: serde_json::from_str(&self.settings).map_err(unreadable)?,
            demo: self.demo != 0,
            created_at: column::time(self.created_at),
        })
    }
}

/// The name that must be unique, and the settings as they are stored.
fn written(settings: &EnvironmentSettings) -> (String, String) {
    let document = serde_json::to_string(settings).expect("text, lists and maps are always representable as JSON");
    (column::folded(&settings.name), document)
}

fn name_taken(error: sqlx::Error, name: &str) -> CatalogError {
    if is_taken(&error) { CatalogError::NameTaken { name: name.to_owned() } } else { error.into() }
}

#[cfg(test)]
mod tests;
