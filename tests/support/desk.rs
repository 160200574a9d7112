//! A **desk**: a private desktop session with a display, at which the real app is used.
//!
//! Rule: whatever a desk starts ends with it. The app finds nothing of the real session: no home, no
//! bus, no keyring, no clipboard.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::app::App;
use crate::session::{Display, Session, missing};
use crate::x11::X11;

/// The app as it is given to people, but for the door for the WebDriver.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_mintage-desktop");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist/index.html");

/// How long anything that is waited for may take, where nothing else is said.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(25);

/// A session with a display; ends when it is dropped.
pub(crate) struct Desk {
    /// What the test has put on the clipboard is served by this process.
    clipboard: Option<Child>,
    pub(crate) session: Session,
    /// As long as it lasts, pictures of a window hold nothing of a tooltip or a chooser that lies over it.
    _whole: X11,
    pub(crate) display: Display,
    pub(crate) runtime: Arc<Runtime>,
}

impl Desk {
    /// Starts a desk whose keyring is unlocked.
    pub(crate) fn new() -> Self {
        Self::around(Session::start)
    }

    /// Starts a desk at which no program keeps secrets.
    pub(crate) fn without_keyring() -> Self {
        Self::around(Session::start_without_keyring)
    }

    fn around(session: impl Fn() -> Session) -> Self {
        assert!(Path::new(PAGE).is_file(), "the page is not built; run `cargo xtask test window`");
        let runtime = Runtime::new().expect("threads can be started");
        let display = Display::start();
        let whole = X11::connect(display.name());
        whole.keep_windows_whole();
        Self { clipboard: None, session: session(), _whole: whole, display, runtime: Arc::new(runtime) }
    }

