//! **Starting at login**: a file in the desktop's autostart folder on Linux, the system's own list elsewhere.
//!
//! Rule: the desktop's word counts. Whoever removes or hides the entry by other means has switched it off.

use mintage_core::error::Problem;
use tauri::{AppHandle, Builder, Wry};

/// Starting at login could not be switched on or off.
#[derive(Debug, thiserror::Error)]
#[error("starting at login could not be changed: {why}")]
pub(crate) struct AutostartError {
    why: String,
}

impl AutostartError {
    fn new(why: impl ToString) -> Self {
        Self { why: why.to_string() }
    }

    /// The error as the page shows it.
    pub(crate) fn problem(&self) -> Problem {
        let help = "Check that your autostart folder is writable, or use your desktop's own settings";
        Problem::of_shell("start-at-login-failed", self.to_string(), help)
    }
}

#[cfg(target_os = "linux")]
pub(crate) use linux::{is_on, set, with_plugin};
#[cfg(not(target_os = "linux"))]
pub(crate) use others::{is_on, set, with_plugin};

/// Windows and macOS keep lists of their own, which the plugin writes.
#[cfg(not(target_os = "linux"))]
mod others {
    use tauri_plugin_autostart::ManagerExt as _;

    use super::{AppHandle, AutostartError, Builder, Wry};
    use crate::start::IN_TRAY;

    pub(crate) fn with_plugin(builder: Builder<Wry>) -> Builder<Wry> {
        builder.plugin(tauri_plugin_autostart::Builder::new().arg(IN_TRAY).build())
    }

    pub(crate) fn is_on(handle: &AppHandle) -> bool {
        handle.autolaunch().is_enabled().unwrap_or(false)
    }

    pub(crate) fn set(handle: &AppHandle, on: bool) -> Result<(), AutostartError> {
        let list = handle.autolaunch();
        if on { list.enable() } else { list.disable() }.map_err(AutostartError::new)
    }
}

/// The Desktop Application Autostart Specification of freedesktop.org. The plugin's file would lie in
/// `~/.config` wherever the desktop looks, and start a program with a space in its path not at all.
#[cfg(target_os = "linux")]
mod linux {
    use std::io::ErrorKind;
    use std::path::PathBuf;
    use std::{env, fs};

    use super::{AppHandle, AutostartError, Builder, Wry};
    use crate::start::IN_TRAY;

    const FILE: &str = "dev.mintage.Mintage.desktop";

    pub(crate) fn with_plugin(builder: Builder<Wry>) -> Builder<Wry> {
        builder
    }

    pub(crate) fn is_on(_: &AppHandle) -> bool {
        path().and_then(|path| fs::read_to_string(path).ok()).is_some_and(|entry| is_in_force(&entry))
    }

    pub(crate) fn set(_: &AppHandle, on: bool) -> Result<(), AutostartError> {
        let path = path().ok_or_else(|| AutostartError::new("there is no folder for settings"))?;
        if !on {
            return match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(AutostartError::new(error)),
                _ => Ok(()),
            };
        }
        let program = program().ok_or_else(|| AutostartError::new("the program's path is no text"))?;
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, entry(&program)));
        written.map_err(AutostartError::new)
    }

    fn path() -> Option<PathBuf> {
        Some(dirs::config_dir()?.join("autostart").join(FILE))
    }

    /// This program; of an AppImage the image, as what is inside has another path each time.
    fn program() -> Option<String> {
        let image = env::var_os("APPIMAGE").filter(|path| !path.is_empty()).map(PathBuf::from);
        image.or_else(|| env::current_exe().ok())?.into_os_string().into_string().ok()
    }

    fn entry(program: &str) -> String {
        format!(
            "[Desktop Entry]\nType=Application\nName=Mintage\nComment=Access tokens for service users\n\
             Exec={} {IN_TRAY}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
            quoted(program)
        )
    }

    /// A word of a command line (Desktop Entry Specification, "The Exec key"): quoted, with a backslash
    /// before what has a meaning inside quotes; a backslash is itself escaped in every value, and a per
    /// cent sign doubled.
    fn quoted(word: &str) -> String {
        let mut quoted = String::from("\"");
        for c in word.chars() {
            match c {
                '\\' => quoted.push_str(r"\\\\"),
                '"' | '`' | '$' => quoted.extend(["\\\\", &c.to_string()]),
                '%' => quoted.push_str("%%"),
                _ => quoted.push(c),
            }
        }
        quoted + "\""
    }

    fn is_in_force(entry: &str) -> bool {
        let says = |line: &str| entry.lines().any(|found| found.replace(' ', "").eq_ignore_ascii_case(line));
        !says("Hidden=true") && !says("X-GNOME-Autostart-enabled=false")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_program_is_started_wherever_it_lies() {
            let check = |program: &str, expected: &str| {
                assert!(entry(program).contains(&format!("\nExec={expected} --in-tray\n")), "{}", entry(program));
            };
            check("/usr/bin/mintage-desktop", "\"/usr/bin/mintage-desktop\"");
            check("/opt/My Apps/100%/m", "\"/opt/My Apps/100%%/m\"");
            check("/a\"b$c`d\\e", r#""/a\\"b\\$c\\`d\\\\e""#);
        }

        #[test]
        fn an_entry_that_was_hidden_is_off() {
            let check = |more: &str, expected: bool| {
                assert_eq!(
                    is_in_force(&(entry("/m").replace("X-GNOME-Autostart-enabled=true\n", "") + more)),
                    expected
                );
            };
            check("", true);
            check("Hidden=true\n", false);
            check("Hidden = TRUE\n", false);
            check("X-GNOME-Autostart-enabled=false\n", false);
        }
    }
}
