//! The way to the **agent**, the one owner of tokens on this machine: a [`TokenSource`] behind a socket.
//!
//! An agent that isn't there is started and asked again, once.

use std::io::{self, Write};

use mintage_agent_protocol::client::{self, ClientError, Connection};
use mintage_agent_protocol::{
    self as protocol, Address, Answer, Copied, CopyRequest, NOT_BOUND, Problem, Request, TokenAnswer, fingerprint,
};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

use crate::failure::{Exit, Failure};
use crate::form::Form;
use crate::hand_over;
use crate::request::{Outcome, Refused, TokenRequest, TokenSource};
use crate::token::{Authorization, Origin, Token};

/// The agent's socket.
#[derive(Clone, Debug)]
pub struct Agent {
    address: Address,
    start: bool,
    quiet: bool,
}

impl Agent {
    /// Finds out where the agent listens. `start` says whether one is started if none answers.
    ///
    /// # Errors
    /// Nothing says where the agent's place is.
    pub fn find(start: bool) -> Result<Self, Failure> {
        let address = Address::from_env()
            .map_err(|error| Failure::new(Exit::Failed, error.code(), error.to_string()).with_help(error.help()))?;
        Ok(Self { address, start, quiet: false })
    }

    /// Says whether nothing is told on standard error but failures.
    #[must_use]
    pub fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }
    }

    /// Asks, and tells on standard error what it waits for. `silent` is for tools that read standard error.
    ///
    /// # Errors
    /// There is no answer, or the answer is that it failed.
    pub fn ask(&self, request: &Request, silent: bool) -> Result<Answer, Failure> {
        let mut waiting = |question: &str| {
            if !silent && !self.quiet {
                // Elsewhere the agent can't tell who answers at a terminal.
                let or = if cfg!(target_os = "linux") {
                    format!(", or run `mintage approve {question}` in another terminal")
                } else {
                    String::new()
                };
                _ = io::stderr().write_all(format!("waiting for approval: answer in Mintage{or}\n").as_bytes());
            }
        };
        let answered = if self.start {
            client::ask_or_start(&self.address, request, &mut waiting, || start(&self.address))
        } else {
            client::ask(&self.address, request, &mut waiting)
        };
        match answered.map_err(|error| unanswered(&error))? {
            Answer::Error(problem) => Err(failed(problem)),
            answer => Ok(answer),
        }
    }

    /// Opens a connection whose answers go on.
    ///
    /// # Errors
    /// No agent answers.
    pub fn open(&self, request: &Request) -> Result<Connection, Failure> {
        Connection::open(&self.address, request).map_err(|error| unanswered(&error))
    }

    /// Lets the desktop app copy a token to the clipboard.
    ///
    /// # Errors
    /// The agent's, and `no-agent` where none runs.
    pub fn copy(&self, request: &TokenRequest, form: Form) -> Result<Copied, Failure> {
        let request = CopyRequest { token: wire(request), form: form.name().to_owned() };
        match self.ask(&Request::Copy(request), false)? {
            Answer::Copied(copied) => Ok(copied),
            _ => Err(unexpected()),
        }
    }

    fn token_answer(&self, request: &TokenRequest) -> Result<TokenAnswer, Failure> {
        // Google's client merges standard error into what it reads.
        match self.ask(&Request::Token(wire(request)), request.asker == "google")? {
            Answer::Token(answer) => Ok(answer),
            _ => Err(unexpected()),
        }
    }
}

impl TokenSource for Agent {
    fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure> {
        self.refused(request)?;
        match self.token_answer(request) {
            Ok(answer) => Ok(Outcome::Token(Box::new(read(answer)))),
            Err(failure) if failure.code == NOT_BOUND => Ok(Outcome::NotBound),
            Err(failure) => Err(failure),
        }
    }

    fn refused(&mut self, request: &TokenRequest) -> Result<(), Failure> {
        let refused = match &request.refused {
            None => return Ok(()),
            Some(Refused::Handle(handle)) => Request::Refused { handle: handle.clone() },
            Some(Refused::Token(token)) => Request::RefusedToken { fingerprint: fingerprint(token.expose_secret()) },
        };
        self.ask(&refused, true).map(drop)
    }
}

/// Writes a request as the agent reads it.
pub fn wire(request: &TokenRequest) -> protocol::TokenRequest {
    protocol::TokenRequest {
        user: request.name.user.clone().unwrap_or_default(),
        environment: request.name.environment.clone(),
        issuer: request.issuer.clone(),
        scopes: request.scopes.clone(),
        audience: request.audience.clone(),
        min_valid: request.min_valid.map(|time| u32::try_from(time.as_secs()).unwrap_or(u32::MAX)),
        fresh: request.fresh,
        reason: request.reason.clone(),
        host: request.target.as_ref().map(ToString::to_string),
        repeat_is_refusal: request.repeat_is_refusal,
        no_input: request.no_input,
    }
}

