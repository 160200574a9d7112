//! A desktop session without a desktop: an own display, session bus, keyring and home folder.
//!
//! It touches nothing of the user's own session, and everything it starts ends with it: each
//! program is asked to end when this one does, even if this one is killed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
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
    /// With `MINTAGE_DATA_DIR` set the session's home lies in that folder's `headless` and is
    /// kept. Its keyring's password lies beside it, so such a keyring protects nothing: it is for
    /// development. Otherwise the home is temporary and the password is in no file.
    pub(crate) fn open(size: &str) -> Outcome<Self> {
        remove_leftovers();
        let run = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        let kept = std::env::var_os("MINTAGE_DATA_DIR").map(|data| Path::new(&data).join("headless"));
        let home = kept.clone().unwrap_or_else(|| run.join("home"));
        let mut session = Self { programs: Vec::new(), variables: Vec::new(), home, kept: kept.is_some(), run };
        session.make_folders()?;
        // The display comes first: the bus hands its environment to what it starts, and the
        // keyring's unlock prompt could not open without one.
        session.start_display(size)?;
        session.start_bus()?;
        session.start_keyring()?;
        Ok(session)
    }

    /// Lets a command run inside the session.
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
        // A socket's path has at most 108 bytes, so this folder always lies in the short place.
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
        // Web pages are painted by the processor here; asking for a graphics card first costs
        // time and 80 MiB.
        self.variables.push(("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()));
        self.variables.push(("GDK_BACKEND", "x11".into()));
        Ok(())
    }

    fn set(&mut self, name: &'static str, folder: &Path) {
        self.variables.push((name, folder.to_string_lossy().into_owned()));
    }

    fn start_display(&mut self, size: &str) -> Outcome {
        let screen = format!("{size}x24");
        // Without -noreset the server restarts when its last client leaves, under the feet of
        // the next one.
        let number =
            self.start("Xvfb", &["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset"], "")?;
        self.variables.push(("DISPLAY", format!(":{number}")));
        Ok(())
    }

    fn start_bus(&mut self) -> Outcome {
        let address = self.start("dbus-daemon", &["--session", "--nofork", "--nopidfile", "--print-address=1"], "")?;
        self.variables.push(("DBUS_SESSION_BUS_ADDRESS", address));
        Ok(())
    }

    fn start_keyring(&mut self) -> Outcome {
        let password = self.password()?;
        self.start("gnome-keyring-daemon", &["--foreground", "--unlock", "--components=secrets"], &password)?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let mut ask = Command::new("dbus-send");
            ask.args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
                "org.freedesktop.DBus.GetNameOwner",
            ]);
            self.enter(ask.arg("string:org.freedesktop.secrets"));
            if tools::capture(&mut ask).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Failure::new("the keyring does not answer on the session's bus"))
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

    /// Starts a program that stays, and returns the first line it prints.
    fn start(&mut self, program: &str, arguments: &[&str], input: &str) -> Outcome<String> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--", program]).args(arguments);
        self.enter(&mut command);
        let log = fs::File::create(self.run.join(format!("{program}.log")))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child =
            command.spawn().map_err(|error| Failure::new(format!("`{program}` could not be started: {error}")))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let stdout = child.stdout.take();
        self.programs.push(child);
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let line = line.trim().to_owned();
        if line.is_empty() {
            let log = fs::read_to_string(self.run.join(format!("{program}.log"))).unwrap_or_default();
            return Err(Failure::new(format!("`{program}` did not start: {}", log.trim())));
        }
        Ok(line)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for program in self.programs.iter_mut().rev() {
            let ended = program.kill().and_then(|()| program.wait());
            if let Err(error) = ended {
                eprintln!("warning: a program of the headless session may still run: {error}");
            }
        }
        if let Err(error) = fs::remove_dir_all(&self.run) {
            eprintln!("warning: `{}` could not be removed: {error}", self.run.display());
        }
    }
}

const PREFIX: &str = "mintage-headless-";

/// Removes the folders of sessions that were killed before they could.
fn remove_leftovers() {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        if process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists() {
            // Another user's folder stays; it is not ours to remove.
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
