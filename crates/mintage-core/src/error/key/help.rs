//! The **next step** for each way in which a key or key file is not usable.

use super::{Conversion, KeyError};

impl KeyError {
    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::WrongKind(kind) => kind.help(),
            Self::SecretMasked { by, .. } => by.help(),
            Self::PackedTooDeep => "Unpack the file until you see the key file's own text, and import that",
            Self::PrivateKeyElsewhere => {
                "Choose or paste the private key (PEM) as well; Mintage joins it with the ids in this file"
            }
            Self::JsonInvalid { why: Some(_), .. } => "Correct the JSON there, or download the key file again",
            Self::RuleUnfit { differs, .. } if matches!(**differs, Self::PemUnframed) => {
                "Set `keyEncoding` of the rule to how the file writes its key, correct the place of `privateKey`, or download the key file again"
            }
            Self::RuleUnfit { .. } => "Correct the rule under `keyFiles` in that profile, or download the key file again",
            Self::FileUnreadable { .. } => "Check that the file exists and that you may read it",
            Self::FileNotRegular { .. } => "Choose the key file itself",
            Self::FileTooLarge { .. } | Self::Empty | Self::Binary | Self::NotAKeyFile | Self::JsonTooDeep => {
                "Choose the key file that you downloaded from your provider's console"
            }
            Self::JsonWithoutCredential => {
                "Choose the key file that you downloaded from your provider's console; if this is it, add a profile that says where its credential is"
            }
            Self::JsonUnknown => {
                "Choose the key file that you downloaded from your provider's console; if this is it, describe it in a profile"
            }
            Self::TextTooLarge => "Paste only the key file's text",
            Self::Utf16 | Self::NotUtf8 { .. } => {
                "Save the file as UTF-8 in your editor, or download it again and import it unopened"
            }
            Self::TooSmall { .. } => "Create a new key in your provider's console and import that",
            Self::Unsound { .. } => {
                "Create a new key in your provider's console with another tool or device, import that, and remove this one there"
            }
            Self::NotRsa { .. } => "Create an RSA key in your provider's console and import that",
            Self::Unsupported { .. } => {
                "Create an RSA, P-256, P-384 or Ed25519 key, whichever your provider accepts, and import that"
            }
            Self::AlgorithmUnfit { .. } => {
                "Choose an algorithm that fits the key, or import a key of a type that your provider accepts"
            }
            Self::SigningFailed { .. } => "Import the key file again",
            Self::SecretUnusable => "Copy only the secret or token, without anything around it",
            Self::SecretIsKey => "Import it as a private key",
            Self::AlgorithmNotTaken { .. } => "Create a key of another type in your provider's console and import that",
            Self::AlgorithmBound { .. } => {
                "Put that algorithm into a copy of the provider's profile if your server takes it, or create another key"
            }
            Self::PassphraseNeeded { wrong: false } => "Enter the passphrase of the key",
            Self::PassphraseNeeded { wrong: true } => "Enter the passphrase again, and check upper and lower case",
            Self::EncryptionUnsupported { .. } | Self::LegacyEncrypted => {
                Conversion::Encrypted.help()
            }
            Self::EncryptionTooSlow { openssl: true, .. } => Conversion::Encrypted.help(),
            // OpenSSL refuses scrypt that takes more than 32 MiB.
            Self::EncryptionTooSlow { openssl: false, .. } => {
                "Save it again with the program that encrypted it, at that program's usual cost, or create a new key"
            }
            Self::TooManyFiles { .. } => "Choose the rest once these are imported or discarded",
            Self::EncryptionOutdated { .. } => {
                Conversion::OldEncrypted.help()
            }
            Self::EncryptionUnknown { .. } => {
                "Save it again with the program that encrypted it, without a passphrase or under AES, or create a new key"
            }
            Self::SeveralCredentials { .. } => "Put each credential into a separate file and import the one you want",
            Self::SeveralKeys { .. } => "Put each private key into a separate file and import the one you want",
            Self::PemUnframed => "Copy the key again with its `BEGIN` and `END` lines",
            Self::PemTruncated | Self::PemInvalid { .. } => {
                "Copy the key again, whole and unchanged from its `BEGIN` line to its `END` line"
            }
            Self::TypeUnknown { .. } => {
                "Create a key of type JSON for a service user in your provider's console and import that; if this is it, describe it in a profile"
            }
            Self::ExpirationInvalid { .. }
            | Self::MemberNotObject { .. }
            | Self::MemberTwice { .. }
            | Self::TextEscapeInvalid => "Download the key file again and import it unchanged",
            Self::AddressInvalid { .. } => {
                "Download the key file again and import it unchanged, or write the server's https address there"
            }
            Self::NumberInvalid { .. } => {
                "Download the JWK again, or export the key as PKCS#8 PEM, and import it unchanged"
            }
            Self::JwkUnfit { .. } => {
                "Create a key for signatures in your provider's console and import that, or correct the JWK if you wrote it yourself"
            }
            Self::PrimesMissing => {
                "Create a new key in your provider's console, or export this one with its primes, as JWK or PKCS#8 PEM"
            }
            Self::CertificateBroken => {
                "Copy the certificate again, whole, or import the private key without it if your provider needs none"
            }
            Self::CertificateForeign => {
                "Put the private key and its own certificate into one file and import that"
            }
            Self::SeveralCertificates { .. } => {
                "Remove the certificates that your provider doesn't know, and import the rest"
            }
            Self::Broken { .. } | Self::JsonTruncated { .. } | Self::JsonInvalid { .. } => {
                "Download the key file again, or create a new key"
            }
            Self::MemberMissing { member }
            | Self::MemberNotText { member, .. }
            | Self::MemberEmpty { member }
            | Self::SecretInvalid { member, .. }
            | Self::IdInvalid { member, .. } => return help_with_member(member),
        }
        .to_owned()
    }
}

/// By the member itself, wherever in the file it stands.
fn help_with_member(member: &str) -> String {
    match member.rsplit('.').next().unwrap_or(member) {
        "key" | "type" | "private_key" | "privateKey" | "kty" | "crv" => {
            "Download the key file again, or create a new key in your provider's console".to_owned()
        }
        "clientSecret" | "client_secret" | "secret" | "token" | "passphrase" => {
            "Copy the secret again, or create a new one in your provider's console".to_owned()
        }
        "auth-server-url" | "token_uri" | "tokenEndpoint" | "aud" | "realm" => {
            "Download the file again and import it unchanged".to_owned()
        }
        "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi" | "x" | "y" | "keys" => {
            "Download the JWK again, or export the key as PKCS#8 PEM, and import it unchanged".to_owned()
        }
        id => format!(
            "Download the key file again and leave `{id}` as text in quotes, or paste the private key alone and enter the ids by hand"
        ),
    }
}
