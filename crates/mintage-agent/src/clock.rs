//! **Now**, on two clocks.

use std::time::{Duration, Instant};

use time::OffsetDateTime;

/// A moment. The wall clock can be set back, and the monotonic clock stops while the computer sleeps, so a deadline has
/// passed as soon as either clock says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The time of day.
    pub wall: OffsetDateTime,
    /// The time since the agent started, not counting the time that the computer slept.
    pub monotonic: Duration,
}

impl Now {
    /// Whether `span` has passed since `then`, on either clock.
    pub fn is_past(self, then: Self, span: Duration) -> bool {
        self.wall - then.wall >= span || self.monotonic.saturating_sub(then.monotonic) >= span
    }

    /// The time since `then`, by the clock that is further ahead.
    pub fn since(self, then: Self) -> Duration {
        let wall = Duration::try_from(self.wall - then.wall).unwrap_or_default();
        wall.max(self.monotonic.saturating_sub(then.monotonic))
    }

    /// How much of `span` since `then` is left, by the clock that is further ahead.
    pub fn left_of(self, then: Self, span: Duration) -> Duration {
        span.saturating_sub(self.since(then))
    }

    /// How long the computer slept since `then`: how far the wall clock got ahead of the monotonic clock.
    pub fn slept_since(self, then: Self) -> Duration {
        let wall = Duration::try_from(self.wall - then.wall).unwrap_or_default();
        wall.saturating_sub(self.monotonic.saturating_sub(then.monotonic))
    }
}

/// Tells the agent the time.
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> Now;
}

/// The system's clocks.
#[derive(Debug)]
pub struct SystemClock {
    begun: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { begun: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the shells' clock, handed to the agent")]
    fn now(&self) -> Now {
        Now { wall: OffsetDateTime::now_utc(), monotonic: self.begun.elapsed() }
    }
}

#[cfg(test)]
pub(crate) fn at(wall: i64, monotonic: u64) -> Now {
    let epoch = time::macros::datetime!(2026-11-29 09:00 UTC);
    Now { wall: epoch + time::Duration::seconds(wall), monotonic: Duration::from_secs(monotonic) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_past_when_either_clock_says_so() {
        let minute = Duration::from_secs(60);
        for (wall, monotonic, past) in [(59, 59, false), (60, 0, true), (-3600, 60, true), (-3600, 59, false)] {
            assert_eq!(at(wall, monotonic).is_past(at(0, 0), minute), past, "{wall} {monotonic}");
            assert_eq!(at(wall, monotonic).left_of(at(0, 0), minute).is_zero(), past, "{wall} {monotonic}");
        }
    }

    #[test]
    fn sleep_is_what_the_monotonic_clock_missed() {
        assert_eq!(at(600, 0).slept_since(at(0, 0)), Duration::from_secs(600));
        assert_eq!(at(600, 600).slept_since(at(0, 0)), Duration::ZERO);
        assert_eq!(at(-600, 1).slept_since(at(0, 0)), Duration::ZERO);
    }
}
