//! The catalogue's **service users**.

use time::OffsetDateTime;

use super::{Catalog, changed, column, is_taken};
use crate::credential::CredentialId;
use crate::environment::EnvironmentId;
use crate::error::CatalogError;
use crate::service_user::{ServiceUser, ServiceUserDraft, ServiceUserId};

const WHAT: &str = "service user";

struct ServiceUserRow {
    id: String,
    environment: String,
    user_id: String,
    name: String,
    scopes: String,
    favourite: i64,
    tags: String,
    default_credential: Option<String>,
    created_at: i64,
    last_used_at: Option<i64>,
}

macro_rules! select_service_users {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ServiceUserRow,
            r#"SELECT u.id, u.environment, u.user_id, u.name, u.scopes, u.favourite, u.tags,
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
                .fetch_all(&self.pool)
                .await?
            }
            None => {
                select_service_users!("ORDER BY u.favourite DESC, u.name_folded, u.name, u.id")
                    .fetch_all(&self.pool)
                    .await?
            }
        };
        rows.into_iter().map(ServiceUserRow::read).collect()
    }

    /// Favourites of all environments by name ignoring case, the first of them.
    pub async fn favourites(&self, most: u32) -> Result<Vec<ServiceUser>, CatalogError> {
        let rows = select_service_users!("WHERE u.favourite = 1 ORDER BY u.name_folded, u.name, u.id LIMIT ?1", most)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(ServiceUserRow::read).collect()
    }

    /// One service user.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn service_user(&self, id: ServiceUserId) -> Result<ServiceUser, CatalogError> {
        let id = id.0.to_string();
        let row = select_service_users!("WHERE u.id = ?1", id).fetch_optional(&self.pool).await?;
        row.ok_or(CatalogError::Gone { what: WHAT })?.read()
    }

    /// The service user of this environment with this id at the issuer, if it is known.
    pub async fn service_user_by_user_id(
        &self,
        environment: EnvironmentId,
        user_id: &str,
    ) -> Result<Option<ServiceUser>, CatalogError> {
        let environment = environment.0.to_string();
        let row = select_service_users!("WHERE u.environment = ?1 AND u.user_id = ?2", environment, user_id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(ServiceUserRow::read).transpose()
    }

    /// Replaces what the user edits of a service user.
    ///
    /// # Errors
    /// [`CatalogError::Gone`].
    pub async fn edit_service_user(&self, id: ServiceUserId, settings: &ServiceUserDraft) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let name_folded = column::folded(&settings.name);
        let (scopes, tags) = (column::list(&settings.scopes), column::list(&settings.tags));
        let result = sqlx::query!(
            "UPDATE service_users SET name = ?2, name_folded = ?3, scopes = ?4, favourite = ?5, tags = ?6 WHERE id = ?1",
            id,
            settings.name,
            name_folded,
            scopes,
            settings.favourite,
            tags
        )
        .execute(&self.pool)
        .await?;
        changed(&result, WHAT)
    }

    /// Replaces the id that a service user goes by at the issuer. Secrets and ready-made tokens that went by it keep
    /// it as their client id.
    ///
    /// # Errors
    /// [`CatalogError::Gone`], [`CatalogError::Duplicate`] where another service user has this id.
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

    /// Chooses the credential that minting uses.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] where the service user has no such credential.
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

    /// Notes that a token of this service user was minted or copied; nothing if it is gone.
    pub async fn touch(&self, id: ServiceUserId, at: OffsetDateTime) -> Result<(), CatalogError> {
        let (id, at) = (id.0.to_string(), column::seconds(at));
        sqlx::query!("UPDATE service_users SET last_used_at = ?2 WHERE id = ?1", id, at).execute(&self.pool).await?;
        Ok(())
    }

    /// Removes a service user that has no credentials any more.
    ///
    /// # Errors
    /// [`CatalogError::Gone`]; a foreign-key failure as [`CatalogError::Database`] where it has some.
    pub async fn remove_service_user(&self, id: ServiceUserId) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        let result = sqlx::query!("DELETE FROM service_users WHERE id = ?1", id).execute(&self.pool).await?;
        changed(&result, WHAT)
    }
}

impl ServiceUserRow {
    fn read(self) -> Result<ServiceUser, CatalogError> {
        let settings = ServiceUserDraft {
            name: self.name,
            scopes: column::items(&self.scopes)?,
            favourite: self.favourite != 0,
            tags: column::items(&self.tags)?,
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
