//! Reading the **members** of a JSON document.
//!
//! Rule: members are matched by name and type. A name has the spellings that real files have; two of them in one file
//! are rejected, because programs would disagree on which one counts. Ids are strings, since they exceed 2^53.

use std::borrow::Cow;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use super::KeyFileError;
use super::opener::Opener;
use super::{MAX_SECRET, invisible, mask, pem};
use crate::issuer_url::{has_user, is_allowed_scheme};
use crate::json::Json;
use crate::moment;
use crate::secret::Secret;

/// The longest id that is accepted, in characters; ZITADEL's own limit.
const MAX_ID: usize = 200;

/// What messages call a member.
pub(super) type Member = Cow<'static, str>;

/// The spellings of a member's name; errors about a missing one use the first.
pub(super) type Names = &'static [&'static str];

/// The member with one of these names, and the name it has.
pub(super) fn find(json: &Json, names: Names) -> Result<Option<(&'static str, &Json)>, KeyFileError> {
    let mut found = names.iter().filter_map(|name| Some((*name, json.get(name)?)));
    let first = found.next();
    match found.next() {
        Some((name, _)) => Err(KeyFileError::MemberTwice { member: name.into() }),
        None => Ok(first),
    }
}

/// A name or word reduced to its letters and digits, in lower case.
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A required string that must not be blank.
pub(super) fn text(json: &Json, names: Names) -> Result<(&'static str, &str), KeyFileError> {
    let (member, value) = find(json, names)?.ok_or(KeyFileError::MemberMissing { member: names[0].into() })?;
    Ok((member, text_of(member.into(), value)?))
}

/// The string in a member, which must not be blank.
pub(super) fn text_of(member: Member, value: &Json) -> Result<&str, KeyFileError> {
    match value {
        Json::Text(text) if text.trim().is_empty() => Err(KeyFileError::MemberEmpty { member }),
        Json::Text(text) => Ok(text),
        other => Err(KeyFileError::MemberNotText { member, found: other.kind() }),
    }
}

/// A required id.
pub(super) fn id(json: &Json, names: Names) -> Result<String, KeyFileError> {
    let (member, value) = find(json, names)?.ok_or(KeyFileError::MemberMissing { member: names[0].into() })?;
    id_of(member.into(), value)
}

/// The id in a member.
pub(super) fn id_of(member: Member, value: &Json) -> Result<String, KeyFileError> {
    let id = text_of(member.clone(), value)?;
    check_id(id).map_err(|why| KeyFileError::IdInvalid { member, why })?;
    Ok(id.to_owned())
}

/// An id that may be absent or null.
pub(super) fn optional_id(json: &Json, names: Names) -> Result<Option<String>, KeyFileError> {
    match find(json, names)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some(_) => id(json, names).map(Some),
    }
}

/// Rejects what no server issues as an id, for example a pasted key; the error is a sentence part.
pub(crate) fn check_id(id: &str) -> Result<(), &'static str> {
    if id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("it contains whitespace or control characters");
    }
    if let Some(why) = invisible::fault(id) {
        return Err(why);
    }
    if id.chars().count() > MAX_ID {
        return Err("it is longer than 200 characters");
    }
    // Keys on curves are short.
    if pem::is_private_key(id) { Err("it is a private key") } else { Ok(()) }
}

/// A required secret or personal access token.
pub(super) fn secret(json: &Json, names: Names) -> Result<Secret, KeyFileError> {
    let (member, value) = find(json, names)?.ok_or(KeyFileError::MemberMissing { member: names[0].into() })?;
    secret_of(member.into(), value)
}

/// The secret or personal access token in a member.
pub(super) fn secret_of(member: Member, value: &Json) -> Result<Secret, KeyFileError> {
    let secret = text_of(member.clone(), value)?;
    mask::check(&member, secret)?;
    let invalid = |why| Err(KeyFileError::SecretInvalid { member, why });
    if secret.len() > MAX_SECRET {
        return invalid("it is longer than 2,400 bytes");
    }
    if secret.chars().any(char::is_control) {
        return invalid("it contains control characters");
    }
    if secret.trim() != secret {
        return invalid("it begins or ends with whitespace");
    }
    if let Some(why) = invisible::fault(secret) {
        return invalid(why);
    }
    if pem::is_private_key(secret) {
        return invalid("it is a private key, which Mintage never sends");
    }
    // The copy is allocated at its final size, since a reallocated buffer would leave bytes unwiped.
    Ok(Secret::new(secret.to_owned()))
}

