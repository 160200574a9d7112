//! The **rules** that a system checks assertions by, as data.

/// What an assertion must look like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AssertionRules {
    /// The values of `alg` that are taken.
    pub(crate) algorithms: &'static [&'static str],
    /// Whether RSA keys may have 1024 bits; else 2048 and more.
    pub(crate) small_keys: bool,
    pub(crate) key: KeyReference,
    pub(crate) audience: AudienceRule,
    pub(crate) subject: SubjectRule,
    pub(crate) times: Times,
    pub(crate) id: IdRule,
    /// Claims that must be there beyond the registered ones.
    pub(crate) claims: &'static [&'static str],
}

/// How an assertion names the key that signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyReference {
    /// `kid` in the header.
    KeyId,
    /// `kid` in the header and once more as a claim.
    KeyIdTwice,
    /// `kid` in the header, where there is one; else any key of the issuer's will do.
    KeyIdIfGiven,
    /// `x5t#S256` in the header; the registered key's id is the certificate's thumbprint (RFC 7515 §4.1.8).
    Thumbprint,
    /// Any key of the issuer's; the header is not asked.
    Any,
}

/// What `aud` must hold, byte for byte (RFC 7523 §3 point 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AudienceRule {
    /// Each of these names the server; none means that `aud` is not looked at.
    pub(crate) names: &'static [AudienceName],
    /// Whether other entries may stand beside it.
    pub(crate) several: bool,
}

/// One of a server's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AudienceName {
    /// The issuer as discovery has it.
    Issuer,
    /// The address of the token endpoint.
    TokenUrl,
    /// Scheme and host, without a slash.
    Origin,
    /// The host, with its port where it has one.
    Host,
}

/// Whom an assertion is about, and who may issue it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubjectRule {
    /// `iss` and `sub` are the same registered client or user.
    Itself,
    /// `iss` is registered, and speaks for `sub`.
    SpokenFor {
        /// Whether `sub` must be there.
        required: bool,
        /// Whether `sub` may be the issuer itself.
        or_itself: bool,
    },
    /// `iss` is registered, and the request's path says for whom it speaks.
    InPath,
    /// Neither is looked at: the key id alone says who it is.
    ByKey,
}

/// The window in time, in seconds. `exp` is required everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// For how long after its end an assertion is still taken; negative: how long before it no more.
    pub(crate) late: i64,
    /// How far `iat` and `nbf` may lie in the future.
    pub(crate) early: i64,
    /// How far `exp` may lie ahead.
    pub(crate) cap: Option<Cap>,
    pub(crate) issued_at_required: bool,
    /// The oldest `iat` that is taken.
    pub(crate) max_age: Option<i64>,
    /// Whether `nbf` is looked at.
    pub(crate) not_before: bool,
}

/// The longest life of an assertion, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cap {
    /// From the server's now to `exp`.
    FromNow(i64),
    /// From `iat` to `exp`; from now where `iat` is missing.
    FromIssue(i64),
}

/// Whether `jti` is wanted, and whether it counts once only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdRule {
    Ignored,
    Required,
    RequiredOnce,
    OnceIfGiven,
}
