//! The **app** in a desktop session: its real window, driven through WebDriver.
//!
//! Rule: selectors are CSS in which `@name` is the element with `data-testid="name"`. Every action waits for what it
//! needs; if that doesn't appear, the test fails with a screenshot and the page's text.

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::desktop::DesktopSession;
use crate::process::missing;
use crate::wait::{PATIENCE, comes_true};
use crate::webdriver::{self, Element, Fault, Reply, WebDriver};

/// WebDriver's code points for keys (§17.4.2).
const CONTROL: char = '\u{E009}';
const RELEASE: char = '\u{E000}';
const DELETE: char = '\u{E017}';

/// How long a screenshot may take to settle.
const SETTLES: Duration = Duration::from_secs(3);

/// A running app; it ends when it is dropped.
pub struct App<'a> {
    pub desktop: &'a DesktopSession,
    driver: WebDriver,
    ended: bool,
    pid: u32,
    /// Set while a failure is being captured.
    failed: RefCell<Option<String>>,
}

impl DesktopSession {
    /// Opens the app.
    pub fn open(&self) -> App<'_> {
        App::start(self, &[])
    }

    /// Opens the app with arguments on its command line.
    pub fn open_with(&self, arguments: &[&str]) -> App<'_> {
        App::start(self, arguments)
    }
}

impl<'a> App<'a> {
    /// Starts the app and waits for its page.
    pub fn start(desktop: &'a DesktopSession, arguments: &[&str]) -> Self {
        let log = File::create(desktop.session.path("run/app.log")).expect("the session's folders are writable");
        let errors = log.try_clone().expect("a file can be shared");
        let mut command = desktop.command(webdriver::PROGRAM);
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").stdout(log).stderr(errors);
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let mut driver = WebDriver::start(&desktop.runtime, command);
        if let Err(fault) = driver.open(&desktop.app, &arguments) {
            panic!("the window does not open: {fault}\n{}", log_of(desktop));
        }
        let pid = child_of(driver.pid()).expect("the driver starts the app");
        let app = Self { desktop, driver, ended: false, pid, failed: RefCell::default() };
        app.until("the page is loaded", || app.exists("#app > *"));
        app
    }

    /// The elements that match.
    pub fn all(&self, selector: &str) -> Vec<Element> {
        self.driver.find_all(&css(selector)).unwrap_or_default()
    }

    pub fn exists(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// Whether a visible element matches.
    pub fn shows(&self, selector: &str) -> bool {
        self.all(selector).iter().any(|element| self.driver.is_displayed(element).unwrap_or(false))
    }

    /// Waits until such an element is visible.
    pub fn wait_for(&self, selector: &str) {
        self.until(&format!("`{selector}` is there"), || self.shows(selector));
    }

    /// Waits until no such element is visible.
    pub fn wait_until_gone(&self, selector: &str) {
        self.until(&format!("`{selector}` is gone"), || !self.shows(selector));
    }

    /// Clicks an element, once it exists and nothing covers it.
    pub fn click(&self, selector: &str) {
        self.act(&format!("`{selector}` can be clicked"), selector, |element| self.driver.click(element));
    }

    /// Opens a menu, so that this item exists. The click that opened it may be reported as failed, since an open menu
    /// takes every click.
    pub fn open_menu(&self, trigger: &str, item: &str) {
        self.until(&format!("`{trigger}` opens its menu"), || {
            let closed = !self.exists(item);
            if let Some(button) = self.all(trigger).first().filter(|_| closed) {
                let _told_as_failed = self.driver.click(button);
            }
            self.exists(item)
        });
    }

    /// Replaces the text of a field by typing.
    pub fn fill(&self, selector: &str, text: &str) {
        self.act(&format!("`{selector}` takes text"), selector, |element| {
            self.driver.send_keys(element, &format!("{CONTROL}a{RELEASE}{DELETE}"))?;
            self.driver.send_keys(element, text)
        });
    }

    /// The text of an element, once it exists.
    pub fn text(&self, selector: &str) -> String {
        let mut text = String::new();
        self.until(&format!("`{selector}` has text"), || {
            let found = self.all(selector).first().and_then(|element| self.driver.text(element).ok());
            text = found.unwrap_or_default();
            !text.is_empty()
        });
        text
    }

    /// Waits until an element's text contains these words.
    pub fn wait_for_words(&self, selector: &str, words: &str) {
        self.until(&format!("`{selector}` says {words:?}"), || {
            let texts = self.all(selector).into_iter().filter_map(|element| self.driver.text(&element).ok());
            texts.into_iter().any(|text| text.contains(words))
        });
    }

    /// An attribute of an element, once it exists.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.wait_for(selector);
        self.all(selector).first().and_then(|element| self.driver.attribute(element, name).ok().flatten())
    }

    /// Runs a function's body in the page.
    pub fn script(&self, body: &str, arguments: Value) -> Value {
        self.driver.script(body, arguments).unwrap_or_else(|fault| panic!("the page does not run this: {fault}"))
    }

    /// Resizes the window, and waits until the page has that size.
    pub fn resize(&self, width: u32, height: u32) {
        let x11 = self.desktop.x11();
        x11.resize(self.window(), width, height);
        self.until("the page has the window's size", || {
            self.script("return [innerWidth, innerHeight]", json!([])) == json!([width, height])
        });
    }

    /// Gives the window the keyboard focus, as a window manager does on a click.
    pub fn focus(&self) {
        let window = self.window().to_string();
        let status = self.desktop.command("xdotool").args(["windowfocus", "--sync", &window]).status();
        assert!(status.is_ok_and(|status| status.success()), "the window does not take the keyboard");
        self.until("the page has the keyboard", || self.script("return document.hasFocus()", json!([])) == json!(true));
    }

