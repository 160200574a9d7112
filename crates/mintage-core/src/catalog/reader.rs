//! A **reader** of the catalogue: for lists and completions beside whoever has it open.
//!
//! Rule: it is there at once or not at all. Nothing is checked, written, migrated or waited for.

use std::path::Path;

use super::{Catalog, opening};
use crate::environment::{Environment, EnvironmentId};
use crate::error::CatalogError;
use crate::service_user::ServiceUserRow;

/// A handle to the catalogue that can only read; cheap to clone.
#[derive(Clone, Debug)]
pub struct CatalogReader {
    catalog: Catalog,
}

impl CatalogReader {
    /// Opens `mintage.db` in this folder as it is.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`] where there is none; [`CatalogError::Newer`] and [`CatalogError::Older`] where
    /// its form is another version's.
    pub async fn open(folder: &Path) -> Result<Self, CatalogError> {
        Ok(Self { catalog: opening::open_to_read(folder, Catalog::schema()).await? })
    }

    /// As [`Catalog::environments`].
    pub async fn environments(&self) -> Result<Vec<Environment>, CatalogError> {
        self.catalog.environments().await
    }

    /// As [`Catalog::listed`].
    pub async fn listed(&self, of: Option<EnvironmentId>) -> Result<Vec<ServiceUserRow>, CatalogError> {
        self.catalog.listed(of).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{Stage, environment};

    #[tokio::test]
    async fn it_reads_what_is_there_and_what_another_handle_adds() {
        let stage = Stage::with_service_user().await;
        let reader = CatalogReader::open(&stage.file("")).await.unwrap();
        assert_eq!(reader.environments().await.unwrap(), stage.catalog.environments().await.unwrap());
        assert_eq!(reader.listed(None).await.unwrap(), stage.catalog.listed(None).await.unwrap());
        stage.catalog.add_environment(&environment(2, "Second")).await.unwrap();
        assert_eq!(reader.environments().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn it_waits_for_nobody() {
        let stage = Stage::with_service_user().await;
        let _alone = stage.catalog.changing().await.unwrap();
        let _writing = stage.catalog.writing().await.unwrap();
        let reader = CatalogReader::open(&stage.file("")).await.unwrap();
        assert_eq!(reader.environments().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn it_writes_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let missing = CatalogReader::open(folder.path()).await.expect_err("there is no catalogue");
        assert!(matches!(missing, CatalogError::Unopened { .. }), "{missing:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let stage = Stage::with_service_user().await;
        let reader = CatalogReader::open(&stage.file("")).await.unwrap();
        reader.catalog.add_environment(&environment(3, "Third")).await.expect_err("it can only read");
    }

    #[tokio::test]
    async fn it_refuses_another_versions_form() {
        let stage = Stage::with_service_user().await;
        let known = Catalog::schema();
        for (other, code) in [(known - 1, "catalog-newer"), (known + 1, "catalog-older")] {
            let refused = opening::open_to_read(&stage.file(""), other).await.expect_err(code);
            assert_eq!(refused.code(), code);
        }
    }
}
