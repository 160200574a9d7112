//! What a **login session** tells the programs in it: logind, and the screen's lock.
//!
//! Rule: they answer as strictly as systemd's `login/logind-dbus.c`, and end when they are dropped. They run on the
//! session's bus, which is the system's bus for the programs of the session.

use std::collections::HashMap;
use std::io::{PipeReader, Read as _};
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use zbus::zvariant::{Fd, ObjectPath, OwnedObjectPath};
use zbus::{Connection, connection, fdo, interface};

use crate::session::Session;
use crate::wait::until;

const NAME: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";

/// A session as logind lists it: its id, its user's id and name, its seat, its object.
type Listed = (String, u32, String, String, OwnedObjectPath);

/// The user's own session, and that of another user.
pub const OWN: &str = "/org/freedesktop/login1/session/_31";
pub const ANOTHER: &str = "/org/freedesktop/login1/session/_32";

/// A logind, and a screen lock.
pub struct Logind {
    runtime: Runtime,
    bus: Connection,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// The ends of the pipes whose other ends programs hold to delay sleep.
    delays: Vec<PipeReader>,
    /// How often the sessions were listed.
    listed: usize,
}

struct Manager {
    own: u32,
    seen: Arc<Mutex<Seen>>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> fdo::Result<Fd<'static>> {
        let wrong = |words: &str| Err(fdo::Error::InvalidArgs(words.to_owned()));
        if !["block", "delay", "block-weak"].contains(&mode) {
            return wrong("Invalid mode specification");
        }
        if what.is_empty() || !what.split(':').all(|one| WHATS.contains(&one)) {
            return wrong("Invalid what specification");
        }
        if mode == "delay" && !what.split(':').all(|one| ["shutdown", "sleep"].contains(&one)) {
            return wrong("Delay inhibitors only supported for shutdown and sleep");
        }
        assert!(!who.is_empty() && !why.is_empty(), "a person is shown who delays what, and why");
        let (ours, theirs) = std::io::pipe().expect("a pipe can be made");
        self.seen.lock().expect("not poisoned").delays.push(ours);
        Ok(Fd::from(std::os::fd::OwnedFd::from(theirs)))
    }

    fn list_sessions(&self) -> Vec<Listed> {
        self.seen.lock().expect("not poisoned").listed += 1;
        let path = |text| ObjectPath::try_from(text).expect("the path is sound").into();
        vec![
            ("1".into(), self.own, "user".into(), "seat0".into(), path(OWN)),
            ("2".into(), self.own + 1, "another".into(), "seat0".into(), path(ANOTHER)),
        ]
    }
}

/// What can be inhibited (org.freedesktop.login1(5)).
const WHATS: [&str; 8] = [
    "shutdown",
    "sleep",
    "idle",
    "handle-power-key",
    "handle-suspend-key",
    "handle-hibernate-key",
    "handle-lid-switch",
    "handle-reboot-key",
];

impl Logind {
    /// Starts it in a session of the user with this id.
    pub fn start(session: &Session, uid: u32) -> Self {
        let runtime = Runtime::new().expect("threads can be started");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let manager = Manager { own: uid, seen: Arc::clone(&seen) };
        let address = format!("unix:path={}", session.path("bus").display());
        let bus = runtime.block_on(async {
            let builder = connection::Builder::address(address.as_str()).expect("the bus has an address");
            let builder = builder.serve_at(PATH, manager).and_then(|builder| builder.name(NAME));
            builder.expect("the names are sound").build().await.expect("the name is free")
        });
        Self { runtime, bus, seen }
    }

    /// Waits until a program delays sleep, and then prepares for it: returns once no program delays it any more.
    pub fn sleep(&self) {
        until("sleep is delayed", || !self.seen().delays.is_empty());
        let delays = std::mem::take(&mut self.seen().delays);
        self.signal(PATH, MANAGER, "PrepareForSleep", true);
        for mut delay in delays {
            let nothing = delay.read(&mut [0]).expect("the other end is closed");
            assert_eq!(nothing, 0);
        }
    }

    /// Wakes up again, and waits until the next sleep is delayed.
    pub fn wake(&self) {
        self.signal(PATH, MANAGER, "PrepareForSleep", false);
        until("the next sleep is delayed", || !self.seen().delays.is_empty());
    }

    /// Asks a session to lock itself, as `loginctl lock-session` does, once a program listens.
    pub fn lock_session(&self, session: &str) {
        until("a program listens", || self.has_listener("Lock"));
        self.signal(session, "org.freedesktop.login1.Session", "Lock", ());
    }

    /// How often a program has asked whose sessions there are.
    pub fn times_listed(&self) -> usize {
        self.seen().listed
    }

    /// Tells that a desktop has locked its screen, once a program listens. Desktops have interfaces of their own for it.
    pub fn lock_screen(&self, interface: &str) {
        until("a program listens", || self.has_listener("ActiveChanged"));
        self.signal("/org/freedesktop/ScreenSaver", interface, "ActiveChanged", true);
    }

    /// Whether a program has asked the bus for this signal (dbus-daemon's `Debug.Stats`).
    fn has_listener(&self, signal: &str) -> bool {
        const STATS: Option<&str> = Some("org.freedesktop.DBus.Debug.Stats");
        let (bus, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
        let call = self.bus.call_method(Some(bus), path, STATS, "GetAllMatchRules", &());
        let reply = self.runtime.block_on(call).expect("the bus knows its listeners");
        let rules: HashMap<String, Vec<String>> = reply.body().deserialize().expect("rules by connection");
        rules.values().flatten().any(|rule| rule.contains(&format!("member='{signal}'")))
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().expect("not poisoned")
    }

    fn signal<B: serde::Serialize + zbus::zvariant::DynamicType>(
        &self,
        path: &str,
        interface: &str,
        name: &str,
        body: B,
    ) {
        let sent = self.bus.emit_signal(None::<&str>, path, interface, name, &body);
        self.runtime.block_on(sent).expect("the bus takes signals");
    }
}
