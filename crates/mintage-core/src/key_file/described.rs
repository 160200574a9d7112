//! A file that a **profile describes**: recognised by the values at certain paths, and read from there.
//!
//! Rule: no vendor is known here; [`KeyFileRule`] says everything. Whatever a rule treats as a secret will be sent one
//! day, so a private key in that place is rejected.

use time::OffsetDateTime;

use super::KeyFileError;
use super::member::{self, Member};
use super::opener::Opener;
use super::{KeyFile, Material, Reading, jwk, mask, pem, shown};
use crate::json::{self, Json, SecretJson};
use crate::private_key::{KeyError, PrivateKey};
use crate::provider::template::{self, Values};
use crate::provider::{FileFact, KeyEncoding, KeyFileRule, Provider, ProviderId, Shape, is_built_in};
use crate::secret::Secret;

/// The private members of a JWK (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const PRIVATE_PARTS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Reads JSON by the rules of these profiles; `None` if none matches. If several match, the first that can read the
/// file wins, either right away or with a passphrase.
pub(super) fn read(json: &Json, reading: &Reading<'_>) -> Option<Result<KeyFile, KeyFileError>> {
    let rules =
        reading.providers.iter().flat_map(|provider| provider.key_files.rules.iter().map(move |rule| (provider, rule)));
    let mut fitting = rules.filter(|(_, rule)| fits(json, rule));
    let mut failed = None;
    while let Some((provider, rule)) = fitting.next() {
        match read_by(rule, provider, json, reading) {
            Ok(file) => {
                let mut makers = vec![provider.id.clone()];
                fitting.for_each(|(other, _)| add(&mut makers, &other.id));
                return Some(Ok(KeyFile { makers, ..file }));
            }
            Err(error @ (KeyFileError::Key(KeyError::PassphraseNeeded { .. }) | KeyFileError::PrivateKeyElsewhere)) => {
                return Some(Err(error));
            }
            Err(error) => failed = failed.or_else(|| Some(of_rule(error, rule, provider))),
        }
    }
    failed.map(Err)
}

/// The user's own rule may be wrong; a built-in one isn't.
fn of_rule(error: KeyFileError, rule: &KeyFileRule, provider: &Provider) -> KeyFileError {
    if is_built_in(&provider.id) {
        return error;
    }
    KeyFileError::RuleUnfit { rule: rule.name.clone(), profile: provider.name.clone(), differs: Box::new(error) }
}

/// Adds a profile to those the file may belong to.
pub(super) fn add(makers: &mut Vec<ProviderId>, maker: &ProviderId) {
    if !makers.contains(maker) {
        makers.push(maker.clone());
    }
}

/// Whether a rule of these profiles matches this document.
pub(super) fn is_described(json: &Json, providers: &[Provider]) -> bool {
    providers.iter().flat_map(|provider| &provider.key_files.rules).any(|rule| fits(json, rule))
}

fn fits(json: &Json, rule: &KeyFileRule) -> bool {
    !rule.matches.is_empty()
        && rule.matches.iter().all(|(place, wanted)| match at(json, place) {
            Ok(Some((_, found))) => wanted.is_empty() || found.as_text() == Some(wanted),
            // Reading reports that the member occurs in two spellings.
            Err(KeyFileError::MemberTwice { .. }) => true,
            Ok(None) | Err(_) => false,
        })
}

/// Reads the other facts before the credential, since opening it may need a passphrase.
fn read_by(
    rule: &KeyFileRule,
    provider: &Provider,
    json: &Json,
    reading: &Reading<'_>,
) -> Result<KeyFile, KeyFileError> {
    rule.matches.keys().try_for_each(|place| at(json, place).map(drop))?;
    let [user_id, client_id, key_id, issuer, audience, token_endpoint] =
        rule.facts().map(|(fact, place)| fact_at(json, place, fact, rule.optional.contains(&fact)));
    let (user_id, client_id, key_id) = (user_id?, client_id?, key_id?);
    let (issuer, audience, token_endpoint) = (issuer?, audience?, token_endpoint?);
    let expires_at = expires_at(json, &rule.expires_at)?;
    let file = credential(rule, provider, json, reading)?;
    Ok(KeyFile {
        described: Some(rule.name.clone()),
        shape: Shape::Described,
        name: suggested_name(json, &rule.suggested_name),
        user_id,
        client_id,
        key_id: key_id.or_else(|| file.key_id.clone()),
        issuer,
        audience,
        token_endpoint,
        expires_at,
        ..file
    })
}

