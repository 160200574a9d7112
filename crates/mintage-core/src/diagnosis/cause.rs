//! Every **cause** of a refusal, in the user's words, with its next step. One function per cause, so that a code has
//! one wording everywhere.
//!
//! Rule: a function returns `None` if its cause doesn't apply to what was sent.

use super::{Cause, NextStep};

pub(super) mod api;
pub(super) mod assertion;
pub(super) mod client;
pub(super) mod request;
pub(super) mod server;
pub(super) mod token;

fn cause(code: &str, sentence: impl Into<String>, help: impl Into<String>, next: NextStep) -> Cause {
    Cause { code: code.to_owned(), sentence: sentence.into(), dated: None, help: help.into(), next }
}

/// The first few values in backticks.
fn quoted_list(values: &[String]) -> String {
    match values {
        [] => "no one".to_owned(),
        [one] => format!("`{one}`"),
        [first, second] => format!("`{first}` and `{second}`"),
        [first, second, rest @ ..] => format!("`{first}`, `{second}` and {} more", rest.len()),
    }
}
