//! The tray's menu.

use tauri::AppHandle;

use super::{Reply, answered};
use crate::tray;

/// Lets the tray follow a change of the lists that the page has loaded anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refresh_tray(handle: AppHandle) -> Reply<()> {
    answered(async move { tray::refresh(&handle).await }).await
}
