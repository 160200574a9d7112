//! The settings of the whole of Mintage, held in memory so that no journey waits for the disk.

use super::Mint;
use crate::error::Error;
use crate::settings::Settings;

impl Mint {
    /// Gives the settings; the first call reads them.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn settings(&self) -> Result<Settings, Error> {
        let mut held = self.settings.lock().await;
        if let Some(settings) = &*held {
            return Ok(settings.clone());
        }
        let stored = self.catalog.settings().await?;
        Ok(held.insert(Settings::from_stored(stored)).clone())
    }

    /// Changes the settings, from the next journey on.
    ///
    /// # Errors
    /// [`crate::error::SettingsError`], then nothing was changed; what the catalogue reports.
    pub async fn change_settings(&self, settings: Settings) -> Result<(), Error> {
        settings.check()?;
        let mut held = self.settings.lock().await;
        self.catalog.set_settings(&settings.to_stored()).await?;
        *held = Some(settings);
        Ok(())
    }
}
