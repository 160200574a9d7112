//! The counts that test runners print, and the table that ends a run.

use std::ops::AddAssign;
use std::time::Duration;

/// How many tests passed, failed, and were left out by their own marks.
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
    /// Whether every command of the ring ended well.
    pub(crate) ok: bool,
    pub(crate) took: Duration,
}

/// Reads the closing line of cargo's or Vitest's test run; any other line is `None`.
pub(crate) fn counts(line: &str) -> Option<Counts> {
    let line = without_colour(line);
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("test result: ") {
        return Some(numbers(rest.split_once(". ")?.1, ';'));
    }
    // Vitest prints `Tests  1 failed | 12 passed | 2 skipped (15)`, and the same for test files.
    let rest = line.strip_prefix("Tests ")?;
    rest.contains('(').then(|| numbers(rest.split('(').next().unwrap_or_default(), '|'))
}

/// Prints what became of each ring, and last the plain line with all counts.
pub(crate) fn print(rings: &[Ring]) {
    println!("\nring        passed  failed  skipped      time");
    let mut all = Counts::default();
    for ring in rings {
        let Counts { passed, failed, skipped } = ring.counts;
        let outcome = if ring.ok { "ok" } else { "FAILED" };
        let seconds = ring.took.as_secs();
        println!("{:<10} {passed:>7} {failed:>7} {skipped:>8} {seconds:>7} s  {outcome}", ring.name);
        all += ring.counts;
        if !ring.ok && failed == 0 {
            // A ring that did not build, or whose runner died, has failed without a failed test.
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
