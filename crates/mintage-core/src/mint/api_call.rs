//! A **call of a server's API**, filled in as a provider's profile writes it. Who calls, and what the answer means, is for
//! rotations, provisioning and comparisons of refused keys to say.

use super::Mint;
use crate::environment::Environment;
use crate::error::Error;
use crate::issuer::{Answer, Issuer, IssuerError};
use crate::provider::template::{Values, expand_url, placeholders};
use crate::provider::{Call, Method, Provider, ProviderError};
use crate::secret::{Secret, SecretBytes};

/// A call with its values, which goes to a host that somebody vouched for.
pub(super) struct ApiCall {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Mint {
    /// Fills in a call.
    ///
    /// # Errors
    /// [`ProviderError::ParameterMissing`] if its address would have a gap, [`Error::EndpointUnknown`] if it has none,
    /// and as [`Mint::api_url`].
    pub(super) fn api_call(
        &self,
        environment: &Environment,
        provider: &Provider,
        call: &Call,
        values: &Values,
    ) -> Result<ApiCall, Error> {
        require_values(provider, [call.url.as_str()], values)?;
        let url = self.api_url(environment, provider, expand_url(&call.url, values), values)?;
        let (mut headers, mut body) = (call.header_values(values), call.written_body(values));
        if call.multipart {
            let (media_type, parts) = call.written_parts(values);
            headers.push(("Content-Type".to_owned(), media_type));
            body = Some(parts);
        }
        Ok(ApiCall { method: call.method, url, headers, body })
    }
}

impl ApiCall {
    /// Sends it with an `Authorization` header; returns the body unchanged, since it may contain a secret.
    ///
    /// # Errors
    /// As [`Issuer::call`].
    pub(super) async fn send(
        &self,
        issuer: &Issuer,
        authorization: &Secret,
    ) -> Result<Answer<SecretBytes>, IssuerError> {
        issuer.call(self.method, &self.url, authorization, &self.headers, self.body.clone()).await
    }
}

/// Refuses templates that would have a gap.
///
/// # Errors
/// [`ProviderError::ParameterMissing`] with the label of the first missing value.
pub(super) fn require_values<'a>(
    provider: &Provider,
    templates: impl IntoIterator<Item = &'a str>,
    values: &Values,
) -> Result<(), Error> {
    let mut named = templates.into_iter().flat_map(placeholders);
    let missing = named.find(|name| values.get(*name).is_none_or(|value| value.trim().is_empty()));
    let Some(name) = missing else { return Ok(()) };
    let label = provider.parameters.iter().find(|parameter| parameter.name == name);
    let label = label.map_or(name, |parameter| &parameter.label).to_owned();
    Err(ProviderError::ParameterMissing { label }.into())
}
