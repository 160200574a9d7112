//! The **checks** of a token's claims: by whom, for whom, and when (RFC 7519 §4.1).
//!
//! Rule: a claim of the wrong type never passes, whatever a conversion would make of it.

use time::OffsetDateTime;

use super::{Check, Expectation, quoted};
use crate::json::Json;
use crate::token::numeric_date::{astray, numeric_date};

/// The longest tolerance for times, in seconds (RFC 7519 §4.1.4: no more than a few minutes).
const MAX_LEEWAY: i64 = 60;

/// Checks `iss`, `aud`, `exp`, `nbf` and `iat`, in this order.
pub(super) fn of_claims(payload: &Json, expected: &Expectation) -> Vec<Check> {
    let clock = Clock::new(expected);
    vec![
        issuer(payload.get("iss"), &expected.issuer),
        audience(payload.get("aud"), expected.audience.as_deref()),
        clock.check("exp", payload.get("exp")),
        clock.check("nbf", payload.get("nbf")),
        clock.check("iat", payload.get("iat")),
    ]
}

/// The same checks when there was nothing to check.
pub(super) fn not_made(why: &str) -> Vec<Check> {
    ["iss", "aud", "exp", "nbf", "iat"].iter().map(|name| check(name, None, format!("not checked: {why}"))).collect()
}

/// One check.
pub(super) fn check(name: &str, holds: Option<bool>, reason: impl Into<String>) -> Check {
    Check { name: name.to_owned(), holds, reason: reason.into() }
}

/// The leeway in seconds: never below zero or above the cap.
pub(super) fn leeway(expected: &Expectation) -> i64 {
    expected.leeway.whole_seconds().clamp(0, MAX_LEEWAY)
}

/// Whether more leeway was requested than is given.
pub(super) fn leeway_was_capped(expected: &Expectation) -> bool {
    expected.leeway.whole_seconds() > MAX_LEEWAY
}

/// `iss` is one string, equal byte for byte (RFC 7519 §4.1.1, OpenID Connect Core §3.1.3.7).
fn issuer(found: Option<&Json>, expected: &str) -> Check {
    let (holds, reason) = match found {
        None => (false, "the token doesn't name an issuer".to_owned()),
        Some(Json::Text(issuer)) if issuer == expected => (true, format!("issued by {}", quoted(issuer))),
        Some(Json::Text(issuer)) => {
            let slash = issuer.trim_end_matches('/') == expected.trim_end_matches('/');
            let hint = if slash { "; only the final slash differs" } else { "" };
            (false, format!("issued by {}, expected {}{hint}", quoted(issuer), quoted(expected)))
        }
        Some(_) => (false, "`iss` isn't a string".to_owned()),
    };
    check("iss", Some(holds), reason)
}

/// `aud` is a string or an array of strings, one of which is the expected one (RFC 7519 §4.1.3).
fn audience(found: Option<&Json>, expected: Option<&str>) -> Check {
    let Some(expected) = expected else {
        return check("aud", None, "not checked: no audience was expected");
    };
    let audiences: Option<Vec<&str>> = match found {
        None => {
            return check(
                "aud",
                Some(false),
                format!("the token doesn't name an audience, expected {}", quoted(expected)),
            );
        }
        Some(Json::Text(audience)) => Some(vec![audience]),
        Some(Json::List(items)) => items.iter().map(Json::as_text).collect(),
        Some(_) => None,
    };
    let Some(audiences) = audiences else {
        return check("aud", Some(false), "`aud` is neither a string nor a list of strings");
    };
    if audiences.contains(&expected) {
        return check("aud", Some(true), format!("meant for {}", quoted(expected)));
    }
    let shown: Vec<String> = audiences.iter().take(5).map(|audience| quoted(audience)).collect();
    let shown = if shown.is_empty() { "nobody".to_owned() } else { shown.join(", ") };
    let more = audiences.len().checked_sub(5).filter(|more| *more > 0).map(|more| format!(" and {more} more"));
    check("aud", Some(false), format!("meant for {shown}{}, expected {}", more.unwrap_or_default(), quoted(expected)))
}

/// The time to check against; nanoseconds since 1970, which cannot overflow.
struct Clock {
    now: i128,
    leeway: i128,
    leeway_shown: String,
}

impl Clock {
    fn new(expected: &Expectation) -> Self {
        let leeway = leeway(expected);
        let leeway_shown = if leeway == 0 { String::new() } else { format!(" (leeway {leeway} s)") };
        Self { now: expected.now.unix_timestamp_nanos(), leeway: i128::from(leeway) * 1_000_000_000, leeway_shown }
    }

