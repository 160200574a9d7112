//! The **tray**: tokens of favourites with one click, while the window is hidden.
//!
//! Rule: it decides nothing. What it can't do by itself (production asks first, a mint that failed) is handed to the
//! page, in the window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use mintage_app::label::plain;
use mintage_app::{App, notice};
use mintage_core::copy_form::CopyForm;
use mintage_core::error::Problem;
use mintage_core::ids::{EnvironmentId, ServiceUserId};
use mintage_core::mint::{Ask, Copied, Mint};
use serde::Serialize;
use specta::Type;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};
use tauri_specta::Event as _;
use tokio::sync::watch;

use crate::answer::answered;
use crate::clipboard::Clipboard;
use crate::main_thread::{lock, on_main_thread};
use crate::{copying, notification, window};

mod library;

const ID: &str = "mintage";
const OPEN: &str = "open";
const QUIT: &str = "quit";
/// The prefix of a service user's id in its menu item's id.
const COPY: &str = "copy ";
/// More wouldn't fit on a screen; favourites are meant to be few.
const MOST: u32 = 15;

/// The tray while it is shown; its icon is owned by the framework.
pub(crate) struct Tray {
    up: Mutex<Option<Up>>,
    /// Whether the desktop shows trays; where nobody can tell, it does.
    pub(crate) shows: watch::Sender<bool>,
}

impl Default for Tray {
    fn default() -> Self {
        Self { up: Mutex::default(), shows: watch::Sender::new(!cfg!(target_os = "linux")) }
    }
}

impl Tray {
    /// What prevents a tray.
    pub(crate) fn state(&self) -> TrayState {
        match (lock(&self.up).is_some(), *self.shows.borrow()) {
            (false, _) => TrayState::NoLibrary,
            (true, false) => TrayState::NoHost,
            (true, true) => TrayState::Ready,
        }
    }
}

/// The tray as it is up; its icon is kept by the framework.
struct Up {
    menu: Menu<Wry>,
    shown: Vec<Favourite>,
}

/// A service user in the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Favourite {
    id: ServiceUserId,
    name: String,
    environment: EnvironmentId,
    environment_name: String,
}

/// What prevents a tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TrayState {
    /// Nothing.
    Ready,
    /// The library that draws it is not installed.
    NoLibrary,
    /// This desktop shows no trays.
    NoHost,
}

/// A favourite was clicked in the tray.
#[derive(Clone, Debug, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrayCopied {
    pub(crate) service_user: ServiceUserId,
    pub(crate) environment: EnvironmentId,
    /// What was copied, if it was.
    pub(crate) copied: Option<Copied>,
    /// Why nothing was, for the page to handle.
    pub(crate) problem: Option<Problem>,
}

/// Shows the tray, if its library is installed.
pub(crate) async fn put_up(handle: &AppHandle) {
    if !library::is_there() {
        return;
    }
    // The library's own loader panics if the file exists but can't be loaded.
    let built = on_main_thread(handle, |handle| catch_unwind(AssertUnwindSafe(|| build(handle)))).await;
    if let Some(Ok(Ok(menu))) = built {
        *lock(&handle.state::<Tray>().up) = Some(Up { menu, shown: Vec::new() });
        // Without favourites the menu is complete as it is; they are looked up again with every change.
        let _: Result<(), Problem> = refresh(handle).await;
    }
}

fn build(handle: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::with_id(handle, ID)?;
    fill(handle, &menu, &[])?;
    let mut tray = TrayIconBuilder::with_id(ID).tooltip("Mintage").menu(&menu).on_menu_event(clicked);
    if let Some(icon) = handle.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(handle)?;
    Ok(menu)
}

/// Updates the menu after a change of favourites or their names.
pub(crate) async fn refresh(handle: &AppHandle) -> Result<(), Problem> {
    let (app, tray) = (handle.state::<App>(), handle.state::<Tray>());
    if lock(&tray.up).is_none() {
        return Ok(());
    }
    let favourites = favourites(app.mint().await?).await?;
    let menu = {
        let mut tray = lock(&tray.up);
        let Some(tray) = tray.as_mut().filter(|tray| tray.shown != favourites) else { return Ok(()) };
        tray.shown.clone_from(&favourites);
        tray.menu.clone()
    };
    // A menu that couldn't be changed is changed with the next favourite.
    let _: Option<tauri::Result<()>> = on_main_thread(handle, move |handle| fill(handle, &menu, &favourites)).await;
    Ok(())
}

