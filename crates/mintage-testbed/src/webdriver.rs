//! A **WebDriver** client: the few commands of the W3C protocol that drive a window, each blocking.
//!
//! Rule: one method per command, no waiting and no retries; those are up to the caller. A refusal by the driver is a
//! [`Fault`] with the protocol's own error code.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::process;
use crate::wait::until;

/// The driver of WebKitGTK.
pub const PROGRAM: &str = "WebKitWebDriver";

/// The member that contains an element's id (WebDriver §12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Longer than any command takes, so that a driver that hangs fails the test with a sentence.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the driver didn't do what was asked.
#[derive(Debug)]
pub struct Fault {
    /// The protocol's error code, for example `no such element`.
    error: String,
    message: String,
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.message)
    }
}

pub type Reply<T> = Result<T, Fault>;

/// An element of the page, as the driver knows it.
#[derive(Clone, Debug)]
pub struct Element(String);

/// A session with one window.
pub struct WebDriver {
    runtime: Arc<Runtime>,
    client: reqwest::Client,
    /// The address of the session, without a final slash.
    session: String,
    process: Child,
}

impl WebDriver {
    /// Starts the driver, whose environment is set in `command`; the app inherits it.
    pub fn start(runtime: &Arc<Runtime>, mut command: Command) -> Self {
        let port = free_port();
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        let process = process::start(&mut command, "webkit2gtk-driver");
        until("the driver listens", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client can be made");
        let session = format!("http://127.0.0.1:{port}/session");
        Self { runtime: Arc::clone(runtime), client, session, process }
    }

    /// Opens the app.
    ///
    /// # Errors
    /// It doesn't open.
    pub fn open(&mut self, app: &Path, arguments: &[String]) -> Reply<()> {
        let options = json!({ "binary": app, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let made = self.ask(Method::POST, "", Some(wanted))?;
        self.session = format!("{}/{}", self.session, text(&made["sessionId"]));
        Ok(())
    }

    /// Navigates to an address and waits until it is loaded.
    pub fn go(&self, url: &str) -> Reply<()> {
        self.ask(Method::POST, "/url", Some(json!({ "url": url }))).map(drop)
    }

    /// Resizes the browser's window, including its chrome.
    pub fn resize(&self, width: u64, height: u64) -> Reply<()> {
        self.ask(Method::POST, "/window/rect", Some(json!({ "width": width, "height": height }))).map(drop)
    }

    /// All elements that match a CSS selector.
    pub fn find_all(&self, css: &str) -> Reply<Vec<Element>> {
        let found = self.ask(Method::POST, "/elements", Some(json!({ "using": "css selector", "value": css })))?;
        Ok(found.as_array().into_iter().flatten().map(|element| Element(text(&element[ELEMENT]))).collect())
    }

    /// Clicks in the middle of an element, which must be in view and not covered.
    pub fn click(&self, element: &Element) -> Reply<()> {
        let click = || self.ask(Method::POST, &format!("/element/{}/click", element.0), Some(json!({}))).map(drop);
        let refused = match click() {
            Err(refused) if refused.error == "element not interactable" => refused,
            other => return other,
        };
        // The driver doesn't scroll an element whose edge is visible, even if its middle isn't.
        let centred = json!({ ELEMENT: element.0 });
        self.script("arguments[0].scrollIntoView({ block: 'center' })", json!([centred])).map_err(|_| refused)?;
        click()
    }

    /// Types into an element.
    pub fn send_keys(&self, element: &Element, keys: &str) -> Reply<()> {
        self.ask(Method::POST, &format!("/element/{}/value", element.0), Some(json!({ "text": keys }))).map(drop)
    }

    /// The text of an element as it is laid out. The protocol's own command leaves out what it considers hidden,
    /// wrongly so inside clipped boxes.
    pub fn text(&self, element: &Element) -> Reply<String> {
        self.ask(Method::GET, &format!("/element/{}/property/innerText", element.0), None).map(|value| text(&value))
    }

    /// An attribute of an element; `None` if it has none with that name.
    pub fn attribute(&self, element: &Element, name: &str) -> Reply<Option<String>> {
        let value = self.ask(Method::GET, &format!("/element/{}/attribute/{name}", element.0), None)?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Whether an element is visible.
    pub fn is_displayed(&self, element: &Element) -> Reply<bool> {
        let value = self.ask(Method::GET, &format!("/element/{}/displayed", element.0), None)?;
        Ok(value == Value::Bool(true))
    }

    /// The driver's own process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Runs a function's body in the page, which calls its last argument when it is done.
    pub fn script_async(&self, body: &str, arguments: Value) -> Reply<Value> {
        self.ask(Method::POST, "/execute/async", Some(json!({ "script": body, "args": arguments })))
    }

    /// Runs a function's body in the page.
    pub fn script(&self, body: &str, arguments: Value) -> Reply<Value> {
        self.ask(Method::POST, "/execute/sync", Some(json!({ "script": body, "args": arguments })))
    }

    /// Ends the session, and with it the app if it still runs.
    pub fn end(&self) -> Reply<()> {
        self.ask(Method::DELETE, "", None).map(drop)
    }

    fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Reply<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = self.runtime.block_on(async { request.send().await?.json::<Value>().await });
        let answer = answer
            .map_err(|error| Fault { error: "no answer from the driver".to_owned(), message: error.to_string() })?;
        let value = &answer["value"];
        match value["error"].as_str() {
            Some(error) => Err(Fault { error: error.to_owned(), message: text(&value["message"]) }),
            None => Ok(value.clone()),
        }
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        // A window that has closed by itself has also ended the session.
        let _: Reply<()> = self.end();
        process::end(&mut self.process);
    }
}

/// A port that was free a moment ago; the driver can't choose one itself.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("it listens").port()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
