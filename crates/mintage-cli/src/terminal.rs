//! The **terminal** that a person sits at, for the few questions that are asked.
//!
//! Rule: a question goes to the terminal itself, whatever standard input and output are. Where there is none, or
//! `--no-input` is given, nothing is asked, and the failure says what would have been.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};

use secrecy::SecretString;

use crate::args::Global;
use crate::failure::{Exit, Failure, escaped};

/// Asks for a line that everyone may see. The end of input is an empty line.
///
/// # Errors
/// `needs-person` where nobody can be asked.
pub fn line(question: &str, global: &Global) -> Result<String, Failure> {
    let (mut out, input) = open(question, global)?;
    let said = out.write_all(question.as_bytes()).and_then(|()| out.flush());
    let mut answer = String::new();
    said.and_then(|()| BufReader::new(input).read_line(&mut answer)).map_err(|error| unusable(&error))?;
    Ok(answer.trim().to_owned())
}

/// Asks whether to go on. Everything but `y` and `yes` means no.
///
/// # Errors
/// As [`line`].
pub fn confirm(question: &str, global: &Global) -> Result<bool, Failure> {
    Ok(matches!(line(&format!("{question} [y/N] "), global)?.to_lowercase().as_str(), "y" | "yes"))
}

/// Asks for a secret, which isn't shown.
///
/// # Errors
/// As [`line`].
pub fn secret(question: &str, global: &Global) -> Result<SecretString, Failure> {
    open(question, global)?;
    let answer = rpassword::prompt_password(question).map_err(|error| unusable(&error))?;
    Ok(SecretString::from(answer))
}

fn open(question: &str, global: &Global) -> Result<(File, File), Failure> {
    let nobody = || {
        let message = format!("nobody can be asked: {}", escaped(question.trim().trim_end_matches([':', '?'])));
        Failure::new(Exit::NeedsInput, "needs-person", message).with_help("Run it in a terminal, without `--no-input`")
    };
    let no_input = global.no_input || std::env::var_os("MINTAGE_NO_INPUT").is_some_and(|value| !value.is_empty());
    if no_input {
        return Err(nobody());
    }
    let (out, input) = if cfg!(windows) { ("CONOUT$", "CONIN$") } else { ("/dev/tty", "/dev/tty") };
    let opened = File::options().write(true).open(out).and_then(|out| Ok((out, File::open(input)?)));
    opened.map_err(|_| nobody())
}

fn unusable(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Failed, "terminal", "couldn't ask on the terminal").caused_by(error)
}
