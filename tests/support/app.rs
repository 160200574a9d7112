//! The **app** at a desk: its real window, driven through the door for the WebDriver.
//!
//! Rule: selectors are CSS in which `@name` is the element with `data-testid="name"`. Every act waits
//! for what it needs; one that waits in vain fails the test with a picture and the page's words.

use std::cell::RefCell;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::desk::{BINARY, Desk, PATIENCE, comes_true, end, until};
use crate::session::missing;
use crate::webdriver::{Element, Fault, Reply, WebDriver};

/// WebDriver's code points for keys (§17.4.2).
const CONTROL: char = '\u{E009}';
const RELEASE: char = '\u{E000}';
const DELETE: char = '\u{E017}';

/// How long a picture may take to settle.
const SETTLES: Duration = Duration::from_secs(3);

/// A running app; ends when it is dropped.
pub(crate) struct App<'a> {
    pub(crate) desk: &'a Desk,
    driver: WebDriver,
    process: Option<Child>,
    pid: u32,
    /// The failure that is being pictured.
    failed: RefCell<Option<String>>,
}

impl<'a> App<'a> {
    /// Starts the app and waits for its page.
    pub(crate) fn start(desk: &'a Desk, arguments: &[&str]) -> Self {
        let port = free_port();
        let log = File::create(desk.session.path("run/app.log")).expect("the session's folders are writable");
        let errors = log.try_clone().expect("a file can be shared");
        let mut command = desk.command("WebKitWebDriver");
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").stdout(log).stderr(errors);
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        let process = command.spawn().unwrap_or_else(|error| missing("WebKitWebDriver", "webkit2gtk-driver", &error));
        until("the driver listens", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let driver = match WebDriver::start(&desk.runtime, port, BINARY, &arguments) {
            Ok(driver) => driver,
            Err(fault) => panic!("the window does not open: {fault}\n{}", log_of(desk)),
        };
        let pid = child_of(process.id()).expect("the driver starts the app");
        let app = Self { desk, driver, process: Some(process), pid, failed: RefCell::default() };
        app.until("the page is loaded", || app.exists("#app > *"));
        app
    }

    /// The elements that match.
    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        self.driver.find_all(&css(selector)).unwrap_or_default()
    }

