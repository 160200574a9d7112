//! **Output**: data on standard output, words on standard error, and a token never where it stays visible.

use std::io::{self, IsTerminal, Write};

use mintage_agent_protocol::text::rfc3339;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};

mod columns;

pub use columns::Columns;

/// Where standard output leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Someone sees it, and the terminal keeps it in its history.
    Terminal,
    /// A pipe with a name, which any program of the same user can open. Two readers of one get each other's halves.
    NamedPipe,
    /// A pipe or a file that was asked for.
    Program,
}

impl Destination {
    /// Looks at standard output.
    pub fn of_stdout() -> Self {
        if io::stdout().is_terminal() {
            Self::Terminal
        } else if is_named_pipe() {
            Self::NamedPipe
        } else {
            Self::Program
        }
    }

    /// Says whether a token may be written there.
    ///
    /// # Errors
    /// Exit code 2 and the other ways to get the token.
    pub fn admit_token(self, show: bool) -> Result<(), Failure> {
        let failure = |code, message, help: &str| Err(Failure::new(Exit::Usage, code, message).with_help(help));
        match self {
            Self::Terminal if !show => failure(
                "token-on-terminal",
                "a token isn't printed to a terminal",
                "Add `--show`, copy it with `mintage copy USER`, or run the program that needs it with `mintage exec USER -- CMD`",
            ),
            Self::NamedPipe => failure(
                "token-in-named-pipe",
                "a token isn't written to a named pipe, where several readers would mix up each other's",
                "Use `mintage file USER -- CMD`, or `<(mintage token USER)` in a shell",
            ),
            _ => Ok(()),
        }
    }
}

/// An unnamed pipe is of the same type as a named one; only its name tells.
#[cfg(unix)]
fn is_named_pipe() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::{FileTypeExt, MetadataExt};

    let Ok(metadata) = io::stdout().as_fd().try_clone_to_owned().and_then(|fd| std::fs::File::from(fd).metadata())
    else {
        return false;
    };
    if !metadata.file_type().is_fifo() {
        return false;
    }
    match std::fs::read_link("/proc/self/fd/1") {
        Ok(name) => !name.to_string_lossy().starts_with("pipe:"),
        // Without /proc: a name in a folder is a link, and an unnamed pipe has none.
        Err(_) => metadata.nlink() > 0,
    }
}

#[cfg(not(unix))]
fn is_named_pipe() -> bool {
    false
}

/// Writes a line to standard output, as [`write`] does.
///
/// # Errors
/// Those of [`write`].
pub fn write_line(text: &str) -> Result<(), Failure> {
    write(Zeroizing::new(format!("{text}\n")).as_bytes())
}

/// Writes data to standard output. A reader that has gone away, as `head` does, has what it wanted.
///
/// # Errors
/// Everything but a broken pipe.
pub fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    finish(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Takes a broken pipe for success.
///
/// # Errors
/// Every other failure to write.
pub fn finish(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, "output", "couldn't write to standard output").caused_by(&error))
        }
        _ => Ok(()),
    }
}

/// When output has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "full", derive(clap::ValueEnum))]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set or TERM is `dumb`
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Decides for an output.
    pub fn applies(self, terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => terminal && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb"),
        }
    }
}

/// How failures are reported on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErrorFormat {
    /// As one line of JSON.
    pub json: bool,
    /// With colours.
    pub color: bool,
}

impl ErrorFormat {
    /// Reports a failure. Nobody hears about a standard error that's closed.
    pub fn report(self, failure: &Failure) {
        _ = io::stderr().lock().write_all(self.text(failure).as_bytes());
    }

    fn text(self, failure: &Failure) -> String {
        match self {
            Self { json: true, .. } => failure.to_json(),
            Self { color: false, .. } => failure.to_text(),
            Self { color: true, .. } => {
                let text = failure.to_text().replacen("error[", "\u{1b}[1;31merror\u{1b}[0m[", 1);
                text.replacen("\nhelp: ", "\n\u{1b}[1;36mhelp\u{1b}[0m: ", 1)
            }
        }
    }
}

/// A time, which JSON has twice: for people in RFC 3339, for scripts in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub OffsetDateTime);

impl Moment {
    /// Writes it in RFC 3339 and in UTC.
    pub fn rfc3339(self) -> String {
        rfc3339(self.0)
    }

    /// Gives seconds since 1970.
    pub fn epoch(self) -> i64 {
        self.0.unix_timestamp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_to_programs_and_to_terminals_only_if_asked() {
        for (destination, show, code) in [
            (Destination::Program, false, None),
            (Destination::Terminal, true, None),
            (Destination::Terminal, false, Some("token-on-terminal")),
            (Destination::NamedPipe, false, Some("token-in-named-pipe")),
            (Destination::NamedPipe, true, Some("token-in-named-pipe")),
        ] {
            let refused = destination.admit_token(show).err();
            assert_eq!(refused.as_ref().map(|failure| failure.code.as_str()), code, "{destination:?} {show}");
            assert!(refused.is_none_or(|failure| failure.exit == Exit::Usage && failure.help.is_some()));
        }
    }

    #[test]
    fn a_broken_pipe_is_success_and_a_full_disk_is_not() {
        assert_eq!(finish(Err(io::ErrorKind::BrokenPipe.into())), Ok(()));
        assert_eq!(finish(Err(io::ErrorKind::StorageFull.into())).unwrap_err().code, "output");
    }

    #[test]
    fn colours_are_added_to_what_is_said_and_never_to_json() {
        let failure = Failure::new(Exit::Failed, "x", "y").with_help("z");
        let text = |json, color| ErrorFormat { json, color }.text(&failure);
        assert_eq!(text(false, true), "\u{1b}[1;31merror\u{1b}[0m[x]: y\n\u{1b}[1;36mhelp\u{1b}[0m: z\n");
        assert_eq!(text(false, false), "error[x]: y\nhelp: z\n");
        assert_eq!(text(true, true), failure.to_json());
    }

    #[test]
    fn times_are_in_utc_and_whole_seconds() {
        let moment = Moment(time::macros::datetime!(2026-11-29 17:00:00.5 +1));
        assert_eq!((moment.rfc3339().as_str(), moment.epoch()), ("2026-11-29T16:00:00Z", 1_795_968_000));
    }
}
