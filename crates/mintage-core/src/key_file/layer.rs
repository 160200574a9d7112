//! A **layer** is what a key file is packed in: JSON in a text of JSON, base64, quotes, escapes.
//!
//! Rule: layers are taken off one after the other in a loop, and all of a file's layers are paid for out of one
//! [`Budget`]; nothing here calls itself.

use serde_json::value::RawValue;

use super::buffer::Buffer;
use super::{document, pem, relaxed};
use crate::error::KeyError;
use crate::json::{Json, SecretJson};

/// How many layers a key file may be packed in, all kinds of them together.
pub(super) const MAX_LAYERS: u8 = 8;
/// How much text is looked at in all layers together, in bytes: what one packs shrinks as it is unpacked.
const MAX_WORK: usize = 16 * super::MAX_BYTES as usize;
/// The shortest text that is taken for base64 of a file.
const MIN_BASE64: usize = 32;

/// How base64 of JSON and of PEM begins: `{"`, `{` with a line end or a space, `-----BEGIN`.
const PACKED: [&str; 4] = ["eyJ", "ewo", "eyA", "LS0tLS1CRUdJTi"];

/// What unpacking one key file may still cost.
pub(super) struct Budget {
    work: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { work: MAX_WORK }
    }

    /// Pays for looking at a text.
    ///
    /// # Errors
    /// [`KeyError::PackedTooDeep`].
    pub(super) fn pay(&mut self, text: &str) -> Result<(), KeyError> {
        self.work = self.work.checked_sub(text.len() + 1).ok_or(KeyError::PackedTooDeep)?;
        Ok(())
    }
}

/// What a text was around.
pub(super) enum Layer {
    /// A document that is no text, with how many layers are taken off by now.
    Json(SecretJson, u8),
    /// Text with PEM in it.
    Pem(Buffer),
}

/// Takes off as many layers as it takes to come to a document or to PEM; `None` for any other text.
///
/// # Errors
/// [`KeyError::PackedTooDeep`]; what keeps a text that begins like JSON from being some.
pub(super) fn within(text: &str, layers: u8, budget: &mut Budget) -> Result<Option<Layer>, KeyError> {
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
            First::Other if text.contains(pem::BEGIN) => return Ok(Some(Layer::Pem(copy(text)))),
            First::Other => match of_base64(text) {
                Some(decoded) => decoded,
                None => return Ok(None),
            },
        };
        held = Some(inner);
    }
    Err(KeyError::PackedTooDeep)
}

/// What a text begins like.
enum First<'a> {
    Brace,
    Quote,
    /// The text is in single quotes as a whole, and this is inside of them.
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

/// Without a byte order mark and outer white space.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// Reads JSON, also as Python prints it, and several documents one after the other as a list.
pub(super) fn json(text: &str) -> Result<SecretJson, KeyError> {
    let fault = match SecretJson::parse(text) {
        Ok(document) => return Ok(document),
        Err(fault) => fault,
    };
    let rewritten = if relaxed::is_python(text) { Some(relaxed::of_python(text)) } else { joined(text) };
    let again = rewritten.and_then(|text| SecretJson::parse(text.as_str()).ok());
    again.ok_or_else(|| document::of_fault(&fault, text))
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
    // What begins like a packed key file and was cut off is read as far as it goes, to say that it ends too early.
    let whole =
        || text.get(..text.len() - text.len() % 4).filter(|_| PACKED.iter().any(|start| text.starts_with(start)));
    let bytes = pem::of_base64(text).or_else(|| pem::of_base64(whole()?))?;
    let inner = std::str::from_utf8(bytes.expose()).ok()?;
    let start = trimmed(inner);
    let is_file = start.starts_with(['{', '[', '"', '\'']) || start.contains(pem::BEGIN);
    (is_file || (start.len() >= MIN_BASE64 && start.bytes().all(plain))).then(|| copy(inner))
}

fn copy(text: &str) -> Buffer {
    let mut buffer = Buffer::with_capacity(text.len());
    buffer.push_str(text);
    buffer
}
