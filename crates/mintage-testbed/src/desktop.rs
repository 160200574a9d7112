//! A private **desktop session** for a test, with a display, in which the real app is used.
//!
//! Rule: whatever a session starts ends with it. The app sees nothing of the real session: no home, no bus, no keyring,
//! no clipboard.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::display::Display;
use crate::process::{end, missing};
use crate::session::Session;
use crate::wait::{comes_true, until};
use crate::x11::X11;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/dist/index.html");

/// A session with a display; it ends when it is dropped.
pub struct DesktopSession {
    /// The app as shipped, except for the WebDriver feature.
    pub(crate) app: PathBuf,
    /// Text that the test put on the clipboard is served by this process.
    clipboard: Option<Child>,
    pub session: Session,
    /// What every program of the session finds in its environment besides.
    variables: Vec<(&'static str, String)>,
    /// While it exists, screenshots of a window exclude tooltips and choosers on top of it.
    _whole: X11,
    pub display: Display,
    pub runtime: Arc<Runtime>,
}

impl DesktopSession {
    /// Starts a session with an unlocked keyring, for this app.
    pub fn new(app: &str) -> Self {
        Self::around(app, Session::start())
    }

    /// Starts a session without a keychain service.
    pub fn without_keyring(app: &str) -> Self {
        Self::around(app, Session::start_without_keyring())
    }

    fn around(app: &str, session: Session) -> Self {
        assert!(Path::new(PAGE).is_file(), "the page is not built; run `cargo xtask test window`");
        let runtime = Runtime::new().expect("threads can be started");
        let display = Display::start();
        let whole = X11::connect(display.name());
        whole.keep_windows_whole();
        Self {
            app: app.into(),
            clipboard: None,
            session,
            variables: Vec::new(),
            _whole: whole,
            display,
            runtime: Arc::new(runtime),
        }
    }

    /// Sets a variable for the programs that are started from now on.
    pub fn set(&mut self, variable: &'static str, value: &str) {
        self.variables.push((variable, value.to_owned()));
    }

    /// Starts the app again with a file, like a double click, and waits until it has passed the file to the running
    /// app.
    pub fn open_file(&self, file: &Path) {
        let mut second = self.command(&self.app).arg(file).spawn().expect("the app starts");
        until("the second app ends", || second.try_wait().expect("it is ours").is_some());
    }

    /// Where a screenshot with this name is saved: in `target/screenshots`.
    pub(crate) fn screenshot(&self, name: &str) -> PathBuf {
        let target = self.app.parent().and_then(Path::parent).expect("cargo puts programs into folders of its target");
        let folder = target.join("screenshots");
        std::fs::create_dir_all(&folder).expect("the target folder is writable");
        folder.join(format!("{name}.png"))
    }