    /// One of `exp`, `nbf`, `iat`; a missing one isn't checked.
    fn check(&self, name: &str, found: Option<&Json>) -> Check {
        let Some(value) = found else {
            return check(name, None, format!("not checked: the token has no `{name}`"));
        };
        if let Some(why) = astray(value) {
            return check(name, Some(false), format!("`{name}` {why}"));
        }
        if !matches!(value, Json::Number(_)) {
            return check(name, Some(false), format!("`{name}` isn't a number"));
        }
        let Some(time) = numeric_date(value) else {
            return check(name, Some(false), format!("`{name}` isn't a time between the years 1970 and 9999"));
        };
        let (holds, reason) = self.judge(name, time);
        check(name, Some(holds), format!("{reason}{}", self.leeway_shown))
    }

    fn judge(&self, name: &str, time: OffsetDateTime) -> (bool, String) {
        let ahead = time.unix_timestamp_nanos() - self.now;
        let span = spell(ahead.unsigned_abs() / 1_000_000_000);
        let is_future = ahead > 0;
        match name {
            // "On or after" its `exp` a token is no longer accepted (RFC 7519 §4.1.4).
            "exp" if is_future => (true, format!("expires in {span}")),
            "exp" => (ahead + self.leeway > 0, format!("expired {span} ago")),
            "nbf" if is_future => (ahead <= self.leeway, format!("becomes valid in {span}")),
            "nbf" => (true, format!("has been valid for {span}")),
            _ if is_future => (ahead <= self.leeway, format!("issued {span} in the future")),
            _ => (true, format!("issued {span} ago")),
        }
    }
}

/// A span of seconds in words, in its two largest units.
fn spell(seconds: u128) -> String {
    const UNITS: [(u128, &str); 4] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let Some(largest) = UNITS.iter().position(|(unit, _)| seconds >= *unit) else {
        return "less than a second".to_owned();
    };
    let count = |(unit, name): (u128, &str), count: u128| match count {
        1 => format!("1 {name}"),
        _ => format!("{} {name}s", if unit == 86_400 { group(count) } else { count.to_string() }),
    };
    let (unit, name) = UNITS[largest];
    let mut text = count((unit, name), seconds / unit);
    // Seconds next to minutes would only be noise.
    if let Some(&(smaller, name)) = UNITS.get(largest + 1).filter(|(smaller, _)| *smaller >= 60) {
        let rest = seconds % unit / smaller;
        if rest > 0 {
            text = format!("{text} {}", count((smaller, name), rest));
        }
    }
    text
}

