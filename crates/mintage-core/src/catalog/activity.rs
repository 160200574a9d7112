//! The catalogue's **record** of activity.

use super::{Catalog, column};
use crate::activity::{ActivityEntry, Deed};
use crate::environment::EnvironmentId;
use crate::error::CatalogError;
use crate::service_user::ServiceUserId;

/// How many entries the record keeps.
const KEPT: i64 = 10_000;

struct ActivityRow {
    at: i64,
    deed: String,
    environment: Option<String>,
    environment_name: String,
    service_user: Option<String>,
    service_user_name: String,
    error_code: Option<String>,
    detail: String,
}

macro_rules! select_activity {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ActivityRow,
            "SELECT at, deed, environment, environment_name, service_user, service_user_name, error_code, detail
             FROM activity " + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// Adds an entry to the record; the record keeps the newest 10,000. An environment or service user
    /// that is gone meanwhile is left out, its name stays.
    pub async fn record(&self, entry: &ActivityEntry) -> Result<(), CatalogError> {
        let at = column::seconds(entry.at);
        let deed = entry.deed.as_str();
        let environment = entry.environment.map(|id| id.0.to_string());
        let service_user = entry.service_user.map(|id| id.0.to_string());
        let mut writing = self.writing().await?;
        let added = sqlx::query!(
            "INSERT INTO activity (
                 at, deed, environment, environment_name, service_user, service_user_name, error_code, detail)
             VALUES (?1, ?2, (SELECT id FROM environments WHERE id = ?3), ?4,
                     (SELECT id FROM service_users WHERE id = ?5), ?6, ?7, ?8)",
            at,
            deed,
            environment,
            entry.environment_name,
            service_user,
            entry.service_user_name,
            entry.error_code,
            entry.detail
        )
        .execute(&mut *writing)
        .await?
        .last_insert_rowid();
        // Ids grow by one and go only from the low end, so this keeps exactly the newest.
        let last_dropped = added - KEPT;
        sqlx::query!("DELETE FROM activity WHERE id <= ?1", last_dropped).execute(&mut *writing).await?;
        Ok(writing.commit().await?)
    }

    /// The newest entries, of one service user or of all: what was recorded last comes first.
    pub async fn activity(&self, of: Option<ServiceUserId>, limit: u32) -> Result<Vec<ActivityEntry>, CatalogError> {
        let rows = match of.map(|id| id.0.to_string()) {
            Some(of) => {
                select_activity!("WHERE service_user = ?1 ORDER BY id DESC LIMIT ?2", of, limit)
                    .fetch_all(&self.pool)
                    .await?
            }
            None => select_activity!("ORDER BY id DESC LIMIT ?1", limit).fetch_all(&self.pool).await?,
        };
        rows.into_iter().map(ActivityRow::read).collect()
    }
}

impl ActivityRow {
    fn read(self) -> Result<ActivityEntry, CatalogError> {
        let id = |text: Option<String>, what| text.map(|text| column::id(&text, what)).transpose();
        Ok(ActivityEntry {
            at: column::time(self.at),
            deed: Deed::from_word(&self.deed).ok_or(CatalogError::UnknownWord { what: "deed" })?,
            environment: id(self.environment, "environment id")?.map(EnvironmentId),
            environment_name: self.environment_name,
            service_user: id(self.service_user, "service user id")?.map(ServiceUserId),
            service_user_name: self.service_user_name,
            error_code: self.error_code,
            detail: self.detail,
        })
    }
}

#[cfg(test)]
mod tests;
