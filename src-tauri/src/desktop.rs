//! The **desktop** around the window: its tray, its bus, its shortcut, its notifications.
//!
//! Rule: each of them may be missing, and the rest still works. The desktop's state here follows the settings; the
//! settings themselves belong to the core.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mintage_app::App;
use mintage_core::error::Problem;
use mintage_core::settings::Settings;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager};
use tokio::sync::OnceCell;

use crate::shortcut::Keys;
use crate::tray::{Tray, TrayState};
use crate::{autostart, expiry, rotating, shortcut, tray, window};

/// How long a start without a window waits for the desktop to show its tray; panels start late.
const TRAY_APPEARS: Duration = Duration::from_secs(20);

/// Whether it is set up, and what it holds of the settings.
#[derive(Default)]
pub(crate) struct Desktop {
    begun: OnceCell<()>,
    close_to_tray: AtomicBool,
}

/// What of the desktop the settings' view tells.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DesktopState {
    /// Whether there is a tray to close to.
    pub(crate) tray: TrayState,
    /// Why the palette's shortcut doesn't work, if it should.
    pub(crate) shortcut_problem: Option<Problem>,
}

/// What the desktop offers: tray and shortcut.
pub(crate) fn state(handle: &AppHandle) -> DesktopState {
    DesktopState { tray: handle.state::<Tray>().state(), shortcut_problem: handle.state::<Keys>().problem() }
}

/// Whether closing the window leaves the app in the tray: the user wants it, and the tray leads back.
pub(crate) fn closes_to_tray(handle: &AppHandle) -> bool {
    let wanted = handle.state::<Desktop>().close_to_tray.load(Ordering::Relaxed);
    wanted && handle.state::<Tray>().state() == TrayState::Ready
}

/// Sets up what surrounds the window, once; if the settings couldn't be read at start, the next call does it.
pub(crate) async fn begin(handle: &AppHandle) -> Result<(), Problem> {
    let desktop = handle.state::<Desktop>();
    desktop.begun.get_or_try_init(|| set_up(handle)).await.copied()
}

async fn set_up(handle: &AppHandle) -> Result<(), Problem> {
    let app = handle.state::<App>();
    let settings = app.mint().await?.settings().await?;
    follow(handle, &settings);
    tray::put_up(handle).await;
    tauri::async_runtime::spawn(tray::watch_host(handle.clone()));
    tauri::async_runtime::spawn(expiry::watch(handle.clone()));
    tauri::async_runtime::spawn(expiry::refresh_once(handle.clone()));
    tauri::async_runtime::spawn(rotating::watch(handle.clone()));
    shortcut::resume(handle, settings.palette_shortcut.as_deref()).await;
    Ok(())
}

/// Changes the desktop to match the new settings. Fails before anything is stored.
pub(crate) async fn adopt(handle: &AppHandle, before: &Settings, settings: &Settings) -> Result<(), Problem> {
    shortcut::change(handle, settings.palette_shortcut.as_deref()).await.map_err(|error| error.problem())?;
    // An entry that the desktop has removed meanwhile is not made anew by a change of something else.
    if before.start_at_login != settings.start_at_login {
        autostart::set(settings.start_at_login).map_err(|error| error.problem())?;
    }
    Ok(())
}

/// Makes the window follow the settings that need no restart.
pub(crate) fn follow(handle: &AppHandle, settings: &Settings) {
    handle.state::<Desktop>().close_to_tray.store(settings.close_to_tray, Ordering::Relaxed);
    window::zoom(handle, settings.text_size);
}

/// Shows the window after a start that was meant for the tray, if there is no tray.
pub(crate) async fn show_unless_in_tray(handle: &AppHandle) {
    let (desktop, tray) = (handle.state::<Desktop>(), handle.state::<Tray>());
    let begun = begin(handle).await;
    if begun.is_ok() && desktop.close_to_tray.load(Ordering::Relaxed) {
        let mut shows_trays = tray.shows.subscribe();
        // Ends at once where there is one already; a late panel shouldn't open the window.
        let _: Result<_, tokio::time::error::Elapsed> =
            tokio::time::timeout(TRAY_APPEARS, shows_trays.wait_for(|shows| *shows)).await;
    }
    if !closes_to_tray(handle) {
        window::show(handle);
    }
}
