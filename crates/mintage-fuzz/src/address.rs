//! Addresses that users type.

use mintage_core::issuer_url::IssuerUrl;
use url::Url;

use crate::leak;

/// An issuer as the user types it.
pub(crate) fn issuer(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match IssuerUrl::parse(text) {
        Ok(issuer) => check(&issuer),
        Err(error) => leak::check_error(error.code(), &error.to_string(), &error.help()),
    }
}

fn check(issuer: &IssuerUrl) {
    let text = issuer.as_str();
    let again = IssuerUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(again.as_str(), text, "to read it again changes nothing");
    let url = Url::parse(text).expect("an issuer is a URL");
    assert!(!issuer.host().is_empty() && issuer.host_and_port().starts_with(&issuer.host()), "{text}");
    assert!(matches!(url.scheme(), "https" | "http") && url.query().is_none() && url.fragment().is_none(), "{text}");
    assert!(url.username().is_empty() && url.password().is_none(), "{text}");
    assert!(text.starts_with(issuer.base()) && !issuer.base().ends_with('/'), "{text}");
}
