//! A **problem** is an answer that says no: what happened and what to do.

use serde::{Deserialize, Serialize};

use crate::Exit;

/// Why a request failed, as the command line shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable kebab-case word that programs act on.
    pub code: String,
    /// What happened, as a sentence without its final period.
    pub message: String,
    /// The next step, as one imperative sentence without its final period.
    pub help: String,
    /// Likely causes, the likeliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
}

impl Problem {
    /// A problem without causes.
    pub fn new(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), help: help.into(), causes: Vec::new() }
    }

    /// The exit code of a command that ends with it.
    pub fn exit(&self) -> Exit {
        Exit::of(&self.code)
    }
}
