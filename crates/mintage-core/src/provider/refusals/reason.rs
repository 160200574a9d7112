//! The **reasons** for which a server can refuse, whatever words it has for them.

use std::fmt;

use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use specta::Type;

/// What a server can be understood to say. Which causes that means to the user, in which order and with
/// which next step, is one table (`diagnosis::reasons`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The assertion's `aud` is not what it expects.
    AudienceRefused,
    /// The assertion has expired, or was issued too long ago.
    TooLate,
    /// The assertion's times lie in the future.
    TooEarly,
    /// The assertion's times are wrong, and it does not say which way.
    TimesRefused,
    /// The assertion is valid for longer than it allows.
    LifetimeTooLong,
    /// The assertion's `jti` was seen before, or is missing.
    JwtIdRefused,
    /// It does not know the key's id.
    KeyUnknown,
    /// The signature does not fit the key that it knows.
    KeyDiffers,
    /// The key has expired at the server.
    KeyExpired,
    /// It does not know the certificate, or wants one.
    CertificateUnknown,
    /// It does not take this signature algorithm.
    AlgorithmRefused,
    /// The client id is not known.
    ClientUnknown,
    /// The client is disabled.
    ClientDisabled,
    /// The client secret is wrong. Said of a client with a key, it is the secret beside the key, or else
    /// the client itself that the server does not know.
    SecretWrong,
    /// The client secret has expired.
    SecretExpired,
    /// The client signs with a key, and sent a secret.
    KeyWanted,
    /// The client has a secret, and sent none.
    SecretWanted,
    /// The client, its secret or its key is not accepted, and it does not say which.
    CredentialRefused,
    /// The service user is deactivated, locked or removed.
    UserInactive,
    /// The service user is not one of this server's.
    UserUnknown,
    /// The credential is another environment's.
    WrongEnvironment,
    /// The user that the client is to act as is not set.
    ActingUserMissing,
    /// The organisation is disabled.
    OrganisationDisabled,
    /// The server knows no tenant of this name.
    TenantUnknown,
    /// The client is not installed in this tenant or organisation.
    NotInTenant,
    /// A policy of the organisation forbids it: a network, a device, a risk.
    PolicyBlocked,
    /// Nobody has consented to what the client asks for.
    ConsentMissing,
    /// What the token is asked for is not known: an API, an installation, whatever the environment's
    /// parameters name.
    TargetUnknown,
    /// What the token is asked for is suspended.
    TargetSuspended,
    /// A scope is unknown or not allowed.
    ScopeRefused,
    /// No scope was asked for.
    ScopeEmpty,
    /// The grant is not known.
    GrantUnsupported,
    /// This client may not use the grant.
    GrantNotAllowed,
    /// The request is not of the form that it expects.
    RequestRefused,
    /// The request arrived without its body.
    RequestAltered,
    /// The host is not one of its own.
    WrongHost,
    /// The address is another endpoint's, or nobody's.
    EndpointWrong,
    /// The path is not known: the server is of another version, or has another base address.
    PathUnknown,
    /// The token is not accepted, and it does not say why.
    TokenRefused,
    /// The token has expired.
    TokenExpired,
    /// The token is not accepted, or its audience does not hold this API; the server says the same of both.
    TokenAudience,
    /// The token lacks a scope (RFC 6750 §3.1).
    TokenScope,
    /// The caller may not do this.
    NoPermission,
    /// The application may not ask about this token, or end it.
    ApplicationNotAllowed,
    /// Tokens of this kind cannot be revoked (RFC 7009 §2.2.1).
    TokenKindRefused,
    /// The server wants tokens that are bound to a key (RFC 9449).
    DpopRequired,
    /// A proxy wants a user name and password.
    ProxyRefused,
    /// The instance's quota is used up: waiting does not help.
    QuotaExhausted,
    /// Too many requests, or not at the moment: waiting helps.
    ServerBusy,
    /// The server failed by itself.
    ServerFailed,
    /// A reason that the server names and that is only quoted.
    Named,
}

/// One reason or several, the likeliest first; a profile may write one without brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(transparent)]
pub struct Reasons(pub Vec<Reason>);

impl<'de> Deserialize<'de> for Reasons {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;
        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Reasons;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a reason such as `key-unknown`, or a list of them")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Reasons, E> {
                Reason::deserialize(StrDeserializer::new(word)).map(|reason| Reasons(vec![reason]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Reasons, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Reasons)
            }
        }
        from.deserialize_any(OneOrSeveral)
    }
}
