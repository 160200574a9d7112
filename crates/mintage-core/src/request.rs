//! A **request** for a token in the form a provider expects: how the client authenticates, and where each value goes.
//!
//! Rule: pure. The provider's profile is applied here and nowhere else; time, jti and the secret are arguments, so the
//! same input gives the same request. Sending happens elsewhere.

use time::{Duration, OffsetDateTime};

use crate::assertion::{self, Assertion, AssertionPlan};
use crate::basic;
use crate::error::Error;
use crate::issuer::Refused;
use crate::jose::KeyFacts;
use crate::private_key::Signer;
use crate::provider::template::{Values, expand};
use crate::provider::{
    Body, CLIENT_ASSERTION_TYPE, Carrier, KeyGrant, KeyIdRule, Provider, ProviderError, ScopePlace, SecretPlace,
};
use crate::secret::Secret;
use crate::token::RequestShown;

/// What a request is built from, besides the secret.
#[derive(Clone, Debug)]
pub struct RequestContext<'a> {
    /// The provider's profile.
    pub provider: &'a Provider,
    /// The values of placeholders.
    pub values: &'a Values,
    /// The assertion's audience instead of the provider's; empty for the provider's.
    pub audience: &'a [String],
    /// The scopes to request.
    pub scopes: &'a [String],
    /// `x5t#S256` of the key's certificate.
    pub certificate: Option<&'a str>,
    /// How long assertions are valid, instead of the provider's default.
    pub lifetime: Option<Duration>,
}

/// What authenticates the client.
#[derive(Debug)]
pub enum ClientAuthentication<'a> {
    /// A private key; with a client secret if the provider requires both (Box).
    Key(&'a dyn Signer, Option<&'a Secret>),
    /// A client secret.
    Secret(&'a Secret),
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub struct Prepared {
    /// The `Authorization` header's value.
    pub authorization: Option<Secret>,
    /// How the body is encoded.
    pub body: Body,
    /// The body's members, in order.
    pub fields: Vec<Field>,
    /// What the server rejects if it rejects the request.
    pub proof: Refused,
    /// The assertion that it carries.
    pub assertion: Option<Assertion>,
    /// What was signed, for the trace of a mint.
    pub plan: Option<AssertionPlan>,
}

/// A member of a request's body.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
    /// Whether the value must not be shown.
    pub hidden: bool,
}

/// Prepares a request for a token.
///
/// # Errors
/// [`ProviderError::CredentialNotTaken`] if the provider has no grant for it; [`KeyError`] if the key supports none of
/// the provider's algorithms or can't sign.
pub fn prepare(
    context: &RequestContext<'_>,
    authentication: &ClientAuthentication<'_>,
    now: OffsetDateTime,
    jwt_id: &str,
) -> Result<Prepared, Error> {
    match authentication {
        ClientAuthentication::Key(key, paired_secret) => with_key(context, *key, *paired_secret, now, jwt_id),
        ClientAuthentication::Secret(secret) => with_secret(context, secret),
    }
}

/// Plans the assertion that this key would sign, without signing it.
///
/// # Errors
/// [`ProviderError::CredentialNotTaken`], [`KeyError::AlgorithmNotTaken`].
pub fn plan(
    context: &RequestContext<'_>,
    key: &KeyFacts,
    now: OffsetDateTime,
    jwt_id: &str,
) -> Result<AssertionPlan, Error> {
    let grant = key_grant(context)?;
    let value = |template: &str| expand(template, context.values);
    let backdated = now.saturating_sub(Duration::seconds(i64::from(grant.backdate)));
    Ok(AssertionPlan {
        algorithm: grant.algorithm_for(key)?,
        typ: grant.header.typ.clone(),
        key_id: named_key(context, grant),
        certificate: context.certificate.filter(|_| grant.header.certificate).map(str::to_owned),
        issuer: value(&grant.issuer),
        subject: value(&grant.subject),
        audience: addressed(context, &grant.audience),
        issued_at: grant.issued_at.then_some(backdated),
        not_before: grant.not_before.then_some(backdated),
        expires_at: now.saturating_add(lifetime(grant, context.lifetime)),
        jwt_id: grant.jwt_id.then(|| jwt_id.to_owned()),
        claims: claims(context, grant),
    })
}

/// The header's `kid`, if the servers take one.
fn named_key(context: &RequestContext<'_>, grant: &KeyGrant) -> Option<String> {
    let key_id = expand("{keyId}", context.values);
    (grant.header.key_id != KeyIdRule::Never && !key_id.is_empty()).then_some(key_id)
}

