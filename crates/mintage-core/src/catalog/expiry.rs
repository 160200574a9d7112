//! What the catalogue knows about a credential's **expiry** besides the date: who said it and when, and until when a
//! person doesn't want to be reminded.

use time::OffsetDateTime;

use super::{Catalog, CatalogError, column};
use crate::credential::{ExpiryProvenance, ExpirySource};
use crate::ids::CredentialId;

impl Catalog {
    /// Writes down who said when a credential expires.
    pub async fn note_expiry_source(&self, id: CredentialId, provenance: ExpiryProvenance) -> Result<(), CatalogError> {
        let (id, source, at) = (id.0.to_string(), provenance.source.as_str(), column::seconds(provenance.at));
        sqlx::query!(
            "INSERT INTO expiry_sources (credential, source, told_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (credential) DO UPDATE SET source = excluded.source, told_at = excluded.told_at",
            id,
            source,
            at
        )
        .execute(self.settled().await)
        .await?;
        Ok(())
    }

    /// Who said when credentials expire, for those of which it isn't known from their file alone.
    pub async fn expiry_sources(&self) -> Result<Vec<(CredentialId, ExpiryProvenance)>, CatalogError> {
        let rows = sqlx::query!("SELECT credential, source, told_at FROM expiry_sources")
            .fetch_all(self.settled().await)
            .await?;
        rows.into_iter()
            .map(|row| {
                let id = CredentialId(column::id(&row.credential, "credential id")?);
                let source = if row.source == "server" { ExpirySource::Server } else { ExpirySource::Person };
                Ok((id, ExpiryProvenance { source, at: column::time(row.told_at) }))
            })
            .collect()
    }

    /// Postpones a credential's reminder until then; `None` for no longer.
    pub async fn snooze(&self, id: CredentialId, until: Option<OffsetDateTime>) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        match until.map(column::seconds) {
            Some(until) => {
                sqlx::query!(
                    "INSERT INTO snoozed (credential, until) VALUES (?1, ?2)
                     ON CONFLICT (credential) DO UPDATE SET until = excluded.until",
                    id,
                    until
                )
                .execute(self.settled().await)
                .await?
            }
            None => sqlx::query!("DELETE FROM snoozed WHERE credential = ?1", id).execute(self.settled().await).await?,
        };
        Ok(())
    }

    /// The credentials whose reminder is postponed, and until when.
    pub async fn snoozed(&self) -> Result<Vec<(CredentialId, OffsetDateTime)>, CatalogError> {
        let rows = sqlx::query!("SELECT credential, until FROM snoozed").fetch_all(self.settled().await).await?;
        rows.into_iter()
            .map(|row| {
                let id = CredentialId(column::id(&row.credential, "credential id")?);
                Ok((id, column::time(row.until)))
            })
            .collect()
    }
}
