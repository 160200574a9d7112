//! A **sample** of every error, by its enum.

use std::io;

use mintage_core::catalog::CatalogError;
use mintage_core::diagnosis::{Cause, NextStep};
use mintage_core::error::{Error, StrangerError};
use mintage_core::issuer::{IssuerError, Refusal};
use mintage_core::issuer_url::IssuerUrlError;
use mintage_core::key_file::KeyFileError;
use mintage_core::keychain::KeychainError;
use mintage_core::private_key::KeyError;
use mintage_core::provider::ProviderError;
use mintage_core::rotation::RotationError;
use mintage_core::settings::{Settings, SettingsError};
use mintage_core::token::TokenError;
use time::Duration;

const HOST: &str = "auth.example.com";

pub(crate) fn rotation_errors() -> Vec<RotationError> {
    let (name, provider, key_id) =
        (|| "deploy-bot".to_owned(), || "ZITADEL".to_owned(), || "285764329187115012".to_owned());
    samples!(RotationError {
        RotationError::NoCreation { .. } => RotationError::NoCreation { provider: provider(), what: "service user" },
        RotationError::NameTaken { .. } => RotationError::NameTaken { name: name(), user_id: "285764329187115012".into() },
        RotationError::CreationOpen { .. } => RotationError::CreationOpen { name: name() },
        RotationError::CreationBusy { .. } => RotationError::CreationBusy { name: name() },
        RotationError::Unsupported { .. } => RotationError::Unsupported { provider: provider(), credential: "private key" },
        RotationError::NoFileWanted { .. } => RotationError::NoFileWanted { service_user: name() },
        RotationError::WrongFile { .. } => RotationError::WrongFile { service_user: name(), why: "it has no private key" },
        RotationError::MayNotCreate { .. } => RotationError::MayNotCreate {
            by: "admin".into(), name: name(), role: "User Manager".into()
        },
        RotationError::CreatedUnread { .. } => RotationError::CreatedUnread { host: HOST.into() },
        RotationError::RegistrationTokenNotKept { .. } => RotationError::RegistrationTokenNotKept {
            service_user: name(), source: Box::new(Error::Locked)
        },
        RotationError::NotAllowed { .. } => RotationError::NotAllowed {
            by: "admin".into(), service_user: name(), role: "User Manager".into()
        },
        RotationError::NotItself { .. } => RotationError::NotItself { provider: provider(), role: "administrator".into() },
        RotationError::NothingSpare { .. } => RotationError::NothingSpare {
            service_user: name(), credential: "client secret"
        },
        RotationError::Open { .. } => RotationError::Open { service_user: name() },
        RotationError::Busy { .. } => RotationError::Busy { service_user: name() },
        RotationError::Over { .. } => RotationError::Over { service_user: name() },
        RotationError::PastUndo { .. } => RotationError::PastUndo { service_user: name() },
        RotationError::NoRegistrationToken { .. } => RotationError::NoRegistrationToken { service_user: name() },
        RotationError::RegistrationTokenRefused { .. } => RotationError::RegistrationTokenRefused { service_user: name() },
        RotationError::Limit { .. } => RotationError::Limit { service_user: name(), found: 10, limit: 10 },
        RotationError::NoOverlap { .. } => RotationError::NoOverlap { provider: provider() },
        RotationError::Unconfirmed { .. } => RotationError::Unconfirmed { environment: "Shop".into() },
        RotationError::ServerMadeKey { .. } => RotationError::ServerMadeKey { host: HOST.into() },
        RotationError::AnswerUnread { .. } => RotationError::AnswerUnread { host: HOST.into() },
        RotationError::OldFails { .. } => RotationError::OldFails {
            service_user: name(), source: Box::new(Error::KeyMissing { service_user: name() })
        },
        RotationError::LeftUnknown { .. } => RotationError::LeftUnknown { key_ids: key_id() },
        RotationError::NotConfirmed { .. } => RotationError::NotConfirmed { key_id: key_id() },
        RotationError::LastCredential { .. } => RotationError::LastCredential { key_id: key_id(), service_user: name() },
        RotationError::Unlisted { .. } => RotationError::Unlisted { provider: provider() },
    })
}

