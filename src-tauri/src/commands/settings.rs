//! The settings' view: settings, the desktop around the window, what this is, and where.

use std::path::Path;

use mintage_core::catalog::Catalog;
use mintage_core::error::{Error, Problem};
use mintage_core::mint::SelfTestResult;
use mintage_core::settings::Settings;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State};

use super::Reply;
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

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(handle: AppHandle, app: State<'_, App>) -> Reply<Settings> {
    let settings = app.mint().await?.settings().await.map_err(|error| error.problem())?;
    Ok(Settings { start_at_login: autostart::is_on(&handle), ..settings })
}

/// Changes the settings, and what of the desktop follows them, at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_settings(handle: AppHandle, app: State<'_, App>, settings: Settings) -> Reply<()> {
    settings.check().map_err(|error| Error::from(error).problem())?;
    desktop::adopt(&handle, &settings).await?;
    app.mint().await?.change_settings(settings.clone()).await.map_err(|error| error.problem())?;
    desktop::follow(&handle, &settings);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn desktop_state(app: State<'_, App>) -> Reply<DesktopState> {
    Ok(app.desktop.state())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn about() -> Reply<About> {
    Ok(About {
        mintage: env!("CARGO_PKG_VERSION").to_owned(),
        schema: u32::try_from(Catalog::schema()).unwrap_or(u32::MAX),
        webview: system::webview(),
        system: system::name(),
        data_folder: data_folder().to_string_lossy().into_owned(),
    })
}

/// Shows the catalogue's folder in the file manager. The page cannot name another.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_data_folder(app: State<'_, App>) -> Reply<()> {
    let folder = data_folder();
    system::show_folder(&app.desktop.bus, &folder).await.map_err(|_| no_file_manager(&folder))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_keychain(app: State<'_, App>) -> Reply<Vec<SelfTestResult>> {
    Ok(app.mint().await?.test_keychain().await)
}

fn no_file_manager(folder: &Path) -> Problem {
    let message = format!("no file manager opens `{}`", folder.display());
    Problem::of_shell("file-manager-absent", message, "Copy the path and open it by hand")
}
