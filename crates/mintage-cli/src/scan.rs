//! A **scan** splits a command line into options and words without the full parser: the fast path to a token may
//! not cost more than the question it asks. It reads what the full parser reads, or gives up.

use std::time::Duration;

use crate::duration;
use crate::failure::{Exit, Failure};

/// A piece of a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// A word that isn't an option.
    Plain(&'a str),
    /// An option with its value.
    Value(&'a str, &'a str),
    /// An option without one. `--` is a flag here, and after it everything is a word.
    Flag(&'a str),
}

/// Splits arguments; `values` are the options that take a value, as `--option value` or `--option=value`.
pub fn words<'a>(args: &'a [String], values: &'a [&'a str]) -> impl Iterator<Item = Result<Word<'a>, Failure>> {
    let mut rest = args.iter().map(String::as_str);
    let mut only_words = false;
    std::iter::from_fn(move || {
        let arg = rest.next()?;
        if only_words || arg == "-" || !arg.starts_with('-') {
            return Some(Ok(Word::Plain(arg)));
        }
        if arg == "--" {
            only_words = true;
            return Some(Ok(Word::Flag(arg)));
        }
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (arg, None),
        };
        let Some(&option) = values.iter().find(|option| **option == name) else {
            return Some(if inline.is_some() { Err(unknown_option(arg)) } else { Ok(Word::Flag(name)) });
        };
        match inline.or_else(|| rest.next()) {
            Some(value) => Some(Ok(Word::Value(option, value))),
            None => Some(Err(usage(format!("`{name}` needs a value")))),
        }
    })
}

/// Reads a duration that an option gave.
///
/// # Errors
/// A usage failure.
pub fn duration(text: &str) -> Result<Duration, Failure> {
    duration::parse(text).map_err(|error| usage(error.to_string()))
}

/// The failure for an option that doesn't exist.
pub fn unknown_option(option: &str) -> Failure {
    usage(format!("`{option}` isn't an option here"))
}

/// The failure for text that isn't a URL.
pub fn no_url(text: &str) -> Failure {
    usage(format!("`{text}` isn't a URL"))
}

fn usage(message: String) -> Failure {
    Failure::new(Exit::Usage, "usage", message).with_help("See `mintage help`")
}