fn read(answer: TokenAnswer) -> Token {
    let authorization = match answer.token_type {
        kind if kind.eq_ignore_ascii_case("bearer") => Authorization::Bearer,
        kind if kind.eq_ignore_ascii_case("basic") => match answer.token_id {
            Some(id) => Authorization::Basic { id },
            None => Authorization::Other(kind),
        },
        other => Authorization::Other(other),
    };
    Token {
        access_token: SecretString::from(answer.value.expose()),
        authorization,
        expires_at: answer.expires_at_epoch.and_then(|epoch| OffsetDateTime::from_unix_timestamp(epoch).ok()),
        handle: answer.handle,
        origin: Origin {
            service_user: answer.service_user,
            environment: answer.environment,
            issuer: answer.issuer,
            scopes: answer.scopes,
            reused: answer.reused,
        },
    }
}

/// Tells a problem of the agent's or the mint's as the command line does.
pub fn failed(problem: Problem) -> Failure {
    let exit = problem.exit();
    let help = Some(problem.help).filter(|help| !help.is_empty());
    Failure { code: problem.code, message: problem.message, help, causes: problem.causes, exit }
}

/// Says that the agent gave another answer than the one to the question.
pub fn unexpected() -> Failure {
    Failure::new(Exit::Failed, "agent-unreadable", "the agent answered something else")
        .with_help("Quit Mintage and start it again, so that all of it has one version")
}

pub(crate) fn unanswered(error: &ClientError) -> Failure {
    let failure = Failure::new(Exit::Failed, error.code(), error.to_string()).with_help(error.help());
    match std::error::Error::source(error) {
        Some(cause) => failure.caused_by(cause),
        None => failure,
    }
}

/// Starts the agent and waits until it listens: it then writes a line to its standard output, or closes it.
///
/// It isn't a child of this process, which may become the program that `exec` runs: a program that waits for its children
/// would wait for the agent. Nor is it lent a folder that can't be unmounted any more, or what only this process is to know.
///
/// # Errors
/// It can't be started.
#[cfg(unix)]
fn start(_: &Address) -> Result<(), ClientError> {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let program = hand_over::full_program().map_err(ClientError::Failed)?;
    let mut command = Command::new(program);
    command.args(["agent", "serve", "--detach"]).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env_clear().envs(std::env::vars_os().filter(|(name, _)| is_passed_on(name)));
    let mut between = command.spawn().map_err(ClientError::Failed)?;
    if let Some(stdout) = between.stdout.take() {
        _ = BufReader::new(stdout).read_line(&mut String::new());
    }
    between.wait().map(drop).map_err(ClientError::Failed)
}

/// Whether the agent needs a variable. It outlives the program that started it, whose tokens and secrets aren't its own.
#[cfg(unix)]
fn is_passed_on(name: &std::ffi::OsStr) -> bool {
    const NAMES: [&str; 20] = [
        "HOME",
        "USER",
        "LOGNAME",
        "PATH",
        "TMPDIR",
        "TZ",
        "LANG",
        "LANGUAGE",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "DBUS_SESSION_BUS_ADDRESS",
        "DBUS_SYSTEM_BUS_ADDRESS",
        "GNOME_KEYRING_CONTROL",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "RUST_BACKTRACE",
        "MINTAGE_DATA_DIR",
        "MINTAGE_AGENT_SOCK",
        "__CF_USER_TEXT_ENCODING",
    ];
    let Some(name) = name.to_str() else { return false };
    let is_proxy = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].contains(&name.to_uppercase().as_str());
    NAMES.contains(&name) || is_proxy || name.starts_with("XDG_") || name.starts_with("LC_")
}

/// Starts the agent, which isn't given a pipe to write to here, and asks until it answers.
///
/// # Errors
/// It can't be started.
#[cfg(windows)]
fn start(address: &Address) -> Result<(), ClientError> {
    use std::time::{Duration, Instant};

    const PATIENCE: Duration = Duration::from_secs(10);
    let program = hand_over::full_program().map_err(ClientError::Failed)?;
    let agent = mintage_windows::detached::start(&program, &["agent", "serve"]).map_err(ClientError::Failed)?;
    let begun = Instant::now();
    let hello = Request::Hello { program: env!("CARGO_PKG_VERSION").to_owned() };
    // One that has ended may have found another agent, which then answers the question that follows.
    while begun.elapsed() < PATIENCE && !agent.has_ended().map_err(ClientError::Failed)? {
        match client::ask(address, &hello, &mut |_| {}) {
            Err(ClientError::NoAgent) => std::thread::sleep(Duration::from_millis(10)),
            _ => break,
        }
    }
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
