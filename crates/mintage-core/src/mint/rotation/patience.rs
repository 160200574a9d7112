//! **Patience**: how long to wait for what a server takes a while to do.

use std::time::Duration as Pause;

/// Pauses between tries, while a server's change takes effect; the last one is repeated.
const PAUSES: [Pause; 6] = [
    Pause::from_millis(250),
    Pause::from_millis(500),
    Pause::from_secs(1),
    Pause::from_secs(2),
    Pause::from_secs(4),
    Pause::from_secs(8),
];

/// How long a list may lag behind (ZITADEL's by 0.07 s, measured).
pub(super) const LIST_LAG: Pause = Pause::from_millis(1750);

/// The pauses within this time.
pub(super) fn pauses(within: Pause) -> impl Iterator<Item = Pause> {
    let last = PAUSES[PAUSES.len() - 1];
    let mut left = within;
    PAUSES.into_iter().chain(std::iter::repeat(last)).map_while(move |pause| {
        left = left.checked_sub(pause)?;
        Some(pause)
    })
}
