//! Searching shown text for parts of a secret.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// Anyone who can guess this many characters has the rest.
const PIECE: usize = 24;

/// Asserts that no part of these private bytes is in the shown text, in any spelling.
pub(crate) fn check(private: &[u8], shown: &str) {
    let hex: String = private.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{private:?}").trim_matches(['[', ']']).to_owned();
    let mut spellings = vec![hex.to_uppercase(), hex, list];
    // Base64 has three spellings, depending on where the bytes are in a group.
    for skipped in 0..3 {
        let bytes = private.get(skipped..).unwrap_or_default();
        spellings.push(BASE64_STANDARD_NO_PAD.encode(bytes));
        spellings.push(BASE64_URL_SAFE_NO_PAD.encode(bytes));
    }
    for spelling in spellings {
        let pieces = spelling.as_bytes().chunks_exact(PIECE).map(|piece| std::str::from_utf8(piece).expect("ASCII"));
        for piece in pieces {
            assert!(!shown.contains(piece), "a piece of a private key is shown");
        }
    }
}

/// Asserts that no long run of base64 or hex from the input is in what is shown of it.
pub(crate) fn check_quotes(input: &[u8], shown: &str) {
    const LONGEST_WORD: usize = 40;
    let runs = input.split(|byte| !byte.is_ascii_alphanumeric() && !b"+/-_=".contains(byte));
    for run in runs.filter(|run| run.len() >= LONGEST_WORD) {
        for piece in run.windows(LONGEST_WORD).step_by(LONGEST_WORD / 2) {
            let piece = std::str::from_utf8(piece).expect("ASCII");
            assert!(!shown.contains(piece), "a long piece of the input is shown: {shown}");
        }
    }
}

/// Asserts that an error has a code, a sentence and a next step.
pub(crate) fn check_error(code: &str, message: &str, help: &str) {
    assert!(
        !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
        "{code}"
    );
    assert!(!message.is_empty() && help.contains(' '), "{code}: {message}: {help}");
}
