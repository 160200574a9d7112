//! A file that a **profile describes**: known by what is at which place, and read from there.
//!
//! Rule: nothing of a vendor is known here; [`KeyFileRule`] says everything. What a rule takes for a secret
//! is sent one day, so a private key is refused as one.

use time::OffsetDateTime;

use super::member::{self, Member};
use super::{KeyFile, Material, Shape, jwk, pem, shown};
use crate::error::KeyError;
use crate::json::{Json, SecretJson};
use crate::provider::template::{self, Values};
use crate::provider::{FileFact, KeyEncoding, KeyFileRule, Provider};
use crate::secret::Secret;

/// Reads JSON by the rules of these profiles; `None` where none of them fits. Of several that do, the first
/// counts that can read it.
pub(super) fn read(
    json: &Json,
    passphrase: Option<&Secret>,
    providers: &[Provider],
) -> Option<Result<KeyFile, KeyError>> {
    let fitting: Vec<_> = providers.iter().filter_map(|provider| Some((provider, rule_for(json, provider)?))).collect();
    let mut failed = None;
    for (provider, rule) in &fitting {
        match read_by(rule, provider, json, passphrase) {
            Ok(file) => {
                let makers = fitting.iter().map(|(provider, _)| provider.id.clone()).collect();
                return Some(Ok(KeyFile { makers, ..file }));
            }
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map(Err)
}

/// The first of a profile's rules that fits.
fn rule_for<'a>(json: &Json, provider: &'a Provider) -> Option<&'a KeyFileRule> {
    provider.key_files.rules.iter().find(|rule| {
        !rule.matches.is_empty()
            && rule.matches.iter().all(|(place, wanted)| match at(json, place) {
                Ok(Some((_, found))) => wanted.is_empty() || found.as_text() == Some(wanted),
                Ok(None) => false,
                // It is there in two spellings: reading says so.
                Err(KeyError::MemberTwice { .. }) => true,
                Err(_) => false,
            })
    })
}

/// Reads what stands beside the credential first, as opening that may need a passphrase.
fn read_by(
    rule: &KeyFileRule,
    provider: &Provider,
    json: &Json,
    passphrase: Option<&Secret>,
) -> Result<KeyFile, KeyError> {
    let [user_id, client_id, key_id, issuer, audience, token_endpoint] =
        rule.facts().map(|(fact, place)| fact_at(json, place, fact, rule.optional.contains(&fact)));
    let told = KeyFile {
        described: Some(rule.name.clone()),
        name: suggested_name(json, &rule.suggested_name),
        user_id: user_id?,
        client_id: client_id?,
        key_id: key_id?,
        issuer: issuer?,
        audience: audience?,
        token_endpoint: token_endpoint?,
        expires_at: expires_at(json, &rule.expires_at)?,
        ..KeyFile::new(Shape::Described, Material::ClientSecret(Secret::new(String::new())))
    };
    let secret = |place: &str| required(json, place).and_then(|(member, value)| member::secret_of(member, value));
    if !rule.ready_token.is_empty() {
        return Ok(KeyFile { material: Material::ReadyToken(secret(&rule.ready_token)?), ..told });
    }
    if rule.private_key.is_empty() {
        return Ok(KeyFile { material: Material::ClientSecret(secret(&rule.client_secret)?), ..told });
    }
    let companion = (!rule.client_secret.is_empty()).then(|| secret(&rule.client_secret)).transpose()?;
    let beside = beside(json, &rule.passphrase)?;
    let file = private_key(json, rule, passphrase.or(beside.as_ref()))?;
    if let (Some(grant), Some(key)) = (&provider.private_key, file.key()) {
        grant.algorithm_for(key.facts())?;
    }
    let key_id = told.key_id.or(file.key_id);
    Ok(KeyFile { key_id, companion, certificate: file.certificate, material: file.material, ..told })
}

fn private_key(json: &Json, rule: &KeyFileRule, passphrase: Option<&Secret>) -> Result<KeyFile, KeyError> {
    let (member, value) = required(json, &rule.private_key)?;
    if let (KeyEncoding::Jwk, Json::Object(_)) = (rule.key_encoding, value) {
        return jwk::single(value);
    }
    let text = member::text_of(member.clone(), value)?;
    let found = match rule.key_encoding {
        KeyEncoding::Pem => pem::parse_member(text, passphrase)?,
        KeyEncoding::Base64 => pem::parse_base64(text, passphrase)?,
        KeyEncoding::Jwk => {
            let not_jwk = |_| KeyError::MemberNotObject { member, found: "text that is no JWK" };
            return jwk::single(SecretJson::parse(text).map_err(not_jwk)?.expose());
        }
    };
    Ok(found.into_file(Shape::Described))
}

