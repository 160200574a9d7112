//! Checking how a profile describes **key files**: a rule that matches everything, finds nothing, or finds something
//! the profile can't use is an error.

use super::impossible;
use crate::provider::{FileFact, KeyEncoding, KeyFileRule, Provider, ProviderError, Shape, template};

/// How many rules a profile may have, and how many paths each may be recognised by.
const MAX_RULES: usize = 32;
/// The longest path and the longest name, in characters.
const MAX_LENGTH: usize = 200;

/// Checks which key files the servers issue.
///
/// # Errors
/// [`ProviderError::Missing`], [`ProviderError::Impossible`].
pub(super) fn check(provider: &Provider) -> Result<(), ProviderError> {
    let of_nobody = [Shape::Jwk, Shape::JwkSet, Shape::ClientSecret, Shape::Described, Shape::Pem, Shape::Alone];
    if provider.key_files.shapes.iter().any(|shape| of_nobody.contains(shape)) {
        return Err(impossible("keyFiles.shapes", "this kind of file doesn't name a server"));
    }
    if provider.key_files.rules.len() > MAX_RULES {
        return Err(impossible("keyFiles.rules", "there are more than 32"));
    }
    provider.key_files.rules.iter().try_for_each(|rule| {
        if rule.name.trim().is_empty() {
            return Err(ProviderError::Missing { member: "keyFiles.rules.name" });
        }
        if !is_plain(&rule.name) {
            return Err(impossible(
                "keyFiles.rules.name",
                "use letters, digits and punctuation, at most 200 characters",
            ));
        }
        places(rule)?;
        facts(rule)?;
        credential(rule, provider)
    })
}

/// Whether a text from a profile is safe to show in a message.
fn is_plain(text: &str) -> bool {
    let fits = |c: char| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric();
    text.chars().count() <= MAX_LENGTH && text.chars().all(fits) && !text.contains('`')
}

/// Whether a path has a name like something that is never shown.
fn names_secret(place: &str) -> bool {
    let name: String = place.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["secret", "privatekey", "passphrase", "password"].iter().any(|word| name.ends_with(word))
}

/// RFC 6901 §3: a pointer begins with a slash.
fn places(rule: &KeyFileRule) -> Result<(), ProviderError> {
    if rule.matches.is_empty() {
        return Err(impossible("keyFiles.rules.matches", "it would match every JSON file"));
    }
    if rule.matches.len() > MAX_RULES {
        return Err(impossible("keyFiles.rules.matches", "there are more than 32"));
    }
    if rule.matches.keys().any(|place| !place.starts_with('/') || !is_plain(place)) {
        return Err(impossible("keyFiles.rules.matches", "use a JSON Pointer, beginning with a slash"));
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
        return Err(impossible(member, "use a JSON Pointer, beginning with a slash"));
    }
    if is_secret(rule, &rule.suggested_name) {
        return Err(impossible("keyFiles.rules.suggestedName", "secrets are never shown"));
    }
    Ok(())
}

/// Whether a path has a secret, by the rule or by its name.
fn is_secret(rule: &KeyFileRule, place: &str) -> bool {
    let secrets = [&rule.private_key, &rule.passphrase, &rule.client_secret, &rule.ready_token];
    names_secret(place) || secrets.iter().any(|secret| !secret.is_empty() && *secret == place)
}

/// What is shown of a file is found by pointers, or by a text with pointers in it, and isn't secret.
fn facts(rule: &KeyFileRule) -> Result<(), ProviderError> {
    for (fact, place) in rule.facts() {
        let mut inside = template::placeholders(place).peekable();
        let holds_pointers = inside.peek().is_some() && inside.all(|pointer| pointer.starts_with('/'));
        if !is_plain(place) || !(place.is_empty() || place.starts_with('/') || holds_pointers) {
            return Err(impossible(
                fact.member(),
                "use a JSON Pointer, beginning with a slash, or a text with such pointers in braces",
            ));
        }
        if fact == FileFact::TokenEndpoint && !(place.is_empty() || place.starts_with('/')) {
            return Err(impossible(fact.member(), "only the file itself may say where credentials are sent"));
        }
        if is_secret(rule, place) || template::placeholders(place).any(|pointer| is_secret(rule, pointer)) {
            return Err(impossible(fact.member(), "secrets are never shown"));
        }
        if place.is_empty() && rule.optional.contains(&fact) {
            return Err(impossible("keyFiles.rules.optional", "it names something that has no path"));
        }
    }
    Ok(())
}

/// A file contains one credential, of a kind that the profile accepts.
fn credential(rule: &KeyFileRule, provider: &Provider) -> Result<(), ProviderError> {
    let [key, secret, token] =
        [&rule.private_key, &rule.client_secret, &rule.ready_token].map(|place| !place.is_empty());
    let encrypted = !rule.passphrase.is_empty();
    let with_secret = provider.private_key.as_ref().is_some_and(|grant| grant.with_client_secret);
    let refused = [
        (
            !(key || secret || token),
            "keyFiles.rules",
            "at least one of privateKey, clientSecret and readyToken needs a path",
        ),
        (
            token && (key || secret),
            "keyFiles.rules.readyToken",
            "it is the whole credential, so it can't be combined with another",
        ),
        (
            encrypted && (!key || rule.key_encoding == KeyEncoding::Jwk),
            "keyFiles.rules.passphrase",
            "without an encrypted `privateKey` there is nothing to decrypt",
        ),
        (
            rule.key_encoding != KeyEncoding::Pem && !key,
            "keyFiles.rules.keyEncoding",
            "it applies only with `privateKey`",
        ),
        (
            key && provider.private_key.is_none(),
            "keyFiles.rules.privateKey",
            "the profile has no `privateKey` section that says how to use it",
        ),
        (
            key && secret && !with_secret,
            "keyFiles.rules.clientSecret",
            "it is sent with a key only when `privateKey.withClientSecret` is true",
        ),
        (
            secret && !key && provider.client_secret.is_none(),
            "keyFiles.rules.clientSecret",
            "the profile has no `clientSecret` section that says how to use it",
        ),
        (
            token && provider.ready_token.is_none(),
            "keyFiles.rules.readyToken",
            "the profile has no `readyToken` section that says how to send it",
        ),
    ];
    match refused.into_iter().find(|(refused, ..)| *refused) {
        Some((_, member, why)) => Err(impossible(member, why)),
        None => Ok(()),
    }
}
