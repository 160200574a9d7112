//! A private desktop **session** for tests: a message bus, a home and a GNOME Keyring that nobody else sees, in a
//! folder that is deleted with it.
//!
//! Rule: touches nothing of the real session, neither its environment nor its processes; ends exactly the processes
//! that it has started. A missing program fails the test with a sentence.
//!
//! Processes join through the environment that [`Session::join`] sets.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::display::Display;
use crate::process::{end, first_line, missing, start};
use crate::wait::{PATIENCE, comes_true, until};

const SECRETS: &str = "org.freedesktop.secrets";
/// The keyring that GNOME Keyring creates when it is first unlocked, and its default.
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
/// The password of the session's keyring.
pub const PASSWORD: &str = "let-me-in";
/// How often starting the keyring is attempted.
const KEYRING_STARTS: u32 = 3;

/// The folders of the session, and the variables that point programs to them.
const FOLDERS: [(&str, &str); 6] = [
    ("HOME", "home"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_STATE_HOME", "state"),
    ("XDG_RUNTIME_DIR", "run"),
];

/// A session that ends when it is dropped.
pub struct Session {
    keyring: Option<Child>,
    bus: Child,
    address: String,
    root: TempDir,
}

impl Session {
    /// Starts a session with an unlocked keyring.
    pub fn start() -> Self {
        let mut session = Self::start_without_keyring();
        session.restart_keyring();
        session
    }

    /// Starts a session without a keychain service.
    pub fn start_without_keyring() -> Self {
        let root = TempDir::with_prefix("mintage-session-").expect("a temporary folder can be made");
        for (_, folder) in FOLDERS {
            let folder = root.path().join(folder);
            fs::create_dir(&folder).expect("the session's folders can be made");
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("and kept private");
        }
        let (bus, address) = start_bus(root.path());
        Self { keyring: None, bus, address, root }
    }

    /// A folder or file in the session.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// Makes a process that is about to be started part of the session.
    pub fn join<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for variable in ["GNOME_KEYRING_CONTROL", "GNOME_KEYRING_PID", "SSH_AUTH_SOCK", "DBUS_STARTER_ADDRESS"] {
            command.env_remove(variable);
        }
        // One bus is both: the machine's own would tell of a lock or of sleep that no test has caused.
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("DBUS_SYSTEM_BUS_ADDRESS", &self.address);
        command.envs(folders(self.root.path()))
    }

    /// Kills the keyring if it is running, and starts an unlocked one.
    pub fn restart_keyring(&mut self) {
        // The daemon sometimes hangs while starting, before anything from Mintage has talked to it.
        for _ in 0..KEYRING_STARTS {
            self.run_keyring(&["--unlock"], PASSWORD);
            if comes_true(PATIENCE, || self.is_locked() == Some(false)) {
                return;
            }
        }
        panic!("GNOME Keyring was started {KEYRING_STARTS} times and never unlocked");
    }

    /// Kills the keyring if it is running, and starts one that hasn't been unlocked yet; in a new session it has no
    /// default keyring.
    pub fn restart_keyring_without_password(&mut self) {
        self.run_keyring(&[], "");
        until("GNOME Keyring takes its name", || self.has_keyring());
    }

    /// Locks the keyring.
    pub fn lock(&self) {
        let path = format!("array:objpath:{LOGIN}");
        let locked = self.call(SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", &[&path]);
        assert!(locked.is_some(), "GNOME Keyring did not lock its keyring");
        until("GNOME Keyring locks", || self.is_locked() == Some(true));
    }

    /// Unlocks the keyring as logging in does, which no program on the bus learns
    /// (gnome-keyring, `daemon/control/gkd-control-codes.h`).
    pub fn unlock(&self) {
        const UNLOCK: u32 = 1;
        let length = u32::try_from(PASSWORD.len()).expect("a password is short");
        let mut request = vec![0]; // the byte that carries the sender's credentials
        for number in [12 + length, UNLOCK, length] {
            request.extend(number.to_be_bytes());
        }
        request.extend(PASSWORD.bytes());
        let mut control = UnixStream::connect(self.path("run/keyring/control")).expect("GNOME Keyring is running");
        control.write_all(&request).expect("GNOME Keyring takes requests");
        let mut answer = Vec::new();
        control.read_to_end(&mut answer).expect("GNOME Keyring answers");
        assert_eq!(answer, [0, 0, 0, 8, 0, 0, 0, 0], "GNOME Keyring did not unlock its keyring");
        until("GNOME Keyring unlocks", || self.is_locked() == Some(false));
    }

    /// Freezes the keyring, so that it doesn't respond.
    pub fn stop(&self) {
        self.signal("-STOP");
        until("GNOME Keyring stops", || self.keyring_state() == Some('T'));
    }

    /// Resumes a frozen keyring.
    pub fn cont(&self) {
        self.signal("-CONT");
        until("GNOME Keyring goes on", || self.keyring_state() != Some('T'));
    }

    /// Kills the keyring, as a crash would.
    pub fn kill_keyring(&mut self) {
        let Some(mut keyring) = self.keyring.take() else { return };
        end(&mut keyring);
        until("the bus forgets GNOME Keyring", || !self.has_keyring());
    }

    /// Makes the keyring ask for its password on an X display, as on a desktop.
    pub fn allow_prompts(&self, display: &Display) {
        const PROMPTER: &str = "org.gnome.keyring.SystemPrompter.service";
        let installed = Path::new("/usr/share/dbus-1/services").join(PROMPTER);
        let copied = fs::copy(installed, self.path("services").join(PROMPTER));
        copied.expect("the password prompt is missing; install the package `gcr`");
        let variables = format!("dict:string:string:DISPLAY,{}", display.name());
        for (method, arguments) in [("ReloadConfig", &[][..]), ("UpdateActivationEnvironment", &[&variables[..]][..])] {
            let called = self.call(
                "org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                &format!("org.freedesktop.DBus.{method}"),
                arguments,
            );
            assert!(called.is_some(), "the bus refused {method}");
        }
    }

    fn run_keyring(&mut self, options: &[&str], password: &str) {
        self.kill_keyring();
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(options);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut keyring = start(self.join(&mut command), "gnome-keyring");
        keyring
            .stdin
            .take()
            .expect("its input is a pipe")
            .write_all(password.as_bytes())
            .expect("GNOME Keyring reads its password");
        self.keyring = Some(keyring);
    }

    fn has_keyring(&self) -> bool {
        let name = format!("string:{SECRETS}");
        let owned = self.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", &[&name]);
        owned.is_some_and(|answer| answer.contains("boolean true"))
    }

    fn is_locked(&self) -> Option<bool> {
        let property = ["string:org.freedesktop.Secret.Collection", "string:Locked"];
        let answer = self.call(SECRETS, LOGIN, "org.freedesktop.DBus.Properties.Get", &property)?;
        Some(answer.contains("boolean true"))
    }

    /// Calls a method on the bus; `None` if it returns an error.
    fn call(&self, name: &str, path: &str, method: &str, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("dbus-send");
        command.args(["--print-reply=literal", "--type=method_call"]);
        command.args([&format!("--bus={}", self.address), &format!("--dest={name}"), path, method]).args(arguments);
        let output = command.output().unwrap_or_else(|error| missing("dbus-send", "dbus", &error));
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn signal(&self, signal: &str) {
        let pid = self.keyring_pid().expect("the keyring runs").to_string();
        let status = Command::new("kill").args([signal, &pid]).status();
        let status = status.unwrap_or_else(|error| missing("kill", "procps", &error));
        assert!(status.success(), "GNOME Keyring could not be sent {signal}");
    }

    /// The process's state letter on Linux, `T` for a stopped one.
    fn keyring_state(&self) -> Option<char> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.keyring_pid()?)).ok()?;
        stat.rsplit(") ").next()?.chars().next()
    }

    fn keyring_pid(&self) -> Option<u32> {
        self.keyring.as_ref().map(Child::id)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(keyring) = &mut self.keyring {
            end(keyring);
        }
        end(&mut self.bus);
    }
}

/// Starts a bus that only starts the services placed in the session.
fn start_bus(root: &Path) -> (Child, String) {
    let (socket, services, config) = (root.join("bus"), root.join("services"), root.join("bus.conf"));
    fs::create_dir(&services).expect("the session's folders can be made");
    let text = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
            "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>session</type>
          <listen>unix:path={}</listen>
          <auth>EXTERNAL</auth>
          <servicedir>{}</servicedir>
          <policy context="default">
            <allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/>
            <allow own="*"/>
          </policy>
        </busconfig>"#,
        socket.display(),
        services.display()
    );
    fs::write(&config, text).expect("the bus's configuration can be written");
    let mut command = Command::new("dbus-daemon");
    command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).envs(folders(root));
    let mut bus = start(&mut command, "dbus");
    let address = first_line(&mut bus);
    assert!(!address.is_empty(), "the message bus ended at once");
    (bus, address)
}

fn folders(root: &Path) -> impl Iterator<Item = (&'static str, PathBuf)> {
    FOLDERS.map(|(variable, folder)| (variable, root.join(folder))).into_iter()
}
