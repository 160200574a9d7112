//! **PEM** (RFC 7468) with exactly one private key, and possibly its certificate.
//!
//! Rule: framing is lenient (surrounding text, any line length, `\n` escapes, dashes changed by a word processor),
//! content is strict. The decoding is our own because the usual libraries leave unwiped copies of the key on the heap.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::framing::BEGIN;
use super::opener::Opener;
use super::{EncryptionError, KeyFileError};
use super::{KeyFile, Material, certificate, encrypted, foreign, framing, openssh, shown};
use crate::private_key::{KeyError, PrivateKey, WrongKind, form};
use crate::provider::Shape;
use crate::secret::SecretBytes;

const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The labels of private keys that Mintage reads, as RFC 7468, OpenSSL and OpenSSH write them.
const KEY_LABELS: [&str; 6] = [
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
];

/// What is between a `BEGIN` and its `END` line.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

impl Block<'_> {
    fn is_private(&self) -> bool {
        self.label.contains("PRIVATE KEY")
    }

    fn is_certificate(&self) -> bool {
        matches!(self.label, "CERTIFICATE" | "X509 CERTIFICATE")
    }
}

/// What was found in a PEM.
pub(super) struct Found {
    pub(super) key: PrivateKey,
    /// `x5t#S256` of the key's own certificate, if it is included.
    certificate: Option<String>,
}

impl Found {
    /// The key as a key file without other facts.
    pub(super) fn into_file(self, shape: Shape) -> KeyFile {
        KeyFile { certificate: self.certificate, ..KeyFile::new(shape, Material::PrivateKey(self.key)) }
    }
}

/// Finds the one private key in the text, decrypting it with the passphrase if needed, and its certificate. A text that
/// is only the inside of a PEM is accepted as well.
///
/// # Errors
/// What is there instead, or why it doesn't decode; [`KeyFileError::SeveralKeys`] for more than one key; what
/// [`certificate::thumbprint`] reports.
pub(super) fn parse(text: &str, opener: Opener<'_>) -> Result<Found, KeyFileError> {
    framed(text, opener).or_else(|error| match error {
        KeyFileError::PemUnframed | KeyFileError::NotAKeyFile => unframed(text, opener, error),
        other => Err(other),
    })
}

fn framed(text: &str, opener: Opener<'_>) -> Result<Found, KeyFileError> {
    let repaired = framing::repaired(text);
    let text = repaired.as_ref().map_or(text, |text| text.as_str());
    let blocks = blocks(text)?;
    let mut private = blocks.iter().filter(|block| block.is_private());
    let Some(block) = private.next() else {
        return Err(without_private_key(&blocks, text));
    };
    let more = private.count();
    if more > 0 {
        return Err(KeyFileError::SeveralKeys { count: more + 1 });
    }
    let key = key_of(block, opener)?;
    let certificates = blocks.iter().filter(|block| block.is_certificate()).map(|block| decoded(block.body));
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(|_| KeyFileError::CertificateBroken)?;
    let certificates: Vec<&[u8]> = certificates.iter().map(SecretBytes::expose).collect();
    Ok(Found { certificate: certificate::thumbprint(&certificates, &key)?, key })
}

/// Finds the private key in a JSON string member, which can only be PEM.
///
/// # Errors
/// As [`parse`]; [`KeyFileError::PemUnframed`] if there is no `BEGIN` line.
pub(super) fn parse_member(text: &str, opener: Opener<'_>) -> Result<Found, KeyFileError> {
    framed(text, opener).map_err(|error| match error {
        KeyFileError::NotAKeyFile => KeyFileError::PemUnframed,
        other => other,
    })
}

/// Finds the private key in base64 (RFC 4648 §4, §5) of a PEM or of its DER.
///
/// # Errors
/// As [`parse_member`]; [`KeyFileError::PemInvalid`] for what isn't base64.
pub(super) fn parse_base64(text: &str, opener: Opener<'_>) -> Result<Found, KeyFileError> {
    if text.contains(BEGIN) {
        return parse_member(text, opener);
    }
    let bytes = of_base64(text).ok_or(invalid("it isn't base64"))?;
    match std::str::from_utf8(bytes.expose()) {
        Ok(pem) if pem.contains(BEGIN) => parse_member(pem, opener),
        _ => parse_binary(bytes, opener),
    }
}

