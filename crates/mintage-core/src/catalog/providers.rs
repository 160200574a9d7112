//! The catalogue's **providers**: the user's own profiles, as JSON documents.
//!
//! Rule: the catalogue doesn't interpret a document; it is validated before it gets here and when it is read.

use time::OffsetDateTime;

use super::{Catalog, CatalogError, changed, column};
use crate::provider::{Provider, ProviderId};

const WHAT: &str = "provider profile";

/// A profile as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProvider {
    /// Its id.
    pub id: ProviderId,
    /// The profile as JSON, to be read with [`crate::provider::file::read_stored`].
    pub document: String,
}

impl Catalog {
    /// All of the user's profiles, in the order in which they were added.
    pub async fn providers(&self) -> Result<Vec<StoredProvider>, CatalogError> {
        let rows = sqlx::query!("SELECT id, document FROM providers ORDER BY created_at, rowid")
            .fetch_all(self.settled().await)
            .await?;
        Ok(rows.into_iter().map(|row| StoredProvider { id: ProviderId(row.id), document: row.document }).collect())
    }

    /// The document of the user's profile with this id, if there is one.
    pub async fn provider(&self, id: &ProviderId) -> Result<Option<String>, CatalogError> {
        let document = sqlx::query_scalar!("SELECT document FROM providers WHERE id = ?1", id.0);
        Ok(document.fetch_optional(self.settled().await).await?)
    }

    /// Adds a profile; `false` if there is one with its id.
    pub async fn add_provider(&self, provider: &Provider, at: OffsetDateTime) -> Result<bool, CatalogError> {
        let (document, at) = (written(provider), column::seconds(at));
        let added = sqlx::query!(
            "INSERT INTO providers (id, document, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
            provider.id.0,
            document,
            at
        );
        Ok(added.execute(self.settled().await).await?.rows_affected() == 1)
    }

    /// Replaces the profile with its id if its document is still the one that the edit began with.
    ///
    /// # Errors
    /// [`CatalogError::EditedMeanwhile`], also if it is gone.
    pub async fn replace_provider(&self, provider: &Provider, opened: &str) -> Result<(), CatalogError> {
        let document = written(provider);
        let id = &provider.id.0;
        let replaced =
            sqlx::query!("UPDATE providers SET document = ?3 WHERE id = ?1 AND document = ?2", id, opened, document);
        match replaced.execute(self.settled().await).await?.rows_affected() {
            0 => Err(CatalogError::EditedMeanwhile { what: WHAT }),
            _ => Ok(()),
        }
    }

    /// Removes a profile.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn remove_provider(&self, id: &ProviderId) -> Result<(), CatalogError> {
        let result = sqlx::query!("DELETE FROM providers WHERE id = ?1", id.0).execute(self.settled().await).await?;
        changed(&result, WHAT)
    }
}

fn written(provider: &Provider) -> String {
    serde_json::to_string(provider).expect("a provider is plain data")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::StoredProvider;
    use crate::catalog::testing::TestCatalog;
    use crate::provider::{Provider, ProviderId, built_in, file};

    fn built_in_as(id: &ProviderId) -> Provider {
        Provider { id: id.clone(), ..built_in()[0].clone() }
    }

    #[tokio::test]
    async fn a_profile_is_kept_whole_replaced_if_nobody_else_did_and_removed() {
        let test = TestCatalog::new().await;
        let at = datetime!(2026-02-03 04:05:06 UTC);
        let mut own = built_in_as(&ProviderId("own".into()));
        assert_eq!(test.catalog.provider(&own.id).await.unwrap(), None);
        assert!(test.catalog.add_provider(&own, at).await.unwrap());
        let opened = test.catalog.provider(&own.id).await.unwrap().expect("it is there");
        own.name = "Changed".into();
        assert!(!test.catalog.add_provider(&own, at).await.unwrap(), "there is one");
        test.catalog.replace_provider(&own, &opened).await.unwrap();
        let late = test.catalog.replace_provider(&built_in_as(&own.id), &opened).await;
        assert_eq!(late.unwrap_err().code(), "edited-meanwhile");
        let document = test.catalog.provider(&own.id).await.unwrap().expect("it is there");
        assert_eq!(file::read_stored(&document).unwrap(), own);
        assert_eq!(test.catalog.providers().await.unwrap(), [StoredProvider { id: own.id.clone(), document }]);
        test.catalog.remove_provider(&own.id).await.unwrap();
        assert_eq!(test.catalog.remove_provider(&own.id).await.unwrap_err().code(), "gone");
    }
}
