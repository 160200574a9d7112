//! Which clock is blamed, and when that is certain enough to stop a request.

use super::*;

#[test]
fn the_clock_is_blamed_beyond_what_the_assertion_was_backdated_by() {
    for (provider, seconds, blamed) in [
        // Backdated by 20 s, valid for 300 s, tolerance 1 s: a refusal has happened, so tolerance excuses nothing.
        ("zitadel", 20, None),
        ("zitadel", 21, Some("clock-ahead")),
        ("zitadel", -298, None),
        ("zitadel", -299, Some("clock-behind")),
        // Tolerance 60 s.
        ("generic", 20, None),
        ("generic", 23, Some("clock-ahead")),
        ("generic", -239, None),
        ("generic", -240, Some("clock-behind")),
    ] {
        let mut test_attempt = TestAttempt::of(provider);
        test_attempt.skew = Some(Duration::seconds(seconds));
        let top = test_attempt.top(&refusal(400, "invalid_grant", ""));
        assert_eq!(top, blamed.unwrap_or("key-unknown"), "{provider} {seconds}");
    }
}

#[test]
fn a_request_is_stopped_only_where_the_clock_is_certain_to_be_refused() {
    for (provider, seconds, stopped) in [
        // 20 s backdated and 1 s tolerated; half of what is sent at 22 s succeeds, measured.
        ("zitadel", 21, false),
        ("zitadel", 22, false),
        ("zitadel", 24, false),
        ("zitadel", 25, true),
        ("generic", 83, false),
        ("generic", 84, true),
        ("frontier-rest", 48, false),
        ("frontier-rest", 49, true),
    ] {
        let test_attempt = TestAttempt { skew: Some(Duration::seconds(seconds)), ..TestAttempt::of(provider) };
        let expected: &[&str] = if stopped { &["clock-ahead"] } else { &[] };
        assert_eq!(test_attempt.stops(), expected, "{provider} {seconds}");
    }
}

#[test]
fn the_clock_is_judged_by_the_life_that_the_assertion_really_has() {
    for (lifetime, seconds, stopped) in
        [(60, -100, true), (60, -50, false), (300, -100, false), (1800, -400, false), (1800, -1802, true)]
    {
        let mut test_attempt = TestAttempt::of("zitadel");
        (test_attempt.lifetime, test_attempt.skew) = (Duration::seconds(lifetime), Some(Duration::seconds(seconds)));
        let expected: &[&str] = if stopped { &["clock-behind"] } else { &[] };
        assert_eq!(test_attempt.stops(), expected, "valid for {lifetime} s, {seconds} s off");
    }
}

#[test]
fn a_refusals_own_date_measures_a_clock_that_was_never_measured() {
    let mut test_attempt = TestAttempt::of("zitadel");
    test_attempt.skew = None;
    let told =
        Refusal { server_date: Some(NOW - Duration::seconds(74)), ..refusal(500, "server_error", "Errors.Internal") };
    assert_eq!(test_attempt.top(&told), "clock-ahead");
}

#[test]
fn a_clock_that_was_corrected_is_never_blamed_again() {
    let mut test_attempt = TestAttempt::of("zitadel");
    test_attempt.skew = Some(Duration::seconds(74));
    test_attempt.corrected_by = Duration::seconds(74);
    assert_eq!(test_attempt.top(&refusal(400, "server_error", "issuedAt of token is in the future")), "times-refused");
    assert_eq!(test_attempt.top(&refusal(500, "server_error", "Errors.Internal")), "key-unknown");
}
