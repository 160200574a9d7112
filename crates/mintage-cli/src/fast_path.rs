//! The **fast path**: a token or a helper's answer is one question to the owner of the keys, asked without the full
//! parser, runtime or catalogue.
//!
//! Rule: whatever is unusual, down to an option that isn't known here, is the full program's business.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use crate::failure::{Exit, Failure};
use crate::form::Form;
use crate::helpers::Tool;
use crate::helpers::call::Call;
use crate::helpers::serve::{self, Ended, Streams};
use crate::output::{self, Destination, ErrorFormat};
use crate::request::{Outcome, TokenRequest, TokenSource};

mod route;

pub use route::{Route, TokenCommand, for_full_program, route};

/// Takes the fast path as far as it leads. `None` means that the full program has to go on.
pub fn go(route: Route, source: &mut dyn TokenSource) -> Option<u8> {
    match route {
        Route::Full => None,
        Route::Token(command) => Some(
            print_token(&command, source)
                .map_or_else(|failure| reported(&failure, command.error_format), |()| Exit::Success.code()),
        ),
        Route::Helper(tool, call) => Some(helper(tool, call.map(|call| *call), source).unwrap_or_else(|error| {
            output::finish(Err(error)).map_or_else(|failure| reported(&failure, ErrorFormat::default()), |()| 0)
        })),
    }
}

/// Asks for a token and prints it. Where it must not be printed, nothing is asked.
///
/// # Errors
/// A token doesn't belong there, there is none, or it can't be written.
pub fn print_token(command: &TokenCommand, source: &mut dyn TokenSource) -> Result<(), Failure> {
    Destination::of_stdout().admit_token(command.show)?;
    let form = if command.error_format.json { Form::Json } else { command.form };
    match source.token(&command.request).and_then(Outcome::checked)? {
        Outcome::Token(token) => output::write_line(&token.write(form)),
        Outcome::NotBound => Err(Failure::new(Exit::Failed, "host-not-bound", "no environment has that host")),
    }
}

fn reported(failure: &Failure, error_format: ErrorFormat) -> u8 {
    error_format.report(failure);
    failure.exit.code()
}

/// Answers a tool on the standard streams.
///
/// # Errors
/// Those of the streams.
pub fn helper(tool: Tool, call: Result<Call, Failure>, source: &mut dyn TokenSource) -> io::Result<u8> {
    let variable = |name: &str| std::env::var(name).ok();
    let (mut stdin, mut stdout, mut stderr) = (io::stdin().lock(), io::stdout().lock(), io::stderr().lock());
    let streams = Streams { stdin: &mut stdin, stdout: &mut stdout, stderr: &mut stderr };
    let call = match call {
        Ok(call) => call,
        // Options that only a real keyring knows are for the real keyring.
        Err(_) if tool == Tool::Keyring => return next_keyring(),
        Err(failure) => return serve::refuse(tool, &failure, streams),
    };
    let mut guarded = Guarded { source, destination: Destination::of_stdout() };
    match serve::serve(tool, &call, &variable, streams, &mut guarded)? {
        Ended::Exit(code) => Ok(code),
        Ended::NextProgram => next_keyring(),
    }
}

/// Keeps a helper that somebody tries on a terminal from showing a token there.
struct Guarded<'a> {
    source: &'a mut dyn TokenSource,
    destination: Destination,
}

impl TokenSource for Guarded<'_> {
    fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure> {
        self.destination.admit_token(false)?;
        self.source.token(request)
    }

    fn refused(&mut self, request: &TokenRequest) -> Result<(), Failure> {
        self.source.refused(request)
    }
}

/// Becomes the next `keyring` on `PATH` that isn't this program, with the arguments that it was meant to get.
fn next_keyring() -> io::Result<u8> {
    let name = format!("keyring{}", std::env::consts::EXE_SUFFIX);
    let ours = |path: &Path| path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("mintage"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let next = std::env::split_paths(&path)
        .map(|folder| folder.join(&name))
        .find(|candidate| candidate.is_file() && candidate.canonicalize().is_ok_and(|real| !ours(&real)));
    let Some(next) = next else { return Ok(1) };
    let all: Vec<OsString> = std::env::args_os().skip(1).collect();
    let own = all.iter().position(|word| word == "get" || word == "set" || word == "del").unwrap_or(0);
    let args = if all.first().is_some_and(|word| word == "helper") { &all[own.max(2)..] } else { &all[..] };
    crate::exec::replace(std::process::Command::new(next).args(args))
}