/// Reads the private key inside a PEM: DER, or OpenSSH's own format.
///
/// # Errors
/// What it is instead, or what is wrong with it.
pub(super) fn parse_binary(bytes: SecretBytes, opener: Opener<'_>) -> Result<Found, KeyFileError> {
    Ok(Found { key: of_binary(bytes, opener)?, certificate: None })
}

/// Whether the text is a private key in any spelling, which must never be mistaken for a secret to send.
pub(super) fn is_private_key(text: &str) -> bool {
    let is_text = |text: &str| {
        text.contains("PRIVATE KEY")
            || (text.contains("\"kty\"") && ["\"d\"", "\"k\""].iter().any(|part| text.contains(part)))
    };
    let is_der = |der: &[u8]| {
        use KeyError::{PassphraseNeeded, TooSmall, Unsupported, WrongKind as Other};
        matches!(
            form::of(der),
            Ok(_) | Err(PassphraseNeeded { .. } | TooSmall { .. } | Unsupported { .. } | Other(WrongKind::Pkcs12))
        ) || der.starts_with(openssh::MAGIC)
    };
    let packed = || [decoded(text).ok(), of_base64(text)].into_iter().flatten();
    is_text(text)
        || packed().any(|bytes| is_der(bytes.expose()) || std::str::from_utf8(bytes.expose()).is_ok_and(is_text))
}

/// Decodes base64 of either alphabet, with or without padding and line endings.
pub(super) fn of_base64(text: &str) -> Option<SecretBytes> {
    let mut base64 = Zeroizing::new(Vec::with_capacity(text.len()));
    base64.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }));
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(base64.len())]);
    let length = BASE64_STANDARD_NO_PAD.decode_slice(&*base64, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(SecretBytes::new(std::mem::take(&mut *bytes)))
}

fn key_of(block: &Block<'_>, opener: Opener<'_>) -> Result<PrivateKey, KeyFileError> {
    if let Some(kind) = foreign::of_label(block.label) {
        return Err(kind.into());
    }
    // RFC 1421 §4.6: headers, which only keys with pre-PKCS#8 encryption have.
    if block.body.contains("DEK-Info") || block.body.contains("4,ENCRYPTED") {
        return Err(of_dek_info(block.body).into());
    }
    of_binary(decoded(block.body)?, opener).map_err(|error| match error {
        KeyFileError::Key(KeyError::Broken { .. }) if !KEY_LABELS.contains(&block.label) => {
            // Only capitals, digits and spaces, which no key consists of.
            KeyError::Unsupported { found: block.label.chars().take(40).collect() }.into()
        }
        other => other,
    })
}

/// Distinguishes the ciphers that OpenSSL 3 opens from those that only its legacy provider opens: single DES, RC2,
/// SEED.
fn of_dek_info(body: &str) -> EncryptionError {
    let value = body.split_once("DEK-Info:").map_or("", |(_, value)| value.trim_start());
    let cipher = value.split_once(',').map_or("", |(cipher, _)| cipher);
    match ["AES-", "DES-EDE3", "CAMELLIA-", "ARIA-"].iter().any(|current| cipher.starts_with(current)) {
        true => EncryptionError::Legacy,
        false => EncryptionError::Outdated { scheme: format!("DEK-Info ({})", shown(cipher)) },
    }
}

/// Reads DER, decrypting it with the passphrase if needed, or OpenSSH's own format.
fn of_binary(bytes: SecretBytes, opener: Opener<'_>) -> Result<PrivateKey, KeyFileError> {
    if bytes.expose().starts_with(openssh::MAGIC) {
        return openssh::key(bytes.expose());
    }
    match PrivateKey::from_der(bytes.clone()) {
        Err(KeyError::PassphraseNeeded { .. }) => encrypted::open(bytes.expose(), opener),
        other => Ok(other.map_err(|error| foreign::named(bytes.expose(), error))?),
    }
}

