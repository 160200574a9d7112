//! A **request** for a token, as a provider wants it: who proves itself how, and what stands where.
//!
//! Rule: pure. What the provider's profile says is carried out here and nowhere else; time, jti and the
//! secret are arguments, so the same input gives the same request. Not here: sending it.

use time::{Duration, OffsetDateTime};

use crate::assertion::{self, Assertion, AssertionPlan};
use crate::basic;
use crate::error::{Error, ProviderError, Refused};
use crate::private_key::{KeyFacts, PrivateKey};
use crate::provider::template::{Values, expand};
use crate::provider::{Body, Carrier, KeyGrant, KeyIdRule, Provider, ScopePlace, SecretPlace};
use crate::secret::Secret;
use crate::token::RequestShown;

/// What a request is made from, beside the secret.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    /// The provider's profile.
    pub provider: &'a Provider,
    /// What placeholders stand for.
    pub values: &'a Values,
    /// The assertion's audience instead of the provider's; empty for the provider's.
    pub audience: &'a [String],
    /// Scopes to ask for.
    pub scopes: &'a [String],
    /// `x5t#S256` of the certificate that came with the key.
    pub certificate: Option<&'a str>,
    /// How long assertions are valid, instead of the provider's default.
    pub lifetime: Option<Duration>,
}

/// What proves the client.
#[derive(Debug)]
pub enum Proof<'a> {
    /// A private key; beside it a client secret, where the provider wants both (Box).
    Key(&'a PrivateKey, Option<&'a Secret>),
    /// A client secret.
    Secret(&'a Secret),
}

/// A request that is ready to be sent.
#[derive(Debug)]
pub struct Prepared {
    /// The `Authorization` header's value.
    pub authorization: Option<Secret>,
    /// How the body is written.
    pub body: Body,
    /// The body's members, in order.
    pub fields: Vec<Field>,
    /// What the server refuses if it refuses it.
    pub proof: Refused,
    /// The assertion that it carries.
    pub assertion: Option<Assertion>,
    /// What was signed, for the record of how a token was minted.
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
/// [`ProviderError::CredentialNotTaken`] where the provider has no grant for this proof;
/// [`KeyError`] where the key does none of the provider's algorithms or does not sign.
pub fn prepare(ground: &Ground<'_>, proof: &Proof<'_>, now: OffsetDateTime, jwt_id: &str) -> Result<Prepared, Error> {
    match proof {
        Proof::Key(key, companion) => with_key(ground, key, *companion, now, jwt_id),
        Proof::Secret(secret) => with_secret(ground, secret),
    }
}

/// Plans the assertion that this key would sign, without signing it.
///
/// # Errors
/// [`ProviderError::CredentialNotTaken`], [`KeyError::AlgorithmNotTaken`].
pub fn plan(ground: &Ground<'_>, key: &KeyFacts, now: OffsetDateTime, jwt_id: &str) -> Result<AssertionPlan, Error> {
    let grant = key_grant(ground)?;
    let value = |template: &str| expand(template, ground.values);
    let audience = if ground.audience.is_empty() {
        grant.audience.iter().map(|text| value(text)).filter(|text| !text.is_empty()).collect()
    } else {
        ground.audience.to_vec()
    };
    let mut claims = grant.claims.iter().map(|(name, text)| (name.clone(), value(text))).collect::<Values>();
    if grant.key_id_claim {
        claims.insert("kid".to_owned(), value("{keyId}"));
    }
    if ground.provider.scopes.place == ScopePlace::Claim {
        claims.insert("scope".to_owned(), ground.scopes.join(&ground.provider.scopes.separator));
    }
    claims.retain(|_, text| !text.is_empty());
    // Google gives an id token for a target audience, and refuses a scope beside it.
    if claims.contains_key("target_audience") {
        claims.remove("scope");
    }
    let backdated = now.saturating_sub(Duration::seconds(i64::from(grant.backdate)));
    Ok(AssertionPlan {
        algorithm: grant.algorithm_for(key)?,
        typ: grant.header.typ.clone(),
        key_id: Some(value("{keyId}")).filter(|id| grant.header.key_id != KeyIdRule::Never && !id.is_empty()),
        certificate: ground.certificate.filter(|_| grant.header.certificate).map(str::to_owned),
        issuer: value(&grant.issuer),
        subject: value(&grant.subject),
        audience,
        issued_at: grant.issued_at.then_some(backdated),
        not_before: grant.not_before.then_some(backdated),
        expires_at: now.saturating_add(lifetime(grant, ground.lifetime)),
        jwt_id: grant.jwt_id.then(|| jwt_id.to_owned()),
        claims,
    })
}

/// How long an assertion is valid from sending: the wish, but never so long that the servers refuse it.
pub fn lifetime(grant: &KeyGrant, wish: Option<Duration>) -> Duration {
    let seconds = |value: u32| Duration::seconds(i64::from(value));
    let cap = seconds(grant.lifetime_cap) - if grant.issued_at { seconds(grant.backdate) } else { Duration::ZERO };
    wish.unwrap_or_else(|| seconds(grant.lifetime)).min(cap)
}

fn key_grant<'a>(ground: &Ground<'a>) -> Result<&'a KeyGrant, Error> {
    ground.provider.private_key.as_ref().ok_or_else(|| not_taken(ground, "private key"))
}

