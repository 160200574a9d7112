//! **Checking** a server before trusting it with a credential: how it responds to an unauthenticated caller.
//!
//! Rule: nothing is called fine unless it was requested. No credential is sent and nothing is stored; unconfirmed hosts
//! aren't contacted at all. A server's objections are quoted.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use super::Mint;
use super::endpoint::{Located, Origin, api_addresses, locate, require_parameters, unconfirmed_host, values_of};
use super::server::explain_transport;
use crate::endpoints::Endpoint;
use crate::environment::{EnvironmentDraft, EnvironmentSettings};
use crate::error::{Error, Problem, ServerResponse, StrangerError};
use crate::issuer::{Answer, Discovery, Issuer, IssuerError};
use crate::issuer_url::{IssuerUrl, host_and_port};
use crate::provider::template::{Values, expand_url};
use crate::provider::{Body, Method, Probe, Provider};
use crate::verify::KeySet;

/// The result of checking an environment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentCheck {
    /// The issuer as it will be compared and sent.
    pub issuer: String,
    /// Its host and port.
    pub host: String,
    /// The endpoints and where their addresses come from.
    pub endpoints: Vec<EndpointFound>,
    /// What was requested, in order. The check says nothing about anything else.
    pub asked: Vec<Asked>,
    /// Hosts that discovery names and that are neither the issuer's nor confirmed yet.
    pub unconfirmed_hosts: Vec<String>,
    /// How many usable keys the issuer publishes; `None` if they couldn't be fetched.
    pub keys: Option<u32>,
    /// The local clock minus the server's, in seconds; `None` if the server sent no `Date`.
    pub skew_seconds: Option<f64>,
    /// What went wrong, if anything did; the rest then says how far it got.
    pub problems: Vec<Problem>,
}

/// One endpoint that checking found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EndpointFound {
    /// Which one it is.
    pub endpoint: Endpoint,
    /// Its name, for example `token endpoint`.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Where the address comes from: `entered by you`, `from discovery` or `provider default`.
    pub origin: String,
    /// Whether it was requested.
    pub asked: bool,
}

/// One request that was sent to a server, without a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// What was requested, for example `discovery document`.
    pub name: String,
    /// Its address.
    pub url: String,
    /// The HTTP status of the response; `None` if there was none.
    pub status: Option<u16>,
    /// Whether the response is what such a server returns.
    pub fits: bool,
}

/// One check in progress.
struct Checking<'a> {
    mint: &'a Mint,
    client: Issuer,
    settings: EnvironmentSettings,
    provider: Provider,
    /// What is wrong with a `Date` of the server, reported after everything else.
    date_unbelieved: Option<IssuerError>,
    found: EnvironmentCheck,
}

impl Mint {
    /// Asks a server about itself before it is trusted: discovery, keys, clock, certificate, and if it publishes
    /// nothing about itself, how it refuses an unauthenticated caller.
    ///
    /// # Errors
    /// [`Error::IssuerUrl`]. What is wrong with the server is in the check's `problems`.
    pub async fn check(&self, draft: &EnvironmentDraft) -> Result<EnvironmentCheck, Error> {
        let settings = draft.clone().read()?;
        let mut found = EnvironmentCheck {
            issuer: settings.issuer.as_str().to_owned(),
            host: settings.issuer.host_and_port(),
            ..EnvironmentCheck::default()
        };
        let ready = match Issuer::connect(draft.ca_certificate.as_deref()) {
            Ok(client) => self.provider(&draft.provider).await.map(|provider| (client, provider)),
            Err(error) => Err(error.into()),
        };
        match ready {
            Ok((client, provider)) => {
                let mut checking = Checking { mint: self, client, settings, provider, date_unbelieved: None, found };
                checking.run().await;
                Ok(checking.found)
            }
            Err(error) => {
                found.problems.push(error.problem());
                Ok(found)
            }
        }
    }
}

