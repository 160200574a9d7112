//! A **problem** is an error as it crosses to a shell.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Error;
use crate::dated::Dated;
use crate::diagnosis::{Cause, NextStep};

/// An error as it crosses to a shell: the one pattern that every screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Stable word to act on.
    pub code: String,
    /// What happened, in a sentence without its final period.
    pub message: String,
    /// The same with its time apart, where it holds one.
    pub dated: Option<Dated>,
    /// The next step, in a sentence without its final period.
    pub help: String,
    /// What the button does where no causes are given.
    pub next: NextStep,
    /// The line of the user's text that it is about, from 1, where that is known.
    pub line: Option<u32>,
    /// What lies below it, outermost first.
    pub details: Vec<String>,
    /// The server's own words, quoted as the server's.
    pub server_said: Option<ServerSaid>,
    /// Likely causes found by our own checks, the likeliest first.
    pub causes: Vec<Cause>,
    /// All of it as plain text to hand on; holds no secret.
    pub report: String,
}

/// What a server said when it refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServerSaid {
    /// HTTP status.
    pub status: u16,
    /// The body's beginning, at most 2,000 characters.
    pub body: String,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        error.problem()
    }
}

impl Problem {
    /// A problem of the shell itself (its clipboard, its window), in the same pattern.
    pub fn of_shell(code: &str, message: String, help: &str) -> Self {
        let mut problem = Self {
            code: code.to_owned(),
            message,
            dated: None,
            help: help.to_owned(),
            next: NextStep::None,
            line: None,
            details: Vec::new(),
            server_said: None,
            causes: Vec::new(),
            report: String::new(),
        };
        problem.report = problem.write_report();
        problem
    }

    /// The same with what a server said, where the error itself does not quote it.
    #[must_use]
    pub(crate) fn quoting(mut self, said: ServerSaid) -> Self {
        self.server_said.get_or_insert(said);
        self.report = self.write_report();
        self
    }

    /// Everything above as text, without a secret.
    pub(super) fn write_report(&self) -> String {
        use std::fmt::Write as _;
        let mut report = format!("{} ({})\n", self.message, self.code);
        for detail in &self.details {
            let _ = writeln!(report, "  caused by: {detail}");
        }
        if let Some(said) = &self.server_said {
            let _ = writeln!(report, "server said: {} {}", said.status, said.body);
        }
        for cause in &self.causes {
            let _ = writeln!(report, "likely cause: {} ({})", cause.sentence, cause.code);
        }
        let _ = writeln!(report, "next step: {}\nMintage {}", self.help, env!("CARGO_PKG_VERSION"));
        report
    }
}