fn not_taken(ground: &Ground<'_>, credential: &'static str) -> Error {
    ProviderError::CredentialNotTaken { provider: ground.provider.name.clone(), credential }.into()
}

fn with_key(
    ground: &Ground<'_>,
    key: &PrivateKey,
    companion: Option<&Secret>,
    now: OffsetDateTime,
    jwt_id: &str,
) -> Result<Prepared, Error> {
    use crate::provider::CLIENT_ASSERTION_TYPE;
    let grant = key_grant(ground)?;
    let plan = plan(ground, key.facts(), now, jwt_id)?;
    let assertion = assertion::sign(&plan, key)?;
    let mut fields = Vec::new();
    fields.extend(shown("grant_type", &grant.grant_type));
    match grant.carrier {
        Carrier::Assertion => fields.push(hidden("assertion", &assertion.compact)),
        Carrier::ClientAssertion => {
            fields.extend(shown("client_assertion_type", CLIENT_ASSERTION_TYPE));
            fields.push(hidden("client_assertion", &assertion.compact));
        }
        Carrier::Bearer => {}
    }
    if grant.with_client_secret {
        fields.extend(shown("client_id", &expand("{clientId}", ground.values)));
        // Without one it is refused, which the diagnosis says before it is sent.
        fields.extend(companion.map(|secret| hidden("client_secret", secret)));
    }
    fields.extend(scope(ground));
    fields.extend(further(&grant.fields, ground.values));
    let bearer = || Secret::new(format!("Bearer {}", assertion.compact.expose()));
    let authorization = (grant.carrier == Carrier::Bearer).then(bearer);
    let proof = Refused::Assertion;
    Ok(Prepared { authorization, body: grant.body, fields, proof, assertion: Some(assertion), plan: Some(plan) })
}

fn with_secret(ground: &Ground<'_>, secret: &Secret) -> Result<Prepared, Error> {
    let grant = ground.provider.client_secret.as_ref().ok_or_else(|| not_taken(ground, "client secret"))?;
    let client_id = expand("{clientId}", ground.values);
    let mut fields = Vec::new();
    fields.extend(shown("grant_type", &grant.grant_type));
    let authorization = match grant.place {
        SecretPlace::Post => {
            fields.extend(shown("client_id", &client_id));
            fields.push(hidden("client_secret", secret));
            None
        }
        place => Some(basic::credential(&client_id, secret, place)),
    };
    fields.extend(scope(ground));
    fields.extend(further(&grant.fields, ground.values));
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

fn scope(ground: &Ground<'_>) -> Option<Field> {
    let rules = &ground.provider.scopes;
    shown("scope", &ground.scopes.join(&rules.separator)).filter(|_| rules.place == ScopePlace::Body)
}

fn further(fields: &Values, values: &Values) -> impl Iterator<Item = Field> {
    fields.iter().filter_map(|(name, text)| shown(name, &expand(text, values)))
}

impl Prepared {
    /// The request for people, its secrets redacted.
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

    /// What must not stand in anything that is shown of the answer.
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