async fn favourites(mint: &Mint) -> Result<Vec<Favourite>, mintage_core::error::Error> {
    let environments = mint.environments().await?;
    let favourites = mint.favourites(MOST).await?.into_iter().filter_map(|user| {
        let found = environments.iter().find(|found| found.environment.id == user.environment)?;
        Some(Favourite {
            id: user.id,
            name: user.settings.name,
            environment: user.environment,
            environment_name: found.environment.settings.name.clone(),
        })
    });
    Ok(favourites.collect())
}

/// Rewrites the menu. On Linux a menu can't be replaced, only its items can.
fn fill(handle: &AppHandle, menu: &Menu<Wry>, favourites: &[Favourite]) -> tauri::Result<()> {
    while menu.remove_at(0)?.is_some() {}
    let item = |id: &str, text: &str, enabled| MenuItem::with_id(handle, id, text, enabled, None::<&str>);
    for favourite in favourites {
        menu.append(&item(&format!("{COPY}{}", favourite.id.0), &label(favourite), true)?)?;
    }
    if favourites.is_empty() {
        menu.append(&item("none", "Favourites appear here", false)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(handle)?)?;
    menu.append(&item(OPEN, "Open Mintage", true)?)?;
    menu.append(&item(QUIT, "Quit", true)?)
}

/// An ampersand marks an item's mnemonic; two of them are a literal one.
fn label(favourite: &Favourite) -> String {
    let text = format!("Copy token for {} ({})", plain(&favourite.name), plain(&favourite.environment_name));
    text.replace('&', "&&")
}

#[expect(clippy::needless_pass_by_value, reason = "the framework's signature")]
fn clicked(handle: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => window::show(handle),
        QUIT => handle.exit(0),
        id => {
            let tray = handle.state::<Tray>();
            let up = lock(&tray.up);
            let shown = up.iter().flat_map(|tray| &tray.shown);
            let found = shown.into_iter().find(|one| id.strip_prefix(COPY) == Some(one.id.0.to_string().as_str()));
            if let Some(favourite) = found.cloned() {
                tauri::async_runtime::spawn(copy(handle.clone(), favourite));
            }
        }
    }
}

async fn copy(handle: AppHandle, favourite: Favourite) {
    let (app, clipboard) = (handle.state::<App>(), handle.state::<Clipboard>());
    let copied = answered(copying::copy(&app, &clipboard, favourite.id, CopyForm::Token, Ask::default())).await;
    let (copied, problem) = match copied {
        Ok(copied) => (Some(copied), None),
        Err(problem) => (None, Some(problem)),
    };
    match &copied {
        // What the window visibly says isn't repeated.
        Some(copied) if !window::is_in_front(&handle) => {
            let _: Result<(), notification::NotShown> =
                notification::show(&handle, &notice::of_copied(copied), None).await;
        }
        Some(_) => {}
        None => window::show(&handle),
    }
    let event = TrayCopied { service_user: favourite.id, environment: favourite.environment, copied, problem };
    // Without a page there is nobody to notify; the window is shown anyway.
    let _: tauri::Result<()> = event.emit(&handle);
}

/// Watches whether the desktop shows trays, which it may begin or cease to do at any time.
#[cfg(target_os = "linux")]
pub(crate) async fn watch_host(handle: AppHandle) {
    use zbus::export::ordered_stream::OrderedStreamExt as _;

    use crate::bus::Bus;

    /// Whoever shows trays takes this name (the StatusNotifierItem specification of freedesktop.org).
    const HOST: &str = "org.kde.StatusNotifierWatcher";

    let (tray, bus) = (handle.state::<Tray>(), handle.state::<Bus>());
    let Ok(bus) = bus.connection().await else { return };
    let Ok(names) = zbus::fdo::DBusProxy::new(bus).await else { return };
    let Ok(mut changes) = names.receive_name_owner_changed_with_args(&[(0, HOST)]).await else { return };
    let Ok(name) = zbus::names::BusName::try_from(HOST) else { return };
    tray.shows.send_replace(names.name_has_owner(name).await.unwrap_or(false));
    while let Some(change) = changes.next().await {
        let shows = change.args().is_ok_and(|args| args.new_owner().is_some());
        tray.shows.send_replace(shows);
        if !shows && window::is_hidden(&handle) {
            // Its way back is gone, so the window comes back.
            window::show(&handle);
        }
    }
}

/// Other systems always show trays.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn watch_host(_: AppHandle) {}
