//! The palette's **shortcut**: keys that open it from anywhere, off by default.
//!
//! Rule: it registers one combination, and only while one is set; watching the keyboard always costs a little. The
//! plugin knows which keys exist; whether they are suitable is decided here.

use std::sync::Mutex;

use mintage_core::error::Problem;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_global_shortcut::{
    Builder, Code, GlobalShortcut, GlobalShortcutExt as _, Modifiers, Shortcut, ShortcutState,
};

use crate::main_thread::{lock, on_main_thread};
use crate::page::{self, OpenRequest};
use crate::window;

/// The keys that are taken, if any are.
#[derive(Default)]
pub(crate) struct Keys {
    held: Mutex<Option<Shortcut>>,
    problem: Mutex<Option<Problem>>,
}

impl Keys {
    /// Why the shortcut of the settings does not work, if it does not.
    pub(crate) fn problem(&self) -> Option<Problem> {
        lock(&self.problem).clone()
    }
}

/// The shortcut can't open the palette.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShortcutError {
    #[error("`{keys}` isn't a key combination that Mintage recognises")]
    Unknown { keys: String },
    #[error("`{keys}` alone would stop working in every other program")]
    NoModifier { keys: String },
    #[error("this desktop (Wayland) doesn't let programs register global shortcuts")]
    Wayland,
    #[error("couldn't register `{keys}`: another program uses it, or this keyboard doesn't have one of the keys")]
    Taken { keys: String },
}

impl ShortcutError {
    /// The error in the form that the page shows.
    pub(crate) fn problem(&self) -> Problem {
        let (code, help) = match self {
            Self::Unknown { .. } => ("shortcut-unknown", "Choose a combination such as Ctrl+Shift+M"),
            Self::NoModifier { .. } => ("shortcut-without-modifier", "Add Ctrl, Alt or Super"),
            Self::Wayland => (
                "shortcut-unsupported",
                "Add a shortcut for `mintage-desktop --palette` in your desktop's keyboard settings",
            ),
            Self::Taken { .. } => ("shortcut-taken", "Choose another combination, or remove it from the other program"),
        };
        Problem::of_shell(code, self.to_string(), help)
    }
}

/// Registers the keys of the settings at start; if that fails, the problem is kept for the settings' page.
pub(crate) async fn resume(handle: &AppHandle, keys: Option<&str>) {
    let problem = take(handle, keys).await.err().map(|error| error.problem());
    *lock(&handle.state::<Keys>().problem) = problem;
}

/// Registers these keys instead of the previous ones; `None` unregisters them. If the new ones can't be registered, the
/// old ones stay.
pub(crate) async fn change(handle: &AppHandle, keys: Option<&str>) -> Result<(), ShortcutError> {
    take(handle, keys).await?;
    *lock(&handle.state::<Keys>().problem) = None;
    Ok(())
}

async fn take(handle: &AppHandle, keys: Option<&str>) -> Result<(), ShortcutError> {
    let wanted = keys.map(|keys| parse(keys).map(|shortcut| (shortcut, keys.to_owned()))).transpose()?;
    let held = *lock(&handle.state::<Keys>().held);
    if held == wanted.as_ref().map(|(shortcut, _)| *shortcut) {
        return Ok(());
    }
    if let Some((shortcut, keys)) = wanted {
        if is_wayland() {
            return Err(ShortcutError::Wayland);
        }
        let taken = on_main_thread(handle, move |handle| register(handle, shortcut)).await;
        if !matches!(taken, Some(Ok(()))) {
            return Err(ShortcutError::Taken { keys });
        }
        *lock(&handle.state::<Keys>().held) = Some(shortcut);
    } else {
        *lock(&handle.state::<Keys>().held) = None;
    }
    if let Some(held) = held {
        // Keys that can't be unregistered now are released when the app exits.
        let _: Option<_> = on_main_thread(handle, move |handle| handle.global_shortcut().unregister(held)).await;
    }
    Ok(())
}

fn register(handle: &AppHandle, shortcut: Shortcut) -> Result<(), tauri_plugin_global_shortcut::Error> {
    // Added with the first shortcut, since its thread polls the keyboard twenty times a second.
    if handle.try_state::<GlobalShortcut<Wry>>().is_none() {
        handle.plugin(Builder::new().build())?;
    }
    handle.global_shortcut().on_shortcut(shortcut, |handle, _, event| {
        if event.state == ShortcutState::Pressed {
            window::show(handle);
            page::request_open(handle, OpenRequest::Palette);
        }
    })
}

fn parse(keys: &str) -> Result<Shortcut, ShortcutError> {
    let shortcut: Shortcut = keys.parse().map_err(|_| ShortcutError::Unknown { keys: keys.to_owned() })?;
    let modified = shortcut.mods.intersects(Modifiers::CONTROL | Modifiers::ALT | Modifiers::SUPER);
    if modified || is_function_key(shortcut.key) {
        Ok(shortcut)
    } else {
        Err(ShortcutError::NoModifier { keys: keys.to_owned() })
    }
}

fn is_function_key(key: Code) -> bool {
    let name = key.to_string();
    name.strip_prefix('F').is_some_and(|number| number.parse::<u8>().is_ok())
}

/// On Wayland, X shortcuts work only while an X window has the focus, so not "from anywhere".
fn is_wayland() -> bool {
    let is = |name: &str, value: &str| std::env::var_os(name).is_some_and(|found| found == value);
    let set = |name: &str| std::env::var_os(name).is_some_and(|found| !found.is_empty());
    cfg!(target_os = "linux") && (is("XDG_SESSION_TYPE", "wayland") || set("WAYLAND_DISPLAY") || !set("DISPLAY"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_one_types_with_are_not_taken_away() {
        let check = |keys: &str, expected: Option<&str>| {
            let code = parse(keys).err().map(|error| error.problem().code);
            assert_eq!(code.as_deref(), expected, "{keys}");
        };
        check("Control+Shift+KeyM", None);
        check("Super+Space", None);
        check("F9", None);
        check("Shift+F12", None);
        check("KeyM", Some("shortcut-without-modifier"));
        check("Shift+KeyM", Some("shortcut-without-modifier"));
        check("KeyF", Some("shortcut-without-modifier"));
        check("Control", Some("shortcut-unknown"));
        check("Control+KeyM+KeyN", Some("shortcut-unknown"));
        check("Hyper+KeyM", Some("shortcut-unknown"));
    }
}
