//! **Columns**: a list on a terminal is aligned under headings, and for programs its fields are separated by tabs.

use std::fmt::Write as _;

use crate::failure::escaped;

/// A list with headings.
#[derive(Clone, Debug)]
pub struct Columns {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// Starts a list.
    pub fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new() }
    }

    /// Adds a row. Control characters are escaped: a name with a tab or a line break stays one field.
    pub fn push<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) {
        let row: Vec<String> = fields.into_iter().map(escaped).collect();
        debug_assert_eq!(row.len(), self.headings.len());
        self.rows.push(row);
    }

    /// Writes the list for people: aligned, with headings. An empty one is empty.
    pub fn aligned(&self) -> String {
        let mut text = String::new();
        if self.rows.is_empty() {
            return text;
        }
        let headings: Vec<String> = self.headings.iter().map(ToString::to_string).collect();
        let lines = || std::iter::once(&headings).chain(&self.rows);
        let width = |column: usize| lines().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        for row in lines() {
            let start = text.len();
            for (field, width) in row.iter().zip(&widths) {
                _ = write!(text, "{field:width$}  ");
            }
            let end = text[start..].trim_end().len();
            text.truncate(start + end);
            text.push('\n');
        }
        text
    }

    /// Writes the list for programs: tabs, no headings.
    pub fn tabs(&self) -> String {
        self.rows.iter().map(|row| row.join("\t") + "\n").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_get_columns_and_programs_get_tabs() {
        let mut list = Columns::new(&["NAME", "ENVIRONMENT", "STATE"]);
        list.push(["ci-bot", "staging", ""]);
        list.push(["the größte\tbot\u{1b}[2J", "dev", "expired"]);
        assert_eq!(
            list.aligned(),
            "NAME                      ENVIRONMENT  STATE\n\
             ci-bot                    staging\n\
             the größte\\tbot\\u{1b}[2J  dev          expired\n"
        );
        assert_eq!(list.tabs(), "ci-bot\tstaging\t\nthe größte\\tbot\\u{1b}[2J\tdev\texpired\n");
        assert_eq!(Columns::new(&["NAME"]).aligned(), "");
    }
}
