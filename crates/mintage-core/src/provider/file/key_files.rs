//! Checking how a profile describes **key files**: a rule that fits everything, finds nothing, or finds what
//! the profile has no use for is an error.

use super::check::impossible;
use crate::error::ProviderError;
use crate::key_file::Shape;
use crate::provider::{FileFact, KeyEncoding, KeyFileRule, Provider, template};

/// How many rules a profile may have, and how many places each may be known by.
const MAX_RULES: usize = 32;
/// The longest place and the longest name, in characters.
const MAX_LENGTH: usize = 200;

/// Checks which key files are the servers'.
///
/// # Errors
/// [`ProviderError::Missing`], [`ProviderError::Impossible`].
pub(super) fn check(provider: &Provider) -> Result<(), ProviderError> {
    let of_nobody = [Shape::Jwk, Shape::JwkSet, Shape::ClientSecret, Shape::Described, Shape::Pem, Shape::Alone];
    if provider.key_files.shapes.iter().any(|shape| of_nobody.contains(shape)) {
        return Err(impossible("keyFiles.shapes", "such a file tells nobody's servers"));
    }
    if provider.key_files.rules.len() > MAX_RULES {
        return Err(impossible("keyFiles.rules", "there are more than 32"));
    }
    provider.key_files.rules.iter().try_for_each(|rule| {
        if rule.name.trim().is_empty() {
            return Err(ProviderError::Missing { member: "keyFiles.rules.name" });
        }
        if !is_plain(&rule.name) {
            return Err(impossible("keyFiles.rules.name", "it may hold letters, digits and signs, at most 200"));
        }
        places(rule)?;
        credential(rule, provider)
    })
}

/// Whether a text of a profile can stand in a message.
fn is_plain(text: &str) -> bool {
    let fits = |c: char| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric();
    text.chars().count() <= MAX_LENGTH && text.chars().all(fits) && !text.contains('`')
}

/// Whether a place is called like something that is never shown.
fn names_secret(place: &str) -> bool {
    let name: String = place.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["secret", "privatekey", "passphrase", "password"].iter().any(|word| name.ends_with(word))
}

/// RFC 6901 §3: a pointer begins with a slash.
fn places(rule: &KeyFileRule) -> Result<(), ProviderError> {
    if rule.matches.is_empty() {
        return Err(impossible("keyFiles.rules.matches", "every JSON would be taken for such a file"));
    }
    if rule.matches.len() > MAX_RULES {
        return Err(impossible("keyFiles.rules.matches", "there are more than 32"));
    }
    if rule.matches.keys().any(|place| !place.starts_with('/') || !is_plain(place)) {
        return Err(impossible("keyFiles.rules.matches", "a place is a JSON Pointer and begins with a slash"));
    }
    let pointers = [
        ("keyFiles.rules.privateKey", &rule.private_key),
        ("keyFiles.rules.publicKey", &rule.public_key),
        ("keyFiles.rules.passphrase", &rule.passphrase),
        ("keyFiles.rules.clientSecret", &rule.client_secret),
        ("keyFiles.rules.readyToken", &rule.ready_token),
        ("keyFiles.rules.expiresAt", &rule.expires_at),
        ("keyFiles.rules.suggestedName", &rule.suggested_name),
    ];
    let astray = |place: &str| !(place.is_empty() || place.starts_with('/') && is_plain(place));
    if let Some((member, _)) = pointers.into_iter().find(|(_, place)| astray(place)) {
        return Err(impossible(member, "a place is a JSON Pointer and begins with a slash"));
    }
    let secrets = [&rule.private_key, &rule.passphrase, &rule.client_secret, &rule.ready_token];
    let is_secret =
        |place: &str| names_secret(place) || secrets.iter().any(|secret| !secret.is_empty() && *secret == place);
    if is_secret(&rule.suggested_name) {
        return Err(impossible("keyFiles.rules.suggestedName", "what is secret is never shown"));
    }
    for (fact, place) in rule.facts() {
        let mut inside = template::placeholders(place).peekable();
        let holds_pointers = inside.peek().is_some() && inside.all(|pointer| pointer.starts_with('/'));
        if !is_plain(place) || !(place.is_empty() || place.starts_with('/') || holds_pointers) {
            return Err(impossible(
                fact.member(),
                "a place is a JSON Pointer that begins with a slash, or a text with such pointers in braces",
            ));
        }
        if fact == FileFact::TokenEndpoint && !(place.is_empty() || place.starts_with('/')) {
            return Err(impossible(fact.member(), "only the file itself may name where credentials are sent"));
        }
        if is_secret(place) || template::placeholders(place).any(is_secret) {
            return Err(impossible(fact.member(), "what is secret is never shown"));
        }
        if place.is_empty() && rule.optional.contains(&fact) {
            return Err(impossible("keyFiles.rules.optional", "it names what has no place"));
        }
    }
    Ok(())
}

/// A file holds one credential, of a kind that the profile takes.
fn credential(rule: &KeyFileRule, provider: &Provider) -> Result<(), ProviderError> {
    let [key, secret, token] =
        [&rule.private_key, &rule.client_secret, &rule.ready_token].map(|place| !place.is_empty());
    if !(key || secret || token) {
        return Err(impossible("keyFiles.rules", "one of privateKey, clientSecret and readyToken must have a place"));
    }
    if token && (key || secret) {
        return Err(impossible("keyFiles.rules.readyToken", "it is the whole credential, so nothing stands beside it"));
    }
    if !rule.passphrase.is_empty() && (!key || rule.key_encoding == KeyEncoding::Jwk) {
        return Err(impossible(
            "keyFiles.rules.passphrase",
            "without an encrypted `privateKey` there is nothing to open",
        ));
    }
    if rule.key_encoding != KeyEncoding::Pem && !key {
        return Err(impossible("keyFiles.rules.keyEncoding", "without `privateKey` nothing is encoded"));
    }
    if key && provider.private_key.is_none() {
        return Err(impossible(
            "keyFiles.rules.privateKey",
            "the profile has no `privateKey` that says how it is used",
        ));
    }
    if key && secret && !provider.private_key.as_ref().is_some_and(|grant| grant.with_client_secret) {
        return Err(impossible(
            "keyFiles.rules.clientSecret",
            "beside a key it goes along only where `privateKey.withClientSecret` is true",
        ));
    }
    if secret && !key && provider.client_secret.is_none() {
        return Err(impossible(
            "keyFiles.rules.clientSecret",
            "the profile has no `clientSecret` that says how it is used",
        ));
    }
    if token && provider.ready_token.is_none() {
        return Err(impossible(
            "keyFiles.rules.readyToken",
            "the profile has no `readyToken` that says how it is sent",
        ));
    }
    Ok(())
}
