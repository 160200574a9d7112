//! The catalogue's **providers**: profiles of the user's own, as JSON documents.
//!
//! Rule: the catalogue does not look into a document; whether it can work is checked before it comes here
//! and when it is read.

use time::OffsetDateTime;

use super::{Catalog, changed, column};
use crate::error::CatalogError;
use crate::provider::{Provider, ProviderId};

const WHAT: &str = "provider profile";

impl Catalog {
    /// All profiles of the user's own, in the order in which they were added.
    pub async fn providers(&self) -> Result<Vec<Provider>, CatalogError> {
        let rows = sqlx::query_scalar!("SELECT document FROM providers ORDER BY created_at, rowid")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|document| read(document)).collect()
    }

    /// One profile of the user's own, if there is one of this id.
    pub async fn provider(&self, id: &ProviderId) -> Result<Option<Provider>, CatalogError> {
        let document = sqlx::query_scalar!("SELECT document FROM providers WHERE id = ?1", id.0)
            .fetch_optional(&self.pool)
            .await?;
        document.as_deref().map(read).transpose()
    }

    /// Adds a profile, or puts it in the place of the one with its id.
    pub async fn put_provider(&self, provider: &Provider, at: OffsetDateTime) -> Result<(), CatalogError> {
        let document = serde_json::to_string(provider).expect("a provider is plain data");
        let at = column::seconds(at);
        sqlx::query!(
            "INSERT INTO providers (id, document, created_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            provider.id.0,
            document,
            at
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Removes a profile.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn remove_provider(&self, id: &ProviderId) -> Result<(), CatalogError> {
        let result = sqlx::query!("DELETE FROM providers WHERE id = ?1", id.0).execute(&self.pool).await?;
        changed(&result, WHAT)
    }
}

fn read(document: &str) -> Result<Provider, CatalogError> {
    serde_json::from_str(document).map_err(|_| CatalogError::Unreadable { what: WHAT })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use crate::catalog::testing::Stage;
    use crate::provider::{ProviderId, built_in};

    #[tokio::test]
    async fn a_profile_is_kept_whole_replaced_by_its_id_and_removed() {
        let stage = Stage::new().await;
        let at = datetime!(2026-02-03 04:05:06 UTC);
        let mut own = built_in()[0].clone();
        own.id = ProviderId("own".into());
        assert_eq!(stage.catalog.provider(&own.id).await.unwrap(), None);
        stage.catalog.put_provider(&own, at).await.unwrap();
        own.name = "Changed".into();
        stage.catalog.put_provider(&own, at).await.unwrap();
        assert_eq!(stage.catalog.provider(&own.id).await.unwrap(), Some(own.clone()));
        assert_eq!(stage.catalog.providers().await.unwrap(), [own.clone()]);
        stage.catalog.remove_provider(&own.id).await.unwrap();
        assert_eq!(stage.catalog.remove_provider(&own.id).await.unwrap_err().code(), "gone");
    }
}
