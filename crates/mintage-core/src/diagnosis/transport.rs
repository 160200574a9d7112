//! What it means if there was **no response**, or none from an OAuth server: the network, the address, the trust.

use time::OffsetDateTime;

use super::{Case, Cause, NextStep, cause};
use crate::dated::Dated;
use crate::issuer::{IssuerError, Refusal, left_open};
use crate::issuer_url::is_allowed_scheme;
use crate::provider::Provider;

/// Precedes the reason why a certificate is rejected.
const UNTRUSTED: &str = "The server's certificate isn't trusted: ";

/// Explains a failure before anything was sent: discovery may return a server's words as well, and the profile may know
/// them; never empty.
pub(super) fn explain_discovery(provider: &Provider, failure: &IssuerError) -> Vec<Cause> {
    let known = failure.said().and_then(|said| of_rules(provider, said));
    known.unwrap_or_else(|| explain(failure))
}

/// What the rules make of a response to an unauthenticated request: their causes mention only the host.
fn of_rules(provider: &Provider, said: &Refusal) -> Option<Vec<Cause>> {
    let nothing = std::collections::BTreeMap::new();
    let attempt = super::Attempt::of_discovery(provider, &said.host, &nothing);
    let found = super::rules::known(provider, attempt.request, &[], said)?;
    Some(found.causes(&Case { attempt: &attempt, said: Some(said) }))
}

/// Explains a transport failure; never empty.
pub(super) fn explain(failure: &IssuerError) -> Vec<Cause> {
    if let IssuerError::NotOAuth { said, .. } = failure
        && said.status == 407
    {
        return vec![cause::server::proxy_refused_at(&said.host)];
    }
    let (sentence, next) = meaning(failure);
    let dated = match failure {
        IssuerError::CertificateRefused { dated: Some(dated), .. } => Some(dated.behind(UNTRUSTED)),
        IssuerError::DateUnbelieved { date, .. } => Some(unbelieved(*date)),
        _ => None,
    };
    let mut causes = vec![Cause { code: failure.code().to_owned(), sentence, dated, help: failure.help(), next }];
    if let IssuerError::HostUnknown { host } = failure {
        causes.push(Cause {
            code: "network-down".into(),
            sentence: format!("This computer is offline, or `{host}` is only reachable through a VPN"),
            dated: None,
            help: "Connect to the network or VPN, then try again".into(),
            next: NextStep::TryAgain,
        });
    }
    causes
}

fn unbelieved(date: OffsetDateTime) -> Dated {
    let after = ", which is years away from your clock: one of the two is wrong".to_owned();
    Dated { after, ..Dated::new("The server's response is dated", date) }
}

