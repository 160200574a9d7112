//! The **menu bar** of macOS: the framework's usual menus, with the settings where macOS has them.

use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::{AppHandle, Wry};

use crate::page::{self, OpenRequest};
use crate::window;

const SETTINGS: &str = "settings";
/// Behind *About Mintage* and its separator.
const PLACE: usize = 2;

/// Puts the settings into the application's menu. A menu that can't be changed stays as it is: the window has all of it.
pub(crate) fn set_up(handle: &AppHandle) {
    let _: tauri::Result<()> = menu(handle).and_then(|menu| handle.set_menu(menu).map(drop));
    handle.on_menu_event(|handle, event| {
        if event.id() == SETTINGS {
            window::show(handle);
            page::request_open(handle, OpenRequest::Settings);
        }
    });
}

/// About, Settings, Services, Hide and Quit; File, Edit, View, Window and Help.
fn menu(handle: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::default(handle)?;
    if let Some(application) = menu.items()?.first().and_then(|item| item.as_submenu()) {
        let settings = MenuItem::with_id(handle, SETTINGS, "Settings…", true, Some("Cmd+,"))?;
        application.insert_items(&[&settings, &PredefinedMenuItem::separator(handle)?], PLACE)?;
    }
    Ok(menu)
}
