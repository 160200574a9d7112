//! Environments: adding, editing, and checking one before it is trusted with a credential.

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::Mint;
use super::wire::{Endpoint, Origin, api_addresses, locate, require_parameters, unconfirmed_host, values_of};
use crate::environment::{Environment, EnvironmentDraft, EnvironmentId, IssuerUrl, has_user, is_allowed_scheme};
use crate::error::{Error, IssuerError, Problem};
use crate::issuer::{Answer, Discovery, Issuer, endpoint_refused};
use crate::provider::{Method, Provider};
use crate::verify::KeySet;

/// What checking an environment found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentCheck {
    /// The issuer as it will be compared and sent.
    pub issuer: String,
    /// Its host and port.
    pub host: String,
    /// The endpoints and where their addresses come from.
    pub endpoints: Vec<EndpointFound>,
    /// Hosts that discovery names and that are neither the issuer's nor confirmed yet.
    pub unconfirmed_hosts: Vec<String>,
    /// How many usable keys the issuer publishes; `None` where they could not be had.
    pub keys: Option<u32>,
    /// Local clock minus the server's, in seconds; `None` where the server sent no `Date`.
    pub skew_seconds: Option<f64>,
    /// What went wrong, if anything did; the rest then says how far it got.
    pub problems: Vec<Problem>,
}

/// One endpoint that checking found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EndpointFound {
    /// What it is, for example `token endpoint`.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Where the address comes from: `set by hand`, `from discovery` or `the provider's usual`.
    pub origin: String,
}

impl Mint {
    /// Adds an environment.
    ///
    /// # Errors
    /// [`Error::IssuerInvalid`], [`Error::EnvironmentUnnamed`], [`IssuerError::CaInvalid`],
    /// [`IssuerError::EndpointRefused`], [`crate::error::CatalogError::NameTaken`].
    pub async fn add_environment(&self, draft: EnvironmentDraft, demo: bool) -> Result<Environment, Error> {
        let settings = tidy(draft)?;
        self.provider(&settings.provider).await?;
        let environment = Environment { id: EnvironmentId(Uuid::new_v4()), settings, demo, created_at: self.now() };
        self.catalog.add_environment(&environment).await?;
        Ok(environment)
    }

    /// Replaces an environment's settings and forgets what was known of its server.
    ///
    /// # Errors
    /// As [`Mint::add_environment`], and [`crate::error::CatalogError::Gone`].
    pub async fn edit_environment(&self, id: EnvironmentId, draft: EnvironmentDraft) -> Result<Environment, Error> {
        let old = self.catalog.environment(id).await?.settings;
        self.provider(&draft.provider).await?;
        self.catalog.edit_environment(id, &tidy(draft)?).await?;
        let environment = self.catalog.environment(id).await?;
        self.cut_wire(id);
        // A token is its issuer's: after a move it must neither be handed out nor sent anywhere.
        if !old.mints_as(&environment.settings) {
            for service_user in self.catalog.service_users(Some(id)).await? {
                self.drop_token(service_user.id);
            }
        }
        Ok(environment)
    }

    /// Asks a server about itself before it is trusted: discovery, endpoints, keys, clock, certificate.
    /// Sends no credential and stores nothing.
    ///
    /// # Errors
    /// [`Error::IssuerInvalid`]. What the server does wrong is in the check's `problems`.
    pub async fn check(&self, draft: &EnvironmentDraft) -> Result<EnvironmentCheck, Error> {
        let mut issuer = IssuerUrl::parse(&draft.issuer)?;
        let mut check = EnvironmentCheck {
            issuer: issuer.as_str().to_owned(),
            host: issuer.host_and_port(),
            ..EnvironmentCheck::default()
        };
        match Issuer::connect(draft.ca_certificate.as_deref()) {
            Ok(client) => self.check_with(&client, draft, &mut issuer, &mut check).await,
            Err(error) => check.problems.push(Error::from(error).problem()),
        }
        Ok(check)
    }

