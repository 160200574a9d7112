//! **Foreign** files: what people take for a key file and is another, told by its first bytes, its words, its
//! label or its members.
//!
//! Rule: only what is certain is named; a text with a private key in it is always looked at for that.

use super::member::has;
use super::{openssh, pem, pkcs12, sketch};
use crate::error::{KeyError, WrongKind};
use crate::json::Json;
use crate::private_key::der::{Der, INTEGER, OBJECT_ID, SEQUENCE, Why};
use crate::private_key::form;

/// `UTCTime` and `GeneralizedTime` (X.680 §46, §47).
const TIMES: [u8; 2] = [0x17, 0x18];

/// PKCS#7 `data`, `signedData` and their like (RFC 2315 §14).
const PKCS_7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// Names bytes that are no text; `None` for what may be text, or a key as DER.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<KeyError> {
    if bytes.is_empty() {
        return Some(KeyError::Empty);
    }
    if let Some(kind) = of_signature(bytes) {
        return Some(kind.into());
    }
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Some(KeyError::Utf16),
        // A DER sequence with a long length, which no UTF-8 text begins with.
        [0x30, 0x80..=0x84, ..] => return of_der(bytes),
        // UTF-16 without a byte order mark.
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] if *first > 0 && *second > 0 => {
            return Some(KeyError::Utf16);
        }
        _ => {}
    }
    let controls = bytes.iter().filter(|byte| **byte < 0x20 && !b"\t\n\x0c\r".contains(byte)).count();
    // Keys on curves are short, and begin like text.
    if bytes.contains(&0) || controls > bytes.len() / 16 { of_der(bytes) } else { None }
}

/// Whether these bytes are a private key as DER, or as OpenSSH's format without its PEM; text is neither.
pub(super) fn is_binary_key(bytes: &[u8]) -> bool {
    let is_der = || matches!(form::of(bytes), Ok(_) | Err(KeyError::PassphraseNeeded { .. }));
    bytes.starts_with(openssh::MAGIC) || (bytes.first() == Some(&SEQUENCE) && is_der())
}

