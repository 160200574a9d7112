//! **Foreign** files: files that people mistake for a key file, recognised by their first bytes, words, labels or
//! members.
//!
//! Rule: only what is certain is identified; a text with a private key in it is always searched for it.

use super::KeyFileError;
use super::{framing, openssh};
use crate::der::SEQUENCE;
use crate::json::Json;
use crate::private_key::{KeyError, WrongKind, form};

mod der;

pub(super) use der::named;

/// Identifies bytes that aren't text; `None` for what may be text, or a key as DER.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<KeyFileError> {
    if bytes.is_empty() {
        return Some(KeyFileError::Empty);
    }
    if let Some(kind) = of_signature(bytes) {
        return Some(kind.into());
    }
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Some(KeyFileError::Utf16),
        // A DER sequence with a long length, which UTF-8 text never begins with.
        [0x30, 0x80..=0x84, ..] => return der::instead(bytes),
        // UTF-16 without a byte order mark.
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] if *first > 0 && *second > 0 => {
            return Some(KeyFileError::Utf16);
        }
        _ => {}
    }
    let controls = bytes.iter().filter(|byte| **byte < 0x20 && !b"\t\n\x0c\r".contains(byte)).count();
    // Keys on curves are short and may begin like text.
    if bytes.contains(&0) || controls > bytes.len() / 16 { der::instead(bytes) } else { None }
}

/// Whether these bytes are a private key as DER, or in OpenSSH's format without PEM; text is neither.
pub(super) fn is_binary_key(bytes: &[u8]) -> bool {
    let is_der = || matches!(form::of(bytes), Ok(_) | Err(KeyError::PassphraseNeeded { .. }));
    bytes.starts_with(openssh::MAGIC) || (bytes.first() == Some(&SEQUENCE) && is_der())
}

