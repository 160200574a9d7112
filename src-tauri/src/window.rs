//! The one window: how it opens, that it can't navigate anywhere else, and what is dropped on it.

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

const LABEL: &str = "main";

/// Opens the window, hidden if `visible` is false. The page may not navigate away and may not open other windows.
pub(crate) fn open(app: &tauri::App, visible: bool) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Mintage")
        .inner_size(1240.0, 780.0)
        .min_inner_size(720.0, 480.0)
        .visible(visible)
        .on_navigation(is_own_page)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// What is remembered about the window: size and position. One that was in the tray at the end is shown again.
pub(crate) fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

fn is_own_page(url: &tauri::Url) -> bool {
    let own = url.scheme() == "tauri" || matches!(url.host_str(), Some("tauri.localhost"));
    own || (cfg!(all(debug_assertions, not(feature = "custom-protocol"))) && url.host_str() == Some("localhost"))
}

/// Brings the window to the front, wherever it is.
pub(crate) fn show(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        // A window manager may refuse to raise a window; nothing can be done about it.
        let _: tauri::Result<()> = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
}

/// Whether the window has the focus.
pub(crate) fn is_in_front(handle: &AppHandle) -> bool {
    handle.get_webview_window(LABEL).is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Whether the window was closed to the tray.
#[cfg(target_os = "linux")]
pub(crate) fn is_hidden(handle: &AppHandle) -> bool {
    handle.get_webview_window(LABEL).is_some_and(|window| !window.is_visible().unwrap_or(true))
}

/// Draws the page at a zoom in percent, so that its layout adapts as in a smaller window.
pub(crate) fn zoom(handle: &AppHandle, per_cent: u32) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        // A page that can't be zoomed is shown as it is.
        let _: tauri::Result<()> = window.set_zoom(f64::from(per_cent) / 100.0);
    }
}
