//! How the program was started: with files to import, with the demo, on which display.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The switch of a start at login.
pub(crate) const IN_TRAY: &str = "--in-tray";

/// What the command line asks for. It may come from another program of the same user (a second start
/// is handed over the session bus), so it is untrusted: file names to review, never anything stronger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// Key files to take under review.
    pub(crate) files: Vec<PathBuf>,
    /// Whether to open on the demo.
    pub(crate) demo: bool,
    /// Whether to start in the tray, without a window, as at login.
    pub(crate) in_tray: bool,
}

impl Start {
    /// Reads the arguments after the program's name; relative files are under `folder`.
    pub(crate) fn from_args(args: impl IntoIterator<Item = OsString>, folder: Option<&Path>) -> Self {
        let mut start = Self::default();
        for arg in args {
            if arg == "--demo" {
                start.demo = true;
            } else if arg == IN_TRAY {
                start.in_tray = true;
            } else if !arg.to_string_lossy().starts_with('-') {
                let path = PathBuf::from(arg);
                start.files.push(folder.map_or_else(|| path.clone(), |folder| folder.join(&path)));
            }
        }
        start
    }
}

/// Tells whether there is a display to open a window on; without one the toolkit would panic.
pub(crate) fn display_is_there() -> Result<(), String> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        return Err("There is no display to open a window on. Start Mintage from a desktop session.".to_owned());
    }
    Ok(())
}

/// Says a sentence on standard error, the only place for words before there is a window.
#[expect(clippy::print_stderr, reason = "there is no window yet, or no longer")]
pub(crate) fn say(sentence: &str) {
    eprintln!("{sentence}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_files_and_two_switches() {
        let check = |args: &[&str], files: &[&str], demo: bool, in_tray: bool| {
            let start = Start::from_args(args.iter().map(OsString::from), Some(Path::new("/home/me")));
            let files = files.iter().map(PathBuf::from).collect();
            assert_eq!(start, Start { files, demo, in_tray }, "{args:?}");
        };
        check(&[], &[], false, false);
        check(&["--demo", "a.json", "/abs/b.json", "--unknown"], &["/home/me/a.json", "/abs/b.json"], true, false);
        check(&["--in-tray"], &[], false, true);
        check(&["--in-tray=yes", "-demo", ""], &["/home/me/"], false, false);
    }
}
