//! The **desktop** around the window: its tray, its bus, its keys, its notifications.
//!
//! Rule: each of them may be missing, and then the rest works all the same. What the desktop holds here
//! follows the settings; the settings themselves are the core's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mintage_core::error::Problem;
use mintage_core::settings::Settings;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;
use tokio::sync::{OnceCell, watch};

use crate::app::App;
use crate::bus::Bus;
use crate::shortcut::Shortcut;
use crate::tray::{Tray, TrayState};
use crate::{autostart, expiry, shortcut, tray, window};

/// How long a start without a window waits for the desktop to show its tray; panels start late.
const TRAY_APPEARS: Duration = Duration::from_secs(20);

/// What surrounds the window.
pub(crate) struct Desktop {
    begun: OnceCell<()>,
    pub(crate) bus: Bus,
    pub(crate) tray: Mutex<Option<Tray>>,
    /// Whether the desktop shows trays; where nobody can tell, it does.
    pub(crate) shows_trays: watch::Sender<bool>,
    pub(crate) shortcut: Mutex<Option<Shortcut>>,
    /// Why the shortcut of the settings does not work, if it does not.
    shortcut_problem: Mutex<Option<Problem>>,
    close_to_tray: AtomicBool,
    page: Mutex<Page>,
}

/// Who answers a wish.
#[derive(Debug)]
enum Page {
    /// Nobody yet: the last wish waits.
    Loading(Option<Wish>),
    Listening,
}

/// What of the desktop the settings' view tells.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DesktopState {
    /// Whether there is a tray to close to.
    pub(crate) tray: TrayState,
    /// Why the palette's shortcut does not work, if it should and does not.
    pub(crate) shortcut_problem: Option<Problem>,
}

/// Something outside the window was used that the page answers.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct Wanted {
    pub(crate) what: Wish,
}

/// What is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wish {
    /// The palette: its keys were pressed.
    Palette,
    /// The expiry radar: a notification was clicked.
    Radar,
}

impl Default for Desktop {
    fn default() -> Self {
        Self {
            begun: OnceCell::new(),
            bus: Bus::default(),
            tray: Mutex::default(),
            shows_trays: watch::Sender::new(!cfg!(target_os = "linux")),
            shortcut: Mutex::default(),
            shortcut_problem: Mutex::default(),
            close_to_tray: AtomicBool::default(),
            page: Mutex::new(Page::Loading(None)),
        }
    }
}

impl Desktop {
    /// Whether closing the window leaves the app in the tray: wished for, and there is a way back.
    pub(crate) fn closes_to_tray(&self) -> bool {
        self.close_to_tray.load(Ordering::Relaxed) && self.tray_state() == TrayState::Ready
    }

    /// What stands between the user and a tray.
    pub(crate) fn tray_state(&self) -> TrayState {
        match (lock(&self.tray).is_some(), *self.shows_trays.borrow()) {
            (false, _) => TrayState::NoLibrary,
            (true, false) => TrayState::NoHost,
            (true, true) => TrayState::Ready,
        }
    }

    /// How the desktop stands.
    pub(crate) fn state(&self) -> DesktopState {
        DesktopState { tray: self.tray_state(), shortcut_problem: lock(&self.shortcut_problem).clone() }
    }
}

/// Sets up what surrounds the window, once; a start that could not read the settings is made up for by
/// the next call.
pub(crate) async fn begin(handle: &AppHandle) -> Result<(), Problem> {
    let app = handle.state::<App>();
    app.desktop.begun.get_or_try_init(|| set_up(handle)).await.copied()
}

async fn set_up(handle: &AppHandle) -> Result<(), Problem> {
    let app = handle.state::<App>();
    let settings = app.mint().await?.settings().await?;
    follow(handle, &settings);
    tray::put_up(handle).await;
    tauri::async_runtime::spawn(tray::watch_host(handle.clone()));
    tauri::async_runtime::spawn(expiry::watch(handle.clone()));
    let keys = shortcut::take(handle, settings.palette_shortcut.as_deref()).await;
    *lock(&app.desktop.shortcut_problem) = keys.err().map(|error| error.problem());
    Ok(())
}

/// Changes what the desktop does to what the settings will say. Refuses before anything is stored.
pub(crate) async fn adopt(handle: &AppHandle, before: &Settings, settings: &Settings) -> Result<(), Problem> {
    let app = handle.state::<App>();
    shortcut::take(handle, settings.palette_shortcut.as_deref()).await.map_err(|error| error.problem())?;
    *lock(&app.desktop.shortcut_problem) = None;
    // An entry that the desktop has removed meanwhile is not made anew by a change of something else.
    if before.start_at_login != settings.start_at_login {
        autostart::set(handle, settings.start_at_login).map_err(|error| error.problem())?;
    }
    Ok(())
}

/// Has something shown by the page: at once, or as soon as there is one.
pub(crate) fn wish(handle: &AppHandle, wish: Wish) {
    match &mut *lock(&handle.state::<App>().desktop.page) {
        Page::Loading(waiting) => *waiting = Some(wish),
        Page::Listening => tell(handle, wish),
    }
}

/// The page listens from now on; it is told what was wished for before.
pub(crate) fn page_listens(handle: &AppHandle) {
    let before = std::mem::replace(&mut *lock(&handle.state::<App>().desktop.page), Page::Listening);
    if let Page::Loading(Some(wish)) = before {
        tell(handle, wish);
    }
}

fn tell(handle: &AppHandle, what: Wish) {
    // A window that is being closed shows nothing.
    let _: tauri::Result<()> = Wanted { what }.emit(handle);
}

/// Does what needs no one's leave.
pub(crate) fn follow(handle: &AppHandle, settings: &Settings) {
    let app = handle.state::<App>();
    app.desktop.close_to_tray.store(settings.close_to_tray, Ordering::Relaxed);
    window::zoom(handle, settings.text_size);
}

/// Shows the window of a start that was to go to the tray, unless it can.
pub(crate) async fn show_unless_in_tray(handle: &AppHandle) {
    let app = handle.state::<App>();
    let begun = begin(handle).await;
    if begun.is_ok() && app.desktop.close_to_tray.load(Ordering::Relaxed) {
        let mut shows_trays = app.desktop.shows_trays.subscribe();
        // Ends at once where there is one already; a late panel is no reason to open the window.
        let _: Result<_, tokio::time::error::Elapsed> =
            tokio::time::timeout(TRAY_APPEARS, shows_trays.wait_for(|shows| *shows)).await;
    }
    if !app.desktop.closes_to_tray() {
        window::show(handle);
    }
}

/// Runs something on the main thread, where windows, menus and keys live, and waits for it; `None` where
/// the app is ending.
pub(crate) async fn on_main_thread<T: Send + 'static>(
    handle: &AppHandle,
    work: impl FnOnce(&AppHandle) -> T + Send + 'static,
) -> Option<T> {
    let (send, done) = tokio::sync::oneshot::channel();
    let inside = handle.clone();
    handle.run_on_main_thread(move || drop(send.send(work(&inside)))).ok()?;
    done.await.ok()
}

/// Locks a mutex whose data stays sound even if a holder panicked: every change is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
