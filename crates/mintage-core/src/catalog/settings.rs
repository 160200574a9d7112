//! The catalogue's **settings**: what the user chose for the whole of Mintage, as text by name.
//!
//! Rule: the catalogue knows neither their names nor their meaning.

use sqlx::SqliteConnection;

use super::Catalog;
use crate::error::CatalogError;

impl Catalog {
    /// A setting's value, if it was ever set.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, CatalogError> {
        Ok(sqlx::query_scalar!("SELECT value FROM settings WHERE name = ?1", name).fetch_optional(&self.pool).await?)
    }

    /// Sets a setting's value, in place of the one before.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), CatalogError> {
        self.set_settings(&[(name.to_owned(), value.to_owned())]).await
    }

    /// All settings that were ever set, by name.
    pub async fn settings(&self) -> Result<Vec<(String, String)>, CatalogError> {
        let rows = sqlx::query!("SELECT name, value FROM settings ORDER BY name").fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
    }

    /// Sets several settings at once; the others stay as they are.
    pub async fn set_settings(&self, settings: &[(String, String)]) -> Result<(), CatalogError> {
        let mut writing = self.writing().await?;
        for (name, value) in settings {
            set(&mut writing, name, value).await?;
        }
        Ok(writing.commit().await?)
    }
}

async fn set(writing: &mut SqliteConnection, name: &str, value: &str) -> Result<(), CatalogError> {
    sqlx::query!(
        "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value
    )
    .execute(writing)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{ODD, Stage};

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

    #[tokio::test]
    async fn several_settings_are_set_together_and_leave_the_others() {
        let stage = Stage::new().await;
        stage.catalog.set_setting("later", "1").await.unwrap();
        stage.catalog.set_setting("theme", "light").await.unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        stage.catalog.set_settings(&[pair("theme", "dark"), pair("size", ODD)]).await.unwrap();
        let expected = [pair("later", "1"), pair("size", ODD), pair("theme", "dark")];
        assert_eq!(stage.catalog.settings().await.unwrap(), expected);
    }
}
