//! **Pending** credentials: rows that are written before their keychain items, and finished after them.

use sqlx::SqliteConnection;

use super::{CredentialRow, remove_one, set_one_state};
use crate::activity::ActivityEntry;
use crate::catalog::{Catalog, CatalogError, Changing, activity, column, is_orphaned, is_taken};
use crate::credential::{Credential, CredentialState};
use crate::ids::{CredentialId, EnvironmentId};
use crate::service_user::ServiceUser;

impl Catalog {
    /// Writes a pending credential and, in the same transaction, its service user if `service_user` isn't in the
    /// catalogue yet. The credential's own state is ignored.
    ///
    /// # Errors
    /// [`CatalogError::Duplicate`] if the environment already has another service user with this user id, or this key;
    /// [`CatalogError::Gone`] if the environment no longer exists.
    pub async fn add_pending(&self, service_user: &ServiceUser, credential: &Credential) -> Result<(), CatalogError> {
        self.add_all_pending(&[(service_user, credential)]).await
    }

    /// The same for many in one transaction: each waits for the disk.
    ///
    /// # Errors
    /// As [`Catalog::add_pending`] for any of them; then none is written.
    pub async fn add_all_pending(&self, rows: &[(&ServiceUser, &Credential)]) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        for (service_user, credential) in rows {
            insert_service_user(&mut writing, service_user).await?;
            insert_pending(&mut writing, service_user.environment, credential).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Makes pending credentials active, records that, and removes those that weren't stored, with service users that
    /// have no other; in one transaction.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] if any of them no longer exists; then nothing is changed.
    pub async fn finish_pending(
        &self,
        _alone: &Changing,
        stored: &[CredentialId],
        dropped: &[CredentialId],
        entries: &[ActivityEntry],
    ) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        for id in stored {
            set_one_state(&mut writing, *id, CredentialState::Active).await?;
        }
        for id in dropped {
            remove_one(&mut writing, *id, true).await?;
        }
        for entry in entries {
            activity::insert(&mut writing, entry, None).await?;
        }
        Ok(writing.commit().await?)
    }
}

pub(in crate::catalog) async fn insert_service_user(
    writing: &mut SqliteConnection,
    service_user: &ServiceUser,
) -> Result<(), CatalogError> {
    let settings = &service_user.settings;
    let (id, environment) = (service_user.id.0.to_string(), service_user.environment.0.to_string());
    let name_folded = column::folded(&settings.name);
    let (scopes, tags) = (column::list(&settings.scopes), column::list(&settings.tags));
    let created_at = column::seconds(service_user.created_at);
    let last_used_at = service_user.last_used_at.map(column::seconds);
    let inserted = sqlx::query!(
        "INSERT INTO service_users (
             id, environment, user_id, name, name_folded, scopes, favourite, tags, notes, created_at,
             last_used_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO NOTHING",
        id,
        environment,
        service_user.user_id,
        settings.name,
        name_folded,
        scopes,
        settings.favourite,
        tags,
        settings.notes,
        created_at,
        last_used_at
    )
    .execute(writing)
    .await;
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if is_taken(&error) => Err(CatalogError::Duplicate { what: "service user" }),
        Err(error) if is_orphaned(&error) => Err(CatalogError::Gone { what: "environment" }),
        Err(error) => Err(error.into()),
    }
}

async fn insert_pending(
    writing: &mut SqliteConnection,
    environment: EnvironmentId,
    credential: &Credential,
) -> Result<(), CatalogError> {
    let row = CredentialRow::from(credential);
    let (environment, state) = (environment.0.to_string(), CredentialState::Pending.as_str());
    let inserted = sqlx::query!(
        "INSERT INTO credentials (
             id, service_user, environment, kind, state, key_id, key_type, key_bits, fingerprint, thumbprint,
             public_pem, source, source_name, issued_at, expires_at, imported_at, last_used_at,
             client_id, certificate, audience, refused_at, key_algorithm, token_endpoint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                     ?23)",
        row.id,
        row.service_user,
        environment,
        row.kind,
        state,
        row.key_id,
        row.key_type,
        row.key_bits,
        row.fingerprint,
        row.thumbprint,
        row.public_pem,
        row.source,
        row.source_name,
        row.issued_at,
        row.expires_at,
        row.imported_at,
        row.last_used_at,
        row.client_id,
        row.certificate,
        row.audience,
        row.refused_at,
        row.key_algorithm,
        row.token_endpoint
    )
    .execute(writing)
    .await;
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if is_taken(&error) => Err(CatalogError::Duplicate { what: "private key" }),
        Err(error) => Err(error.into()),
    }
}
