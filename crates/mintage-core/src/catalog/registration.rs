//! Which keychain items have the **registration access tokens** of service users.

use time::OffsetDateTime;

use super::{Catalog, CatalogError, Changing, is_orphaned};
use crate::ids::{CredentialId, ServiceUserId};

/// Held from reading a registration access token until what replaced it is kept.
#[derive(Debug)]
pub struct Registering {
    _turn: Changing,
}

impl Catalog {
    /// Waits until no other task or process uses or replaces a registration access token: each use may end the token that
    /// was sent. Whoever needs [`Catalog::changing`] as well takes it afterwards.
    ///
    /// # Errors
    /// [`CatalogError::Busy`] if another process holds it for two minutes; [`CatalogError::Unopened`].
    pub async fn registering(&self) -> Result<Registering, CatalogError> {
        Ok(Registering { _turn: self.registering.lock().await? })
    }

    /// The items of a service user's registration access token, or of all, the newest first. More than one means that a
    /// replacement was interrupted.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`].
    pub async fn registration_items(&self, of: Option<ServiceUserId>) -> Result<Vec<CredentialId>, CatalogError> {
        let of = of.map(|id| id.0.to_string());
        let items = sqlx::query_scalar!(
            "SELECT item FROM registration_tokens WHERE ?1 IS NULL OR service_user = ?1 ORDER BY rowid DESC",
            of
        )
        .fetch_all(self.settled().await)
        .await?;
        items.iter().map(|item| Ok(CredentialId(super::column::id(item, "keychain item")?))).collect()
    }

    /// Records an item before it is written.
    ///
    /// # Errors
    /// [`CatalogError::Gone`] if the service user no longer exists.
    pub async fn add_registration_item(
        &self,
        of: ServiceUserId,
        item: CredentialId,
        at: OffsetDateTime,
    ) -> Result<(), CatalogError> {
        let (of, item, at) = (of.0.to_string(), item.0.to_string(), super::column::seconds(at));
        let added = sqlx::query!(
            "INSERT INTO registration_tokens (item, service_user, added_at) VALUES (?1, ?2, ?3)",
            item,
            of,
            at
        )
        .execute(self.settled().await)
        .await;
        match added {
            Ok(_) => Ok(()),
            Err(error) if is_orphaned(&error) => Err(CatalogError::Gone { what: "service user" }),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets an item that was removed; does nothing if it isn't known.
    pub async fn remove_registration_item(&self, item: CredentialId) -> Result<(), CatalogError> {
        let item = item.0.to_string();
        sqlx::query!("DELETE FROM registration_tokens WHERE item = ?1", item).execute(self.settled().await).await?;
        Ok(())
    }
}
