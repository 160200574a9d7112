//! A desktop session without a desktop: its own display, session bus, keyring and home folder.
//!
//! It doesn't touch the user's own session, and everything it starts ends with it: each program is asked to exit when
//! this one does, even if this one is killed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::tools::{self, Failure, Outcome};

const PATIENCE: Duration = Duration::from_secs(15);

/// A running session; ends when dropped.
pub(crate) struct Session {
    /// Ended in reverse order.
    programs: Vec<Child>,
    variables: Vec<(&'static str, String)>,
    home: PathBuf,
    /// Whether the home folder outlives the session.
    kept: bool,
    run: PathBuf,
}

impl Session {
    /// Starts a session with a display of this size (`1280x800`).
    ///
    /// With `MINTAGE_DATA_DIR` set, the session's home is in that folder's `headless` and is kept. Its keyring's
    /// password is next to it, so such a keyring protects nothing: it is for development. Otherwise the home is
    /// temporary and the password isn't in any file.
    pub(crate) fn open(size: &str) -> Outcome<Self> {
        remove_leftovers();
        let run = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        let kept = std::env::var_os("MINTAGE_DATA_DIR").map(|data| Path::new(&data).join("headless"));
        let home = kept.clone().unwrap_or_else(|| run.join("home"));
        let mut session = Self { programs: Vec::new(), variables: Vec::new(), home, kept: kept.is_some(), run };
        session.make_folders()?;
        // The display comes first: the bus passes its environment to what it starts, and the keyring's unlock prompt
        // couldn't open without one.
        session.start_display(size)?;
        session.start_bus()?;
        session.start_keyring()?;
        Ok(session)
    }

    /// Makes a command run inside the session.
    pub(crate) fn enter(&self, command: &mut Command) {
        for elsewhere in ["WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_STARTUP_ID"] {
            command.env_remove(elsewhere);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }

    /// The session's home folder.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// The session's display, for instance `:99`.
    pub(crate) fn display(&self) -> &str {
        self.variables.iter().find(|(name, _)| *name == "DISPLAY").map_or("", |(_, value)| value)
    }

    fn make_folders(&mut self) -> Outcome {
        make_private(&self.run)?;
        make_private(&self.home)?;
        // A socket's path has at most 108 bytes, so this folder is always in the short location.
        let runtime = self.run.join("run");
        make_private(&runtime)?;
        self.set("XDG_RUNTIME_DIR", &runtime);
        self.set("HOME", &self.home.clone());
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ] {
            let folder = self.home.join(folder);
            make_private(&folder)?;
            self.set(name, &folder);
        }
        // Web pages are painted by the CPU here; trying a graphics card first costs time and 80 MiB.
        self.variables.push(("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()));
        self.variables.push(("GDK_BACKEND", "x11".into()));
        Ok(())
    }

    fn set(&mut self, name: &'static str, folder: &Path) {
        self.variables.push((name, folder.to_string_lossy().into_owned()));
    }

    fn start_display(&mut self, size: &str) -> Outcome {
        let screen = format!("{size}x24");
        // Without -noreset the server restarts when its last client leaves, which would disrupt the next one.
        let options = ["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset"];
        let number = self.start_and_hear("Xvfb", &options)?;
        self.variables.push(("DISPLAY", format!(":{number}")));
        Ok(())
    }

    fn start_bus(&mut self) -> Outcome {
        let socket = format!("--address=unix:path={}", self.run.join("run/bus").display());
        let options = ["--session", "--nofork", "--nopidfile", &socket, "--print-address=1"];
        let address = self.start_and_hear("dbus-daemon", &options)?;
        self.variables.push(("DBUS_SESSION_BUS_ADDRESS", address));
        Ok(())
    }

    fn start_keyring(&mut self) -> Outcome {
        let password = self.password()?;
        let options = ["--foreground", "--unlock", "--components=secrets"];
        self.start("gnome-keyring-daemon", &options, &password, Stdio::null())?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let mut ask = Command::new("dbus-send");
            ask.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]);
            self.enter(ask.args(["org.freedesktop.DBus.GetNameOwner", "string:org.freedesktop.secrets"]));
            if tools::capture(&mut ask).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = self.log("gnome-keyring-daemon");
        Err(Failure::new(format!("the keyring doesn't respond on the session bus: {log}")))
    }

    fn password(&self) -> Outcome<String> {
        let file = self.home.join("keyring-password");
        if self.kept
            && let Ok(password) = fs::read_to_string(&file)
        {
            return Ok(password);
        }
        let mut bytes = [0; 16];
        fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        let password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.kept {
            fs::write(file, &password)?;
        }
        Ok(password)
    }

    /// Starts a long-running program, and returns the first line it prints.
    fn start_and_hear(&mut self, program: &str, arguments: &[&str]) -> Outcome<String> {
        let stdout = self.start(program, arguments, "", Stdio::piped())?;
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        match line.trim() {
            "" => Err(Failure::new(format!("`{program}` didn't start: {}", self.log(program)))),
            line => Ok(line.to_owned()),
        }
    }

    /// Starts a long-running program that ends with this process; its error output goes to its log.
    fn start(&mut self, program: &str, arguments: &[&str], input: &str, out: Stdio) -> Outcome<Option<ChildStdout>> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--", program]).args(arguments);
        self.enter(&mut command);
        command.stdin(Stdio::piped()).stdout(out).stderr(fs::File::create(self.log_file(program))?);
        let started = command.spawn();
        let mut child = started.map_err(|error| Failure::new(format!("couldn't start `{program}`: {error}")))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        self.programs.push(child);
        if let Some(mut stdin) = stdin {
            stdin.write_all(input.as_bytes())?;
        }
        Ok(stdout)
    }

    fn log_file(&self, program: &str) -> PathBuf {
        self.run.join(format!("{program}.log"))
    }

    fn log(&self, program: &str) -> String {
        fs::read_to_string(self.log_file(program)).unwrap_or_default().trim().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for program in self.programs.iter_mut().rev() {
            if let Err(error) = end(program) {
                eprintln!("warning: a program from the headless session may still be running: {error}");
            }
        }
        if let Err(error) = fs::remove_dir_all(&self.run) {
            eprintln!("warning: couldn't remove `{}`: {error}", self.run.display());
        }
    }
}

/// Asks a program to exit, which lets it remove its lock files and sockets, and kills it if it doesn't.
fn end(program: &mut Child) -> Outcome {
    tools::capture(Command::new("kill").args(["-s", "TERM", &program.id().to_string()]))?;
    let deadline = Instant::now() + PATIENCE;
    while program.try_wait()?.is_none() {
        if Instant::now() > deadline {
            program.kill()?;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

const PREFIX: &str = "mintage-headless-";

/// Removes the folders of sessions that were killed before they could.
fn remove_leftovers() {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        if process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists() {
            // Another user's folder stays; it isn't ours to remove.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn make_private(folder: &Path) -> Outcome {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
