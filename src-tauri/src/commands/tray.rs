//! The tray's menu.

use tauri::AppHandle;

use super::Reply;
use crate::tray;

/// Lets the tray follow a change of the lists that the page has loaded anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refresh_tray(handle: AppHandle) -> Reply<()> {
    tray::refresh(&handle).await
}
