//! **Whom** an assertion is addressed to, and whether that is the requested server.

use super::Case;
use crate::endpoints::Endpoint;
use crate::issuer_url::host_and_port;
use crate::provider::template::expand_url;

/// Whether the assertion's audience lacks the issuer, although the provider's default includes it.
pub(super) fn lacks_issuer(case: &Case<'_>) -> bool {
    let Some(grant) = case.assertion() else { return false };
    let ruled = grant.audience.iter().any(|part| part == "{issuer}");
    ruled && !case.audience.iter().any(|entry| entry == case.issuer)
}

/// The requested host, if it is a different issuer than the assertion is addressed to: servers treat each host as a
/// separate issuer, the user entered the endpoint, and the provider's default is elsewhere.
pub(super) fn other_issuer<'a>(case: &Case<'a>) -> Option<&'a str> {
    let asked = case.said?.host.as_str();
    let values = [("base".to_owned(), case.issuer.trim_end_matches('/').to_owned())].into();
    let template = case.provider.endpoints.get(Endpoint::Token);
    let usual = template.and_then(|template| url::Url::parse(&expand_url(template, &values)).ok());
    let usual = usual.map(|url| host_and_port(&url));
    let suspected = case.provider.refusals.host_is_issuer && case.endpoint_by_hand && case.assertion().is_some();
    (suspected && asked != case.host && usual.as_deref() != Some(asked)).then_some(asked)
}