/// The value at a place, with what it is called in messages; `None` where it is absent or the place is empty.
///
/// # Errors
/// [`KeyError::MemberTwice`] for two spellings of a name, [`KeyError::MemberNotObject`] where something else is
/// on the way.
fn at<'a>(json: &'a Json, place: &str) -> Result<Option<(Member, &'a Json)>, KeyError> {
    let Some(steps) = place.strip_prefix('/') else { return Ok(None) };
    let (mut value, mut path) = (json, String::new());
    for step in steps.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        let found = match value {
            Json::Object(members) => {
                let mut found = members.iter().filter(|(name, _)| same_name(name, &step));
                let first = found.next();
                if let Some((name, _)) = found.next() {
                    return Err(KeyError::MemberTwice { member: shown(name).into() });
                }
                first.map(|(_, value)| value)
            }
            Json::List(items) if step.bytes().all(|byte| byte.is_ascii_digit()) => {
                step.parse::<usize>().ok().and_then(|index| items.get(index))
            }
            other => return Err(KeyError::MemberNotObject { member: path.into(), found: other.kind() }),
        };
        path = if path.is_empty() { step } else { format!("{path}.{step}") };
        let Some(found) = found else { return Ok(None) };
        value = found;
    }
    Ok(Some((path.into(), value)))
}

/// Whether two names are spellings of one: `clientID`, `clientId`, `client_id`, `client-id`.
fn same_name(one: &str, other: &str) -> bool {
    let letters = |name: &str| {
        let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-')).collect();
        plain.to_ascii_lowercase()
    };
    one == other || letters(one) == letters(other)
}

/// As [`at`], for what must be there.
fn required<'a>(json: &'a Json, place: &str) -> Result<(Member, &'a Json), KeyError> {
    at(json, place)?.ok_or_else(|| KeyError::MemberMissing { member: named(place) })
}

/// What a place is called in messages: its steps with dots between them.
fn named(place: &str) -> Member {
    place.trim_start_matches('/').replace('/', ".").into()
}

/// An id or an address, as its place says it.
fn fact_at(json: &Json, place: &str, fact: FileFact, optional: bool) -> Result<Option<String>, KeyError> {
    if place.is_empty() {
        return Ok(None);
    }
    let pointers: Vec<&str> =
        if place.starts_with('/') { vec![place] } else { template::placeholders(place).collect() };
    let mut values = Values::new();
    for pointer in &pointers {
        match at(json, pointer)? {
            None | Some((_, Json::Null)) if optional => return Ok(None),
            None => return Err(KeyError::MemberMissing { member: named(pointer) }),
            Some((_, Json::Number(number))) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                values.insert((*pointer).to_owned(), number.clone());
            }
            Some((member, Json::Number(_))) => {
                return Err(KeyError::IdInvalid { member, why: "it is no whole number" });
            }
            Some((member, value)) => {
                values.insert((*pointer).to_owned(), member::text_of(member, value)?.to_owned());
            }
        }
    }
    let text = match values.get(place) {
        Some(alone) => alone.clone(),
        None => template::expand(place, &values),
    };
    let member = || pointers.first().map_or(Member::Borrowed(""), |pointer| named(pointer));
    match fact {
        FileFact::Issuer | FileFact::TokenEndpoint => {
            member::check_address(&text).map_err(|why| KeyError::AddressInvalid { member: member(), why })?
        }
        _ => member::check_id(&text).map_err(|why| KeyError::IdInvalid { member: member(), why })?,
    }
    Ok(Some(text))
}

/// The passphrase that stands in the file; an empty one is none.
fn beside(json: &Json, place: &str) -> Result<Option<Secret>, KeyError> {
    match at(json, place)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((_, Json::Text(text))) if text.is_empty() => Ok(None),
        Some((_, Json::Text(text))) => Ok(Some(Secret::new(text.clone()))),
        Some((member, other)) => Err(KeyError::MemberNotText { member, found: other.kind() }),
    }
}

fn expires_at(json: &Json, place: &str) -> Result<Option<OffsetDateTime>, KeyError> {
    match at(json, place)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((member, Json::Text(text))) => member::time_of(member, text),
        Some((member, Json::Number(seconds))) => member::seconds_of(member, seconds),
        Some((member, _)) => Err(KeyError::ExpirationInvalid { member }),
    }
}

/// A name is only suggested, so that one that cannot be read is none.
fn suggested_name(json: &Json, place: &str) -> Option<String> {
    let name = at(json, place).ok()??.1.as_text()?;
    member::showable(name.split_once('@').map_or(name, |(local, _)| local))
}
