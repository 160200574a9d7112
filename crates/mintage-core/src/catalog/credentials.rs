//! The catalogue's **credentials**: the rows whose secret halves are in the keychain.
//!
//! Rule: a row never disappears silently; each step of an import or removal is a state, so that an interruption leaves
//! something to repair.

use sqlx::SqliteConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Catalog, CatalogError, Changing, changed, column};
use crate::credential::{Credential, CredentialState};
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};

mod pending;
mod row;

pub(super) use pending::insert_service_user;
pub(super) use row::CredentialRow;

const WHAT: &str = "credential";

macro_rules! select_credentials {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            CredentialRow,
            "SELECT id, service_user, kind, state, key_id, client_id, certificate, audience, key_type, key_bits, fingerprint, thumbprint, public_pem,
                    key_algorithm, source, source_name, issued_at, expires_at, imported_at, last_used_at, refused_at,
                    token_endpoint
             FROM credentials " + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// All credentials, or those of one service user: its default first, then the newest first. Includes pending and
    /// deleting ones.
    pub async fn credentials(&self, of: Option<ServiceUserId>) -> Result<Vec<Credential>, CatalogError> {
        let Some(of) = of else { return self.credentials_of_environment(None).await };
        let of = of.0.to_string();
        let rows =
            select_credentials!("WHERE service_user = ?1 ORDER BY is_default DESC, imported_at DESC, rowid DESC", of)
                .fetch_all(self.settled().await)
                .await?;
        rows.into_iter().map(CredentialRow::read).collect()
    }

    /// Credentials of all service users of one environment, or of all environments, in one query: grouped by service
    /// user, its default first, then the newest first. Includes pending and deleting ones.
    pub async fn credentials_of_environment(&self, of: Option<EnvironmentId>) -> Result<Vec<Credential>, CatalogError> {
        let rows = match of.map(|id| id.0.to_string()) {
            Some(environment) => {
                select_credentials!(
                    "WHERE environment = ?1 ORDER BY service_user, is_default DESC, imported_at DESC, rowid DESC",
                    environment
                )
                .fetch_all(self.settled().await)
                .await?
            }
            None => {
                select_credentials!("ORDER BY service_user, is_default DESC, imported_at DESC, rowid DESC")
                    .fetch_all(self.settled().await)
                    .await?
            }
        };
        rows.into_iter().map(CredentialRow::read).collect()
    }

    /// All credentials' states, as one document: ten thousand of them are read at every start.
    pub async fn credential_states(&self) -> Result<Vec<(CredentialId, CredentialState)>, CatalogError> {
        let states = sqlx::query_scalar!(
            r#"SELECT '[' || COALESCE(group_concat(json_array(id, state)), '') || ']' AS "states!: String" FROM credentials"#
        );
        let states = states.fetch_one(self.settled().await).await?;
        let states: Vec<(Uuid, String)> = column::document(&states, "list of credentials")?;
        let read = |(id, word): (Uuid, String)| {
            let state = CredentialState::from_word(&word);
            Ok((CredentialId(id), state.ok_or(CatalogError::UnknownWord { what: "credential state" })?))
        };
        states.into_iter().map(read).collect()
    }

    /// One credential.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn credential(&self, id: CredentialId) -> Result<Credential, CatalogError> {
        let id = id.0.to_string();
        let row = select_credentials!("WHERE id = ?1", id).fetch_optional(self.settled().await).await?;
        row.ok_or(CatalogError::Gone { what: WHAT })?.read()
    }

    /// The credential with this key (by RFC 7638 thumbprint) in this environment, including pending ones.
    pub async fn credential_by_thumbprint(
        &self,
        environment: EnvironmentId,
        thumbprint: &str,
    ) -> Result<Option<Credential>, CatalogError> {
        let environment = environment.0.to_string();
        let row = select_credentials!("WHERE environment = ?1 AND thumbprint = ?2", environment, thumbprint)
            .fetch_optional(self.settled().await)
            .await?;
        row.map(CredentialRow::read).transpose()
    }

    /// The credentials with this key in any environment, including pending ones, by their environment's id.
    ///
    /// # Errors
    /// What SQLite reports; a row that can't be read.
    pub async fn credentials_by_thumbprint(&self, thumbprint: &str) -> Result<Vec<Credential>, CatalogError> {
        let rows = select_credentials!("WHERE thumbprint = ?1 ORDER BY environment", thumbprint)
            .fetch_all(self.settled().await)
            .await?;
        rows.into_iter().map(CredentialRow::read).collect()
    }

    /// Changes a credential's state. The first active credential of a service user becomes its default; a service user
    /// that has a default keeps it, whatever its state.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn set_state(
        &self,
        alone: &Changing,
        id: CredentialId,
        state: CredentialState,
    ) -> Result<(), CatalogError> {
        self.set_states(alone, &[id], state).await
    }

    /// The same for many at once: each transaction waits for the disk.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] if any of them no longer exists; then none is changed.
    pub async fn set_states(
        &self,
        _alone: &Changing,
        ids: &[CredentialId],
        state: CredentialState,
    ) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        for id in ids {
            set_one_state(&mut writing, *id, state).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Records whether a usable credential's item is in the keychain. Needs no lock: a credential that is being added or
    /// removed keeps its state, so that the repair can finish that.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] if it isn't usable any more.
    pub async fn set_presence(&self, id: CredentialId, is_there: bool) -> Result<(), CatalogError> {
        let state = if is_there { CredentialState::Active } else { CredentialState::Missing };
        let (id, word) = (id.0.to_string(), state.as_str());
        let mut writing = self.writing().await?;
        let result = sqlx::query!(
            "UPDATE credentials SET state = ?2 WHERE id = ?1 AND state IN ('active', 'missing')",
            id,
            word
        )
        .execute(&mut *writing)
        .await?;
        changed(&result, WHAT)?;
        if is_there {
            ensure_default(&mut writing, &id).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Records which project an application belongs to; does nothing if the credential no longer exists.
    pub async fn set_audience(&self, id: CredentialId, audience: &str) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        sqlx::query!("UPDATE credentials SET audience = ?2 WHERE id = ?1", id, audience)
            .execute(self.settled().await)
            .await?;
        Ok(())
    }

    /// Records a key's certificate; does nothing if the credential no longer exists.
    pub async fn set_certificate(&self, id: CredentialId, certificate: &str) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        sqlx::query!("UPDATE credentials SET certificate = ?2 WHERE id = ?1", id, certificate)
            .execute(self.settled().await)
            .await?;
        Ok(())
    }

    /// Writes what reading the same credential's file again revealed: the key's id with its age, certificate, audience,
    /// expiry, token endpoint, the algorithm that the key is bound to. The row is to be read under the same lock, since
    /// all of this is replaced.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn update_facts(&self, _alone: &Changing, credential: &Credential) -> Result<(), CatalogError> {
        let id = credential.id.0.to_string();
        let (issued_at, expires_at) =
            (credential.issued_at.map(column::seconds), credential.expires_at.map(column::seconds));
        let algorithm = row::algorithm_word(credential.key.as_ref());
        let result = sqlx::query!(
            "UPDATE credentials SET key_id = ?2, certificate = ?3, audience = ?4, issued_at = ?5, expires_at = ?6,
                 key_algorithm = ?7, token_endpoint = ?8
             WHERE id = ?1",
            id,
            credential.key_id,
            credential.certificate,
            credential.audience,
            issued_at,
            expires_at,
            algorithm,
            credential.token_endpoint
        )
        .execute(self.settled().await)
        .await?;
        changed(&result, WHAT)
    }

    /// Records when the server refused a credential, or that it accepted it; does nothing if it no longer exists.
    pub async fn credential_refused(&self, id: CredentialId, at: Option<OffsetDateTime>) -> Result<(), CatalogError> {
        let (id, at) = (id.0.to_string(), at.map(column::seconds));
        sqlx::query!("UPDATE credentials SET refused_at = ?2 WHERE id = ?1", id, at)
            .execute(self.settled().await)
            .await?;
        Ok(())
    }

    /// Records that the file of this name was deleted; does nothing if the credential came from another.
    pub async fn original_deleted(&self, id: CredentialId, name: &str) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        sqlx::query!(
            "UPDATE credentials SET source = 'deleted-file' WHERE id = ?1 AND source = 'file' AND source_name = ?2",
            id,
            name
        )
        .execute(self.settled().await)
        .await?;
        Ok(())
    }

    /// Removes a credential's row; if it was the default, the newest active one becomes the default. With
    /// `and_lonely_user`, its service user is removed too if this was its only credential.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn remove_credential(
        &self,
        _alone: &Changing,
        id: CredentialId,
        and_lonely_user: bool,
    ) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        remove_one(&mut writing, id, and_lonely_user).await?;
        Ok(writing.commit().await?)
    }
}

