//! **Exec** runs a program with a token in its environment. On Unix it becomes that program, so that no process
//! stays between it and its terminal: signals, job control and exit code are the program's own.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use secrecy::ExposeSecret;

use crate::failure::{Exit, Failure};
use crate::form::Form;
use crate::hardening;
use crate::output::Moment;
use crate::token::Token;

/// Which token goes into which variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// The shape of its value.
    pub form: Form,
}

impl Default for Variable {
    fn default() -> Self {
        Self { name: "MINTAGE_TOKEN".into(), form: Form::Token }
    }
}

impl Variable {
    /// Reads `NAME` or `NAME=FORM`, as in `--env-name AUTH=header`.
    ///
    /// # Errors
    /// A usage failure for a name that no shell could read, or a form that a variable can't hold.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let (name, form) = match text.split_once('=') {
            Some((name, form)) => (name, Form::find(form)),
            None => (text, Some(Form::Token)),
        };
        let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let named = starts_well && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match form {
            Some(form @ (Form::Token | Form::Header | Form::Json)) if named => Ok(Self { name: name.to_owned(), form }),
            _ => Err(Failure::new(Exit::Usage, "usage", format!("`{text}` isn't the name of a variable"))
                .with_help("Write NAME, NAME=header or NAME=json")),
        }
    }
}

/// Prepares the program. The first token also says when it ends and where it comes from.
pub fn command(program: &[OsString], tokens: &[(Variable, Token)]) -> Result<Command, Failure> {
    let Some((name, args)) = program.split_first() else {
        return Err(Failure::new(Exit::Usage, "usage", "no program to run").with_help("Run `mintage exec USER -- CMD`"));
    };
    let mut command = Command::new(name);
    command.args(args);
    for (variable, token) in tokens {
        match variable.form {
            Form::Token => command.env(&variable.name, token.access_token.expose_secret()),
            form => command.env(&variable.name, token.write(form).as_str()),
        };
    }
    if let Some((_, token)) = tokens.first() {
        describe(&mut command, token);
    }
    Ok(command)
}

fn describe(command: &mut Command, token: &Token) {
    match token.expires_at {
        Some(end) => command.env("MINTAGE_TOKEN_EXPIRES_AT", Moment(end).epoch().to_string()),
        // One from an outer `exec` would be about another token.
        None => command.env_remove("MINTAGE_TOKEN_EXPIRES_AT"),
    };
    command.env("MINTAGE_ENV", &token.origin.environment);
    command.env("MINTAGE_ISSUER", &token.origin.issuer);
}

/// Runs the program to its end and gives its exit code. On Unix this only returns if the program can't be run.
pub fn run(mut command: Command) -> Result<u8, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    replace(&mut command).map_err(|error| not_run(&name, &error))
}

/// Explains why a program can't be run, with the exit codes that shells use.
pub fn not_run(name: &str, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        Failure::new(Exit::NotFound, "program-not-found", format!("`{name}` wasn't found"))
            .with_help("Check its name and PATH")
    } else {
        Failure::new(Exit::NotExecutable, "program-not-executable", format!("`{name}` can't be run")).caused_by(error)
    }
}

/// Becomes the program.
///
/// # Errors
/// If that isn't possible.
#[cfg(unix)]
pub(crate) fn replace(command: &mut Command) -> io::Result<u8> {
    use std::os::unix::process::CommandExt;

    Err(hardening::allowed(|| command.exec()))
}

/// Runs the program and waits: Windows can't replace a process.
///
/// # Errors
/// If it can't be run.
#[cfg(not(unix))]
pub(crate) fn replace(command: &mut Command) -> io::Result<u8> {
    let status = hardening::allowed(|| command.status())?;
    Ok(status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::token;

    fn environment(tokens: &[(Variable, Token)]) -> Vec<(String, Option<String>)> {
        let command = command(&["prog".into(), "--".into(), "-x".into()], tokens).unwrap();
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["--", "-x"]);
        let text = |value: &std::ffi::OsStr| value.to_str().unwrap().to_owned();
        command.get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    #[test]
    fn the_child_finds_the_token_its_end_and_its_origin() {
        let two = [(Variable::default(), token("abc")), (Variable::parse("AUTH=header").unwrap(), token("def"))];
        let pair = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        assert_eq!(
            environment(&two),
            [
                pair("AUTH", "Authorization: Bearer def"),
                pair("MINTAGE_ENV", "staging"),
                pair("MINTAGE_ISSUER", "https://auth.example"),
                pair("MINTAGE_TOKEN", "abc"),
                pair("MINTAGE_TOKEN_EXPIRES_AT", "1795968000"),
            ]
        );
        let mut endless = token("abc");
        endless.expires_at = None;
        assert!(environment(&[(Variable::default(), endless)]).contains(&("MINTAGE_TOKEN_EXPIRES_AT".into(), None)));
    }

    #[test]
    fn variables_have_names_that_shells_can_read() {
        assert_eq!(Variable::parse("ZITADEL_TOKEN").unwrap().form, Form::Token);
        for text in ["", "1A", "A-B", "A B", "=header", "A=wat", "A=export", "Ä"] {
            assert_eq!(Variable::parse(text).unwrap_err().exit, Exit::Usage, "{text}");
        }
    }

    #[test]
    fn a_program_that_cannot_be_run_is_reported_as_shells_tell_it() {
        assert_eq!(run(Command::new("/nowhere/program")).unwrap_err().exit, Exit::NotFound);
        assert_eq!(run(Command::new("/")).unwrap_err().exit, Exit::NotExecutable);
        assert_eq!(command(&[], &[]).unwrap_err().exit, Exit::Usage);
    }
}
