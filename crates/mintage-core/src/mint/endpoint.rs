//! An **endpoint** is an address of a server; it is entered by the user, discovered or the provider's default.
//!
//! Rule: pure. Every address says where it came from, and a host that nobody vouched for is never contacted.

use url::Url;

use crate::endpoints::Endpoint;
use crate::environment::{Environment, EnvironmentSettings};
use crate::error::Error;
use crate::issuer::{Discovery, endpoint_refused};
use crate::issuer_url::{host_and_port, is_allowed_scheme};
use crate::provider::template::{Values, expand_url};
use crate::provider::{API_ADDRESS, Provider, ProviderError, Provisioning, RECIPE_PLACEHOLDERS, Recipe, is_built_in};

/// The server's API, as sentences call it.
pub(super) const API: &str = "API";

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

/// An environment's token endpoint as far as it is known without asking its server: entered by the user, or fixed by
/// the provider.
pub(super) fn set_endpoint(environment: &Environment, provider: &Provider) -> Option<String> {
    let settings = &environment.settings;
    if settings.endpoints.get(Endpoint::Token).is_none() && provider.discovers && !provider.issuer_is_fixed {
        return None;
    }
    locate(Endpoint::Token, settings, provider, &values_of(settings), None).map(|located| located.url)
}

/// Finds an endpoint: what the user entered, otherwise what discovery says, otherwise the provider's template.
pub(super) fn locate(
    endpoint: Endpoint,
    settings: &EnvironmentSettings,
    provider: &Provider,
    values: &Values,
    discovery: Option<&Discovery>,
) -> Option<Located> {
    if let Some(url) = settings.endpoints.get(endpoint) {
        return Some(Located { url: url.to_owned(), origin: Origin::Hand });
    }
    if let Some(url) = discovery.and_then(|discovery| discovery.endpoints.get(endpoint)) {
        return Some(Located { url: url.to_owned(), origin: Origin::Discovery });
    }
    let url = expand_url(provider.endpoints.get(endpoint)?, values);
    (!url.is_empty()).then_some(Located { url, origin: Origin::Template })
}

/// The host of an endpoint that nobody vouched for: neither the user, who typed the issuer's and may have confirmed
/// others, nor Mintage, whose own profiles name their vendors' hosts. An imported profile vouches for none.
pub(super) fn unconfirmed_host(
    located: &Located,
    settings: &EnvironmentSettings,
    provider: &Provider,
    values: &Values,
) -> Result<Option<String>, Error> {
    let refused = || Error::Issuer(endpoint_refused(&located.url));
    let url = Url::parse(&located.url).map_err(|_| refused())?;
    if !is_allowed_scheme(&url) {
        return Err(refused());
    }
    let host = host_and_port(&url);
    let templates = provider.endpoints.all().map(|(_, template)| expand_url(template, values));
    let templates = templates.chain(api_addresses(provider, values).into_iter().map(|located| located.url));
    let typed = settings.parameters.get(API_ADDRESS).and_then(|typed| Url::parse(typed.trim()).ok());
    let known = located.origin == Origin::Hand
        || typed.is_some_and(|typed| host_and_port(&typed) == host)
        || host == settings.issuer.host_and_port()
        || settings.confirmed_hosts.contains(&host)
        || is_built_in(&provider.id)
            && templates.filter_map(|url| Url::parse(&url).ok()).any(|url| host_and_port(&url) == host);
    Ok((!known).then_some(host))
}

/// The addresses of API calls, for their hosts: ids that come later are made up.
pub(super) fn api_addresses(provider: &Provider, values: &Values) -> Vec<Located> {
    let mut values = values.clone();
    for later in ["userId", "clientId", "keyId", "title"].into_iter().chain(RECIPE_PLACEHOLDERS) {
        values.insert(later.to_owned(), "0".to_owned());
    }
    let calls = provider.provisioning.iter().flat_map(Provisioning::calls);
    let urls = calls.map(|(_, call)| expand_url(&call.url, &values)).collect::<Vec<_>>();
    let of_recipe = |recipe: &Recipe| {
        let values = with_api(recipe, values.clone());
        recipe.calls().into_iter().map(|(_, call)| expand_url(&call.url, &values)).collect::<Vec<_>>()
    };
    let urls = urls.into_iter().chain(provider.recipes.iter().flat_map(of_recipe)).filter(|url| !url.is_empty());
    urls.map(|url| Located { url, origin: Origin::Template }).collect()
}

/// The values with the address of a recipe's API: the environment's own, which the user typed, or else the recipe's.
pub(super) fn with_api(recipe: &Recipe, mut values: Values) -> Values {
    let typed =
        values.get(API_ADDRESS).map(|typed| typed.trim().trim_end_matches('/')).filter(|typed| !typed.is_empty());
    let api = typed.map_or_else(|| expand_url(&recipe.api, &values), str::to_owned);
    values.insert("api".to_owned(), api);
    values
}

/// The values of placeholders as far as the environment alone defines them.
pub(super) fn values_of(settings: &EnvironmentSettings) -> Values {
    let issuer = &settings.issuer;
    let mut values = settings.parameters.clone();
    values.insert("issuer".to_owned(), issuer.as_str().to_owned());
    values.insert("base".to_owned(), issuer.base().to_owned());
    values.insert("issuerHost".to_owned(), issuer.host_and_port());
    values
}

/// Refuses an environment that lacks something its provider requires for any request.
pub(super) fn require_parameters(provider: &Provider, settings: &EnvironmentSettings) -> Result<(), ProviderError> {
    let given = |name: &str| settings.parameters.get(name).is_some_and(|value| !value.trim().is_empty());
    match provider.parameters.iter().find(|parameter| parameter.required && !given(&parameter.name)) {
        Some(missing) => Err(ProviderError::ParameterMissing { label: missing.label.clone() }),
        None => Ok(()),
    }
}

/// Host and port of an endpoint; empty for what isn't a URL.
pub(super) fn host_of(endpoint: &str) -> String {
    Url::parse(endpoint).map(|url| host_and_port(&url)).unwrap_or_default()
}
