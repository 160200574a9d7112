//! The **credential** in a document that is one: read by the rules of the profiles, otherwise by its kind.

use super::KeyFileError;
use super::kinds::{self, Kind};
use super::{KeyFile, Reading, described, sketch};
use crate::json::Json;
use crate::private_key::{KeyError, WrongKind};

/// Reads by the rules of the profiles first. If a rule matches but can't read it, a known kind still wins; if there is
/// none, the rule's error counts.
pub(super) fn read(json: &Json, reading: &Reading<'_>) -> Result<KeyFile, KeyFileError> {
    let by_kind = || of_kind(json, reading);
    match described::read(json, reading) {
        None => by_kind(),
        Some(Ok(mut file)) => {
            // A rule may describe a kind that is also built in.
            let known = by_kind().map(|known| known.makers).unwrap_or_default();
            known.iter().for_each(|maker| described::add(&mut file.makers, maker));
            Ok(file)
        }
        Some(Err(error @ KeyFileError::Key(KeyError::PassphraseNeeded { .. }))) => Err(error),
        Some(Err(error)) => match by_kind() {
            Ok(file) if !file.makers.is_empty() => Ok(file),
            Err(
                other @ KeyFileError::Key(
                    KeyError::PassphraseNeeded { .. } | KeyError::WrongKind(WrongKind::AzureCertificateFile),
                ),
            ) => Err(other),
            _ => Err(error),
        },
    }
}

/// Reads by the kind of the file, and says which profiles claim its shape.
fn of_kind(json: &Json, reading: &Reading<'_>) -> Result<KeyFile, KeyFileError> {
    let file = match kinds::of(json)? {
        Some(Kind::File(read) | Kind::Plain(read)) => read(json, reading.opener)?,
        Some(Kind::Foreign(kind) | Kind::Wrapper(_, kind)) => return Err(kind.into()),
        Some(Kind::Secret) => return Err(WrongKind::KubernetesSecret.into()),
        None => return Err(sketch::undescribed(json, KeyFileError::JsonUnknown)),
    };
    if !file.makers.is_empty() {
        return Ok(file);
    }
    let theirs = reading.providers.iter().filter(|provider| provider.key_files.shapes.contains(&file.shape));
    Ok(KeyFile { makers: theirs.map(|provider| provider.id.clone()).collect(), ..file })
}
