//! A **client id with its secret**, in whichever JSON: a console's, an API's answer, one's own.
//!
//! Rule: the two names are known by their letters, in any spelling and behind any prefix that both have, for example
//! `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`.

use time::OffsetDateTime;

use super::member::{self, Names};
use super::{KeyFile, Material, Shape, pem, shown};
use crate::error::KeyError;
use crate::json::Json;

/// Bare names of a client's id and secret, with nothing beside them that tells whose they are.
pub(super) const BARE: Names =
    &["id", "client_id", "clientId", "clientID", "secret", "name", "description", "enabled", "protocol"];

/// A client's id and nothing else.
pub(super) const ID_ALONE: Names = &["client_id", "clientId", "clientID"];

const ID: &str = "clientid";
const SECRET: &str = "clientsecret";
const NAME: Names = &["client_name", "clientName"];
const EXPIRES_AT: Names = &["client_secret_expires_at", "clientSecretExpiresAt"];
/// What says in which way a client proves itself, in letters.
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
/// What is said of a client that proves itself by its certificate over mTLS (RFC 8705 §2), in letters.
const CERTIFIED: &[&str] =
    &["x509", "mtls", "tlsclientauth", "selfsignedtlsclientauth", "clientx509", "x509certificate"];

/// A member by its name in letters.
struct Named<'a> {
    name: &'a str,
    prefix: String,
    value: &'a Json,
}

/// Whether there is a client secret.
pub(super) fn has_secret(json: &Json) -> bool {
    !named(json, SECRET).is_empty()
}

/// Whether there is no private key beside the secret or further in, which would be lost.
pub(super) fn lacks_key(json: &Json) -> bool {
    let mut todo = vec![("", json)];
    while let Some((name, value)) = todo.pop() {
        match value {
            Json::Object(members) => todo.extend(members.iter().map(|(name, value)| (name.as_str(), value))),
            Json::List(items) => todo.extend(items.iter().map(|item| ("", item))),
            Json::Text(text) if text.contains(pem::BEGIN) && text.contains("PRIVATE KEY") => {
                // What is a key in the place of the id or the secret is refused as one.
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

/// Whether this says of itself that the client proves itself by a certificate.
pub(super) fn is_certified(json: &Json) -> bool {
    let Json::Object(members) = json else { return false };
    members.iter().any(|(name, value)| {
        let name = member::letters(name);
        let word = || value.as_text().map(member::letters);
        name == "certurl"
            || (METHOD.contains(&name.as_str()) && word().is_some_and(|word| CERTIFIED.contains(&word.as_str())))
    })
}

/// Reads a client's id and secret, and what its registration (RFC 7591 §3.2.1) or its settings say of it.
pub(super) fn secret(json: &Json) -> Result<KeyFile, KeyError> {
    let secrets = named(json, SECRET);
    let (first, others) = secrets.split_first().ok_or(KeyError::MemberMissing { member: "client_secret".into() })?;
    let called = |found: &Named<'_>| shown(found.name);
    match others.first() {
        Some(other) if other.prefix == first.prefix => {
            return Err(KeyError::MemberTwice { member: called(other).into() });
        }
        Some(_) => return Err(KeyError::SeveralCredentials { places: secrets.iter().map(called).collect() }),
        None => {}
    }
    let mut ids = named(json, ID);
    ids.retain(|id| id.prefix == first.prefix);
    let id = match ids.as_slice() {
        [id] => id,
        [] => return Err(KeyError::MemberMissing { member: "client_id".into() }),
        [_, other, ..] => return Err(KeyError::MemberTwice { member: called(other).into() }),
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

/// Reads `{"id","secret"}` and `{"clientId","secret"}`; beside a client id, an `id` is the server's own.
pub(super) fn bare(json: &Json) -> Result<KeyFile, KeyError> {
    let names = if member::has(json, ID_ALONE) { ID_ALONE } else { &["id"] };
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

/// An address beside the secret, where there is one that can be used: it is only a suggestion.
fn address(json: &Json, prefix: &str, names: &[&str]) -> Option<String> {
    let Json::Object(members) = json else { return None };
    let is_named = |name: &str| {
        let letters = member::letters(name);
        names.iter().any(|wanted| letters == *wanted || letters.strip_prefix(prefix) == Some(wanted))
    };
    let mut found = members.iter().filter(|(name, _)| is_named(name)).filter_map(|(_, value)| value.as_text());
    found.find(|text| member::check_address(text).is_ok()).map(str::to_owned)
}

/// The token endpoint of Cloud Foundry's UAA, of whose service bindings `url` is the server.
fn uaa_endpoint(json: &Json) -> Option<String> {
    let url = json
        .get("url")
        .and_then(Json::as_text)
        .filter(|_| member::has(json, &["uaadomain", "xsappname", "identityzone"]))?;
    let endpoint = format!("{}/oauth/token", url.trim_end_matches('/'));
    member::check_address(&endpoint).ok().map(|()| endpoint)
}

fn expires_at(json: &Json) -> Result<Option<OffsetDateTime>, KeyError> {
    match member::find(json, EXPIRES_AT)? {
        None | Some((_, Json::Null)) => Ok(None),
        Some((member, Json::Number(seconds))) => member::seconds_of(member.into(), seconds),
        Some((member, _)) => Err(KeyError::ExpirationInvalid { member: member.into() }),
    }
}
