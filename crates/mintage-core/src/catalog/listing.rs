//! The catalogue's **list** of service users, with exactly what its rows show.
//!
//! Rule: one query, answered with one document, and of the credentials only what a row shows. Ten thousand rows are read at every start; public
//! keys and certificates would make up most of the data.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Catalog, CatalogError, column};
use crate::credential::{CredentialKind, CredentialState};
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::service_user::{ServiceUser, ServiceUserDraft};

/// What the catalogue knows about one service user in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListedServiceUser {
    /// The service user itself.
    #[serde(flatten)]
    pub service_user: ServiceUser,
    /// Kind of its default credential.
    pub credential_kind: Option<CredentialKind>,
    /// How many credentials it has.
    pub credentials: u32,
    /// Key id of its default credential, for the search.
    pub key_id: Option<String>,
    /// When its default credential expires.
    #[serde(with = "time::serde::rfc3339::option")]
    #[specta(type = Option<String>)]
    pub key_expires_at: Option<OffsetDateTime>,
    /// Whether its default credential is missing from the keychain.
    pub key_missing: bool,
}

/// A row as the query writes it, its values in this order. Those of the default credential are null if there is none.
#[derive(Deserialize)]
struct ListedRow {
    id: Uuid,
    environment: Uuid,
    user_id: String,
    name: String,
    scopes: Vec<String>,
    favourite: u8,
    tags: Vec<String>,
    notes: String,
    created_at: i64,
    last_used_at: Option<i64>,
    default_credential: Option<Uuid>,
    kind: Option<String>,
    state: Option<String>,
    key_id: Option<String>,
    expires_at: Option<i64>,
    credentials: u32,
}

/// The rows as one JSON document: ten thousand that come one by one, each through a channel and its columns' checks, take
/// twice as long.
macro_rules! select_listed {
    ($tail:literal $(, $argument:expr)*) => {
        sqlx::query_scalar!(
            r#"SELECT '[' || COALESCE(group_concat(listed), '') || ']' AS "rows!: String" FROM (
                 SELECT json_array(u.id, u.environment, u.user_id, u.name, json(u.scopes), u.favourite, json(u.tags),
                     u.notes, u.created_at, u.last_used_at, d.id, d.kind, d.state, COALESCE(d.key_id, d.client_id),
                     d.expires_at, (SELECT COUNT(*) FROM credentials c WHERE c.service_user = u.id)) AS listed
                 FROM service_users u LEFT JOIN credentials d ON d.service_user = u.id AND d.is_default = 1 "#
                + $tail + " ORDER BY u.favourite DESC, u.name_folded, u.name, u.id)"
            $(, $argument)*
        )
    };
}

impl Catalog {
    /// Rows of one environment's service users, or of all: favourites first, then by name ignoring case.
    pub async fn listed(&self, of: Option<EnvironmentId>) -> Result<Vec<ListedServiceUser>, CatalogError> {
        let pool = self.settled().await;
        let rows = match of.map(|id| id.0.to_string()) {
            Some(environment) => select_listed!("WHERE u.environment = ?1", environment).fetch_one(pool).await?,
            None => select_listed!("").fetch_one(pool).await?,
        };
        let rows: Vec<ListedRow> = column::document(&rows, "list of service users")?;
        rows.into_iter().map(ListedRow::read).collect()
    }
}

impl ListedRow {
    fn read(self) -> Result<ListedServiceUser, CatalogError> {
        let kind = self
            .kind
            .map(|word| CredentialKind::from_word(&word).ok_or(CatalogError::UnknownWord { what: "credential kind" }));
        let state = self.state.map(|word| {
            CredentialState::from_word(&word).ok_or(CatalogError::UnknownWord { what: "credential state" })
        });
        Ok(ListedServiceUser {
            service_user: ServiceUser {
                id: ServiceUserId(self.id),
                environment: EnvironmentId(self.environment),
                user_id: self.user_id,
                settings: ServiceUserDraft {
                    name: self.name,
                    scopes: self.scopes,
                    favourite: self.favourite != 0,
                    tags: self.tags,
                    notes: self.notes,
                },
                default_credential: self.default_credential.map(CredentialId),
                created_at: column::time(self.created_at),
                last_used_at: column::optional_time(self.last_used_at),
            },
            credential_kind: kind.transpose()?,
            credentials: self.credentials,
            key_id: self.key_id,
            key_expires_at: column::optional_time(self.expires_at),
            key_missing: state.transpose()? == Some(CredentialState::Missing),
        })
    }
}

#[cfg(test)]
mod tests;