/// The claims beside the registered ones.
fn claims(context: &RequestContext<'_>, grant: &KeyGrant) -> Values {
    let value = |template: &str| expand(template, context.values);
    let mut claims = grant.claims.iter().map(|(name, text)| (name.clone(), value(text))).collect::<Values>();
    if grant.key_id_claim {
        claims.insert("kid".to_owned(), value("{keyId}"));
    }
    if context.provider.scopes.place == ScopePlace::Claim {
        claims.insert("scope".to_owned(), context.scopes.join(&context.provider.scopes.separator));
    }
    claims.retain(|_, text| !text.is_empty());
    // Google returns an id token for a target audience, and rejects a scope with it.
    if claims.contains_key("target_audience") {
        claims.remove("scope");
    }
    claims
}

/// Whom an assertion is addressed to (RFC 7523 §3 point 3): the requested audience, otherwise the provider's.
///
/// # Errors
/// [`ProviderError::CredentialNotTaken`].
pub fn audience(context: &RequestContext<'_>) -> Result<Vec<String>, Error> {
    Ok(addressed(context, &key_grant(context)?.audience))
}

fn addressed(context: &RequestContext<'_>, rule: &[String]) -> Vec<String> {
    if !context.audience.is_empty() {
        return context.audience.to_vec();
    }
    rule.iter().map(|text| expand(text, context.values)).filter(|text| !text.is_empty()).collect()
}

/// Signs the assertion with which a client authenticates (RFC 7523 §2.2) when it asks a server about a token. It names
/// the client twice (RFC 7523 §3), whoever the provider's grant is for.
///
/// # Errors
/// As [`plan`]; [`crate::private_key::KeyError`] if the key can't sign.
pub fn client_assertion(
    context: &RequestContext<'_>,
    key: &dyn Signer,
    now: OffsetDateTime,
    jwt_id: &str,
) -> Result<Assertion, Error> {
    let client_id = expand("{clientId}", context.values);
    let planned = plan(context, key.public(), now, jwt_id)?;
    Ok(assertion::sign(&AssertionPlan { issuer: client_id.clone(), subject: client_id, ..planned }, key)?)
}

/// What a client authenticates with when it is required to.
#[derive(Clone, Debug)]
pub enum ClientProof {
    /// Its own assertion.
    Assertion(Secret),
    /// Its secret.
    Secret(Secret),
}

/// Prepares a request about a token (RFC 7662 §2.1, RFC 7009 §2.1).
pub fn about_token(client_id: &str, proof: &ClientProof, place: SecretPlace, token: &Secret) -> Prepared {
    let mut fields = vec![hidden("token", token)];
    fields.extend(shown("token_type_hint", "access_token"));
    let authorization = proven(&mut fields, client_id, proof, place);
    let refused = match proof {
        ClientProof::Assertion(_) => Refused::Assertion,
        ClientProof::Secret(_) => Refused::ClientSecret,
    };
    Prepared { authorization, body: Body::Form, fields, proof: refused, assertion: None, plan: None }
}

/// Puts a client's authentication where it belongs (RFC 6749 §2.3.1, RFC 7521 §4.2), and returns the resulting header.
fn proven(fields: &mut Vec<Field>, client_id: &str, proof: &ClientProof, place: SecretPlace) -> Option<Secret> {
    match (proof, place) {
        (ClientProof::Assertion(assertion), _) => {
            fields.extend(shown("client_assertion_type", CLIENT_ASSERTION_TYPE));
            fields.push(hidden("client_assertion", assertion));
            None
        }
        (ClientProof::Secret(secret), SecretPlace::Post) => {
            fields.extend(shown("client_id", client_id));
            fields.push(hidden("client_secret", secret));
            None
        }
        (ClientProof::Secret(secret), place) => Some(basic::credential(client_id, secret, place)),
    }
}

/// How long an assertion is valid from sending: as requested, but never longer than the servers accept.
pub fn lifetime(grant: &KeyGrant, wish: Option<Duration>) -> Duration {
    let seconds = |value: u32| Duration::seconds(i64::from(value));
    let cap = seconds(grant.lifetime_cap) - if grant.issued_at { seconds(grant.backdate) } else { Duration::ZERO };
    wish.unwrap_or_else(|| seconds(grant.lifetime)).min(cap)
}

fn key_grant<'a>(context: &RequestContext<'a>) -> Result<&'a KeyGrant, Error> {
    context.provider.private_key.as_ref().ok_or_else(|| not_taken(context, "private key"))
}

