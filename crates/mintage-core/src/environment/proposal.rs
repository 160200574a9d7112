//! What an environment's address **proposes**: a name, a tier, a provider, while it is being typed.
//!
//! Rule: pure, and it decides nothing: a shell shows each, and the user may choose another. Nothing is proposed where
//! there is any doubt, since production that is taken for something else loses its confirmation.

use serde::{Deserialize, Serialize};
use specta::Type;
use url::{Host, Url};

use super::{Environment, Tier};
use crate::ids::EnvironmentId;
use crate::issuer_url::{host_and_port, is_loopback, url_of};
use crate::provider::{Provider, ProviderId, is_built_in};

mod tier;

/// What was entered so far.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProposalRequest {
    /// The environment that is being changed; `None` for a new one.
    pub environment: Option<EnvironmentId>,
    /// The address, as far as it is typed.
    pub issuer: String,
    /// The provider so far.
    pub provider: Option<ProviderId>,
    /// Where that comes from.
    pub provider_from: ProviderFrom,
}

/// Where an environment's provider comes from, and so whether the address may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ProviderFrom {
    /// The user chose it: it stays.
    User,
    /// What the environment is made from, such as a key file, a project's file or a pasted address. If that names none,
    /// only the address can.
    Source,
    /// Nothing names one: the commonest is proposed until the address names another.
    Nothing,
}

/// What is proposed for an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentProposal {
    /// The name: the address's host, with its port if that isn't the scheme's default; empty while there is no host.
    pub name: String,
    /// The tier that the host's name suggests; `None` where it has to be asked.
    pub tier: Option<Tier>,
    /// The provider to follow; `None` where it has to be asked.
    pub provider: Option<ProviderId>,
    /// The address with plain http, if it is on this computer and was typed with another scheme or none.
    pub plain_http: Option<String>,
    /// The name of another environment with the same issuer.
    pub same_issuer: Option<String>,
}

/// Proposes what follows from an address. `providers` are in the order in which they are offered.
pub fn propose(request: &ProposalRequest, providers: &[Provider], environments: &[Environment]) -> EnvironmentProposal {
    let url = url_of(request.issuer.trim()).ok();
    let url = url.as_ref();
    let others = environments.iter().filter(|each| Some(each.id) != request.environment);
    let same_issuer = others.map(|each| &each.settings).find(|each| each.issuer.is_named_by(&request.issuer));
    EnvironmentProposal {
        name: url.map(host_and_port).unwrap_or_default(),
        tier: url.and_then(tier::suggested_by),
        provider: provider(request, url, providers).map(|provider| provider.id.clone()),
        plain_http: url.filter(|url| is_loopback(url) && url.scheme() != "http").map(|_| plain(&request.issuer)),
        same_issuer: same_issuer.map(|settings| settings.name.clone()),
    }
}

fn plain(typed: &str) -> String {
    let typed = typed.trim();
    format!("http://{}", typed.split_once("://").map_or(typed, |(_, rest)| rest))
}

fn provider<'a>(request: &ProposalRequest, url: Option<&Url>, providers: &'a [Provider]) -> Option<&'a Provider> {
    let named = providers.iter().find(|provider| Some(&provider.id) == request.provider.as_ref());
    let present = match request.provider_from {
        ProviderFrom::User => return named,
        // The same file may be for several kinds of server of one family; the address tells which.
        ProviderFrom::Source if named.is_some_and(|provider| provider.family.is_empty()) => return named,
        ProviderFrom::Source => named,
        ProviderFrom::Nothing => named.or_else(|| providers.iter().find(|provider| is_built_in(&provider.id))),
    };
    url.and_then(|url| better(url, present, providers)).or(present)
}

/// The provider whose servers have this address's domain; on this computer, one that people run themselves in place of a
/// service on the internet. `None` where the present one may be it.
fn better<'a>(url: &Url, present: Option<&'a Provider>, providers: &'a [Provider]) -> Option<&'a Provider> {
    let host = url.host_str()?;
    let is_its = |provider: &&Provider| domain(provider).is_some_and(|domain| is_within(host, &domain));
    if present.as_ref().is_some_and(is_its) {
        return None;
    }
    let self_hosted = || {
        let service = present.filter(|present| !present.family.is_empty() && domain(present).is_some())?;
        providers.iter().find(|each| each.family == service.family && domain(each).is_none())
    };
    providers.iter().find(is_its).or_else(|| is_loopback(url).then(self_hosted).flatten())
}

/// The domain that all servers of a provider are in, if its example tells.
fn domain(provider: &Provider) -> Option<String> {
    let url = url_of(&provider.issuer_example).ok().filter(|url| !is_loopback(url))?;
    let Some(Host::Domain(host)) = url.host() else { return None };
    let domain = tier::registered_part(host);
    // An example domain (RFC 2606 §3) says that each has its own.
    (!domain.starts_with("example.")).then(|| domain.to_owned())
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests;
