//! A **client id with its secret**, in any JSON: from a console, an API response, or written by hand.
//!
//! Rule: the two names are recognised by their letters, in any spelling and with any prefix that both share, for
//! example `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`.

use time::OffsetDateTime;

use super::KeyFileError;
use super::member::{self, Names};
use super::{KeyFile, Material, framing, shown};
use crate::json::Json;
use crate::provider::Shape;

/// Plain names of a client's id and secret, with nothing that says which provider they belong to.
pub(super) const BARE: Names =
    &["id", "client_id", "clientId", "clientID", "secret", "name", "description", "enabled", "protocol"];

/// Only a client's id.
pub(super) const ID_ALONE: Names = &["client_id", "clientId", "clientID"];

const ID: &str = "clientid";
const SECRET: &str = "clientsecret";
const NAME: Names = &["client_name", "clientName"];
const EXPIRES_AT: Names = &["client_secret_expires_at", "clientSecretExpiresAt"];
/// The member that says how a client authenticates, letters only.
const METHOD: &[&str] = &[
    "credentialtype",
    "tokenendpointauthmethod",
    "clientauthenticatortype",
    "authtype",
    "authmethod",
    "authenticationmethod",
    "authenticationtype",
    "clientauthenticationmethod",
];
/// The values of that member for a client that authenticates with a certificate over mTLS (RFC 8705 §2), letters only.
const CERTIFIED: &[&str] =
    &["x509", "mtls", "tlsclientauth", "selfsignedtlsclientauth", "clientx509", "x509certificate"];

/// A member, looked up by the letters of its name.
struct Named<'a> {
    name: &'a str,
    prefix: String,
    value: &'a Json,
}

/// Whether there is a client secret.
pub(super) fn has_secret(json: &Json) -> bool {
    !named(json, SECRET).is_empty()
}

/// Whether there is no private key next to the secret or nested deeper, which would be lost.
pub(super) fn lacks_key(json: &Json) -> bool {
    let mut todo = vec![("", json)];
    while let Some((name, value)) = todo.pop() {
        match value {
            Json::Object(members) => todo.extend(members.iter().map(|(name, value)| (name.as_str(), value))),
            Json::List(items) => todo.extend(items.iter().map(|item| ("", item))),
            Json::Text(text) if text.contains(framing::BEGIN) && text.contains("PRIVATE KEY") => {
                // A key in the place of the id or the secret is rejected as a key.
                let letters = member::letters(name);
                if !letters.ends_with(SECRET) && !letters.ends_with(ID) {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// Whether the document says that the client authenticates with a certificate.
pub(super) fn is_certified(json: &Json) -> bool {
    let Json::Object(members) = json else { return false };
    members.iter().any(|(name, value)| {
        let name = member::letters(name);
        let word = || value.as_text().map(member::letters);
        name == "certurl"
            || (METHOD.contains(&name.as_str()) && word().is_some_and(|word| CERTIFIED.contains(&word.as_str())))
    })
}

/// Reads a client's id and secret, and what its registration (RFC 7591 §3.2.1) or its settings say about it.
pub(super) fn secret(json: &Json) -> Result<KeyFile, KeyFileError> {
    let secrets = named(json, SECRET);
    let (first, others) =
        secrets.split_first().ok_or(KeyFileError::MemberMissing { member: "client_secret".into() })?;
    let called = |found: &Named<'_>| shown(found.name);
    match others.first() {
        Some(other) if other.prefix == first.prefix => {
            return Err(KeyFileError::MemberTwice { member: called(other).into() });
        }
        Some(_) => return Err(KeyFileError::SeveralCredentials { places: secrets.iter().map(called).collect() }),
        None => {}
    }
    let mut ids = named(json, ID);
    ids.retain(|id| id.prefix == first.prefix);
    let id = match ids.as_slice() {
        [id] => id,
        [] => return Err(KeyFileError::MemberMissing { member: "client_id".into() }),
        [_, other, ..] => return Err(KeyFileError::MemberTwice { member: called(other).into() }),
    };
    let client_id = member::id_of(called(id).into(), id.value)?;
    let secret = member::secret_of(called(first).into(), first.value)?;
    let token_endpoint = address(json, &first.prefix, &["tokenendpoint", "tokenuri", "tokenurl", "accesstokenuri"]);
    Ok(KeyFile {
        name: member::name(json, NAME),
        client_id: Some(client_id),
        expires_at: expires_at(json)?,
        issuer: address(json, &first.prefix, &["issuer", "issueruri", "issuerurl"]),
        token_endpoint: token_endpoint.or_else(|| uaa_endpoint(json)),
        ..KeyFile::new(Shape::ClientSecret, Material::ClientSecret(secret))
    })
}

/// Reads `{"id","secret"}` and `{"clientId","secret"}`; next to a client id, an `id` is the server's internal one.
pub(super) fn bare(json: &Json) -> Result<KeyFile, KeyFileError> {
    let names = if json.has(ID_ALONE) { ID_ALONE } else { &["id"] };
    let client_id = member::id(json, names)?;
    let secret = member::secret(json, &["secret"])?;
    let file = KeyFile::new(Shape::ClientSecret, Material::ClientSecret(secret));
    Ok(KeyFile { name: member::name(json, &["name"]), client_id: Some(client_id), ..file })
}

fn named<'a>(json: &'a Json, ending: &str) -> Vec<Named<'a>> {
    let Json::Object(members) = json else { return Vec::new() };
    let found = members.iter().filter_map(|(name, value)| {
        let letters = member::letters(name);
        let prefix = letters.strip_suffix(ending)?.to_owned();
        Some(Named { name, prefix, value })
    });
    found.collect()
}

/// An address next to the secret, if it is usable: only a suggestion.
fn address(json: &Json, prefix: &str, names: &[&str]) -> Option<String> {
    let Json::Object(members) = json else { return None };
    let is_named = |name: &str| {
        let letters = member::letters(name);
        names.iter().any(|wanted| letters == *wanted || letters.strip_prefix(prefix) == Some(wanted))
    };
    let mut found = members.iter().filter(|(name, _)| is_named(name)).filter_map(|(_, value)| value.as_text());
    found.find(|text| member::check_address(text).is_ok()).map(str::to_owned)
}

/// The token endpoint of Cloud Foundry's UAA; in its service bindings, `url` is the server.
fn uaa_endpoint(json: &Json) -> Option<String> {
    let url =
        json.get("url").and_then(Json::as_text).filter(|_| json.has(&["uaadomain", "xsappname", "identityzone"]))?;
    let endpoint = format!("{}/oauth/token", url.trim_end_matches('/'));
    member::check_address(&endpoint).ok().map(|()| endpoint)
}

fn expires_at(json: &Json) -> Result<Option<OffsetDateTime>, KeyFileError> {
    match member::find(json, EXPIRES_AT)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((member, Json::Number(seconds))) => member::seconds_of(member.into(), seconds),
        Some((member, _)) => Err(KeyFileError::ExpirationInvalid { member: member.into() }),
    }
}
