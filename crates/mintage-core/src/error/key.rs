//! What can be wrong with a key or a key file.
//!
//! Rule: facts are numbers, names of our own, and short plain words out of the file; nothing that could
//! be a piece of a key. Files that are something else entirely are told apart by [`WrongKind`].

use std::borrow::Cow;

mod conversion;
mod help;
mod hidden;
mod wrong_kind;

pub use conversion::Conversion;
pub use hidden::HiddenBy;
pub use wrong_kind::WrongKind;

/// A key or key file is not usable.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// RSA below 2048 bits.
    #[error("the key has {bits} bits; RSA keys need 2048 or more")]
    TooSmall {
        /// The modulus size.
        bits: u32,
    },
    /// A type of key that Mintage does not sign with.
    #[error("the key is of type `{found}`, which Mintage can't sign with")]
    Unsupported {
        /// The key type found, for example `EC secp256k1`.
        found: String,
    },
    /// A key of another type in a file of a server that takes RSA alone.
    #[error("the key is of type `{found}`, but this kind of key file holds RSA keys")]
    NotRsa {
        /// The key type found, for example `P-256`.
        found: String,
    },
    /// An algorithm that this type of key cannot do.
    #[error("a key of type `{key_type}` cannot sign with `{algorithm}`")]
    AlgorithmUnfit {
        /// The algorithm, for example `RS256`.
        algorithm: &'static str,
        /// The key's type, for example `P-256`.
        key_type: String,
    },
    /// The key does not parse, or its signature does not verify.
    #[error("the private key is damaged: {why}")]
    Broken {
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// A key that nobody should trust, although its numbers belong together.
    #[error("the private key is unsafe: it {why}")]
    Unsound {
        /// Why, as a sentence part with the key as its subject.
        why: String,
    },
    /// An encrypted key without its passphrase, or with a wrong one.
    #[error("{}", if *.wrong { "this passphrase doesn't open the key" } else { "the key is encrypted with a passphrase" })]
    PassphraseNeeded {
        /// Whether one was given and is wrong.
        wrong: bool,
    },
    /// An encrypted key whose encryption is too rare or too slow for Mintage, and which OpenSSL opens.
    #[error("the key is encrypted with {scheme}, which Mintage can't open")]
    EncryptionUnsupported {
        /// The scheme found, for example `PBES2 (Camellia-256)`.
        scheme: String,
    },
    /// An encrypted key whose encryption is so old that OpenSSL 3 opens it only when asked to.
    #[error("the key is encrypted with {scheme}, which Mintage can't open")]
    EncryptionOutdated {
        /// The scheme found, for example `PBES1 (RC4)` or `DEK-Info (DES-CBC)`.
        scheme: String,
    },
    /// An encrypted key that OpenSSL doesn't open either.
    #[error("the key is encrypted with {scheme}, which neither Mintage nor OpenSSL can open")]
    EncryptionUnknown {
        /// The scheme found, for example `an unknown scheme`.
        scheme: String,
    },
    /// An encrypted key whose passphrase would take longer than about two seconds, or too much memory, to try.
    #[error("the key is encrypted with {scheme}, which takes too long to open here")]
    EncryptionTooSlow {
        /// The key derivation and its cost, for example `PBKDF2 of 20000000 rounds`.
        scheme: String,
        /// Whether OpenSSL opens it, which has a limit of its own to the memory that a key may take.
        openssl: bool,
    },
    /// More files at once than are read.
    #[error("only the first {most} files were read; {more} were not, from this one on")]
    TooManyFiles {
        /// How many are read.
        most: usize,
        /// How many were not, at least one.
        more: usize,
    },
    /// A PEM that is encrypted by its `DEK-Info` header, the way before PKCS#8 (RFC 1421).
    #[error("the key has the old PEM encryption (`DEK-Info`), which Mintage can't open")]
    LegacyEncrypted,
    /// The assertion could not be signed.
    #[error("the key couldn't sign: {why}")]
    SigningFailed {
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// What was entered as a secret is none.
    #[error("this can't be a client secret or token: it is too long, or has line breaks or special characters in it")]
    SecretUnusable,
    /// What was entered as a secret or token is a private key.
    #[error("this is a private key, which Mintage never sends as a secret or token")]
    SecretIsKey,
    /// The provider takes none of the algorithms that the key can do.
    #[error("the provider accepts {takes}, and a key of type {key_type} can't sign with any of them")]
    AlgorithmNotTaken {
        /// The key's type, for example `P-256`.
        key_type: String,
        /// The algorithms that the provider takes, joined by commas.
        takes: String,
    },
    /// A key that is bound to an algorithm (RFC 7517 §4.4) which the provider does not take.
    #[error("the key is for `{algorithm}` alone, and the provider takes {takes}")]
    AlgorithmBound {
        /// The algorithm, for example `PS256`.
        algorithm: &'static str,
        /// The algorithms that the provider takes, joined by commas.
        takes: String,
    },
    /// The file cannot be opened or read.
    #[error("`{name}` cannot be read")]
    FileUnreadable {
        /// The file's name.
        name: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A folder, FIFO, socket or device.
    #[error("`{name}` is not a regular file")]
    FileNotRegular {
        /// The file's name.
        name: String,
    },
    /// Larger than any key file.
    #[error("`{name}` is larger than 256 kB, which is too large for a key file")]
    FileTooLarge {
        /// The file's name.
        name: String,
    },
    /// Text without a file, larger than any key file.
    #[error("the text is larger than 256 kB, which is too large for a key file")]
    TextTooLarge,
    /// Nothing, or white space.
    #[error("the key file is empty")]
    Empty,
    /// Bytes that are no text and no format that Mintage knows.
    #[error("the file is binary, in a format that Mintage doesn't recognise")]
    Binary,
    /// Text in UTF-16, as some Windows editors save it.
    #[error("the file is saved as UTF-16")]
    Utf16,
    /// Text that is not UTF-8.
    #[error("the file is not UTF-8 text from byte {at} on")]
    NotUtf8 {
        /// How many bytes are valid.
        at: usize,
    },
    /// Text without a private key in it.
    #[error("there is no private key in this text")]
    NotAKeyFile,
    /// JSON of a shape that nobody described.
    #[error("neither Mintage nor any of your profiles knows this kind of JSON")]
    JsonUnknown,
    /// JSON in which neither Mintage nor a draft of a profile finds a credential.
    #[error("there is no private key, client secret or token in this JSON that Mintage recognises")]
    JsonWithoutCredential,
    /// A file that a profile of the user's own describes, and that is not as described.
    #[error("the file doesn't match the rule `{rule}` of the profile `{profile}`: {differs}")]
    RuleUnfit {
        /// The rule's name.
        rule: String,
        /// The profile's name.
        profile: String,
        /// What differs.
        differs: Box<Self>,
    },
    /// Another well-known kind of file.
    #[error("this is {}", .0.name())]
    WrongKind(WrongKind),
    /// JSON that ends in the middle.
    #[error("the JSON ends in the middle (line {line})")]
    JsonTruncated {
        /// The last line, from 1.
        line: usize,
    },
    /// Not JSON.
    #[error("the JSON is not valid at line {line}, column {column}{}", .why.map(|why| format!(": {why}")).unwrap_or_default())]
    JsonInvalid {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is there, as a sentence part, where it is a usual thing.
        why: Option<&'static str>,
    },
    /// JSON that is nested deeper than any key file.
    #[error("the JSON is nested too deeply to be a key file")]
    JsonTooDeep,
    /// A file in a file in a file: more layers than any tool packs a key file in.
    #[error("the key file is packed in too many layers")]
    PackedTooDeep,
    /// A text with half a surrogate pair in it (RFC 8259 §8.2).
    #[error("a text in the JSON has an escape that isn't a character")]
    TextEscapeInvalid,
    /// A member that occurs twice, so that programs disagree on which one counts (RFC 8259 §4).
    #[error("the member `{member}` occurs more than once")]
    MemberTwice {
        /// Its name; `…` where it is long or unusual.
        member: Cow<'static, str>,
    },
    /// A required member is not there.
    #[error("the member `{member}` is missing")]
    MemberMissing {
        /// Its name.
        member: Cow<'static, str>,
    },
    /// A member of another JSON type than text.
    #[error("the member `{member}` is {found}, not text")]
    MemberNotText {
        /// Its name.
        member: Cow<'static, str>,
        /// What it is, for example `a number`.
        found: &'static str,
    },
    /// A member of another JSON type than an object.
    #[error("the member `{member}` is {found}, not an object")]
    MemberNotObject {
        /// Its name.
        member: Cow<'static, str>,
        /// What it is, for example `text`.
        found: &'static str,
    },
    /// A member that is empty text.
    #[error("the member `{member}` is empty")]
    MemberEmpty {
        /// Its name.
        member: Cow<'static, str>,
    },
    /// An id that no server gives out.
    #[error("the member `{member}` isn't a valid id: {why}")]
    IdInvalid {
        /// Its name.
        member: Cow<'static, str>,
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// A secret that no server gives out.
    #[error("the member `{member}` isn't a valid secret: {why}")]
    SecretInvalid {
        /// Its name.
        member: Cow<'static, str>,
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// A mask in a secret's place, as servers and tools show it.
    #[error("the secret isn't in `{member}`, only {}", .by.name())]
    SecretMasked {
        /// The member's name, or what was entered.
        member: Cow<'static, str>,
        /// What put it there.
        by: HiddenBy,
    },
    /// The ids of a key whose private half its user keeps in a file of their own.
    #[error("this file has a key's ids but not the private key, which whoever uploaded the public key keeps")]
    PrivateKeyElsewhere,
    /// An expiration that is no time.
    #[error("the member `{member}` is not a date and time")]
    ExpirationInvalid {
        /// Its name.
        member: Cow<'static, str>,
    },
    /// An address that is no URL, or one to which Mintage would send nothing.
    #[error("the member `{member}` isn't a usable address: {why}")]
    AddressInvalid {
        /// Its name.
        member: Cow<'static, str>,
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// A `type` that Mintage does not know.
    #[error("the key file is of type `{found}`, which Mintage doesn't know")]
    TypeUnknown {
        /// The type; `…` where it is long or unusual.
        found: String,
    },
    /// A key without its `BEGIN` line.
    #[error("the private key has no `BEGIN` line")]
    PemUnframed,
    /// A `BEGIN` line without its `END` line.
    #[error("the private key ends in the middle: its `END` line is missing")]
    PemTruncated,
    /// PEM that does not decode.
    #[error("the private key's text is damaged: {why}")]
    PemInvalid {
        /// Why, as a sentence part.
        why: &'static str,
    },
    /// A JWK's number that is not base64url (RFC 7518 §2).
    #[error("the JWK's member `{member}` is not a number in base64url")]
    NumberInvalid {
        /// Its name.
        member: Cow<'static, str>,
    },
    /// A JWK that says of itself that it does not sign, or contradicts itself (RFC 7517 §4).
    #[error("this JWK can't sign: it {why}")]
    JwkUnfit {
        /// Why, as a sentence part with the JWK as its subject.
        why: String,
    },
    /// An RSA JWK with `d` alone (RFC 7518 §6.3.2 allows it): the primes would have to be searched for.
    #[error("the JWK lacks its primes: one of `p`, `q`, `dp`, `dq` and `qi` is missing")]
    PrimesMissing,
    /// A certificate beside the key that does not parse.
    #[error("the certificate beside the private key is damaged")]
    CertificateBroken,
    /// A certificate beside the key that was made for another one.
    #[error("the certificate and the private key in this text do not belong together")]
    CertificateForeign,
    /// Several certificates of the one key: servers know a key by one of them.
    #[error("there are {count} certificates of this private key in the text")]
    SeveralCertificates {
        /// How many.
        count: usize,
    },
    /// More than one credential in one file, and no way to tell which one is meant.
    #[error("there are {} credentials in this file: {}", .places.len(), listed(.places))]
    SeveralCredentials {
        /// Where each of them is, for example `data.key.json`.
        places: Vec<String>,
    },
    /// More than one private key, and no way to tell which one is meant.
    #[error("there are {count} private keys in this text")]
    SeveralKeys {
        /// How many.
        count: usize,
    },
}

impl KeyError {
    /// Whether it is JSON that a profile could describe.
    pub(crate) fn is_undescribed(&self) -> bool {
        matches!(self, Self::JsonUnknown | Self::TypeUnknown { .. })
    }

    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooSmall { .. } => "key-too-small",
            Self::Unsupported { .. } => "key-unsupported",
            Self::NotRsa { .. } => "key-not-rsa",
            Self::AlgorithmUnfit { .. } => "algorithm-unfit",
            Self::Broken { .. } => "key-broken",
            Self::Unsound { .. } => "key-unsound",
            Self::PassphraseNeeded { wrong: false } => "passphrase-needed",
            Self::PassphraseNeeded { wrong: true } => "passphrase-wrong",
            Self::EncryptionUnsupported { .. } => "key-encryption-unsupported",
            Self::EncryptionTooSlow { .. } => "key-encryption-too-slow",
            Self::TooManyFiles { .. } => "too-many-files",
            Self::EncryptionOutdated { .. } => "key-encryption-outdated",
            Self::EncryptionUnknown { .. } => "key-encryption-unknown",
            Self::LegacyEncrypted => "key-encrypted-legacy",
            Self::SigningFailed { .. } => "signing-failed",
            Self::SecretUnusable => "secret-unusable",
            Self::SecretIsKey => "secret-is-private-key",
            Self::AlgorithmNotTaken { .. } => "algorithm-not-taken",
            Self::AlgorithmBound { .. } => "algorithm-bound",
            Self::FileUnreadable { .. } => "file-unreadable",
            Self::FileNotRegular { .. } => "file-not-regular",
            Self::FileTooLarge { .. } => "file-too-large",
            Self::TextTooLarge => "text-too-large",
            Self::Empty => "file-empty",
            Self::Binary => "file-binary",
            Self::Utf16 => "file-utf16",
            Self::NotUtf8 { .. } => "file-not-utf8",
            Self::NotAKeyFile => "not-a-key-file",
            Self::JsonUnknown => "json-unknown",
            Self::JsonWithoutCredential => "json-without-credential",
            Self::RuleUnfit { .. } => "key-file-rule-unfit",
            Self::WrongKind(kind) => kind.code(),
            Self::JsonTruncated { .. } => "json-truncated",
            Self::JsonInvalid { .. } => "json-invalid",
            Self::JsonTooDeep => "json-too-deep",
            Self::PackedTooDeep => "packed-too-deep",
            Self::TextEscapeInvalid => "json-escape-invalid",
            Self::MemberTwice { .. } => "member-twice",
            Self::MemberMissing { .. } => "member-missing",
            Self::MemberNotText { .. } => "member-not-text",
            Self::MemberNotObject { .. } => "member-not-object",
            Self::MemberEmpty { .. } => "member-empty",
            Self::IdInvalid { .. } => "id-invalid",
            Self::SecretInvalid { .. } => "secret-invalid",
            Self::SecretMasked { .. } => "secret-masked",
            Self::PrivateKeyElsewhere => "private-key-elsewhere",
            Self::ExpirationInvalid { .. } => "expiration-invalid",
            Self::AddressInvalid { .. } => "address-invalid",
            Self::TypeUnknown { .. } => "type-unknown",
            Self::PemUnframed => "pem-unframed",
            Self::PemTruncated => "pem-truncated",
            Self::PemInvalid { .. } => "pem-invalid",
            Self::NumberInvalid { .. } => "jwk-number-invalid",
            Self::JwkUnfit { .. } => "jwk-unfit",
            Self::PrimesMissing => "jwk-without-primes",
            Self::CertificateBroken => "certificate-broken",
            Self::CertificateForeign => "certificate-of-another-key",
            Self::SeveralCertificates { .. } => "several-certificates",
            Self::SeveralCredentials { .. } => "several-credentials",
            Self::SeveralKeys { .. } => "several-keys",
        }
    }
}

/// The first few places in back-ticks, and how many more there are.
fn listed(places: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut words: Vec<String> = places.iter().take(SHOWN).map(|place| format!("`{place}`")).collect();
    if places.len() > SHOWN {
        words.push(format!("{} more", places.len() - SHOWN));
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
