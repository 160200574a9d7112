//! The settings of Mintage as a whole.

use super::Mint;
use crate::error::Error;
use crate::settings::Settings;

impl Mint {
    /// Returns the current settings: another process may have changed them.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn settings(&self) -> Result<Settings, Error> {
        Ok(Settings::from_stored(self.catalog.settings().await?))
    }

    /// Changes the settings in which `wanted` differs from `opened`, from the next journey on. What another process
    /// has changed since `opened` was read stays.
    ///
    /// # Errors
    /// [`crate::settings::SettingsError`], then nothing was changed; what the catalogue reports.
    pub async fn change_settings(&self, opened: &Settings, wanted: &Settings) -> Result<(), Error> {
        wanted.check()?;
        Ok(self.catalog.set_settings(&wanted.changes_since(opened)).await?)
    }
}
