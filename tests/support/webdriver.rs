//! A **WebDriver** client: the few commands of the W3C protocol that drive a window, each blocking.
//!
//! Rule: one method per command, no waiting and no retries; who drives decides on those. A refusal of
//! the driver is a [`Fault`] with the protocol's own word for it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The member that holds an element's id (WebDriver §12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Longer than any command takes, so that a driver that hangs fails the test with a sentence.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the driver did not do what was asked.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The protocol's word, for example `no such element`.
    error: String,
    message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.message)
    }
}

pub(crate) type Reply<T> = Result<T, Fault>;

/// An element of the page, as the driver knows it.
#[derive(Clone, Debug)]
pub(crate) struct Element(String);

/// A session with one window.
pub(crate) struct WebDriver {
    runtime: Arc<Runtime>,
    client: reqwest::Client,
    /// The address of the session, without a final slash.
    session: String,
}

impl WebDriver {
    /// Starts the app through the driver that listens on a port of loopback.
    pub(crate) fn start(runtime: &Arc<Runtime>, port: u16, app: &str, arguments: &[String]) -> Reply<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client can be made");
        let mut driver =
            Self { runtime: Arc::clone(runtime), client, session: format!("http://127.0.0.1:{port}/session") };
        let options = json!({ "binary": app, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let made = driver.ask(Method::POST, "", Some(wanted))?;
        driver.session = format!("{}/{}", driver.session, text(&made["sessionId"]));
        Ok(driver)
    }

    /// Goes to an address and waits until it is loaded.
    pub(crate) fn go(&self, url: &str) -> Reply<()> {
        self.ask(Method::POST, "/url", Some(json!({ "url": url }))).map(drop)
    }

    /// Gives the browser's window a size, its own bars included.
    pub(crate) fn resize(&self, width: u64, height: u64) -> Reply<()> {
        self.ask(Method::POST, "/window/rect", Some(json!({ "width": width, "height": height }))).map(drop)
    }

    /// All elements that match a CSS selector.
    pub(crate) fn find_all(&self, css: &str) -> Reply<Vec<Element>> {
        let found = self.ask(Method::POST, "/elements", Some(json!({ "using": "css selector", "value": css })))?;
        Ok(found.as_array().into_iter().flatten().map(|element| Element(text(&element[ELEMENT]))).collect())
    }

    /// Clicks in the middle of an element, which must be in view and not covered.
    pub(crate) fn click(&self, element: &Element) -> Reply<()> {
        let click = || self.ask(Method::POST, &format!("/element/{}/click", element.0), Some(json!({}))).map(drop);
        let refused = match click() {
            Err(refused) if refused.error == "element not interactable" => refused,
            other => return other,
        };
        // The driver leaves an element where it is whose edge is in sight, though its middle is not.
        let centred = json!({ ELEMENT: element.0 });
        self.script("arguments[0].scrollIntoView({ block: 'center' })", json!([centred])).map_err(|_| refused)?;
        click()
    }

    /// Types into an element.
    pub(crate) fn send_keys(&self, element: &Element, keys: &str) -> Reply<()> {
        self.ask(Method::POST, &format!("/element/{}/value", element.0), Some(json!({ "text": keys }))).map(drop)
    }

    /// The text of an element as it is laid out. The protocol's own command leaves out what it believes
    /// to be hidden, wrongly so inside clipped boxes.
    pub(crate) fn text(&self, element: &Element) -> Reply<String> {
        self.ask(Method::GET, &format!("/element/{}/property/innerText", element.0), None).map(|value| text(&value))
    }

    /// An attribute of an element; `None` where it has none of that name.
    pub(crate) fn attribute(&self, element: &Element, name: &str) -> Reply<Option<String>> {
        let value = self.ask(Method::GET, &format!("/element/{}/attribute/{name}", element.0), None)?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Whether an element can be seen.
    pub(crate) fn is_displayed(&self, element: &Element) -> Reply<bool> {
        let value = self.ask(Method::GET, &format!("/element/{}/displayed", element.0), None)?;
        Ok(value == Value::Bool(true))
    }

    /// Runs a function's body in the page.
    pub(crate) fn script(&self, body: &str, arguments: Value) -> Reply<Value> {
        self.ask(Method::POST, "/execute/sync", Some(json!({ "script": body, "args": arguments })))
    }

    /// Ends the session, and with it the app if it still runs.
    pub(crate) fn end(&self) -> Reply<()> {
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

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
