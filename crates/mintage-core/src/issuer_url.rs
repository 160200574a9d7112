//! An **issuer's address**, and what makes an address safe to send a credential to.
//!
//! Rule: stricter than browsers, which fix their input.

use serde::{Deserialize, Serialize};
use url::{Position, Url};

/// An issuer identifier: `https://host[:port][/path]` without query or fragment; `http` only for loopback hosts. A
/// trailing slash is part of it if it was typed, since some issuers have one.
///
/// Compared byte for byte, as issuers are (RFC 8414 §3.3), which is why it isn't a `Url`. Its host, which is needed
/// often, is stored with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IssuerUrl {
    text: String,
    host: String,
    host_and_port: String,
}

/// What was typed isn't an issuer identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` isn't a valid issuer: {why}")]
pub struct IssuerUrlError {
    /// What was typed.
    pub typed: String,
    /// Why not, as a sentence part.
    pub why: &'static str,
}

impl IssuerUrlError {
    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        "issuer-invalid"
    }

    /// The next step.
    pub fn help(&self) -> String {
        "Enter the address that your provider's console shows, for example `https://auth.example.com`".into()
    }
}

impl TryFrom<String> for IssuerUrl {
    type Error = IssuerUrlError;

    fn try_from(text: String) -> Result<Self, IssuerUrlError> {
        Self::parse(&text)
    }
}

impl From<IssuerUrl> for String {
    fn from(issuer: IssuerUrl) -> Self {
        issuer.text
    }
}

/// What follows an issuer in the address of its discovery document.
pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Longer than any server's address, in bytes.
pub(crate) const LONGEST_ADDRESS: usize = 2_000;

impl IssuerUrl {
    /// Reads what the user typed: adds `https://` if no scheme is given. The address of a discovery document (OpenID
    /// Connect Discovery 1.0 §4) stands for its issuer.
    ///
    /// # Errors
    /// If it isn't a URL, has no host, has a query, fragment or user part, or is plain `http` for a host that isn't
    /// loopback.
    pub fn parse(typed: &str) -> Result<Self, IssuerUrlError> {
        let typed = typed.trim();
        Self::read(typed).map_err(|why| IssuerUrlError { typed: shown(typed), why })
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
        // In a loop, so that parsing the result again changes nothing.
        while let Some(before) = path.strip_suffix(DISCOVERY) {
            path = before.trim_end_matches('/');
        }
        // A URL without a path is written with a slash, which isn't part of the issuer unless it was typed.
        let path = if typed.ends_with('/') && path == bare { url.path() } else { path };
        let text = format!("{}{path}", &url[..Position::BeforePath]);
        Ok(Self { text, host, host_and_port: host_and_port(&url) })
    }

    /// The issuer identifier as it is compared and sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The issuer without a trailing slash, for appending paths.
    pub fn base(&self) -> &str {
        self.text.trim_end_matches('/')
    }

    /// Whether a text names this issuer; a slash at its end makes no other. That is enough to point out an issuer, and
    /// never to trust one: there it is compared exactly.
    pub fn is_named_by(&self, text: &str) -> bool {
        let bare = |issuer: &str| issuer.strip_suffix('/').unwrap_or(issuer).to_owned();
        Self::parse(text).is_ok_and(|named| bare(named.as_str()) == bare(self.as_str()))
    }

    /// Host without port, for example `auth.example.com`.
    pub fn host(&self) -> String {
        self.host.clone()
    }

    /// Host, with its port if that isn't the scheme's default, for example `localhost:8080`.
    pub fn host_and_port(&self) -> String {
        self.host_and_port.clone()
    }
}

const NO_HOST: &str = "it has no host";

/// Parses typed text as a URL, more strictly than browsers, which drop, add and turn slashes and drop invisible
/// characters.
pub(crate) fn url_of(typed: &str) -> Result<Url, &'static str> {
    if typed.len() > LONGEST_ADDRESS {
        return Err("it is longer than 2,000 bytes");
    }
    if typed.contains('\\') {
        return Err("it contains a backslash");
    }
    if typed.chars().any(is_unseen) {
        return Err("it contains whitespace or invisible characters");
    }
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => (scheme, rest),
        _ => ("https", typed),
    };
    let begins = |scheme: &str| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if begins("http:") || begins("https:") {
        return Err("its scheme isn't followed by `//` and a host");
    }
    if rest.starts_with('/') {
        return Err(NO_HOST);
    }
    // Even if both are empty.
    if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
        return Err("it contains a user name or password");
    }
    Url::parse(&format!("{scheme}://{rest}")).map_err(|error| match error {
        url::ParseError::EmptyHost => NO_HOST,
        url::ParseError::InvalidPort => "its port isn't a number up to 65535",
        _ => "it isn't a URL",
    })
}

/// Whether a host is more than dots and empty labels.
fn has_labels(host: &str) -> bool {
    !host.is_empty() && host.strip_suffix('.').unwrap_or(host).split('.').all(|label| !label.is_empty())
}

/// Invisible characters: whitespace, control characters, and those that join, split or turn the text around them.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The typed text in a form that is safe for a message: the visible beginning, without what may be a password.
fn shown(typed: &str) -> String {
    const MOST: usize = 100;
    let (lead, rest) = typed.rfind('@').map_or(("", typed), |at| ("…", &typed[at..]));
    let mut seen = rest.chars().filter(|c| !is_unseen(*c));
    let begin: String = seen.by_ref().take(MOST).collect();
    format!("{lead}{begin}{}", if seen.next().is_some() { "…" } else { "" })
}

/// Host, with its port if that isn't the scheme's default.
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

/// Whether a URL points to this machine: a loopback address, or `localhost` and its subdomains (RFC 6761 §6.3).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a URL contains a user name or password, which would be sent along and end up wherever it is stored.
pub(crate) fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

#[cfg(test)]
mod tests;
