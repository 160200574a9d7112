//! A **window** that is driven: an app started through a WebDriver, with this folder for its data.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use mintage_testbed::wait::{PATIENCE, comes_true_every};
use mintage_testbed::webdriver::{self, Reply, WebDriver};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::Outcome;
use crate::process;

/// Shorter than what is measured by more than any figure's spread.
const PAUSE: Duration = Duration::from_millis(2);

/// The app and its driver; both end with this.
pub(crate) struct Window {
    driver: Option<WebDriver>,
}

impl Window {
    /// Starts a driver.
    pub(crate) fn start(runtime: &Arc<Runtime>, data: &Path) -> Self {
        let mut command = Command::new(webdriver::PROGRAM);
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").env("MINTAGE_DATA_DIR", data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { driver: Some(WebDriver::start(runtime, command)) }
    }

    /// Opens the app.
    pub(crate) fn open(&mut self, app: &Path) -> Reply<()> {
        self.driver.as_mut().expect("only dropping takes it").open(app, &[])
    }

    /// Runs a function's body in the page and returns what it returns.
    pub(crate) fn run(&self, body: &str, arguments: Value) -> Reply<Value> {
        self.driver().script(body, arguments)
    }

    /// The same for a body that calls its last argument when it is done.
    pub(crate) fn run_to_end(&self, body: &str, arguments: Value) -> Reply<Value> {
        self.driver().script_async(body, arguments)
    }

    /// Types a key into the selected element.
    pub(crate) fn press(&self, css: &str, key: &str) -> Outcome {
        let found = self.driver().find_all(css)?;
        Ok(self.driver().send_keys(found.first().ok_or("the driver returned no element")?, key)?)
    }

    /// Polls the page until it returns something other than null or false.
    pub(crate) fn until(&self, body: &str, arguments: &Value) -> Outcome<Value> {
        let mut answer = Ok(Value::Null);
        comes_true_every(PAUSE, PATIENCE, || {
            answer = self.run(body, arguments.clone());
            !matches!(answer, Ok(Value::Null | Value::Bool(false)))
        });
        match answer? {
            Value::Null | Value::Bool(false) => Err(format!("timed out waiting for `{body}`").into()),
            answer => Ok(answer),
        }
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("only dropping takes it")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let family = process::family(self.driver().pid());
        drop(self.driver.take());
        // Those of the web view end when they see that the app is gone.
        process::gone(&family);
    }
}