    pub(crate) fn exists(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// Whether an element matches that can be seen.
    pub(crate) fn shows(&self, selector: &str) -> bool {
        self.all(selector).iter().any(|element| self.driver.is_displayed(element).unwrap_or(false))
    }

    /// Waits until such an element can be seen.
    pub(crate) fn wait_for(&self, selector: &str) {
        self.until(&format!("`{selector}` is there"), || self.shows(selector));
    }

    /// Waits until no such element can be seen.
    pub(crate) fn wait_until_gone(&self, selector: &str) {
        self.until(&format!("`{selector}` is gone"), || !self.shows(selector));
    }

    /// Clicks an element, once it is there and nothing covers it.
    pub(crate) fn click(&self, selector: &str) {
        self.act(&format!("`{selector}` can be clicked"), selector, |element| self.driver.click(element));
    }

    /// Opens a menu, so that this item of it is there. A click that opened it may be told as failed, since an
    /// open menu takes every click.
    pub(crate) fn open_menu(&self, trigger: &str, item: &str) {
        self.until(&format!("`{trigger}` opens its menu"), || {
            let closed = !self.exists(item);
            if let Some(button) = self.all(trigger).first().filter(|_| closed) {
                let _told_as_failed = self.driver.click(button);
            }
            self.exists(item)
        });
    }

    /// Replaces the text of a field by typing.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        self.act(&format!("`{selector}` takes text"), selector, |element| {
            self.driver.send_keys(element, &format!("{CONTROL}a{RELEASE}{DELETE}"))?;
            self.driver.send_keys(element, text)
        });
    }

    /// The text of an element, once it is there.
    pub(crate) fn text(&self, selector: &str) -> String {
        let mut text = String::new();
        self.until(&format!("`{selector}` has text"), || {
            let found = self.all(selector).first().and_then(|element| self.driver.text(element).ok());
            text = found.unwrap_or_default();
            !text.is_empty()
        });
        text
    }

    /// Waits until an element's text has these words in it.
    pub(crate) fn wait_for_words(&self, selector: &str, words: &str) {
        self.until(&format!("`{selector}` says {words:?}"), || {
            let texts = self.all(selector).into_iter().filter_map(|element| self.driver.text(&element).ok());
            texts.into_iter().any(|text| text.contains(words))
        });
    }

    /// An attribute of an element, once it is there.
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.wait_for(selector);
        self.all(selector).first().and_then(|element| self.driver.attribute(element, name).ok().flatten())
    }

    /// Runs a function's body in the page.
    pub(crate) fn script(&self, body: &str, arguments: Value) -> Value {
        self.driver.script(body, arguments).unwrap_or_else(|fault| panic!("the page does not run this: {fault}"))
    }

    /// Gives the window a size, and waits until the page has it.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let x11 = self.desk.x11();
        x11.resize(self.window(), width, height);
        self.until("the page has the window's size", || {
            self.script("return [innerWidth, innerHeight]", json!([])) == json!([width, height])
        });
    }

    /// Gives the window the keyboard, as a window manager does when one clicks on it.
    pub(crate) fn focus(&self) {
        let window = self.window().to_string();
        let status = self.desk.command("xdotool").args(["windowfocus", "--sync", &window]).status();
        assert!(status.is_ok_and(|status| status.success()), "the window does not take the keyboard");
        self.until("the page has the keyboard", || self.script("return document.hasFocus()", json!([])) == json!(true));
    }

    /// Drops files on the window.
    pub(crate) fn drop_files(&self, files: &[&Path]) {
        self.desk.x11().drop_files(self.window(), files);
    }

    /// Closes the window, as the button in its frame does.
    pub(crate) fn close(&self) {
        self.desk.x11().close(self.window());
    }

    /// Closes the window and waits until the app has ended.
    pub(crate) fn quit(self) {
        self.close();
        self.wait_for_end();
    }

    /// Waits until the app has ended.
    pub(crate) fn wait_for_end(mut self) {
        self.until("the app has ended", || !self.runs());
        self.stop();
    }

    /// Whether the app still runs, with its window or without.
    pub(crate) fn runs(&self) -> bool {
        runs(self.pid)
    }

    /// Whether the window is on the screen.
    pub(crate) fn is_on_screen(&self) -> bool {
        self.desk.x11().window("Mintage").is_some()
    }

    /// The page's width and height.
    pub(crate) fn size(&self) -> (u64, u64) {
        let size = self.script("return [innerWidth, innerHeight]", json!([]));
        (size[0].as_u64().unwrap_or_default(), size[1].as_u64().unwrap_or_default())
    }

    /// Keeps a picture of the window in `target/screenshots`, once it has stopped changing.
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).expect("the target folder is writable");
        let file = folder.join(format!("{name}.png"));
        let mut before = Vec::new();
        // A page on which a countdown runs never stops for good; then the last picture is as good.
        comes_true(SETTLES, || {
            let now = self.pixels();
            let settled = now == before;
            before = now;
            settled
        });
        std::fs::write(&file, before).expect("the target folder is writable");
        file
    }

    /// The window as X shows it. The driver's own pictures wait for a change of the page, which may
    /// never come.
    fn pixels(&self) -> Vec<u8> {
        let window = self.window().to_string();
        let mut command = self.desk.command("import");
        // Without dates two pictures of the same pixels are the same.
        command.args(["-window", &window, "-define", "png:exclude-chunks=date,time", "png:-"]);
        let output = command.stdout(Stdio::piped()).output();
        output.unwrap_or_else(|error| missing("import", "imagemagick", &error)).stdout
    }

    /// Looks again and again until it is so.
    pub(crate) fn until(&self, what: &str, is_so: impl FnMut() -> bool) {
        self.until_within(PATIENCE, what, is_so);
    }

    /// Looks again and again for as long as is said.
    pub(crate) fn until_within(&self, patience: Duration, what: &str, is_so: impl FnMut() -> bool) {
        if !comes_true(patience, is_so) {
            self.fail(&format!("waited {} seconds in vain until {what}", patience.as_secs()));
        }
    }

    /// Acts on the first element that matches, as soon as it lets itself be acted on.
    fn act(&self, what: &str, selector: &str, act: impl Fn(&Element) -> Reply<()>) {
        let mut fault = None;
        let done = comes_true(PATIENCE, || {
            let Some(element) = self.all(selector).into_iter().next() else { return false };
            act(&element).map_err(|refused| fault = Some(refused)).is_ok()
        });
        if !done {
            let why = fault.map_or_else(|| "nothing matches".to_owned(), |fault: Fault| fault.to_string());
            self.fail(&format!("waited {} seconds in vain until {what} ({why})", PATIENCE.as_secs()));
        }
    }

    fn fail(&self, sentence: &str) -> ! {
        // The picture of a failure may fail as well, for example where the app has ended.
        if let Some(first) = self.failed.replace(Some(sentence.to_owned())) {
            panic!("{first}, and then {sentence}\n-- the log --\n{}", log_of(self.desk));
        }
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let picture = self.picture(&format!("failed-{test}"));
        let words = self.driver.script("return document.body.innerText", json!([])).unwrap_or_default();
        panic!(
            "{sentence}\n-- the page --\n{}\n-- its picture --\n{}\n-- the log --\n{}",
            words.as_str().unwrap_or_default(),
            picture.display(),
            log_of(self.desk)
        );
    }

    fn window(&self) -> u32 {
        let x11 = self.desk.x11();
        let mut window = None;
        self.until("the window is on the screen", || {
            window = x11.window("Mintage");
            window.is_some()
        });
        window.expect("it was just found")
    }

    fn stop(&mut self) {
        let Some(process) = self.process.take() else { return };
        // An app that has ended has ended its session too.
        let _: Reply<()> = self.driver.end();
        let ended = comes_true(PATIENCE, || !runs(self.pid));
        end(process);
        assert!(ended || std::thread::panicking(), "the app still runs after its session has ended");
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Writes `@name` out as the attribute that it stands for.
fn css(selector: &str) -> String {
    let mut parts = selector.split('@');
    let mut css = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(part.len());
        css += &format!("[data-testid=\"{}\"]{}", &part[..end], &part[end..]);
    }
    css
}

/// A port that was free a moment ago; the driver cannot choose one itself.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("it listens").port()
}

/// The process that another has started last.
fn child_of(parent: u32) -> Option<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).ok()?;
    let children = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    children.flat_map(|line| line.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).max()
}

/// Whether a process runs; one that only waits to be reaped does not.
fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().and_then(|rest| rest.chars().next()).is_some_and(|state| state != 'Z')
}

fn log_of(desk: &Desk) -> String {
    std::fs::read_to_string(desk.session.path("run/app.log")).unwrap_or_default()
}
