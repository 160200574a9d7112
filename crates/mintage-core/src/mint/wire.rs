//! The **wire** to an environment's server: its client, its endpoints, its clock; fetched when first
//! needed, kept for a while, forgotten when the environment is edited.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};
use url::Url;

use super::key_set::KeysFetched;
use super::{Mint, lock};
use crate::environment::{Environment, EnvironmentDraft, EnvironmentId, IssuerUrl, host_and_port, is_allowed_scheme};
use crate::error::{Error, IssuerError, ProviderError};
use crate::issuer::{Answer, Discovery, Issuer, endpoint_refused};
use crate::moment::Skew;
use crate::provider::template::{Values, expand_url};
use crate::provider::{EndpointTemplates, Provider, Provisioning, is_built_in};

/// How long discovery and key sets are used before they are fetched again.
/// Measured without the clock, since the clock may be what is wrong.
pub(super) const FRESH_FOR: std::time::Duration = std::time::Duration::from_secs(30 * 60);

/// What the server's API is called in sentences.
const API: &str = "API";

/// What is known of one environment's server.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire {
    client: Option<Issuer>,
    discovery: Option<(Discovery, Instant)>,
    pub(super) keys: Option<(KeysFetched, Instant)>,
    /// Counts the cuts, so that an answer to a question asked before one is not taken for the new wire's.
    pub(super) generation: u32,
    /// Local clock minus the server's, as last measured.
    pub(super) skew: Option<Duration>,
    /// Whether the user chose the server's time for this environment.
    pub(super) use_server_time: bool,
}

/// Which endpoint is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Endpoint {
    /// Token endpoint (RFC 6749 §3.2).
    Token,
    /// Userinfo endpoint (OpenID Connect Core §5.3).
    Userinfo,
    /// Introspection endpoint (RFC 7662 §2).
    Introspection,
    /// Revocation endpoint (RFC 7009 §2).
    Revocation,
    /// JWK set (RFC 7517 §5).
    #[serde(rename = "jwks")]
    KeySet,
}

impl Endpoint {
    pub(super) const ALL: [Self; 5] =
        [Self::Token, Self::Userinfo, Self::Introspection, Self::Revocation, Self::KeySet];

    /// What it is called in sentences.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Token => "token endpoint",
            Self::Userinfo => "userinfo endpoint",
            Self::Introspection => "introspection endpoint",
            Self::Revocation => "revocation endpoint",
            Self::KeySet => "key set",
        }
    }

    pub(super) fn set_by_hand(self, settings: &EnvironmentDraft) -> Option<&String> {
        let endpoints = &settings.endpoints;
        match self {
            Self::Token => endpoints.token.as_ref(),
            Self::Userinfo => endpoints.userinfo.as_ref(),
            Self::Introspection => endpoints.introspection.as_ref(),
            Self::Revocation => endpoints.revocation.as_ref(),
            Self::KeySet => endpoints.jwks.as_ref(),
        }
        .filter(|url| !url.trim().is_empty())
    }

    fn discovered(self, discovery: &Discovery) -> Option<&String> {
        match self {
            Self::Token => discovery.token.as_ref(),
            Self::Userinfo => discovery.userinfo.as_ref(),
            Self::Introspection => discovery.introspection.as_ref(),
            Self::Revocation => discovery.revocation.as_ref(),
            Self::KeySet => discovery.jwks.as_ref(),
        }
    }

    fn templated(self, templates: &EndpointTemplates, values: &Values) -> Option<String> {
        let template = match self {
            Self::Token => &templates.token,
            Self::Userinfo => &templates.userinfo,
            Self::Introspection => &templates.introspection,
            Self::Revocation => &templates.revocation,
            Self::KeySet => &templates.jwks,
        };
        Some(expand_url(template, values)).filter(|url| !url.is_empty())
    }
}

/// An endpoint and where its address came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) url: String,
    pub(super) origin: Origin,
}

/// Where an endpoint's address came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Hand,
    Discovery,
    Template,
}

/// The token endpoint of an environment as far as it is known without asking its server: set by hand, or fixed by the
/// provider.
pub(super) fn set_endpoint(environment: &Environment, provider: &Provider) -> Result<Option<String>, Error> {
    let endpoint = Endpoint::Token;
    if endpoint.set_by_hand(&environment.settings).is_none() && provider.discovers && !provider.issuer_is_fixed {
        return Ok(None);
    }
    let values = values_of(&environment.settings)?;
    Ok(locate(endpoint, &environment.settings, provider, &values, None).map(|located| located.url))
}

