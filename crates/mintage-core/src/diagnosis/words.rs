//! Times and lengths of time in words, for sentences that people read.

use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

const DAY: &[FormatItem<'_>] = format_description!("[day padding:none] [month repr:long] [year]");
const TIME: &[FormatItem<'_>] = format_description!("[hour]:[minute]");

/// For example `30 September 2026 at midnight UTC`.
pub(super) fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let day = at.format(DAY).expect("the format has only parts that every date has");
    if at.time() == time::Time::MIDNIGHT {
        return format!("{day} at midnight UTC");
    }
    let time = at.format(TIME).expect("the format has only parts that every time has");
    format!("{day} at {time} UTC")
}

/// For example `74 s`, `12 min`, `5 h` or `3 days`, rounded, without its sign.
pub(super) fn length(duration: Duration) -> String {
    let seconds = duration.abs().as_seconds_f64().round();
    match seconds {
        ..300.0 => format!("{seconds} s"),
        300.0..7_200.0 => format!("{} min", (seconds / 60.0).round()),
        7_200.0..172_800.0 => format!("{} h", (seconds / 3_600.0).round()),
        _ => format!("{} days", (seconds / 86_400.0).round()),
    }
}

/// What a server says, in backticks on one line, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 120;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &line[..end]),
        None => format!("`{line}`"),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_and_lengths_read_as_people_say_them() {
        assert_eq!(moment(datetime!(2026-10-01 02:00 +2)), "1 October 2026 at midnight UTC");
        assert_eq!(moment(datetime!(2026-09-30 14:05:59 UTC)), "30 September 2026 at 14:05 UTC");
        for (seconds, expected) in
            [(1, "1 s"), (-74, "74 s"), (299, "299 s"), (300, "5 min"), (7_200, "2 h"), (-200_000, "2 days")]
        {
            assert_eq!(length(Duration::seconds(seconds)), expected);
        }
    }

    #[test]
    fn what_a_server_says_fits_into_a_sentence() {
        assert_eq!(quoted("blocked\n  by  policy"), "`blocked by policy`");
        assert_eq!(quoted(&"ü".repeat(500)), format!("`{}…`", "ü".repeat(120)));
    }
}
