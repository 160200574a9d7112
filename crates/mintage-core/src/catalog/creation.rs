//! The catalogue's **creations**, as JSON documents, and where the created service users are.

use super::credentials::insert_service_user;
use super::{Catalog, CatalogError, Working, is_orphaned, is_taken};
use crate::creation::Creation;
use crate::ids::ServiceUserId;
use crate::service_user::ServiceUser;

const WHAT: &str = "creation";

impl Catalog {
    /// Takes the lock on a creation; `None` while another process, or another task, works on it.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`].
    pub async fn creating(&self, id: ServiceUserId) -> Result<Option<Working>, CatalogError> {
        self.work_on(&lock_of(id)).await
    }

    /// Records a creation.
    ///
    /// # Errors
    /// [`CatalogError::Duplicate`] if there is one with this name in this environment; [`CatalogError::Gone`] if the
    /// environment no longer exists.
    pub async fn add_creation(&self, creation: &Creation) -> Result<(), CatalogError> {
        let (id, environment) = (creation.id.0.to_string(), creation.environment.0.to_string());
        let (started_at, document) = (super::column::seconds(creation.started_at), written(creation));
        let added = sqlx::query!(
            "INSERT INTO creations (id, environment, name, started_at, document) VALUES (?1, ?2, ?3, ?4, ?5)",
            id,
            environment,
            creation.name,
            started_at,
            document
        )
        .execute(self.settled().await)
        .await;
        match added {
            Ok(_) => Ok(()),
            Err(error) if is_taken(&error) => Err(CatalogError::Duplicate { what: WHAT }),
            Err(error) if is_orphaned(&error) => Err(CatalogError::Gone { what: "environment" }),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes what a creation has come to.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn put_creation(&self, creation: &Creation) -> Result<(), CatalogError> {
        let (id, document) = (creation.id.0.to_string(), written(creation));
        let result = sqlx::query!("UPDATE creations SET document = ?2 WHERE id = ?1", id, document)
            .execute(self.settled().await)
            .await?;
        super::changed(&result, WHAT)
    }

    /// A creation.
    ///
    /// # Errors
    /// [`CatalogError::Gone`], [`CatalogError::Unreadable`].
    pub async fn creation(&self, id: ServiceUserId) -> Result<Creation, CatalogError> {
        let id = id.0.to_string();
        let document = sqlx::query_scalar!("SELECT document FROM creations WHERE id = ?1", id)
            .fetch_optional(self.settled().await)
            .await?;
        read(&document.ok_or(CatalogError::Gone { what: WHAT })?)
    }

    /// The creations, the oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`].
    pub async fn creations(&self) -> Result<Vec<Creation>, CatalogError> {
        let documents = sqlx::query_scalar!("SELECT document FROM creations ORDER BY started_at, rowid")
            .fetch_all(self.settled().await)
            .await?;
        documents.iter().map(|document| read(document)).collect()
    }

    /// Adds the created service user, and with that ends its creation: both, or neither.
    ///
    /// # Errors
    /// As [`Catalog::add_service_user`].
    pub async fn end_creation(&self, creation: &Creation, service_user: &ServiceUser) -> Result<(), CatalogError> {
        let id = creation.id.0.to_string();
        let mut writing = self.writing().await?;
        insert_service_user(&mut writing, service_user).await?;
        if let Some(organisation) = &creation.organisation {
            sqlx::query!("INSERT INTO organisations (service_user, id) VALUES (?1, ?2)", id, organisation)
                .execute(&mut *writing)
                .await?;
        }
        sqlx::query!("DELETE FROM creations WHERE id = ?1", id).execute(&mut *writing).await?;
        writing.commit().await?;
        self.drop_lock(&lock_of(creation.id));
        Ok(())
    }

    /// Removes the record of a creation; does nothing if there is none.
    pub async fn remove_creation(&self, id: ServiceUserId) -> Result<(), CatalogError> {
        let text = id.0.to_string();
        sqlx::query!("DELETE FROM creations WHERE id = ?1", text).execute(self.settled().await).await?;
        self.drop_lock(&lock_of(id));
        Ok(())
    }

    /// The id of a service user's organisation, if that isn't the environment's.
    pub async fn organisation(&self, id: ServiceUserId) -> Result<Option<String>, CatalogError> {
        let id = id.0.to_string();
        let found = sqlx::query_scalar!("SELECT id FROM organisations WHERE service_user = ?1", id)
            .fetch_optional(self.settled().await)
            .await?;
        Ok(found)
    }
}

fn lock_of(id: ServiceUserId) -> String {
    format!("creation-{}", id.0)
}

fn written(creation: &Creation) -> String {
    serde_json::to_string(creation).expect("a creation is plain data")
}

fn read(document: &str) -> Result<Creation, CatalogError> {
    serde_json::from_str(document).map_err(|_| CatalogError::Unreadable { what: WHAT })
}
