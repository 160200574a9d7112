//! The **gallery**: every part and every view with made-up data, in a plain browser with the app's own engine, to show
//! states that are hard to reach in the real app.
//!
//! Rule: the built gallery is served on loopback to this browser alone.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::desktop::DesktopSession;
use crate::process::missing;
use crate::rest::wait_for_rest;
use crate::wait::until;
use crate::webdriver::{self, WebDriver};

const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/dist-gallery");

/// A browser that shows the gallery; it ends when it is dropped.
pub struct Gallery<'a> {
    desktop: &'a DesktopSession,
    driver: WebDriver,
    address: String,
    size: Cell<(u64, u64)>,
}

impl<'a> Gallery<'a> {
    /// Starts a browser, and a server for it.
    pub fn open(desktop: &'a DesktopSession) -> Self {
        assert!(
            Path::new(BUILT).join("gallery.html").is_file(),
            "the gallery is not built; run `cargo xtask test window`"
        );
        let address = serve();
        let browser = browser().expect("MiniBrowser is missing; install the package `libwebkit2gtk-4.1-0`");
        let mut driver = WebDriver::start(&desktop.runtime, desktop.command(webdriver::PROGRAM));
        let opened = driver.open(&browser, &["--automation".to_owned()]);
        opened.unwrap_or_else(|fault| panic!("the browser does not open: {fault}"));
        Self { desktop, driver, address, size: Cell::new((0, 0)) }
    }

    /// Shows the gallery for its query, and waits until its steps are done.
    pub fn show(&self, query: &str) {
        let shown = self.driver.go(&format!("{}/gallery.html?{query}", self.address));
        shown.unwrap_or_else(|fault| panic!("the gallery does not show {query}: {fault}"));
        until(&format!("the gallery shows {query}"), || {
            self.script("return document.documentElement.dataset.ready === 'true'", json!([])) == json!(true)
        });
    }

    /// Resizes the page.
    pub fn resize(&self, width: u64, height: u64) {
        until("the page has its size", || {
            let now = self.script("return [innerWidth, innerHeight, outerWidth, outerHeight]", json!([]));
            let [inner_width, inner_height, outer_width, outer_height] =
                [0, 1, 2, 3].map(|place| now[place].as_u64().unwrap_or_default());
            if (inner_width, inner_height) == (width, height) {
                return true;
            }
            let bars = (outer_width.saturating_sub(inner_width), outer_height.saturating_sub(inner_height));
            self.driver.resize(width + bars.0, height + bars.1).is_err()
        });
        self.size.set((width, height));
    }

    /// Switches to one of the two themes.
    pub fn turn(&self, theme: &str) {
        self.script("document.documentElement.dataset.theme = arguments[0]", json!([theme]));
    }

    /// Runs a function's body in the page.
    pub fn script(&self, body: &str, arguments: Value) -> Value {
        self.driver.script(body, arguments).unwrap_or_else(|fault| panic!("the page does not run this: {fault}"))
    }

    /// Saves a screenshot of the page, without the browser's chrome, in `target/screenshots`.
    pub fn picture(&self, name: &str) -> PathBuf {
        let file = self.desktop.screenshot(name);
        wait_for_rest(&|body, arguments| self.script(body, arguments));
        let bars = self.script("return outerHeight - innerHeight", json!([])).as_u64().unwrap_or_default();
        let (width, height) = self.size.get();
        let mut command = self.desktop.command("import");
        command.args(["-window", "root", "-crop", &format!("{width}x{height}+0+{bars}"), "+repage"]).arg(&file);
        let status = command.status().unwrap_or_else(|error| missing("import", "imagemagick", &error));
        assert!(status.success(), "no picture of {name}");
        file
    }
}

fn browser() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|folder| folder.path());
    let folders = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/libexec")]);
    let mut programs = folders.map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"));
    programs.find(|program| program.is_file())
}

/// Serves the built gallery on loopback until the test's process ends.
fn serve() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    let address = format!("http://{}", listener.local_addr().expect("it listens"));
    let root = Arc::new(Path::new(BUILT).canonicalize().expect("the gallery is built"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let root = Arc::clone(&root);
            std::thread::spawn(move || answer(&root, stream));
        }
    });
    address
}

/// Answers one request (RFC 9112 §3) with a file of the folder, or with 404.
fn answer(root: &Path, mut stream: TcpStream) -> Option<()> {
    let mut line = String::new();
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    reader.read_line(&mut line).ok()?;
    // The headers don't matter here, but must be read before the response.
    let mut header = String::new();
    while reader.read_line(&mut header).ok()? > 2 {
        header.clear();
    }
    let path = line.split(' ').nth(1)?.split('?').next()?.trim_start_matches('/');
    let file = root.join(path).canonicalize().ok().filter(|file| file.starts_with(root) && file.is_file());
    let Some(file) = file else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok();
    };
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    let content = std::fs::read(file).ok()?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&content)).ok()
}
