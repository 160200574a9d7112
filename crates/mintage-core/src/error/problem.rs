//! A **problem** is an error in the form sent to a shell.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Error;
use crate::dated::Dated;
use crate::diagnosis::{Cause, NextStep};

/// An error in the form sent to a shell: the one pattern that every screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// A stable code to act on.
    pub code: String,
    /// What happened, as a sentence without a final period.
    pub message: String,
    /// The same with its time separate, if it contains one.
    pub dated: Option<Dated>,
    /// The next step, as a sentence without a final period.
    pub help: String,
    /// What the button does if there are no causes.
    pub next: NextStep,
    /// The line of the user's text that it is about, from 1, if that is known.
    pub line: Option<u32>,
    /// Underlying errors, outermost first.
    pub details: Vec<String>,
    /// The server's own words, quoted as the server's.
    pub server_response: Option<ServerResponse>,
    /// Likely causes found by our own checks, the likeliest first.
    pub causes: Vec<Cause>,
    /// All of it as plain text for sharing; contains no secret.
    pub report: String,
}

/// What a server said when it refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServerResponse {
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
            server_response: None,
            causes: Vec::new(),
            report: String::new(),
        };
        problem.report = problem.write_report();
        problem
    }

    /// The same with what a server said, if the error itself doesn't quote it.
    #[must_use]
    pub(crate) fn quoting(mut self, said: ServerResponse) -> Self {
        self.server_response.get_or_insert(said);
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
        if let Some(said) = &self.server_response {
            let _ = writeln!(report, "server said: {} {}", said.status, said.body);
        }
        for cause in &self.causes {
            let _ = writeln!(report, "likely cause: {} ({})", cause.sentence, cause.code);
        }
        let _ = writeln!(report, "next step: {}\nMintage {}", self.help, env!("CARGO_PKG_VERSION"));
        report
    }
}
