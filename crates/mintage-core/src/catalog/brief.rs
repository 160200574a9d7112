//! The catalogue's **brief list** of service users: what a line on a terminal shows, and nothing else.
//!
//! Rule: as in [`listing`](super::listing), one query and one document. Scopes, notes and counts take as long to read as
//! all of this.

use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Catalog, CatalogError, column};
use crate::credential::{CredentialKind, CredentialState};
use crate::ids::{EnvironmentId, ServiceUserId};

/// What a line shows of a service user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BriefServiceUser {
    /// Its id.
    pub id: ServiceUserId,
    /// The environment that it is in.
    pub environment: EnvironmentId,
    /// Its name.
    pub name: String,
    /// When a token was last minted for it.
    pub last_used_at: Option<OffsetDateTime>,
    /// Kind of its default credential; `None` if it has none.
    pub credential_kind: Option<CredentialKind>,
    /// Whether its default credential is missing from the keychain.
    pub key_missing: bool,
    /// When its default credential expires.
    pub key_expires_at: Option<OffsetDateTime>,
}

/// A row as the query writes it, its values in this order.
#[derive(Deserialize)]
struct BriefRow {
    id: Uuid,
    environment: Uuid,
    name: String,
    last_used_at: Option<i64>,
    kind: Option<String>,
    state: Option<String>,
    expires_at: Option<i64>,
}

impl Catalog {
    /// All service users: favourites first, then by name ignoring case.
    pub async fn brief(&self) -> Result<Vec<BriefServiceUser>, CatalogError> {
        let rows = sqlx::query_scalar!(
            r#"SELECT '[' || COALESCE(group_concat(brief), '') || ']' AS "rows!: String" FROM (
                 SELECT json_array(u.id, u.environment, u.name, u.last_used_at, d.kind, d.state, d.expires_at) AS brief
                 FROM service_users u LEFT JOIN credentials d ON d.service_user = u.id AND d.is_default = 1
                 ORDER BY u.favourite DESC, u.name_folded, u.name, u.id)"#
        );
        let rows = rows.fetch_one(self.settled().await).await?;
        let rows: Vec<BriefRow> = column::document(&rows, "list of service users")?;
        rows.into_iter().map(BriefRow::read).collect()
    }
}

impl BriefRow {
    fn read(self) -> Result<BriefServiceUser, CatalogError> {
        let unknown = |what| CatalogError::UnknownWord { what };
        let kind = self.kind.map(|word| CredentialKind::from_word(&word).ok_or(unknown("credential kind")));
        let state = self.state.map(|word| CredentialState::from_word(&word).ok_or(unknown("credential state")));
        Ok(BriefServiceUser {
            id: ServiceUserId(self.id),
            environment: EnvironmentId(self.environment),
            name: self.name,
            last_used_at: column::optional_time(self.last_used_at),
            credential_kind: kind.transpose()?,
            key_missing: state.transpose()? == Some(CredentialState::Missing),
            key_expires_at: column::optional_time(self.expires_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{ODD, TestCatalog, at, credential, environment, outcome, service_user};

    #[tokio::test]
    async fn it_says_of_each_what_the_full_list_says_in_the_same_order() {
        let test = TestCatalog::with_service_user().await;
        test.catalog.add_environment(&environment(2, "Bank")).await.unwrap();
        let mut favourite = service_user(2, 3, ODD);
        favourite.settings.favourite = true;
        let mut expiring = credential(3, 3);
        expiring.expires_at = Some(at(9));
        test.catalog.add_pending(&favourite, &expiring).await.unwrap();
        test.set_state(expiring.id, CredentialState::Active).await.unwrap();
        test.add_active(1, 2, 2).await;
        test.set_state(expiring.id, CredentialState::Missing).await.unwrap();
        test.catalog.note_mint(outcome(2, Some(true))).await;
        let full = test.catalog.listed(None).await.unwrap().into_iter().map(|row| BriefServiceUser {
            id: row.service_user.id,
            environment: row.service_user.environment,
            name: row.service_user.settings.name,
            last_used_at: row.service_user.last_used_at,
            credential_kind: row.credential_kind,
            key_missing: row.key_missing,
            key_expires_at: row.key_expires_at,
        });
        let full: Vec<_> = full.collect();
        assert_eq!(test.catalog.brief().await.unwrap(), full);
        assert_eq!((full[0].name.as_str(), full[0].key_missing, full[0].key_expires_at), (ODD, true, Some(at(9))));
        assert!(
            full.iter().any(|row| row.last_used_at.is_some()) && full.iter().any(|row| row.credential_kind.is_none())
        );
    }
}