async fn remove_one(
    writing: &mut SqliteConnection,
    id: CredentialId,
    and_lonely_user: bool,
) -> Result<(), CatalogError> {
    let id = id.0.to_string();
    let removed = sqlx::query!("DELETE FROM credentials WHERE id = ?1 RETURNING service_user, is_default", id)
        .fetch_optional(&mut *writing)
        .await?
        .ok_or(CatalogError::Gone { what: WHAT })?;
    if removed.is_default != 0 {
        promote_newest(writing, &removed.service_user).await?;
    }
    if and_lonely_user {
        sqlx::query!(
            "DELETE FROM service_users
                 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM credentials WHERE service_user = ?1)
                     AND NOT EXISTS (SELECT 1 FROM registration_tokens WHERE service_user = ?1)",
            removed.service_user
        )
        .execute(writing)
        .await?;
    }
    Ok(())
}

async fn set_one_state(
    writing: &mut SqliteConnection,
    id: CredentialId,
    state: CredentialState,
) -> Result<(), CatalogError> {
    let (id, word) = (id.0.to_string(), state.as_str());
    let result =
        sqlx::query!("UPDATE credentials SET state = ?2 WHERE id = ?1", id, word).execute(&mut *writing).await?;
    changed(&result, WHAT)?;
    if state == CredentialState::Active { ensure_default(writing, &id).await } else { Ok(()) }
}

/// Makes a credential its service user's default, unless there is one.
async fn ensure_default(writing: &mut SqliteConnection, id: &str) -> Result<(), CatalogError> {
    sqlx::query!(
        "UPDATE credentials SET is_default = 1
                 WHERE id = ?1 AND NOT EXISTS (
                     SELECT 1 FROM credentials other
                     WHERE other.service_user = credentials.service_user AND other.is_default = 1)",
        id
    )
    .execute(writing)
    .await?;
    Ok(())
}

async fn promote_newest(writing: &mut SqliteConnection, service_user: &str) -> Result<(), CatalogError> {
    sqlx::query!(
        "UPDATE credentials SET is_default = 1
         WHERE id = (SELECT id FROM credentials WHERE service_user = ?1 AND state = 'active'
                     ORDER BY imported_at DESC, rowid DESC LIMIT 1)",
        service_user
    )
    .execute(writing)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
