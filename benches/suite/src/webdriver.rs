//! A **driver** of a window: the few WebDriver commands that the measures need.
//!
//! Rule: the driver and the app that it starts end with it.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Outcome;
use crate::process;

const PATIENCE: Duration = Duration::from_secs(60);
/// The member that holds an element's id (WebDriver §12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An app in its window, driven from here.
pub(crate) struct Driver {
    process: Child,
    client: reqwest::Client,
    session: String,
}

impl Driver {
    /// Starts a driver that will start apps with this folder for their data.
    pub(crate) async fn start(data: &Path) -> Outcome<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("WebKitWebDriver");
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").env("MINTAGE_DATA_DIR", data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().map_err(|error| format!("`WebKitWebDriver` could not be started: {error}"))?;
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let driver = Self { process, client, session: format!("http://127.0.0.1:{port}") };
        let begun = Instant::now();
        while driver.client.get(format!("{}/status", driver.session)).send().await.is_err() {
            if begun.elapsed() > PATIENCE {
                return Err("the driver does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(driver)
    }

    /// Opens the app.
    pub(crate) async fn open(&mut self, app: &Path) -> Outcome {
        let options = json!({ "binary": app, "args": [] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let made = self.post("/session", &wanted).await?;
        let id = made["sessionId"].as_str().ok_or("the driver gave no session")?;
        self.session = format!("{}/session/{id}", self.session);
        Ok(())
    }

    /// Runs a function's body in the page and returns what it returns.
    pub(crate) async fn run(&self, body: &str, arguments: Value) -> Outcome<Value> {
        self.post("/execute/sync", &json!({ "script": body, "args": arguments })).await
    }

    /// The same for a body that calls its last argument when it is done.
    pub(crate) async fn run_to_end(&self, body: &str, arguments: Value) -> Outcome<Value> {
        self.post("/execute/async", &json!({ "script": body, "args": arguments })).await
    }

    /// Types a key into the element of this selector.
    pub(crate) async fn press(&self, css: &str, key: &str) -> Outcome {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css })).await?;
        let element = found[ELEMENT].as_str().ok_or("the driver gave no element")?;
        self.post(&format!("/element/{element}/value"), &json!({ "text": key })).await?;
        Ok(())
    }

    /// Asks the page until it answers with something other than null or false.
    pub(crate) async fn until(&self, body: &str, arguments: Value) -> Outcome<Value> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.run(body, arguments.clone()).await? {
                Value::Null | Value::Bool(false) => tokio::time::sleep(Duration::from_millis(2)).await,
                answer => return Ok(answer),
            }
        }
        Err(format!("waited in vain for `{body}`").into())
    }

    async fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let sent = self.client.post(format!("{}{path}", self.session));
        let body = serde_json::to_vec(body)?;
        let answer = sent.header("content-type", "application/json").body(body).send().await?.bytes().await?;
        let mut answer: Value = serde_json::from_slice(&answer)?;
        let value = answer["value"].take();
        match value.get("error").and_then(Value::as_str) {
            Some(error) => Err(format!("the driver refuses {path}: {error}: {}", value["message"]).into()),
            None => Ok(value),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let family = process::family(self.process.id());
        for id in family.iter().rev() {
            // One that has ended by itself cannot be killed, which is as good.
            let _ = Command::new("kill").args(["-s", "TERM", &id.to_string()]).stderr(Stdio::null()).status();
        }
        let _ = self.process.wait();
        process::gone(&family);
    }
}
