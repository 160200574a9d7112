//! How Mintage's programs **write** times and words for others to read.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// RFC 3339 in UTC, to the second.
pub fn rfc3339(time: OffsetDateTime) -> String {
    time.to_offset(UtcOffset::UTC).truncate_to_second().format(&Rfc3339).unwrap_or_default()
}

/// A text in single quotes, in which only the quote itself means anything to a POSIX shell.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A word of a command line for a POSIX shell, quoted where it has to be.
pub fn word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./@:".contains(&byte);
    let is_plain = !text.is_empty() && text.bytes().all(plain);
    if is_plain { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc_to_the_second() {
        assert_eq!(rfc3339(time::macros::datetime!(2026-11-29 10:00:01.5 +1)), "2026-11-29T09:00:01Z");
    }

    #[test]
    fn a_word_stays_one_word_whatever_is_in_it() {
        for (text, expected) in [("ci-bot", "ci-bot"), ("", "''"), ("a b", "'a b'"), ("a'; rm #", r"'a'\''; rm #'")] {
            assert_eq!(word(text), expected);
        }
    }
}
