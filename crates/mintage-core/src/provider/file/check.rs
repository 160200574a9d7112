//! **Checking** a profile: what cannot work is an error that names the member, before anything is sent.

use url::Url;

use super::{key_files, refusals};
use crate::environment::{has_user, is_allowed_scheme};
use crate::error::ProviderError;
use crate::provider::template::{self, Values};
use crate::provider::{
    Body, Carrier, ENDPOINT, KeyGrant, Provider, Provisioning, ScopePlace, SecretGrant, SecretPlace,
};

/// The longest lifetime that an assertion may be given, in seconds: one day.
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
        return Err(impossible("privateKey", "one of privateKey, clientSecret and readyToken must be there"));
    }
    if !provider.discovers && provider.endpoints.token.is_empty() {
        return Err(impossible("endpoints.token", "it must be given where `discovers` is false"));
    }
    if provider.response.token.is_empty() {
        return Err(ProviderError::Missing { member: "response.token" });
    }
    if provider.introspection.audience.is_empty() {
        return Err(ProviderError::Missing { member: "introspection.audience" });
    }
    addresses(provider)?;
    pointers(provider)?;
    key_files::check(provider)?;
    scopes(provider)?;
    refusals::check(provider)?;
    provider.private_key.as_ref().map_or(Ok(()), key_grant)?;
    provider.client_secret.as_ref().map_or(Ok(()), secret_grant)
}

pub(super) fn impossible(member: &'static str, why: &'static str) -> ProviderError {
    ProviderError::Impossible { member, why }
}

fn names(provider: &Provider) -> Result<(), ProviderError> {
    let id = &provider.id.0;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() {
        return Err(ProviderError::Missing { member: "id" });
    }
    if !id.chars().all(plain) || id.len() > 64 {
        return Err(impossible("id", "it may hold lower-case letters, digits and hyphens, at most 64"));
    }
    if provider.name.trim().is_empty() { Err(ProviderError::Missing { member: "name" }) } else { Ok(()) }
}

fn parameters(provider: &Provider) -> Result<(), ProviderError> {
    for (index, parameter) in provider.parameters.iter().enumerate() {
        let word = parameter.name.chars().all(|c| c.is_ascii_alphanumeric());
        if parameter.name.is_empty() || !word {
            return Err(impossible("parameters.name", "it may hold letters and digits, and must hold some"));
        }
        if template::KNOWN.contains(&parameter.name.as_str()) || parameter.name == ENDPOINT {
            return Err(impossible("parameters.name", "it is the name of a placeholder that is always there"));
        }
        if provider.parameters[..index].iter().any(|other| other.name == parameter.name) {
            return Err(impossible("parameters.name", "two parameters have the same"));
        }
    }
    Ok(())
}

fn placeholders(provider: &Provider) -> Result<(), ProviderError> {
    let endpoints = endpoints(provider).into_iter().map(|(_, text)| text);
    let grant = provider.private_key.iter().flat_map(KeyGrant::texts);
    let secret = provider.client_secret.iter().flat_map(SecretGrant::texts);
    let calls = provider.provisioning.iter().flat_map(Provisioning::texts);
    let issuer = provider.token_issuer.iter().map(String::as_str);
    let called = provider.introspection.audience.iter().map(|text| (text.as_str(), Some(ENDPOINT)));
    let probe = provider.probe.iter().map(|probe| probe.url.as_str());
    let texts = endpoints.chain(grant).chain(secret).chain(calls).chain(issuer).chain(probe).map(|text| (text, None));
    for (text, further) in texts.chain(called) {
        let unknown = template::placeholders(text).find(|name| {
            !template::KNOWN.contains(name)
                && further != Some(*name)
                && !provider.parameters.iter().any(|parameter| parameter.name == *name)
        });
        if let Some(name) = unknown {
            return Err(ProviderError::PlaceholderUnknown { name: name.to_owned(), text: text.to_owned() });
        }
    }
    Ok(())
}

