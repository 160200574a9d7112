//! **Starting at login**: a file in the desktop's autostart folder on Linux, the system's own list elsewhere.
//!
//! Rule: the desktop has the last word. If the entry is removed or hidden by other means, it is off.

use mintage_core::error::Problem;

/// Starting at login couldn't be turned on or off.
#[derive(Debug, thiserror::Error)]
#[error("couldn't change whether Mintage starts at login: {why}")]
pub(crate) struct AutostartError {
    why: String,
}

impl AutostartError {
    fn new(why: impl ToString) -> Self {
        Self { why: why.to_string() }
    }

    /// The error in the form that the page shows.
    pub(crate) fn problem(&self) -> Problem {
        let help = "Check that your autostart folder is writable, or use your desktop's settings";
        Problem::of_shell("start-at-login-failed", self.to_string(), help)
    }
}

#[cfg(target_os = "linux")]
pub(crate) use linux::{is_on, set};
#[cfg(not(target_os = "linux"))]
pub(crate) use others::{is_on, set};

/// Windows and macOS have their own lists. Tauri's plugin would write Windows' without quotes, so that a program with a
/// space in its path can be taken for another, and for all users where it may.
#[cfg(not(target_os = "linux"))]
mod others {
    use auto_launch::{AutoLaunch, AutoLaunchBuilder};

    use super::AutostartError;
    use crate::start::IN_TRAY;

    pub(crate) fn is_on() -> bool {
        entry().and_then(|entry| entry.is_enabled().map_err(AutostartError::new)).unwrap_or(false)
    }

    pub(crate) fn set(on: bool) -> Result<(), AutostartError> {
        let entry = entry()?;
        if on { entry.enable() } else { entry.disable() }.map_err(AutostartError::new)
    }

    fn entry() -> Result<AutoLaunch, AutostartError> {
        let program = std::env::current_exe().map_err(AutostartError::new)?;
        let mut entry = AutoLaunchBuilder::new();
        entry.set_app_name("Mintage").set_args(&[IN_TRAY]);
        #[cfg(windows)]
        entry.set_windows_enable_mode(auto_launch::WindowsEnableMode::CurrentUser);
        #[cfg(target_os = "macos")]
        entry.set_macos_launch_mode(auto_launch::MacOSLaunchMode::LaunchAgent);
        entry.set_app_path(&listed(&program.display().to_string()));
        entry.build().map_err(AutostartError::new)
    }

    /// As a command line has it on Windows, which allows no quotes in names.
    fn listed(program: &str) -> String {
        if cfg!(windows) { format!("\"{program}\"") } else { program.to_owned() }
    }

    #[cfg(all(test, windows))]
    mod tests {
        use super::*;

        #[test]
        fn the_users_own_list_has_the_program_while_it_is_on() {
            let listed = || {
                let list = windows_registry::CURRENT_USER.open(r"Software\Microsoft\Windows\CurrentVersion\Run");
                list.and_then(|list| list.get_string("Mintage")).ok()
            };
            set(true).expect("the user's own settings can be changed");
            assert!(is_on());
            let program = std::env::current_exe().expect("it runs");
            assert_eq!(listed(), Some(format!("\"{}\" --in-tray", program.display())));
            set(false).expect("the user's own settings can be changed");
            assert!(!is_on());
            assert_eq!(listed(), None);
        }
    }
}

/// The Desktop Application Autostart Specification of freedesktop.org. Tauri's plugin would always write to
/// `~/.config`, wherever the desktop looks, and couldn't start a program with a space in its path.
#[cfg(target_os = "linux")]
mod linux {
    use std::io::ErrorKind;
    use std::path::PathBuf;
    use std::{env, fs};

    use super::AutostartError;
    use crate::start::IN_TRAY;

    const FILE: &str = "dev.mintage.Mintage.desktop";

    pub(crate) fn is_on() -> bool {
        path().and_then(|path| fs::read_to_string(path).ok()).is_some_and(|entry| is_in_force(&entry))
    }

    pub(crate) fn set(on: bool) -> Result<(), AutostartError> {
        let path = path().ok_or_else(|| AutostartError::new("there is no settings folder"))?;
        if !on {
            return match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(AutostartError::new(error)),
                _ => Ok(()),
            };
        }
        let program = program().ok_or_else(|| AutostartError::new("the program's path isn't valid Unicode"))?;
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, entry(&program)));
        written.map_err(AutostartError::new)
    }

    fn path() -> Option<PathBuf> {
        Some(dirs::config_dir()?.join("autostart").join(FILE))
    }

    /// This program; for an AppImage the image, since the program inside has a different path each time.
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

    /// A word of a command line (Desktop Entry Specification, "The Exec key"): quoted, with a backslash before
    /// characters that have a meaning inside quotes; a backslash is itself escaped in every value, and a percent sign
    /// doubled.
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
