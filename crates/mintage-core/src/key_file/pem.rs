//! **PEM** (RFC 7468) with exactly one private key in it, and perhaps its certificate.
//!
//! Rule: framing is lenient (text around it, any line length, `\n` escapes, dashes that a word processor
//! changed), content strict. The decoding is our own because the usual libraries leave unwiped copies of the
//! key on the heap.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::opener::Opener;
use super::{KeyFile, Material, Shape, certificate, encrypted, foreign, framing, openssh, shown};
use crate::error::{KeyError, WrongKind};
use crate::private_key::{PrivateKey, form};
use crate::secret::SecretBytes;

/// What a PEM's first line begins with.
pub(super) const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// What private keys are labelled that Mintage reads, as RFC 7468, OpenSSL and OpenSSH write it.
const KEY_LABELS: [&str; 6] = [
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
];

/// What stands between a `BEGIN` and its `END` line.
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
    /// `x5t#S256` of the key's own certificate, where it stands beside it.
    certificate: Option<String>,
}

impl Found {
    /// The key as a key file that tells nothing else.
    pub(super) fn into_file(self, shape: Shape) -> KeyFile {
        KeyFile { certificate: self.certificate, ..KeyFile::new(shape, Material::PrivateKey(self.key)) }
    }
}

/// Finds the one private key in the text, opening it with the passphrase where it is encrypted, and its
/// certificate. A text that is the inside of a PEM and nothing else is read as well.
///
/// # Errors
/// What is there instead, or why it does not decode; [`KeyError::SeveralKeys`] for more than one key;
/// what [`certificate::thumbprint`] reports.
pub(super) fn parse(text: &str, opener: Opener<'_>) -> Result<Found, KeyError> {
    framed(text, opener).or_else(|error| match error {
        KeyError::PemUnframed | KeyError::NotAKeyFile => unframed(text, opener, error),
        other => Err(other),
    })
}

fn framed(text: &str, opener: Opener<'_>) -> Result<Found, KeyError> {
    let repaired = framing::repaired(text);
    let text = repaired.as_ref().map_or(text, |text| text.as_str());
    let blocks = blocks(text)?;
    let mut private = blocks.iter().filter(|block| block.is_private());
    let Some(block) = private.next() else {
        return Err(without_private_key(&blocks, text));
    };
    let more = private.count();
    if more > 0 {
        return Err(KeyError::SeveralKeys { count: more + 1 });
    }
    let key = key_of(block, opener)?;
    let certificates = blocks.iter().filter(|block| block.is_certificate()).map(|block| decoded(block.body));
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(|_| KeyError::CertificateBroken)?;
    let certificates: Vec<&[u8]> = certificates.iter().map(SecretBytes::expose).collect();
    Ok(Found { certificate: certificate::thumbprint(&certificates, &key)?, key })
}

/// Finds the private key in the text of a JSON member, where it cannot be anything but PEM.
///
/// # Errors
/// As [`parse`]; [`KeyError::PemUnframed`] where no `BEGIN` line is there.
pub(super) fn parse_member(text: &str, opener: Opener<'_>) -> Result<Found, KeyError> {
    framed(text, opener).map_err(|error| match error {
        KeyError::NotAKeyFile => KeyError::PemUnframed,
        other => other,
    })
}

/// Finds the private key in base64 (RFC 4648 §4, §5) of a PEM or of its DER.
///
/// # Errors
/// As [`parse_member`]; [`KeyError::PemInvalid`] for what is no base64.
pub(super) fn parse_base64(text: &str, opener: Opener<'_>) -> Result<Found, KeyError> {
    if text.contains(BEGIN) {
        return parse_member(text, opener);
    }
    let bytes = of_base64(text).ok_or(invalid("it is no base64"))?;
    match std::str::from_utf8(bytes.expose()) {
        Ok(pem) if pem.contains(BEGIN) => parse_member(pem, opener),
        _ => parse_binary(bytes, opener),
    }
}

/// Reads the private key in what a PEM packs: DER, or OpenSSH's own format.
///
/// # Errors
/// What it is instead, or what is wrong with it.
pub(super) fn parse_binary(bytes: SecretBytes, opener: Opener<'_>) -> Result<Found, KeyError> {
    Ok(Found { key: of_binary(bytes, opener)?, certificate: None })
}

/// Whether the text is a private key in any of its spellings, which nobody must take for a secret to send.
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

/// Decodes base64 of either alphabet, with or without padding and line ends.
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

fn key_of(block: &Block<'_>, opener: Opener<'_>) -> Result<PrivateKey, KeyError> {
    if let Some(kind) = foreign::of_label(block.label) {
        return Err(kind.into());
    }
    // RFC 1421 §4.6: headers, which only keys encrypted in the way before PKCS#8 have.
    if block.body.contains("DEK-Info") || block.body.contains("4,ENCRYPTED") {
        return Err(of_dek_info(block.body));
    }
    of_binary(decoded(block.body)?, opener).map_err(|error| match error {
        KeyError::Broken { .. } if !KEY_LABELS.contains(&block.label) => {
            // Capitals, digits and spaces alone, which no key is written in.
            KeyError::Unsupported { found: block.label.chars().take(40).collect() }
        }
        other => other,
    })
}

