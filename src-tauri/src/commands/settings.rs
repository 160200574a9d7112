//! The settings' view: settings, the desktop around the window, what this is, and where.

use std::path::Path;

use mintage_core::catalog::Catalog;
use mintage_core::error::{Error, Problem};
use mintage_core::mint::SelfTestResult;
use mintage_core::settings::Settings;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State};

use super::{Reply, answered};
use crate::app::{App, data_folder};
use crate::desktop::{self, DesktopState};
use crate::{autostart, system};

/// What this is and what it runs on, for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// Mintage's version.
    pub(crate) mintage: String,
    /// The version of the catalogue's schema.
    pub(crate) schema: u32,
    /// The system's web view.
    pub(crate) webview: String,
    /// The operating system and its processor.
    pub(crate) system: String,
    /// The folder of the catalogue.
    pub(crate) data_folder: String,
}

/// Reads the settings. Whether Mintage starts at login is the desktop's word, so that is noted first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(handle: AppHandle, app: State<'_, App>) -> Reply<Settings> {
    answered(async move {
        let mint = app.mint().await?;
        let noted = mint.settings().await?;
        let told = Settings { start_at_login: autostart::is_on(&handle), ..noted.clone() };
        if told != noted {
            mint.change_settings(told.clone()).await?;
        }
        Ok(told)
    })
    .await
}

/// Changes the settings, and what of the desktop follows them, at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_settings(handle: AppHandle, app: State<'_, App>, settings: Settings) -> Reply<()> {
    answered(async move {
        settings.check().map_err(|error| Error::from(error).problem())?;
        let mint = app.mint().await?;
        let before = mint.settings().await?;
        desktop::adopt(&handle, &before, &settings).await?;
        mint.change_settings(settings.clone()).await?;
        desktop::follow(&handle, &settings);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn desktop_state(app: State<'_, App>) -> Reply<DesktopState> {
    answered(async move { Ok(app.desktop.state()) }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn about() -> Reply<About> {
    answered(async move {
        Ok(About {
            mintage: env!("CARGO_PKG_VERSION").to_owned(),
            schema: u32::try_from(Catalog::schema()).unwrap_or(u32::MAX),
            webview: system::webview(),
            system: system::name(),
            data_folder: data_folder().to_string_lossy().into_owned(),
        })
    })
    .await
}

/// Shows the catalogue's folder in the file manager. The page cannot name another.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_data_folder(app: State<'_, App>) -> Reply<()> {
    answered(async move {
        let folder = data_folder();
        system::show_folder(&app.desktop.bus, &folder).await.map_err(|_| no_file_manager(&folder))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_keychain(app: State<'_, App>) -> Reply<Vec<SelfTestResult>> {
    answered(async move { Ok(app.mint().await?.test_keychain().await) }).await
}

fn no_file_manager(folder: &Path) -> Problem {
    let message = format!("no file manager opens `{}`", folder.display());
    Problem::of_shell("file-manager-absent", message, "Copy the path and open it by hand")
}
