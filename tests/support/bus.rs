//! The other **programs** of a desktop, on the session's bus: the panel that shows trays, the server that
//! shows notifications, the file manager. Each keeps what it is given, for the test to look at.
//!
//! Rule: they speak the protocols' own words, so that the app cannot tell them from real ones. A program
//! ends when it is dropped, and its name with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{Connection, connection, interface};

use crate::desk::{Desk, until};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";
const MENU: &str = "com.canonical.dbusmenu";

/// An item of a menu: its id, its properties, the items below it.
type MenuItem = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// A desktop's panel: it shows the tray of the app.
pub(crate) struct Panel<'a> {
    desk: &'a Desk,
    connection: Connection,
    items: Arc<Mutex<Vec<Item>>>,
}

/// Where an app has its tray.
#[derive(Clone, Debug)]
struct Item {
    owner: String,
    path: String,
}

/// The StatusNotifierItem specification of freedesktop.org, as far as items need it.
struct Watcher {
    items: Arc<Mutex<Vec<Item>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let owner = header.sender().map(ToString::to_string).unwrap_or_default();
        let path = if service.starts_with('/') { service } else { "/StatusNotifierItem" };
        self.items.lock().expect("not poisoned").push(Item { owner, path: path.to_owned() });
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().expect("not poisoned");
        items.iter().map(|item| format!("{}{}", item.owner, item.path)).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl<'a> Panel<'a> {
    /// Starts the panel.
    pub(crate) fn start(desk: &'a Desk) -> Self {
        let items = Arc::new(Mutex::new(Vec::new()));
        let watcher = Watcher { items: Arc::clone(&items) };
        Self { desk, connection: serve(desk, WATCHER, "/StatusNotifierWatcher", watcher), items }
    }

    /// The words of the tray's menu that can be chosen, once there is one.
    pub(crate) fn menu(&self) -> Vec<String> {
        self.entries().into_iter().map(|(_, words)| words).collect()
    }

    /// Waits until the menu has such an entry.
    pub(crate) fn wait_for(&self, words: &str) {
        until(&format!("the tray's menu says {words:?}, not {:?}", self.menu()), || {
            self.menu().iter().any(|found| found == words)
        });
    }

    /// Chooses an entry of the menu, once it is there.
    pub(crate) fn click(&self, words: &str) {
        self.wait_for(words);
        let entries = self.entries();
        let (id, _) = entries.iter().find(|(_, found)| found == words).expect("it was just there");
        let event = (*id, "clicked", Value::from(0_i32), 0_u32);
        self.ask("Event", &event).expect("the menu takes clicks");
    }

    fn entries(&self) -> Vec<(i32, String)> {
        let wanted = (0_i32, -1_i32, vec!["label", "enabled", "visible", "type"]);
        let Some(reply) = self.ask("GetLayout", &wanted) else { return Vec::new() };
        let body = reply.body();
        let layout: (u32, MenuItem) = body.deserialize().expect("a menu's layout is of this shape");
        layout.1.2.iter().filter_map(entry).collect()
    }

    /// Asks the menu of the newest tray.
    fn ask<A: serde::Serialize + zbus::zvariant::DynamicType>(
        &self,
        method: &str,
        arguments: &A,
    ) -> Option<zbus::Message> {
        let item = self.items.lock().expect("not poisoned").last().cloned()?;
        self.desk.runtime.block_on(async {
            let owner = item.owner.as_str();
            let properties =
                zbus::Proxy::new(&self.connection, owner, item.path.as_str(), "org.kde.StatusNotifierItem")
                    .await
                    .ok()?;
            let menu: zbus::zvariant::OwnedObjectPath = properties.get_property("Menu").await.ok()?;
            self.connection.call_method(Some(owner), menu.as_str(), Some(MENU), method, arguments).await.ok()
        })
    }
}

/// An entry of a menu, unless it is a line or cannot be chosen.
fn entry(value: &OwnedValue) -> Option<(i32, String)> {
    let structure: Structure<'_> = value.try_clone().ok()?.try_into().ok()?;
    let (id, properties, _): (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>) = structure.try_into().ok()?;
    let is_enabled = properties.get("enabled").is_none_or(|found| bool::try_from(found).unwrap_or(true));
    let label = properties.get("label").and_then(|found| <&str>::try_from(found).ok())?;
    // A single underscore marks a letter, two of them are one.
    (is_enabled && !label.is_empty()).then(|| (id, label.replace("__", "_")))
}

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) summary: String,
    pub(crate) body: String,
    pub(crate) actions: Vec<String>,
}

