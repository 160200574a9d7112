//! A sample of every error of a key or a key file.

use mintage_core::key_file::{EncryptionError, HiddenBy, KeyFileError};
use mintage_core::private_key::{KeyError, WrongKind};

use super::samples::denied;

pub(crate) fn key_errors() -> Vec<KeyError> {
    samples!(KeyError {
        KeyError::TooSmall { .. } => KeyError::TooSmall { bits: 1024 },
        KeyError::Unsupported { .. } => KeyError::Unsupported { found: "EC secp256k1".into() },
        KeyError::AlgorithmUnfit { .. } => KeyError::AlgorithmUnfit { algorithm: "RS256", key_type: "P-256".into() },
        KeyError::Broken { .. } => KeyError::Broken { why: "its parts do not fit each other" },
        KeyError::Unsound { .. } => KeyError::Unsound { why: "was made by a flawed generator and can be broken".into() },
        KeyError::PassphraseNeeded { wrong: false } => KeyError::PassphraseNeeded { wrong: false },
        KeyError::PassphraseNeeded { wrong: true } => KeyError::PassphraseNeeded { wrong: true },
        KeyError::SigningFailed { .. } => KeyError::SigningFailed { why: "it is not an RSA key" },
        KeyError::AlgorithmNotTaken { .. } => KeyError::AlgorithmNotTaken { key_type: "P-256".into(), takes: "RS256, RS512".into() },
        KeyError::AlgorithmBound { .. } => KeyError::AlgorithmBound { algorithm: "PS256", takes: "RS256, RS512".into() },
        KeyError::WrongKind(_) => KeyError::WrongKind(WrongKind::PublicKey),
    })
}

