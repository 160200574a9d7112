//! A **version** of Frontier: how its servers differ apart from their paths.
//!
//! Rule: a version is a row of data. Endpoints read the row and never match on a version.

use mintage_demo::grpc::Code;

/// A version of Frontier. v0.90 serves REST and, on another port, Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// Shield, and Frontier before v0.40. It wasn't measured, so it behaves like v0.40.
    Shield,
    /// v0.40, the first with the organisation in its paths.
    V0_40,
    /// v0.90.
    V0_90,
    /// v0.115.
    V0_115,
}

impl Version {
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
    /// Whether `Authorization` may contain a token without a scheme.
    pub(crate) takes_bare_token: bool,
    /// Whether the scheme may be written `bearer`.
    pub(crate) takes_lower_case_scheme: bool,
    /// The response to a member of a disabled organisation.
    pub(crate) organisation_disabled: Code,
    /// Whether the bootstrap superuser can exchange its secret for a token.
    pub(crate) superuser_exchanges: bool,
    /// Whether "who am I" accepts an exchanged token.
    pub(crate) knows_exchanged_tokens: bool,
    /// Whether Connect returns `application/json; charset=…` with names in camelCase.
    pub(crate) charset_makes_camel_case: bool,
}

/// Source: Frontier's code. "Who am I" accepts exchanged tokens since v0.45.
const V0_40: VersionRules = VersionRules { knows_exchanged_tokens: false, ..V0_90 };

/// Frontier v0.90, measured by REST and by Connect.
pub(crate) const V0_90: VersionRules = VersionRules {
    takes_bare_token: true,
    takes_lower_case_scheme: false,
    organisation_disabled: Code::Unknown,
    superuser_exchanges: true,
    knows_exchanged_tokens: true,
    charset_makes_camel_case: false,
};

/// Frontier v0.115, measured.
pub(crate) const V0_115: VersionRules = VersionRules {
    takes_bare_token: false,
    takes_lower_case_scheme: true,
    organisation_disabled: Code::PermissionDenied,
    superuser_exchanges: false,
    knows_exchanged_tokens: true,
    charset_makes_camel_case: true,
};
