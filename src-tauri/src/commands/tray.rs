//! The tray's menu.

use tauri::AppHandle;

use crate::answer::{Reply, answered};
use crate::tray;

/// Updates the tray after a change to the lists that the page has reloaded.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refresh_tray(handle: AppHandle) -> Reply<()> {
    answered(async move { tray::refresh(&handle).await }).await
}
