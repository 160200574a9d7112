//! A **version** of Frontier, as far as its servers differ beyond their paths, which are the [`System`]'s.
//!
//! Rule: a version is a row of data; the endpoints ask the row and match on no version.

use crate::grpc::Code;
use crate::system::System;

/// A version of Frontier. v0.90 answers by REST and, on another port, by Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// Shield, and Frontier before v0.40. It was not measured; it is played as v0.40.
    Shield,
    /// v0.40, the first with the organisation in its paths.
    V0_40,
    /// v0.90.
    V0_90,
    /// v0.115.
    V0_115,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 4] = [Self::Shield, Self::V0_40, Self::V0_90, Self::V0_115];

    /// The version that is played where none is asked for: the last that serves these paths.
    pub(crate) fn of(system: System) -> Self {
        match system {
            System::FrontierRest => Self::Shield,
            System::FrontierRestOrg => Self::V0_90,
            _ => Self::V0_115,
        }
    }

    pub(crate) fn rules(self) -> &'static VersionRules {
        match self {
            Self::Shield | Self::V0_40 => &V0_40,
            Self::V0_90 => &V0_90,
            Self::V0_115 => &V0_115,
        }
    }
}

/// What a version does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VersionRules {
    /// Whether `Authorization` may hold a token without a scheme.
    pub(crate) takes_bare_token: bool,
    /// Whether the scheme may be written `bearer`.
    pub(crate) takes_lower_case_scheme: bool,
    /// The answer to whoever belongs to a disabled organisation.
    pub(crate) organisation_disabled: Code,
    /// Whether the superuser that the server made at its start may exchange its secret.
    pub(crate) superuser_exchanges: bool,
    /// Whether "who am I" knows a service user by an exchanged token.
    pub(crate) knows_exchanged_tokens: bool,
    /// Whether Connect answers `application/json; charset=…` with names in camelCase.
    pub(crate) charset_makes_camel_case: bool,
}

/// Source: Frontier's code; "who am I" learnt of exchanged tokens in v0.45.
const V0_40: VersionRules = VersionRules { knows_exchanged_tokens: false, ..V0_90 };

/// Frontier v0.90, measured by REST and by Connect.
const V0_90: VersionRules = VersionRules {
    takes_bare_token: true,
    takes_lower_case_scheme: false,
    organisation_disabled: Code::Unknown,
    superuser_exchanges: true,
    knows_exchanged_tokens: true,
    charset_makes_camel_case: false,
};

/// Frontier v0.115, measured.
const V0_115: VersionRules = VersionRules {
    takes_bare_token: false,
    takes_lower_case_scheme: true,
    organisation_disabled: Code::PermissionDenied,
    superuser_exchanges: false,
    knows_exchanged_tokens: true,
    charset_makes_camel_case: true,
};
