//! A **reader** of the catalogue: for lists and completions while another program has it open.
//!
//! Rule: it is available at once or not at all. Nothing is checked, written, migrated or waited for.

use std::path::Path;

use super::{BriefServiceUser, Catalog, ListedServiceUser, MIGRATOR, StoredProvider, opening};
use crate::catalog::CatalogError;
use crate::environment::Environment;
use crate::ids::EnvironmentId;

/// A handle to the catalogue that can only read; cheap to clone.
#[derive(Clone, Debug)]
pub struct CatalogReader {
    catalog: Catalog,
}

impl CatalogReader {
    /// Opens `mintage.db` in this folder as it is.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`] if there is none; [`CatalogError::Newer`] and [`CatalogError::Older`] if its schema
    /// is another version's.
    pub async fn open(folder: &Path) -> Result<Self, CatalogError> {
        Ok(Self { catalog: opening::open_to_read(folder, Catalog::schema(), &MIGRATOR).await? })
    }

    /// As [`Catalog::environments`].
    pub async fn environments(&self) -> Result<Vec<Environment>, CatalogError> {
        self.catalog.environments().await
    }

    /// As [`Catalog::listed`].
    pub async fn listed(&self, of: Option<EnvironmentId>) -> Result<Vec<ListedServiceUser>, CatalogError> {
        self.catalog.listed(of).await
    }

    /// As [`Catalog::brief`].
    pub async fn brief(&self) -> Result<Vec<BriefServiceUser>, CatalogError> {
        self.catalog.brief().await
    }

    /// As [`Catalog::providers`].
    pub async fn providers(&self) -> Result<Vec<StoredProvider>, CatalogError> {
        self.catalog.providers().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{TestCatalog, environment};

    #[tokio::test]
    async fn it_reads_what_is_there_and_what_another_handle_adds() {
        let test = TestCatalog::with_service_user().await;
        let reader = CatalogReader::open(&test.file("")).await.unwrap();
        assert_eq!(reader.environments().await.unwrap(), test.catalog.environments().await.unwrap());
        assert_eq!(reader.listed(None).await.unwrap(), test.catalog.listed(None).await.unwrap());
        test.catalog.add_environment(&environment(2, "Second")).await.unwrap();
        assert_eq!(reader.environments().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn it_waits_for_nobody() {
        let test = TestCatalog::with_service_user().await;
        let _alone = test.catalog.changing().await.unwrap();
        let _writing = test.catalog.writing().await.unwrap();
        let reader = CatalogReader::open(&test.file("")).await.unwrap();
        assert_eq!(reader.environments().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn it_writes_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let missing = CatalogReader::open(folder.path()).await.expect_err("there is no catalogue");
        assert!(matches!(missing, CatalogError::Unopened { .. }), "{missing:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let test = TestCatalog::with_service_user().await;
        let reader = CatalogReader::open(&test.file("")).await.unwrap();
        reader.catalog.add_environment(&environment(3, "Third")).await.expect_err("it can only read");
    }

    #[tokio::test]
    async fn it_refuses_another_versions_form() {
        let test = TestCatalog::with_service_user().await;
        let known = Catalog::schema();
        for (other, code) in [(known - 1, "catalog-newer"), (known + 1, "catalog-older")] {
            let refused = opening::open_to_read(&test.file(""), other, &MIGRATOR).await.expect_err(code);
            assert_eq!(refused.code(), code);
        }
    }
}
