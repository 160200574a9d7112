//! Randomness, all of it from the crypto provider.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;
use time::macros::datetime;

/// Draws `N` random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system's random source works");
    bytes
}

/// Draws `N` random bytes as base64url text.
pub fn text<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>())
}

/// Draws a UUID of version 4 (RFC 9562 §5.4).
pub fn uuid() -> String {
    let mut bytes = bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// Creates an id like ZITADEL's, which contain their creation time: `(id >> 24) * 10 ms` since 2019-04-29. `count`
/// keeps ids created at the same time apart.
pub fn number(now: OffsetDateTime, count: u64) -> String {
    let age = (now - datetime!(2019-04-29 00:00 UTC)).whole_milliseconds() / 10;
    let ticks = u64::try_from(age).unwrap_or_default() & ((1 << 39) - 1);
    (ticks << 24 | count & 0xff_ffff).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_the_time_of_its_making_and_grows() {
        // ZITADEL v4 gave this id to a key and 09:20:27.262694 as its creation date.
        let now = datetime!(2026-11-29 09:20:27.25 UTC);
        let id = |now, count| number(now, count).parse::<u64>().unwrap();
        assert_eq!(id(now, 7) >> 24, 401_727_127_394_716_710 >> 24);
        assert!(id(now, 7) < id(now, 8));
        assert_eq!(number(datetime!(1970-01-01 0:00 UTC), 3), "3", "a clock may be wrong");
        assert!(number(datetime!(9999-12-31 0:00 UTC), u64::MAX).parse::<u64>().is_ok());
    }
}
