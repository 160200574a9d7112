//! The catalogue's **providers**: profiles of the user's own, as JSON documents.
//!
//! Rule: the catalogue does not look into a document; whether it can work is checked before it comes here
//! and when it is read.

use time::OffsetDateTime;

use super::{Catalog, changed, column};
use crate::error::CatalogError;
use crate::provider::{Provider, ProviderId};

const WHAT: &str = "provider profile";

/// A profile as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProvider {
    /// Its name.
    pub id: ProviderId,
    /// The profile as JSON, to be read with [`crate::provider::file::read_stored`].
    pub document: String,
}

impl Catalog {
    /// All profiles of the user's own, in the order in which they were added.
    pub async fn providers(&self) -> Result<Vec<StoredProvider>, CatalogError> {
        let rows =
            sqlx::query!("SELECT id, document FROM providers ORDER BY created_at, rowid").fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|row| StoredProvider { id: ProviderId(row.id), document: row.document }).collect())
    }

    /// The document of one profile of the user's own, if there is one of this id.
    pub async fn provider(&self, id: &ProviderId) -> Result<Option<String>, CatalogError> {
        let document = sqlx::query_scalar!("SELECT document FROM providers WHERE id = ?1", id.0);
        Ok(document.fetch_optional(&self.pool).await?)
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

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::StoredProvider;
    use crate::catalog::testing::Stage;
    use crate::provider::{ProviderId, built_in, file};

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
        let document = stage.catalog.provider(&own.id).await.unwrap().expect("it is there");
        assert_eq!(file::read_stored(&document).unwrap(), own);
        assert_eq!(stage.catalog.providers().await.unwrap(), [StoredProvider { id: own.id.clone(), document }]);
        stage.catalog.remove_provider(&own.id).await.unwrap();
        assert_eq!(stage.catalog.remove_provider(&own.id).await.unwrap_err().code(), "gone");
    }
}
