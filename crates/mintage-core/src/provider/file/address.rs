//! **Addresses** in profiles: what a template may become.

use url::Url;

use super::impossible;
use crate::issuer_url::{has_user, is_allowed_scheme};
use crate::provider::template::{self, Values};
use crate::provider::{Provider, ProviderError, RECIPE_PLACEHOLDERS};

/// Whether a template becomes a URL that credentials may be sent to, whatever the values of its placeholders.
pub(super) fn address(provider: &Provider, member: &'static str, text: &str) -> Result<(), ProviderError> {
    let issuer = |name: &str| matches!(name, "issuer" | "base" | "tokenEndpoint" | "api");
    let known = template::KNOWN
        .into_iter()
        .chain(RECIPE_PLACEHOLDERS)
        .chain(provider.parameters.iter().map(|one| one.name.as_str()));
    let value = |name: &str| if issuer(name) { "https://issuer.test" } else { "1" };
    let values: Values = known.map(|name| (name.to_owned(), value(name).to_owned())).collect();
    let url = Url::parse(&template::expand_url(text, &values));
    match url.is_ok_and(|url| is_allowed_scheme(&url) && !has_user(&url)) {
        true => Ok(()),
        false => Err(impossible(member, "it must begin with `{base}` or be an https address")),
    }
}