/// The key with what goes with it, the client secret, or the personal access token, as a bare file.
fn credential(
    rule: &KeyFileRule,
    provider: &Provider,
    json: &Json,
    reading: &Reading<'_>,
) -> Result<KeyFile, KeyFileError> {
    let secret = |place: &str| required(json, place).and_then(|(member, value)| member::secret_of(member, value));
    if !rule.ready_token.is_empty() {
        return Ok(KeyFile::new(Shape::Described, Material::ReadyToken(secret(&rule.ready_token)?)));
    }
    if rule.private_key.is_empty() {
        return Ok(KeyFile::new(Shape::Described, Material::ClientSecret(secret(&rule.client_secret)?)));
    }
    let client_secret = (!rule.client_secret.is_empty()).then(|| secret(&rule.client_secret)).transpose()?;
    let beside = beside(json, &rule.passphrase)?;
    let file = match elsewhere(json, rule, reading.key)? {
        Some(key) => KeyFile::new(Shape::Described, Material::PrivateKey(key)),
        None => private_key(json, rule, reading.opener.or(beside.as_ref()))?,
    };
    if let (Some(grant), Some(key)) = (&provider.private_key, file.key()) {
        grant.algorithm_for(key.facts())?;
    }
    Ok(KeyFile { client_secret, ..file })
}

/// The private key that the user keeps separately from a file with its public half, if this is such a file.
///
/// # Errors
/// [`KeyFileError::PrivateKeyElsewhere`] if it wasn't given.
fn elsewhere(json: &Json, rule: &KeyFileRule, key: Option<&PrivateKey>) -> Result<Option<PrivateKey>, KeyFileError> {
    let Some((_, Json::Text(public))) = at(json, &rule.public_key)? else { return Ok(None) };
    if !matches!(at(json, &rule.private_key)?, None | Some((_, Json::Null))) {
        return Ok(None);
    }
    let is_its_own = |key: &&PrivateKey| same_pem(&key.facts().public_pem, public);
    key.filter(is_its_own).cloned().map(Some).ok_or(KeyFileError::PrivateKeyElsewhere)
}

/// Whether two texts are the same PEM, ignoring line endings.
fn same_pem(one: &str, other: &str) -> bool {
    let signs = |text: &str| text.replace("\\n", "").split_whitespace().collect::<String>();
    signs(one) == signs(other)
}

fn private_key(json: &Json, rule: &KeyFileRule, opener: Opener<'_>) -> Result<KeyFile, KeyFileError> {
    let (member, value) = required(json, &rule.private_key)?;
    if let (KeyEncoding::Jwk, Json::Object(_)) = (rule.key_encoding, value) {
        return jwk::single(value);
    }
    let text = member::text_of(member.clone(), value)?;
    mask::check_key(&member, text)?;
    let found = match rule.key_encoding {
        KeyEncoding::Pem => pem::parse_member(text, opener)?,
        KeyEncoding::Base64 => pem::parse_base64(text, opener)?,
        KeyEncoding::Jwk => {
            let not_jwk = |_| KeyFileError::MemberNotObject { member, found: "a string that isn't a JWK" };
            return jwk::single(SecretJson::parse(text).map_err(not_jwk)?.expose());
        }
    };
    Ok(found.into_file(Shape::Described))
}

/// The value at a path, with its name for messages; `None` if it is absent, if null is on the way, or if the path is
/// empty.
///
/// # Errors
/// [`KeyFileError::MemberTwice`] for two spellings of a name, [`KeyFileError::MemberNotObject`] if something else is on
/// the way, [`KeyFileError::SecretInvalid`] for a part of a JWK's private key.
fn at<'a>(json: &'a Json, place: &str) -> Result<Option<(Member, &'a Json)>, KeyFileError> {
    let Some(steps) = json::steps(place) else { return Ok(None) };
    let (mut value, mut path) = (json, String::new());
    for step in steps {
        let found = match value {
            Json::Object(members) => one_named(members, &step)?,
            Json::List(items) if json::index(&step).is_some() => json::index(&step).and_then(|index| items.get(index)),
            Json::Null => None,
            // The document itself has no name to show.
            _ if path.is_empty() => None,
            other => return Err(KeyFileError::MemberNotObject { member: path.into(), found: other.kind() }),
        };
        let is_private_part = PRIVATE_PARTS.contains(&step.as_str()) && value.get("kty").is_some();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&step);
        if is_private_part {
            return Err(KeyFileError::SecretInvalid { member: path.into(), why: "it is a piece of a private key" });
        }
        let Some(found) = found else { return Ok(None) };
        value = found;
    }
    Ok(Some((path.into(), value)))
}