    async fn check_with(
        &self,
        client: &Issuer,
        draft: &EnvironmentDraft,
        issuer: &mut IssuerUrl,
        check: &mut EnvironmentCheck,
    ) {
        let provider = match self.provider(&draft.provider).await {
            Ok(provider) => provider,
            Err(error) => return check.problems.push(error.problem()),
        };
        if let Err(error) = require_parameters(&provider, draft) {
            check.problems.push(Error::from(error).problem());
        }
        let mut discovery: Option<Discovery> = None;
        let (mut undiscovered, mut date_unbelieved) = (None, None);
        if provider.discovers {
            match discover_with_or_without_slash(client, issuer).await {
                Ok(answer) => {
                    check.issuer = issuer.as_str().to_owned();
                    check.skew_seconds = self.skew_to(answer.server_date).map(time::Duration::as_seconds_f64);
                    date_unbelieved = self.date_unbelieved(&check.host, answer.server_date);
                    discovery = Some(answer.value);
                }
                // As when minting: without discovery, endpoints set by hand or usual for the provider do.
                Err(error @ IssuerError::NoDiscovery { .. }) if has_token_endpoint(draft, &provider) => {
                    undiscovered = Some(error);
                }
                Err(error) => check.problems.push(Error::from(error).problem()),
            }
        }
        // The server's spelling of the issuer counts from here on.
        let spelled = EnvironmentDraft { issuer: issuer.as_str().to_owned(), ..draft.clone() };
        let values = values_of(&spelled).unwrap_or_default();
        let mut key_set = None;
        for endpoint in Endpoint::ALL {
            let Some(located) = locate(endpoint, draft, &provider, &values, discovery.as_ref()) else {
                continue;
            };
            match unconfirmed_host(&located, draft, &provider, issuer, &values) {
                Ok(Some(host)) => add_once(&mut check.unconfirmed_hosts, host),
                Ok(None) if endpoint == Endpoint::KeySet && !provider.key_set.authenticated => {
                    key_set = Some(located.url.clone())
                }
                Ok(None) => {}
                Err(error) => check.problems.push(error.problem()),
            }
            let origin = match located.origin {
                Origin::Hand => "set by hand",
                Origin::Discovery => "from discovery",
                Origin::Template => "the provider's usual",
            };
            let name = endpoint.name().to_owned();
            check.endpoints.push(EndpointFound { name, url: located.url, origin: origin.to_owned() });
        }
        for located in api_addresses(&provider, &values) {
            if let Ok(Some(host)) = unconfirmed_host(&located, draft, &provider, issuer, &values) {
                add_once(&mut check.unconfirmed_hosts, host);
            }
        }
        if let Some(url) = key_set
            && check.problems.is_empty()
        {
            match self.count_keys(client, provider.key_set.method, &url).await {
                Ok(count) => check.keys = Some(count),
                // Where the keys are not there either, it is the address of the issuer that is wrong.
                Err(Error::Issuer(IssuerError::Refused(refusal)))
                    if refusal.status == 404 && undiscovered.is_some() =>
                {
                    check.problems.extend(undiscovered.map(|error| Error::from(error).problem()));
                }
                Err(error) => check.problems.push(error.problem()),
            }
        }
        check.problems.extend(date_unbelieved.map(|error| Error::from(error).problem()));
    }

    async fn count_keys(&self, client: &Issuer, method: Method, url: &str) -> Result<u32, Error> {
        let answer = client.key_set(method, url, None).await?;
        Ok(u32::try_from(KeySet::parse(&answer.value)?.len()).unwrap_or(u32::MAX))
    }
}

fn add_once(hosts: &mut Vec<String>, host: String) {
    if !hosts.contains(&host) {
        hosts.push(host);
    }
}

fn has_token_endpoint(draft: &EnvironmentDraft, provider: &Provider) -> bool {
    values_of(draft).is_ok_and(|values| locate(Endpoint::Token, draft, provider, &values, None).is_some())
}

/// Fetches discovery; where the server's issuer differs by the slash at its end alone, takes the
/// server's spelling, for the user to see and save.
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

/// Checks a draft and brings it into the form in which it is kept.
fn tidy(draft: EnvironmentDraft) -> Result<EnvironmentDraft, Error> {
    let name = draft.name.trim().to_owned();
    if name.is_empty() {
        return Err(Error::EnvironmentUnnamed);
    }
    let issuer = IssuerUrl::parse(&draft.issuer)?.as_str().to_owned();
    let ca_certificate = draft.ca_certificate.filter(|pem| !pem.trim().is_empty());
    // Making a client is the check that the certificate can be used.
    Issuer::connect(ca_certificate.as_deref())?;
    let endpoints = &draft.endpoints;
    let all = [&endpoints.token, &endpoints.userinfo, &endpoints.introspection, &endpoints.revocation, &endpoints.jwks];
    for url in all {
        let Some(url) = url.as_deref().map(str::trim).filter(|url| !url.is_empty()) else { continue };
        let parsed = url::Url::parse(url).ok().filter(may_be_kept);
        parsed.ok_or_else(|| endpoint_refused(url))?;
    }
    let not_empty = |list: Vec<String>| -> Vec<String> {
        list.into_iter().map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
    };
    Ok(EnvironmentDraft {
        name,
        issuer,
        ca_certificate,
        audience: not_empty(draft.audience),
        scopes: not_empty(draft.scopes),
        parameters: draft.parameters.into_iter().map(|(name, value)| (name, value.trim().to_owned())).collect(),
        ..draft
    })
}

/// A password in an address would stand in the catalogue, which is to be harmless to copy.
fn may_be_kept(url: &url::Url) -> bool {
    is_allowed_scheme(url) && !has_user(url)
}
