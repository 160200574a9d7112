//! The **catalogue** is what Mintage remembers: environments, service users, credentials, activity.
//!
//! Rule: harmless to copy. It never holds a secret; the only module that touches the database file.
//! Each function is one transaction: done whole or not at all.

use std::path::Path;

use time::OffsetDateTime;

use crate::activity::ActivityEntry;
use crate::credential::{Credential, CredentialId, CredentialState};
use crate::environment::{Environment, EnvironmentDraft, EnvironmentId};
use crate::error::CatalogError;
use crate::service_user::{ServiceUser, ServiceUserDraft, ServiceUserId};

/// A handle to the open catalogue; cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalog {
    pool: sqlx::SqlitePool,
}

impl Catalog {
    /// Opens `mintage.db` in this folder (made with mode 0700, file 0600), checks its integrity, backs
    /// it up before migrating, and migrates it.
    ///
    /// # Errors
    /// [`CatalogError::Unopened`], [`CatalogError::Newer`], [`CatalogError::Damaged`],
    /// [`CatalogError::Migration`].
    pub async fn open(folder: &Path) -> Result<Self, CatalogError> {
        let _ = folder;
        todo!("catalog work")
    }

    /// All environments by name.
    ///
    /// # Errors
    /// [`CatalogError::Database`]; so for every function below, which name only what they add.
    pub async fn environments(&self) -> Result<Vec<Environment>, CatalogError> {
        let _ = &self.pool;
        todo!("catalog work")
    }

    /// One environment.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn environment(&self, id: EnvironmentId) -> Result<Environment, CatalogError> {
        let _ = id;
        todo!("catalog work")
    }

    /// Adds an environment.
    ///
    /// # Errors
    /// [`CatalogError::NameTaken`] (names are unique, ignoring case).
    pub async fn add_environment(&self, environment: &Environment) -> Result<(), CatalogError> {
        let _ = environment;
        todo!("catalog work")
    }

    /// Replaces an environment's settings.
    ///
    /// # Errors
    /// [`CatalogError::NameTaken`], [`CatalogError::Gone`].
    pub async fn edit_environment(&self, id: EnvironmentId, settings: &EnvironmentDraft) -> Result<(), CatalogError> {
        let _ = (id, settings);
        todo!("catalog work")
    }

    /// Removes an environment that has no service users any more.
    ///
    /// # Errors
    /// [`CatalogError::Gone`]; a foreign-key failure as [`CatalogError::Database`] where it has some.
    pub async fn remove_environment(&self, id: EnvironmentId) -> Result<(), CatalogError> {
        let _ = id;
        todo!("catalog work")
    }

    /// Service users of one environment, or of all: favourites first, then by name ignoring case.
    pub async fn service_users(&self, of: Option<EnvironmentId>) -> Result<Vec<ServiceUser>, CatalogError> {
        let _ = of;
        todo!("catalog work")
    }

    /// One service user.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn service_user(&self, id: ServiceUserId) -> Result<ServiceUser, CatalogError> {
        let _ = id;
        todo!("catalog work")
    }

    /// The service user of this environment with this id at the issuer, if it is known.
    pub async fn service_user_by_user_id(
        &self,
        environment: EnvironmentId,
        user_id: &str,
    ) -> Result<Option<ServiceUser>, CatalogError> {
        let _ = (environment, user_id);
        todo!("catalog work")
    }

    /// Replaces what the user edits of a service user.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn edit_service_user(&self, id: ServiceUserId, settings: &ServiceUserDraft) -> Result<(), CatalogError> {
        let _ = (id, settings);
        todo!("catalog work")
    }

    /// Chooses the credential that minting uses.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] where the service user has no such credential.
    pub async fn make_default(&self, id: ServiceUserId, credential: CredentialId) -> Result<(), CatalogError> {
        let _ = (id, credential);
        todo!("catalog work")
    }

    /// Notes that a token of this service user was minted or copied.
    pub async fn touch(&self, id: ServiceUserId, at: OffsetDateTime) -> Result<(), CatalogError> {
        let _ = (id, at);
        todo!("catalog work")
    }

    /// Removes a service user that has no credentials any more.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn remove_service_user(&self, id: ServiceUserId) -> Result<(), CatalogError> {
        let _ = id;
        todo!("catalog work")
    }

    /// All credentials, or those of one service user: its default first, then the newest first.
    /// Includes pending and deleting ones.
    pub async fn credentials(&self, of: Option<ServiceUserId>) -> Result<Vec<Credential>, CatalogError> {
        let _ = of;
        todo!("catalog work")
    }

    /// One credential.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn credential(&self, id: CredentialId) -> Result<Credential, CatalogError> {
        let _ = id;
        todo!("catalog work")
    }

    /// The credential of this key (by RFC 7638 thumbprint) in this environment, pending ones included.
    pub async fn credential_by_thumbprint(
        &self,
        environment: EnvironmentId,
        thumbprint: &str,
    ) -> Result<Option<Credential>, CatalogError> {
        let _ = (environment, thumbprint);
        todo!("catalog work")
    }

    /// Writes a pending credential and, in the same transaction, its service user if `service_user`
    /// is not in the catalogue yet.
    pub async fn add_pending(&self, service_user: &ServiceUser, credential: &Credential) -> Result<(), CatalogError> {
        let _ = (service_user, credential);
        todo!("catalog work")
    }

    /// Moves a credential to another state. The first active credential of a service user becomes its
    /// default.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn set_state(&self, id: CredentialId, state: CredentialState) -> Result<(), CatalogError> {
        let _ = (id, state);
        todo!("catalog work")
    }

    /// Notes that a credential signed.
    pub async fn credential_used(&self, id: CredentialId, at: OffsetDateTime) -> Result<(), CatalogError> {
        let _ = (id, at);
        todo!("catalog work")
    }

    /// Removes a credential's row; if it was the default, the newest active one becomes the default.
    /// With `and_lonely_user`, its service user goes too if this was its only credential.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn remove_credential(&self, id: CredentialId, and_lonely_user: bool) -> Result<(), CatalogError> {
        let _ = (id, and_lonely_user);
        todo!("catalog work")
    }

    /// Adds an entry to the record; the record keeps the newest 10,000.
    pub async fn record(&self, entry: &ActivityEntry) -> Result<(), CatalogError> {
        let _ = entry;
        todo!("catalog work")
    }

    /// The newest entries, of one service user or of all.
    pub async fn activity(&self, of: Option<ServiceUserId>, limit: u32) -> Result<Vec<ActivityEntry>, CatalogError> {
        let _ = (of, limit);
        todo!("catalog work")
    }
}