pub(crate) fn catalog_errors() -> Vec<CatalogError> {
    let path = || "/home/ada/.local/share/mintage/mintage.db".to_owned();
    samples!(CatalogError {
        CatalogError::Unopened { .. } => CatalogError::Unopened { path: path(), source: denied() },
        CatalogError::Newer { .. } => CatalogError::Newer { found: 7, known: 1 },
        CatalogError::Older { .. } => CatalogError::Older { found: 1, known: 7 },
        CatalogError::OlderRunning { .. } => CatalogError::OlderRunning { found: 1, known: 7 },
        CatalogError::PreRelease { .. } => CatalogError::PreRelease { path: path() },
        CatalogError::Locked => CatalogError::Locked,
        CatalogError::Busy => CatalogError::Busy,
        CatalogError::DiskFull => CatalogError::DiskFull,
        CatalogError::Damaged { .. } => CatalogError::Damaged { path: path() },
        CatalogError::Foreign { .. } => CatalogError::Foreign { path: path() },
        CatalogError::NameTaken { .. } => CatalogError::NameTaken { name: "Acme".into() },
        CatalogError::Duplicate { .. } => CatalogError::Duplicate { what: "private key" },
        CatalogError::EditedMeanwhile { .. } => CatalogError::EditedMeanwhile { what: "environment" },
        CatalogError::Gone { .. } => CatalogError::Gone { what: "service user" },
        CatalogError::UnknownWord { .. } => CatalogError::UnknownWord { what: "tier" },
        CatalogError::Unreadable { .. } => CatalogError::Unreadable { what: "time" },
        CatalogError::Database(_) => CatalogError::Database(sqlx::Error::PoolClosed),
        CatalogError::Migration(_) => CatalogError::Migration(sqlx::migrate::MigrateError::VersionMissing(2)),
    })
}

pub(crate) fn issuer_errors() -> Vec<IssuerError> {
    let host = || HOST.to_owned();
    let said = |status| Box::new(Refusal { status, error: None, body: String::new(), ..refusal() });
    samples!(IssuerError {
        IssuerError::Refused(_) => IssuerError::Refused(Box::new(refusal())),
        IssuerError::NotOAuth { .. } => IssuerError::NotOAuth { content_type: "an HTML page".into(), said: said(200) },
        IssuerError::Redirected { .. } => IssuerError::Redirected { host: host(), to: "https://login.example.com/".into() },
        IssuerError::Busy { retry_after: Some(_), .. } => {
            IssuerError::Busy { retry_after: Some(Duration::seconds(30)), said: said(429) }
        },
        IssuerError::Busy { retry_after: None, .. } => IssuerError::Busy { retry_after: None, said: said(503) },
        IssuerError::HostUnknown { .. } => IssuerError::HostUnknown { host: host() },
        IssuerError::Unreachable { .. } => IssuerError::Unreachable { host: host(), source: of_http() },
        IssuerError::TimedOut { .. } => IssuerError::TimedOut { host: host() },
        IssuerError::CertificateRefused { .. } => {
            IssuerError::CertificateRefused { host: host(), why: "it has expired".into(), dated: None }
        },
        IssuerError::TlsFailed { .. } => IssuerError::TlsFailed { host: host(), why: "the server ended it".into() },
        IssuerError::AnswerBroken { .. } => IssuerError::AnswerBroken { host: host(), source: of_http() },
        IssuerError::CaInvalid => IssuerError::CaInvalid,
        IssuerError::NoCertificates => IssuerError::NoCertificates,
        IssuerError::NoClient { .. } => IssuerError::NoClient { why: "peer is incompatible".into() },
        IssuerError::AnswerTooLarge { .. } => IssuerError::AnswerTooLarge { host: host() },
        IssuerError::AnswerInvalid { .. } => {
            IssuerError::AnswerInvalid { host: host(), why: "access_token is missing".into() }
        },
        IssuerError::TokenTypeUnknown { .. } => {
            IssuerError::TokenTypeUnknown { host: host(), why: "token_type is missing".into(), bound: false }
        },
        IssuerError::IssuerDiffers { .. } => {
            IssuerError::IssuerDiffers { expected: format!("https://{HOST}/"), found: format!("https://{HOST}") }
        },
        IssuerError::DateUnbelieved { .. } => {
            IssuerError::DateUnbelieved { host: host(), date: time::macros::datetime!(9999-12-31 23:59:59 UTC) }
        },
        IssuerError::NoDiscovery { .. } => IssuerError::NoDiscovery { said: said(404) },
        IssuerError::EndpointRefused { .. } => IssuerError::EndpointRefused { url: format!("http://{HOST}/token") },
    })
}

pub(crate) fn keychain_errors() -> Vec<KeychainError> {
    samples!(KeychainError {
        KeychainError::Absent => KeychainError::Absent,
        KeychainError::NoDefaultKeyring => KeychainError::NoDefaultKeyring,
        KeychainError::Locked => KeychainError::Locked,
        KeychainError::Denied => KeychainError::Denied,
        KeychainError::TimedOut { .. } => KeychainError::TimedOut { seconds: 10 },
        KeychainError::NotFound => KeychainError::NotFound,
        KeychainError::Ambiguous { .. } => KeychainError::Ambiguous { count: 2 },
        KeychainError::Occupied => KeychainError::Occupied,
        KeychainError::TooLarge { .. } => KeychainError::TooLarge { limit: 2560 },
        KeychainError::ReadBackDiffers => KeychainError::ReadBackDiffers,
        KeychainError::Failed { .. } => KeychainError::Failed { operation: "storing" },
    })
}

