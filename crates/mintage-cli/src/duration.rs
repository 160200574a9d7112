//! **Durations** as people type them: `90`, `90s`, `5m`, `12h`, `30d`.

use std::time::Duration;

/// Text that isn't a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` isn't a duration: expected a number with s, m, h or d, for example `5m`")]
pub struct BadDuration(pub String);

/// Reads a duration. A bare number means seconds; ten years is the most.
///
/// # Errors
/// [`BadDuration`] for anything else.
pub fn parse(text: &str) -> Result<Duration, BadDuration> {
    const LONGEST: u64 = 3660 * 86_400;
    let bad = || BadDuration(text.to_owned());
    let (number, unit) = match text.char_indices().last().ok_or_else(bad)? {
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3600),
        (at, 'd') => (&text[..at], 86_400),
        _ => (text, 1),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let seconds = number.parse::<u64>().ok().and_then(|count| count.checked_mul(unit)).ok_or_else(bad)?;
    if seconds > LONGEST { Err(bad()) } else { Ok(Duration::from_secs(seconds)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_or_mean_seconds() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("5m", 300), ("12h", 43_200), ("30d", 2_592_000), ("0", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "m", "-5m", "+5m", "5 m", "1.5h", "5w", "é", "99999999999999999999d", "4000d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
