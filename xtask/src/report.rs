//! The counts that test runners print, and the table that ends a run.

use std::collections::BTreeSet;
use std::ops::AddAssign;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::tools::{self, Outcome};

/// How many tests passed, failed, and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// One ring of tests that was run.
pub(crate) struct Ring {
    pub(crate) name: &'static str,
    pub(crate) counts: Counts,
    /// The tests that failed, as their runner names them.
    pub(crate) failed: Vec<String>,
    /// The tests that said why they couldn't be tried here, and why. Their runner counts them as passed.
    pub(crate) skipped: BTreeSet<String>,
    /// Whether every command of the ring succeeded.
    pub(crate) ok: bool,
    pub(crate) took: Duration,
}

impl Ring {
    /// Runs all commands of a ring, also those after one that failed.
    ///
    /// # Errors
    /// A command didn't start.
    pub(crate) fn run(name: &'static str, commands: Vec<Command>) -> Outcome<Self> {
        let started = Instant::now();
        let (mut counts, mut failed, mut skipped, mut ok) = (Counts::default(), Vec::new(), BTreeSet::new(), true);
        for mut command in commands {
            ok &= tools::tee(&mut command, |line| {
                counts += self::counts(line).unwrap_or_default();
                failed.extend(self::failed(line));
                skipped.extend(self::skipped(line));
            })?;
        }
        // A test may say of several things that it lacks them.
        let tests: BTreeSet<_> =
            skipped.iter().filter_map(|said| said.split_once(": ")).map(|(test, _)| test).collect();
        counts.passed = counts.passed.saturating_sub(tests.len());
        counts.skipped += tests.len();
        Ok(Self { name, counts, failed, skipped, ok: ok && counts.failed == 0, took: started.elapsed() })
    }
}

/// Reads the closing line of cargo's or Vitest's test run; any other line is `None`.
fn counts(line: &str) -> Option<Counts> {
    let line = without_colour(line);
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("test result: ") {
        return Some(numbers(rest.split_once(". ")?.1, ';'));
    }
    // Vitest prints `Tests  1 failed | 12 passed | 2 skipped (15)`, and the same for test files.
    let rest = line.strip_prefix("Tests ")?;
    rest.contains('(').then(|| numbers(rest.split('(').next().unwrap_or_default(), '|'))
}

/// Reads the line with which cargo or Vitest says that a test failed, or why; any other line is `None`.
fn failed(line: &str) -> Option<String> {
    let line = without_colour(line);
    let line = line.trim();
    let cargo = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"));
    // Vitest prints `× name 12ms`, and below it `→ message`.
    let vitest = || line.strip_prefix("× ").or_else(|| line.starts_with('→').then_some(line));
    cargo.or_else(vitest).map(str::to_owned)
}

/// Reads the line with which a test says that it is skipped, and why; any other line is `None`. A runner may have begun
/// the line with the test's name.
fn skipped(line: &str) -> Option<String> {
    let (before, said) = line.split_once("skipped: ")?;
    let is_said = (before.is_empty() || before.ends_with(" ... ")) && said.contains(": ");
    is_said.then(|| said.trim().to_owned())
}

/// Prints each ring's result with the tests that failed and those that were skipped, and last the plain line with all counts.
pub(crate) fn print(rings: &[Ring]) {
    println!("\nring        passed  failed  skipped      time");
    let mut all = Counts::default();
    for ring in rings {
        let Counts { passed, failed, skipped } = ring.counts;
        let outcome = if ring.ok { "ok" } else { "FAILED" };
        let seconds = ring.took.as_secs();
        println!("{:<10} {passed:>7} {failed:>7} {skipped:>8} {seconds:>7} s  {outcome}", ring.name);
        for test in &ring.failed {
            println!("  {test}");
        }
        for said in &ring.skipped {
            println!("  skipped: {said}");
        }
        all += ring.counts;
        if !ring.ok && failed == 0 {
            // A ring that didn't build, or whose runner died, has failed without a failed test.
            all.failed += 1;
        }
    }
    println!();
    match all.skipped {
        0 => println!("{} passed, {} failed", all.passed, all.failed),
        skipped => println!("{} passed, {} failed, {skipped} skipped", all.passed, all.failed),
    }
}

fn numbers(text: &str, separator: char) -> Counts {
    let mut counts = Counts::default();
    for part in text.split(separator) {
        let mut words = part.split_whitespace();
        let Some(Ok(number)) = words.next().map(str::parse) else { continue };
        match words.next() {
            Some("passed") => counts.passed = number,
            Some("failed") => counts.failed = number,
            Some("ignored" | "skipped" | "todo") => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = escape.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_named() {
        let check = |line: &str, expected: Option<&str>| assert_eq!(failed(line).as_deref(), expected, "{line:?}");
        check("test refusal::a_clock_that_is_ahead ... FAILED", Some("refusal::a_clock_that_is_ahead"));
        check("test refusal::a_clock_that_is_ahead ... ok", None);
        check("test result: FAILED. 3 passed; 2 failed", None);
        check("     \u{1b}[31m×\u{1b}[39m is allowed by its button 664ms", Some("is allowed by its button 664ms"));
        check("       → expected false to be true", Some("→ expected false to be true"));
        check("     ✓ is denied by Escape 494ms", None);
    }

    #[test]
    fn skipped_tests_say_why() {
        let check = |line: &str, expected: Option<&str>| assert_eq!(skipped(line).as_deref(), expected, "{line:?}");
        let said = "docker::docker_asks_its_registry: docker isn't installed";
        check(&format!("skipped: {said}"), Some(said));
        check(&format!("test docker::docker_asks_its_registry ... skipped: {said}"), Some(said));
        check("test report::tests::skipped: a ... ok", None);
        check("2 tests skipped: no", None);
        check("test result: ok. 12 passed; 0 failed; 1 ignored", None);
    }

    #[test]
    fn closing_lines_are_read_and_other_lines_are_not() {
        let check = |line: &str, expected: Option<(usize, usize, usize)>| {
            let expected = expected.map(|(passed, failed, skipped)| Counts { passed, failed, skipped });
            assert_eq!(counts(line), expected, "{line:?}");
        };
        check(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.05s",
            Some((12, 0, 1)),
        );
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", Some((3, 2, 0)));
        check("test result: \u{1b}[32mok\u{1b}[0m. 7 passed; 0 failed; 0 ignored", Some((7, 0, 0)));
        check("      Tests  24 passed (24)", Some((24, 0, 0)));
        check("      Tests  1 failed | 12 passed | 2 skipped (15)", Some((12, 1, 2)));
        check(" \u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m9 passed\u{1b}[39m\u{1b}[22m (9)", Some((9, 0, 0)));
        check(" Test Files  3 passed (3)", None);
        check("test tests::a_name ... ok", None);
        check("Tests are good", None);
        check("", None);
    }
}
