//! How the program was started: with files to import, with the demo, on which display.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

/// The option of a start at login.
pub(crate) const IN_TRAY: &str = "--in-tray";

/// What the command line requests. It may come from another program of the same user (a second start is passed over the
/// session bus), so it is untrusted: file names to review, never anything more powerful.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// Key files to review.
    pub(crate) files: Vec<PathBuf>,
    /// Whether to open with the demo.
    pub(crate) demo: bool,
    /// Whether to start in the tray, without a window, as at login.
    pub(crate) in_tray: bool,
    /// Whether to open the palette, for shortcuts that the desktop manages.
    pub(crate) palette: bool,
}

impl Start {
    /// Reads the arguments after the program's name; relative files are resolved against `folder`.
    pub(crate) fn from_args(args: impl IntoIterator<Item = OsString>, folder: Option<&Path>) -> Self {
        let mut start = Self::default();
        for arg in args {
            if arg == "--demo" {
                start.demo = true;
            } else if arg == IN_TRAY {
                start.in_tray = true;
            } else if arg == "--palette" {
                start.palette = true;
            } else if !arg.to_string_lossy().starts_with('-') {
                let path = PathBuf::from(arg);
                start.files.push(folder.map_or_else(|| path.clone(), |folder| folder.join(&path)));
            }
        }
        start
    }
}

/// Returns whether there is what a window needs: a display on Linux, without which the toolkit would panic, and on
/// Windows a web view, which isn't part of every installation.
pub(crate) fn display_is_there() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    gtk::init().map_err(|_| no_display(|name| std::env::var(name).ok()))?;
    if cfg!(windows) && tauri::webview_version().is_err() {
        return Err(NO_WEBVIEW.to_owned());
    }
    Ok(())
}

/// The sentence for a display that can't be opened, or that nothing names.
#[cfg(target_os = "linux")]
fn no_display(variable: impl Fn(&str) -> Option<String>) -> String {
    let named = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().filter_map(variable).find(|display| !display.is_empty());
    let what = named.map_or_else(
        || "There is no display to open a window on.".to_owned(),
        |display| format!("The display `{display}` can't be opened."),
    );
    format!("{what} Start Mintage from a desktop session.")
}

/// Where to get the web view of Windows: Microsoft's own page.
const NO_WEBVIEW: &str = "Mintage draws its window with Microsoft Edge WebView2, which isn't installed here. Install it \
    from https://developer.microsoft.com/microsoft-edge/webview2 and start Mintage again.";

/// The sentence for a window that couldn't be opened. The web view keeps files in a folder, if it is known yet.
pub(crate) fn not_opened(error: &tauri::Error, folder: Option<&Path>) -> String {
    match (error, folder) {
        (tauri::Error::Io(cause), Some(folder)) => format!(
            "Couldn't open the window: its web view can't keep files in `{}` ({cause}). Make that folder writable and \
             start Mintage again.",
            folder.display()
        ),
        _ => format!("Couldn't open the window: {error}"),
    }
}

/// Prints a sentence to standard error, the only output before there is a window.
#[expect(clippy::print_stderr, reason = "the window isn't open")]
pub(crate) fn say(sentence: &str) {
    eprintln!("{sentence}");
}

/// Says why the program can't start, before it has an event loop. Those who start it from a desktop see no standard
/// error, and on Windows the program has none.
pub(crate) fn say_before_start(sentence: &str) {
    say(sentence);
    show(sentence);
}

/// Shows a box, if there is a display for it.
#[cfg(target_os = "linux")]
fn show(sentence: &str) {
    use gtk::prelude::{DialogExt as _, GtkWindowExt as _};

    if gtk::is_initialized() {
        let (flags, kind, buttons) = (gtk::DialogFlags::MODAL, gtk::MessageType::Error, gtk::ButtonsType::Ok);
        let message = gtk::MessageDialog::new(None::<&gtk::Window>, flags, kind, buttons, sentence);
        message.set_title("Mintage");
        message.run();
    }
}

#[cfg(not(target_os = "linux"))]
fn show(sentence: &str) {
    rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title("Mintage").set_description(sentence).show();
}

/// Says why the program has no window, and ends it with a failure once that was read.
pub(crate) fn end_with(handle: &AppHandle, sentence: String) {
    say(&sentence);
    let ending = handle.clone();
    let message = handle.dialog().message(sentence).title("Mintage").kind(MessageDialogKind::Error);
    message.show(move |_| ending.exit(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_files_and_three_switches() {
        let check = |args: &[&str], files: &[&str], [demo, in_tray, palette]: [bool; 3]| {
            let start = Start::from_args(args.iter().map(OsString::from), Some(Path::new("/home/me")));
            let files = files.iter().map(PathBuf::from).collect();
            assert_eq!(start, Start { files, demo, in_tray, palette }, "{args:?}");
        };
        check(&[], &[], [false; 3]);
        check(
            &["--demo", "a.json", "/abs/b.json", "--unknown"],
            &["/home/me/a.json", "/abs/b.json"],
            [true, false, false],
        );
        check(&["--in-tray"], &[], [false, true, false]);
        check(&["--palette"], &[], [false, false, true]);
        check(&["--in-tray=yes", "-demo", ""], &["/home/me/"], [false; 3]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_display_that_is_missing_or_gone_is_named() {
        let said = |set: &'static [(&str, &str)]| {
            let named =
                move |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
            no_display(named)
        };
        let missing = "There is no display to open a window on. Start Mintage from a desktop session.";
        assert_eq!(said(&[]), missing);
        assert_eq!(said(&[("DISPLAY", "")]), missing);
        let gone = "The display `:99` can't be opened. Start Mintage from a desktop session.";
        assert_eq!(said(&[("WAYLAND_DISPLAY", ""), ("DISPLAY", ":99")]), gone);
    }

    #[test]
    fn a_window_that_cannot_open_is_explained_by_its_folder_where_that_is_the_cause() {
        let refused = || tauri::Error::Io(std::io::Error::other("read-only"));
        let folder = Path::new("/home/me/web");
        assert_eq!(
            not_opened(&refused(), Some(folder)),
            "Couldn't open the window: its web view can't keep files in `/home/me/web` (read-only). Make that folder \
             writable and start Mintage again."
        );
        assert_eq!(not_opened(&refused(), None), "Couldn't open the window: read-only");
        let other = tauri::Error::WindowNotFound;
        assert_eq!(not_opened(&other, Some(folder)), format!("Couldn't open the window: {other}"));
    }
}
