//! The catalogue's **settings**: what the user chose for the whole of Mintage, as text by name.
//!
//! Rule: the catalogue knows neither their names nor their meaning.

use super::Catalog;
use crate::error::CatalogError;

impl Catalog {
    /// A setting's value, if it was ever set.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, CatalogError> {
        Ok(sqlx::query_scalar!("SELECT value FROM settings WHERE name = ?1", name).fetch_optional(&self.pool).await?)
    }

    /// Sets a setting's value, in place of the one before.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), CatalogError> {
        sqlx::query!(
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::Stage;

    #[tokio::test]
    async fn a_setting_is_what_was_set_last() {
        let stage = Stage::new().await;
        assert_eq!(stage.catalog.setting("theme").await.unwrap(), None);
        stage.catalog.set_setting("theme", "dark").await.unwrap();
        stage.catalog.set_setting("Theme", "").await.unwrap();
        stage.catalog.set_setting("theme", "light").await.unwrap();
        assert_eq!(stage.catalog.setting("theme").await.unwrap().as_deref(), Some("light"));
        assert_eq!(stage.catalog.setting("Theme").await.unwrap().as_deref(), Some(""));
    }
}