pub(crate) fn key_file_errors() -> Vec<KeyFileError> {
    let name = || "deploy-bot.json".to_owned();
    samples!(KeyFileError {
        KeyFileError::Key(_) => KeyError::TooSmall { bits: 1024 }.into(),
        KeyFileError::Encryption(_) => EncryptionError::Legacy.into(),
        KeyFileError::NotRsa { .. } => KeyFileError::NotRsa { found: "P-256".into() },
        KeyFileError::TooManyFiles { .. } => KeyFileError::TooManyFiles { most: 500, more: 13 },
        KeyFileError::SecretUnusable => KeyFileError::SecretUnusable,
        KeyFileError::SecretIsKey => KeyFileError::SecretIsKey,
        KeyFileError::FileUnreadable { .. } => KeyFileError::FileUnreadable { name: name(), source: denied() },
        KeyFileError::FileNotRegular { .. } => KeyFileError::FileNotRegular { name: name() },
        KeyFileError::FileTooLarge { .. } => KeyFileError::FileTooLarge { name: name() },
        KeyFileError::TextTooLarge => KeyFileError::TextTooLarge,
        KeyFileError::Empty => KeyFileError::Empty,
        KeyFileError::Binary => KeyFileError::Binary,
        KeyFileError::Utf16 => KeyFileError::Utf16,
        KeyFileError::NotUtf8 { .. } => KeyFileError::NotUtf8 { at: 41 },
        KeyFileError::NotAKeyFile => KeyFileError::NotAKeyFile,
        KeyFileError::JsonUnknown => KeyFileError::JsonUnknown,
        KeyFileError::JsonWithoutCredential => KeyFileError::JsonWithoutCredential,
        KeyFileError::RuleUnfit { .. } => KeyFileError::RuleUnfit {
            rule: "Robot key".into(),
            profile: "ACME".into(),
            differs: Box::new(KeyFileError::MemberMissing { member: "robot.key".into() }),
        },
        KeyFileError::JsonTruncated { .. } => KeyFileError::JsonTruncated { line: 3 },
        KeyFileError::JsonInvalid { .. } => KeyFileError::JsonInvalid { line: 3, column: 14, why: None },
        KeyFileError::JsonTooDeep => KeyFileError::JsonTooDeep,
        KeyFileError::PackedTooDeep => KeyFileError::PackedTooDeep,
        KeyFileError::TextEscapeInvalid => KeyFileError::TextEscapeInvalid,
        KeyFileError::MemberTwice { .. } => KeyFileError::MemberTwice { member: "keyId".into() },
        KeyFileError::MemberMissing { .. } => KeyFileError::MemberMissing { member: "key".into() },
        KeyFileError::MemberNotText { .. } => KeyFileError::MemberNotText { member: "userId".into(), found: "a number" },
        KeyFileError::MemberNotObject { .. } => KeyFileError::MemberNotObject { member: "appAuth".into(), found: "text" },
        KeyFileError::MemberEmpty { .. } => KeyFileError::MemberEmpty { member: "keyId".into() },
        KeyFileError::IdInvalid { .. } => KeyFileError::IdInvalid { member: "userId".into(), why: "it contains spaces" },
        KeyFileError::SecretInvalid { .. } => KeyFileError::SecretInvalid { member: "clientSecret".into(), why: "it is longer than 2,400 bytes" },
        KeyFileError::SecretMasked { .. } => KeyFileError::SecretMasked { member: "credentials.secret".into(), by: HiddenBy::Keycloak },
        KeyFileError::PrivateKeyElsewhere => KeyFileError::PrivateKeyElsewhere,
        KeyFileError::ExpirationInvalid { .. } => KeyFileError::ExpirationInvalid { member: "expirationDate".into() },
        KeyFileError::AddressInvalid { .. } => KeyFileError::AddressInvalid { member: "token_uri".into(), why: "it isn't a URL" },
        KeyFileError::TypeUnknown { .. } => KeyFileError::TypeUnknown { found: "robot".into() },
        KeyFileError::PemUnframed => KeyFileError::PemUnframed,
        KeyFileError::PemTruncated => KeyFileError::PemTruncated,
        KeyFileError::PemInvalid { .. } => KeyFileError::PemInvalid { why: "it is not base64" },
        KeyFileError::NumberInvalid { .. } => KeyFileError::NumberInvalid { member: "n".into() },
        KeyFileError::JwkUnfit { .. } => KeyFileError::JwkUnfit { why: "isn't meant for signatures (`use` is `tls`)".into() },
        KeyFileError::PrimesMissing => KeyFileError::PrimesMissing,
        KeyFileError::CertificateBroken => KeyFileError::CertificateBroken,
        KeyFileError::CertificateForeign => KeyFileError::CertificateForeign,
        KeyFileError::SeveralCertificates { .. } => KeyFileError::SeveralCertificates { count: 2 },
        KeyFileError::SeveralCredentials { .. } => KeyFileError::SeveralCredentials { places: vec!["GCP_KEY".into(), "OKTA_KEY".into()] },
        KeyFileError::SeveralKeys { .. } => KeyFileError::SeveralKeys { count: 2 },
    })
}

pub(crate) fn encryption_errors() -> Vec<EncryptionError> {
    samples!(EncryptionError {
        EncryptionError::TooSlow { openssl: true, .. } => {
            EncryptionError::TooSlow { scheme: "PBKDF2 with 20000000 rounds".into(), openssl: true }
        },
        EncryptionError::TooSlow { openssl: false, .. } => {
            EncryptionError::TooSlow { scheme: "scrypt with N=1048576, r=8, p=1".into(), openssl: false }
        },
        EncryptionError::Unsupported { .. } => EncryptionError::Unsupported { scheme: "PBES2 (Camellia-256)".into() },
        EncryptionError::Outdated { .. } => EncryptionError::Outdated { scheme: "PBES1 (RC4)".into() },
        EncryptionError::Unknown { .. } => EncryptionError::Unknown { scheme: "an unknown scheme".into() },
        EncryptionError::Legacy => EncryptionError::Legacy,
    })
}
