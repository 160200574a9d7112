//! A **sketch**: the first draft of a rule for JSON of an unknown shape, derived from its member names.
//!
//! Rule: it contains paths, and of the values only a short plain word that says what kind of file this is; never a
//! secret and never an id. What a path is used for is a guess, which the user reviews.

use super::KeyFileError;
use super::{KeyFile, client, described, framing, member, pem, shown};
use crate::json::Json;
use crate::private_key::WrongKind;
use crate::provider::{FileFact, KeyEncoding, KeyFileRule};

/// How deep paths are searched.
const DEPTH: usize = 5;
/// The longest member name that is considered.
const MAX_NAME: usize = 64;

/// Member names reduced to their letters, the likeliest first.
type Letters = &'static [&'static str];

const KIND: Letters = &["type", "kind", "format", "schema"];
const PASSPHRASE: Letters = &["passphrase", "privatekeypassphrase", "keypassphrase", "keypassword"];
const CLIENT_SECRET: Letters = &["clientsecret", "appsecret", "apisecret", "consumersecret", "secretkey", "secret"];
const READY_TOKEN: Letters = &["accesstoken", "apitoken", "personalaccesstoken", "apikey", "token"];
const USER_ID: Letters =
    &["userid", "serviceuserid", "serviceaccountid", "accountid", "subject", "sub", "username", "clientemail", "email"];
const CLIENT_ID: Letters = &["clientid", "appid", "applicationid", "consumerkey"];
const KEY_ID: Letters = &["keyid", "kid", "privatekeyid", "publickeyid"];
const ISSUER: Letters = &["issuer", "iss", "issuerurl"];
const AUDIENCE: Letters = &["audience", "aud"];
const TOKEN_ENDPOINT: Letters = &["tokenendpoint", "tokenuri", "tokenurl"];
const EXPIRES_AT: Letters =
    &["expiresat", "expirationdate", "expiration", "expires", "expiry", "validuntil", "notafter", "exp"];
const NAME: Letters = &["displayname", "name", "title", "label"];

/// A member of the document or of an object in it.
struct Place<'a> {
    /// Its JSON Pointer (RFC 6901).
    pointer: String,
    /// Its name in lower case, without word separators.
    letters: String,
    value: &'a Json,
}

/// Drafts the rule for this document.
///
/// # Errors
/// [`WrongKind::MtlsClient`] if the file says that its key authenticates the client on the connection (RFC 8705 §2).
pub(super) fn of(json: &Json) -> Result<KeyFileRule, KeyFileError> {
    let mut places = Vec::new();
    gather(json, "", DEPTH, &mut places);
    if client::is_certified(json) || places.iter().any(|place| client::is_certified(place.value)) {
        return Err(WrongKind::MtlsClient.into());
    }
    let mut rule = KeyFileRule { name: "Key file".into(), ..KeyFileRule::default() };

    let credential = credential(&places, &mut rule);
    let known = |place: &&Place<'_>| KIND.contains(&place.letters.as_str()) && place.pointer.rfind('/') == Some(0);
    for place in places.iter().filter(known) {
        if let Some(word) = place.value.as_text().filter(|word| shown(word) == **word && !pem::is_private_key(word)) {
            rule.matches.insert(place.pointer.clone(), word.to_owned());
        }
    }
    // A file without a credential at that path isn't this kind of file.
    rule.matches.extend(credential.clone().map(|pointer| (pointer, String::new())));

    let fact = |names: Letters, fact: FileFact| {
        let reads = |place: &Place<'_>| matches!(described::fact_at(json, &place.pointer, fact, false), Ok(Some(_)));
        pointer_of(&places, names, |place| Some(&place.pointer) != credential.as_ref() && reads(place))
    };
    rule.user_id = fact(USER_ID, FileFact::UserId);
    rule.client_id = fact(CLIENT_ID, FileFact::ClientId);
    rule.key_id = fact(KEY_ID, FileFact::KeyId);
    rule.issuer = fact(ISSUER, FileFact::Issuer);
    rule.audience = fact(AUDIENCE, FileFact::Audience);
    rule.token_endpoint = fact(TOKEN_ENDPOINT, FileFact::TokenEndpoint);
    rule.expires_at = pointer_of(&places, EXPIRES_AT, |place| described::expires_at(json, &place.pointer).is_ok());
    rule.suggested_name = pointer_of(&places, NAME, |place| place.value.as_text().is_some());
    Ok(rule)
}

/// The facts in the members next to a bare private key.
#[derive(Default)]
pub(super) struct SiblingIds {
    user_id: Option<String>,
    client_id: Option<String>,
    key_id: Option<String>,
}

