//! **Unpacking**: from a file's bytes to the one credential in it.
//!
//! Rule: the text is JSON, base64, PEM, or assignment lines; the [`search`] finds what is inside, and everything shares
//! one budget.

use super::KeyFileError;
use super::layer::{self, Budget, Layer};
use super::search::{self, Outcome};
use super::{KeyFile, MAX_BYTES, Reading, assignments, document, foreign, framing, mask, pem, text_of};
use crate::json::SecretJson;
use crate::private_key::WrongKind;
use crate::provider::Shape;
use crate::secret::SecretBytes;

/// Reads a key file.
pub(super) fn file(bytes: &[u8], reading: &Reading<'_>) -> Result<KeyFile, KeyFileError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(KeyFileError::TextTooLarge);
    }
    if foreign::is_binary_key(bytes) {
        let bytes = SecretBytes::new(bytes.to_vec());
        return Ok(pem::parse_binary(bytes, reading.opener)?.into_file(Shape::Pem));
    }
    let text = text_of(bytes)?;
    let mut budget = Budget::new();
    match layer::within(text, 0, &mut budget) {
        Ok(Some(Layer::Json(json, layers))) => return document::read(json, layers, reading, &mut budget),
        // Packed as base64 or in quotes, since the text itself is read below together with what is around the key.
        Ok(Some(Layer::Pem(inner))) if !text.contains(framing::BEGIN) => return bare(inner.as_str(), reading),
        Ok(_) => {}
        Err(error) if text.starts_with('[') && text.contains('=') => drop(error),
        Err(error) => return Err(error),
    }
    if let Some(error) = foreign::of_text(text) {
        return Err(error);
    }
    let mut instead = None;
    if let Some(found) = assigned(text, reading, &mut budget, &mut instead)? {
        return Ok(found);
    }
    if let Some(found) = surrounded(text, reading, &mut budget)? {
        return Ok(found);
    }
    match (bare(text, reading), instead) {
        // A key in a notation we don't read has ids next to it, which would be lost.
        (Ok(_), _) if foreign::names_ids(text) => Err(WrongKind::UnreadIds.into()),
        (Err(KeyFileError::NotAKeyFile), Some(instead)) => Err(instead),
        (read, _) => read,
    }
}

/// The document in a JSON file, however it is packed.
pub(super) fn document(text: &str) -> Result<SecretJson, KeyFileError> {
    let mut budget = Budget::new();
    if let Ok(Some(Layer::Json(document, _))) = layer::within(text, 0, &mut budget) {
        return Ok(document);
    }
    object_in(text).map_or(Err(KeyFileError::NotAKeyFile), layer::json)
}

fn bare(text: &str, reading: &Reading<'_>) -> Result<KeyFile, KeyFileError> {
    mask::check_key("PRIVATE KEY", text)?;
    Ok(pem::parse(text, reading.opener)?.into_file(Shape::Pem))
}

/// Reads the credential that a text's lines assign to a name.
fn assigned(
    text: &str,
    reading: &Reading<'_>,
    budget: &mut Budget,
    instead: &mut Option<KeyFileError>,
) -> Result<Option<KeyFile>, KeyFileError> {
    let Some(rewritten) = assignments::rewritten(text) else { return Ok(None) };
    budget.pay(rewritten.as_str())?;
    let document = match layer::json(rewritten.as_str()) {
        Ok(document) => document,
        Err(error) => {
            *instead = Some(error);
            return Ok(None);
        }
    };
    match search::search(document, 1, true, reading, budget)? {
        // A key in plain sight is read together with everything else in the text, for example a second key.
        Outcome::Found(file) if file.shape == Shape::Pem && text.contains("PRIVATE KEY") => {
            let whole = bare(text, reading)?;
            Ok(Some(KeyFile { certificate: whole.certificate, ..*file }))
        }
        Outcome::Found(file) => Ok(Some(*file)),
        Outcome::Nothing(nothing) => {
            *instead = nothing;
            Ok(None)
        }
    }
}

/// Reads the object in a text with something else around it, so that ids next to a key aren't overlooked.
fn surrounded(text: &str, reading: &Reading<'_>, budget: &mut Budget) -> Result<Option<KeyFile>, KeyFileError> {
    let Some(object) = object_in(text) else { return Ok(None) };
    let (document, layers) = match layer::within(object, 0, budget) {
        Ok(Some(Layer::Json(document, layers))) => (document, layers),
        // A key in damaged JSON has ids next to it, which a bare key would lose.
        Err(error) if object.contains(framing::BEGIN) && object[1..].trim_start().starts_with('"') => {
            return Err(error);
        }
        _ => return Ok(None),
    };
    if object.contains(framing::BEGIN) {
        return document::read(document, layers, reading, budget).map(Some);
    }
    match search::search(document, layers, false, reading, budget)? {
        Outcome::Found(file) => Ok(Some(*file)),
        Outcome::Nothing(_) => Ok(None),
    }
}

fn object_in(text: &str) -> Option<&str> {
    text.get(text.find('{')?..=text.rfind('}')?)
}
