//! A **timestamp** in the JSON of protobuf: RFC 3339 with a zone, in UTC when it is written.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Reads a time to the microsecond. `None` without a time or a zone, and if the year in UTC is out of range.
pub(super) fn read(text: &str) -> Option<OffsetDateTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    let whole = time.nanosecond() / 1000 * 1000;
    time.replace_nanosecond(whole).ok().filter(|time| (1..=9999).contains(&time.year()))
}

/// Writes a time with three or six fractional digits, or none if they are zeros.
pub(super) fn written(time: OffsetDateTime) -> String {
    let time = time.checked_to_offset(UtcOffset::UTC).unwrap_or(time);
    let fraction = match time.microsecond() {
        0 => String::new(),
        micro if micro % 1000 == 0 => format!(".{:03}", micro / 1000),
        micro => format!(".{micro:06}"),
    };
    let (date, clock) = (time.date(), time.time());
    let (hour, minute, second) = clock.as_hms();
    format!(
        "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_its_zone_and_written_in_utc() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(read(text).map(written).as_deref(), expected, "{text:?}");
        };
        check("2027-06-30T00:00:00Z", Some("2027-06-30T00:00:00Z"));
        check("2027-06-30T01:30:00+01:30", Some("2027-06-30T00:00:00Z"));
        check("2027-06-30T00:00:00.1Z", Some("2027-06-30T00:00:00.100Z"));
        check("2027-06-30T00:00:00.123456789Z", Some("2027-06-30T00:00:00.123456Z"));
        check("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z"));
        check("9999-12-31T23:59:59-12:00", None);
        check("0000-01-01T00:00:00+12:00", None);
        check("10000-01-01T00:00:00Z", None);
        check("2027-06-30", None);
        check("2027-06-30T00:00:00", None);
        check("", None);
    }
}
