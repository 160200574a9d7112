//! The **reasons** for which a server can refuse, however it words them.

use std::fmt;

use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use specta::Type;

/// What a server's refusal can mean. Which causes that implies for the user, in which order and with which next step,
/// is one table (`diagnosis::reasons`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The assertion's `aud` isn't what it expects.
    AudienceRefused,
    /// The assertion has expired, or was issued too long ago.
    TooLate,
    /// The assertion's times are in the future.
    TooEarly,
    /// The assertion's times are wrong, and it doesn't say in which direction.
    TimesRefused,
    /// The assertion is valid for longer than it allows.
    LifetimeTooLong,
    /// The assertion's `jti` was seen before, or is missing.
    JwtIdRefused,
    /// It doesn't know the key's id.
    KeyUnknown,
    /// The signature doesn't match the key that it knows.
    KeyDiffers,
    /// The key has expired on the server.
    KeyExpired,
    /// It doesn't know the certificate, or requires one.
    CertificateUnknown,
    /// It doesn't accept this signature algorithm.
    AlgorithmRefused,
    /// The client id isn't known.
    ClientUnknown,
    /// The client is disabled.
    ClientDisabled,
    /// The client secret is wrong. For a client with a key, this is the secret in addition to the key, or else the
    /// server doesn't know the client itself.
    SecretWrong,
    /// The client secret has expired.
    SecretExpired,
    /// The client signs with a key, but sent a secret.
    KeyWanted,
    /// The client has a secret, but didn't send one.
    SecretWanted,
    /// The client, its secret or its key isn't accepted, and it doesn't say which.
    CredentialRefused,
    /// The service user is deactivated, locked or removed.
    UserInactive,
    /// The service user doesn't belong to this server.
    UserUnknown,
    /// The credential belongs to another environment.
    WrongEnvironment,
    /// The user that the client should act as isn't set.
    ActingUserMissing,
    /// The organisation is disabled.
    OrganisationDisabled,
    /// The server has no tenant with this name.
    TenantUnknown,
    /// The client isn't installed in this tenant or organisation.
    NotInTenant,
    /// A policy of the organisation forbids it: a network, a device, a risk.
    PolicyBlocked,
    /// No one has consented to what the client requests.
    ConsentMissing,
    /// The target of the token isn't known: an API, an installation, whatever the environment's parameters name.
    TargetUnknown,
    /// The target of the token is suspended.
    TargetSuspended,
    /// A scope is unknown or not allowed.
    ScopeRefused,
    /// No scope was requested.
    ScopeEmpty,
    /// The grant isn't known.
    GrantUnsupported,
    /// This client may not use the grant.
    GrantNotAllowed,
    /// The request doesn't have the expected form.
    RequestRefused,
    /// The request arrived without its body.
    RequestAltered,
    /// It doesn't serve this host.
    WrongHost,
    /// The address is another endpoint's, or unused.
    EndpointWrong,
    /// The path isn't known: the server is another version, or has another base address.
    PathUnknown,
    /// The token isn't accepted, and it doesn't say why.
    TokenRefused,
    /// The token has expired.
    TokenExpired,
    /// The token isn't accepted, or its audience doesn't include this API; the server says the same for both.
    TokenAudience,
    /// The token lacks a scope (RFC 6750 §3.1).
    TokenScope,
    /// The caller isn't allowed to do this.
    NoPermission,
    /// The application isn't allowed to introspect or revoke this token.
    ApplicationNotAllowed,
    /// This kind of token can't be revoked (RFC 7009 §2.2.1).
    TokenKindRefused,
    /// The server requires tokens that are bound to a key (RFC 9449).
    DpopRequired,
    /// A proxy requires a user name and password.
    ProxyRefused,
    /// The instance's quota is used up: waiting won't help.
    QuotaExhausted,
    /// Too many requests, or temporarily unavailable: waiting helps.
    ServerBusy,
    /// The server failed.
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
