//! Running other programs: each is echoed before it starts, and a failure names it.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What went wrong, in a sentence, and the next step if there is one.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    help: Option<String>,
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        match &self.help {
            Some(help) => write!(f, "\n help: {help}"),
            None => Ok(()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    // Cargo gives the folder at run time; the compiled-in one would be wrong after a move.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let mut root = PathBuf::from(here);
    root.pop();
    root
}

/// Cargo's target folder: this program is in `<target>/<profile>/`.
pub(crate) fn target() -> Outcome<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me.parent().and_then(|profile| profile.parent());
    folder.map(PathBuf::from).ok_or_else(|| Failure::new("couldn't find cargo's target folder"))
}

/// Scratch space of these commands, inside the target folder.
pub(crate) fn scratch() -> Outcome<PathBuf> {
    let folder = target()?.join("xtask");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Whether this runs where nobody can be asked.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// `cargo` at the repository's root.
pub(crate) fn cargo<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    if std::io::stdout().is_terminal() {
        // When output goes through `tee`, cargo doesn't see a terminal, but the reader has one.
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

/// Whether a program with this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).any(|folder| folder.join(&name).is_file())
}

/// Runs a command to its end.
///
/// # Errors
/// It can't be started, or it exits with a status other than 0.
pub(crate) fn run(command: &mut Command) -> Outcome {
    echo(command);
    let status = command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{}` failed ({status})", line(command)))) }
}

/// Runs a command quietly and returns what it printed.
///
/// # Errors
/// It can't be started, or it exits with a status other than 0.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("`{}` failed ({}): {}", line(command), output.status, said.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, passes its standard output on line by line, and returns whether it succeeded.
pub(crate) fn tee(command: &mut Command, mut each: impl FnMut(&str)) -> Outcome<bool> {
    echo(command);
    let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| not_started(command, &error))?;
    let printed = child.stdout.take().ok_or_else(|| Failure::new("the child process has no standard output"))?;
    let mut out = std::io::stdout();
    for piece in BufReader::new(printed).split(b'\n') {
        // Split on bytes: a program that prints something other than UTF-8 must not end the run.
        let piece = piece?;
        let text = String::from_utf8_lossy(&piece);
        writeln!(out, "{text}")?;
        each(&text);
    }
    Ok(child.wait()?.success())
}

fn echo(command: &Command) {
    eprintln!("\n$ {}", line(command));
}

fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    if let Some(name) = std::path::Path::new(&words[0]).file_name() {
        words[0] = name.to_string_lossy().into_owned();
    }
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("couldn't start `{}`: {error}", command.get_program().to_string_lossy()))
}