/// Names what the first bytes tell for certain.
fn of_signature(bytes: &[u8]) -> Option<WrongKind> {
    let begins = |signatures: &[&[u8]]| signatures.iter().any(|signature| bytes.starts_with(signature));
    let is_zip = begins(&[b"PK\x03\x04"]);
    let is_office =
        || [&b"[Content_Types].xml"[..], b"mimetypeapplication/vnd.oasis"].iter().any(|name| find(bytes, name));
    match bytes {
        [0xfe, 0xed, 0xfe, 0xed, ..] => Some(WrongKind::JavaKeystore),
        [0xce, 0xce, 0xce, 0xce, ..] => Some(WrongKind::JceKeystore),
        // RFC 9580 §4.2: a secret or public key packet in the old format, then its version.
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

fn find(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Names binary that is no private key; `None` for one.
fn of_der(bytes: &[u8]) -> Option<KeyError> {
    match form::of(bytes) {
        Ok(_) | Err(KeyError::PassphraseNeeded { .. }) => None,
        Err(error) => match named(bytes, error) {
            KeyError::Broken { .. } => Some(KeyError::Binary),
            other => Some(other),
        },
    }
}

/// Names DER more closely than its reader as a key does.
pub(super) fn named(der: &[u8], error: KeyError) -> KeyError {
    use WrongKind::{Certificate, CertificateRequest, PublicKey};
    let kind = match &error {
        KeyError::WrongKind(Certificate | CertificateRequest) if is_revocation_list(der) => WrongKind::RevocationList,
        KeyError::WrongKind(PublicKey) if is_of_diffie_hellman(der) => WrongKind::Parameters,
        KeyError::WrongKind(WrongKind::Pkcs12) | KeyError::Broken { .. } if pkcs12::is(der) => pkcs12::kind(der),
        KeyError::Broken { .. } if is_pkcs7(der).unwrap_or(false) => WrongKind::Pkcs7,
        KeyError::Broken { .. } if is_of_dsa(der).unwrap_or(false) => WrongKind::Parameters,
        _ => return error,
    };
    kind.into()
}

/// RFC 5280 §5.1: a version that may be left out, algorithm and issuer, and then a time.
fn is_revocation_list(der: &[u8]) -> bool {
    let time = || -> Result<u8, Why> {
        let mut list = Der::new(der).enter(SEQUENCE)?.enter(SEQUENCE)?;
        if list.peek() == INTEGER {
            list.take(INTEGER)?;
        }
        list.take(SEQUENCE)?;
        list.take(SEQUENCE)?;
        Ok(list.peek())
    };
    time().is_ok_and(|tag| TIMES.contains(&tag))
}

/// PKCS#3 §9: a prime and a base, which is tiny. What else is a pair of numbers is an RSA public key.
fn is_of_diffie_hellman(der: &[u8]) -> bool {
    let base = || -> Result<Vec<u8>, Why> {
        let mut pair = Der::new(der).enter(SEQUENCE)?;
        pair.take(INTEGER)?;
        Ok(pair.take(INTEGER)?.to_vec())
    };
    base().is_ok_and(|base| matches!(base.as_slice(), [2 | 5]))
}

/// RFC 3279 §2.3.2 and §2.3.3: three numbers, of which the first is a large prime.
fn is_of_dsa(der: &[u8]) -> Result<bool, Why> {
    let mut numbers = Der::new(der).enter(SEQUENCE)?;
    let first = numbers.take(INTEGER)?.len();
    numbers.take(INTEGER)?;
    numbers.take(INTEGER)?;
    Ok(first > 64 && numbers.is_empty())
}

/// RFC 5652 §3: a content type, and the content.
fn is_pkcs7(der: &[u8]) -> Result<bool, Why> {
    Ok(Der::new(der).enter(SEQUENCE)?.take(OBJECT_ID)?.starts_with(PKCS_7))
}

/// Names a PEM's block that holds no private key which Mintage could read, by its label (RFC 7468).
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
        "AGE ENCRYPTED FILE" => WrongKind::Age,
        label if label.starts_with("PGP ") => WrongKind::Pgp,
        label if label.starts_with("NEBULA ") => WrongKind::Vpn,
        _ => return None,
    })
}

/// Names text that is neither JSON nor PEM; `None` for what may be.
pub(super) fn of_text(text: &str) -> Option<KeyError> {
    let begins = |with: &[&str]| with.iter().any(|prefix| text.starts_with(prefix));
    let kind = if begins(&["PuTTY-User-Key-File-"]) {
        WrongKind::Putty
    } else if begins(&["---- BEGIN SSH2 ENCRYPTED PRIVATE KEY", "---- BEGIN SSH2 PRIVATE KEY"]) {
        WrongKind::SshCom
    } else if begins(&["Bearer ", "Authorization:"]) || is_compact_jose(text) {
        WrongKind::Token
    } else if begins(&["eyJ", "ewog", "LS0tLS1CRUdJTi"]) && is_base64(text) {
        // `{"`, `{` with a line end, and `-----BEGIN`.
        WrongKind::PackedAsBase64
    } else if text.contains(pem::BEGIN) && text.contains("PRIVATE KEY") {
        return None;
    } else {
        of_ssh_public(text).or_else(|| of_words(text))?
    };
    Some(kind.into())
}

/// Names the public half of an OpenSSH key, alone or in a list of `authorized_keys` or `known_hosts`.
fn of_ssh_public(text: &str) -> Option<WrongKind> {
    if text.starts_with("---- BEGIN SSH2 PUBLIC KEY") {
        return Some(WrongKind::PublicKey);
    }
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    // A host or options may stand before the type of the key.
    let mut words = line.split(' ').take(4);
    let kind = words.find(|word| ["ssh-", "ecdsa-sha2-", "sk-"].iter().any(|with| word.starts_with(with)))?;
    // RFC 4251 §5: the length of the type, which is a small number.
    words.next()?.starts_with("AAAA").then_some(match kind {
        kind if kind.contains("-cert-v") => WrongKind::OpenSshCertificate,
        kind if kind.starts_with("sk-") => WrongKind::HardwareKey,
        _ => WrongKind::PublicKey,
    })
}

