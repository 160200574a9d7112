//! **Checking** a profile: whatever can't work is an error that names the member, before anything is sent.

use super::address::address;
use super::{impossible, key_files, recipes, refusals};
use crate::endpoints::Endpoint;
use crate::provider::template;
use crate::provider::{
    Body, Carrier, CreationRules, ENDPOINT, KeyGrant, Provider, ProviderError, Provisioning, RECIPE_PLACEHOLDERS,
    Recipe, ScopePlace, SecretGrant, SecretPlace,
};

/// The longest lifetime that an assertion may have, in seconds: one day.
const LONGEST_LIFE: u32 = 86_400;

/// Checks that a profile can work at all.
///
/// # Errors
/// [`ProviderError::Missing`], [`ProviderError::PlaceholderUnknown`], [`ProviderError::Impossible`].
pub fn check(provider: &Provider) -> Result<(), ProviderError> {
    names(provider)?;
    parameters(provider)?;
    placeholders(provider)?;
    if provider.private_key.is_none() && provider.client_secret.is_none() && provider.ready_token.is_none() {
        return Err(impossible("privateKey", "at least one of privateKey, clientSecret and readyToken is required"));
    }
    if !provider.discovers && provider.endpoints.get(Endpoint::Token).is_none() {
        return Err(impossible("endpoints.token", "it is required when `discovers` is false"));
    }
    if provider.response.token.is_empty() {
        return Err(ProviderError::Missing { member: "response.token" });
    }
    if provider.introspection.audience.is_empty() {
        return Err(ProviderError::Missing { member: "introspection.audience" });
    }
    addresses(provider)?;
    recipes::check(provider)?;
    pointers(provider)?;
    key_files::check(provider)?;
    scopes(provider)?;
    refusals::check(provider)?;
    provider.private_key.as_ref().map_or(Ok(()), key_grant)?;
    provider.client_secret.as_ref().map_or(Ok(()), secret_grant)
}

fn names(provider: &Provider) -> Result<(), ProviderError> {
    let id = &provider.id.0;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() {
        return Err(ProviderError::Missing { member: "id" });
    }
    if !id.chars().all(plain) || id.len() > 64 {
        return Err(impossible("id", "use lower-case letters, digits and hyphens, at most 64"));
    }
    if provider.name.trim().is_empty() { Err(ProviderError::Missing { member: "name" }) } else { Ok(()) }
}

fn parameters(provider: &Provider) -> Result<(), ProviderError> {
    for (index, parameter) in provider.parameters.iter().enumerate() {
        let word = parameter.name.chars().all(|c| c.is_ascii_alphanumeric());
        if parameter.name.is_empty() || !word {
            return Err(impossible("parameters.name", "use letters and digits, at least one"));
        }
        if template::KNOWN.contains(&parameter.name.as_str()) || parameter.name == ENDPOINT {
            return Err(impossible("parameters.name", "this name is reserved for a built-in placeholder"));
        }
        if provider.parameters[..index].iter().any(|other| other.name == parameter.name) {
            return Err(impossible("parameters.name", "two parameters have the same name"));
        }
    }
    Ok(())
}

fn placeholders(provider: &Provider) -> Result<(), ProviderError> {
    let endpoints = endpoints(provider).map(|(_, text)| text);
    let grant = provider.private_key.iter().flat_map(KeyGrant::texts);
    let secret = provider.client_secret.iter().flat_map(SecretGrant::texts);
    let calls = provider.provisioning.iter().flat_map(Provisioning::texts);
    let issuer = provider.token_issuer.iter().map(String::as_str);
    let called = provider.introspection.audience.iter().map(|text| (text.as_str(), &[ENDPOINT][..]));
    let probe = provider.probe.iter().map(|probe| probe.url.as_str());
    let texts = endpoints.chain(grant).chain(secret).chain(calls).chain(issuer).chain(probe);
    let texts = texts.map(|text| (text, &[][..])).chain(called);
    let created = provider.creation.iter().flat_map(CreationRules::calls).flat_map(|(_, call)| call.texts());
    // In a recipe's body this is an empty object, no placeholder without a name.
    let recipes = provider.recipes.iter().flat_map(Recipe::texts).chain(created).filter(|text| *text != "{}");
    let recipes = recipes.map(|text| (text, &RECIPE_PLACEHOLDERS[..]));
    for (text, further) in texts.chain(recipes) {
        let unknown = template::placeholders(text).find(|name| {
            !template::KNOWN.contains(name)
                && !further.contains(name)
                && !provider.parameters.iter().any(|parameter| parameter.name == *name)
        });
        if let Some(name) = unknown {
            return Err(ProviderError::PlaceholderUnknown { name: name.to_owned(), text: text.to_owned() });
        }
    }
    Ok(())
}

/// The endpoints, each with its member.
fn endpoints(provider: &Provider) -> impl Iterator<Item = (&'static str, &str)> {
    let member = |endpoint| match endpoint {
        Endpoint::Token => "endpoints.token",
        Endpoint::Userinfo => "endpoints.userinfo",
        Endpoint::Introspection => "endpoints.introspection",
        Endpoint::Revocation => "endpoints.revocation",
        Endpoint::KeySet => "endpoints.jwks",
    };
    provider.endpoints.all().map(move |(endpoint, text)| (member(endpoint), text))
}