pub(crate) fn stranger_errors() -> Vec<StrangerError> {
    samples!(StrangerError {
        StrangerError::KeysClosed { refused: 0, source: None, .. } => {
            StrangerError::KeysClosed { host: HOST.into(), refused: 0, source: None }
        },
        StrangerError::KeysClosed { refused: 0, .. } => StrangerError::KeysClosed {
            host: HOST.into(),
            refused: 0,
            source: Some(Box::new(Error::ProductionUnconfirmed { environment: "Acme".into() })),
        },
        StrangerError::KeysClosed { .. } => StrangerError::KeysClosed {
            host: HOST.into(),
            refused: 2,
            source: Some(Box::new(IssuerError::Refused(Box::new(refusal())).into())),
        },
        StrangerError::OtherServer { help: Some(_), .. } => StrangerError::OtherServer {
            host: HOST.into(),
            provider: "Raystack Frontier (Connect)".into(),
            status: 404,
            help: Some("Enter the port of Connect RPC".into()),
        },
        StrangerError::OtherServer { help: None, .. } => {
            StrangerError::OtherServer { host: HOST.into(), provider: "Okta".into(), status: 500, help: None }
        },
    })
}

pub(crate) fn settings_errors() -> Vec<SettingsError> {
    samples!(SettingsError {
        SettingsError::OutOfRange { .. } => {
            let settings = Settings { clipboard_seconds: 601, ..Settings::default() };
            settings.check().expect_err("it is out of its bounds")
        },
        SettingsError::ShortcutInvalid => SettingsError::ShortcutInvalid,
    })
}

pub(crate) fn token_errors() -> Vec<TokenError> {
    samples!(TokenError {
        TokenError::NotFound { several: false } => TokenError::NotFound { several: false },
        TokenError::NotFound { several: true } => TokenError::NotFound { several: true },
        TokenError::TooLarge => TokenError::TooLarge,
        TokenError::NotJwt { encrypted: false } => TokenError::NotJwt { encrypted: false },
        TokenError::NotJwt { encrypted: true } => TokenError::NotJwt { encrypted: true },
        TokenError::Malformed { .. } => TokenError::Malformed { why: "its signature is empty".into() },
        TokenError::NotJsonObject { .. } => TokenError::NotJsonObject { why: "it is an array".into() },
        TokenError::KeySetUnreadable { .. } => TokenError::KeySetUnreadable { why: "`keys` is missing".into() },
    })
}