    /// Drops files on the window.
    pub fn drop_files(&self, files: &[&Path]) {
        self.desktop.x11().drop_files(self.window(), files);
    }

    /// Closes the window, like the button in its frame.
    pub fn close(&self) {
        self.desktop.x11().close(self.window());
    }

    /// Closes the window and waits until the app has ended.
    pub fn quit(self) {
        self.close();
        self.wait_for_end();
    }

    /// Kills the app, as a crash or a power failure does.
    pub fn kill(mut self) {
        let killed = self.desktop.command("kill").args(["-9", &self.pid.to_string()]).status();
        assert!(killed.is_ok_and(|status| status.success()), "the app can't be killed");
        self.until("the app has ended", || !self.runs());
        self.stop();
    }

    /// Waits until the app has ended.
    pub fn wait_for_end(mut self) {
        self.until("the app has ended", || !self.runs());
        self.stop();
    }

    /// Whether the app is still running, with or without its window.
    pub fn runs(&self) -> bool {
        runs(self.pid)
    }

    /// Whether the window is on the screen.
    pub fn is_on_screen(&self) -> bool {
        self.desktop.x11().window("Mintage").is_some()
    }

    /// The page's width and height.
    pub fn size(&self) -> (u64, u64) {
        let size = self.script("return [innerWidth, innerHeight]", json!([]));
        (size[0].as_u64().unwrap_or_default(), size[1].as_u64().unwrap_or_default())
    }

    /// Saves a screenshot of the window in `target/screenshots`, once it has stopped changing.
    pub fn picture(&self, name: &str) -> PathBuf {
        let file = self.desktop.screenshot(name);
        let mut before = Vec::new();
        // A page with a running countdown never settles; then the last screenshot will do.
        comes_true(SETTLES, || {
            let now = self.pixels();
            let settled = now == before;
            before = now;
            settled
        });
        std::fs::write(&file, before).expect("the target folder is writable");
        file
    }

    /// The window as X shows it. The driver's own screenshots wait for a change of the page, which may never come.
    fn pixels(&self) -> Vec<u8> {
        let window = self.window().to_string();
        let mut command = self.desktop.command("import");
        // Without dates two screenshots of the same pixels are identical.
        command.args(["-window", &window, "-define", "png:exclude-chunks=date,time", "png:-"]);
        let output = command.stdout(Stdio::piped()).output();
        output.unwrap_or_else(|error| missing("import", "imagemagick", &error)).stdout
    }

    /// Polls until it is true.
    pub fn until(&self, what: &str, is_so: impl FnMut() -> bool) {
        self.until_within(PATIENCE, what, is_so);
    }

    /// Polls for the given time.
    pub fn until_within(&self, patience: Duration, what: &str, is_so: impl FnMut() -> bool) {
        if !comes_true(patience, is_so) {
            self.fail(&format!("timed out after {} s waiting until {what}", patience.as_secs()));
        }
    }

    /// Acts on the first matching element, as soon as it can be acted on.
    fn act(&self, what: &str, selector: &str, act: impl Fn(&Element) -> Reply<()>) {
        let mut fault = None;
        let done = comes_true(PATIENCE, || {
            let Some(element) = self.all(selector).into_iter().next() else { return false };
            act(&element).map_err(|refused| fault = Some(refused)).is_ok()
        });
        if !done {
            let why = fault.map_or_else(|| "nothing matches".to_owned(), |fault: Fault| fault.to_string());
            self.fail(&format!("timed out after {} s waiting until {what} ({why})", PATIENCE.as_secs()));
        }
    }

    fn fail(&self, sentence: &str) -> ! {
        // Capturing a failure may fail as well, for example if the app has ended.
        if let Some(first) = self.failed.replace(Some(sentence.to_owned())) {
            panic!("{first}, and then {sentence}\n-- the log --\n{}", log_of(self.desktop));
        }
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let picture = self.picture(&format!("failed-{test}"));
        let words = self.driver.script("return document.body.innerText", json!([])).unwrap_or_default();
        panic!(
            "{sentence}\n-- the page --\n{}\n-- its picture --\n{}\n-- the log --\n{}",
            words.as_str().unwrap_or_default(),
            picture.display(),
            log_of(self.desktop)
        );
    }

    pub(crate) fn window(&self) -> u32 {
        let x11 = self.desktop.x11();
        let mut window = None;
        self.until("the window is on the screen", || {
            window = x11.window("Mintage");
            window.is_some()
        });
        window.expect("it was just found")
    }

    fn stop(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // An app that has ended has ended its session too.
        let _: Reply<()> = self.driver.end();
        let ended = comes_true(PATIENCE, || !runs(self.pid));
        assert!(ended || std::thread::panicking(), "the app still runs after its session has ended");
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Expands `@name` into its attribute selector.
pub(crate) fn css(selector: &str) -> String {
    let mut parts = selector.split('@');
    let mut css = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(part.len());
        css += &format!("[data-testid=\"{}\"]{}", &part[..end], &part[end..]);
    }
    css
}

/// The newest child process of another.
fn child_of(parent: u32) -> Option<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).ok()?;
    let children = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    children.flat_map(|line| line.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).max()
}

/// Whether a process is running; a zombie doesn't count.
fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().and_then(|rest| rest.chars().next()).is_some_and(|state| state != 'Z')
}

fn log_of(desktop: &DesktopSession) -> String {
    std::fs::read_to_string(desktop.session.path("run/app.log")).unwrap_or_default()
}
