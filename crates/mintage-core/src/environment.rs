//! An **environment** is one issuer that service users belong to: its address, its tier, its trust.
//!
//! Rule: an environment holds only what its user chose or confirmed. What a server says about itself
//! (discovery) is fetched when needed and never stored here.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use crate::error::Error;
use crate::provider::{ParameterValues, ProviderId};

/// Names one environment; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct EnvironmentId(#[specta(type = String)] pub Uuid);

/// How much care an environment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// A developer's own machine or sandbox.
    Development,
    /// Shared, but not live.
    Staging,
    /// Live: framed in the window, asks before the first mint, clears the clipboard sooner.
    Production,
}

/// Endpoints that the user set by hand; `None` means "from discovery or the provider's template".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointOverrides {
    /// Token endpoint (RFC 6749 §3.2).
    pub token: Option<String>,
    /// Userinfo endpoint (OpenID Connect Core §5.3).
    pub userinfo: Option<String>,
    /// Introspection endpoint (RFC 7662 §2).
    pub introspection: Option<String>,
    /// Revocation endpoint (RFC 7009 §2).
    pub revocation: Option<String>,
    /// JWK set (RFC 7517 §5).
    pub jwks: Option<String>,
}

/// What the user says about an environment: the editor's form, and the part that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentDraft {
    /// Shown in the list; unique among environments, ignoring case.
    pub name: String,
    /// Which provider profile its servers follow.
    pub provider: ProviderId,
    /// How much care it asks for.
    pub tier: Tier,
    /// Issuer identifier as the user typed it, for example `https://auth.example.com`.
    pub issuer: String,
    /// Endpoints set by hand.
    #[serde(default)]
    pub endpoints: EndpointOverrides,
    /// Audiences of the assertion instead of the provider's rule; empty means the rule.
    #[serde(default)]
    pub audience: Vec<String>,
    /// Scopes that new service users of this environment start with; empty means the provider's.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// A certificate authority to trust in addition to the system's, as PEM.
    #[serde(default)]
    pub ca_certificate: Option<String>,
    /// Hosts other than the issuer's that endpoints may live on, each confirmed by the user.
    #[serde(default)]
    pub confirmed_hosts: Vec<String>,
    /// What the provider's parameters are here, by name, for example `orgId`.
    #[serde(default)]
    pub parameters: ParameterValues,
    /// `iss` of the access tokens (RFC 7519 §4.1.1), letter for letter; `None` means the provider's usual one, else the
    /// issuer.
    #[serde(default)]
    pub expected_issuer: Option<String>,
}

impl EnvironmentDraft {
    /// Whether tokens minted under these settings are what the other settings would mint: the same
    /// issuer, endpoints, audience and parameters. Name, tier and the like do not matter.
    pub fn mints_as(&self, other: &Self) -> bool {
        self.provider == other.provider
            && self.issuer == other.issuer
            && self.endpoints == other.endpoints
            && self.audience == other.audience
            && self.parameters == other.parameters
    }
}

/// An environment as the catalogue keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// Its name in the catalogue.
    pub id: EnvironmentId,
    /// What the user said about it.
    #[serde(flatten)]
    pub settings: EnvironmentDraft,
    /// Whether it belongs to the demo and is removed with it.
    pub demo: bool,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    #[specta(type = String)]
    pub created_at: OffsetDateTime,
}

/// One row of the list of environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentOverview {
    /// The environment itself.
    pub environment: Environment,
    /// Host and port of its issuer, for display.
    pub host: String,
    /// How many service users it has.
    pub service_users: u32,
    /// How many of its credentials expire within 14 days or have expired.
    pub expiring: u32,
    /// Whether its last mint failed because of the server or the way to it.
    pub troubled: bool,
}

/// An issuer identifier: `https://host[:port][/path]` without query or fragment; `http` only for
/// loopback hosts. A slash at its end is part of it where it was typed, as some issuers have one.
///
/// Compared byte for byte, as issuers are (RFC 8414 §3.3), which is why it is not a `Url`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IssuerUrl(String);

/// What follows an issuer in the address of its discovery document.
pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

impl IssuerUrl {
    /// Reads what the user typed: adds `https://` where no scheme is given. The address of a discovery document
    /// (OpenID Connect Discovery 1.0 §4) stands for its issuer.
    ///
    /// # Errors
    /// [`Error::IssuerInvalid`] where it is no URL, has a query, fragment or user part, or is plain
    /// `http` for a host that is not loopback.
    pub fn parse(typed: &str) -> Result<Self, Error> {
        let typed = typed.trim();
        let invalid = |why: &'static str| Error::IssuerInvalid { typed: typed.to_owned(), why };
        let with_scheme = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
        let url = Url::parse(&with_scheme).map_err(|_| invalid("it is not a URL"))?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(invalid("it names no host"));
        }
        if has_user(&url) {
            return Err(invalid("it holds a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it has a query or a fragment"));
        }
        if !is_allowed_scheme(&url) {
            return Err(invalid("only https is allowed, or http for a loopback address"));
        }
        // A URL without a path is written with a slash, which is no part of the issuer unless it was typed.
        let text = if typed.ends_with('/') { url.as_str() } else { url.as_str().trim_end_matches('/') };
        Ok(Self(text.strip_suffix(DISCOVERY).unwrap_or(text).to_owned()))
    }

    /// The issuer identifier as it is compared and sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The issuer without a slash at its end, to append paths to.
    pub fn base(&self) -> &str {
        self.0.trim_end_matches('/')
    }

    /// Host without port, for example `auth.example.com`.
    pub fn host(&self) -> String {
        self.url().host_str().unwrap_or_default().to_owned()
    }

    /// Host with its port where that is not the scheme's own, for example `localhost:8080`.
    pub fn host_and_port(&self) -> String {
        host_and_port(&self.url())
    }

    fn url(&self) -> Url {
        Url::parse(&self.0).expect("an IssuerUrl is only made from a parsed URL")
    }
}

/// Host with its port where that is not the scheme's own.
pub fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Whether credentials may be sent to this URL: https anywhere, http to loopback only.
pub fn is_allowed_scheme(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether a URL leads to this machine: a loopback address, or `localhost` and the names below it
/// (RFC 6761 §6.3).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a URL holds a user name or password, which would be sent along and stand wherever it is kept.
pub(crate) fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_normalised_as_servers_write_it() {
        for (typed, expected) in [
            ("https://auth.example.com", "https://auth.example.com"),
            ("https://tenant.example.com/", "https://tenant.example.com/"),
            ("https://example.com/app/a/", "https://example.com/app/a/"),
            ("auth.example.com", "https://auth.example.com"),
            (" https://Auth.Example.com:443 ", "https://auth.example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:9/realms/a", "http://127.0.0.1:9/realms/a"),
            ("https://a.example/realms/b/.well-known/openid-configuration", "https://a.example/realms/b"),
        ] {
            assert_eq!(IssuerUrl::parse(typed).expect(typed).as_str(), expected);
        }
    }

    #[test]
    fn an_unsafe_or_broken_issuer_is_refused() {
        for typed in [
            "",
            "http://example.com",
            "ftp://a.b",
            "https://u:p@a.b",
            "https://a.b?x=1",
            "https://a.b#f",
            "https://",
            "a b",
        ] {
            assert!(matches!(IssuerUrl::parse(typed), Err(Error::IssuerInvalid { .. })), "{typed}");
        }
    }
}
