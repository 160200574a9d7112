//! How the page looks: its size.

use tauri::WebviewWindow;

use super::Reply;
use crate::window;

/// Draws the page larger or smaller; the layout follows as if the window were smaller or larger.
#[tauri::command]
#[specta::specta]
pub(crate) async fn zoom(window: WebviewWindow, factor: f64) -> Reply<()> {
    window::zoom(&window, factor);
    Ok(())
}
