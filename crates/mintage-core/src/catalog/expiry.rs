//! What the catalogue knows about a credential's **expiry** besides the date: who said it and when, and until when a
//! person doesn't want to be reminded.

use time::OffsetDateTime;

use super::{Catalog, CatalogError, changed, column};
use crate::credential::{ExpiryProvenance, ExpirySource};
use crate::ids::CredentialId;

impl Catalog {
    /// Records when a usable credential expires, `None` for never, and who said so; nothing else of its row. Needs no
    /// lock: whoever is adding or removing the credential writes its row themselves.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] if it isn't usable any more.
    pub async fn set_expiry(
        &self,
        id: CredentialId,
        expires_at: Option<OffsetDateTime>,
        provenance: ExpiryProvenance,
    ) -> Result<(), CatalogError> {
        let (id, expires_at) = (id.0.to_string(), expires_at.map(column::seconds));
        let (source, at) = (provenance.source.as_str(), column::seconds(provenance.at));
        let mut writing = self.writing().await?;
        let result = sqlx::query!(
            "UPDATE credentials SET expires_at = ?2 WHERE id = ?1 AND state IN ('active', 'missing')",
            id,
            expires_at
        )
        .execute(&mut *writing)
        .await?;
        changed(&result, "credential")?;
        sqlx::query!(
            "INSERT INTO expiry_sources (credential, source, noted_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (credential) DO UPDATE SET source = excluded.source, noted_at = excluded.noted_at",
            id,
            source,
            at
        )
        .execute(&mut *writing)
        .await?;
        Ok(writing.commit().await?)
    }

    /// Records when a usable credential was issued; does nothing to any other, which whoever adds or removes it writes.
    pub async fn set_issue_time(&self, id: CredentialId, issued_at: OffsetDateTime) -> Result<(), CatalogError> {
        let (id, issued_at) = (id.0.to_string(), column::seconds(issued_at));
        sqlx::query!(
            "UPDATE credentials SET issued_at = ?2 WHERE id = ?1 AND state IN ('active', 'missing')",
            id,
            issued_at
        )
        .execute(self.settled().await)
        .await?;
        Ok(())
    }

    /// Who said when credentials expire, for those of which it isn't known from their file alone.
    pub async fn expiry_sources(&self) -> Result<Vec<(CredentialId, ExpiryProvenance)>, CatalogError> {
        let rows = sqlx::query!("SELECT credential, source, noted_at FROM expiry_sources")
            .fetch_all(self.settled().await)
            .await?;
        rows.into_iter()
            .map(|row| {
                let id = CredentialId(column::id(&row.credential, "credential id")?);
                let source = if row.source == "server" { ExpirySource::Server } else { ExpirySource::Person };
                Ok((id, ExpiryProvenance { source, at: column::time(row.noted_at) }))
            })
            .collect()
    }

    /// Postpones a credential's reminder until then; `None` for no longer.
    pub async fn snooze(&self, id: CredentialId, until: Option<OffsetDateTime>) -> Result<(), CatalogError> {
        let id = id.0.to_string();
        match until.map(column::seconds) {
            Some(until) => {
                sqlx::query!(
                    "INSERT INTO snoozed (credential, until) VALUES (?1, ?2)
                     ON CONFLICT (credential) DO UPDATE SET until = excluded.until",
                    id,
                    until
                )
                .execute(self.settled().await)
                .await?
            }
            None => sqlx::query!("DELETE FROM snoozed WHERE credential = ?1", id).execute(self.settled().await).await?,
        };
        Ok(())
    }

    /// The credentials whose reminder is postponed, and until when.
    pub async fn snoozed(&self) -> Result<Vec<(CredentialId, OffsetDateTime)>, CatalogError> {
        let rows = sqlx::query!("SELECT credential, until FROM snoozed").fetch_all(self.settled().await).await?;
        rows.into_iter()
            .map(|row| {
                let id = CredentialId(column::id(&row.credential, "credential id")?);
                Ok((id, column::time(row.until)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{TestCatalog, at, credential_id};
    use crate::credential::{Credential, CredentialState};

    const BY_SERVER: ExpirySource = ExpirySource::Server;

    async fn learn(test: &TestCatalog, second: i64) -> Result<(), CatalogError> {
        let provenance = ExpiryProvenance { source: BY_SERVER, at: at(second) };
        test.catalog.set_expiry(credential_id(1), Some(at(second)), provenance).await?;
        test.catalog.set_issue_time(credential_id(1), at(-second)).await
    }

    #[tokio::test]
    async fn learning_an_expiry_keeps_what_was_written_to_the_row_meanwhile() {
        let test = TestCatalog::with_service_user().await;
        test.add_active(1, 1, 1).await;
        let read = test.catalog.credential(credential_id(1)).await.unwrap();
        let written = Credential { certificate: Some("renewed".into()), key_id: Some("another".into()), ..read };
        let alone = test.catalog.changing().await.unwrap();
        test.catalog.update_facts(&alone, &written).await.unwrap();
        learn(&test, 5).await.unwrap();
        let expected = Credential { expires_at: Some(at(5)), issued_at: Some(at(-5)), ..written };
        assert_eq!(test.catalog.credential(credential_id(1)).await.unwrap(), expected);
        let provenance = ExpiryProvenance { source: BY_SERVER, at: at(5) };
        assert_eq!(test.catalog.expiry_sources().await.unwrap(), [(credential_id(1), provenance)]);
    }

    #[tokio::test]
    async fn only_a_usable_credential_learns_its_expiry() {
        let test = TestCatalog::with_service_user().await;
        test.add_active(1, 1, 1).await;
        let check = async |state: CredentialState, second: i64, learns: bool| {
            test.set_state(credential_id(1), state).await.unwrap();
            let before = test.catalog.credential(credential_id(1)).await.unwrap();
            let code = learn(&test, second).await.err().map(|error| error.code());
            assert_eq!(code, (!learns).then_some("gone"), "{state:?}");
            // The issue time alone refuses too, though silently.
            test.catalog.set_issue_time(credential_id(1), at(-second)).await.unwrap();
            let after = test.catalog.credential(credential_id(1)).await.unwrap();
            let times =
                if learns { (Some(at(second)), Some(at(-second))) } else { (before.expires_at, before.issued_at) };
            assert_eq!((after.expires_at, after.issued_at), times, "{state:?}");
        };
        check(CredentialState::Active, 1, true).await;
        check(CredentialState::Missing, 2, true).await;
        check(CredentialState::Deleting, 3, false).await;
        check(CredentialState::Pending, 4, false).await;
        assert_eq!(test.catalog.expiry_sources().await.unwrap()[0].1.at, at(2));
    }
}
