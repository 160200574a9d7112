//! A **JSON document**: given to the reader of its kind, or named for what it is.

use super::kinds::{self, Kind};
use super::layer::Budget;
use super::member::{has, only};
use super::search::{self, Outcome};
use super::{KeyFile, Reading, client, described, foreign, frontier, relaxed, shown};
use crate::error::{KeyError, WrongKind};
use crate::json::{Fault, Json, SecretJson};

/// Reads the one credential in a document that took this many layers to come to.
///
/// # Errors
/// What it is instead, or what is wrong with it.
pub(super) fn read(
    document: SecretJson,
    layers: u8,
    reading: &Reading<'_>,
    budget: &mut Budget,
) -> Result<KeyFile, KeyError> {
    let refused = refused(document.expose());
    match search::search(document, layers, false, reading, budget)? {
        Outcome::Found(file) => Ok(*file),
        Outcome::Nothing(instead) => Err(instead.unwrap_or(refused)),
    }
}

/// Reads by the rules of the profiles first. Where one fits and cannot read it, a kind that is known to be
/// somebody's is right all the same; where there is none, what the rule says is wrong counts.
pub(super) fn of(json: &Json, reading: &Reading<'_>) -> Result<KeyFile, KeyError> {
    let by_kind = || of_kind(json, reading);
    match described::read(json, reading) {
        None => by_kind(),
        Some(Ok(mut file)) => {
            // A rule may describe a kind that is known besides.
            let known = by_kind().map(|known| known.makers).unwrap_or_default();
            known.iter().for_each(|maker| described::add(&mut file.makers, maker));
            Ok(file)
        }
        Some(Err(error @ KeyError::PassphraseNeeded { .. })) => Err(error),
        Some(Err(error)) => match by_kind() {
            Ok(file) if !file.makers.is_empty() => Ok(file),
            Err(other @ (KeyError::PassphraseNeeded { .. } | KeyError::WrongKind(WrongKind::AzureCertificateFile))) => {
                Err(other)
            }
            _ => Err(error),
        },
    }
}

/// Reads by the kind of the file, and says which profiles name its shape as theirs.
fn of_kind(json: &Json, reading: &Reading<'_>) -> Result<KeyFile, KeyError> {
    let file = match kinds::of(json)? {
        Some(Kind::File(read) | Kind::Plain(read)) => read(json, reading.opener)?,
        Some(Kind::Foreign(kind) | Kind::Wrapper(_, kind)) => return Err(kind.into()),
        Some(Kind::Secret) => return Err(WrongKind::KubernetesSecret.into()),
        None => return Err(foreign::undescribed(json, KeyError::JsonUnknown)),
    };
    if !file.makers.is_empty() {
        return Ok(file);
    }
    let theirs = reading.providers.iter().filter(|provider| provider.key_files.shapes.contains(&file.shape));
    Ok(KeyFile { makers: theirs.map(|provider| provider.id.clone()).collect(), ..file })
}

/// Names JSON that holds no credential which Mintage reads.
fn refused(json: &Json) -> KeyError {
    let Json::Object(members) = json else { return KeyError::NotAKeyFile };
    if members.is_empty() {
        KeyError::NotAKeyFile
    } else if let Some(lacks) = frontier::lacks(json) {
        lacks
    } else if let Some(kind) = foreign::of_json(json) {
        kind.into()
    } else if has(json, &["access_token", "id_token", "token"]) {
        WrongKind::Token.into()
    } else if frontier::is_service_user(json) {
        WrongKind::FrontierServiceUser.into()
    } else if lacks_type(json) {
        KeyError::MemberMissing { member: "type".into() }
    } else if only(json, &["secret", "title", "created_at"]) {
        KeyError::MemberMissing { member: "id".into() }
    } else if only(json, client::ID_ALONE) {
        KeyError::MemberMissing { member: "client_secret".into() }
    } else {
        foreign::undescribed(json, KeyError::JsonUnknown)
    }
}

/// Whether this is ZITADEL's or Google's file but for its `type`.
fn lacks_type(json: &Json) -> bool {
    let zitadels = has(json, &["key"]) && has(json, &["userId", "user_id", "keyId", "key_id", "appId"]);
    let is_text = matches!(json.get("key"), Some(Json::Text(_)));
    (zitadels && is_text) || (has(json, &["client_email"]) && has(json, &["private_key", "private_key_id"]))
}

pub(super) fn of_fault(fault: &Fault, text: &str) -> KeyError {
    match fault {
        Fault::Syntax(error) if error.is_eof() => KeyError::JsonTruncated { line: error.line() },
        Fault::Syntax(error) => {
            let (line, column) = (error.line(), error.column());
            KeyError::JsonInvalid { line, column, why: relaxed::why_invalid(text, line, column) }
        }
        Fault::Twice(member) => KeyError::MemberTwice { member: shown(member).into() },
        Fault::TooDeep => KeyError::JsonTooDeep,
        Fault::BadText => KeyError::TextEscapeInvalid,
    }
}
