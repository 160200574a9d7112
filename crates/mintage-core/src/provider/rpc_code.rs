//! The **codes** of gRPC, which its gateways write as numbers and Connect as words.

/// The names of the codes 1 to 16 (gRPC status codes; Connect protocol, error codes).
pub(crate) const RPC_CODES: [&str; 16] = [
    "canceled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
    "unauthenticated",
];

/// The name for a number or a name in any case; `None` for anything else.
pub(crate) fn word(written: &str) -> Option<&'static str> {
    match written.parse::<usize>() {
        Ok(number) => number.checked_sub(1).and_then(|index| RPC_CODES.get(index)).copied(),
        Err(_) => RPC_CODES.into_iter().find(|word| word.eq_ignore_ascii_case(written)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_the_same_codes() {
        for (written, expected) in [
            ("5", Some("not_found")),
            ("16", Some("unauthenticated")),
            ("unauthenticated", Some("unauthenticated")),
            ("PERMISSION_DENIED", Some("permission_denied")),
            ("0", None),
            ("17", None),
            ("400", None),
            ("of_our_own", None),
            ("", None),
        ] {
            assert_eq!(word(written), expected, "{written}");
        }
    }
}