impl Checking<'_> {
    async fn run(&mut self) {
        if let Err(error) = require_parameters(&self.provider, &self.settings) {
            self.found.problems.push(Error::from(error).problem());
        }
        let (discovery, undiscovered) = self.discover().await;
        // From here on, the server's spelling of the issuer counts.
        let values = values_of(&self.settings);
        let located = self.locate(&values, discovery.as_ref());
        if self.found.problems.is_empty() {
            let fits = self.ask_located(&located, &values).await;
            // If nothing else is there either, the address of the issuer is wrong.
            let alone = self.found.asked.len() == 1;
            if let (false, false, Some(problem)) = (fits, alone, undiscovered) {
                self.found.problems = vec![problem];
            }
        }
        self.found.problems.extend(self.date_unbelieved.take().map(|error| Error::from(error).problem()));
        let asked = &self.found.asked;
        for endpoint in &mut self.found.endpoints {
            endpoint.asked = asked.iter().any(|asked| asked.url == endpoint.url);
        }
    }

    /// The discovery document. Without one, endpoints that the user entered or the provider's defaults are enough, as
    /// when minting; the problem is then returned in case these fail as well.
    async fn discover(&mut self) -> (Option<Discovery>, Option<Problem>) {
        if !self.provider.discovers {
            return (None, None);
        }
        let url = Issuer::discovery_url(&self.settings.issuer);
        let outcome = discover_with_or_without_slash(&self.client, &mut self.settings.issuer).await;
        let failure = match outcome {
            Ok(answer) => {
                self.found.issuer = self.settings.issuer.as_str().to_owned();
                self.note_reply("discovery document", &url, Some(answer.status), true, answer.server_date);
                return (Some(answer.value), None);
            }
            Err(failure) => failure,
        };
        let (status, date) = failure.said().map(|said| (said.status, said.server_date)).unzip();
        self.note_reply("discovery document", &url, status, false, date.flatten());
        let optional = matches!(failure, IssuerError::NoDiscovery { .. }) && self.has_token_endpoint();
        let problem = explain_transport(&self.provider, failure.into()).problem();
        if optional {
            return (None, Some(problem));
        }
        self.found.problems.push(problem);
        (None, None)
    }

    fn has_token_endpoint(&self) -> bool {
        locate(Endpoint::Token, &self.settings, &self.provider, &values_of(&self.settings), None).is_some()
    }

    /// Finds the endpoints and which of their hosts must be confirmed; returns those that may be contacted.
    fn locate(&mut self, values: &Values, discovery: Option<&Discovery>) -> Vec<(Endpoint, Located)> {
        let mut open = Vec::new();
        for endpoint in Endpoint::ALL {
            let Some(located) = locate(endpoint, &self.settings, &self.provider, values, discovery) else { continue };
            let origin = match located.origin {
                Origin::Hand => "entered by you",
                Origin::Discovery => "from discovery",
                Origin::Template => "provider default",
            };
            self.found.endpoints.push(EndpointFound {
                endpoint,
                name: endpoint.name().to_owned(),
                url: located.url.clone(),
                origin: origin.to_owned(),
                asked: false,
            });
            match self.is_open(&located, values) {
                Ok(true) => open.push((endpoint, located)),
                Ok(false) => {}
                Err(error) => self.found.problems.push(error.problem()),
            }
        }
        for located in api_addresses(&self.provider, values) {
            // An unusable address is reported when it is about to be used.
            let _: Result<bool, Error> = self.is_open(&located, values);
        }
        open
    }

    /// Whether a host may be contacted; if not, records it as one to confirm.
    fn is_open(&mut self, located: &Located, values: &Values) -> Result<bool, Error> {
        let host = unconfirmed_host(located, &self.settings, &self.provider, values)?;
        let Some(host) = host else { return Ok(true) };
        if !self.found.unconfirmed_hosts.contains(&host) {
            self.found.unconfirmed_hosts.push(host);
        }
        Ok(false)
    }

    /// Requests the keys, and checks how an unauthenticated caller is refused: a server whose quota is used up still
    /// shows its discovery document. Returns whether anything was as expected.
    async fn ask_located(&mut self, open: &[(Endpoint, Located)], values: &Values) -> bool {
        let mut fits = false;
        let find = |wanted| open.iter().find(|(endpoint, _)| *endpoint == wanted).map(|(_, located)| located);
        if let Some(keys) = find(Endpoint::KeySet).filter(|_| !self.provider.key_set.authenticated) {
            fits |= self.ask_keys(&keys.url).await;
        }
        let token = find(Endpoint::Token);
        // An endpoint that the user entered isn't the one in the profile.
        let by_hand = token.is_some_and(|token| token.origin == Origin::Hand);
        let probe = self.provider.probe.clone().filter(|_| !by_hand);
        fits |= match (probe, token) {
            (Some(probe), _) => self.ask_probe(&probe, values).await,
            (None, Some(token)) => self.ask_token_endpoint(&token.url).await,
            (None, None) => false,
        };
        fits
    }

    async fn ask_keys(&mut self, url: &str) -> bool {
        let answer = match self.client.key_set(self.provider.key_set.method, url, None).await {
            Ok(answer) => answer,
            Err(error) => {
                let (status, date) = error.said().map(|said| (said.status, said.server_date)).unzip();
                self.note_reply("key set", url, status, false, date.flatten());
                self.found.problems.push(explain_transport(&self.provider, error.into()).problem());
                return false;
            }
        };
        let keys = KeySet::parse(&answer.value);
        self.note_reply("key set", url, Some(answer.status), keys.is_ok(), answer.server_date);
        match keys {
            Ok(keys) => self.found.keys = Some(u32::try_from(keys.len()).unwrap_or(u32::MAX)),
            Err(error) => self.found.problems.push(Error::from(error).problem()),
        }
        self.found.keys.is_some()
    }

    /// Sends the profile's own probe.
    async fn ask_probe(&mut self, probe: &Probe, values: &Values) -> bool {
        let url = expand_url(&probe.url, values);
        let located = Located { url, origin: Origin::Template };
        match self.is_open(&located, values) {
            Ok(true) => {}
            Ok(false) => return false,
            Err(error) => {
                self.found.problems.push(error.problem());
                return false;
            }
        }
        let judge = |status, said: &str| match probe.answers.iter().find(|answer| answer.is(status, said)) {
            Some(answer) if answer.help.is_empty() => Ok(()),
            other => Err(other.map(|answer| answer.help.clone())),
        };
        self.ask_stranger("a request without a credential", &located.url, (probe.method, probe.body), judge).await
    }

    /// Sends an empty request to a token endpoint: whichever grants it supports, it refuses that as RFC 6749 §5.2 says,
    /// and the few that don't follow it still respond with a JSON object.
    async fn ask_token_endpoint(&mut self, url: &str) -> bool {
        let key = self.provider.private_key.as_ref().map(|grant| grant.body);
        let body = key.or(self.provider.client_secret.as_ref().map(|grant| grant.body)).unwrap_or_default();
        // ZITADEL failed with 500 on anything it didn't expect (2024 to 2026); for a server about which nothing else is
        // known, that says nothing.
        let known_so_far = self.found.asked.iter().any(|asked| asked.fits);
        let refuses = |status, said: &str| {
            let failed_as_oauth = known_so_far && status == 500 && said.contains("\"error\"");
            let known = matches!(status, 400 | 401 | 403 | 422) || failed_as_oauth;
            if known && said.starts_with('{') { Ok(()) } else { Err(None) }
        };
        self.ask_stranger(Endpoint::Token.name(), url, (Method::Post, body), refuses).await
    }

    /// Sends a request without a credential. `judge` accepts the response of such a server, or may know the next step.
    async fn ask_stranger(
        &mut self,
        name: &str,
        url: &str,
        (method, body): (Method, Body),
        judge: impl Fn(u16, &str) -> Result<(), Option<String>>,
    ) -> bool {
        let answer = match self.client.hear(method, url, body).await {
            Ok(answer) => answer,
            Err(error) => {
                self.note_reply(name, url, None, false, None);
                self.found.problems.push(Error::from(error).problem());
                return false;
            }
        };
        let judged = judge(answer.status, &answer.value);
        self.note_reply(name, url, Some(answer.status), judged.is_ok(), answer.server_date);
        let Err(help) = judged else { return true };
        let error = self.strange(url, answer.status, help);
        let said = ServerResponse { status: answer.status, body: answer.value };
        self.found.problems.push(error.problem().quoting(said));
        false
    }

    fn strange(&self, url: &str, status: u16, help: Option<String>) -> Error {
        let host = url::Url::parse(url).map_or_else(|_| self.found.host.clone(), |url| host_and_port(&url));
        let later = || "Wait a while and check again; the server's response may say how long".to_owned();
        let help = if matches!(status, 429 | 503) { Some(later()) } else { help };
        StrangerError::OtherServer { host, provider: self.provider.name.clone(), status, help }.into()
    }

    fn note_reply(&mut self, name: &str, url: &str, status: Option<u16>, fits: bool, date: Option<OffsetDateTime>) {
        self.measure(date);
        self.found.asked.push(Asked { name: name.to_owned(), url: url.to_owned(), status, fits });
    }

    fn measure(&mut self, date: Option<OffsetDateTime>) {
        let skew = self.mint.skew_to(date).map(time::Duration::as_seconds_f64);
        self.found.skew_seconds = self.found.skew_seconds.or(skew);
        let unbelieved = || self.mint.date_unbelieved(&self.found.host, date);
        self.date_unbelieved = self.date_unbelieved.take().or_else(unbelieved);
    }
}

/// Fetches discovery; if the server's issuer differs only by the trailing slash, uses the server's spelling, for the
/// user to see and save.
async fn discover_with_or_without_slash(
    client: &Issuer,
    issuer: &mut IssuerUrl,
) -> Result<Answer<Discovery>, IssuerError> {
    match client.discover(issuer).await {
        Err(IssuerError::IssuerDiffers { expected, found }) => {
            let spelling = IssuerUrl::parse(&found).ok().filter(|spelling| spelling.base() == issuer.base());
            let Some(spelling) = spelling else {
                return Err(IssuerError::IssuerDiffers { expected, found });
            };
            let answer = client.discover(&spelling).await?;
            *issuer = spelling;
            Ok(answer)
        }
        other => other,
    }
}
