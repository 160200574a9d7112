//! **Patience**: how long to wait for what a server takes a while to do.

use std::time::Duration as Pause;

/// How long a list may lag behind (ZITADEL's by 0.07 s, measured).
pub(in crate::mint) const LIST_LAG: Pause = Pause::from_millis(1750);

/// The longest pause, as a multiple of the first.
const LONGEST: u32 = 32;

/// The pauses between tries, while a server's change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    first: Pause,
}

/// A quarter of a second at first, eight seconds at last.
impl Default for Patience {
    fn default() -> Self {
        Self { first: Pause::from_millis(250) }
    }
}

impl Patience {
    /// As many tries, but with this pause after the first of them. For servers that need less time than real ones.
    pub fn starting_with(first: Pause) -> Self {
        Self { first }
    }

    /// The pauses while a server may take this long: each is twice as long as the one before, up to the longest.
    pub(in crate::mint) fn pauses(self, within: Pause) -> impl Iterator<Item = Pause> {
        let usual = Self::default().first;
        let mut left = within;
        std::iter::successors(Some(1), |factor| Some(LONGEST.min(factor * 2))).map_while(move |factor| {
            left = left.checked_sub(usual * factor)?;
            Some(self.first * factor)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_end_with_the_time_that_a_server_may_take() {
        let millis = |patience: Patience, within| -> Vec<u128> {
            patience.pauses(Pause::from_millis(within)).map(|pause| pause.as_millis()).collect()
        };
        let usual = Patience::default();
        assert_eq!(millis(usual, 1750), [250, 500, 1000]);
        assert_eq!(millis(usual, 40_000), [250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
        assert_eq!(millis(Patience::starting_with(Pause::from_millis(1)), 40_000), [1, 2, 4, 8, 16, 32, 32, 32, 32]);
        assert!(millis(usual, 0).is_empty());
    }
}