/// Finds an endpoint: what the user set, else what discovery says, else the provider's template.
pub(super) fn locate(
    endpoint: Endpoint,
    settings: &EnvironmentDraft,
    provider: &Provider,
    values: &Values,
    discovery: Option<&Discovery>,
) -> Option<Located> {
    if let Some(url) = endpoint.set_by_hand(settings) {
        return Some(Located { url: url.trim().to_owned(), origin: Origin::Hand });
    }
    if let Some(url) = discovery.and_then(|discovery| endpoint.discovered(discovery)) {
        return Some(Located { url: url.clone(), origin: Origin::Discovery });
    }
    let url = endpoint.templated(&provider.endpoints, values)?;
    Some(Located { url, origin: Origin::Template })
}

/// The host of an endpoint that nobody vouched for: neither the user, who typed the issuer's and may have
/// confirmed others, nor Mintage, whose own profiles name the hosts of their makers. A profile that came
/// from elsewhere vouches for none.
pub(super) fn unconfirmed_host(
    located: &Located,
    settings: &EnvironmentDraft,
    provider: &Provider,
    issuer: &IssuerUrl,
    values: &Values,
) -> Result<Option<String>, Error> {
    let refused = || Error::Issuer(endpoint_refused(&located.url));
    let url = Url::parse(&located.url).map_err(|_| refused())?;
    if !is_allowed_scheme(&url) {
        return Err(refused());
    }
    let host = host_and_port(&url);
    let templates = Endpoint::ALL.iter().filter_map(|endpoint| endpoint.templated(&provider.endpoints, values));
    let known = located.origin == Origin::Hand
        || host == issuer.host_and_port()
        || settings.confirmed_hosts.contains(&host)
        || is_built_in(&provider.id)
            && templates.filter_map(|url| Url::parse(&url).ok()).any(|url| host_and_port(&url) == host);
    Ok((!known).then_some(host))
}

/// The addresses of the calls to the server's API, for their hosts: ids that come later are made up.
pub(super) fn api_addresses(provider: &Provider, values: &Values) -> Vec<Located> {
    let mut values = values.clone();
    for later in ["userId", "clientId", "keyId", "title"] {
        values.insert(later.to_owned(), "0".to_owned());
    }
    let calls = provider.provisioning.iter().flat_map(Provisioning::calls);
    let urls = calls.map(|(_, call)| expand_url(&call.url, &values)).filter(|url| !url.is_empty());
    urls.map(|url| Located { url, origin: Origin::Template }).collect()
}

/// What placeholders stand for as far as the environment alone tells.
pub(super) fn values_of(settings: &EnvironmentDraft) -> Result<Values, Error> {
    let issuer = IssuerUrl::parse(&settings.issuer)?;
    let mut values = settings.parameters.clone();
    values.insert("issuer".to_owned(), issuer.as_str().to_owned());
    values.insert("base".to_owned(), issuer.base().to_owned());
    values.insert("issuerHost".to_owned(), issuer.host_and_port());
    Ok(values)
}

/// Refuses an environment without which its provider cannot be asked for anything.
pub(super) fn require_parameters(provider: &Provider, settings: &EnvironmentDraft) -> Result<(), ProviderError> {
    let given = |name: &str| settings.parameters.get(name).is_some_and(|value| !value.trim().is_empty());
    match provider.parameters.iter().find(|parameter| parameter.required && !given(&parameter.name)) {
        Some(missing) => Err(ProviderError::ParameterMissing { label: missing.label.clone() }),
        None => Ok(()),
    }
}

impl Mint {
    /// The client for this environment, with its own certificate authority if it has one.
    pub(super) fn client(&self, environment: &Environment) -> Result<Issuer, Error> {
        if let Some(client) = self.wire(environment.id).client {
            return Ok(client);
        }
        let generation = self.wire(environment.id).generation;
        let client = Issuer::connect(environment.settings.ca_certificate.as_deref())?;
        self.learn(environment.id, generation, |wire| wire.client = Some(client.clone()));
        Ok(client)
    }

