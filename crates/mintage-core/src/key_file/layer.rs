//! A **layer** is what a key file is packed in: JSON in a JSON string, base64, quotes, escapes.
//!
//! Rule: layers are removed one after another in a loop, and all layers of a file share one [`Budget`]; nothing here is
//! recursive.

use serde_json::value::RawValue;

use super::KeyFileError;
use super::buffer::Buffer;
use super::{framing, pem, relaxed, shown};
use crate::json::{Fault, Json, SecretJson};

/// How many layers a key file may be packed in, of all kinds together.
pub(super) const MAX_LAYERS: u8 = 8;
/// How many bytes are read in all layers together; packed text shrinks as it is unpacked.
const MAX_WORK: usize = 16 * super::MAX_BYTES as usize;
/// The shortest text that may be the base64 of a file.
const MIN_BASE64: usize = 32;

/// How base64 of JSON and of PEM begins: `{"`, `{` with a line ending or a space, `-----BEGIN`.
const PACKED: [&str; 4] = ["eyJ", "ewo", "eyA", "LS0tLS1CRUdJTi"];

/// The remaining budget for unpacking one key file.
pub(super) struct Budget {
    work: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { work: MAX_WORK }
    }

    /// Pays for reading a text.
    ///
    /// # Errors
    /// [`KeyFileError::PackedTooDeep`].
    pub(super) fn pay(&mut self, text: &str) -> Result<(), KeyFileError> {
        self.work = self.work.checked_sub(text.len() + 1).ok_or(KeyFileError::PackedTooDeep)?;
        Ok(())
    }
}

/// What was inside the layers of a text.
pub(super) enum Layer {
    /// A document that isn't a string, with the number of layers removed so far.
    Json(SecretJson, u8),
    /// Text with PEM in it.
    Pem(Buffer),
}

/// Removes layers until it reaches a document or PEM; `None` for any other text.
///
/// # Errors
/// [`KeyFileError::PackedTooDeep`]; why a text that begins like JSON isn't JSON.
pub(super) fn within(text: &str, layers: u8, budget: &mut Budget) -> Result<Option<Layer>, KeyFileError> {
    let mut held: Option<Buffer> = None;
    for layer in layers..MAX_LAYERS {
        let text = trimmed(held.as_ref().map_or(text, Buffer::as_str));
        budget.pay(text)?;
        let inner = match first_of(text) {
            First::Brace if relaxed::is_escaped(text) => relaxed::unescaped(text),
            First::Brace | First::Quote => {
                let document = json(text)?;
                match document.expose() {
                    Json::Text(inner) => copy(inner),
                    _ => return Ok(Some(Layer::Json(document, layer))),
                }
            }
            First::Apostrophe(inner) => copy(inner),
            First::Other if text.contains(framing::BEGIN) => return Ok(Some(Layer::Pem(copy(text)))),
            First::Other => match of_base64(text) {
                Some(decoded) => decoded,
                None => return Ok(None),
            },
        };
        held = Some(inner);
    }
    Err(KeyFileError::PackedTooDeep)
}

/// What a text begins like.
enum First<'a> {
    Brace,
    Quote,
    /// The whole text is in single quotes, and this is inside them.
    Apostrophe(&'a str),
    Other,
}

fn first_of(text: &str) -> First<'_> {
    match text.as_bytes().first() {
        Some(b'{' | b'[') => First::Brace,
        Some(b'"') => First::Quote,
        Some(b'\'' | b'b') => match relaxed::python_text(text) {
            Some((inner, after)) if after.trim().is_empty() => First::Apostrophe(inner),
            _ => First::Other,
        },
        _ => First::Other,
    }
}

/// Without a byte order mark and surrounding whitespace.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// Reads JSON, including Python's notation, and several consecutive documents as a list.
pub(super) fn json(text: &str) -> Result<SecretJson, KeyFileError> {
    let fault = match SecretJson::parse(text) {
        Ok(document) => return Ok(document),
        Err(fault) => fault,
    };
    let rewritten = if relaxed::is_python(text) { Some(relaxed::of_python(text)) } else { joined(text) };
    let again = rewritten.and_then(|text| SecretJson::parse(text.as_str()).ok());
    again.ok_or_else(|| of_fault(&fault, text))
}

fn of_fault(fault: &Fault, text: &str) -> KeyFileError {
    match fault {
        Fault::Syntax(error) if error.is_eof() => KeyFileError::JsonTruncated { line: error.line() },
        Fault::Syntax(error) => {
            let (line, column) = (error.line(), error.column());
            KeyFileError::JsonInvalid { line, column, why: relaxed::why_invalid(text, line, column) }
        }
        Fault::Twice(member) => KeyFileError::MemberTwice { member: shown(member).into() },
        Fault::TooDeep => KeyFileError::JsonTooDeep,
        Fault::BadText => KeyFileError::TextEscapeInvalid,
    }
}

/// Several documents as one list.
fn joined(text: &str) -> Option<Buffer> {
    let mut out = Buffer::with_capacity(text.len() + 2);
    out.push('[');
    for (at, document) in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        out.push_str(document.ok()?.get());
    }
    out.push(']');
    Some(out)
}

/// Decodes base64 of text that may be a key file.
fn of_base64(text: &str) -> Option<Buffer> {
    let text =
        text.split_once(";base64,").filter(|(scheme, _)| scheme.starts_with("data:")).map_or(text, |(_, rest)| rest);
    let text = text.strip_prefix("base64:").unwrap_or(text);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(&byte);
    if text.len() < MIN_BASE64 || !text.bytes().all(plain) {
        return None;
    }
    // A packed key file that was cut off is read as far as it goes, to report that it is cut off.
    let whole =
        || text.get(..text.len() - text.len() % 4).filter(|_| PACKED.iter().any(|start| text.starts_with(start)));
    let bytes = pem::of_base64(text).or_else(|| pem::of_base64(whole()?))?;
    let inner = std::str::from_utf8(bytes.expose()).ok()?;
    let start = trimmed(inner);
    let is_file = start.starts_with(['{', '[', '"', '\'']) || start.contains(framing::BEGIN);
    (is_file || (start.len() >= MIN_BASE64 && start.bytes().all(plain))).then(|| copy(inner))
}

fn copy(text: &str) -> Buffer {
    let mut buffer = Buffer::with_capacity(text.len());
    buffer.push_str(text);
    buffer
}
