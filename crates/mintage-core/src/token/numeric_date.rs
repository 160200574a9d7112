//! A **numeric date** is a time in the form tokens use: seconds since 1970 in UTC (RFC 7519 §2).
//!
//! Rule: only a JSON number; a fraction is allowed, a time outside the years 1970 to 9999 isn't.

use time::{Duration, OffsetDateTime};

use crate::json::Json;

/// The time in a JSON number, to the millisecond; `None` if it isn't one.
pub(crate) fn numeric_date(value: &Json) -> Option<OffsetDateTime> {
    let Json::Number(text) = value else { return None };
    // The largest second of the year 9999 is far below 2^53, so whole seconds stay exact.
    let seconds: f64 = text.parse().ok()?;
    if !(0.0..253_402_300_800.0).contains(&seconds) {
        return None;
    }
    let milliseconds = (seconds * 1000.0).round() as i64;
    OffsetDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(milliseconds))
}

/// How a non-standard time is written, as a sentence part with the claim as its subject: in a smaller unit, judging by
/// its size, or as a string. `None` for a valid time, and for what can't be one.
pub(crate) fn astray(value: &Json) -> Option<&'static str> {
    /// This century, in seconds.
    const CENTURY: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;
    if let Json::Text(text) = value {
        let number = Json::Number(text.trim().to_owned());
        let is_time = numeric_date(&number).is_some() || astray(&number).is_some();
        return is_time.then_some("is a string, but the standard requires a number of seconds");
    }
    let Json::Number(text) = value else { return None };
    let number: f64 = text.parse().ok()?;
    let (_, why) = [
        (1e3, "is in milliseconds, but the standard requires seconds"),
        (1e6, "is in microseconds, but the standard requires seconds"),
        (1e9, "is in nanoseconds, but the standard requires seconds"),
    ]
    .into_iter()
    .find(|(unit, _)| CENTURY.contains(&(number / unit)))?;
    numeric_date(value).is_none().then_some(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_times_within_the_years_1970_to_9999() {
        let check = |text: &str, expected: Option<&str>| {
            let json = Json::parse(text).expect("valid JSON");
            let found = numeric_date(&json).map(|time| time.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("0", Some("1970-01-01 0:00:00.0 +00:00:00"));
        check("-0", Some("1970-01-01 0:00:00.0 +00:00:00"));
        check("1795444622", Some("2026-11-23 14:37:02.0 +00:00:00"));
        check("1795444622.25", Some("2026-11-23 14:37:02.25 +00:00:00"));
        check("1.795444622e9", Some("2026-11-23 14:37:02.0 +00:00:00"));
        check("253402300799", Some("9999-12-31 23:59:59.0 +00:00:00"));
        for none in ["253402300799.9999", "253402300800", "-1", "1e400", "1795444622000", "\"1795444622\"", "null"] {
            check(none, None);
        }
    }

    #[test]
    fn times_in_another_unit_or_as_text_are_known_for_what_they_are() {
        for (text, expected) in [
            ("1795444622000", Some("milliseconds")),
            ("1795444622000.5", Some("milliseconds")),
            ("1795444622000000", Some("microseconds")),
            ("1795444622000000000", Some("nanoseconds")),
            ("\"1795444622\"", Some("string")),
            ("\"1795444622000\"", Some("string")),
            ("1795444622", None),
            ("-1795444622000", None),
            ("1e300", None),
            ("\"tomorrow\"", None),
            ("\"\"", None),
            ("null", None),
        ] {
            let found = astray(&Json::parse(text).expect("valid JSON"));
            assert_eq!(found.is_some(), expected.is_some(), "{text}");
            assert!(found.unwrap_or_default().contains(expected.unwrap_or_default()), "{text}: {found:?}");
        }
    }
}