/// Names what its first words, or words that only it has, tell for certain.
fn of_words(text: &str) -> Option<WrongKind> {
    if text.starts_with('{') {
        return None;
    }
    let start: String = text.chars().take(64).collect::<String>().to_ascii_lowercase();
    let begins = |with: &[&str]| with.iter().any(|prefix| start.starts_with(prefix));
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    let is_markup = text.starts_with('<');
    let is_of_aws = start.contains("secret access key") || text.contains("aws_secret_access_key");
    let table: [(bool, WrongKind); 10] = [
        (has(&["AGE-SECRET-KEY-1"]) || begins(&["age1", "age-encryption.org/"]), WrongKind::Age),
        (begins(&["untrusted comment:"]), WrongKind::Minisign),
        (begins(&["[interface]", "[peer]"]) && has(&["Key"]), WrongKind::Vpn),
        (has(&["BEGIN OpenVPN Static key"]), WrongKind::Vpn),
        (begins(&["access key id,", "[default]", "[profile ", "aws_"]) && is_of_aws, WrongKind::AwsAccessKey),
        (has(&["kind: Config", "clusters:", "users:"]), WrongKind::Kubeconfig),
        (is_markup && has(&["EntityDescriptor", "urn:oasis:names:tc:SAML:2.0:metadata"]), WrongKind::SamlMetadata),
        (is_markup && has(&["<plist", "GOOGLE_APP_ID"]), WrongKind::FirebaseApp),
        (is_markup && has(&["<svg"]), WrongKind::Picture),
        (begins(&["<!doctype html", "<html", "<head", "<body"]), WrongKind::WebPage),
    ];
    table.into_iter().find_map(|(is, kind)| is.then_some(kind))
}

/// Names JSON that holds no credential which Mintage takes; `None` for what nobody knows.
pub(super) fn of_json(json: &Json) -> Option<WrongKind> {
    let all = |names: [&str; 2]| names.iter().all(|name| json.get(name).is_some());
    let table = [
        (
            all(["issuer_id", "key_id"]) && has(json, &["key", "key_content", "key_filepath"]),
            WrongKind::AppStoreConnect,
        ),
        (all(["service_account_id", "key_algorithm"]), WrongKind::YandexKey),
        (all(["project_info", "client"]), WrongKind::FirebaseApp),
        (json.get("project").is_some_and(|project| project.get("workspace").is_some()), WrongKind::AdobeProject),
        (all(["appId", "fileWithCertAndPrivateKey"]), WrongKind::AzureCertificateFile),
        (json.get("AccessKey").unwrap_or(json).get("SecretAccessKey").is_some(), WrongKind::AwsAccessKey),
        (all(["clusters", "users"]), WrongKind::Kubeconfig),
        (all(["issuer", "jwks_uri"]) || all(["issuer", "token_endpoint"]), WrongKind::Discovery),
    ];
    table.into_iter().find_map(|(is, kind)| is.then_some(kind))
}

/// What is said of JSON that nobody described: whether a profile could find a credential in it.
pub(super) fn undescribed(json: &Json, otherwise: KeyError) -> KeyError {
    if has(json, &["d"]) && has(json, &["n", "crv"]) {
        return KeyError::MemberMissing { member: "kty".into() };
    }
    if sketch::finds_credential(json) { otherwise } else { KeyError::JsonWithoutCredential }
}

/// Whether this is a JWS or JWE in the compact serialisation (RFC 7515 §3.1, RFC 7516 §3.1).
fn is_compact_jose(text: &str) -> bool {
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.starts_with("eyJ") && (dots == 2 || dots == 4) && text.bytes().all(allowed)
}

fn is_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte))
}