/// A number with thousands separators.
fn group(number: u128) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", group(number / 1000), number % 1000) }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-23 14:37:02 UTC);

    fn expectation(leeway: Duration) -> Expectation {
        Expectation { issuer: "https://a.example".into(), audience: Some("api".into()), now: NOW, leeway }
    }

    /// The check of the one claim in the payload.
    fn outcome(payload: &str, leeway: Duration) -> (Option<bool>, String) {
        let name = payload.split('"').nth(1).expect("a name");
        let payload = Json::parse(payload).expect("valid JSON");
        let checks = of_claims(&payload, &expectation(leeway));
        let check = checks.into_iter().find(|check| check.name == name).expect("a check of this name");
        (check.holds, check.reason)
    }

    #[test]
    fn issuers_are_equal_byte_for_byte_or_the_reason_is_named() {
        let check = |iss: &str, holds: bool, reason: &str| {
            assert_eq!(outcome(&format!(r#"{{"iss":{iss}}}"#), Duration::ZERO), (Some(holds), reason.to_owned()));
        };
        check(r#""https://a.example""#, true, "issued by `https://a.example`");
        check(r#""https://b.example""#, false, "issued by `https://b.example`, expected `https://a.example`");
        check(
            r#""https://a.example/""#,
            false,
            "issued by `https://a.example/`, expected `https://a.example`; only the final slash differs",
        );
        check(r#""https://A.example""#, false, "issued by `https://A.example`, expected `https://a.example`");
        check(r#"["https://a.example"]"#, false, "`iss` isn't a string");
        check("null", false, "`iss` isn't a string");
    }

    #[test]
    fn an_audience_holds_the_expected_one_or_the_reason_is_named() {
        let check = |aud: &str, holds: bool, reason: &str| {
            assert_eq!(outcome(&format!(r#"{{"aud":{aud}}}"#), Duration::ZERO), (Some(holds), reason.to_owned()));
        };
        check(r#""api""#, true, "meant for `api`");
        check(r#"["x","api"]"#, true, "meant for `api`");
        check(r#"["x","y"]"#, false, "meant for `x`, `y`, expected `api`");
        check(
            r#"["1","2","3","4","5","6","7"]"#,
            false,
            "meant for `1`, `2`, `3`, `4`, `5` and 2 more, expected `api`",
        );
        check("[]", false, "meant for nobody, expected `api`");
        check(r#"["api",1]"#, false, "`aud` is neither a string nor a list of strings");
        check(r#"{"api":true}"#, false, "`aud` is neither a string nor a list of strings");
        check("7", false, "`aud` is neither a string nor a list of strings");
        let payload = Json::parse(r#"{"aud":"x"}"#).expect("valid JSON");
        let found = audience(payload.get("aud"), None);
        assert_eq!((found.holds, found.reason.as_str()), (None, "not checked: no audience was expected"));
    }

    #[test]
    fn times_hold_to_the_second_and_say_how_far_they_are_off() {
        let now = NOW.unix_timestamp();
        let check = |name: &str, offset: i64, leeway: i64, holds: bool, reason: &str| {
            let payload = format!(r#"{{"{name}":{}}}"#, now + offset);
            let found = outcome(&payload, Duration::seconds(leeway));
            assert_eq!(found, (Some(holds), reason.to_owned()), "{name} {offset} {leeway}");
        };
        check("exp", 43_080, 0, true, "expires in 11 hours 58 minutes");
        check("exp", 1, 0, true, "expires in 1 second");
        check("exp", 0, 0, false, "expired less than a second ago");
        check("exp", -180, 0, false, "expired 3 minutes ago");
        check("exp", -29, 30, true, "expired 29 seconds ago (leeway 30 s)");
        check("exp", -30, 30, false, "expired 30 seconds ago (leeway 30 s)");
        check("exp", -59, 3600, true, "expired 59 seconds ago (leeway 60 s)");
        check("exp", -60, 3600, false, "expired 1 minute ago (leeway 60 s)");
        check("exp", -1, -5, false, "expired 1 second ago");
        check("exp", 86_400 * 1234, 0, true, "expires in 1,234 days");
        check("nbf", 0, 0, true, "has been valid for less than a second");
        check("nbf", -90, 0, true, "has been valid for 1 minute");
        check("nbf", 60, 60, true, "becomes valid in 1 minute (leeway 60 s)");
        check("nbf", 61, 60, false, "becomes valid in 1 minute (leeway 60 s)");
        check("iat", -90_000, 0, true, "issued 1 day 1 hour ago");
        check("iat", 1, 0, false, "issued 1 second in the future");
        check("iat", 60, 60, true, "issued 1 minute in the future (leeway 60 s)");
        check("iat", 61, 60, false, "issued 1 minute in the future (leeway 60 s)");
    }

    #[test]
    fn times_of_another_type_or_range_never_hold() {
        for name in ["exp", "nbf", "iat"] {
            let check = |value: &str, reason: &str| {
                let found = outcome(&format!(r#"{{"{name}":{value}}}"#), Duration::MAX);
                assert_eq!(found, (Some(false), format!("`{name}` {reason}")), "{value}");
            };
            check("1795444622000", "is in milliseconds, but the standard requires seconds");
            check(r#""1795444622""#, "is a string, but the standard requires a number of seconds");
            for value in ["null", "true", "[1795444622]", "{}", r#""soon""#] {
                check(value, "isn't a number");
            }
            for value in ["-1", "1e300", "1e400", "253402300800", "9223372036854775808"] {
                check(value, "isn't a time between the years 1970 and 9999");
            }
        }
    }

    #[test]
    fn no_clock_and_no_leeway_overflows() {
        for now in [OffsetDateTime::UNIX_EPOCH, datetime!(9999-12-31 23:59:59 UTC), datetime!(-9999-01-01 0:00 UTC)] {
            for leeway in [Duration::MIN, Duration::ZERO, Duration::MAX] {
                let expected = Expectation { now, ..expectation(leeway) };
                for time in ["0", "253402300799"] {
                    let payload = format!(r#"{{"exp":{time},"nbf":{time},"iat":{time}}}"#);
                    let checks = of_claims(&Json::parse(&payload).expect("valid JSON"), &expected);
                    assert!(checks[2..].iter().all(|check| check.holds.is_some()));
                }
            }
        }
    }
}
