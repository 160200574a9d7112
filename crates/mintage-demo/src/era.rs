//! An **era** is a version of ZITADEL: how its servers differ apart from the wording of a refused token
//! request, which the [`Dialect`] decides.
//!
//! Rule: an era is a row of data. Endpoints read the row and never match on an era.

use crate::dialect::Dialect;

/// A version of ZITADEL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Era {
    /// The service of 2021. Its API wasn't measured, so it behaves like v2.55's.
    Zitadel2021,
    /// About v2.55, of July 2024.
    V2_55,
    /// The v4 line, of December 2025.
    #[default]
    V4,
}

impl Era {
    /// Every era, oldest first.
    pub const ALL: [Self; 3] = [Self::Zitadel2021, Self::V2_55, Self::V4];

    /// How its token endpoint words refusals.
    pub fn dialect(self) -> Dialect {
        self.rules().dialect
    }

    pub fn rules(self) -> &'static EraRules {
        match self {
            Self::Zitadel2021 => &EraRules { dialect: Dialect::D0, ..V2_55 },
            Self::V2_55 => &V2_55,
            Self::V4 => &V4,
        }
    }
}

/// What an era does. Every value was measured on a running server on 2026-11-29.
#[derive(Clone, Copy, Debug)]
pub struct EraRules {
    dialect: Dialect,
    /// Whether `/v2/users/…` and its procedures exist.
    pub version_2: bool,
    /// Whether unsorted lists begin with the newest.
    pub newest_first: bool,
    /// Whether RSA keys of 1024 bits verify assertions.
    pub small_keys: bool,
    /// Whether deactivated users still get tokens that work (CVE-2024-47000).
    pub deactivated_users_mint: bool,
    /// Whether a human user may get a machine's key.
    pub keys_for_humans: bool,
    /// Whether an assertion of an unknown user gets its own answer, 404 `Errors.User.NotFound`.
    pub tells_unknown_user: bool,
    /// What revocation says to an API application.
    pub not_a_client: &'static str,
    /// What follows `proto:` in a parser's error; protobuf-go chooses it per build.
    pub after_proto: char,
}

const V2_55: EraRules = EraRules {
    dialect: Dialect::D3,
    version_2: false,
    newest_first: false,
    small_keys: true,
    deactivated_users_mint: true,
    keys_for_humans: true,
    tells_unknown_user: true,
    not_a_client: "client not found",
    after_proto: ' ',
};

const V4: EraRules = EraRules {
    dialect: Dialect::D3,
    version_2: true,
    newest_first: true,
    small_keys: false,
    deactivated_users_mint: false,
    keys_for_humans: false,
    tells_unknown_user: false,
    not_a_client: "no active client not found",
    after_proto: '\u{a0}',
};
