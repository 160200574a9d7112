//! The catalogue's **rotations**, as JSON documents, and the locks that keep two processes off the same one.

use time::OffsetDateTime;

use super::{Catalog, CatalogError, Working, is_taken};
use crate::ids::{CredentialId, EnvironmentId, RotationId, ServiceUserId};
use crate::rotation::Rotation;

const WHAT: &str = "rotation";

impl Catalog {
    /// Takes the lock on a rotation; `None` while another process, or another task, works on it.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`].
    pub async fn rotating(&self, id: RotationId) -> Result<Option<Working>, CatalogError> {
        self.work_on(&lock_of(id)).await
    }

    /// Records a new rotation.
    ///
    /// # Errors
    /// [`CatalogError::Duplicate`] if there is one of the same service user that isn't over.
    pub async fn add_rotation(&self, rotation: &Rotation) -> Result<(), CatalogError> {
        let (id, service_user) = (rotation.id.0.to_string(), rotation.service_user.0.to_string());
        let (started_at, document) = (super::column::seconds(rotation.started_at), written(rotation));
        let added = sqlx::query!(
            "INSERT INTO rotations (id, service_user, open_for, started_at, document) VALUES (?1, ?2, ?2, ?3, ?4)",
            id,
            service_user,
            started_at,
            document
        )
        .execute(self.settled().await)
        .await;
        match added {
            Ok(_) => Ok(()),
            Err(error) if is_taken(&error) => Err(CatalogError::Duplicate { what: WHAT }),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes what a rotation has come to. One that is over makes room for the next.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn put_rotation(&self, rotation: &Rotation) -> Result<(), CatalogError> {
        let (id, document, over) = (rotation.id.0.to_string(), written(rotation), rotation.is_over());
        let result = sqlx::query!(
            "UPDATE rotations SET document = ?2, open_for = CASE WHEN ?3 THEN NULL ELSE open_for END WHERE id = ?1",
            id,
            document,
            over
        )
        .execute(self.settled().await)
        .await?;
        super::changed(&result, WHAT)?;
        if over {
            self.drop_lock(&lock_of(rotation.id));
        }
        Ok(())
    }

    /// A rotation.
    ///
    /// # Errors
    /// [`CatalogError::Gone`], [`CatalogError::Unreadable`].
    pub async fn rotation(&self, id: RotationId) -> Result<Rotation, CatalogError> {
        let id = id.0.to_string();
        let document = sqlx::query_scalar!("SELECT document FROM rotations WHERE id = ?1", id)
            .fetch_optional(self.settled().await)
            .await?;
        read(&document.ok_or(CatalogError::Gone { what: WHAT })?)
    }

    /// The rotations that aren't over, the oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`].
    pub async fn open_rotations(&self) -> Result<Vec<Rotation>, CatalogError> {
        let documents =
            sqlx::query_scalar!("SELECT document FROM rotations WHERE open_for IS NOT NULL ORDER BY started_at, rowid")
                .fetch_all(self.settled().await)
                .await?;
        documents.iter().map(|document| read(document)).collect()
    }

    /// The rotations of one service user, or of all, the newest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`].
    pub async fn rotations(&self, of: Option<ServiceUserId>) -> Result<Vec<Rotation>, CatalogError> {
        let of = of.map(|id| id.0.to_string());
        let documents = sqlx::query_scalar!(
            "SELECT document FROM rotations WHERE ?1 IS NULL OR service_user = ?1
             ORDER BY started_at DESC, rowid DESC",
            of
        )
        .fetch_all(self.settled().await)
        .await?;
        documents.iter().map(|document| read(document)).collect()
    }

    /// Writes down that a credential was proven: it works, and was used.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn note_proof(&self, id: CredentialId, at: OffsetDateTime) -> Result<(), CatalogError> {
        let (id, at) = (id.0.to_string(), super::column::seconds(at));
        let result = sqlx::query!("UPDATE credentials SET refused_at = NULL, last_used_at = ?2 WHERE id = ?1", id, at)
            .execute(self.settled().await)
            .await?;
        super::changed(&result, "credential")
    }

    /// The service user of an environment that acts where another one may not; `None` if none was chosen.
    pub async fn administrator(&self, environment: EnvironmentId) -> Result<Option<ServiceUserId>, CatalogError> {
        let id = environment.0.to_string();
        let found = sqlx::query_scalar!("SELECT service_user FROM administrators WHERE environment = ?1", id)
            .fetch_optional(self.settled().await)
            .await?;
        found.map(|id| Ok(ServiceUserId(super::column::id(&id, "service user id")?))).transpose()
    }

    /// Chooses that service user; `None` for none.
    pub async fn set_administrator(
        &self,
        environment: EnvironmentId,
        chosen: Option<ServiceUserId>,
    ) -> Result<(), CatalogError> {
        let environment = environment.0.to_string();
        let pool = self.settled().await;
        match chosen.map(|id| id.0.to_string()) {
            Some(id) => {
                sqlx::query!(
                    "INSERT INTO administrators (environment, service_user) VALUES (?1, ?2)
                     ON CONFLICT (environment) DO UPDATE SET service_user = excluded.service_user",
                    environment,
                    id
                )
                .execute(pool)
                .await?
            }
            None => {
                sqlx::query!("DELETE FROM administrators WHERE environment = ?1", environment).execute(pool).await?
            }
        };
        Ok(())
    }
}

fn lock_of(id: RotationId) -> String {
    format!("rotation-{}", id.0)
}

fn written(rotation: &Rotation) -> String {
    serde_json::to_string(rotation).expect("a rotation is plain data")
}

fn read(document: &str) -> Result<Rotation, CatalogError> {
    serde_json::from_str(document).map_err(|_| CatalogError::Unreadable { what: WHAT })
}
