//! The catalogue's **list** of service users, as its rows are shown.
//!
//! Rule: one query, and of the credentials only what a row shows. Ten thousand rows are read at every
//! start; public keys and certificates would be most of what is read with them.

use super::{Catalog, column};
use crate::credential::{CredentialId, CredentialKind, CredentialState};
use crate::environment::EnvironmentId;
use crate::error::CatalogError;
use crate::service_user::{ServiceUser, ServiceUserDraft, ServiceUserId, ServiceUserRow, TokenState};

/// A row as SQL has it: what is its default credential's is absent where there is none.
struct ListedRow {
    id: String,
    environment: String,
    user_id: String,
    name: String,
    scopes: String,
    favourite: i64,
    tags: String,
    created_at: i64,
    last_used_at: Option<i64>,
    default_credential: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    key_id: Option<String>,
    expires_at: Option<i64>,
    credentials: i64,
}

macro_rules! select_listed {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ListedRow,
            r#"SELECT u.id, u.environment, u.user_id, u.name, u.scopes, u.favourite, u.tags, u.created_at, u.last_used_at,
                    d.id AS "default_credential?: String", d.kind AS "kind?: String", d.state AS "state?: String",
                    COALESCE(d.key_id, d.client_id) AS "key_id?: String", d.expires_at AS "expires_at?: i64",
                    (SELECT COUNT(*) FROM credentials c WHERE c.service_user = u.id) AS "credentials!: i64"
             FROM service_users u LEFT JOIN credentials d ON d.service_user = u.id AND d.is_default = 1 "# + $tail
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// Rows of one environment's service users, or of all: favourites first, then by name ignoring case.
    /// Tokens are not in the catalogue, so no row has one.
    pub async fn listed(&self, of: Option<EnvironmentId>) -> Result<Vec<ServiceUserRow>, CatalogError> {
        let rows = match of.map(|id| id.0.to_string()) {
            Some(environment) => {
                select_listed!(
                    "WHERE u.environment = ?1 ORDER BY u.favourite DESC, u.name_folded, u.name, u.id",
                    environment
                )
                .fetch_all(&self.pool)
                .await?
            }
            None => {
                select_listed!("ORDER BY u.favourite DESC, u.name_folded, u.name, u.id").fetch_all(&self.pool).await?
            }
        };
        rows.into_iter().map(ListedRow::read).collect()
    }
}

impl ListedRow {
    fn read(self) -> Result<ServiceUserRow, CatalogError> {
        let id = self.default_credential.map(|id| column::id(&id, "credential id")).transpose()?;
        let kind = self
            .kind
            .map(|word| CredentialKind::from_word(&word).ok_or(CatalogError::UnknownWord { what: "credential kind" }));
        let state = self.state.map(|word| {
            CredentialState::from_word(&word).ok_or(CatalogError::UnknownWord { what: "credential state" })
        });
        Ok(ServiceUserRow {
            service_user: ServiceUser {
                id: ServiceUserId(column::id(&self.id, "service user id")?),
                environment: EnvironmentId(column::id(&self.environment, "environment id")?),
                user_id: self.user_id,
                settings: ServiceUserDraft {
                    name: self.name,
                    scopes: column::items(&self.scopes)?,
                    favourite: self.favourite != 0,
                    tags: column::items(&self.tags)?,
                },
                default_credential: id.map(CredentialId),
                created_at: column::time(self.created_at),
                last_used_at: column::optional_time(self.last_used_at),
            },
            credential_kind: kind.transpose()?,
            credentials: column::count(self.credentials)?,
            key_id: self.key_id,
            key_expires_at: column::optional_time(self.expires_at),
            key_missing: state.transpose()? == Some(CredentialState::Missing),
            token: TokenState::None,
        })
    }
}

#[cfg(test)]
mod tests;
