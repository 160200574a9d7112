//! The palette's **shortcut**: keys that open it from anywhere, off until they are set.
//!
//! Rule: it takes one combination, and only while one is set; watching the keyboard costs a little all
//! the time. Which keys there are is the plugin's; whether they are fit for this is decided here.

use mintage_core::error::Problem;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_global_shortcut::{Builder, Code, GlobalShortcut, GlobalShortcutExt as _, Modifiers, ShortcutState};

use crate::app::App;
use crate::desktop::{self, Wish, lock, on_main_thread};
use crate::window;

pub(crate) use tauri_plugin_global_shortcut::Shortcut;

/// The keys do not open the palette.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShortcutError {
    #[error("`{keys}` is no combination of keys that Mintage knows")]
    Unknown { keys: String },
    #[error("`{keys}` would be taken away from every program that one types in")]
    NoModifier { keys: String },
    #[error("this desktop (Wayland) lets no program take keys for itself")]
    Wayland,
    #[error("`{keys}` could not be taken: another program has it, or this keyboard lacks one of the keys")]
    Taken { keys: String },
}

impl ShortcutError {
    /// The error as the page shows it.
    pub(crate) fn problem(&self) -> Problem {
        let (code, help) = match self {
            Self::Unknown { .. } => ("shortcut-unknown", "Choose a combination like Ctrl, Shift and M"),
            Self::NoModifier { .. } => ("shortcut-without-modifier", "Add Ctrl, Alt or Super to it"),
            Self::Wayland => (
                "shortcut-unsupported",
                "Add a shortcut to your desktop's keyboard settings that runs `mintage-desktop --palette`",
            ),
            Self::Taken { .. } => ("shortcut-taken", "Choose another combination, or free it in the other program"),
        };
        Problem::of_shell(code, self.to_string(), help)
    }
}

/// Takes these keys instead of the ones before; `None` gives them back. Where the new ones cannot be
/// taken, the old ones stay.
pub(crate) async fn take(handle: &AppHandle, keys: Option<&str>) -> Result<(), ShortcutError> {
    let wanted = keys.map(|keys| parse(keys).map(|shortcut| (shortcut, keys.to_owned()))).transpose()?;
    let held = *lock(&handle.state::<App>().desktop.shortcut);
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
        *lock(&handle.state::<App>().desktop.shortcut) = Some(shortcut);
    } else {
        *lock(&handle.state::<App>().desktop.shortcut) = None;
    }
    if let Some(held) = held {
        // Keys that cannot be given back now are given back when the app ends.
        let _: Option<_> = on_main_thread(handle, move |handle| handle.global_shortcut().unregister(held)).await;
    }
    Ok(())
}

fn register(handle: &AppHandle, shortcut: Shortcut) -> Result<(), tauri_plugin_global_shortcut::Error> {
    // Added with the first shortcut, as its thread looks at the keyboard twenty times a second.
    if handle.try_state::<GlobalShortcut<Wry>>().is_none() {
        handle.plugin(Builder::new().build())?;
    }
    handle.global_shortcut().on_shortcut(shortcut, |handle, _, event| {
        if event.state == ShortcutState::Pressed {
            window::show(handle);
            desktop::wish(handle, Wish::Palette);
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

/// On Wayland the keys of X are heard only while an X window has them, which is no "from anywhere".
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
