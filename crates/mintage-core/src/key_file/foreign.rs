//! **Foreign** files: formats that are told by their first bytes or words before anything is parsed.

use crate::error::{KeyError, WrongKind};
use crate::private_key::form;

/// Names bytes that are no text; `None` for what may be text.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<KeyError> {
    match bytes {
        [] => return Some(KeyError::Empty),
        // Java keystores: JKS and JCEKS.
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => return Some(WrongKind::JavaKeystore.into()),
        // zip, gzip, 7z, xz.
        [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [0xfd, b'7', b'z', b'X', ..] => {
            return Some(WrongKind::Archive.into());
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Some(KeyError::Utf16),
        // A DER sequence with a long length, which no UTF-8 text begins with.
        [0x30, 0x80..=0x84, ..] => return Some(of_der(bytes)),
        // UTF-16 without a byte order mark.
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] if *first > 0 && *second > 0 => {
            return Some(KeyError::Utf16);
        }
        _ => {}
    }
    let controls = bytes.iter().filter(|byte| **byte < 0x20 && !b"\t\n\x0c\r".contains(byte)).count();
    // Keys on curves are short, and begin like text.
    (bytes.contains(&0) || controls > bytes.len() / 16).then(|| of_der(bytes))
}

fn of_der(bytes: &[u8]) -> KeyError {
    match form::of(bytes) {
        Ok(_) | Err(KeyError::PassphraseNeeded { .. }) => WrongKind::BinaryKey.into(),
        Err(KeyError::Broken { .. }) => KeyError::Binary,
        Err(other) => other,
    }
}

/// Names text that is neither JSON nor PEM; `None` for what may be PEM.
pub(super) fn of_text(text: &str) -> Option<KeyError> {
    let begins = |with: &[&str]| with.iter().any(|prefix| text.starts_with(prefix));
    let kind = if begins(&["PuTTY-User-Key-File-"]) {
        WrongKind::Putty
    } else if begins(&["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-", "ssh-dss ", "---- BEGIN SSH2 PUBLIC KEY"]) {
        WrongKind::PublicKey
    } else if begins(&["Bearer ", "Authorization:"]) || is_compact_jose(text) {
        WrongKind::Token
    } else if begins(&["eyJ", "ewog", "LS0tLS1CRUdJTi"]) && is_base64(text) {
        // `{"`, `{` with a line end, and `-----BEGIN`.
        WrongKind::PackedAsBase64
    } else {
        return None;
    };
    Some(kind.into())
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