/// Splits the text into its blocks.
fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyFileError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let (label, inside) = label_at(&rest[at + BEGIN.len()..])?;
        let end = inside.find(END).ok_or(KeyFileError::PemTruncated)?;
        let body = &inside[..end];
        if body.contains(BEGIN) {
            return Err(KeyFileError::PemTruncated);
        }
        let after = &inside[end + END.len()..];
        let closed = after.strip_prefix(label).and_then(|after| after.strip_prefix(DASHES));
        rest = match closed {
            Some(rest) => rest,
            None if after.contains(DASHES) => return Err(invalid("its BEGIN and END lines differ")),
            None => return Err(KeyFileError::PemTruncated),
        };
        blocks.push(Block { label, body });
    }
    Ok(blocks)
}

fn label_at(text: &str) -> Result<(&str, &str), KeyFileError> {
    let end = text.bytes().position(|byte| !(byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' '));
    let (label, after) = text.split_at(end.ok_or(KeyFileError::PemTruncated)?);
    let after = after.strip_prefix(DASHES).ok_or(invalid("its BEGIN line is broken"))?;
    Ok((label, after))
}

/// Decodes base64 (RFC 4648 §4), skipping whitespace and the `\n` and `\r` that remain in text copied from JSON, YAML
/// or an environment variable.
fn decoded(body: &str) -> Result<SecretBytes, KeyFileError> {
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    let mut bytes = body.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'\\' => {
                while bytes.next_if_eq(&b'\\').is_some() {}
                if bytes.next_if(|next| matches!(next, b'n' | b'r' | b't')).is_none() {
                    return Err(invalid("it contains a stray backslash"));
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => base64.push(byte),
            _ => return Err(invalid("it contains characters that aren't base64")),
        }
    }
    if base64.is_empty() {
        return Err(invalid("there is nothing between its BEGIN and END lines"));
    }
    let mut der = vec![0; base64::decoded_len_estimate(base64.len())];
    // The library's error quotes the offending byte, so it isn't passed on.
    let length = BASE64_STANDARD.decode_slice(&*base64, &mut der);
    let length = length.map_err(|_| invalid("some of its characters are missing or changed"));
    let mut der = Zeroizing::new(der);
    der.truncate(length?);
    Ok(SecretBytes::new(std::mem::take(&mut *der)))
}

/// Identifies what a text without a private key contains.
fn without_private_key(blocks: &[Block<'_>], text: &str) -> KeyFileError {
    if let Some(kind) = blocks.iter().find_map(|block| foreign::of_label(block.label)) {
        return kind.into();
    }
    // Base64 of a DER sequence of 256 to 65,535 bytes begins like this.
    let named = text.contains("PRIVATE KEY") || text.starts_with("MII");
    if named { KeyFileError::PemUnframed } else { KeyFileError::NotAKeyFile }
}

/// Reads the bare inside of a PEM, or a binary file as base64; returns this error for anything else.
fn unframed(text: &str, opener: Opener<'_>, error: KeyFileError) -> Result<Found, KeyFileError> {
    let Ok(bytes) = decoded(text) else { return Err(error) };
    let read = match foreign::of_bytes(bytes.expose()) {
        _ if foreign::is_binary_key(bytes.expose()) => parse_binary(bytes, opener),
        Some(kind @ KeyFileError::Key(KeyError::WrongKind(_))) => Err(kind),
        _ => Err(error),
    };
    // The conversion of a keystore needs its bytes.
    read.map_err(|error| match error {
        KeyFileError::Key(KeyError::WrongKind(kind)) if foreign::is_keystore(kind) => WrongKind::KeystoreText.into(),
        other => other,
    })
}

fn invalid(why: &'static str) -> KeyFileError {
    KeyFileError::PemInvalid { why }
}
