//! The **foreign credentials**: what a server listed for a service user and Mintage doesn't hold, as of the last time
//! that it was asked. One JSON document per service user and kind.

use time::OffsetDateTime;

use super::{Catalog, CatalogError, column};
use crate::credential::{CredentialKind, ForeignCredential};
use crate::ids::ServiceUserId;

const WHAT: &str = "list of credentials";

/// What a server listed for a service user and Mintage doesn't hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignList {
    /// Whose.
    pub service_user: ServiceUserId,
    /// Of this kind.
    pub kind: CredentialKind,
    /// When the server was asked.
    pub listed_at: OffsetDateTime,
    /// Whether they can be removed through the API.
    pub removable: bool,
    /// Which.
    pub credentials: Vec<ForeignCredential>,
}

impl Catalog {
    /// Writes down what a server listed, instead of what it listed before.
    ///
    /// # Errors
    /// [`CatalogError::Database`] also if the service user is gone.
    pub async fn put_foreign(&self, list: &ForeignList) -> Result<(), CatalogError> {
        let (service_user, kind) = (list.service_user.0.to_string(), list.kind.as_str());
        let (listed_at, removable) = (column::seconds(list.listed_at), list.removable);
        let document = serde_json::to_string(&list.credentials).expect("a list of credentials is plain data");
        sqlx::query!(
            "INSERT INTO foreign_credentials (service_user, kind, listed_at, removable, document)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (service_user, kind) DO UPDATE
             SET listed_at = excluded.listed_at, removable = excluded.removable, document = excluded.document",
            service_user,
            kind,
            listed_at,
            removable,
            document
        )
        .execute(self.settled().await)
        .await?;
        Ok(())
    }

    /// Drops one that was removed at its server.
    pub async fn drop_foreign(&self, of: ServiceUserId, kind: CredentialKind, id: &str) -> Result<(), CatalogError> {
        let (of, kind) = (of.0.to_string(), kind.as_str());
        sqlx::query!(
            "UPDATE foreign_credentials
             SET document = (SELECT json_group_array(json(value)) FROM json_each(document) WHERE value ->> 'id' <> ?3)
             WHERE service_user = ?1 AND kind = ?2",
            of,
            kind,
            id
        )
        .execute(self.settled().await)
        .await?;
        Ok(())
    }

    /// All that servers listed.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`], [`CatalogError::UnknownWord`].
    pub async fn foreign(&self) -> Result<Vec<ForeignList>, CatalogError> {
        let rows = sqlx::query!(
            r#"SELECT service_user, kind, listed_at, removable AS "removable: bool", document FROM foreign_credentials"#
        )
        .fetch_all(self.settled().await)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ForeignList {
                    service_user: ServiceUserId(column::id(&row.service_user, "service user id")?),
                    kind: CredentialKind::from_word(&row.kind)
                        .ok_or(CatalogError::UnknownWord { what: "credential kind" })?,
                    listed_at: column::time(row.listed_at),
                    removable: row.removable,
                    credentials: serde_json::from_str(&row.document)
                        .map_err(|_| CatalogError::Unreadable { what: WHAT })?,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::catalog::testing::{ODD, TestCatalog, service_user_id};

    const AT: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);

    fn foreign(id: &str) -> ForeignCredential {
        ForeignCredential { id: id.to_owned(), may_be: Vec::new(), title: None, created_at: Some(AT), expires_at: None }
    }

    #[tokio::test]
    async fn a_list_replaces_the_one_before_and_loses_what_was_removed() {
        let test = TestCatalog::with_service_user().await;
        let list = |ids: &[&str]| ForeignList {
            service_user: service_user_id(1),
            kind: CredentialKind::PrivateKey,
            listed_at: AT,
            removable: true,
            credentials: ids.iter().map(|id| foreign(id)).collect(),
        };
        test.catalog.put_foreign(&list(&["0"])).await.expect("its service user is there");
        test.catalog.put_foreign(&list(&["1", ODD])).await.expect("its service user is there");
        assert_eq!(test.catalog.foreign().await.expect("it was written"), [list(&["1", ODD])]);
        for (kind, id) in [(CredentialKind::ClientSecret, "1"), (CredentialKind::PrivateKey, "2")] {
            test.catalog.drop_foreign(service_user_id(1), kind, id).await.expect("nothing has to be there");
        }
        test.catalog.drop_foreign(service_user_id(1), CredentialKind::PrivateKey, "1").await.expect("it is there");
        assert_eq!(test.catalog.foreign().await.expect("it was written"), [list(&[ODD])]);
        let alone = test.catalog.changing().await.unwrap();
        test.catalog.remove_service_user(&alone, service_user_id(1)).await.expect("it is there");
        assert!(test.catalog.foreign().await.expect("the catalogue answers").is_empty());
    }
}
