//! The **client** connects, writes one line and reads the answers. All calls block.
//!
//! Rule: it makes no difference whether no agent runs, it has just died, or it dies before it answers. All of these are
//! [`ClientError::NoAgent`], and the caller starts an agent and asks again, once ([`ask_or_start`]).

use std::io::{self, Write};
use std::time::Duration;

use crate::line::{LineError, LineReader};
use crate::{ANSWER_LIMIT, Address, Answer, Request, VERSION};

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix::Stream;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows::Stream;

/// How long an agent may be silent. A person has two minutes to answer, and a server 30 seconds.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long sending may take, so that an agent that hangs doesn't hang its clients.
const SEND_PATIENCE: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No agent runs, or it ended before it answered.
    #[error("no agent is running")]
    NoAgent,
    /// An agent was started and ended again before it answered.
    #[error("the agent ended before it answered")]
    AgentEnds,
    /// The agent's place isn't safe, so nothing was sent.
    #[cfg(unix)]
    #[error(transparent)]
    Unsafe(#[from] crate::trust::TrustError),
    /// The agent uses another version of the protocol.
    #[error("the agent uses version {version} of the protocol, and this program version {VERSION}")]
    OtherVersion {
        /// The agent's version.
        version: u32,
    },
    /// The agent's answer can't be read.
    #[error("the agent's answer can't be read")]
    Unreadable(#[source] LineError),
    /// The agent didn't answer for minutes.
    #[error("the agent doesn't answer")]
    Silent,
    /// The connection failed for another reason.
    #[error("the connection to the agent failed")]
    Failed(#[source] io::Error),
}

impl ClientError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAgent => "no-agent",
            Self::AgentEnds => "agent-ends",
            #[cfg(unix)]
            Self::Unsafe(_) => "agent-unsafe",
            Self::OtherVersion { .. } => "agent-other-version",
            Self::Unreadable(_) => "agent-unreadable",
            Self::Silent => "agent-silent",
            Self::Failed(_) => "agent-failed",
        }
    }

    /// The next step, as one imperative sentence without its final period.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoAgent => "Start Mintage, or run `mintage agent start`",
            Self::AgentEnds => "Run `mintage agent` to see why it ends",
            #[cfg(unix)]
            Self::Unsafe(error) => error.help(),
            Self::OtherVersion { .. } => "Quit Mintage and start it again, so that both have the same version",
            Self::Unreadable(_) | Self::Silent | Self::Failed(_) => {
                "Try again; if it keeps happening, run `mintage agent stop`"
            }
        }
    }

    fn from_io(error: io::Error) -> Self {
        use io::ErrorKind::*;
        match error.kind() {
            NotFound | ConnectionRefused | ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof => {
                Self::NoAgent
            }
            WouldBlock | TimedOut => Self::Silent,
            _ => Self::Failed(error),
        }
    }
}

impl From<LineError> for ClientError {
    fn from(error: LineError) -> Self {
        match error {
            LineError::OtherVersion { version } => Self::OtherVersion { version },
            other => Self::Unreadable(other),
        }
    }
}

/// A connection to the agent, for one request.
#[derive(Debug)]
pub struct Connection {
    lines: LineReader<Stream>,
}

impl Connection {
    /// Connects and sends the request.
    ///
    /// # Errors
    /// No agent runs, or its place isn't safe.
    pub fn open(address: &Address, request: &Request) -> Result<Self, ClientError> {
        let mut stream = Stream::connect(address, PATIENCE)?;
        match stream.write_all(&request.to_line()) {
            Ok(()) => {}
            // The agent may refuse and close before it has read everything. Its answer can still be read.
            Err(error) if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => {}
            Err(error) => return Err(ClientError::from_io(error)),
        }
        Ok(Self { lines: LineReader::new(stream, ANSWER_LIMIT) })
    }

    /// The next answer, or `None` if the agent closed.
    ///
    /// # Errors
    /// The agent died in the middle of a line, doesn't answer, or sent a line that can't be read.
    pub fn next_answer(&mut self) -> Result<Option<Answer>, ClientError> {
        match self.lines.next_line() {
            Ok(Some(line)) => Ok(Some(Answer::from_line(line)?)),
            Ok(None) => Ok(None),
            Err(error) => Err(ClientError::from_io(error)),
        }
    }
}

/// Asks and returns the last answer. `waiting` is called with the question's id if a person has to answer first.
///
/// # Errors
/// There is no answer. [`Answer::Error`] is an answer.
pub fn ask(address: &Address, request: &Request, waiting: &mut dyn FnMut(&str)) -> Result<Answer, ClientError> {
    let mut connection = Connection::open(address, request)?;
    loop {
        match connection.next_answer()? {
            Some(Answer::Waiting { request }) => waiting(&request),
            Some(answer) => return Ok(answer),
            None => return Err(ClientError::NoAgent),
        }
    }
}

/// Asks. If no agent answers, starts one and asks again, once.
///
/// # Errors
/// `start` failed, or there is no answer, not even from the agent that it started.
pub fn ask_or_start(
    address: &Address,
    request: &Request,
    waiting: &mut dyn FnMut(&str),
    start: impl FnOnce() -> Result<(), ClientError>,
) -> Result<Answer, ClientError> {
    match ask(address, request, waiting) {
        Err(ClientError::NoAgent) => {}
        answered => return answered,
    }
    start()?;
    ask(address, request, waiting).map_err(|error| match error {
        ClientError::NoAgent => ClientError::AgentEnds,
        other => other,
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
