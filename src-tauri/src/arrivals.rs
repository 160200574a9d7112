//! What **arrives** at the window from outside: files that are dropped, a second start, a request to close.
//!
//! Rule: files are taken under review here; the page learns only what they are.

use std::path::{Path, PathBuf};

use mintage_app::App;
use tauri::{AppHandle, DragDropEvent, Manager, Window, WindowEvent};
use tauri_specta::Event as _;

use crate::answer::answered;
use crate::desktop;
use crate::ending::Ending;
use crate::page::{self, DragOver, FilesReviewed, OpenRequest};
use crate::start::Start;
use crate::window;

/// A second start brings the first to the front, opens its palette if it says so, and hands over its
/// files. The demo is not for others to start. While the first ends, it waits for that.
#[expect(clippy::needless_pass_by_value, reason = "the plugin's signature")]
pub(crate) fn second_start(app: &AppHandle, args: Vec<String>, folder: String) {
    let args = args.into_iter().skip(1).map(Into::into);
    let start = Start::from_args(args, Some(Path::new(&folder)));
    let Some(start) = app.state::<Ending>().keep(start) else { return };
    window::show(app);
    follow(app, start);
}

/// Does what a start asks of the page that is there: the palette, files to review.
pub(crate) fn follow(app: &AppHandle, start: Start) {
    if start.palette {
        page::request_open(app, OpenRequest::Palette);
    }
    review(app.clone(), start.files);
}

/// Handles dropped files, and closing, which leaves the app in the tray if the user wants that and a tray exists.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        if desktop::closes_to_tray(window.app_handle()) {
            api.prevent_close();
            // One that stays can be closed again.
            let _: tauri::Result<()> = window.hide();
        } else {
            window.state::<Ending>().begin();
        }
    }
    if let WindowEvent::DragDrop(drag) = event {
        let over = matches!(drag, DragDropEvent::Enter { .. } | DragDropEvent::Over { .. });
        // The page may be reloading; a missed highlight doesn't matter.
        let _: tauri::Result<()> = DragOver { over }.emit(window.app_handle());
        if let DragDropEvent::Drop { paths, .. } = drag {
            review(window.app_handle().clone(), paths.clone());
        }
    }
}

/// Takes files under review and tells the page.
fn review(handle: AppHandle, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    tauri::async_runtime::spawn(async move {
        let app = handle.state::<App>();
        let reviewed = answered(async { Ok(app.mint().await?.review_files(&files).await?) }).await;
        let event = match reviewed {
            Ok(reviews) => FilesReviewed { reviews, problem: None },
            Err(problem) => FilesReviewed { reviews: Vec::new(), problem: Some(problem) },
        };
        // Without a page there is nobody to tell, and nothing was stored.
        let _: tauri::Result<()> = event.emit(&handle);
    });
}
