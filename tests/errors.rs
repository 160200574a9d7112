//! The wording of every error, as one text to review: its code, its message, its next step.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use mintage_core::diagnosis::{Cause, NextStep};
use mintage_core::error::{
    CatalogError, Error, HiddenBy, IssuerError, KeyError, KeychainError, ProviderError, Refusal, SettingsError,
    StrangerError, TokenError, WrongKind,
};
use mintage_core::settings::Settings;
use time::Duration;

/// Errors of one enum, each beside the pattern that it stands for. The patterns are a `match`, so that
/// a variant without a sample does not compile.
macro_rules! samples {
    ($type:ty { $($pattern:pat => $sample:expr,)+ }) => {{
        fn is_of_a_pattern(error: &$type) {
            match error { $($pattern => {})+ }
        }
        let samples: Vec<$type> = vec![$({
            let sample: $type = $sample;
            assert!(matches!(&sample, $pattern), "{sample:?} stands beside another pattern");
            sample
        },)+];
        samples.iter().for_each(is_of_a_pattern);
        samples
    }};
}

const HOST: &str = "auth.example.com";

fn catalog_errors() -> Vec<CatalogError> {
    let path = || "/home/ada/.local/share/mintage/mintage.db".to_owned();
    samples!(CatalogError {
        CatalogError::Unopened { .. } => CatalogError::Unopened { path: path(), source: denied() },
        CatalogError::Newer { .. } => CatalogError::Newer { found: 7, known: 1 },
        CatalogError::Older { .. } => CatalogError::Older { found: 1, known: 7 },
        CatalogError::OlderRunning { .. } => CatalogError::OlderRunning { found: 1, known: 7 },
        CatalogError::Busy => CatalogError::Busy,
        CatalogError::Damaged { .. } => CatalogError::Damaged { path: path() },
        CatalogError::Foreign { .. } => CatalogError::Foreign { path: path() },
        CatalogError::NameTaken { .. } => CatalogError::NameTaken { name: "Acme".into() },
        CatalogError::Duplicate { .. } => CatalogError::Duplicate { what: "private key" },
        CatalogError::Gone { .. } => CatalogError::Gone { what: "service user" },
        CatalogError::UnknownWord { .. } => CatalogError::UnknownWord { what: "tier" },
        CatalogError::Unreadable { .. } => CatalogError::Unreadable { what: "time" },
        CatalogError::Database(_) => CatalogError::Database(sqlx::Error::PoolClosed),
        CatalogError::Migration(_) => CatalogError::Migration(sqlx::migrate::MigrateError::VersionMissing(2)),
    })
}

