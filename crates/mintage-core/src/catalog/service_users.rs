//! The catalogue's **service users**.

use time::OffsetDateTime;

use super::credentials::insert_service_user;
use super::{Catalog, CatalogError, Changing, changed, column, is_orphaned, is_taken};
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::service_user::{ServiceUser, ServiceUserDraft};

const WHAT: &str = "service user";

pub(super) struct ServiceUserRow {
    pub(super) id: String,
    pub(super) environment: String,
    pub(super) user_id: String,
    pub(super) name: String,
    pub(super) scopes: String,
    pub(super) favourite: i64,
    pub(super) tags: String,
    pub(super) notes: String,
    pub(super) default_credential: Option<String>,
    pub(super) created_at: i64,
    pub(super) last_used_at: Option<i64>,
}

macro_rules! select_service_users {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ServiceUserRow,
            r#"SELECT u.id, u.environment, u.user_id, u.name, u.scopes, u.favourite, u.tags, u.notes,
                    (SELECT c.id FROM credentials c
                     WHERE c.service_user = u.id AND c.is_default = 1) AS "default_credential?: String",
                    u.created_at, u.last_used_at
             FROM service_users u "# + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// Service users of one environment, or of all: favourites first, then by name ignoring case.
    pub async fn service_users(&self, of: Option<EnvironmentId>) -> Result<Vec<ServiceUser>, CatalogError> {
        let rows = match of.map(|id| id.0.to_string()) {
            Some(environment) => {
                select_service_users!(
                    "WHERE u.environment = ?1 ORDER BY u.favourite DESC, u.name_folded, u.name, u.id",
                    environment
                )
                .fetch_all(self.settled().await)
                .await?
            }
            None => {
                select_service_users!("ORDER BY u.favourite DESC, u.name_folded, u.name, u.id")
                    .fetch_all(self.settled().await)
                    .await?
            }
        };
        rows.into_iter().map(ServiceUserRow::read).collect()
    }

    /// The first favourites of all environments, by name ignoring case.
    pub async fn favourites(&self, most: u32) -> Result<Vec<ServiceUser>, CatalogError> {
        let rows = select_service_users!("WHERE u.favourite = 1 ORDER BY u.name_folded, u.name, u.id LIMIT ?1", most)
            .fetch_all(self.settled().await)
            .await?;
        rows.into_iter().map(ServiceUserRow::read).collect()
    }

    /// One service user.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn service_user(&self, id: ServiceUserId) -> Result<ServiceUser, CatalogError> {
        let id = id.0.to_string();
        let row = select_service_users!("WHERE u.id = ?1", id).fetch_optional(self.settled().await).await?;
        row.ok_or(CatalogError::Gone { what: WHAT })?.read()
    }

    /// The service user with this id at the issuer in this environment, if it is known.
    pub async fn service_user_by_user_id(
        &self,
        environment: EnvironmentId,
        user_id: &str,
    ) -> Result<Option<ServiceUser>, CatalogError> {
        let environment = environment.0.to_string();
        let row = select_service_users!("WHERE u.environment = ?1 AND u.user_id = ?2", environment, user_id)
            .fetch_optional(self.settled().await)
            .await?;
        row.map(ServiceUserRow::read).transpose()
    }

    /// Adds a service user that has no credential yet.
    ///
    /// # Errors
    /// [`CatalogError::Duplicate`] if the environment has another service user with this user id;
    /// [`CatalogError::Gone`] if the environment no longer exists.
    pub async fn add_service_user(&self, service_user: &ServiceUser) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        insert_service_user(&mut writing, service_user).await?;
        Ok(writing.commit().await?)
    }

    /// Changes what the user edits about a service user: the fields in which `draft` differs from what the edit began
    /// with.
    ///
    /// # Errors
    /// [`CatalogError::EditedMeanwhile`] if such a field has been changed to something else since;
    /// [`CatalogError::Gone`].
    pub async fn edit_service_user(
        &self,
        id: ServiceUserId,
        opened: &ServiceUserDraft,
        draft: &ServiceUserDraft,
    ) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let mut writing = self.writing().await?;
        let row = select_service_users!("WHERE u.id = ?1", id).fetch_optional(&mut *writing).await?;
        let stored = row.ok_or(CatalogError::Gone { what: WHAT })?.read()?.settings;
        let settings = draft.merged(opened, &stored).ok_or(CatalogError::EditedMeanwhile { what: WHAT })?;
        let name_folded = column::folded(&settings.name);
        let (scopes, tags) = (column::list(&settings.scopes), column::list(&settings.tags));
        sqlx::query!(
            "UPDATE service_users SET name = ?2, name_folded = ?3, scopes = ?4, favourite = ?5, tags = ?6, notes = ?7
             WHERE id = ?1",
            id,
            settings.name,
            name_folded,
            scopes,
            settings.favourite,
            tags,
            settings.notes
        )
        .execute(&mut *writing)
        .await?;
        Ok(writing.commit().await?)
    }

    /// Replaces a service user's id at the issuer. Secrets and personal access tokens that used it keep it as their
    /// client id.
    ///
    /// # Errors
    /// [`CatalogError::Gone`], [`CatalogError::Duplicate`] if another service user has this id.
    pub async fn correct_user_id(&self, id: ServiceUserId, user_id: &str) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let mut writing = self.writing().await?;
        sqlx::query!(
            "UPDATE credentials SET client_id = (SELECT user_id FROM service_users WHERE id = ?1)
             WHERE service_user = ?1 AND client_id IS NULL AND kind IN ('client-secret', 'personal-token')",
            id
        )
        .execute(&mut *writing)
        .await?;
        let result = sqlx::query!("UPDATE service_users SET user_id = ?2 WHERE id = ?1", id, user_id)
            .execute(&mut *writing)
            .await
            .map_err(|error| if is_taken(&error) { CatalogError::Duplicate { what: WHAT } } else { error.into() })?;
        changed(&result, WHAT)?;
        Ok(writing.commit().await?)
    }

    /// Moves service users with their credentials to other environments: all of them, or none.
    ///
    /// # Errors
    /// [`CatalogError::Gone`]; [`CatalogError::Duplicate`] if an environment already has one of them, or its key.
    pub async fn move_service_users(&self, moves: &[(ServiceUserId, EnvironmentId)]) -> Result<(), CatalogError> {
        let taken = |error, what| if is_taken(&error) { CatalogError::Duplicate { what } } else { error.into() };
        let mut writing = self.writing().await?;
        // A service user and its credentials name their environment each; they agree again when all is written.
        sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *writing).await?;
        for (id, to) in moves {
            let (id, to) = (id.0.to_string(), to.0.to_string());
            let moved = sqlx::query!("UPDATE service_users SET environment = ?2 WHERE id = ?1", id, to)
                .execute(&mut *writing)
                .await
                .map_err(|error| taken(error, WHAT))?;
            changed(&moved, WHAT)?;
            // It acts for others, and has its organisation, only where it was.
            sqlx::query!("DELETE FROM administrators WHERE service_user = ?1", id).execute(&mut *writing).await?;
            sqlx::query!("DELETE FROM organisations WHERE service_user = ?1", id).execute(&mut *writing).await?;
            sqlx::query!("UPDATE credentials SET environment = ?2 WHERE service_user = ?1", id, to)
                .execute(&mut *writing)
                .await
                .map_err(|error| taken(error, "private key"))?;
        }
        writing.commit().await.map_err(|error| {
            if is_orphaned(&error) { CatalogError::Gone { what: "environment" } } else { error.into() }
        })
    }

    /// Chooses the credential that minting uses.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] if the service user has no such credential.
    pub async fn make_default(&self, id: ServiceUserId, credential: CredentialId) -> Result<(), CatalogError> {
        let (id, credential) = (id.0.to_string(), credential.0.to_string());
        let mut writing = self.writing().await?;
        sqlx::query!("UPDATE credentials SET is_default = 0 WHERE service_user = ?1 AND is_default = 1", id)
            .execute(&mut *writing)
            .await?;
        let result =
            sqlx::query!("UPDATE credentials SET is_default = 1 WHERE id = ?1 AND service_user = ?2", credential, id)
                .execute(&mut *writing)
                .await?;
        changed(&result, "credential")?;
        Ok(writing.commit().await?)
    }

    /// Records that a token of this service user was minted or copied; does nothing if it no longer exists.
    pub async fn touch(&self, id: ServiceUserId, at: OffsetDateTime) -> Result<(), CatalogError> {
        let (id, at) = (id.0.to_string(), column::seconds(at));
        sqlx::query!("UPDATE service_users SET last_used_at = ?2 WHERE id = ?1", id, at)
            .execute(self.settled().await)
            .await?;
        Ok(())
    }

    /// Removes a service user that no longer has credentials.
    ///
    /// # Errors
    /// [`CatalogError::Gone`]; a foreign-key failure as [`CatalogError::Database`] if it still has some.
    pub async fn remove_service_user(&self, _alone: &Changing, id: ServiceUserId) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let result = sqlx::query!("DELETE FROM service_users WHERE id = ?1", id).execute(self.settled().await).await?;
        changed(&result, WHAT)
    }
}

impl ServiceUserRow {
    pub(super) fn read(self) -> Result<ServiceUser, CatalogError> {
        let settings = ServiceUserDraft {
            name: self.name,
            scopes: column::items(&self.scopes)?,
            favourite: self.favourite != 0,
            tags: column::items(&self.tags)?,
            notes: self.notes,
        };
        let default_credential = self.default_credential.map(|id| column::id(&id, "credential id")).transpose()?;
        Ok(ServiceUser {
            id: ServiceUserId(column::id(&self.id, "service user id")?),
            environment: EnvironmentId(column::id(&self.environment, "environment id")?),
            user_id: self.user_id,
            settings,
            default_credential: default_credential.map(CredentialId),
            created_at: column::time(self.created_at),
            last_used_at: column::optional_time(self.last_used_at),
        })
    }
}

#[cfg(test)]
mod tests;