fn meaning(failure: &IssuerError) -> (String, NextStep) {
    use NextStep::{EditEnvironment, TryAgain};
    match failure {
        IssuerError::NotOAuth { said, .. } => page(said),
        IssuerError::Redirected { to, .. } => {
            (format!("The server has moved to `{to}`, or it is behind a login page"), EditEnvironment)
        }
        IssuerError::Busy { said, .. } if said.status == 429 => ("You've sent too many requests".into(), TryAgain),
        IssuerError::Busy { .. } => {
            ("The server is under maintenance or overloaded, or a proxy in front of it can't reach it".into(), TryAgain)
        }
        IssuerError::HostUnknown { host } => {
            (format!("The host `{host}` is misspelled or no longer exists"), EditEnvironment)
        }
        IssuerError::Unreachable { host, .. } => (
            format!("Nothing responds at `{host}`: the server is down, or a firewall or proxy is in the way"),
            TryAgain,
        ),
        IssuerError::TimedOut { host } => {
            (format!("`{host}` is overloaded, or a firewall drops the requests"), TryAgain)
        }
        IssuerError::CertificateRefused { why, .. } => (format!("{UNTRUSTED}{why}"), EditEnvironment),
        IssuerError::TlsFailed { host, why } => {
            (format!("`{host}` and Mintage couldn't agree on an encrypted connection: {why}"), EditEnvironment)
        }
        IssuerError::AnswerBroken { host, .. } => {
            (format!("`{host}` or a proxy in front of it ended the response early"), TryAgain)
        }
        IssuerError::CaInvalid => {
            ("The environment's certificate authority isn't a PEM certificate".into(), EditEnvironment)
        }
        IssuerError::NoCertificates => ("This system has no certificate authorities installed".into(), NextStep::None),
        IssuerError::NoClient { why } => {
            (format!("Mintage couldn't set up encrypted connections on this system: {why}"), NextStep::None)
        }
        IssuerError::AnswerTooLarge { host } | IssuerError::AnswerInvalid { host, .. } => (
            format!(
                "`{host}` responds, but not like a token endpoint: this may be a different endpoint, or the server doesn't follow the standard"
            ),
            EditEnvironment,
        ),
        IssuerError::TokenTypeUnknown { host, bound: true, .. } => {
            (format!("`{host}` binds its tokens to a key (DPoP), which Mintage doesn't support"), NextStep::None)
        }
        IssuerError::TokenTypeUnknown { host, why, .. } => (
            format!("`{host}` issued a token, but {why}; some servers leave the type out or use their own name for it"),
            EditEnvironment,
        ),
        IssuerError::IssuerDiffers { expected, found } => (issuer_differs(expected, found), EditEnvironment),
        IssuerError::DateUnbelieved { date, .. } => (unbelieved(*date).to_string(), NextStep::None),
        IssuerError::NoDiscovery { said } => {
            (format!("There's no issuer at `{}`, or its path is missing", said.host), EditEnvironment)
        }
        IssuerError::EndpointRefused { url } => (endpoint_refused(url), EditEnvironment),
        IssuerError::Refused(refusal) => (refusal.to_string(), TryAgain),
    }
}

/// A page for people, classified by its status.
fn page(said: &Refusal) -> (String, NextStep) {
    let host = &said.host;
    match said.status {
        status @ (502 | 504) => (
            format!("A gateway responds for `{host}` with {status}: the server behind it is down or too slow"),
            NextStep::TryAgain,
        ),
        511 => (format!("The network requires you to sign in before you can reach `{host}`"), NextStep::TryAgain),
        413 | 414 | 431 => {
            (format!("`{host}` or a proxy in front of it rejects the request as too large"), NextStep::EditEnvironment)
        }
        500.. => (format!("`{host}` or a gateway in front of it failed"), NextStep::TryAgain),
        403 => (
            format!("A firewall in front of `{host}` blocks the request, or this isn't the address of an OAuth server"),
            NextStep::EditEnvironment,
        ),
        404 | 405 | 410 => (format!("There's nothing at this address of `{host}`"), NextStep::EditEnvironment),
        _ => (
            format!("This isn't the address of an OAuth server, or `{host}` is behind a login page"),
            NextStep::EditEnvironment,
        ),
    }
}

/// A user name and password are removed from the address when it is shown; what is left looks fine.
fn endpoint_refused(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(parsed) if is_allowed_scheme(&parsed) => {
            format!("`{url}` was entered with a user name or password, which would be sent with every request")
        }
        Ok(parsed) if parsed.scheme() == "http" => {
            format!("`{url}` isn't encrypted, so Mintage won't send credentials to it")
        }
        _ => format!("`{url}` isn't a web address"),
    }
}

/// RFC 8414 §3.3 requires an exact match, and the difference is easily overlooked.
fn issuer_differs(expected: &str, found: &str) -> String {
    let without_scheme = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    match left_open(expected, found) {
        Some(Some(open)) => {
            return format!("`{open}` means any tenant, but the server uses each tenant's own id");
        }
        Some(None) => return "The server uses each tenant's own id, but the issuer doesn't name a tenant".to_owned(),
        None => {}
    }
    if found.trim_end_matches('/') == expected.trim_end_matches('/') {
        return format!("The server's name is `{found}`: a slash at the end makes it a different issuer");
    }
    if without_scheme(found) == without_scheme(expected) {
        return format!("The server calls itself `{found}`: it doesn't know that clients reach it over https");
    }
    format!("The server calls itself `{found}`, so it doesn't issue tokens for `{expected}`")
}
