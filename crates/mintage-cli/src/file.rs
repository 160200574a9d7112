//! **File** keeps a token in a file while a program runs: for programs that read one again and again, as the
//! platforms' federation does.
//!
//! The file is the user's alone, is replaced as a whole so that no reader sees half a token, and goes when the program
//! ends. Ctrl-C reaches the program from its terminal by itself; what is sent to this process only is passed on. The exit
//! code is the program's, or 128 and the signal that ended it.
//!
//! Rule: what Mintage didn't write, it neither replaces nor removes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use mintage_agent_protocol::{Address, Surroundings};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::exec::not_run;
use crate::failure::{Exit, Failure};
use crate::hardening;
use crate::output::ErrorFormat;
use crate::token::Token;

mod signals;

use signals::Signals;

/// A token this close to its end is replaced.
pub const LEAD: Duration = Duration::from_secs(300);
/// How soon to try again when there is no new token.
const RETRY: Duration = Duration::from_secs(30);

/// A file with a token, removed when this is dropped if the token that was written last is still in it.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
    written: Option<SecretString>,
}

impl TokenFile {
    /// Picks a place in the folder for running programs, which is memory and ends with the session. macOS and Windows have
    /// no such folder: there it is the agent's, which only its user can open.
    ///
    /// # Errors
    /// If the system should have such a folder and hasn't: a place on a disk has to be asked for.
    pub fn in_runtime_folder(surroundings: &Surroundings) -> Result<Self, Failure> {
        let folder = if cfg!(any(target_os = "macos", windows)) {
            Address::find(surroundings).ok().map(|address| address.folder().to_owned())
        } else {
            surroundings.runtime_folder().map(|folder| folder.join("mintage"))
        };
        let folder = folder.ok_or_else(|| {
            Failure::new(Exit::Usage, "no-runtime-folder", "there is no folder for running programs")
                .with_help("Say where to write the token with `--path FILE`")
        })?;
        private_folder(&folder).map_err(|error| unwritable(&folder, &error))?;
        let unused = tempfile::Builder::new().prefix("token-").rand_bytes(12).tempfile_in(&folder);
        let unused = unused.map_err(|error| unwritable(&folder, &error))?;
        Ok(Self { path: unused.path().to_owned(), written: None })
    }

    /// Takes a place that was asked for.
    ///
    /// # Errors
    /// `path-taken` if anything but an empty file is there: a `--path` that's mistyped must not cost anyone a file.
    pub fn at(path: PathBuf) -> Result<Self, Failure> {
        check_free(&path)?;
        Ok(Self { path, written: None })
    }

    /// Lends the path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a token into the file.
    ///
    /// # Errors
    /// `path-taken` if somebody put something there before the first token came; those of the file system.
    pub fn write(&mut self, token: &Token) -> Result<(), Failure> {
        if self.written.is_none() {
            check_free(&self.path)?;
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Temporary files are created with mode 0600, or on Windows with the folder's access list.
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            #[cfg(windows)]
            mintage_windows::access::close(file.path())?;
            file.write_all(token.access_token.expose_secret().as_bytes())?;
            file.persist(&self.path).map_err(|failed| failed.error)
        };
        write().map_err(|error| unwritable(&self.path, &error))?;
        self.written = Some(token.access_token.clone());
        Ok(())
    }

