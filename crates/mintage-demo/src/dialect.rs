//! A **dialect** is the way an era of ZITADEL words its refusals: one failure, five answers, which are in
//! `zitadel/refusals.rs`.
//!
//! Rule: a dialect decides only on words, statuses and content types, never on what is refused – except for the empty
//! scope, which older eras accept, and client secrets, which the oldest doesn't know.

/// An era of ZITADEL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// 2021: the cause, as JSON under `text/plain`.
    D0,
    /// Until January 2024: the cause, with the server's time.
    D1,
    /// January to May 2024: "assertion invalid".
    D2,
    /// May 2024 to 2026: 500 "Errors.Internal".
    D3,
    /// Since March 2026: `invalid_grant`.
    #[default]
    D4,
}

impl Dialect {
    /// Whether a request without any scope is refused, as since May 2024.
    pub fn requires_scope(self) -> bool {
        matches!(self, Self::D3 | Self::D4)
    }

    /// Whether a client secret is accepted, as since January 2023.
    pub fn takes_secrets(self) -> bool {
        self != Self::D0
    }
}
