//! The other **programs** of a desktop, on the session bus: the panel that shows trays, the notification server, the
//! file manager. Each records what it receives, for the test to check.
//!
//! Rule: they implement the real protocols, so that the app can't tell the difference. A program and its bus name end
//! when it is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{Connection, connection, interface};

use crate::desktop::DesktopSession;
use crate::wait::until;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";
const MENU: &str = "com.canonical.dbusmenu";

/// A menu or an entry in one: its id, its properties, its children.
type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// A desktop panel: it shows the app's tray.
pub struct Panel<'a> {
    desktop: &'a DesktopSession,
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
    pub fn start(desktop: &'a DesktopSession) -> Self {
        let items = Arc::new(Mutex::new(Vec::new()));
        let watcher = Watcher { items: Arc::clone(&items) };
        Self { desktop, connection: serve(desktop, WATCHER, "/StatusNotifierWatcher", watcher), items }
    }

    /// The labels of the tray menu's selectable items, once there is one.
    pub fn menu(&self) -> Vec<String> {
        self.entries().into_iter().map(|(_, words)| words).collect()
    }

    /// Waits until the menu has such an entry.
    pub fn wait_for(&self, words: &str) {
        until(&format!("the tray's menu says {words:?}, not {:?}", self.menu()), || {
            self.menu().iter().any(|found| found == words)
        });
    }

    /// Selects a menu item, once it exists.
    pub fn click(&self, words: &str) {
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
        let (_, (_, _, entries)): (u32, Node) = body.deserialize().expect("a menu's layout is of this shape");
        entries.iter().filter_map(entry).collect()
    }

    /// Requests the menu of the newest tray.
    fn ask<A: serde::Serialize + zbus::zvariant::DynamicType>(
        &self,
        method: &str,
        arguments: &A,
    ) -> Option<zbus::Message> {
        let item = self.items.lock().expect("not poisoned").last().cloned()?;
        self.desktop.runtime.block_on(async {
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

/// A menu item, unless it is a separator or disabled.
fn entry(value: &OwnedValue) -> Option<(i32, String)> {
    let structure: Structure<'_> = value.try_clone().ok()?.try_into().ok()?;
    let (id, properties, _): Node = structure.try_into().ok()?;
    let is_enabled = properties.get("enabled").is_none_or(|found| bool::try_from(found).unwrap_or(true));
    let label = properties.get("label").and_then(|found| <&str>::try_from(found).ok())?;
    // A single underscore marks a mnemonic, two of them are a literal one.
    (is_enabled && !label.is_empty()).then(|| (id, label.replace("__", "_")))
}

/// The content of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    pub summary: String,
    pub body: String,
    pub actions: Vec<String>,
}

/// A desktop's notification server.
pub struct Notifications<'a> {
    desktop: &'a DesktopSession,
    connection: Connection,
    shown: Arc<Mutex<Vec<Notification>>>,
}

struct NotificationServer {
    shown: Arc<Mutex<Vec<Notification>>>,
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
        let mut shown = self.shown.lock().expect("not poisoned");
        shown.push(Notification { summary, body, actions });
        u32::try_from(shown.len()).expect("tests tell little")
    }
}

impl<'a> Notifications<'a> {
    /// Starts the server.
    pub fn start(desktop: &'a DesktopSession) -> Self {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let server = NotificationServer { shown: Arc::clone(&shown) };
        Self { desktop, connection: serve(desktop, NOTIFICATIONS, NOTIFICATIONS_PATH, server), shown }
    }

    /// The notifications so far.
    pub fn shown(&self) -> Vec<Notification> {
        self.shown.lock().expect("not poisoned").clone()
    }

    /// Clicks on the newest notification.
    pub fn click_newest(&self) {
        let id = u32::try_from(self.shown().len()).expect("tests tell little");
        let click = (id, "default");
        let signal =
            self.connection.emit_signal(None::<&str>, NOTIFICATIONS_PATH, NOTIFICATIONS, "ActionInvoked", &click);
        self.desktop.runtime.block_on(signal).expect("the bus takes signals");
    }
}

/// A desktop's file manager; records the addresses it was asked to show.
pub struct FileManager {
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
    pub fn start(desktop: &DesktopSession) -> Self {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let files = Files { shown: Arc::clone(&shown) };
        let path = "/org/freedesktop/FileManager1";
        Self { _connection: serve(desktop, "org.freedesktop.FileManager1", path, files), shown }
    }

    /// The folders it was asked to show.
    pub fn shown(&self) -> Vec<String> {
        self.shown.lock().expect("not poisoned").clone()
    }
}

/// Sends command lines to the running app, as any program in the session can.
pub fn hand_over(desktop: &DesktopSession, arguments: &[&str], folder: &str) {
    desktop.runtime.block_on(async {
        let bus = connect(desktop).build().await.expect("the session has a bus");
        let (name, path) = ("dev.mintage.Mintage.SingleInstance", "/dev/mintage/Mintage/SingleInstance");
        let (interface, line) = ("org.SingleInstance.DBus", (arguments, folder));
        let call = bus.call_method(Some(name), path, Some(interface), "ExecuteCallback", &line);
        call.await.expect("the app takes command lines");
    });
}

fn serve(
    desktop: &DesktopSession,
    name: &'static str,
    path: &'static str,
    object: impl zbus::object_server::Interface,
) -> Connection {
    desktop.runtime.block_on(async {
        let builder = connect(desktop).serve_at(path, object).and_then(|builder| builder.name(name));
        builder.expect("names and paths are sound").build().await.expect("the name is free")
    })
}

fn connect(desktop: &DesktopSession) -> connection::Builder<'static> {
    let address = format!("unix:path={}", desktop.session.path("bus").display());
    connection::Builder::address(address.as_str()).expect("the bus has an address")
}
