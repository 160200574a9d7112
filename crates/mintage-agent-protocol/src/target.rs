//! A **target** is what a tool wants to reach with a token, and a **binding** lists the hosts that an environment's
//! tokens may go to.
//!
//! Rule: a helper that is asked about a host outside the binding answers that it has nothing. The owner of the keys
//! applies [`Binding::covers`] before it mints or asks anyone, so no tool and no configuration can send an
//! environment's token elsewhere.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// A URL that a tool named. Only its scheme, host and port decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Reads a URL, or a host with an optional port, which means HTTPS.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        url.ok().filter(Url::has_host).map(Self)
    }

    /// Lends the URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether what's sent there can't be read on the way.
    fn is_private(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(address)) if address.is_loopback() => true,
            Some(Host::Ipv6(address)) if address.is_loopback() => true,
            Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => true,
            _ => self.0.scheme() == "https",
        }
    }
}

impl fmt::Display for Target {
    /// Writes scheme, host and port: a path or a user name in a URL is nobody else's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.0.scheme(), self.0.host_str().unwrap_or_default())?;
        self.0.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The hosts that an environment's tokens may go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding(Vec<Pattern>);

/// `host`, `host:port` or `*.domain`, in lower case as URLs write them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    name: String,
    any_subdomain: bool,
    port: Option<u16>,
}

/// A host that can't be part of a binding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` isn't a host: expected `host`, `host:port` or `*.domain`")]
pub struct BadHost(pub String);

impl Binding {
    /// Reads a list of hosts.
    ///
    /// # Errors
    /// [`BadHost`] names the first that isn't one.
    pub fn parse<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Result<Self, BadHost> {
        hosts.into_iter().map(str::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Says whether a token may go to the target. A pattern without a port means the scheme's own port, and nothing
    /// leaves this machine unencrypted.
    pub fn covers(&self, target: &Target) -> bool {
        target.is_private() && self.0.iter().any(|pattern| pattern.matches(target.url()))
    }
}

impl Pattern {
    fn matches(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let named = if self.any_subdomain {
            host.strip_suffix(self.name.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            host == self.name
        };
        named && url.port() == self.port.filter(|&port| Some(port) != default_port(url))
    }
}

fn default_port(url: &Url) -> Option<u16> {
    match url.scheme() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

impl FromStr for Pattern {
    type Err = BadHost;

    fn from_str(text: &str) -> Result<Self, BadHost> {
        let bad = || BadHost(text.to_owned());
        let (any_subdomain, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.contains(['/', '@', '?', '#', '*', '\\']) {
            return Err(bad());
        }
        let url = Url::parse(&format!("https://{rest}")).map_err(|_| bad())?;
        let name = url.host_str().ok_or_else(bad)?.to_owned();
        if any_subdomain && !matches!(url.host(), Some(Host::Domain(domain)) if domain.contains('.')) {
            return Err(bad());
        }
        // The parser drops HTTPS's own port, which someone who writes it out still means.
        let port = url.port().or_else(|| rest.ends_with(":443").then_some(443));
        Ok(Self { name, any_subdomain, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_only_to_hosts_of_its_environment() {
        let binding =
            Binding::parse(["api.example.com", "git.example:8443", "*.corp.example", "127.0.0.1:9000"]).unwrap();
        for (target, covered) in [
            ("https://api.example.com/anything?x", true),
            ("https://API.Example.com", true),
            ("https://api.example.com:443", true),
            ("https://api.example.com:444", false),
            ("http://api.example.com", false),
            ("https://api.example.com.evil.test", false),
            ("https://evil.test/api.example.com", false),
            ("https://api.example.com@evil.test", false),
            ("api.example.com", true),
            ("https://git.example:8443/a.git", true),
            ("https://git.example/a.git", false),
            ("https://a.corp.example", true),
            ("https://a.b.corp.example", true),
            ("https://corp.example", false),
            ("https://evilcorp.example", false),
            ("http://127.0.0.1:9000/x", true),
            ("http://127.0.0.1:9001/x", false),
        ] {
            assert_eq!(binding.covers(&Target::parse(target).unwrap()), covered, "{target}");
        }
        assert!(!Binding::default().covers(&Target::parse("https://api.example.com").unwrap()));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", "*", "*.com", "*.10.0.0.1", "a/b", "user@host", "https://host", "ho st", "*.*.example.com"] {
            assert!(Binding::parse([text]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_target_is_shown_without_path_and_user() {
        let target = Target::parse("https://bob:pw@host.example:8443/secret?x=1").unwrap();
        assert_eq!(target.to_string(), "https://host.example:8443");
    }
}
