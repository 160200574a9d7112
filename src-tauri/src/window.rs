//! The one window: how it opens, where it may go (nowhere else), and what is dropped on it.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, DragDropEvent, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent};
use tauri_specta::Event as _;

use crate::app::App;
use crate::ipc::{DragOver, FilesReviewed};
use crate::start::Start;

const LABEL: &str = "main";

/// Opens the window. The page may not navigate away and may not open windows of its own.
pub(crate) fn open(app: &tauri::App) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Mintage")
        .inner_size(1240.0, 780.0)
        .min_inner_size(720.0, 480.0)
        .on_navigation(is_own_page)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// Draws the page by this factor, kept between a half and three.
pub(crate) fn zoom(window: &WebviewWindow, factor: f64) {
    let factor = if factor.is_finite() { factor.clamp(0.5, 3.0) } else { 1.0 };
    // A page that cannot be zoomed stays as it is, which its user sees.
    let _: tauri::Result<()> = window.set_zoom(factor);
}

fn is_own_page(url: &tauri::Url) -> bool {
    let own = url.scheme() == "tauri" || matches!(url.host_str(), Some("tauri.localhost"));
    own || (cfg!(all(debug_assertions, not(feature = "custom-protocol"))) && url.host_str() == Some("localhost"))
}

/// A second start brings the first to the front and hands over its files.
#[expect(clippy::needless_pass_by_value, reason = "the plugin's signature")]
pub(crate) fn second_start(app: &AppHandle, args: Vec<String>, folder: String) {
    let args = args.into_iter().skip(1).map(Into::into);
    let start = Start::from_args(args, Some(Path::new(&folder)));
    if let Some(window) = app.get_webview_window(LABEL) {
        // A window manager may refuse to raise a window; there is nothing to do about it.
        let _: tauri::Result<()> = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
    review(app.clone(), start.files);
}

/// Files that are dropped are taken under review here; the page is told only what they are.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
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
pub(crate) fn review(app: AppHandle, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    tauri::async_runtime::spawn(async move {
        let state = app.state::<App>();
        let event = match state.mint().await {
            Ok(mint) => match mint.review_files(&files).await {
                Ok(reviews) => FilesReviewed { reviews, problem: None },
                Err(error) => FilesReviewed { reviews: Vec::new(), problem: Some(error.problem()) },
            },
            Err(problem) => FilesReviewed { reviews: Vec::new(), problem: Some(problem) },
        };
        // Without a page there is nobody to tell, and nothing was stored.
        let _: tauri::Result<()> = event.emit(&app);
    });
}
