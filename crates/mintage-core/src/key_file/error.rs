//! What can be wrong with a key file, besides the key in it.
//!
//! Rule: as for [`KeyError`], facts are numbers, our own names, and short plain words from the file.

use std::borrow::Cow;

use crate::der::Why;
use crate::error_table::error_table;
use crate::private_key::{KeyError, WrongKind};

mod encryption;
mod help;
mod hidden;

pub use encryption::EncryptionError;
pub use hidden::HiddenBy;

const CHOOSE_KEY_FILE: &str = "Choose the key file that you downloaded from your provider's console";
const DOWNLOAD_UNCHANGED: &str = "Download the key file again and import it unchanged";
const SAVE_AS_UTF_8: &str =
    "Save the file as UTF-8 in your editor, or download it again and import it without opening it";
const DOWNLOAD_OR_CREATE: &str = "Download the key file again, or create a new key";
const COPY_WHOLE: &str = "Copy the whole key again, unchanged, from its `BEGIN` line to its `END` line";

error_table! {
    /// A key file isn't usable.
    #[derive(Debug, thiserror::Error)]
    pub enum KeyFileError {
        /// The key in it isn't usable.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Key(#[from] KeyError),
        /// The encryption of the key in it can't be opened.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Encryption(#[from] EncryptionError),
        /// A key of another type in a file for a server that only accepts RSA.
        #[error("the key is of type `{found}`, but this kind of key file holds RSA keys")]
        [code = "key-not-rsa", help = "Create an RSA key in your provider's console and import it"]
        NotRsa {
            /// The key type found, for example `P-256`.
            found: String,
        },
        /// More files at once than the limit.
        #[error("only the first {most} files were read; {more} were skipped, starting with this one")]
        [code = "too-many-files", help = "Import or discard these files, then choose the rest"]
        TooManyFiles {
            /// How many were read.
            most: usize,
            /// How many were skipped, at least one.
            more: usize,
        },
        /// What was entered as a secret isn't one.
        #[error("this can't be a client secret or token: it's too long, or contains line breaks or special characters")]
        [code = "secret-unusable", help = "Copy only the secret or token, without anything around it"]
        SecretUnusable,
        /// What was entered as a secret or token is a private key.
        #[error("this is a private key, which Mintage never sends as a secret or token")]
        [code = "secret-is-private-key", help = "Import it as a private key"]
        SecretIsKey,
        /// The file can't be opened or read.
        #[error("couldn't read `{name}`")]
        [code = "file-unreadable", help = "Check that the file exists and that you have permission to read it"]
        FileUnreadable {
            /// The file's name.
            name: String,
            /// Why.
            #[source]
            source: std::io::Error,
        },
        /// A folder, FIFO, socket or device.
        #[error("`{name}` isn't a regular file")]
        [code = "file-not-regular", help = "Choose the key file itself"]
        FileNotRegular {
            /// The file's name.
            name: String,
        },
        /// Larger than any key file.
        #[error("`{name}` is larger than 256 kB, which is too large for a key file")]
        [code = "file-too-large", help = CHOOSE_KEY_FILE]
        FileTooLarge {
            /// The file's name.
            name: String,
        },
        /// Pasted text, larger than any key file.
        #[error("the text is larger than 256 kB, which is too large for a key file")]
        [code = "text-too-large", help = "Paste only the key file's text"]
        TextTooLarge,
        /// Nothing, or only whitespace.
        #[error("the key file is empty")]
        [code = "file-empty", help = CHOOSE_KEY_FILE]
        Empty,
        /// Bytes that are neither text nor a known format.
        #[error("the file is binary and in a format that Mintage doesn't recognise")]
        [code = "file-binary", help = CHOOSE_KEY_FILE]
        Binary,
        /// Text in UTF-16, as some Windows editors save it.
        #[error("the file is saved as UTF-16")]
        [code = "file-utf16", help = SAVE_AS_UTF_8]
        Utf16,
        /// Text that isn't UTF-8.
        #[error("the file isn't valid UTF-8 after byte {at}")]
        [code = "file-not-utf8", help = SAVE_AS_UTF_8]
        NotUtf8 {
            /// How many bytes are valid.
            at: usize,
        },
        /// Text without a private key in it.
        #[error("there is no private key in this text")]
        [code = "not-a-key-file", help = CHOOSE_KEY_FILE]
        NotAKeyFile,
        /// JSON of an unknown shape.
        #[error("the JSON isn't in any format that Mintage or your profiles recognise")]
        [
            code = "json-unknown",
            help = "Choose the key file that you downloaded from your provider's console; if this is that file, describe it in a profile"
        ]
        JsonUnknown,
        /// JSON in which neither Mintage nor a profile draft finds a credential.
        #[error("the JSON contains no private key, client secret or token that Mintage recognises")]
        [
            code = "json-without-credential",
            help = "Choose the key file that you downloaded from your provider's console; if this is that file, add a profile that says where its credential is"
        ]
        JsonWithoutCredential,
        /// A file that doesn't match the user's own profile that describes it.
        #[error("the file doesn't match the rule `{rule}` of the profile `{profile}`: {differs}")]
        [
            code = "key-file-rule-unfit",
            help(differs) = match **differs {
                Self::PemUnframed => "Set the rule's `keyEncoding` to the encoding in the file, fix the path of `privateKey`, or download the key file again",
                _ => "Fix the rule under `keyFiles` in that profile, or download the key file again",
            }
        ]
        RuleUnfit {
            /// The rule's name.
            rule: String,
            /// The profile's name.
            profile: String,
            /// What differs.
            differs: Box<Self>,
        },
        /// JSON that is cut off.
        #[error("the JSON is cut off (line {line})")]
        [code = "json-truncated", help = DOWNLOAD_OR_CREATE]
        JsonTruncated {
            /// The last line, from 1.
            line: usize,
        },
        /// Not JSON.
        #[error("the JSON is invalid at line {line}, column {column}{}", .why.map(|why| format!(": {why}")).unwrap_or_default())]
        [
            code = "json-invalid",
            help(why) = if why.is_some() { "Fix the JSON there, or download the key file again" } else { DOWNLOAD_OR_CREATE }
        ]
        JsonInvalid {
            /// Line, from 1.
            line: usize,
            /// Column, from 1.
            column: usize,
            /// What is there, as a sentence part, if it is a common mistake.
            why: Option<&'static str>,
        },
        /// JSON that is nested deeper than any key file.
        #[error("the JSON is nested too deeply to be a key file")]
        [code = "json-too-deep", help = CHOOSE_KEY_FILE]
        JsonTooDeep,
        /// A file in a file in a file: more layers than any tool uses for a key file.
        #[error("the key file is packed in too many layers")]
        [code = "packed-too-deep", help = "Unpack the file until you reach the key file itself, then import that"]
        PackedTooDeep,
        /// A string with half a surrogate pair in it (RFC 8259 §8.2).
        #[error("a string in the JSON has an invalid escape")]
        [code = "json-escape-invalid", help = DOWNLOAD_UNCHANGED]
        TextEscapeInvalid,
        /// A member that occurs twice, so that programs disagree on which one counts (RFC 8259 §4).
        #[error("the member `{member}` occurs more than once")]
        [code = "member-twice", help = DOWNLOAD_UNCHANGED]
        MemberTwice {
            /// Its name; `…` if it is long or unusual.
            member: Cow<'static, str>,
        },
        /// A required member is missing.
        #[error("the member `{member}` is missing")]
        [code = "member-missing", help(member) = help::of_member(member)]
        MemberMissing {
            /// Its name.
            member: Cow<'static, str>,
        },
        /// A member that isn't a string.
        #[error("the member `{member}` is {found}, not a string")]
        [code = "member-not-text", help(member) = help::of_member(member)]
        MemberNotText {
            /// Its name.
            member: Cow<'static, str>,
            /// What it is, for example `a number`.
            found: &'static str,
        },
        /// A member that isn't an object.
        #[error("the member `{member}` is {found}, not an object")]
        [code = "member-not-object", help = DOWNLOAD_UNCHANGED]
        MemberNotObject {
            /// Its name.
            member: Cow<'static, str>,
            /// What it is, for example `a string`.
            found: &'static str,
        },
        /// A member that is an empty string.
        #[error("the member `{member}` is empty")]
        [code = "member-empty", help(member) = help::of_member(member)]
        MemberEmpty {
            /// Its name.
            member: Cow<'static, str>,
        },
        /// An id that no server issues.
        #[error("the member `{member}` isn't a valid id: {why}")]
        [code = "id-invalid", help(member) = help::of_member(member)]
        IdInvalid {
            /// Its name.
            member: Cow<'static, str>,
            /// Why, as a sentence part.
            why: &'static str,
        },
        /// A secret that no server issues.
        #[error("the member `{member}` isn't a valid secret: {why}")]
        [code = "secret-invalid", help(member) = help::of_member(member)]
        SecretInvalid {
            /// Its name.
            member: Cow<'static, str>,
            /// Why, as a sentence part.
            why: &'static str,
        },
        /// A mask in place of a secret, as servers and tools show it.
        #[error("`{member}` doesn't contain the secret, only {}", .by.name())]
        [code = "secret-masked", help(by) = by.help()]
        SecretMasked {
            /// The member's name, or what was entered.
            member: Cow<'static, str>,
            /// What put it there.
            by: HiddenBy,
        },
        /// The ids of a key whose private half the user keeps in a separate file.
        #[error("this file has a key's ids but not the private key, which only the person who uploaded the public key has")]
        [
            code = "private-key-elsewhere",
            help = "Choose or paste the private key (PEM) as well; Mintage combines it with the ids in this file"
        ]
        PrivateKeyElsewhere,
        /// An expiration that isn't a time.
        #[error("the member `{member}` isn't a valid date and time")]
        [code = "expiration-invalid", help = DOWNLOAD_UNCHANGED]
        ExpirationInvalid {
            /// Its name.
            member: Cow<'static, str>,
        },
        /// An address that isn't a URL, or one that Mintage wouldn't send anything to.
        #[error("the member `{member}` isn't a usable address: {why}")]
        [
            code = "address-invalid",
            help = "Download the key file again and import it unchanged, or enter the server's https address there"
        ]
        AddressInvalid {
            /// Its name.
            member: Cow<'static, str>,
            /// Why, as a sentence part.
            why: &'static str,
        },
        /// A `type` that Mintage doesn't know.
        #[error("the key file has the type `{found}`, which Mintage doesn't recognise")]
        [
            code = "type-unknown",
            help = "Create a JSON key for a service user in your provider's console and import it; if this file is one, describe it in a profile"
        ]
        TypeUnknown {
            /// The type; `…` if it is long or unusual.
            found: String,
        },
        /// A key without its `BEGIN` line.
        #[error("the private key has no `BEGIN` line")]
        [code = "pem-unframed", help = "Copy the key again with its `BEGIN` and `END` lines"]
        PemUnframed,
        /// A `BEGIN` line without its `END` line.
        #[error("the private key is cut off: its `END` line is missing")]
        [code = "pem-truncated", help = COPY_WHOLE]
        PemTruncated,
        /// PEM that doesn't decode.
        #[error("the private key's text is damaged: {why}")]
        [code = "pem-invalid", help = COPY_WHOLE]
        PemInvalid {
            /// Why, as a sentence part.
            why: &'static str,
        },
        /// A JWK's number that isn't base64url (RFC 7518 §2).
        #[error("the JWK's member `{member}` isn't a base64url-encoded number")]
        [
            code = "jwk-number-invalid",
            help = "Download the JWK again, or export the key as PKCS#8 PEM, and import it unchanged"
        ]
        NumberInvalid {
            /// Its name.
            member: Cow<'static, str>,
        },
        /// A JWK that says that it doesn't sign, or that contradicts itself (RFC 7517 §4).
        #[error("this JWK can't sign: it {why}")]
        [
            code = "jwk-unfit",
            help = "Create a signing key in your provider's console and import it, or fix the JWK if you wrote it yourself"
        ]
        JwkUnfit {
            /// Why, as a sentence part with the JWK as its subject.
            why: String,
        },
        /// An RSA JWK with `d` alone (RFC 7518 §6.3.2 allows it): the primes would have to be searched for.
        #[error("the JWK lacks its primes: one of `p`, `q`, `dp`, `dq` and `qi` is missing")]
        [
            code = "jwk-without-primes",
            help = "Create a new key in your provider's console, or export this one with its primes, as JWK or PKCS#8 PEM"
        ]
        PrimesMissing,
        /// A certificate that comes with the key and doesn't parse.
        #[error("the certificate that comes with the private key is damaged")]
        [
            code = "certificate-broken",
            help = "Copy the whole certificate again, or import the private key without it if your provider doesn't need one"
        ]
        CertificateBroken,
        /// A certificate that comes with the key and belongs to another one.
        #[error("the certificate in this text doesn't match the private key")]
        [
            code = "certificate-of-another-key",
            help = "Put the private key and its own certificate in one file and import it"
        ]
        CertificateForeign,
        /// Several certificates for the one key: servers identify a key by one of them.
        #[error("this text has {count} certificates for the same private key")]
        [
            code = "several-certificates",
            help = "Remove the certificates that your provider doesn't know, and import the rest"
        ]
        SeveralCertificates {
            /// How many.
            count: usize,
        },
        /// More than one credential in one file, and no way to know which one is meant.
        #[error("this file has {} credentials: {}", .places.len(), listed(.places))]
        [code = "several-credentials", help = "Save each credential in a separate file and import the one you want"]
        SeveralCredentials {
            /// Where each of them is, for example `data.key.json`.
            places: Vec<String>,
        },
        /// More than one private key, and no way to know which one is meant.
        #[error("this text has {count} private keys")]
        [code = "several-keys", help = "Save each private key in a separate file and import the one you want"]
        SeveralKeys {
            /// How many.
            count: usize,
        },
    }
}

impl KeyFileError {
    /// Whether it is JSON that a profile could describe.
    pub(crate) fn is_undescribed(&self) -> bool {
        matches!(self, Self::JsonUnknown | Self::TypeUnknown { .. })
    }
}

impl From<WrongKind> for KeyFileError {
    fn from(kind: WrongKind) -> Self {
        Self::Key(kind.into())
    }
}

impl From<Why> for KeyFileError {
    fn from(why: Why) -> Self {
        Self::Key(why.into())
    }
}

/// The first few paths in backticks, and how many more there are.
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
