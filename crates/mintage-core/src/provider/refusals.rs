//! What a provider's **refusals** say: the dialect they speak, and what its own texts mean.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Which dialect refusals speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RefusalDialect {
    /// RFC 6749 §5.2 taken at its word.
    #[default]
    OAuth,
    /// ZITADEL's five eras, most of which say the same for every cause.
    Zitadel,
    /// Frontier's: 401 "not authenticated" for every cause.
    Frontier,
}

/// What a text of the server means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Meaning {
    /// A part of what the server says: of its `error`, its description or the whole body; case does
    /// not matter.
    pub says: String,
    /// What it means.
    pub means: Said,
}

/// What a server can be understood to say about a refused request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The assertion's `aud` is not what it expects.
    AudienceRefused,
    /// The assertion has expired, or was issued too long ago.
    TooLate,
    /// The assertion's times lie in the future.
    TooEarly,
    /// The assertion is valid for longer than it allows.
    LifetimeTooLong,
    /// The assertion's `jti` was seen before, or is missing.
    JwtIdRefused,
    /// It does not know the key's id.
    KeyUnknown,
    /// The signature does not fit the key that it knows.
    KeyDiffers,
    /// It does not know the certificate, or wants one.
    CertificateUnknown,
    /// It does not take this signature algorithm.
    AlgorithmRefused,
    /// The client id is not known.
    ClientUnknown,
    /// The client secret is wrong. Said of a client with a key, it is the secret beside the key, or else
    /// the client itself that the server does not know.
    SecretWrong,
    /// The client, its secret or its key is not accepted, and it does not say which.
    CredentialRefused,
    /// The service user is not known, deactivated or locked.
    UserInactive,
    /// The organisation is disabled.
    OrganisationDisabled,
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
}
