//! The list that ends a check: everything runs, and all failures are reported together.

use crate::tools::{Failure, Outcome};

/// What was checked, and what came of it.
#[derive(Default)]
pub(crate) struct List {
    lines: Vec<String>,
    failed: Vec<&'static str>,
}

impl List {
    /// Records an outcome.
    pub(crate) fn add(&mut self, what: &'static str, outcome: Outcome) {
        match outcome {
            Ok(()) => self.lines.push(format!("{what}: ok")),
            Err(failure) => {
                self.lines.push(format!("{what}: FAILED\n  {failure}"));
                self.failed.push(what);
            }
        }
    }

    /// Records what couldn't be checked, and why.
    pub(crate) fn not_run(&mut self, what: &str, why: &str) {
        self.lines.push(format!("{what}: NOT RUN, {why}"));
    }

    /// Prints it, and fails if anything did.
    pub(crate) fn close(self) -> Outcome {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        if self.failed.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("failed: {}", self.failed.join(", "))))
    }
}
