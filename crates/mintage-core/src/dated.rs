//! A **dated** sentence keeps a time separate from its words.
//!
//! Rule: times are shown in the reader's locale, which only a shell knows. As text, for a report or a terminal, the
//! time is in UTC.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const DAY: &[FormatItem<'_>] = format_description!("[day padding:none] [month repr:long] [year]");
const TIME: &[FormatItem<'_>] = format_description!("[hour]:[minute]");

/// A sentence, or a part of one, around a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Dated {
    /// The words up to the time, for example `This key expired on`.
    pub before: String,
    /// The time.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub at: OffsetDateTime,
    /// What follows the time, with its leading space or comma.
    pub after: String,
}

impl Dated {
    /// A sentence that ends with its time.
    pub fn new(before: impl Into<String>, at: OffsetDateTime) -> Self {
        Self { before: before.into(), at, after: String::new() }
    }

    /// The same with more words in front.
    #[must_use]
    pub fn behind(&self, lead: &str) -> Self {
        Self { before: format!("{lead}{}", self.before), ..self.clone() }
    }
}

impl std::fmt::Display for Dated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}{}", self.before, moment(self.at), self.after)
    }
}

/// For example `30 September 2026 at midnight UTC`.
fn moment(at: OffsetDateTime) -> String {
    let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    let day = at.format(DAY).expect("the format has only parts that every date has");
    if at.time() == time::Time::MIDNIGHT {
        return format!("{day} at midnight UTC");
    }
    let time = at.format(TIME).expect("the format has only parts that every time has");
    format!("{day} at {time} UTC")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn as_text_its_time_stands_in_utc_as_people_say_it() {
        let expired = Dated::new("it expired on", datetime!(2026-10-01 02:00 +2));
        assert_eq!(expired.to_string(), "it expired on 1 October 2026 at midnight UTC");
        let from = Dated { after: ", or later".into(), ..Dated::new("from", datetime!(2026-09-30 14:05:59 UTC)) };
        assert_eq!(from.behind("valid: ").to_string(), "valid: from 30 September 2026 at 14:05 UTC, or later");
    }
}