/// Identifies what is certain from the first bytes.
fn of_signature(bytes: &[u8]) -> Option<WrongKind> {
    let begins = |signatures: &[&[u8]]| signatures.iter().any(|signature| bytes.starts_with(signature));
    let is_zip = begins(&[b"PK\x03\x04"]);
    let is_office =
        || [&b"[Content_Types].xml"[..], b"mimetypeapplication/vnd.oasis"].iter().any(|name| find(bytes, name));
    match bytes {
        [0xfe, 0xed, 0xfe, 0xed, ..] => Some(WrongKind::JavaKeystore),
        [0xce, 0xce, 0xce, 0xce, ..] => Some(WrongKind::JceKeystore),
        // RFC 9580 §4.2: a secret or public key packet in the old format, followed by its version.
        [0x94 | 0x98, _, 3..=6, ..] | [0x95 | 0x99, _, _, 3..=6, ..] => Some(WrongKind::Pgp),
        _ if begins(&[b"%PDF-", b"{\\rtf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]) || (is_zip && is_office()) => {
            Some(WrongKind::Document)
        }
        // PNG, JPEG, GIF, TIFF, BMP, WebP and HEIC.
        _ if begins(&[b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"])
            || bytes.get(8..12) == Some(b"WEBP")
            || bytes.get(4..8) == Some(b"ftyp") =>
        {
            Some(WrongKind::Picture)
        }
        // zip, gzip, 7z, xz, bzip2, zstd, RAR, tar.
        _ if is_zip
            || begins(&[b"\x1f\x8b", b"7z\xbc\xaf", b"\xfd7zX", b"BZh", b"\x28\xb5\x2f\xfd", b"Rar!"])
            || bytes.get(257..262) == Some(b"ustar") =>
        {
            Some(WrongKind::Archive)
        }
        _ => None,
    }
}

/// Whether files of this kind are keystores, which programs read as binary.
pub(super) fn is_keystore(kind: WrongKind) -> bool {
    matches!(kind, WrongKind::Pkcs12 | WrongKind::OldPkcs12 | WrongKind::JavaKeystore | WrongKind::JceKeystore)
}

fn find(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Identifies a PEM block without a private key that Mintage can read, by its label (RFC 7468).
pub(super) fn of_label(label: &str) -> Option<WrongKind> {
    Some(match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "SSH2 PUBLIC KEY" => WrongKind::PublicKey,
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => WrongKind::Certificate,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => WrongKind::CertificateRequest,
        "X509 CRL" | "CRL" => WrongKind::RevocationList,
        "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => WrongKind::Pkcs7,
        "DH PARAMETERS" | "X9.42 DH PARAMETERS" | "DSA PARAMETERS" => WrongKind::Parameters,
        "EC PARAMETERS" => WrongKind::CurveName,
        "TSS2 PRIVATE KEY" | "PKCS11 PROVIDER URI" => WrongKind::HardwareKey,
        "PKCS12" => WrongKind::KeystoreText,
        "AGE ENCRYPTED FILE" => WrongKind::Age,
        label if label.starts_with("PGP ") => WrongKind::Pgp,
        label if label.starts_with("NEBULA ") => WrongKind::Vpn,
        _ => return None,
    })
}

/// Identifies text that is neither JSON nor PEM; `None` if it may be either.
pub(super) fn of_text(text: &str) -> Option<KeyFileError> {
    let begins = |with: &[&str]| with.iter().any(|prefix| text.starts_with(prefix));
    let kind = if begins(&["PuTTY-User-Key-File-"]) {
        WrongKind::Putty
    } else if begins(&["---- BEGIN SSH2 ENCRYPTED PRIVATE KEY", "---- BEGIN SSH2 PRIVATE KEY"]) {
        WrongKind::SshCom
    } else if begins(&["Bearer ", "bearer ", "Authorization:", "authorization:"]) || is_compact_jose(text) {
        WrongKind::Token
    } else if text.contains(framing::BEGIN) && text.contains("PRIVATE KEY") {
        return None;
    } else {
        of_ssh_public(text).or_else(|| of_words(text))?
    };
    Some(kind.into())
}

/// Identifies the public half of an OpenSSH key, alone or in a list such as `authorized_keys` or `known_hosts`.
fn of_ssh_public(text: &str) -> Option<WrongKind> {
    if text.starts_with("---- BEGIN SSH2 PUBLIC KEY") {
        return Some(WrongKind::PublicKey);
    }
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    // A host or options may precede the key type.
    let mut words = line.split(' ').take(4);
    let kind = words.find(|word| ["ssh-", "ecdsa-sha2-", "sk-"].iter().any(|with| word.starts_with(with)))?;
    // RFC 4251 §5: the length of the type, which is a small number.
    words.next()?.starts_with("AAAA").then_some(match kind {
        kind if kind.contains("-cert-v") => WrongKind::OpenSshCertificate,
        kind if kind.starts_with("sk-") => WrongKind::HardwareKey,
        _ => WrongKind::PublicKey,
    })
}

/// Identifies what is certain from its first words, or from words that occur nowhere else.
fn of_words(text: &str) -> Option<WrongKind> {
    if text.starts_with('{') {
        return None;
    }
    // Nothing is copied, since the text may turn out to be a private key.
    let same = |bytes: &[u8], word: &&str| bytes.eq_ignore_ascii_case(word.as_bytes());
    let begins = |with: &[&str]| {
        with.iter().any(|word| text.as_bytes().get(..word.len()).is_some_and(|start| same(start, word)))
    };
    let start = &text.as_bytes()[..text.len().min(256)];
    let near = |words: &[&str]| words.iter().any(|word| start.windows(word.len()).any(|window| same(window, word)));
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    let is_markup = text.starts_with('<');
    let is_of_aws = near(&["secret access key"]) || text.contains("aws_secret_access_key");
    let table: [(bool, WrongKind); 15] = [
        (begins(&["$ansible_vault;"]), WrongKind::EncryptedFile),
        (has(&["\nsops:", "ENC["]), WrongKind::EncryptedFile),
        (has(&["kind: SealedSecret", "encryptedData:"]), WrongKind::EncryptedFile),
        (has(&["AGE-SECRET-KEY-1"]) || begins(&["age1", "age-encryption.org/"]), WrongKind::Age),
        (begins(&["untrusted comment:"]), WrongKind::Minisign),
        (begins(&["[interface]", "[peer]"]) && has(&["Key"]), WrongKind::Vpn),
        (has(&["BEGIN OpenVPN Static key"]), WrongKind::Vpn),
        (begins(&["access key id,", "[default]", "[profile ", "aws_"]) && is_of_aws, WrongKind::AwsAccessKey),
        (has(&["kind: Config", "clusters:", "users:"]), WrongKind::Kubeconfig),
        (is_markup && has(&["EntityDescriptor", "urn:oasis:names:tc:SAML:2.0:metadata"]), WrongKind::SamlMetadata),
        (is_markup && has(&["<RSAKeyValue>", "<Modulus>", "<D>"]), WrongKind::XmlKey),
        (is_markup && has(&["<RSAKeyValue>", "<Modulus>"]), WrongKind::PublicKey),
        (is_markup && has(&["<plist", "GOOGLE_APP_ID"]), WrongKind::FirebaseApp),
        (is_markup && has(&["<svg"]), WrongKind::Picture),
        (is_markup && near(&["<!doctype html", "<html", "<head", "<body"]), WrongKind::WebPage),
    ];
    table.into_iter().find_map(|(is, kind)| is.then_some(kind))
}

/// What servers say about a failed request (RFC 6749 §5.2, RFC 9457 §3.1, and what frameworks write).
const ERROR: &[&str] = &[
    "error",
    "error_description",
    "error_uri",
    "error_code",
    "errors",
    "message",
    "msg",
    "detail",
    "details",
    "title",
    "type",
    "instance",
    "status",
    "statusCode",
    "code",
    "timestamp",
    "path",
    "success",
    "requestId",
    "request_id",
    "trace_id",
    "documentation_url",
];

/// Identifies JSON without a credential that Mintage accepts; `None` if it isn't known.
pub(super) fn of_json(json: &Json) -> Option<WrongKind> {
    let all = |names: [&str; 2]| names.iter().all(|name| json.get(name).is_some());
    let table = [
        (all(["issuer_id", "key_id"]) && json.has(&["key", "key_content", "key_filepath"]), WrongKind::AppStoreConnect),
        (all(["service_account_id", "key_algorithm"]), WrongKind::YandexKey),
        (json.get("sops").is_some_and(|sops| sops.has(&["mac", "version"])), WrongKind::EncryptedFile),
        (all(["spec", "kind"]) && is_sealed(json), WrongKind::EncryptedFile),
        (all(["project_info", "client"]), WrongKind::FirebaseApp),
        (json.get("project").is_some_and(|project| project.get("workspace").is_some()), WrongKind::AdobeProject),
        (all(["appId", "fileWithCertAndPrivateKey"]), WrongKind::AzureCertificateFile),
        (json.get("AccessKey").unwrap_or(json).get("SecretAccessKey").is_some(), WrongKind::AwsAccessKey),
        (json.has(&["error", "message", "msg", "detail"]) && json.has_only(ERROR), WrongKind::ErrorAnswer),
        (all(["clusters", "users"]), WrongKind::Kubeconfig),
        (all(["issuer", "jwks_uri"]) || all(["issuer", "token_endpoint"]), WrongKind::Discovery),
    ];
    table.into_iter().find_map(|(is, kind)| is.then_some(kind))
}

fn is_sealed(json: &Json) -> bool {
    json.get("spec").is_some_and(|spec| spec.has(&["encryptedData"]))
}

/// Names of members that only key files have, next to their private key.
const BESIDE_KEY: &[&str] = &[
    "keyId",
    "key_id",
    "userId",
    "user_id",
    "clientId",
    "client_id",
    "client_email",
    "private_key_id",
    "principal_id",
    "publicKeyID",
    "kid",
];

/// Whether a text names members that accompany a key: between quotes, commas or their escapes, unlike prose.
pub(super) fn names_ids(text: &str) -> bool {
    let parts = |c: char| matches!(c, '"' | '\'' | ',' | ';' | '&' | '\\' | '\t');
    BESIDE_KEY.iter().any(|name| {
        text.match_indices(name)
            .any(|(at, _)| text[..at].ends_with(parts) && text[at + name.len()..].starts_with(parts))
    })
}

/// Whether this is a JWS or JWE in the compact serialisation (RFC 7515 §3.1, RFC 7516 §3.1).
fn is_compact_jose(text: &str) -> bool {
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    // Terminals and mail clients break long lines.
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.\r\n".contains(&byte);
    text.starts_with("eyJ") && (dots == 2 || dots == 4) && text.bytes().all(allowed)
}