fn addresses(provider: &Provider) -> Result<(), ProviderError> {
    for (member, text) in endpoints(provider) {
        // The token endpoint is found by means of these, so they can't depend on it.
        if template::mentions(text, "tokenEndpoint") {
            return Err(impossible(member, "an endpoint can't be derived from the token endpoint"));
        }
        if !text.is_empty() {
            address(provider, member, text)?;
        }
    }
    if let Some(probe) = &provider.probe {
        address(provider, "probe.url", &probe.url)?;
        if !probe.answers.iter().any(|answer| answer.help.is_empty()) {
            return Err(impossible("probe.answers", "one without `help` is required: how the right server responds"));
        }
    }
    let Some(calls) = &provider.provisioning else { return Ok(()) };
    for (member, call) in calls.calls() {
        let wanted =
            if member.ends_with("Secret") { provider.client_secret.is_some() } else { provider.private_key.is_some() };
        if !call.url.is_empty() {
            address(provider, member, &call.url)?;
        } else if wanted {
            return Err(impossible(
                member,
                "its `url` is required because the profile accepts this kind of credential",
            ));
        }
    }
    Ok(())
}

/// RFC 6901 §3: a pointer is empty or begins with a slash.
fn pointers(provider: &Provider) -> Result<(), ProviderError> {
    let response = &provider.response;
    let single = [
        ("response.lifetime", &response.lifetime),
        ("response.expiresAt", &response.expires_at),
        ("response.scope", &response.scope),
        ("response.tokenType", &response.token_type),
        ("userinfo.subject", &provider.userinfo.subject),
    ];
    let several = [("response.token", &response.token), ("response.shown", &response.shown)];
    let several = several.into_iter().flat_map(|(member, all)| all.iter().map(move |one| (member, one)));
    let astray = |pointer: &str| !pointer.is_empty() && !pointer.starts_with('/');
    match single.into_iter().chain(several).find(|(_, pointer)| astray(pointer)) {
        Some((member, _)) => Err(impossible(member, "use a JSON Pointer into the response, beginning with a slash")),
        None => Ok(()),
    }
}

fn scopes(provider: &Provider) -> Result<(), ProviderError> {
    let rules = &provider.scopes;
    if rules.place == ScopePlace::Claim && provider.private_key.is_none() {
        return Err(impossible("scopes.place", "without `privateKey` there is no assertion to put the claim in"));
    }
    if rules.place == ScopePlace::None {
        let required = || Err(impossible("scopes.required", "they aren't sent when `place` is none"));
        return if rules.required { required() } else { Ok(()) };
    }
    if rules.separator.is_empty() {
        return Err(impossible("scopes.separator", "scopes need a separator"));
    }
    Ok(())
}

fn key_grant(grant: &KeyGrant) -> Result<(), ProviderError> {
    if grant.algorithms.is_empty() {
        return Err(ProviderError::Missing { member: "privateKey.algorithms" });
    }
    lifetimes(grant)?;
    if grant.carrier != Carrier::Bearer && grant.grant_type.is_empty() {
        return Err(impossible("privateKey.grantType", "it is required when the assertion is in the request body"));
    }
    if grant.carrier == Carrier::ClientAssertion && grant.with_client_secret {
        return Err(impossible(
            "privateKey.withClientSecret",
            "a client may authenticate only one way (RFC 7521 §4.2)",
        ));
    }
    let reserved = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "kid", "scope"];
    let is_reserved = |name: &String| reserved.contains(&name.as_str());
    if grant.claims.keys().any(is_reserved) {
        return Err(impossible("privateKey.claims", "set this claim with its own member"));
    }
    if grant.direct_rules.is_some() && !grant.direct {
        return Err(impossible("privateKey.directRules", "they require `direct` to be true"));
    }
    if grant.direct_rules.iter().flat_map(|rules| rules.claims.keys()).any(is_reserved) {
        return Err(impossible("privateKey.directRules", "set this claim with its own member"));
    }
    own_fields(grant.fields.keys(), grant.with_client_secret, "privateKey.fields")
}

fn lifetimes(grant: &KeyGrant) -> Result<(), ProviderError> {
    if grant.lifetime < 10 {
        return Err(impossible("privateKey.lifetime", "an assertion must be valid for at least 10 seconds"));
    }
    if grant.lifetime_cap > LONGEST_LIFE {
        return Err(impossible("privateKey.lifetimeCap", "an assertion may be valid for at most a day"));
    }
    if grant.backdate > LONGEST_LIFE {
        return Err(impossible("privateKey.backdate", "it may be at most a day"));
    }
    if grant.lifetime > grant.lifetime_cap {
        return Err(impossible("privateKey.lifetime", "it is longer than `lifetimeCap`"));
    }
    if grant.issued_at && grant.backdate > grant.lifetime_cap - grant.lifetime {
        return Err(impossible("privateKey.lifetime", "with `backdate` it is longer than `lifetimeCap`"));
    }
    Ok(())
}

fn secret_grant(grant: &SecretGrant) -> Result<(), ProviderError> {
    if grant.grant_type.is_empty() && grant.body == Body::Form {
        return Err(impossible("clientSecret.grantType", "a form requires the grant type"));
    }
    own_fields(grant.fields.keys(), grant.place == SecretPlace::Post, "clientSecret.fields")
}

/// Members of the body that Mintage sets itself: `client_id` if the secret is in the body.
fn own_fields<'a>(
    mut names: impl Iterator<Item = &'a String>,
    client_id: bool,
    member: &'static str,
) -> Result<(), ProviderError> {
    let own = ["grant_type", "assertion", "client_assertion", "client_assertion_type", "client_secret", "scope"];
    match names.find(|name| own.contains(&name.as_str()) || (client_id && *name == "client_id")) {
        Some(_) => Err(impossible(member, "Mintage sets this body member itself")),
        None => Ok(()),
    }
}