/// The endpoints, each with the member that it stands in.
fn endpoints(provider: &Provider) -> [(&'static str, &str); 5] {
    let endpoints = &provider.endpoints;
    [
        ("endpoints.token", &endpoints.token),
        ("endpoints.userinfo", &endpoints.userinfo),
        ("endpoints.introspection", &endpoints.introspection),
        ("endpoints.revocation", &endpoints.revocation),
        ("endpoints.jwks", &endpoints.jwks),
    ]
}

fn addresses(provider: &Provider) -> Result<(), ProviderError> {
    for (member, text) in endpoints(provider) {
        // The token endpoint is found by these, so they cannot depend on it.
        if template::mentions(text, "tokenEndpoint") {
            return Err(impossible(member, "an endpoint cannot be made from the token endpoint"));
        }
        if !text.is_empty() {
            address(provider, member, text)?;
        }
    }
    if let Some(probe) = &provider.probe {
        address(provider, "probe.url", &probe.url)?;
        if !probe.answers.iter().any(|answer| answer.help.is_empty()) {
            return Err(impossible("probe.answers", "one without `help` must say how such a server answers"));
        }
    }
    let Some(calls) = &provider.provisioning else { return Ok(()) };
    for (member, call) in calls.calls() {
        let wanted =
            if member.ends_with("Secret") { provider.client_secret.is_some() } else { provider.private_key.is_some() };
        if !call.url.is_empty() {
            address(provider, member, &call.url)?;
        } else if wanted {
            return Err(impossible(member, "its `url` must be given, as this kind of credential is taken"));
        }
    }
    Ok(())
}

/// Whether a template becomes a URL that credentials may be sent to, whatever its placeholders stand for.
fn address(provider: &Provider, member: &'static str, text: &str) -> Result<(), ProviderError> {
    let issuer = |name: &str| matches!(name, "issuer" | "base" | "tokenEndpoint");
    let known = template::KNOWN.into_iter().chain(provider.parameters.iter().map(|one| one.name.as_str()));
    let value = |name: &str| if issuer(name) { "https://issuer.test" } else { "1" };
    let values: Values = known.map(|name| (name.to_owned(), value(name).to_owned())).collect();
    let url = Url::parse(&template::expand_url(text, &values));
    match url.is_ok_and(|url| is_allowed_scheme(&url) && !has_user(&url)) {
        true => Ok(()),
        false => Err(impossible(member, "it must begin with `{base}`, or be an https address")),
    }
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
        Some((member, _)) => Err(impossible(member, "a place in the answer is a JSON Pointer and begins with a slash")),
        None => Ok(()),
    }
}

fn scopes(provider: &Provider) -> Result<(), ProviderError> {
    let rules = &provider.scopes;
    if rules.place == ScopePlace::Claim && provider.private_key.is_none() {
        return Err(impossible("scopes.place", "without `privateKey` there is no assertion for the claim"));
    }
    if rules.place == ScopePlace::None {
        let required = || Err(impossible("scopes.required", "with `place` none they are not sent"));
        return if rules.required { required() } else { Ok(()) };
    }
    if rules.separator.is_empty() {
        return Err(impossible("scopes.separator", "scopes need something between them"));
    }
    Ok(())
}

fn key_grant(grant: &KeyGrant) -> Result<(), ProviderError> {
    if grant.algorithms.is_empty() {
        return Err(ProviderError::Missing { member: "privateKey.algorithms" });
    }
    lifetimes(grant)?;
    if grant.carrier != Carrier::Bearer && grant.grant_type.is_empty() {
        return Err(impossible(
            "privateKey.grantType",
            "a request that carries an assertion in its body names its grant",
        ));
    }
    if grant.carrier == Carrier::ClientAssertion && grant.with_client_secret {
        return Err(impossible("privateKey.withClientSecret", "a client proves itself once (RFC 7521 §4.2)"));
    }
    let reserved = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "kid", "scope"];
    let is_reserved = |name: &String| reserved.contains(&name.as_str());
    if grant.claims.keys().any(is_reserved) {
        return Err(impossible("privateKey.claims", "a claim that has a member of its own is set there"));
    }
    if grant.direct_rules.is_some() && !grant.direct {
        return Err(impossible("privateKey.directRules", "`direct` must be true for them"));
    }
    if grant.direct_rules.iter().flat_map(|rules| rules.claims.keys()).any(is_reserved) {
        return Err(impossible("privateKey.directRules", "a claim that has a member of its own is set there"));
    }
    own_fields(grant.fields.keys(), grant.with_client_secret, "privateKey.fields")
}

fn lifetimes(grant: &KeyGrant) -> Result<(), ProviderError> {
    if grant.lifetime < 10 {
        return Err(impossible("privateKey.lifetime", "an assertion lives for 10 seconds at least"));
    }
    if grant.lifetime_cap > LONGEST_LIFE {
        return Err(impossible("privateKey.lifetimeCap", "an assertion lives for a day at most"));
    }
    if grant.backdate > LONGEST_LIFE {
        return Err(impossible("privateKey.backdate", "it is a day at most"));
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
        return Err(impossible("clientSecret.grantType", "a form names its grant"));
    }
    own_fields(grant.fields.keys(), grant.place == SecretPlace::Post, "clientSecret.fields")
}

/// Members of the body that Mintage writes itself: `client_id` where the secret stands beside it.
fn own_fields<'a>(
    mut names: impl Iterator<Item = &'a String>,
    client_id: bool,
    member: &'static str,
) -> Result<(), ProviderError> {
    let own = ["grant_type", "assertion", "client_assertion", "client_assertion_type", "client_secret", "scope"];
    match names.find(|name| own.contains(&name.as_str()) || (client_id && *name == "client_id")) {
        Some(_) => Err(impossible(member, "a member of the body that Mintage writes itself cannot be set here")),
        None => Ok(()),
    }
}
