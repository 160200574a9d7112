//! The **table** that ends a run: benchmark, Mintage, the baseline, ratio.

use std::fmt;

/// Milliseconds or mebibytes, shown with three significant digits.
#[derive(Clone, Copy)]
pub(crate) struct Figure(pub(crate) f64, pub(crate) &'static str);

struct Line {
    measure: String,
    ours: Figure,
    beside: Option<(String, Figure)>,
}

/// The lines of a report and the notes below them.
#[derive(Default)]
pub(crate) struct Table {
    lines: Vec<Line>,
    notes: Vec<String>,
}

impl Table {
    /// Adds milliseconds with a baseline.
    pub(crate) fn time(&mut self, measure: &str, ours: f64, beside: &str, theirs: f64) {
        self.add(measure, Figure(ours, "ms"), Some((beside, Figure(theirs, "ms"))));
    }

    /// Adds milliseconds without a baseline.
    pub(crate) fn time_alone(&mut self, measure: &str, ours: f64) {
        self.add(measure, Figure(ours, "ms"), None);
    }

    /// Adds mebibytes with a baseline.
    pub(crate) fn memory(&mut self, measure: &str, ours: f64, beside: &str, theirs: f64) {
        self.add(measure, Figure(ours, "MiB"), Some((beside, Figure(theirs, "MiB"))));
    }

    /// Adds mebibytes without a baseline.
    pub(crate) fn memory_alone(&mut self, measure: &str, ours: f64) {
        self.add(measure, Figure(ours, "MiB"), None);
    }

    /// Adds a sentence below the table.
    pub(crate) fn note(&mut self, note: String) {
        eprintln!("{note}");
        self.notes.push(note);
    }

    fn add(&mut self, measure: &str, ours: Figure, beside: Option<(&str, Figure)>) {
        let beside = beside.map(|(name, figure)| (name.to_owned(), figure));
        let line = Line { measure: measure.to_owned(), ours, beside };
        eprintln!("{line}");
        self.lines.push(line);
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = match self.0.abs() {
            0.0..10.0 => 2,
            10.0..100.0 => 1,
            _ => 0,
        };
        write!(f, "{:>8.digits$} {:<3}", self.0, self.1)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<46} {}", self.measure, self.ours)?;
        let Some((name, theirs)) = &self.beside else { return Ok(()) };
        let ratio = self.ours.0 / theirs.0;
        write!(f, "  {name:<38} {theirs}  {ratio:>6.2}")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<46} {:>12}  {:<38} {:>12}  {:>6}", "benchmark (medians)", "Mintage", "baseline", "", "ratio")?;
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        self.notes.iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}
