//! What the **page** learns without asking: files that came in, the palette's keys, a click on a notification.
//!
//! Rule: a request may come before the page is loaded; the last one waits for it.

use std::sync::Mutex;

use mintage_core::error::Problem;
use mintage_core::mint::Review;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;

use crate::clipboard::Clipboard;
use crate::main_thread::lock;

/// Files were dropped on the window or handed over by a second start, and are under review.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FilesReviewed {
    /// One per file, in their order.
    pub(crate) reviews: Vec<Review>,
    /// Why there are none, if something went wrong as a whole.
    pub(crate) problem: Option<Problem>,
}

/// Files are held over the window, or no longer.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct DragOver {
    pub(crate) over: bool,
}

/// Something outside the window was used that the page answers.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct Wanted {
    pub(crate) what: OpenRequest,
}

/// Something about the programs that ask for tokens has changed, or Mintage was locked or unlocked.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct AgentChanged {
    pub(crate) locked: bool,
}

/// Something else has taken the place of a copied token on the clipboard.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
pub(crate) struct ClipboardReplaced;

/// Tells the page from now on when a copied token is no longer on the clipboard.
pub(crate) fn tell_when_replaced(handle: &AppHandle) {
    let page = handle.clone();
    // A page that isn't there shows no countdown.
    handle.state::<Clipboard>().on_replaced(move || drop(ClipboardReplaced.emit(&page)));
}

/// What is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OpenRequest {
    /// The palette: its keys were pressed.
    Palette,
    /// The expiry radar: a notification was clicked.
    Radar,
    /// A program's question, which is on top anyway.
    Question,
    /// The programs that hold grants.
    Programs,
    /// The settings: the menu bar's entry was chosen.
    #[cfg_attr(not(target_os = "macos"), expect(dead_code, reason = "only macOS has a menu bar"))]
    Settings,
}

/// Who answers a request.
#[derive(Debug, Default)]
pub(crate) struct Page(Mutex<State>);

#[derive(Debug)]
enum State {
    /// Nobody yet: the last request waits.
    Loading(Option<OpenRequest>),
    Listening,
}

impl Default for State {
    fn default() -> Self {
        Self::Loading(None)
    }
}

/// Has something shown by the page: at once, or as soon as there is one.
pub(crate) fn request_open(handle: &AppHandle, request: OpenRequest) {
    match &mut *lock(&handle.state::<Page>().0) {
        State::Loading(waiting) => *waiting = Some(request),
        State::Listening => tell(handle, request),
    }
}

/// The page listens from now on, and gets what was requested before.
pub(crate) fn listens(handle: &AppHandle) {
    let before = std::mem::replace(&mut *lock(&handle.state::<Page>().0), State::Listening);
    if let State::Loading(Some(request)) = before {
        tell(handle, request);
    }
}

fn tell(handle: &AppHandle, what: OpenRequest) {
    // A window that is being closed shows nothing.
    let _: tauri::Result<()> = Wanted { what }.emit(handle);
}