/// A desktop's server for notifications.
pub(crate) struct Notifications<'a> {
    desk: &'a Desk,
    connection: Connection,
    told: Arc<Mutex<Vec<Told>>>,
}

struct NotificationServer {
    told: Arc<Mutex<Vec<Told>>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl NotificationServer {
    #[expect(clippy::too_many_arguments, reason = "the specification's signature")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let mut told = self.told.lock().expect("not poisoned");
        told.push(Told { summary, body, actions });
        u32::try_from(told.len()).expect("tests tell little")
    }
}

impl<'a> Notifications<'a> {
    /// Starts the server.
    pub(crate) fn start(desk: &'a Desk) -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let server = NotificationServer { told: Arc::clone(&told) };
        Self { desk, connection: serve(desk, NOTIFICATIONS, NOTIFICATIONS_PATH, server), told }
    }

    /// What was told so far.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().expect("not poisoned").clone()
    }

    /// Clicks on the newest notification.
    pub(crate) fn click_newest(&self) {
        let id = u32::try_from(self.told().len()).expect("tests tell little");
        let click = (id, "default");
        let signal =
            self.connection.emit_signal(None::<&str>, NOTIFICATIONS_PATH, NOTIFICATIONS, "ActionInvoked", &click);
        self.desk.runtime.block_on(signal).expect("the bus takes signals");
    }
}

/// A desktop's file manager; keeps the addresses that it was to show.
pub(crate) struct FileManager {
    _connection: Connection,
    shown: Arc<Mutex<Vec<String>>>,
}

struct Files {
    shown: Arc<Mutex<Vec<String>>>,
}

#[interface(name = "org.freedesktop.FileManager1")]
impl Files {
    fn show_folders(&self, addresses: Vec<String>, _startup: &str) {
        self.shown.lock().expect("not poisoned").extend(addresses);
    }
}

impl FileManager {
    /// Starts the file manager.
    pub(crate) fn start(desk: &Desk) -> Self {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let files = Files { shown: Arc::clone(&shown) };
        let path = "/org/freedesktop/FileManager1";
        Self { _connection: serve(desk, "org.freedesktop.FileManager1", path, files), shown }
    }

    /// The folders that it was to show.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.shown.lock().expect("not poisoned").clone()
    }
}

/// Hands command lines to the app that runs, as any program of the session can.
pub(crate) fn hand_over(desk: &Desk, arguments: &[&str], folder: &str) {
    desk.runtime.block_on(async {
        let bus = connect(desk).build().await.expect("the session has a bus");
        let (name, path) = ("dev.mintage.Mintage.SingleInstance", "/dev/mintage/Mintage/SingleInstance");
        let (interface, line) = ("org.SingleInstance.DBus", (arguments, folder));
        let call = bus.call_method(Some(name), path, Some(interface), "ExecuteCallback", &line);
        call.await.expect("the app takes command lines");
    });
}

fn serve(
    desk: &Desk,
    name: &'static str,
    path: &'static str,
    object: impl zbus::object_server::Interface,
) -> Connection {
    desk.runtime.block_on(async {
        let builder = connect(desk).serve_at(path, object).and_then(|builder| builder.name(name));
        builder.expect("names and paths are sound").build().await.expect("the name is free")
    })
}

fn connect(desk: &Desk) -> connection::Builder<'static> {
    connection::Builder::address(desk.session.address()).expect("the bus has an address")
}