    fn is_as_written(&self) -> bool {
        let Some(written) = &self.written else { return false };
        let found = std::fs::read(&self.path).map(Zeroizing::new);
        found.is_ok_and(|found| found.as_slice() == written.expose_secret().as_bytes())
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        if self.is_as_written() {
            _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Lets a token be written only where nothing would be lost. A Mintage that was killed leaves its file behind, which
/// looks like anyone's.
fn check_free(path: &Path) -> Result<(), Failure> {
    let taken = |what: &str, help: &str| {
        let message = format!("`{}` exists and {what}", path.display());
        Err(Failure::new(Exit::Usage, "path-taken", message).with_help(help))
    };
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if !(metadata.is_file() && is_private(path, &metadata)) => {
            taken("isn't a file that only you can read", "Choose another `--path`")
        }
        Ok(metadata) if metadata.len() > 0 => taken(
            "isn't empty",
            "Choose another `--path`, or remove the file if it's an old token that a killed Mintage left there",
        ),
        _ => Ok(()),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Failed, "file-not-written", format!("couldn't write `{}`", path.display())).caused_by(error)
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn is_private(_: &Path, metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    metadata.mode() & 0o077 == 0
}

#[cfg(windows)]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder).and_then(|()| mintage_windows::access::close(folder))
}

#[cfg(windows)]
fn is_private(path: &Path, _: &std::fs::Metadata) -> bool {
    mintage_windows::access::is_private(path).unwrap_or(false)
}

/// Runs a program and keeps its token fresh. `renew` gives a token that is valid for at least [`LEAD`]; it may wait
/// for a person, so it runs on its own thread. `now` is the clock.
///
/// # Errors
/// If the program can't be run. A failed renewal is reported on standard error and retried.
pub async fn run(
    command: std::process::Command,
    mut file: TokenFile,
    first: Token,
    renew: impl FnMut() -> Result<Token, Failure> + Send + 'static,
    now: fn() -> OffsetDateTime,
) -> Result<u8, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    file.write(&first)?;
    let mut signals = Signals::listen()
        .map_err(|error| Failure::new(Exit::Failed, "signals", "couldn't listen for signals").caused_by(&error))?;
    let child = hardening::allowed(|| Command::from(command).spawn());
    let mut child = child.map_err(|error| not_run(&name, &error))?;
    let (ask, mut given) = renewals(renew);
    let mut wait = until_renewal(&first, now());
    loop {
        tokio::select! {
            status = child.wait() => return exit_code(status),
            signal = signals.next() => signals::forward(&child, signal),
            () = sleep(wait) => wait = ask.send(()).err().map(|_| RETRY),
            Some(token) = given.recv() => wait = Some(take(&mut file, token, now())),
        }
    }
}

type Renewed = mpsc::UnboundedReceiver<Result<Token, Failure>>;

/// Starts the thread that asks for new tokens.
fn renewals(
    mut renew: impl FnMut() -> Result<Token, Failure> + Send + 'static,
) -> (std::sync::mpsc::Sender<()>, Renewed) {
    let (ask, asked) = std::sync::mpsc::channel();
    let (give, given) = mpsc::unbounded_channel();
    std::thread::spawn(move || while asked.recv().is_ok() && give.send(renew()).is_ok() {});
    (ask, given)
}

/// Sleeps, or forever where there's nothing to wait for.
async fn sleep(duration: Option<Duration>) {
    match duration {
        Some(duration) => tokio::time::sleep(duration).await,
        None => std::future::pending().await,
    }
}

/// Writes a new token and says when the one after it is due.
fn take(file: &mut TokenFile, token: Result<Token, Failure>, now: OffsetDateTime) -> Duration {
    match token.and_then(|token| file.write(&token).map(|()| token)) {
        Ok(token) => until_renewal(&token, now).unwrap_or(Duration::MAX).max(Duration::from_secs(1)),
        Err(failure) => {
            ErrorFormat::default().report(&failure);
            RETRY
        }
    }
}

/// Says when the next token is due: before this one is too close to its end, and for tokens that live shorter than
/// that, at half of what is left.
fn until_renewal(token: &Token, now: OffsetDateTime) -> Option<Duration> {
    let left = Duration::try_from(token.expires_at? - now).unwrap_or_default();
    Some(if left > 2 * LEAD { left - LEAD } else { left / 2 })
}

fn exit_code(status: std::io::Result<ExitStatus>) -> Result<u8, Failure> {
    let status = status.map_err(|error| Failure::new(Exit::Failed, "wait", "lost the program").caused_by(&error))?;
    let code = status.code().or_else(|| signals::ended_by(status).map(|signal| 128 + signal)).unwrap_or(1);
    Ok(u8::try_from(code & 0xff).unwrap_or(1))
}

#[cfg(unix)]
#[cfg(test)]
mod tests;

#[cfg(all(test, windows))]
mod tests {
    use super::*;
    use crate::testing::token;

    #[test]
    fn a_token_is_in_the_agents_folder_for_its_user_alone_and_goes_in_the_end() {
        let home = tempfile::tempdir().unwrap();
        let surroundings = Surroundings { home: Some(home.path().into()), ..Surroundings::default() };
        let mut file = TokenFile::in_runtime_folder(&surroundings).unwrap();
        file.write(&token("good")).unwrap();
        let path = file.path().to_owned();
        assert_eq!(path.parent(), Some(&*home.path().join("mintage")));
        assert!(mintage_windows::access::is_private(&path).unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "good");
        drop(file);
        assert!(!path.exists());
    }
}