fn not_taken(context: &RequestContext<'_>, credential: &'static str) -> Error {
    ProviderError::CredentialNotTaken { provider: context.provider.name.clone(), credential }.into()
}

fn with_key(
    context: &RequestContext<'_>,
    key: &dyn Signer,
    paired_secret: Option<&Secret>,
    now: OffsetDateTime,
    jwt_id: &str,
) -> Result<Prepared, Error> {
    let grant = key_grant(context)?;
    let plan = plan(context, key.public(), now, jwt_id)?;
    let assertion = assertion::sign(&plan, key)?;
    let fields = key_fields(context, grant, &assertion.compact, paired_secret);
    let bearer = || Secret::new(format!("Bearer {}", assertion.compact.expose()));
    let authorization = (grant.carrier == Carrier::Bearer).then(bearer);
    let proof = Refused::Assertion;
    Ok(Prepared { authorization, body: grant.body, fields, proof, assertion: Some(assertion), plan: Some(plan) })
}

/// The body's members around an assertion.
fn key_fields(
    context: &RequestContext<'_>,
    grant: &KeyGrant,
    assertion: &Secret,
    paired_secret: Option<&Secret>,
) -> Vec<Field> {
    let mut fields = Vec::new();
    fields.extend(shown("grant_type", &grant.grant_type));
    match grant.carrier {
        Carrier::Assertion => fields.push(hidden("assertion", assertion)),
        Carrier::ClientAssertion => {
            proven(&mut fields, "", &ClientProof::Assertion(assertion.clone()), SecretPlace::Post);
        }
        Carrier::Bearer => {}
    }
    if grant.with_client_secret {
        fields.extend(shown("client_id", &expand("{clientId}", context.values)));
        // Without one it is rejected, which the diagnosis reports before sending.
        fields.extend(paired_secret.map(|secret| hidden("client_secret", secret)));
    }
    fields.extend(scope(context));
    fields.extend(further(&grant.fields, context.values));
    fields
}

fn with_secret(context: &RequestContext<'_>, secret: &Secret) -> Result<Prepared, Error> {
    let grant = context.provider.client_secret.as_ref().ok_or_else(|| not_taken(context, "client secret"))?;
    let client_id = expand("{clientId}", context.values);
    let mut fields = Vec::new();
    fields.extend(shown("grant_type", &grant.grant_type));
    let authorization = proven(&mut fields, &client_id, &ClientProof::Secret(secret.clone()), grant.place);
    fields.extend(scope(context));
    fields.extend(further(&grant.fields, context.values));
    let proof = Refused::ClientSecret;
    Ok(Prepared { authorization, body: grant.body, fields, proof, assertion: None, plan: None })
}

fn shown(name: &str, value: &str) -> Option<Field> {
    let field = || Field { name: name.to_owned(), value: Secret::new(value.to_owned()), hidden: false };
    (!value.is_empty()).then(field)
}

fn hidden(name: &str, value: &Secret) -> Field {
    Field { name: name.to_owned(), value: value.clone(), hidden: true }
}

fn scope(context: &RequestContext<'_>) -> Option<Field> {
    let rules = &context.provider.scopes;
    shown("scope", &context.scopes.join(&rules.separator)).filter(|_| rules.place == ScopePlace::Body)
}

fn further(fields: &Values, values: &Values) -> impl Iterator<Item = Field> {
    fields.iter().filter_map(|(name, text)| shown(name, &expand(text, values)))
}

/// Whether a secret is encoded differently in the two variants of Basic (RFC 6749 §2.3.1).
pub fn is_encoded(secret: &Secret) -> bool {
    !secret.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte))
}

impl Prepared {
    /// The request for display, with its secrets redacted.
    pub fn shown(&self, url: &str) -> RequestShown {
        let mut fields: Vec<(String, String)> = Vec::new();
        if let Some(value) = &self.authorization {
            let scheme = value.expose().split(' ').next().unwrap_or_default();
            fields.push(("Authorization".to_owned(), format!("{scheme} redacted")));
        }
        fields.extend(self.fields.iter().map(|field| {
            let value = if field.hidden { "redacted".to_owned() } else { field.value.expose().to_owned() };
            (field.name.clone(), value)
        }));
        RequestShown { method: "POST".to_owned(), url: url.to_owned(), fields }
    }

    /// Values that must not appear in anything shown of the response.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.fields
            .iter()
            .filter(|field| field.hidden)
            .map(|field| &field.value)
            .chain(self.assertion.iter().map(|assertion| &assertion.compact))
    }
}

#[cfg(test)]
mod tests;
