//! The catalogue's **record** of activity.

use sqlx::SqliteConnection;

use super::{Catalog, column};
use crate::activity::{Action, ActivityEntry, Repeated};
use crate::catalog::CatalogError;
use crate::ids::{EnvironmentId, ServiceUserId};

/// How many entries the record keeps.
const KEPT: i64 = 10_000;

struct ActivityRow {
    at: i64,
    action: String,
    environment: Option<String>,
    environment_name: String,
    service_user: Option<String>,
    service_user_name: String,
    error_code: Option<String>,
    detail: String,
    times: i64,
    last_at: Option<i64>,
}

macro_rules! select_activity {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ActivityRow,
            "SELECT at, action, environment, environment_name, service_user, service_user_name, error_code, detail,
                    times, last_at
             FROM activity " + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// Adds an entry to the record, which keeps the newest 10,000. A reference to an environment or service user that
    /// no longer exists is left out; its name is kept.
    pub async fn record(&self, entry: &ActivityEntry) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        insert(&mut writing, entry, None).await?;
        Ok(writing.commit().await?)
    }

    /// Adds entries that stand for several times, each under a name. An entry whose name is known replaces what the
    /// earlier one says about repetition, and keeps its place.
    pub async fn record_repeated(&self, entries: &[(String, ActivityEntry)]) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        for (name, entry) in entries {
            insert(&mut writing, entry, Some(name)).await?;
        }
        Ok(writing.commit().await?)
    }

    /// The newest entries, of one service user or of all: the last recorded first.
    pub async fn activity(&self, of: Option<ServiceUserId>, limit: u32) -> Result<Vec<ActivityEntry>, CatalogError> {
        let rows = match of.map(|id| id.0.to_string()) {
            Some(of) => {
                select_activity!("WHERE service_user = ?1 ORDER BY id DESC LIMIT ?2", of, limit)
                    .fetch_all(self.settled().await)
                    .await?
            }
            None => select_activity!("ORDER BY id DESC LIMIT ?1", limit).fetch_all(self.settled().await).await?,
        };
        rows.into_iter().map(ActivityRow::read).collect()
    }
}

/// Adds an entry, and drops those that are too many.
pub(super) async fn insert(
    writing: &mut SqliteConnection,
    entry: &ActivityEntry,
    repeats: Option<&str>,
) -> Result<(), sqlx::Error> {
    let at = column::seconds(entry.at);
    let action = entry.action.as_str();
    let environment = entry.environment.map(|id| id.0.to_string());
    let service_user = entry.service_user.map(|id| id.0.to_string());
    let times = entry.repeated.map_or(1, |repeated| repeated.times);
    let last_at = entry.repeated.map(|repeated| column::seconds(repeated.last));
    let added = sqlx::query_scalar!(
        r#"INSERT INTO activity (
             at, action, environment, environment_name, service_user, service_user_name, error_code, detail, repeats,
             times, last_at)
         VALUES (?1, ?2, (SELECT id FROM environments WHERE id = ?3), ?4,
                 (SELECT id FROM service_users WHERE id = ?5), ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (repeats) DO UPDATE
             SET detail = excluded.detail, times = excluded.times, last_at = excluded.last_at
         RETURNING id AS "id!: i64""#,
        at,
        action,
        environment,
        entry.environment_name,
        service_user,
        entry.service_user_name,
        entry.error_code,
        entry.detail,
        repeats,
        times,
        last_at
    )
    .fetch_one(&mut *writing)
    .await?;
    // Ids grow by one and are removed only from the low end, so this keeps exactly the newest.
    let last_dropped = added - KEPT;
    sqlx::query!("DELETE FROM activity WHERE id <= ?1", last_dropped).execute(&mut *writing).await?;
    Ok(())
}

impl ActivityRow {
    fn read(self) -> Result<ActivityEntry, CatalogError> {
        let id = |text: Option<String>, what| text.map(|text| column::id(&text, what)).transpose();
        Ok(ActivityEntry {
            at: column::time(self.at),
            action: Action::from_word(&self.action).ok_or(CatalogError::UnknownWord { what: "action" })?,
            environment: id(self.environment, "environment id")?.map(EnvironmentId),
            environment_name: self.environment_name,
            service_user: id(self.service_user, "service user id")?.map(ServiceUserId),
            service_user_name: self.service_user_name,
            error_code: self.error_code,
            detail: self.detail,
            repeated: self.last_at.map(|last| repeated(self.times, last)).transpose()?,
        })
    }
}

fn repeated(times: i64, last: i64) -> Result<Repeated, CatalogError> {
    Ok(Repeated { times: column::count(times)?, last: column::time(last) })
}

#[cfg(test)]
mod tests;
