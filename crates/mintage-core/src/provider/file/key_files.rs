//! Checking how a profile describes **key files**: a rule that fits everything, finds nothing, or finds what
//! the profile has no use for is an error.

use super::check::impossible;
use crate::error::ProviderError;
use crate::key_file::Shape;
use crate::provider::{KeyFileRule, Provider, template};

/// Checks which key files are the servers'.
///
/// # Errors
/// [`ProviderError::Missing`], [`ProviderError::Impossible`].
pub(super) fn check(provider: &Provider) -> Result<(), ProviderError> {
    let of_nobody = [Shape::Jwk, Shape::JwkSet, Shape::ClientSecret, Shape::Described, Shape::Pem, Shape::Alone];
    if provider.key_files.shapes.iter().any(|shape| of_nobody.contains(shape)) {
        return Err(impossible("keyFiles.shapes", "such a file tells nobody's servers"));
    }
    provider.key_files.rules.iter().try_for_each(|rule| {
        if rule.name.trim().is_empty() {
            return Err(ProviderError::Missing { member: "keyFiles.rules.name" });
        }
        places(rule)?;
        credential(rule, provider)
    })
}

/// RFC 6901 §3: a pointer begins with a slash.
fn places(rule: &KeyFileRule) -> Result<(), ProviderError> {
    if rule.matches.is_empty() {
        return Err(impossible("keyFiles.rules.matches", "every JSON would be taken for such a file"));
    }
    if rule.matches.keys().any(|place| !place.starts_with('/')) {
        return Err(impossible("keyFiles.rules.matches", "a place is a JSON Pointer and begins with a slash"));
    }
    let pointers = [
        ("keyFiles.rules.privateKey", &rule.private_key),
        ("keyFiles.rules.passphrase", &rule.passphrase),
        ("keyFiles.rules.clientSecret", &rule.client_secret),
        ("keyFiles.rules.readyToken", &rule.ready_token),
        ("keyFiles.rules.expiresAt", &rule.expires_at),
        ("keyFiles.rules.suggestedName", &rule.suggested_name),
    ];
    if let Some((member, _)) = pointers.into_iter().find(|(_, place)| !place.is_empty() && !place.starts_with('/')) {
        return Err(impossible(member, "a place is a JSON Pointer and begins with a slash"));
    }
    for (fact, place) in rule.facts() {
        let mut inside = template::placeholders(place).peekable();
        let holds_pointers = inside.peek().is_some() && inside.all(|pointer| pointer.starts_with('/'));
        if !(place.is_empty() || place.starts_with('/') || holds_pointers) {
            return Err(impossible(
                fact.member(),
                "a place is a JSON Pointer that begins with a slash, or a text with such pointers in braces",
            ));
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
    if !rule.passphrase.is_empty() && !key {
        return Err(impossible("keyFiles.rules.passphrase", "without `privateKey` there is nothing to open"));
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