    /// The discovery document, from memory while fresh; `None` where the server publishes none but the
    /// provider or the user gives the endpoints.
    pub(super) async fn discovery(&self, environment: &Environment) -> Result<Option<Discovery>, Error> {
        let provider = self.provider_of(environment).await?;
        if !provider.discovers {
            return Ok(None);
        }
        if let Some((discovery, at)) = self.wire(environment.id).discovery
            && at.elapsed() < FRESH_FOR
        {
            return Ok(Some(discovery));
        }
        let generation = self.wire(environment.id).generation;
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        match self.client(environment)?.discover(&issuer).await {
            Ok(answer) => {
                self.measure_skew(environment.id, &answer);
                let kept = (answer.value.clone(), Instant::now());
                self.learn(environment.id, generation, |wire| wire.discovery = Some(kept));
                Ok(Some(answer.value))
            }
            Err(IssuerError::NoDiscovery { .. })
                if locate(
                    Endpoint::Token,
                    &environment.settings,
                    &provider,
                    &values_of(&environment.settings)?,
                    None,
                )
                .is_some() =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The address of an endpoint that a credential or token may be sent to.
    pub(super) async fn endpoint(&self, endpoint: Endpoint, environment: &Environment) -> Result<String, Error> {
        let provider = self.provider_of(environment).await?;
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        let values = values_of(&environment.settings)?;
        require_parameters(&provider, &environment.settings)?;
        // What was set by hand needs no discovery, and does not fail with it.
        let discovery = match endpoint.set_by_hand(&environment.settings) {
            Some(_) => None,
            None => self.discovery(environment).await?,
        };
        let located = locate(endpoint, &environment.settings, &provider, &values, discovery.as_ref())
            .ok_or(Error::EndpointUnknown { endpoint: endpoint.name() })?;
        match unconfirmed_host(&located, &environment.settings, &provider, &issuer, &values)? {
            Some(host) => Err(Error::HostUnconfirmed { endpoint: endpoint.name(), host }),
            None => Ok(located.url),
        }
    }

    /// The address of a call to the server's API, which a token may be sent to.
    pub(super) fn api_url(
        &self,
        environment: &Environment,
        provider: &Provider,
        url: String,
        values: &Values,
    ) -> Result<String, Error> {
        let issuer = IssuerUrl::parse(&environment.settings.issuer)?;
        if url.is_empty() {
            return Err(Error::EndpointUnknown { endpoint: API });
        }
        let located = Located { url, origin: Origin::Template };
        match unconfirmed_host(&located, &environment.settings, provider, &issuer, values)? {
            Some(host) => Err(Error::HostUnconfirmed { endpoint: API, host }),
            None => Ok(located.url),
        }
    }

    /// Takes the clock difference from an answer's `Date`, which has whole seconds: a difference below
    /// one second is none.
    pub(super) fn measure_skew<T>(&self, id: EnvironmentId, answer: &Answer<T>) -> Option<Duration> {
        self.note_skew(id, answer.server_date)
    }

    /// Takes the clock difference from a `Date`, where there is one, and remembers it.
    pub(super) fn note_skew(&self, id: EnvironmentId, server_date: Option<OffsetDateTime>) -> Option<Duration> {
        let skew = self.skew_to(server_date);
        if skew.is_some() {
            self.change_wire(id, |wire| wire.skew = skew);
        }
        skew
    }

    /// Local clock minus the server's; `None` where the server told no time, or one that isn't believed.
    pub(super) fn skew_to(&self, server_date: Option<OffsetDateTime>) -> Option<Duration> {
        let difference = Skew::between(self.now(), server_date?)?.difference();
        // `Date` is cut to whole seconds, so an equal clock reads up to one second ahead.
        let ahead = difference - Duration::milliseconds(500);
        Some(if ahead.abs() < Duration::seconds(1) { Duration::ZERO } else { ahead })
    }

    /// The problem with a `Date` that is years away from the local clock.
    pub(super) fn date_unbelieved(&self, host: &str, server_date: Option<OffsetDateTime>) -> Option<IssuerError> {
        let date = server_date.filter(|date| Skew::between(self.now(), *date).is_none())?;
        Some(IssuerError::DateUnbelieved { host: host.to_owned(), date })
    }

    /// A moment that an environment's server told by its own clock, by the local clock: as far apart as the two were
    /// when last compared.
    pub(super) fn by_local_clock(&self, id: EnvironmentId, told: OffsetDateTime) -> OffsetDateTime {
        told.saturating_add(self.wire(id).skew.unwrap_or_default())
    }

    /// The time by an environment's server, as far as its clock was measured.
    pub(super) fn server_now(&self, id: EnvironmentId) -> OffsetDateTime {
        self.now().saturating_sub(self.wire(id).skew.unwrap_or_default())
    }

    pub(super) fn wire(&self, id: EnvironmentId) -> Wire {
        lock(&self.wires).get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn change_wire(&self, id: EnvironmentId, change: impl FnOnce(&mut Wire)) {
        change(lock(&self.wires).entry(id).or_default());
    }

    /// Takes in what a server answered, unless the wire was cut since it was asked.
    pub(super) fn learn(&self, id: EnvironmentId, generation: u32, change: impl FnOnce(&mut Wire)) {
        self.change_wire(id, |wire| {
            if wire.generation == generation {
                change(wire);
            }
        });
    }

    /// Forgets what is known of an environment's server, because its settings changed.
    pub(super) fn cut_wire(&self, id: EnvironmentId) {
        self.change_wire(id, |wire| *wire = Wire { generation: wire.generation + 1, ..Wire::default() });
    }

    /// Measures the clock difference anew: one of the two clocks may have been set since.
    pub(super) async fn measure_again(&self, environment: &Environment) {
        self.change_wire(environment.id, |wire| {
            wire.discovery = None;
            wire.skew = None;
        });
        // A server that does not answer now is reported by the request that follows.
        let _: Result<Option<Discovery>, Error> = self.discovery(environment).await;
    }
}