impl SiblingIds {
    /// The key file with the facts next to its key.
    pub(super) fn with(self, file: KeyFile) -> KeyFile {
        KeyFile {
            user_id: file.user_id.or(self.user_id),
            client_id: file.client_id.or(self.client_id),
            key_id: file.key_id.or(self.key_id),
            ..file
        }
    }
}

/// Reads the ids next to a bare private key, whatever prefix their names have; none if several could be it.
pub(super) fn sibling_ids(json: &Json) -> SiblingIds {
    let Json::Object(members) = json else { return SiblingIds::default() };
    let one = |names: Letters| {
        let is_named = |name: &str| {
            let letters = member::letters(name);
            names.iter().any(|known| letters == **known || (known.len() > 4 && letters.ends_with(known)))
        };
        let mut found = members.iter().filter(|(name, _)| is_named(name)).filter_map(|(_, value)| value.as_text());
        let id = found.next().filter(|id| !id.trim().is_empty() && member::check_id(id).is_ok())?;
        found.next().is_none().then(|| id.to_owned())
    };
    SiblingIds { user_id: one(USER_ID), client_id: one(CLIENT_ID), key_id: one(KEY_ID) }
}

/// The error for JSON that isn't described anywhere: whether a profile could find a credential in it.
pub(super) fn undescribed(json: &Json, otherwise: KeyFileError) -> KeyFileError {
    if json.has(&["d"]) && json.has(&["n", "crv"]) {
        return KeyFileError::MemberMissing { member: "kty".into() };
    }
    if finds_credential(json) { otherwise } else { KeyFileError::JsonWithoutCredential }
}

/// Whether a draft for this document would contain a credential.
fn finds_credential(json: &Json) -> bool {
    let mut places = Vec::new();
    gather(json, "", DEPTH, &mut places);
    credential(&places, &mut KeyFileRule::default()).is_some()
}

/// Puts the private key's path into the rule, or else that of a secret or token, and returns it.
fn credential(places: &[Place<'_>], rule: &mut KeyFileRule) -> Option<String> {
    let key = places.iter().find_map(|place| Some((place, encoding_of(place.value)?)));
    if let Some((place, encoding)) = key {
        rule.private_key.clone_from(&place.pointer);
        rule.key_encoding = encoding;
        rule.passphrase = pointer_of(places, PASSPHRASE, |place| place.value.as_text().is_some());
        return Some(place.pointer.clone());
    }
    let text = |names| pointer_of(places, names, |place| place.value.as_text().is_some());
    rule.client_secret = text(CLIENT_SECRET);
    if rule.client_secret.is_empty() {
        rule.ready_token = text(READY_TOKEN);
    }
    [&rule.client_secret, &rule.ready_token].into_iter().find(|place| !place.is_empty()).cloned()
}

/// How a private key is encoded here, if it is one.
fn encoding_of(value: &Json) -> Option<KeyEncoding> {
    match value {
        Json::Object(_) => is_jwk(value).then_some(KeyEncoding::Jwk),
        Json::Text(text) if !pem::is_private_key(text) => None,
        Json::Text(text) if text.trim_start().starts_with('{') => Some(KeyEncoding::Jwk),
        Json::Text(text) if text.contains(framing::BEGIN) => Some(KeyEncoding::Pem),
        Json::Text(_) => Some(KeyEncoding::Base64),
        _ => None,
    }
}

fn is_jwk(value: &Json) -> bool {
    value.get("kty").is_some() && ["d", "k"].iter().any(|part| value.get(part).is_some())
}

/// The likeliest path by name, among those that work; empty for none, as in rules.
fn pointer_of(places: &[Place<'_>], names: Letters, will_do: impl Fn(&Place<'_>) -> bool) -> String {
    let named = |name: &&str| places.iter().find(|place| place.letters == **name && will_do(place));
    names.iter().find_map(named).map(|place| place.pointer.clone()).unwrap_or_default()
}

/// Collects the members with plain names; of arrays only the first item. What is inside a key is part of the key.
fn gather<'a>(json: &'a Json, above: &str, depth: usize, places: &mut Vec<Place<'a>>) {
    let members = match json {
        Json::Object(members) => members,
        Json::List(items) if depth > 1 => {
            items.first().into_iter().for_each(|item| gather(item, &format!("{above}/0"), depth - 1, places));
            return;
        }
        _ => return,
    };
    for (name, value) in members {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if name.is_empty() || name.len() > MAX_NAME || !plain {
            continue;
        }
        let pointer = format!("{above}/{name}");
        if depth > 1 && !is_jwk(value) {
            gather(value, &pointer, depth - 1, places);
        }
        let letters = member::letters(name);
        places.push(Place { pointer, letters, value });
    }
}

#[cfg(test)]
mod tests;
