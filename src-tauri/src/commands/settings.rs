//! The settings view: settings, the desktop around the window, version and paths.

use std::path::Path;

use mintage_app::App;
use mintage_app::data_folder::data_folder;
use mintage_core::catalog::Catalog;
use mintage_core::error::{Error, Problem};
use mintage_core::mint::SelfTestResult;
use mintage_core::settings::Settings;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State};

use crate::answer::{Reply, answered};
use crate::bus::Bus;
use crate::desktop::{self, DesktopState};
use crate::exported::Exported;
use crate::{autostart, system};

/// Versions and platform, for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// Mintage's version.
    pub(crate) mintage: String,
    /// The version of the catalogue's schema.
    pub(crate) schema: u32,
    /// The system's web view.
    pub(crate) webview: String,
    /// The operating system and its architecture.
    pub(crate) system: String,
    /// The folder of the catalogue.
    pub(crate) data_folder: String,
}

/// Reads the settings. Whether Mintage starts at login is up to the desktop, so that is recorded first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(app: State<'_, App>) -> Reply<Settings> {
    answered(async move {
        let mint = app.mint().await?;
        let noted = mint.settings().await?;
        let told = Settings { start_at_login: autostart::is_on(), ..noted.clone() };
        if told != noted {
            mint.change_settings(&noted, &told).await?;
        }
        Ok(told)
    })
    .await
}

/// Changes the settings in which `settings` differs from `opened`, and the parts of the desktop that depend on them, at
/// once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_settings(
    handle: AppHandle,
    app: State<'_, App>,
    opened: Settings,
    settings: Settings,
) -> Reply<()> {
    answered(async move {
        settings.check().map_err(|error| Error::from(error).problem())?;
        let mint = app.mint().await?;
        desktop::adopt(&handle, &opened, &settings).await?;
        mint.change_settings(&opened, &settings).await?;
        desktop::follow(&handle, &mint.settings().await?);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn desktop_state(handle: AppHandle) -> Reply<DesktopState> {
    answered(async move { Ok(desktop::state(&handle)) }).await
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
            data_folder: data_folder()?.to_string_lossy().into_owned(),
        })
    })
    .await
}

/// Shows the catalogue's folder in the file manager. The page can't choose another.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_data_folder(bus: State<'_, Bus>) -> Reply<()> {
    answered(async move {
        let folder = data_folder()?;
        system::show_folder(&bus, &folder).await.map_err(|_| no_file_manager(&folder))
    })
    .await
}

/// Pages about Mintage that the browser can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Link {
    /// The README.
    Documentation,
    /// The changelog.
    WhatIsNew,
    /// One of the two licences; it names the other.
    Licence,
    /// The form for a new issue.
    Issues,
}

impl Link {
    fn address(self) -> String {
        let page = match self {
            Self::Documentation => "#readme",
            Self::WhatIsNew => "/blob/main/CHANGELOG.md",
            Self::Licence => "/blob/main/LICENSE-MIT",
            Self::Issues => "/issues/new",
        };
        format!("{}{page}", env!("CARGO_PKG_REPOSITORY"))
    }
}

/// Opens a page about Mintage in the browser. The page can't choose another address.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_link(bus: State<'_, Bus>, link: Link) -> Reply<()> {
    answered(async move {
        let address = link.address();
        system::open_address(&bus, &address).await.map_err(|_| {
            let message = format!("couldn't open `{address}` in a browser");
            Problem::of_shell("browser-absent", message, "Copy the address and open it yourself")
        })
    })
    .await
}

/// Shows the last exported file in the file manager. The page can't choose another.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_exported(bus: State<'_, Bus>, exported: State<'_, Exported>) -> Reply<()> {
    answered(async move {
        let Some(file) = exported.last() else { return Ok(()) };
        system::show_file(&bus, &file).await.map_err(|_| no_file_manager(&file))
    })
    .await
}

/// Quits Mintage: the clipboard is cleared, and what is being stored is finished.
#[tauri::command]
#[specta::specta]
pub(crate) async fn quit(handle: AppHandle) -> Reply<()> {
    answered(async move {
        handle.exit(0);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_keychain(app: State<'_, App>) -> Reply<Vec<SelfTestResult>> {
    answered(async move { Ok(app.mint().await?.test_keychain().await) }).await
}

fn no_file_manager(folder: &Path) -> Problem {
    let message = format!("couldn't open `{}` in a file manager", folder.display());
    Problem::of_shell("file-manager-absent", message, "Copy the path and open it yourself")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_repository() {
        for link in [Link::Documentation, Link::WhatIsNew, Link::Licence, Link::Issues] {
            assert!(link.address().starts_with("https://github.com/"), "{link:?}");
        }
    }
}
