//! **Marks**: secrets to search for, in every form in which they could leak.
//!
//! Rule: any sixteen consecutive bytes are enough, so a part is found like the whole.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use mintage_testbed::setup::fixture_key;

/// How many consecutive bytes or characters give a secret away.
const WINDOW: usize = 16;

const HASH_BITS: u32 = 22;

type Window = [u8; WINDOW];

/// Secrets to search for.
pub(crate) struct Marks {
    windows: HashMap<Window, Mark>,
    /// One bit for each hash of a window, since almost none of the searched bytes begins one.
    hashes: Vec<bool>,
}

/// Which secret was found, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) of: &'static str,
    pub(crate) form: &'static str,
}

impl Default for Marks {
    fn default() -> Self {
        Self { windows: HashMap::new(), hashes: vec![false; 1 << HASH_BITS] }
    }
}

impl Marks {
    /// Adds every window of a secret in every form. Base64 of any text that contains the secret is found whatever
    /// precedes it, because there is a window at each of its bytes.
    pub(crate) fn add(&mut self, of: &'static str, secret: &[u8]) {
        assert!(secret.len() > WINDOW, "{of} is too short to be searched for");
        for start in 0..secret.len() {
            let rest = &secret[start..];
            let hex = |digits: fn(&u8) -> String| rest.iter().take(WINDOW / 2).map(digits).collect::<String>();
            let list = |between: &str| {
                let numbers: Vec<String> = rest.iter().take(WINDOW).map(u8::to_string).collect();
                numbers.join(between)
            };
            let wide: Vec<u8> = rest.iter().take(WINDOW / 2).flat_map(|&byte| [byte, 0]).collect();
            let triple = &rest[..rest.len().min(WINDOW / 4 * 3)];
            for (form, text) in [
                ("as it is", rest),
                ("UTF-16", &wide),
                ("hex", hex(|byte| format!("{byte:02x}")).as_bytes()),
                ("HEX", hex(|byte| format!("{byte:02X}")).as_bytes()),
                ("base64", STANDARD.encode(triple).as_bytes()),
                ("base64url", URL_SAFE.encode(triple).as_bytes()),
                ("list", list(", ").as_bytes()),
                ("compact list", list(",").as_bytes()),
            ] {
                // The rest at the end is shorter than a window, and was in the windows before it.
                let Some(window) = text.first_chunk::<WINDOW>().filter(|window| !window.contains(&b'=')) else {
                    continue;
                };
                self.windows.entry(*window).or_insert(Mark { of, form });
                self.hashes[hash(window)] = true;
            }
        }
    }

    /// The first secret in these bytes.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<Mark> {
        let windows = bytes.windows(WINDOW).map(|window| Window::try_from(window).expect("a window has its length"));
        let hashed = windows.filter(|window| self.hashes[hash(window)]);
        hashed.filter_map(|window| self.windows.get(&window)).next().copied()
    }
}

fn hash(window: &Window) -> usize {
    // Knuth's multiplier, 2^64 divided by the golden ratio.
    let product = u128::from_le_bytes(*window).wrapping_mul(0x9e37_79b9_7f4a_7c15_9e37_79b9_7f4a_7c15);
    usize::try_from(product >> (128 - HASH_BITS)).expect("these are few bits")
}

/// The fixture key as PKCS#1 DER.
pub(crate) fn der() -> Vec<u8> {
    pem::parse(fixture_key()).expect("the fixture is PEM").into_contents()
}

/// What follows the public half in an RSA key's DER (RFC 8017 appendix A.1.2): exponent, primes and so on.
pub(crate) fn secret_part(der: &[u8]) -> Vec<u8> {
    const PUBLIC_EXPONENT: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
    let at = der.windows(5).position(|window| window == PUBLIC_EXPONENT).expect("the exponent is 65537");
    der[at + 5..].to_vec()
}
