//! The catalogue's **settings**: what the user chose for Mintage as a whole, as text by name.
//!
//! Rule: the catalogue knows neither their names nor their meanings.

use sqlx::SqliteConnection;

use super::{Catalog, CatalogError};

impl Catalog {
    /// A setting's value, if it was ever set.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, CatalogError> {
        Ok(sqlx::query_scalar!("SELECT value FROM settings WHERE name = ?1", name)
            .fetch_optional(self.settled().await)
            .await?)
    }

    /// Sets a setting's value, replacing the previous one.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), CatalogError> {
        self.set_settings(&[(name.to_owned(), value.to_owned())]).await
    }

    /// All settings that were ever set, by name.
    pub async fn settings(&self) -> Result<Vec<(String, String)>, CatalogError> {
        let rows =
            sqlx::query!("SELECT name, value FROM settings ORDER BY name").fetch_all(self.settled().await).await?;
        Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
    }

    /// Sets several settings at once; the others stay unchanged.
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
    use crate::catalog::testing::{ODD, TestCatalog};

    #[tokio::test]
    async fn a_setting_is_what_was_set_last() {
        let test = TestCatalog::new().await;
        assert_eq!(test.catalog.setting("theme").await.unwrap(), None);
        test.catalog.set_setting("theme", "dark").await.unwrap();
        test.catalog.set_setting("Theme", "").await.unwrap();
        test.catalog.set_setting("theme", "light").await.unwrap();
        assert_eq!(test.catalog.setting("theme").await.unwrap().as_deref(), Some("light"));
        assert_eq!(test.catalog.setting("Theme").await.unwrap().as_deref(), Some(""));
    }

    #[tokio::test]
    async fn several_settings_are_set_together_and_leave_the_others() {
        let test = TestCatalog::new().await;
        test.catalog.set_setting("later", "1").await.unwrap();
        test.catalog.set_setting("theme", "light").await.unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        test.catalog.set_settings(&[pair("theme", "dark"), pair("size", ODD)]).await.unwrap();
        let expected = [pair("later", "1"), pair("size", ODD), pair("theme", "dark")];
        assert_eq!(test.catalog.settings().await.unwrap(), expected);
    }
}
