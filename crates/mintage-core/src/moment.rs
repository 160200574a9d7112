//! A **moment** is a time that came from outside: from a server, a file or a stored row.
//!
//! Rule: outside times are read only here. The result is in UTC and between the years 1970 and 9999, so that every
//! moment can be shown, and its distance from the clock is a [`Skew`] or a lifetime, both of which are bounded. Adding
//! them can't leave the range of valid times.

use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime, UtcOffset};

/// The latest moment.
const LAST: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// The latest time that a clock may show. It leaves room for every lifetime and skew that is added to it.
const LAST_BY_CLOCK: OffsetDateTime = datetime!(9000-01-01 0:00 UTC);

/// Reads a time as text (RFC 3339 §5.6), in UTC.
pub(crate) fn of_rfc3339(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    within(at)
}

/// Reads whole seconds since 1970.
pub(crate) fn of_seconds(seconds: i64) -> Option<OffsetDateTime> {
    within(OffsetDateTime::from_unix_timestamp(seconds).ok()?)
}

/// Reads the date of an HTTP header (RFC 9110 §5.6.7).
pub(crate) fn of_http_date(text: &str) -> Option<OffsetDateTime> {
    within(OffsetDateTime::from(httpdate::parse_http_date(text).ok()?))
}

/// The nearest moment to whole seconds since 1970: a row with an out-of-range time is kept.
pub(crate) fn nearest_to_seconds(seconds: i64) -> OffsetDateTime {
    let seconds = seconds.clamp(0, LAST.unix_timestamp());
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(LAST)
}

/// The clock's time, in UTC and within the range that the rest relies on.
pub(crate) fn by_clock(told: OffsetDateTime) -> OffsetDateTime {
    told.checked_to_offset(UtcOffset::UTC).unwrap_or(told).clamp(OffsetDateTime::UNIX_EPOCH, LAST_BY_CLOCK)
}

fn within(at: OffsetDateTime) -> Option<OffsetDateTime> {
    (OffsetDateTime::UNIX_EPOCH..=LAST).contains(&at).then_some(at)
}

/// How far the local clock is from a server's, at most [`Skew::MOST`] either way.
///
/// A larger difference isn't clock drift but a clock that was never set, or a proxy's invention. We can't know which,
/// so it isn't used for corrections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Skew(Duration);

impl Skew {
    /// The largest believable difference between two clocks.
    pub(crate) const MOST: Duration = Duration::days(366);

    /// The local clock minus the server's; `None` for a difference that isn't believable.
    pub(crate) fn between(local: OffsetDateTime, server: OffsetDateTime) -> Option<Self> {
        Self::of(local - server)
    }

    /// A difference that was measured elsewhere.
    pub(crate) fn of(difference: Duration) -> Option<Self> {
        (-Self::MOST..=Self::MOST).contains(&difference).then_some(Self(difference))
    }

    /// The difference: positive if the local clock is ahead.
    pub(crate) fn difference(self) -> Duration {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_times_are_read_in_utc_or_refused() {
        for (text, expected) in [
            ("2026-11-23T14:37:02Z", Some(datetime!(2026-11-23 14:37:02 UTC))),
            ("2026-11-23T14:37:02.5+02:00", Some(datetime!(2026-11-23 12:37:02.5 UTC))),
            ("9999-12-31T23:59:59Z", Some(LAST)),
            ("9999-12-31T23:59:59-01:00", None),
            ("9999-12-31T23:59:59+23:59", Some(datetime!(9999-12-31 0:00:59 UTC))),
            ("1970-01-01T00:00:00+00:01", None),
            ("0000-01-01T00:00:00+23:59", None),
            ("2026-02-30T00:00:00Z", None),
            ("2026-11-23", None),
            ("", None),
        ] {
            assert_eq!(of_rfc3339(text), expected, "{text}");
        }
        for (text, expected) in [
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(LAST)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(datetime!(1994-11-06 8:49:37 UTC))),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(OffsetDateTime::UNIX_EPOCH)),
            ("Wed, 31 Dec 1969 23:59:59 GMT", None),
            ("Sat, 01 Jan 10000 00:00:00 GMT", None),
            ("Fri, 31 Dec 9999 23:59:61 GMT", None),
        ] {
            assert_eq!(of_http_date(text), expected, "{text}");
        }
        for (seconds, expected) in [(0, true), (-1, false), (253_402_300_799, true), (253_402_300_800, false)] {
            assert_eq!(of_seconds(seconds).is_some(), expected, "{seconds}");
        }
        for extreme in [i64::MIN, i64::MAX] {
            assert_eq!(of_seconds(extreme), None);
        }
    }

    #[test]
    fn a_stored_time_out_of_range_becomes_the_nearest_one() {
        for (seconds, expected) in [
            (i64::MIN, OffsetDateTime::UNIX_EPOCH),
            (-62_135_596_800, OffsetDateTime::UNIX_EPOCH),
            (1_795_444_622, datetime!(2026-11-23 14:37:02 UTC)),
            (i64::MAX, LAST),
        ] {
            assert_eq!(nearest_to_seconds(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn no_clock_and_no_server_date_take_a_sum_out_of_range() {
        let clocks =
            [datetime!(-9999-01-01 0:00 UTC), datetime!(2026-11-23 0:00 UTC), datetime!(9999-12-31 23:59:59 -12)];
        for told in clocks {
            let now = by_clock(told);
            for server in [OffsetDateTime::UNIX_EPOCH, datetime!(2026-11-22 0:00 UTC), LAST] {
                let skew = Skew::between(now, server).map_or(Duration::ZERO, Skew::difference);
                let century = Duration::days(36_525);
                for at in [now - skew, now - skew + century, now - skew - Duration::days(1)] {
                    assert!(at.format(&Rfc3339).is_ok(), "{told} {server}");
                }
            }
        }
    }

    #[test]
    fn a_difference_of_years_is_no_skew() {
        let now = datetime!(2026-11-23 14:37:02 UTC);
        for (server, expected) in [
            (now, Some(0)),
            (datetime!(2026-11-23 14:35:48 UTC), Some(74)),
            (datetime!(2027-11-23 14:37:02 UTC), Some(-31_536_000)),
            (datetime!(2027-11-25 14:37:02 UTC), None),
            (datetime!(1970-01-01 0:00 UTC), None),
            (LAST, None),
        ] {
            assert_eq!(Skew::between(now, server).map(|skew| skew.difference().whole_seconds()), expected, "{server}");
        }
        assert_eq!(Skew::of(Duration::MIN).or(Skew::of(Duration::MAX)), None);
    }
}