    /// Opens the app.
    pub(crate) fn open(&self) -> App<'_> {
        App::start(self, &[])
    }

    /// Opens the app with arguments on its command line.
    pub(crate) fn open_with(&self, arguments: &[&str]) -> App<'_> {
        App::start(self, arguments)
    }

    /// Starts the app once more with a file, as double-clicking one does, and waits until it has handed
    /// the file to the app that runs.
    pub(crate) fn open_file(&self, file: &Path) {
        let mut second = self.command(BINARY).arg(file).spawn().expect("the app starts");
        until("the second app ends", || second.try_wait().expect("it is ours").is_some());
    }

    /// A program that takes part in the session, silent.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.session.join(&mut command).env("DISPLAY", self.display.name()).env("GDK_BACKEND", "x11");
        // Pages are painted by the processor here; asking for a graphics card first costs time. The
        // accessibility bus would be started by a service that the session does not have.
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").env("NO_AT_BRIDGE", "1").env("TZ", "UTC");
        for elsewhere in ["WAYLAND_DISPLAY", "XAUTHORITY", "GTK_THEME", "MINTAGE_DATA_DIR"] {
            command.env_remove(elsewhere);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// What the clipboard gives for a target, for example `UTF8_STRING`; `None` where it has none.
    pub(crate) fn clipboard_target(&self, target: &str) -> Option<String> {
        let mut command = self.command("xclip");
        command.args(["-selection", "clipboard", "-o", "-target", target]).stdout(Stdio::piped());
        let output = command.output().unwrap_or_else(|error| missing("xclip", "xclip", &error));
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The clipboard's text, empty where there is none.
    pub(crate) fn clipboard(&self) -> String {
        self.clipboard_target("UTF8_STRING").unwrap_or_default()
    }

    /// Puts text on the clipboard, as another program would.
    pub(crate) fn copy(&mut self, text: &str) {
        let file = self.session.path("run/copied");
        std::fs::write(&file, text).expect("the session's folders are writable");
        let mut command = self.command("xclip");
        command.args(["-selection", "clipboard", "-quiet", "-i"]).arg(&file);
        let serving = command.spawn().unwrap_or_else(|error| missing("xclip", "xclip", &error));
        if let Some(earlier) = self.clipboard.replace(serving) {
            end(earlier);
        }
        until("the text is on the clipboard", || self.clipboard() == text);
        std::fs::remove_file(&file).expect("it was just written");
    }

    /// How many items the app has in the keychain.
    pub(crate) fn keychain_items(&self) -> usize {
        let mut command = self.command("secret-tool");
        command.args(["search", "--all", "application", "mintage"]).stdout(Stdio::piped());
        let output = command.output().unwrap_or_else(|error| missing("secret-tool", "libsecret-tools", &error));
        String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.starts_with('[')).count()
    }

    /// Writes a file into the session's home.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.session.path("home").join(name);
        std::fs::write(&path, content).expect("the session's home is writable");
        path
    }

    /// The display, as a window manager sees it.
    pub(crate) fn x11(&self) -> X11 {
        X11::connect(self.display.name())
    }

    /// Presses keys by their X names, for example `Tab` or `ctrl+v`, wherever the focus is.
    pub(crate) fn press(&self, keys: &[&str]) {
        let mut command = self.command("xdotool");
        let status = command.args(["key", "--clearmodifiers"]).args(keys).status();
        let status = status.unwrap_or_else(|error| missing("xdotool", "xdotool", &error));
        assert!(status.success(), "xdotool does not press {keys:?}");
    }

    /// Types a password at the keyring's prompt until it is gone: it takes no keys while it opens, and
    /// without a window manager it does not get the focus by itself.
    pub(crate) fn type_at_prompt(&self, password: &str) {
        const PROMPT: [&str; 4] = ["search", "--onlyvisible", "--class", "gcr-prompter"];
        until("the prompt opens", || self.xdotool(&PROMPT));
        until("the prompt closes", || {
            self.xdotool(&[&PROMPT[..], &["windowfocus", "--sync"]].concat());
            self.xdotool(&["key", "ctrl+a"]);
            self.xdotool(&["type", password]);
            self.xdotool(&["key", "Return"]);
            self.is_gone(&PROMPT)
        });
    }

    /// Types a path into the system's file chooser of this title, and confirms it: it takes no keys while
    /// it opens, and no Return while it looks into the folder.
    pub(crate) fn type_into_chooser(&self, title: &str, path: &str) {
        let chooser = ["search", "--onlyvisible", "--name", title];
        until("the file chooser opens", || self.xdotool(&chooser));
        let (slash, rest) = path.split_at(1);
        // The chooser completes what is typed, and mixes it up with keys that come faster than it can read folders.
        let mut milliseconds = 12;
        until("the file chooser closes", || {
            self.xdotool(&[&chooser[..], &["windowfocus", "--sync"]].concat());
            self.xdotool(&["key", "ctrl+a"]);
            // The first key makes the field that takes the rest.
            self.xdotool(&["type", slash]);
            std::thread::sleep(PAUSE);
            self.xdotool(&["type", "--delay", &milliseconds.to_string(), rest]);
            milliseconds *= 3;
            comes_true(Duration::from_secs(3), || {
                self.xdotool(&["key", "Return"]);
                self.is_gone(&chooser)
            })
        });
    }

    /// Whether xdotool did what it was told, or found what it looked for.
    fn xdotool(&self, words: &[&str]) -> bool {
        self.command("xdotool").args(words).status().is_ok_and(|status| status.success())
    }

    /// Whether a window goes away within a moment. A single look may miss one that is there, while another goes away.
    fn is_gone(&self, search: &[&str]) -> bool {
        comes_true(Duration::from_millis(300), || (0..3).all(|_| !self.xdotool(search)))
    }

    /// Types text, wherever the focus is.
    pub(crate) fn type_text(&self, text: &str) {
        let status = self.command("xdotool").args(["type", "--clearmodifiers", text]).status();
        let status = status.unwrap_or_else(|error| missing("xdotool", "xdotool", &error));
        assert!(status.success(), "xdotool does not type");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(serving) = self.clipboard.take() {
            end(serving);
        }
    }
}

/// Looks again and again until it is so.
pub(crate) fn until(what: &str, is_so: impl FnMut() -> bool) {
    assert!(comes_true(PATIENCE, is_so), "waited {} seconds in vain until {what}", PATIENCE.as_secs());
}

/// Looks again and again; `false` where it did not come true in time.
pub(crate) fn comes_true(patience: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > patience {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
    true
}

/// Ends a process that was started here.
pub(crate) fn end(mut process: Child) {
    // One that has ended by itself cannot be killed, which is as good.
    let _: std::io::Result<()> = process.kill();
    let _: std::io::Result<std::process::ExitStatus> = process.wait();
}
