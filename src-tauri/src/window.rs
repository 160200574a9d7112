//! The one window: how it opens, where it may go (nowhere else), and what is dropped on it.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, DragDropEvent, Manager, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent};
use tauri_plugin_window_state::StateFlags;
use tauri_specta::Event as _;

use crate::app::App;
use crate::commands::answered;
use crate::desktop::{self, Wish};
use crate::ipc::{DragOver, FilesReviewed};
use crate::start::Start;

const LABEL: &str = "main";

/// Opens the window, out of sight where `visible` is not wished. The page may not navigate away and may
/// not open windows of its own.
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

/// What of the window is remembered: size and place. One that was in the tray at the end is shown again.
pub(crate) fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

fn is_own_page(url: &tauri::Url) -> bool {
    let own = url.scheme() == "tauri" || matches!(url.host_str(), Some("tauri.localhost"));
    own || (cfg!(all(debug_assertions, not(feature = "custom-protocol"))) && url.host_str() == Some("localhost"))
}

/// A second start brings the first to the front, opens its palette if it says so, and hands over its
/// files. The demo is not for others to start.
#[expect(clippy::needless_pass_by_value, reason = "the plugin's signature")]
pub(crate) fn second_start(app: &AppHandle, args: Vec<String>, folder: String) {
    let args = args.into_iter().skip(1).map(Into::into);
    let start = Start::from_args(args, Some(Path::new(&folder)));
    show(app);
    follow(app, start);
}

/// Does what a start asks of the page that is there: the palette, files to review.
pub(crate) fn follow(app: &AppHandle, start: Start) {
    if start.palette {
        desktop::wish(app, Wish::Palette);
    }
    review(app.clone(), start.files);
}

/// Brings the window to the front, wherever it is.
pub(crate) fn show(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        // A window manager may refuse to raise a window; there is nothing to do about it.
        let _: tauri::Result<()> = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
}

/// Whether the window is the one that is worked in.
pub(crate) fn is_in_front(handle: &AppHandle) -> bool {
    handle.get_webview_window(LABEL).is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Whether the window was closed to the tray.
#[cfg(target_os = "linux")]
pub(crate) fn is_hidden(handle: &AppHandle) -> bool {
    handle.get_webview_window(LABEL).is_some_and(|window| !window.is_visible().unwrap_or(true))
}

/// Draws the page at a size in per cent, so that its layout follows as in a smaller window.
pub(crate) fn zoom(handle: &AppHandle, per_cent: u32) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        // A page that cannot be zoomed is shown as it is.
        let _: tauri::Result<()> = window.set_zoom(f64::from(per_cent) / 100.0);
    }
}

/// Files that are dropped are taken under review here; the page is told only what they are. Closing
/// leaves the app in the tray where that is wished and possible.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && window.state::<App>().desktop.closes_to_tray()
    {
        api.prevent_close();
        // One that stays can be closed again.
        let _: tauri::Result<()> = window.hide();
    }
    if let WindowEvent::DragDrop(drag) = event {
        let over = matches!(drag, DragDropEvent::Enter { .. } | DragDropEvent::Over { .. });
        // The page may be reloading; a missed highlight is no loss.
        let _: tauri::Result<()> = DragOver { over }.emit(window.app_handle());
        if let DragDropEvent::Drop { paths, .. } = drag {
            review(window.app_handle().clone(), paths.clone());
        }
    }
}

/// Takes files under review and tells the page.
fn review(app: AppHandle, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    tauri::async_runtime::spawn(async move {
        let state = app.state::<App>();
        let reviewed = answered(async { Ok(state.mint().await?.review_files(&files).await?) }).await;
        let event = match reviewed {
            Ok(reviews) => FilesReviewed { reviews, problem: None },
            Err(problem) => FilesReviewed { reviews: Vec::new(), problem: Some(problem) },
        };
        // Without a page there is nobody to tell, and nothing was stored.
        let _: tauri::Result<()> = event.emit(&app);
    });
}
