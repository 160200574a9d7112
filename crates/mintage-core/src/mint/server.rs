//! The **server state** of an environment: its client, its discovery document, its keys, its clock. Fetched when first
//! needed and cached for a while.
//!
//! Rule: what was learned belongs to the settings it was learned with. Editing the environment, in this process or
//! another, starts with an unknown server.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use super::endpoint::{self, Located, Origin, values_of};
use super::{Mint, lock};
use crate::diagnosis;
use crate::endpoints::Endpoint;
use crate::environment::{Environment, EnvironmentSettings};
use crate::error::Error;
use crate::ids::EnvironmentId;
use crate::issuer::{Answer, Discovery, Issuer, IssuerError};
use crate::moment::Skew;
use crate::provider::Provider;
use crate::provider::template::Values;
use crate::verify::KeySet;

/// How long discovery and key sets are cached. Measured without the wall clock, since that may be what is wrong.
pub(super) const FRESH_FOR: std::time::Duration = std::time::Duration::from_secs(30 * 60);

/// What is known about one environment's server.
#[derive(Clone, Debug)]
pub(super) struct ServerState {
    /// The settings that it was learned with.
    settings: EnvironmentSettings,
    client: Option<Issuer>,
    discovery: Option<(Discovery, Instant)>,
    pub(super) keys: Option<(KeysFetched, Instant)>,
    clock: ServerClock,
}

/// What is known about a server's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerClock {
    /// The local clock minus the server's, as last measured.
    pub(super) skew: Option<Duration>,
    /// Whether the user chose the server's time for this environment.
    use_server_time: bool,
}

impl ServerClock {
    /// What to subtract from the local time in an assertion: the skew if the user chose the server's time.
    pub(super) fn correction(self) -> Duration {
        self.skew.filter(|_| self.use_server_time).unwrap_or_default()
    }
}

/// A key set and how it was fetched.
#[derive(Clone, Debug)]
pub(super) struct KeysFetched {
    pub(super) keys: KeySet,
    /// When, by the local clock.
    pub(super) at: OffsetDateTime,
    /// As whom, if the server required authentication.
    pub(super) reader: Option<KeyReader>,
}

/// The service user that a key set was fetched as, from a server that shows it only to authenticated callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyReader {
    /// The service user's name.
    pub service_user: String,
    /// What authenticated it.
    pub proof: KeyReaderAuthentication,
}

/// What authenticates a caller to a server's own API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyReaderAuthentication {
    /// A token that was minted and is in memory.
    AccessToken,
    /// A JWT that the service user's key signed.
    SelfSigned,
    /// A client secret.
    Secret,
    /// A personal access token.
    ReadyMade,
}

impl ServerState {
    fn unknown(settings: &EnvironmentSettings) -> Self {
        let clock = ServerClock::default();
        Self { settings: settings.clone(), client: None, discovery: None, keys: None, clock }
    }
}

impl Mint {
    /// Reads or changes what is known about an environment's server.
    pub(super) fn server<T>(&self, environment: &Environment, work: impl FnOnce(&mut ServerState) -> T) -> T {
        let mut servers = lock(&self.servers);
        let unknown = || ServerState::unknown(&environment.settings);
        let state = servers.entry(environment.id).or_insert_with(unknown);
        if state.settings != environment.settings {
            *state = unknown();
        }
        work(state)
    }

    /// Stores what a server returned, unless its environment was edited in the meantime.
    pub(super) fn learn(&self, environment: &Environment, change: impl FnOnce(&mut ServerState)) {
        let mut servers = lock(&self.servers);
        if let Some(state) = servers.get_mut(&environment.id).filter(|state| state.settings == environment.settings) {
            change(state);
        }
    }

    /// Forgets what is known about an environment's server.
    pub(super) fn forget_server(&self, id: EnvironmentId) {
        lock(&self.servers).remove(&id);
    }

    /// The client for this environment, with its own certificate authority if it has one.
    pub(super) fn client(&self, environment: &Environment) -> Result<Issuer, Error> {
        if let Some(client) = self.server(environment, |state| state.client.clone()) {
            return Ok(client);
        }
        let client = Issuer::connect(environment.settings.ca_certificate.as_deref())?;
        self.learn(environment, |state| state.client = Some(client.clone()));
        Ok(client)
    }

    /// The address of an endpoint that a credential or token may be sent to.
    pub(super) async fn endpoint(
        &self,
        wanted: Endpoint,
        environment: &Environment,
        provider: &Provider,
    ) -> Result<String, Error> {
        let settings = &environment.settings;
        endpoint::require_parameters(provider, settings)?;
        // What the user entered needs no discovery, and doesn't fail with it.
        let discovery = match settings.endpoints.get(wanted) {
            Some(_) => None,
            None => self.discovery(environment, provider).await?,
        };
        let values = values_of(settings);
        let located = endpoint::locate(wanted, settings, provider, &values, discovery.as_ref())
            .ok_or(Error::EndpointUnknown { endpoint: wanted.name() })?;
        confirmed(located, wanted.name(), environment, provider, &values)
    }

    /// The address of an API call, which a token may be sent to.
    pub(super) fn api_url(
        &self,
        environment: &Environment,
        provider: &Provider,
        url: String,
        values: &Values,
    ) -> Result<String, Error> {
        if url.is_empty() {
            return Err(Error::EndpointUnknown { endpoint: endpoint::API });
        }
        confirmed(Located { url, origin: Origin::Template }, endpoint::API, environment, provider, values)
    }

