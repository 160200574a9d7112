//! A **profile file** is a provider that a user wrote or exported: TOML or JSON, never with a secret.
//!
//! Rule: strict. An unknown member, an unknown placeholder or a combination that cannot work is an error
//! that names it, because a profile decides what is sent where.

use super::{Body, Carrier, Method, Provider, ScopePlace, SecretGrant, template};
use crate::error::ProviderError;

/// The largest profile file that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// The longest lifetime that an assertion may be given, in seconds: one day.
const LONGEST_LIFE: u32 = 86_400;

/// How a profile file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// TOML, with one table a noun.
    Toml,
    /// JSON.
    Json,
}

/// Reads a profile: JSON where it begins with a brace, TOML otherwise.
///
/// # Errors
/// [`ProviderError::TooLarge`], [`ProviderError::Unreadable`] with line and reason (an unknown member is
/// one), and all of [`check`].
pub fn read(text: &str) -> Result<Provider, ProviderError> {
    if text.len() > MAX_BYTES {
        return Err(ProviderError::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let provider: Provider = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| ProviderError::Unreadable {
            line: error.line(),
            why: without_position(&error.to_string()),
        })?
    } else {
        toml::from_str(text).map_err(|error| ProviderError::Unreadable {
            line: error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1),
            why: error.message().trim().replace('\n', ", "),
        })?
    };
    check(&provider)?;
    Ok(provider)
}

/// Writes a profile as text, every member, so that it can be read as its own documentation.
pub fn write(provider: &Provider, format: Format) -> String {
    match format {
        Format::Toml => toml::to_string_pretty(provider).expect("a provider is tables, lists, texts and numbers"),
        Format::Json => serde_json::to_string_pretty(provider).expect("a provider is plain data"),
    }
}

/// Checks that a profile can work at all.
///
/// # Errors
/// [`ProviderError::Missing`], [`ProviderError::PlaceholderUnknown`], [`ProviderError::Impossible`].
pub fn check(provider: &Provider) -> Result<(), ProviderError> {
    let id = &provider.id.0;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() {
        return Err(ProviderError::Missing { member: "id" });
    }
    if !id.chars().all(plain) || id.len() > 64 {
        return Err(impossible("id", "it may hold lower-case letters, digits and hyphens, at most 64"));
    }
    if provider.name.trim().is_empty() {
        return Err(ProviderError::Missing { member: "name" });
    }
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
    pointers(provider)?;
    key_grant(provider)?;
    provider.client_secret.as_ref().map_or(Ok(()), secret_grant)
}

fn impossible(member: &'static str, why: &'static str) -> ProviderError {
    ProviderError::Impossible { member, why }
}

fn parameters(provider: &Provider) -> Result<(), ProviderError> {
    for (index, parameter) in provider.parameters.iter().enumerate() {
        let word = parameter.name.chars().all(|c| c.is_ascii_alphanumeric());
        if parameter.name.is_empty() || !word {
            return Err(impossible("parameters.name", "it may hold letters and digits, and must hold some"));
        }
        if template::KNOWN.contains(&parameter.name.as_str()) {
            return Err(impossible("parameters.name", "it is the name of a placeholder that is always there"));
        }
        if provider.parameters[..index].iter().any(|other| other.name == parameter.name) {
            return Err(impossible("parameters.name", "two parameters have the same"));
        }
    }
    Ok(())
}

fn placeholders(provider: &Provider) -> Result<(), ProviderError> {
    let endpoints = &provider.endpoints;
    let addresses =
        [&endpoints.token, &endpoints.userinfo, &endpoints.introspection, &endpoints.revocation, &endpoints.jwks];
    let grant = provider.private_key.iter().flat_map(super::KeyGrant::texts);
    let secret = provider.client_secret.iter().flat_map(SecretGrant::texts);
    let calls = provider.provisioning.iter().flat_map(super::Provisioning::texts);
    let issuer = provider.token_issuer.iter().map(String::as_str);
    let texts = addresses.into_iter().map(String::as_str).chain(grant).chain(secret).chain(calls).chain(issuer);
    for text in texts {
        let unknown = template::placeholders(text).find(|name| {
            !template::KNOWN.contains(name) && !provider.parameters.iter().any(|parameter| parameter.name == *name)
        });
        if let Some(name) = unknown {
            return Err(ProviderError::PlaceholderUnknown { name: name.to_owned(), text: text.to_owned() });
        }
    }
    // The token endpoint is found by these, so they cannot depend on it.
    match addresses.iter().find(|text| template::mentions(text, "tokenEndpoint")) {
        Some(_) => Err(impossible("endpoints", "an endpoint cannot be made from the token endpoint")),
        None => Ok(()),
    }
}

/// RFC 6901 §3: a pointer is empty or begins with a slash.
fn pointers(provider: &Provider) -> Result<(), ProviderError> {
    let response = &provider.response;
    let single = [&response.lifetime, &response.expires_at, &response.scope, &response.token_type];
    let all = single.into_iter().chain(&response.token).chain(&response.shown).chain([&provider.userinfo.subject]);
    match all.into_iter().find(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
        Some(_) => Err(impossible("response", "a place in the answer is a JSON Pointer and begins with a slash")),
        None => Ok(()),
    }
}

