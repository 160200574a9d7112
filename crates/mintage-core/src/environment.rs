//! An **environment** is one issuer that service users belong to: its address, its tier, its trust.
//!
//! Rule: an environment holds only what its user chose or confirmed. What a server says about itself
//! (discovery) is fetched when needed and never stored here.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;
use url::{Position, Url};
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
/// Compared byte for byte, as issuers are (RFC 8414 §3.3), which is why it is not a `Url`. What is read of it
/// again and again, its host, is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IssuerUrl {
    text: String,
    host: String,
    host_and_port: String,
}

/// What follows an issuer in the address of its discovery document.
pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

/// More than any server's address has, in bytes.
pub(crate) const LONGEST_ADDRESS: usize = 2_000;

impl IssuerUrl {
    /// Reads what the user typed: adds `https://` where no scheme is given. The address of a discovery document
    /// (OpenID Connect Discovery 1.0 §4) stands for its issuer.
    ///
    /// # Errors
    /// [`Error::IssuerInvalid`] where it is no URL, names no host, has a query, fragment or user part, or is
    /// plain `http` for a host that is not loopback.
    pub fn parse(typed: &str) -> Result<Self, Error> {
        let typed = typed.trim();
        Self::read(typed).map_err(|why| Error::IssuerInvalid { typed: shown(typed), why })
    }

    fn read(typed: &str) -> Result<Self, &'static str> {
        let url = url_of(typed)?;
        let host = url.host_str().filter(|host| has_labels(host)).ok_or(NO_HOST)?.to_owned();
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it has a query or a fragment");
        }
        if !is_allowed_scheme(&url) {
            return Err("only https is allowed, or http for a loopback address");
        }
        let bare = url.path().trim_end_matches('/');
        let mut path = bare;
        // Every time, so that an issuer that is read again is the same.
        while let Some(before) = path.strip_suffix(DISCOVERY) {
            path = before.trim_end_matches('/');
        }
        // A URL without a path is written with a slash, which is no part of the issuer unless it was typed.
        let path = if typed.ends_with('/') && path == bare { url.path() } else { path };
        let text = format!("{}{path}", &url[..Position::BeforePath]);
        Ok(Self { text, host, host_and_port: host_and_port(&url) })
    }

    /// The issuer identifier as it is compared and sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The issuer without a slash at its end, to append paths to.
    pub fn base(&self) -> &str {
        self.text.trim_end_matches('/')
    }

    /// Host without port, for example `auth.example.com`.
    pub fn host(&self) -> String {
        self.host.clone()
    }

    /// Host with its port where that is not the scheme's own, for example `localhost:8080`.
    pub fn host_and_port(&self) -> String {
        self.host_and_port.clone()
    }
}

const NO_HOST: &str = "it names no host";

/// Reads what was typed as a URL, stricter than browsers do: they drop, add and turn slashes, and drop
/// characters that nobody sees.
fn url_of(typed: &str) -> Result<Url, &'static str> {
    if typed.len() > LONGEST_ADDRESS {
        return Err("it is longer than 2,000 bytes");
    }
    if typed.contains('\\') {
        return Err("it has a backslash in it");
    }
    if typed.chars().any(is_unseen) {
        return Err("it has white space or invisible characters in it");
    }
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => (scheme, rest),
        _ => ("https", typed),
    };
    let begins = |scheme: &str| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if begins("http:") || begins("https:") {
        return Err("its scheme is not followed by `//` and a host");
    }
    if rest.starts_with('/') {
        return Err(NO_HOST);
    }
    // Also where both are empty.
    if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
        return Err("it holds a user name or password");
    }
    Url::parse(&format!("{scheme}://{rest}")).map_err(|error| match error {
        url::ParseError::EmptyHost => NO_HOST,
        url::ParseError::InvalidPort => "its port is no number up to 65535",
        _ => "it is not a URL",
    })
}

/// Whether a host is more than dots and what they leave empty.
fn has_labels(host: &str) -> bool {
    !host.is_empty() && host.strip_suffix('.').unwrap_or(host).split('.').all(|label| !label.is_empty())
}

/// What nobody sees: white space, control characters, and those that join, split or turn the text around them.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What was typed, fit for a message: what is seen of its beginning, without what may be a password.
fn shown(typed: &str) -> String {
    const MOST: usize = 100;
    let (lead, rest) = typed.rfind('@').map_or(("", typed), |at| ("…", &typed[at..]));
    let mut seen = rest.chars().filter(|c| !is_unseen(*c));
    let begin: String = seen.by_ref().take(MOST).collect();
    format!("{lead}{begin}{}", if seen.next().is_some() { "…" } else { "" })
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
mod tests;
