//! The **rules** that a system checks assertions by, as data.

/// What an assertion must look like.
#[derive(Clone, Copy, Debug)]
pub struct AssertionRules {
    /// The accepted values of `alg`.
    pub algorithms: &'static [&'static str],
    /// Whether RSA keys may have 1024 bits; otherwise at least 2048.
    pub small_keys: bool,
    pub key: KeyReference,
    pub audience: AudienceRule,
    pub subject: SubjectRule,
    pub times: Times,
    pub id: IdRule,
    /// Claims that are required in addition to the registered ones.
    pub claims: &'static [&'static str],
}

/// How an assertion names the key that signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyReference {
    /// `kid` in the header.
    KeyId,
    /// `kid` in the header and again as a claim.
    KeyIdTwice,
    /// `kid` in the header, if there is one; otherwise any key of the issuer will do.
    KeyIdIfGiven,
    /// `x5t#S256` in the header; the registered key's id is the certificate's thumbprint (RFC 7515 §4.1.8).
    Thumbprint,
    /// Any key of the issuer; the header is ignored.
    Any,
}

/// What `aud` must contain, byte for byte (RFC 7523 §3 point 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudienceRule {
    /// Each of these names the server; none means that `aud` is ignored.
    pub names: &'static [AudienceName],
    /// Whether other entries are allowed next to it.
    pub several: bool,
}

/// One of a server's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudienceName {
    /// The issuer as discovery has it.
    Issuer,
    /// The address of the token endpoint.
    TokenUrl,
    /// Scheme and host, without a slash.
    Origin,
    /// The host, with its port if it has one.
    Host,
}

/// Whom an assertion is about, and who may issue it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectRule {
    /// `iss` and `sub` are the same registered client or user.
    Itself,
    /// `iss` is registered, and acts for `sub`.
    SpokenFor {
        /// Whether `sub` is required.
        required: bool,
        /// Whether `sub` may be the issuer itself.
        or_itself: bool,
    },
    /// `iss` is registered, and the request's path says whom it acts for.
    InPath,
    /// Both are ignored: the key id alone says who it is.
    ByKey,
}

/// The time window, in seconds. `exp` is always required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long after its end an assertion is still accepted; negative: how long before it is no longer.
    pub late: i64,
    /// How far `iat` and `nbf` may be in the future.
    pub early: i64,
    /// How far `exp` may be ahead.
    pub cap: Option<Cap>,
    pub issued_at_required: bool,
    /// The oldest accepted `iat`.
    pub max_age: Option<i64>,
    /// Whether `nbf` is checked.
    pub not_before: bool,
}

/// The longest lifetime of an assertion, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// From the server's now to `exp`.
    FromNow(i64),
    /// From `iat` to `exp`; from now if `iat` is missing.
    FromIssue(i64),
}

/// Whether `jti` is required, and whether it may be used only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdRule {
    Ignored,
    Required,
    RequiredOnce,
    OnceIfGiven,
}