/// A suggested name, if there is one that can be shown.
pub(super) fn name(json: &Json, names: Names) -> Option<String> {
    showable(names.iter().find_map(|name| json.get(name)?.as_text())?)
}

/// A string that can be shown as a name.
pub(super) fn showable(name: &str) -> Option<String> {
    let name = name.trim();
    let showable = !name.is_empty() && name.chars().count() <= MAX_ID && !name.chars().any(char::is_control);
    // A name of invisible characters counts as none, and one that changes direction would show something else.
    (showable && invisible::fault(name).is_none()).then(|| name.to_owned())
}

/// A private key in a string member, which must be PEM and RSA: nothing else works with the servers whose files are
/// read with this.
pub(super) fn rsa_key(json: &Json, names: Names, opener: Opener<'_>) -> Result<pem::Found, KeyFileError> {
    let (member, pem) = text(json, names)?;
    mask::check_key(member, pem)?;
    let found = pem::parse_member(pem, opener)?;
    match found.key.facts().key_type.as_str() {
        "RSA" => Ok(found),
        other => Err(KeyFileError::NotRsa { found: other.to_owned() }),
    }
}

/// A time as a string (RFC 3339), unless it means never.
pub(super) fn time(json: &Json, names: Names) -> Result<Option<OffsetDateTime>, KeyFileError> {
    match find(json, names)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((member, value)) => {
            let Json::Text(text) = value else {
                return Err(KeyFileError::MemberNotText { member: member.into(), found: value.kind() });
            };
            time_of(member.into(), text)
        }
    }
}

/// A time as a string (RFC 3339); `None` if it means never.
pub(super) fn time_of(member: Member, text: &str) -> Result<Option<OffsetDateTime>, KeyFileError> {
    let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) else {
        return Err(KeyFileError::ExpirationInvalid { member });
    };
    // ZITADEL writes year 9999 for never; year 1 is the zero time in Go, which such servers are written in, for "not
    // set".
    if at.year() >= 9999 || at.year() <= 1 {
        return Ok(None);
    }
    at.checked_to_offset(time::UtcOffset::UTC).map(Some).ok_or(KeyFileError::ExpirationInvalid { member })
}

/// Whole seconds since 1970, or 0 for never, as RFC 7591 §3.2.1 writes it.
pub(super) fn seconds_of(member: Member, number: &str) -> Result<Option<OffsetDateTime>, KeyFileError> {
    let at = number.parse().ok().and_then(moment::of_seconds);
    let at = at.ok_or(KeyFileError::ExpirationInvalid { member })?;
    Ok((at != OffsetDateTime::UNIX_EPOCH).then_some(at))
}

/// Rejects an address that nothing would be sent to, and one that isn't spelled the way servers compare it: a URL that
/// parses differently from how it is written fails their comparison.
pub(super) fn check_address(text: &str) -> Result<(), &'static str> {
    let url = url_of(text)?;
    match url.as_str().trim_end_matches('/') == text.trim_end_matches('/') {
        true => Ok(()),
        false => Err("it isn't spelled the way servers compare it"),
    }
}

/// Reads a URL without user, query and fragment: https, or http to a loopback address.
pub(super) fn url_of(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "it isn't a URL")?;
    if !is_allowed_scheme(&url) {
        return Err("only https is allowed, or http for a loopback address");
    }
    if has_user(&url) {
        return Err("it contains a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() { Err("it has a query or a fragment") } else { Ok(url) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_with_characters_that_nobody_sees_are_refused_as_what_they_are() {
        for only in ["\u{feff}", "\u{202a}", "\u{200b}\u{200d}", "\u{2066}\u{2069}", "\u{fe0f}", "\u{e0041}", "\u{ad}"]
        {
            assert_eq!(check_id(only), Err("it consists of invisible characters"), "{only:?}");
            for (id, why) in [
                (format!("{only}4711"), "it begins with an invisible character"),
                (format!("4711{only}"), "it ends with an invisible character"),
                (format!("47{only}11"), "it contains an invisible character"),
            ] {
                assert_eq!(check_id(&id), Err(why), "{id:?}");
                assert_eq!(showable(&id), None, "{id:?}");
                let secret = secret_of("secret".into(), &Json::Text(id)).map(drop).map_err(|error| error.code());
                assert_eq!(secret, Err("secret-invalid"));
            }
        }
        for id in ["100509901696068329", "nightly@acme.test", "größe", "日本", "é\u{301}", "app!t4711"] {
            assert_eq!(check_id(id), Ok(()), "{id}");
        }
    }
}
