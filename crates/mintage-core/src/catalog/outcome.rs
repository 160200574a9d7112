//! The catalogue's note of what came of a **mint**: the record, the environment, the credential and its service
//! user, in one transaction.

use sqlx::SqlitePool;
use time::OffsetDateTime;

use super::{Catalog, activity, column};
use crate::activity::ActivityEntry;
use crate::ids::{CredentialId, ServiceUserId};

/// What is written down of a mint.
#[derive(Clone, Debug)]
pub struct MintOutcome {
    /// The entry of the record; its environment is the one that was asked.
    pub entry: ActivityEntry,
    /// Whether the server is in trouble, where that changes.
    pub troubled: Option<bool>,
    /// When the server refused the credential, or that it takes it again, where that changes.
    pub refused: Option<Option<OffsetDateTime>>,
    /// What was used, where a token was minted.
    pub used: Option<(ServiceUserId, CredentialId)>,
    /// The credential that was asked with.
    pub credential: CredentialId,
}

impl MintOutcome {
    /// Whether more of it changes than the record and the times of last use: that must survive a kill.
    fn changes_state(&self) -> bool {
        self.troubled.is_some() || self.refused.is_some()
    }
}

impl Catalog {
    /// Writes down what came of a mint, behind the answer where it is only the record and the last use. What is
    /// gone meanwhile is left out. Its failures are left to the next call.
    pub async fn note_mint(&self, outcome: MintOutcome) {
        let wait = outcome.changes_state();
        self.behind.add(outcome);
        if wait {
            self.behind.done().await;
        }
    }

    /// Waits until everything that was written behind an answer is in the file.
    pub async fn settle(&self) {
        self.behind.done().await;
    }
}

pub(super) async fn write(pool: &SqlitePool, outcome: &MintOutcome) -> Result<(), sqlx::Error> {
    let at = column::seconds(outcome.entry.at);
    let mut writing = pool.begin_with("BEGIN IMMEDIATE").await?;
    activity::insert(&mut writing, &outcome.entry, None).await?;
    if let (Some(troubled), Some(environment)) = (outcome.troubled, outcome.entry.environment) {
        let id = environment.0.to_string();
        sqlx::query!("UPDATE environments SET troubled = ?2 WHERE id = ?1", id, troubled)
            .execute(&mut *writing)
            .await?;
    }
    if let Some(refused_at) = outcome.refused {
        let (id, refused_at) = (outcome.credential.0.to_string(), refused_at.map(column::seconds));
        sqlx::query!("UPDATE credentials SET refused_at = ?2 WHERE id = ?1", id, refused_at)
            .execute(&mut *writing)
            .await?;
    }
    if let Some((service_user, credential)) = outcome.used {
        let (service_user, credential) = (service_user.0.to_string(), credential.0.to_string());
        sqlx::query!("UPDATE credentials SET last_used_at = ?2 WHERE id = ?1", credential, at)
            .execute(&mut *writing)
            .await?;
        sqlx::query!("UPDATE service_users SET last_used_at = ?2 WHERE id = ?1", service_user, at)
            .execute(&mut *writing)
            .await?;
    }
    writing.commit().await
}

#[cfg(test)]
mod tests;
