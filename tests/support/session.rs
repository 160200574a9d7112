//! A private desktop **session** for tests: a message bus, a home and a GNOME Keyring that nobody else
//! sees, in a folder that goes away with it.
//!
//! Rule: touches nothing of the real session, neither its environment nor its processes; ends exactly
//! the processes that it has started. A program that is missing fails the test with a sentence.
//!
//! Processes take part through the environment that [`Session::join`] gives them. A test that needs
//! only some of this says `#[expect(dead_code)]` where it declares the module.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const SECRETS: &str = "org.freedesktop.secrets";
/// The keyring that GNOME Keyring makes when it is first unlocked, and its default.
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
/// The password of the session's keyring.
pub(crate) const PASSWORD: &str = "let-me-in";
/// How long a program may take to do what it was started for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the keyring is started before that is given up.
const KEYRING_STARTS: u32 = 3;

/// The folders of the session, and the variables by which programs find them.
const FOLDERS: [(&str, &str); 6] = [
    ("HOME", "home"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_STATE_HOME", "state"),
    ("XDG_RUNTIME_DIR", "run"),
];

/// A session that ends when it is dropped.
pub(crate) struct Session {
    keyring: Option<Child>,
    bus: Child,
    address: String,
    root: TempDir,
}

impl Session {
    /// Starts a session whose keyring is unlocked.
    pub(crate) fn start() -> Self {
        let mut session = Self::start_without_keyring();
        session.restart_keyring();
        session
    }

    /// Starts a session in which no program keeps secrets.
    pub(crate) fn start_without_keyring() -> Self {
        let root = TempDir::with_prefix("mintage-session-").expect("a temporary folder can be made");
        for (_, folder) in FOLDERS {
            let folder = root.path().join(folder);
            fs::create_dir(&folder).expect("the session's folders can be made");
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("and kept private");
        }
        let (bus, address) = start_bus(root.path());
        Self { keyring: None, bus, address, root }
    }

    /// A folder or file of the session.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// Lets a process that is yet to be started take part in the session.
    pub(crate) fn join<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for variable in ["GNOME_KEYRING_CONTROL", "GNOME_KEYRING_PID", "SSH_AUTH_SOCK", "DBUS_STARTER_ADDRESS"] {
            command.env_remove(variable);
        }
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).envs(folders(self.root.path()))
    }

    /// Kills the keyring where one runs, and starts one that is unlocked.
    pub(crate) fn restart_keyring(&mut self) {
        // The daemon sometimes hangs as it starts, before anything of Mintage has spoken to it.
        for _ in 0..KEYRING_STARTS {
            self.run_keyring(&["--unlock"], PASSWORD);
            if within(PATIENCE, || self.is_locked() == Some(false)) {
                return;
            }
        }
        panic!("GNOME Keyring was started {KEYRING_STARTS} times and never unlocked");
    }

    /// Kills the keyring where one runs, and starts one that nobody has unlocked yet; in a new session
    /// it has no default keyring.
    pub(crate) fn restart_keyring_without_password(&mut self) {
        self.run_keyring(&[], "");
        until("GNOME Keyring takes its name", || self.has_keyring());
    }

    /// Locks the keyring.
    pub(crate) fn lock(&self) {
        let path = format!("array:objpath:{LOGIN}");
        let locked = self.call(SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", &[&path]);
        assert!(locked.is_some(), "GNOME Keyring did not lock its keyring");
        until("GNOME Keyring locks", || self.is_locked() == Some(true));
    }

    /// Freezes the keyring, so that it answers nothing.
    pub(crate) fn stop(&self) {
        self.signal("-STOP");
        until("GNOME Keyring stops", || self.keyring_state() == Some('T'));
    }

    /// Lets a frozen keyring go on.
    pub(crate) fn cont(&self) {
        self.signal("-CONT");
        until("GNOME Keyring goes on", || self.keyring_state() != Some('T'));
    }

    /// Kills the keyring, as a crash would.
    pub(crate) fn kill_keyring(&mut self) {
        let Some(mut keyring) = self.keyring.take() else { return };
        end(&mut keyring);
        until("the bus forgets GNOME Keyring", || !self.has_keyring());
    }

    /// Lets the keyring ask for its password on an X display, as on a desktop.
    pub(crate) fn allow_prompts(&self, display: &Display) {
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
        let mut keyring = spawn(self.join(&mut command), "gnome-keyring");
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

    /// Calls a method on the bus; `None` where it gives an error.
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

    /// The state letter that Linux shows of the process, `T` for one that is stopped.
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

/// An X display without a screen; ends when it is dropped.
pub(crate) struct Display {
    process: Child,
    name: String,
}

impl Display {
    /// Starts a display under a number that is free.
    pub(crate) fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = spawn(&mut command, "xvfb");
        let number = first_line(&mut process);
        assert!(!number.is_empty(), "the X server ended at once");
        Self { process, name: format!(":{number}") }
    }

    /// Its name, for the variable `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Starts a bus that starts no service by itself but those placed in the session.
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
    let mut bus = spawn(&mut command, "dbus");
    let address = first_line(&mut bus);
    assert!(!address.is_empty(), "the message bus ended at once");
    (bus, address)
}

/// Waits for a program to say that it is ready, by its first line.
fn first_line(process: &mut Child) -> String {
    let mut line = String::new();
    let output = process.stdout.take().expect("its output is a pipe");
    BufReader::new(output).read_line(&mut line).expect("its output is text");
    line.trim_end().to_owned()
}

fn folders(root: &Path) -> impl Iterator<Item = (&'static str, PathBuf)> {
    FOLDERS.map(|(variable, folder)| (variable, root.join(folder))).into_iter()
}

fn spawn(command: &mut Command, package: &str) -> Child {
    let program = command.get_program().to_string_lossy().into_owned();
    command.spawn().unwrap_or_else(|error| missing(&program, package, &error))
}

/// Fails the test, for a test that is passed over proves nothing.
pub(crate) fn missing(program: &str, package: &str, error: &std::io::Error) -> ! {
    match error.kind() {
        ErrorKind::NotFound => panic!("`{program}` is missing; install the package `{package}`"),
        _ => panic!("`{program}` does not start: {error}"),
    }
}

/// Asks again until it is so. Every question is a process or a file, so this does not spin.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    assert!(within(PATIENCE, is_so), "waited {} seconds in vain until {what}", PATIENCE.as_secs());
}

fn within(patience: Duration, is_so: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() >= patience {
            return false;
        }
    }
    true
}

fn end(process: &mut Child) {
    // One that has ended by itself cannot be killed, which is as good.
    let _ = process.kill();
    let _ = process.wait();
}