    /// A program in the session, without output.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        self.session.join(&mut command).env("DISPLAY", self.display.name()).env("GDK_BACKEND", "x11");
        // Pages are painted by the CPU here; trying a graphics card first costs time. The accessibility bus would be
        // started by a service that the session doesn't have.
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").env("NO_AT_BRIDGE", "1").env("TZ", "UTC");
        for elsewhere in ["WAYLAND_DISPLAY", "XAUTHORITY", "GTK_THEME", "MINTAGE_DATA_DIR"] {
            command.env_remove(elsewhere);
        }
        command.envs(self.variables.iter().map(|(variable, value)| (variable, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The clipboard's content for a target, for example `UTF8_STRING`; `None` if it has none.
    pub fn clipboard_target(&self, target: &str) -> Option<String> {
        let mut command = self.command("xclip");
        command.args(["-selection", "clipboard", "-o", "-target", target]).stdout(Stdio::piped());
        let output = command.output().unwrap_or_else(|error| missing("xclip", "xclip", &error));
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The clipboard's text, empty if there is none.
    pub fn clipboard(&self) -> String {
        self.clipboard_target("UTF8_STRING").unwrap_or_default()
    }

    /// Puts text on the clipboard, as another program would.
    pub fn copy(&mut self, text: &str) {
        let file = self.session.path("run/copied");
        std::fs::write(&file, text).expect("the session's folders are writable");
        let mut command = self.command("xclip");
        command.args(["-selection", "clipboard", "-quiet", "-i"]).arg(&file);
        let serving = command.spawn().unwrap_or_else(|error| missing("xclip", "xclip", &error));
        if let Some(mut earlier) = self.clipboard.replace(serving) {
            end(&mut earlier);
        }
        until("the text is on the clipboard", || self.clipboard() == text);
        std::fs::remove_file(&file).expect("it was just written");
    }

    /// How many items the app has in the keychain.
    pub fn keychain_items(&self) -> usize {
        let mut command = self.command("secret-tool");
        command.args(["search", "--all", "application", "mintage"]).stdout(Stdio::piped());
        let output = command.output().unwrap_or_else(|error| missing("secret-tool", "libsecret-tools", &error));
        String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.starts_with('[')).count()
    }

    /// What the app has in the keychain, as bytes.
    pub fn keychain_secrets(&self) -> Vec<Vec<u8>> {
        let mut command = self.command("secret-tool");
        command.args(["search", "--all", "application", "mintage"]).stdout(Stdio::piped());
        let output = command.output().unwrap_or_else(|error| missing("secret-tool", "libsecret-tools", &error));
        // `secret = ` and the bytes as they are, then a line that begins with `created = `.
        let place = |bytes: &[u8], of: &[u8]| bytes.windows(of.len()).position(|window| window == of);
        let (mut rest, mut found) = (&output.stdout[..], Vec::new());
        while let Some(start) = place(rest, b"\nsecret = ") {
            rest = &rest[start + b"\nsecret = ".len()..];
            let end = place(rest, b"\ncreated = ").unwrap_or(rest.len());
            found.push(rest[..end].to_vec());
        }
        found
    }

    /// Writes a file into the session's home.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.session.path("home").join(name);
        std::fs::write(&path, content).expect("the session's home is writable");
        path
    }

    /// The display, as a window manager sees it.
    pub fn x11(&self) -> X11 {
        X11::connect(self.display.name())
    }

    /// Presses keys by their X names, for example `Tab` or `ctrl+v`, wherever the focus is.
    pub fn press(&self, keys: &[&str]) {
        let mut command = self.command("xdotool");
        let status = command.args(["key", "--clearmodifiers"]).args(keys).status();
        let status = status.unwrap_or_else(|error| missing("xdotool", "xdotool", &error));
        assert!(status.success(), "xdotool does not press {keys:?}");
    }

    /// Types a path into the system's file chooser with this title, and confirms it: it ignores keys while it opens,
    /// and Return while it reads the folder.
    pub fn type_into_chooser(&self, title: &str, path: &str) {
        let chooser = ["search", "--onlyvisible", "--name", title];
        until("the file chooser opens", || self.display.xdotool(&chooser));
        // The first key creates the field for the rest. The chooser completes what is typed, and garbles it if keys
        // come faster than it can read folders.
        let mut milliseconds = 25;
        until("the file chooser closes", || {
            self.display.focus(&chooser);
            self.display.xdotool(&["key", "ctrl+a"]);
            self.display.xdotool(&["type", "--delay", &milliseconds.to_string(), path]);
            milliseconds *= 3;
            comes_true(Duration::from_secs(3), || {
                self.display.xdotool(&["key", "Return"]);
                self.display.is_gone(&chooser)
            })
        });
    }

    /// Types text, wherever the focus is.
    pub fn type_text(&self, text: &str) {
        let status = self.command("xdotool").args(["type", "--clearmodifiers", text]).status();
        let status = status.unwrap_or_else(|error| missing("xdotool", "xdotool", &error));
        assert!(status.success(), "xdotool does not type");
    }
}

impl Drop for DesktopSession {
    fn drop(&mut self) {
        if let Some(mut serving) = self.clipboard.take() {
            end(&mut serving);
        }
    }
}