/// The errors of journeys, without those that only pass on another's.
pub(crate) fn journey_errors() -> Vec<Error> {
    let service_user = || "deploy-bot".to_owned();
    samples!(Error {
        Error::Internal => Error::Internal,
        Error::Key(_) => KeyError::TooSmall { bits: 1024 }.into(),
        Error::KeyFile(_) => KeyFileError::Empty.into(),
        Error::Token(_) => TokenError::TooLarge.into(),
        Error::Keychain(_) => KeychainError::Locked.into(),
        Error::Catalog(_) => CatalogError::Gone { what: "environment" }.into(),
        Error::Provider(_) => ProviderError::TooLarge.into(),
        Error::Stranger(_) => StrangerError::KeysClosed { host: HOST.into(), refused: 0, source: None }.into(),
        Error::Settings(_) => SettingsError::ShortcutInvalid.into(),
        Error::Rotation(_) => RotationError::Open { service_user: service_user() }.into(),
        Error::Locked => Error::Locked,
        Error::Issuer(_) => IssuerError::CaInvalid.into(),
        Error::Diagnosed { .. } => Error::Diagnosed { source: IssuerError::Refused(Box::new(refusal())), causes: vec![cause()] },
        Error::Preflight { .. } => Error::Preflight { causes: vec![cause()] },
        Error::IssuerUrl(_) => IssuerUrlError { typed: "auth example".into(), why: "it contains spaces" }.into(),
        Error::EnvironmentUnnamed => Error::EnvironmentUnnamed,
        Error::HostUnconfirmed { .. } => Error::HostUnconfirmed { endpoint: "token endpoint", host: "login.example.com".into() },
        Error::EndpointUnknown { .. } => Error::EndpointUnknown { endpoint: "userinfo endpoint" },
        Error::ImportIncomplete { .. } => Error::ImportIncomplete { what: "user id" },
        Error::TypedIdInvalid { .. } => Error::TypedIdInvalid { what: "user id", why: "it is longer than 200 characters" },
        Error::DemoEnvironment { .. } => Error::DemoEnvironment { environment: "Acme development".into() },
        Error::KeyKnownOtherwise { .. } => Error::KeyKnownOtherwise {
            service_user: "deploy-bot".into(),
            user_id: "100507859606888466".into(),
            key_id: "100509901696068329".into(),
        },
        Error::ReviewGone => Error::ReviewGone,
        Error::NoCredential { .. } => Error::NoCredential { service_user: service_user() },
        Error::KeyMissing { .. } => Error::KeyMissing { service_user: service_user() },
        Error::KeyChanged { .. } => Error::KeyChanged { service_user: service_user() },
        Error::NotProvisioned { .. } => Error::NotProvisioned { provider: "Google Cloud".into(), credential: "client secret" },
        Error::MadeNotStored { .. } => Error::MadeNotStored { id: "5f0d3b8a".into(), undone: false, source: Box::new(KeychainError::Locked.into()) },
        Error::OtherEnvironment { .. } => Error::OtherEnvironment { service_user: "deploy-bot".into() },
        Error::NotAKey { .. } => Error::NotAKey { kind: "client secret" },
        Error::NoPublicHalf { .. } => Error::NoPublicHalf { kind: "client secret" },
        Error::NoToken { .. } => Error::NoToken { service_user: service_user() },
        Error::AlreadyThere { .. } => Error::AlreadyThere { environment: "Acme".into(), service_user: "deploy-bot".into() },
        Error::ProductionUnconfirmed { .. } => Error::ProductionUnconfirmed { environment: "Acme".into() },
        Error::SubjectMismatch { .. } => Error::SubjectMismatch { expected: "1".into(), found: "2".into() },
        Error::OriginalNotStored { .. } => Error::OriginalNotStored { name: "deploy-bot.json".into() },
        Error::OriginalUnknown => Error::OriginalUnknown,
        Error::OriginalOther { .. } => Error::OriginalOther { name: "notes.json".into() },
        Error::OriginalChanged { .. } => Error::OriginalChanged { name: "deploy-bot.json".into() },
        Error::OriginalNotDeleted { .. } => Error::OriginalNotDeleted { name: "deploy-bot.json".into(), source: denied() },
    })
}

pub(crate) fn provider_errors() -> Vec<ProviderError> {
    let id = || "acme".to_owned();
    samples!(ProviderError {
        ProviderError::TooLarge => ProviderError::TooLarge,
        ProviderError::Unreadable { .. } => ProviderError::Unreadable { line: 3, why: "unknown field `colour`".into() },
        ProviderError::Missing { .. } => ProviderError::Missing { member: "response.token" },
        ProviderError::PlaceholderUnknown { .. } => ProviderError::PlaceholderUnknown { name: "bse".into(), text: "{bse}/token".into() },
        ProviderError::Impossible { .. } => ProviderError::Impossible { member: "endpoints.token", why: "it is required when `discovers` is false" },
        ProviderError::Unknown { .. } => ProviderError::Unknown { id: id() },
        ProviderError::Unusable { .. } => ProviderError::Unusable { id: id(), source: Box::new(ProviderError::Missing { member: "name" }) },
        ProviderError::IdTaken { .. } => ProviderError::IdTaken { id: id() },
        ProviderError::BuiltIn { .. } => ProviderError::BuiltIn { id: "zitadel".into() },
        ProviderError::InUse { .. } => ProviderError::InUse { id: id(), environments: "Acme, Acme staging".into() },
        ProviderError::CredentialNotTaken { .. } => ProviderError::CredentialNotTaken { provider: "Paonia".into(), credential: "client secret" },
        ProviderError::ParameterMissing { .. } => ProviderError::ParameterMissing { label: "Organisation id".into() },
    })
}

pub(crate) fn denied() -> io::Error {
    io::ErrorKind::PermissionDenied.into()
}

/// Any error of the HTTP library; its text is not Mintage's.
fn of_http() -> reqwest::Error {
    reqwest::Proxy::http("").expect_err("nothing is no address")
}

fn refusal() -> Refusal {
    Refusal {
        host: HOST.into(),
        status: 400,
        error: Some("invalid_grant".into()),
        body: r#"{"error":"invalid_grant"}"#.into(),
        ..Refusal::default()
    }
}

fn cause() -> Cause {
    Cause {
        code: "clock-ahead".into(),
        sentence: "This computer's clock is 74 s ahead of the server's".into(),
        dated: None,
        help: "Set the clock, or let Mintage use the server's time".into(),
        next: NextStep::UseServerTime,
    }
}