/// Tells the ciphers that OpenSSL 3 opens from those that only its legacy provider does: DES alone, RC2, SEED.
fn of_dek_info(body: &str) -> KeyError {
    let value = body.split_once("DEK-Info:").map_or("", |(_, value)| value.trim_start());
    let cipher = value.split_once(',').map_or("", |(cipher, _)| cipher);
    match ["AES-", "DES-EDE3", "CAMELLIA-", "ARIA-"].iter().any(|current| cipher.starts_with(current)) {
        true => KeyError::LegacyEncrypted,
        false => KeyError::EncryptionOutdated { scheme: format!("DEK-Info ({})", shown(cipher)) },
    }
}

/// Reads DER, opening it with the passphrase where it is encrypted, or OpenSSH's own format.
fn of_binary(bytes: SecretBytes, opener: Opener<'_>) -> Result<PrivateKey, KeyError> {
    if bytes.expose().starts_with(openssh::MAGIC) {
        return openssh::key(bytes.expose());
    }
    match PrivateKey::from_der(bytes.clone()) {
        Err(KeyError::PassphraseNeeded { .. }) => encrypted::open(bytes.expose(), opener),
        other => other.map_err(|error| foreign::named(bytes.expose(), error)),
    }
}

/// Cuts the text into its blocks.
fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let (label, inside) = label_at(&rest[at + BEGIN.len()..])?;
        let end = inside.find(END).ok_or(KeyError::PemTruncated)?;
        let body = &inside[..end];
        if body.contains(BEGIN) {
            return Err(KeyError::PemTruncated);
        }
        let after = &inside[end + END.len()..];
        let closed = after.strip_prefix(label).and_then(|after| after.strip_prefix(DASHES));
        rest = match closed {
            Some(rest) => rest,
            None if after.contains(DASHES) => return Err(invalid("its BEGIN and END lines differ")),
            None => return Err(KeyError::PemTruncated),
        };
        blocks.push(Block { label, body });
    }
    Ok(blocks)
}

fn label_at(text: &str) -> Result<(&str, &str), KeyError> {
    let end = text.bytes().position(|byte| !(byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' '));
    let (label, after) = text.split_at(end.ok_or(KeyError::PemTruncated)?);
    let after = after.strip_prefix(DASHES).ok_or(invalid("its BEGIN line is broken"))?;
    Ok((label, after))
}

/// Decodes base64 (RFC 4648 §4), skipping white space and the `\n` and `\r` that a copy out of JSON,
/// YAML or an environment variable leaves.
fn decoded(body: &str) -> Result<SecretBytes, KeyError> {
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    let mut bytes = body.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'\\' => {
                while bytes.next_if_eq(&b'\\').is_some() {}
                if bytes.next_if(|next| matches!(next, b'n' | b'r' | b't')).is_none() {
                    return Err(invalid("it holds a stray backslash"));
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => base64.push(byte),
            _ => return Err(invalid("it holds characters that are not base64")),
        }
    }
    if base64.is_empty() {
        return Err(invalid("there is nothing between its BEGIN and END lines"));
    }
    let mut der = vec![0; base64::decoded_len_estimate(base64.len())];
    // The library's error quotes the offending byte, so it is not passed on.
    let length = BASE64_STANDARD.decode_slice(&*base64, &mut der);
    let length = length.map_err(|_| invalid("some of its characters are missing or changed"));
    let mut der = Zeroizing::new(der);
    der.truncate(length?);
    Ok(SecretBytes::new(std::mem::take(&mut *der)))
}

/// Names what a text without a private key holds.
fn without_private_key(blocks: &[Block<'_>], text: &str) -> KeyError {
    if let Some(kind) = blocks.iter().find_map(|block| foreign::of_label(block.label)) {
        return kind.into();
    }
    // Base64 of a DER sequence of 256 to 65,535 bytes begins like this.
    let named = text.contains("PRIVATE KEY") || text.starts_with("MII");
    if named { KeyError::PemUnframed } else { KeyError::NotAKeyFile }
}

/// Reads the inside of a PEM alone, or a binary file as base64; what is neither has this error.
fn unframed(text: &str, opener: Opener<'_>, error: KeyError) -> Result<Found, KeyError> {
    let Ok(bytes) = decoded(text) else { return Err(error) };
    let read = match foreign::of_bytes(bytes.expose()) {
        _ if foreign::is_binary_key(bytes.expose()) => parse_binary(bytes, opener),
        Some(kind @ KeyError::WrongKind(_)) => Err(kind),
        _ => Err(error),
    };
    // What converts a keystore wants its bytes.
    read.map_err(|error| match error {
        KeyError::WrongKind(kind) if foreign::is_keystore(kind) => WrongKind::KeystoreText.into(),
        other => other,
    })
}

fn invalid(why: &'static str) -> KeyError {
    KeyError::PemInvalid { why }
}