fn issuer_errors() -> Vec<IssuerError> {
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
        IssuerError::NoCertificates { .. } => IssuerError::NoCertificates { source: of_http() },
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

fn keychain_errors() -> Vec<KeychainError> {
    samples!(KeychainError {
        KeychainError::Absent => KeychainError::Absent,
        KeychainError::NoDefaultKeyring => KeychainError::NoDefaultKeyring,
        KeychainError::Locked => KeychainError::Locked,
        KeychainError::TimedOut { .. } => KeychainError::TimedOut { seconds: 10 },
        KeychainError::NotFound => KeychainError::NotFound,
        KeychainError::Ambiguous { .. } => KeychainError::Ambiguous { count: 2 },
        KeychainError::Occupied => KeychainError::Occupied,
        KeychainError::TooLarge { .. } => KeychainError::TooLarge { limit: 2560 },
        KeychainError::ReadBackDiffers => KeychainError::ReadBackDiffers,
        KeychainError::Failed { .. } => KeychainError::Failed { operation: "storing" },
    })
}

fn stranger_errors() -> Vec<StrangerError> {
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

fn settings_errors() -> Vec<SettingsError> {
    samples!(SettingsError {
        SettingsError::OutOfRange { .. } => {
            let settings = Settings { clipboard_seconds: 601, ..Settings::default() };
            settings.check().expect_err("it is out of its bounds")
        },
        SettingsError::ShortcutInvalid => SettingsError::ShortcutInvalid,
    })
}

fn token_errors() -> Vec<TokenError> {
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

fn key_errors() -> Vec<KeyError> {
    let name = || "deploy-bot.json".to_owned();
    samples!(KeyError {
        KeyError::TooSmall { .. } => KeyError::TooSmall { bits: 1024 },
        KeyError::Unsupported { .. } => KeyError::Unsupported { found: "EC secp256k1".into() },
        KeyError::NotRsa { .. } => KeyError::NotRsa { found: "P-256".into() },
        KeyError::AlgorithmUnfit { .. } => KeyError::AlgorithmUnfit { algorithm: "RS256", key_type: "P-256".into() },
        KeyError::Broken { .. } => KeyError::Broken { why: "its parts do not fit each other" },
        KeyError::Unsound { .. } => KeyError::Unsound { why: "was made by a flawed generator and can be broken".into() },
        KeyError::PassphraseNeeded { wrong: false } => KeyError::PassphraseNeeded { wrong: false },
        KeyError::PassphraseNeeded { wrong: true } => KeyError::PassphraseNeeded { wrong: true },
        KeyError::TooManyFiles { .. } => KeyError::TooManyFiles { most: 500, more: 13 },
        KeyError::EncryptionTooSlow { openssl: true, .. } => {
            KeyError::EncryptionTooSlow { scheme: "PBKDF2 of 20000000 rounds".into(), openssl: true }
        },
        KeyError::EncryptionTooSlow { openssl: false, .. } => {
            KeyError::EncryptionTooSlow { scheme: "scrypt at N=1048576, r=8, p=1".into(), openssl: false }
        },
        KeyError::EncryptionUnsupported { .. } => KeyError::EncryptionUnsupported { scheme: "PBES2 (Camellia-256)".into() },
        KeyError::EncryptionOutdated { .. } => KeyError::EncryptionOutdated { scheme: "PBES1 (RC4)".into() },
        KeyError::EncryptionUnknown { .. } => KeyError::EncryptionUnknown { scheme: "an unknown scheme".into() },
        KeyError::LegacyEncrypted => KeyError::LegacyEncrypted,
        KeyError::SigningFailed { .. } => KeyError::SigningFailed { why: "it is not an RSA key" },
        KeyError::SecretUnusable => KeyError::SecretUnusable,
        KeyError::SecretIsKey => KeyError::SecretIsKey,
        KeyError::AlgorithmNotTaken { .. } => KeyError::AlgorithmNotTaken { key_type: "P-256".into(), takes: "RS256, RS512".into() },
        KeyError::AlgorithmBound { .. } => KeyError::AlgorithmBound { algorithm: "PS256", takes: "RS256, RS512".into() },
        KeyError::FileUnreadable { .. } => KeyError::FileUnreadable { name: name(), source: denied() },
        KeyError::FileNotRegular { .. } => KeyError::FileNotRegular { name: name() },
        KeyError::FileTooLarge { .. } => KeyError::FileTooLarge { name: name() },
        KeyError::TextTooLarge => KeyError::TextTooLarge,
        KeyError::Empty => KeyError::Empty,
        KeyError::Binary => KeyError::Binary,
        KeyError::Utf16 => KeyError::Utf16,
        KeyError::NotUtf8 { .. } => KeyError::NotUtf8 { at: 41 },
        KeyError::NotAKeyFile => KeyError::NotAKeyFile,
        KeyError::JsonUnknown => KeyError::JsonUnknown,
        KeyError::JsonWithoutCredential => KeyError::JsonWithoutCredential,
        KeyError::RuleUnfit { .. } => KeyError::RuleUnfit {
            rule: "Robot key".into(),
            profile: "ACME".into(),
            differs: Box::new(KeyError::MemberMissing { member: "robot.key".into() }),
        },
        KeyError::WrongKind(_) => KeyError::WrongKind(WrongKind::PublicKey),
        KeyError::JsonTruncated { .. } => KeyError::JsonTruncated { line: 3 },
        KeyError::JsonInvalid { .. } => KeyError::JsonInvalid { line: 3, column: 14, why: None },
        KeyError::JsonTooDeep => KeyError::JsonTooDeep,
        KeyError::PackedTooDeep => KeyError::PackedTooDeep,
        KeyError::TextEscapeInvalid => KeyError::TextEscapeInvalid,
        KeyError::MemberTwice { .. } => KeyError::MemberTwice { member: "keyId".into() },
        KeyError::MemberMissing { .. } => KeyError::MemberMissing { member: "key".into() },
        KeyError::MemberNotText { .. } => KeyError::MemberNotText { member: "userId".into(), found: "a number" },
        KeyError::MemberNotObject { .. } => KeyError::MemberNotObject { member: "appAuth".into(), found: "text" },
        KeyError::MemberEmpty { .. } => KeyError::MemberEmpty { member: "keyId".into() },
        KeyError::IdInvalid { .. } => KeyError::IdInvalid { member: "userId".into(), why: "it has spaces inside" },
        KeyError::SecretInvalid { .. } => KeyError::SecretInvalid { member: "clientSecret".into(), why: "it is longer than 2,400 bytes" },
        KeyError::SecretMasked { .. } => KeyError::SecretMasked { member: "credentials.secret".into(), by: HiddenBy::Keycloak },
        KeyError::PrivateKeyElsewhere => KeyError::PrivateKeyElsewhere,
        KeyError::ExpirationInvalid { .. } => KeyError::ExpirationInvalid { member: "expirationDate".into() },
        KeyError::AddressInvalid { .. } => KeyError::AddressInvalid { member: "token_uri".into(), why: "it is not a URL" },
        KeyError::TypeUnknown { .. } => KeyError::TypeUnknown { found: "robot".into() },
        KeyError::PemUnframed => KeyError::PemUnframed,
        KeyError::PemTruncated => KeyError::PemTruncated,
        KeyError::PemInvalid { .. } => KeyError::PemInvalid { why: "it is not base64" },
        KeyError::NumberInvalid { .. } => KeyError::NumberInvalid { member: "n".into() },
        KeyError::JwkUnfit { .. } => KeyError::JwkUnfit { why: "is meant for another use than signatures: `tls`".into() },
        KeyError::PrimesMissing => KeyError::PrimesMissing,
        KeyError::CertificateBroken => KeyError::CertificateBroken,
        KeyError::CertificateForeign => KeyError::CertificateForeign,
        KeyError::SeveralCertificates { .. } => KeyError::SeveralCertificates { count: 2 },
        KeyError::SeveralCredentials { .. } => KeyError::SeveralCredentials { places: vec!["GCP_KEY".into(), "OKTA_KEY".into()] },
        KeyError::SeveralKeys { .. } => KeyError::SeveralKeys { count: 2 },
    })
}

/// The errors of journeys, without those that only pass on another's.
fn journey_errors() -> Vec<Error> {
    let service_user = || "deploy-bot".to_owned();
    samples!(Error {
        Error::Internal => Error::Internal,
        Error::Key(_) => KeyError::Empty.into(),
        Error::Token(_) => TokenError::TooLarge.into(),
        Error::Keychain(_) => KeychainError::Locked.into(),
        Error::Catalog(_) => CatalogError::Gone { what: "environment" }.into(),
        Error::Provider(_) => ProviderError::TooLarge.into(),
        Error::Stranger(_) => StrangerError::KeysClosed { host: HOST.into(), refused: 0, source: None }.into(),
        Error::Settings(_) => SettingsError::ShortcutInvalid.into(),
        Error::Issuer(_) => IssuerError::CaInvalid.into(),
        Error::Diagnosed { .. } => Error::Diagnosed { source: IssuerError::Refused(Box::new(refusal())), causes: vec![cause()] },
        Error::Preflight { .. } => Error::Preflight { causes: vec![cause()] },
        Error::IssuerInvalid { .. } => Error::IssuerInvalid { typed: "auth example".into(), why: "it has spaces inside" },
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
        Error::ProductionUnconfirmed { .. } => Error::ProductionUnconfirmed { environment: "Acme".into() },
        Error::SubjectMismatch { .. } => Error::SubjectMismatch { expected: "1".into(), found: "2".into() },
        Error::OriginalNotStored { .. } => Error::OriginalNotStored { name: "deploy-bot.json".into() },
        Error::OriginalChanged { .. } => Error::OriginalChanged { name: "deploy-bot.json".into() },
        Error::OriginalNotDeleted { .. } => Error::OriginalNotDeleted { name: "deploy-bot.json".into(), source: denied() },
    })
}

fn provider_errors() -> Vec<ProviderError> {
    let id = || "acme".to_owned();
    samples!(ProviderError {
        ProviderError::TooLarge => ProviderError::TooLarge,
        ProviderError::Unreadable { .. } => ProviderError::Unreadable { line: 3, why: "unknown field `colour`".into() },
        ProviderError::Missing { .. } => ProviderError::Missing { member: "response.token" },
        ProviderError::PlaceholderUnknown { .. } => ProviderError::PlaceholderUnknown { name: "bse".into(), text: "{bse}/token".into() },
        ProviderError::Impossible { .. } => ProviderError::Impossible { member: "endpoints.token", why: "it must be given where `discovers` is false" },
        ProviderError::Unknown { .. } => ProviderError::Unknown { id: id() },
        ProviderError::Unusable { .. } => ProviderError::Unusable { id: id(), source: Box::new(ProviderError::Missing { member: "name" }) },
        ProviderError::IdTaken { .. } => ProviderError::IdTaken { id: id() },
        ProviderError::BuiltIn { .. } => ProviderError::BuiltIn { id: "zitadel".into() },
        ProviderError::InUse { .. } => ProviderError::InUse { id: id(), environments: "Acme, Acme staging".into() },
        ProviderError::CredentialNotTaken { .. } => ProviderError::CredentialNotTaken { provider: "Paonia".into(), credential: "client secret" },
        ProviderError::ParameterMissing { .. } => ProviderError::ParameterMissing { label: "Organisation id".into() },
    })
}

fn denied() -> io::Error {
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

/// Every error by the name of its enum, in the order of its declaration.
fn all() -> Vec<(&'static str, Vec<Error>)> {
    let kinds = WrongKind::ALL.iter().copied().map(KeyError::WrongKind);
    let keys = key_errors().into_iter().filter(|error| !matches!(error, KeyError::WrongKind(_)));
    let passes_on = |error: &Error| {
        let catalogue =
            matches!(error, Error::Catalog(_) | Error::Settings(_) | Error::Provider(_) | Error::Stranger(_));
        catalogue || matches!(error, Error::Key(_) | Error::Token(_) | Error::Keychain(_) | Error::Issuer(_))
    };
    vec![
        ("journeys", journey_errors().into_iter().filter(|error| !passes_on(error)).collect()),
        ("key files", keys.map(Error::from).collect()),
        ("files of another kind", kinds.map(Error::from).collect()),
        ("keychain", keychain_errors().into_iter().map(Error::from).collect()),
        ("catalogue", catalog_errors().into_iter().map(Error::from).collect()),
        ("issuer", issuer_errors().into_iter().map(Error::from).collect()),
        ("provider profiles", provider_errors().into_iter().map(Error::from).collect()),
        ("servers that do not know who asks", stranger_errors().into_iter().map(Error::from).collect()),
        ("settings", settings_errors().into_iter().map(Error::from).collect()),
        ("tokens", token_errors().into_iter().map(Error::from).collect()),
    ]
}

#[test]
fn the_wording_of_every_error_is_as_reviewed() {
    let mut text = String::new();
    for (of, errors) in all() {
        let _ = writeln!(text, "# {of}\n");
        for error in errors {
            let _ = writeln!(text, "{}\n    error: {error}\n    help: {}\n", error.code(), error.help());
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn no_two_errors_share_a_code() {
    let mut seen = BTreeSet::new();
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let code = error.code();
        let is_kebab = !code.is_empty()
            && code
                .split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert!(is_kebab, "`{code}` is not in kebab case");
        // A failed mint has its refusal's code, a server is as busy with or without a time to wait, and a key takes
        // as long whoever opens it; what else is known of a closed key set or of another server changes the next
        // step alone.
        let shares = matches!(
            error,
            Error::Diagnosed { .. }
                | Error::Issuer(IssuerError::Busy { retry_after: None, .. })
                | Error::Key(KeyError::EncryptionTooSlow { openssl: false, .. })
                | Error::Stranger(
                    StrangerError::KeysClosed { source: Some(_), .. } | StrangerError::OtherServer { help: None, .. }
                )
        );
        assert!(shares || seen.insert(code), "`{code}` is there twice");
    }
    assert!(seen.len() > 90, "only {} codes were looked at", seen.len());
}

#[test]
fn messages_begin_in_lower_case_and_end_without_a_period() {
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let message = error.to_string();
        let first = message.chars().next();
        assert!(first.is_some_and(|first| first.is_lowercase() || first == '`'), "{}: {message}", error.code());
        assert!(is_unfinished(&message), "{}: {message}", error.code());
    }
}

/// The verbs that a next step may begin with.
const VERBS: &[&str] = &[
    "Add", "Ask", "Check", "Choose", "Confirm", "Convert", "Copy", "Correct", "Create", "Decrypt", "Delete", "Do",
    "Download", "Enter", "Finish", "Give", "Import", "Install", "Look", "Make", "Mint", "Move", "Open", "Paste", "Put",
    "Refresh", "Remove", "Quit", "Restore", "Save", "Set", "Start", "Try", "Unlock", "Unpack", "Update", "Use", "Wait",
];

#[test]
fn every_next_step_tells_what_to_do() {
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let help = error.help();
        let verb = help.split([' ', ',', ';']).next().unwrap_or_default();
        assert!(VERBS.contains(&verb), "{}: does this tell what to do? {help}", error.code());
        assert!(is_unfinished(&help), "{}: {help}", error.code());
    }
}

#[test]
fn a_problem_says_all_that_its_error_says() {
    for error in all().into_iter().flat_map(|(_, errors)| errors) {
        let problem = error.problem();
        assert_eq!(
            (problem.code.as_str(), &problem.message, &problem.help),
            (error.code(), &error.to_string(), &error.help())
        );
        for part in [&problem.code, &problem.message, &problem.help].into_iter().chain(&problem.details) {
            assert!(problem.report.contains(part.as_str()), "{}: {}", error.code(), problem.report);
        }
        let said_twice = problem.details.iter().any(|detail| problem.message.contains(detail.as_str()));
        assert!(!said_twice, "{}: {}", error.code(), problem.report);
    }
}

fn is_unfinished(sentence: &str) -> bool {
    !sentence.ends_with(['.', '!', ' ', '\n']) && !sentence.contains("  ")
}
