//! **Columns**: a list on a terminal is aligned under headings, and for programs its fields are separated by tabs.

use std::fmt::Write as _;

use crate::failure::escape_into;

/// A list with headings.
#[derive(Clone, Debug)]
pub struct Columns {
    headings: Vec<&'static str>,
    /// The fields one after the other, and where each ends: there may be a hundred thousand of them.
    text: String,
    ends: Vec<usize>,
}

impl Columns {
    /// Starts a list.
    pub fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), text: String::new(), ends: Vec::new() }
    }

    /// Adds a row. Control characters are escaped: a name with a tab or a line break stays one field.
    pub fn push<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) {
        for field in fields {
            escape_into(&mut self.text, field);
            self.ends.push(self.text.len());
        }
        debug_assert_eq!(self.ends.len() % self.headings.len(), 0);
    }

    /// Writes the list for people: aligned, with headings. An empty one is empty.
    pub fn aligned(&self) -> String {
        let mut text = String::new();
        if self.ends.is_empty() {
            return text;
        }
        let mut widths: Vec<usize> = self.headings.iter().map(|heading| heading.len()).collect();
        for row in self.rows() {
            for (field, width) in row.zip(&mut widths) {
                *width = field.chars().count().max(*width);
            }
        }
        write_aligned(&mut text, self.headings.iter().copied(), &widths);
        self.rows().for_each(|row| write_aligned(&mut text, row, &widths));
        text
    }

    /// Writes the list for programs: tabs, no headings.
    pub fn tabs(&self) -> String {
        let mut text = String::with_capacity(self.text.len() + self.ends.len());
        for row in self.rows() {
            for (column, field) in row.enumerate() {
                text.push_str(if column == 0 { "" } else { "\t" });
                text.push_str(field);
            }
            text.push('\n');
        }
        text
    }

    fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        let columns = self.headings.len();
        self.ends.chunks(columns).enumerate().map(move |(row, ends)| {
            let mut start = (row * columns).checked_sub(1).map_or(0, |before| self.ends[before]);
            ends.iter().map(move |end| &self.text[std::mem::replace(&mut start, *end)..*end])
        })
    }
}

fn write_aligned<'a>(text: &mut String, row: impl Iterator<Item = &'a str>, widths: &[usize]) {
    let start = text.len();
    for (field, width) in row.zip(widths) {
        _ = write!(text, "{field:width$}  ");
    }
    let end = text[start..].trim_end().len();
    text.truncate(start + end);
    text.push('\n');
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