fn key_grant(provider: &Provider) -> Result<(), ProviderError> {
    let Some(grant) = &provider.private_key else { return Ok(()) };
    if grant.algorithms.is_empty() {
        return Err(ProviderError::Missing { member: "privateKey.algorithms" });
    }
    if grant.lifetime < 10 || grant.lifetime_cap > LONGEST_LIFE {
        return Err(impossible("privateKey.lifetime", "an assertion lives for 10 seconds at least and a day at most"));
    }
    if grant.lifetime + grant.backdate > grant.lifetime_cap && grant.issued_at {
        return Err(impossible("privateKey.lifetime", "with `backdate` it is longer than `lifetimeCap`"));
    }
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
    if grant.claims.keys().any(|name| reserved.contains(&name.as_str())) {
        return Err(impossible("privateKey.claims", "a claim that has a member of its own is set there"));
    }
    own_fields(grant.fields.keys(), "privateKey.fields")?;
    if provider.scopes.place == ScopePlace::Body && provider.scopes.separator.is_empty() {
        return Err(impossible("scopes.separator", "scopes in the body need something between them"));
    }
    Ok(())
}

fn secret_grant(grant: &SecretGrant) -> Result<(), ProviderError> {
    if grant.grant_type.is_empty() && grant.body == Body::Form {
        return Err(impossible("clientSecret.grantType", "a form names its grant"));
    }
    own_fields(grant.fields.keys(), "clientSecret.fields")
}

/// Members of the body that Mintage writes itself.
fn own_fields<'a>(mut names: impl Iterator<Item = &'a String>, member: &'static str) -> Result<(), ProviderError> {
    let own = ["grant_type", "assertion", "client_assertion", "client_assertion_type", "client_secret", "scope"];
    match names.find(|name| own.contains(&name.as_str())) {
        Some(_) => Err(impossible(member, "a member of the body that Mintage writes itself cannot be set here")),
        None => Ok(()),
    }
}

/// The parser's message without its position, which the error has in fields of its own.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or_default().to_owned()
}

impl Method {
    /// The method's name (RFC 9110 §9).
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "id = \"acme\"\nname = \"ACME\"\n[endpoints]\ntoken = \"{base}/token\"\n[privateKey]\n";

    #[test]
    fn a_short_profile_takes_the_standard_for_everything_it_leaves_out() {
        let provider = read(SMALL).expect("sound");
        let grant = provider.private_key.expect("given");
        assert_eq!(grant.grant_type, "urn:ietf:params:oauth:grant-type:jwt-bearer");
        assert_eq!(grant.audience, ["{issuer}"]);
        assert_eq!(provider.response.token, ["/access_token"]);
    }

    #[test]
    fn what_cannot_work_is_named() {
        let check = |change: &str, code: &str, names: &str| {
            let text = match change.split_once(" => ") {
                Some((from, to)) => SMALL.replacen(from, to, 1),
                None => format!("{SMALL}{change}\n"),
            };
            let error = read(&text).expect_err(change);
            assert_eq!(error.code(), code, "{change}: {error}");
            assert!(error.to_string().contains(names), "{change}: {error}");
        };
        check("id = \"acme\" => ", "profile-member-missing", "id");
        check("\"acme\" => \"Ac me\"", "profile-impossible", "id");
        check("name = \"ACME\" => name = \" \"", "profile-member-missing", "name");
        check("colour = \"red\"", "profile-unreadable", "colour");
        check("name = => nmae =", "profile-unreadable", "nmae");
        check("[endpoints] => [endpoint]", "profile-unreadable", "endpoint");
        check("token = \"{base} => token = \"{bse}", "profile-placeholder-unknown", "bse");
        check("token = \"{base}/token\" => ", "profile-impossible", "endpoints.token");
        check("token = \"{base} => token = \"{tokenEndpoint}", "profile-impossible", "endpoints");
        check("[privateKey] => ", "profile-impossible", "privateKey");
        check("algorithms = []", "profile-member-missing", "algorithms");
        check("algorithms = [\"HS256\"]", "profile-unreadable", "HS256");
        check("lifetime = 5", "profile-impossible", "lifetime");
        check("lifetime = 3600", "profile-impossible", "lifetimeCap");
        check("lifetime = -1", "profile-unreadable", "");
        check("grantType = \"\"", "profile-impossible", "grantType");
        check("carrier = \"pigeon\"", "profile-unreadable", "pigeon");
        check("carrier = \"clientAssertion\"\nwithClientSecret = true", "profile-impossible", "withClientSecret");
        check("audience = [\"{who}\"]", "profile-placeholder-unknown", "who");
        check("[privateKey.claims]\niss = \"me\"", "profile-impossible", "claims");
        check("[privateKey.fields]\nscope = \"x\"", "profile-impossible", "fields");
        check("[response]\ntoken = []", "profile-member-missing", "response.token");
        check("[response]\ntoken = [\"access_token\"]", "profile-impossible", "Pointer");
        check("[[parameters]]\nname = \"issuer\"", "profile-impossible", "parameters.name");
        check("[[parameters]]\nname = \"a b\"", "profile-impossible", "parameters.name");
        check("[scopes]\nseparator = \"\"", "profile-impossible", "separator");
        check("x = ", "profile-unreadable", "");
    }

    #[test]
    fn json_is_told_by_its_brace_and_size_has_a_limit() {
        let error = read("{\"id\":\"a\",\"colour\":1}").expect_err("unknown member");
        assert!(error.to_string().contains("colour"), "{error}");
        assert_eq!(read(&" ".repeat(MAX_BYTES + 1)).expect_err("too large").code(), "profile-too-large");
    }
}
