//! Lengths of time and a server's words, for sentences that people read.

use time::Duration;

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

/// What a server says, in backticks on one line, truncated if it is long.
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
    use super::*;

    #[test]
    fn lengths_read_as_people_say_them() {
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