    /// The discovery document, from memory while fresh; `None` if the server publishes none but the provider or the
    /// user provides the endpoints.
    async fn discovery(&self, environment: &Environment, provider: &Provider) -> Result<Option<Discovery>, Error> {
        if !provider.discovers {
            return Ok(None);
        }
        if let Some((discovery, at)) = self.server(environment, |state| state.discovery.clone())
            && at.elapsed() < FRESH_FOR
        {
            return Ok(Some(discovery));
        }
        let settings = &environment.settings;
        match self.client(environment)?.discover(&settings.issuer).await {
            Ok(answer) => {
                self.measure_skew(environment, &answer);
                let kept = (answer.value.clone(), Instant::now());
                self.learn(environment, |state| state.discovery = Some(kept));
                Ok(Some(answer.value))
            }
            Err(IssuerError::NoDiscovery { .. })
                if endpoint::locate(Endpoint::Token, settings, provider, &values_of(settings), None).is_some() =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is known about the clock of an environment's server.
    pub(super) fn server_clock(&self, environment: &Environment) -> ServerClock {
        self.server(environment, |state| state.clock)
    }

    /// Corrects the times of assertions for this environment by the measured clock skew until the app exits.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn trust_server_time(&self, id: EnvironmentId) -> Result<(), Error> {
        self.use_server_time(&self.catalog.environment(id).await?);
        Ok(())
    }

    /// Corrects the times of assertions for this environment by the measured clock skew, from now on.
    pub(super) fn use_server_time(&self, environment: &Environment) {
        self.server(environment, |state| state.clock.use_server_time = true);
    }

    /// Derives the clock difference from a response's `Date`, which has whole seconds: a difference below one second
    /// counts as none.
    pub(super) fn measure_skew<T>(&self, environment: &Environment, answer: &Answer<T>) -> Option<Duration> {
        self.note_skew(environment, answer.server_date)
    }

    /// Derives the clock difference from a `Date`, if there is one, and remembers it.
    pub(super) fn note_skew(&self, environment: &Environment, server_date: Option<OffsetDateTime>) -> Option<Duration> {
        let skew = self.skew_to(server_date);
        if skew.is_some() {
            self.learn(environment, |state| state.clock.skew = skew);
        }
        skew
    }

    /// The local clock minus the server's; `None` if the server sent no time, or one that isn't believable.
    pub(super) fn skew_to(&self, server_date: Option<OffsetDateTime>) -> Option<Duration> {
        let difference = Skew::between(self.now(), server_date?)?.difference();
        // `Date` is truncated to whole seconds, so an equal clock reads up to one second ahead.
        let ahead = difference - Duration::milliseconds(500);
        Some(if ahead.abs() < Duration::seconds(1) { Duration::ZERO } else { ahead })
    }

    /// The problem with a `Date` that is years away from the local clock.
    pub(super) fn date_unbelieved(&self, host: &str, server_date: Option<OffsetDateTime>) -> Option<IssuerError> {
        let date = server_date.filter(|date| Skew::between(self.now(), *date).is_none())?;
        Some(IssuerError::DateUnbelieved { host: host.to_owned(), date })
    }

    /// A moment given by an environment's server, converted to the local clock by the last measured difference.
    pub(super) fn by_local_clock(&self, environment: &Environment, told: OffsetDateTime) -> OffsetDateTime {
        told.saturating_add(self.server_clock(environment).skew.unwrap_or_default())
    }

    /// The time on an environment's server, as far as its clock was measured.
    pub(super) fn server_now(&self, environment: &Environment) -> OffsetDateTime {
        self.now().saturating_sub(self.server_clock(environment).skew.unwrap_or_default())
    }

    /// The same, for an environment by its id.
    pub(super) fn server_now_of(&self, id: EnvironmentId) -> OffsetDateTime {
        let skew = lock(&self.servers).get(&id).and_then(|state| state.clock.skew);
        self.now().saturating_sub(skew.unwrap_or_default())
    }

    /// Measures the clock difference again: one of the two clocks may have been set since.
    pub(super) async fn measure_again(&self, environment: &Environment, provider: &Provider) {
        self.server(environment, |state| {
            state.discovery = None;
            state.clock.skew = None;
        });
        // A server that doesn't respond now is reported by the request that follows.
        let _: Result<Option<Discovery>, Error> = self.discovery(environment, provider).await;
    }
}

/// The address, if its host may be contacted.
fn confirmed(
    located: Located,
    name: &'static str,
    environment: &Environment,
    provider: &Provider,
    values: &Values,
) -> Result<String, Error> {
    match endpoint::unconfirmed_host(&located, &environment.settings, provider, values)? {
        Some(host) => Err(Error::HostUnconfirmed { endpoint: name, host }),
        None => Ok(located.url),
    }
}

/// Turns a failure to find an endpoint into an error with its likely causes.
pub(super) fn explain_transport(provider: &Provider, error: Error) -> Error {
    match error {
        Error::Issuer(failure) => {
            Error::Diagnosed { causes: diagnosis::on_the_way(provider, &failure), source: failure }
        }
        other => other,
    }
}