/// The member with this name, in any spelling.
fn one_named<'a>(members: &'a [(String, Json)], step: &str) -> Result<Option<&'a Json>, KeyFileError> {
    let mut found = members.iter().filter(|(name, _)| same_name(name, step));
    let first = found.next();
    match found.next() {
        Some((name, _)) => Err(KeyFileError::MemberTwice { member: shown(name).into() }),
        None => Ok(first.map(|(_, value)| value)),
    }
}

/// Whether two names are spellings of one: `clientID`, `clientId`, `client_id`, `client-id`.
fn same_name(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = char> {
        name.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase())
    }
    one == other || (letters(one).eq(letters(other)) && letters(one).next().is_some())
}

/// As [`at`], for a required value.
fn required<'a>(json: &'a Json, place: &str) -> Result<(Member, &'a Json), KeyFileError> {
    at(json, place)?.ok_or_else(|| KeyFileError::MemberMissing { member: named(place) })
}

/// What messages call a path, in the same way as [`at`].
fn named(place: &str) -> Member {
    let steps: Vec<String> = json::steps(place).into_iter().flatten().collect();
    steps.join(".").into()
}

/// An id or an address, as its kind requires.
pub(super) fn fact_at(
    json: &Json,
    place: &str,
    fact: FileFact,
    optional: bool,
) -> Result<Option<String>, KeyFileError> {
    if place.starts_with('/') {
        let Some((member, text)) = piece(json, place, optional)? else { return Ok(None) };
        return check(fact, member, text).map(|()| Some(text.to_owned()));
    }
    let mut values = Values::new();
    for pointer in template::placeholders(place) {
        let Some((member, text)) = piece(json, pointer, optional)? else { return Ok(None) };
        // Nothing else is copied from the document, which is wiped.
        member::check_id(text).map_err(|why| KeyFileError::IdInvalid { member, why })?;
        values.insert(pointer.to_owned(), text.to_owned());
    }
    let Some(first) = values.keys().next() else { return Ok(None) };
    let text = template::expand(place, &values);
    check(fact, named(first), &text).map(|()| Some(text))
}

/// A string, or a whole number as written; `None` if it is optional and absent.
fn piece<'a>(json: &'a Json, pointer: &str, optional: bool) -> Result<Option<(Member, &'a str)>, KeyFileError> {
    match at(json, pointer)? {
        None | Some((_, Json::Null)) if optional => Ok(None),
        None => Err(KeyFileError::MemberMissing { member: named(pointer) }),
        Some((member, Json::Number(number))) => match number.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(Some((member, number))),
            false => Err(KeyFileError::IdInvalid { member, why: "it isn't a whole number" }),
        },
        Some((member, value)) => {
            let text = member::text_of(member.clone(), value)?;
            Ok(Some((member, text)))
        }
    }
}

/// Rejects what isn't an id or an address.
fn check(fact: FileFact, member: Member, text: &str) -> Result<(), KeyFileError> {
    match fact {
        FileFact::Issuer | FileFact::TokenEndpoint => {
            member::check_address(text).map_err(|why| KeyFileError::AddressInvalid { member, why })
        }
        FileFact::UserId | FileFact::ClientId | FileFact::KeyId | FileFact::Audience => {
            member::check_id(text).map_err(|why| KeyFileError::IdInvalid { member, why })
        }
    }
}

/// The passphrase in the file; an empty one counts as none.
fn beside(json: &Json, place: &str) -> Result<Option<Secret>, KeyFileError> {
    match at(json, place)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((_, Json::Text(text))) if text.is_empty() => Ok(None),
        Some((member, Json::Text(text))) => mask::check(&member, text).map(|()| Some(Secret::new(text.clone()))),
        Some((member, other)) => Err(KeyFileError::MemberNotText { member, found: other.kind() }),
    }
}

pub(super) fn expires_at(json: &Json, place: &str) -> Result<Option<OffsetDateTime>, KeyFileError> {
    match at(json, place)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((member, Json::Text(text))) => member::time_of(member, text),
        Some((member, Json::Number(seconds))) => member::seconds_of(member, seconds),
        Some((member, _)) => Err(KeyFileError::ExpirationInvalid { member }),
    }
}

/// A name is only a suggestion, so one that can't be read is ignored.
fn suggested_name(json: &Json, place: &str) -> Option<String> {
    let name = at(json, place).ok()??.1.as_text()?;
    if pem::is_private_key(name) {
        return None;
    }
    member::showable(name.split_once('@').map_or(name, |(local, _)| local))
}
