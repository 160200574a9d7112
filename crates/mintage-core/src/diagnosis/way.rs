//! What it means that **no answer** came, or none of an OAuth server: the way, the address, the trust.

use time::OffsetDateTime;

use super::{Case, Cause, NextStep, cause};
use crate::dated::Dated;
use crate::environment::is_allowed_scheme;
use crate::error::{IssuerError, Refusal, left_open};
use crate::provider::Provider;

/// Said before why a certificate is refused.
const UNTRUSTED: &str = "The server's certificate can't be trusted here: ";

/// Explains a failure before anything was sent: discovery has a server's words as well, and the profile may
/// know them; never empty.
pub(super) fn explain_discovery(provider: &Provider, failure: &IssuerError) -> Vec<Cause> {
    let known = failure.said().and_then(|said| of_rules(provider, said));
    known.unwrap_or_else(|| explain(failure))
}

/// What the rules make of an answer to nobody: their causes speak of the host alone.
fn of_rules(provider: &Provider, said: &Refusal) -> Option<Vec<Cause>> {
    let nothing = std::collections::BTreeMap::new();
    let attempt = super::Attempt::of_discovery(provider, &said.host, &nothing);
    let found = super::rules::known(provider, attempt.request, &[], said)?;
    Some(found.causes(&Case { attempt: &attempt, said: Some(said) }))
}

/// Explains a failure on the way; never empty.
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
            sentence: format!("This computer is offline, or `{host}` is known only inside a VPN"),
            dated: None,
            help: "Connect to the network or the VPN and try again".into(),
            next: NextStep::TryAgain,
        });
    }
    causes
}

fn unbelieved(date: OffsetDateTime) -> Dated {
    let after = ", which is years away from your clock: one of the two is wrong".to_owned();
    Dated { after, ..Dated::new("The server's answer is dated", date) }
}

fn meaning(failure: &IssuerError) -> (String, NextStep) {
    use NextStep::{EditEnvironment, TryAgain};
    match failure {
        IssuerError::NotOAuth { said, .. } => page(said),
        IssuerError::Redirected { to, .. } => {
            (format!("The server has moved to `{to}`, or a login page is in front of it"), EditEnvironment)
        }
        IssuerError::Busy { said, .. } if said.status == 429 => ("Too many requests were made".into(), TryAgain),
        IssuerError::Busy { .. } => {
            ("The server is under maintenance or overloaded, or a proxy in front of it can't reach it".into(), TryAgain)
        }
        IssuerError::HostUnknown { host } => (format!("The host `{host}` is misspelt or gone"), EditEnvironment),
        IssuerError::Unreachable { host, .. } => {
            (format!("Nothing answers at `{host}`: the server is down, or a firewall or proxy is in the way"), TryAgain)
        }
        IssuerError::TimedOut { host } => {
            (format!("`{host}` is overloaded, or a firewall drops what is sent to it"), TryAgain)
        }
        IssuerError::CertificateRefused { why, .. } => (format!("{UNTRUSTED}{why}"), EditEnvironment),
        IssuerError::TlsFailed { host, why } => {
            (format!("`{host}` and Mintage couldn't agree on an encrypted connection: {why}"), EditEnvironment)
        }
        IssuerError::AnswerBroken { host, .. } => {
            (format!("`{host}` or a proxy in front of it ended the answer early"), TryAgain)
        }
        IssuerError::CaInvalid => {
            ("The certificate authority of the environment isn't a PEM certificate".into(), EditEnvironment)
        }
        IssuerError::NoCertificates { .. } => {
            ("This system has no certificate authorities installed".into(), NextStep::None)
        }
        IssuerError::AnswerTooLarge { host } | IssuerError::AnswerInvalid { host, .. } => (
            format!(
                "`{host}` answers, but not as a token server does: this may be another endpoint, or the server strays from the standard"
            ),
            EditEnvironment,
        ),
        IssuerError::TokenTypeUnknown { host, bound: true, .. } => {
            (format!("`{host}` binds its tokens to a key (DPoP), which Mintage doesn't support"), NextStep::None)
        }
        IssuerError::TokenTypeUnknown { host, why, .. } => (
            format!(
                "`{host}` gave a token, but {why}; some servers leave the type out, or have a name of their own for it"
            ),
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

/// A page for people, told by its status.
fn page(said: &Refusal) -> (String, NextStep) {
    let host = &said.host;
    match said.status {
        status @ (502 | 504) => (
            format!("A gateway answers for `{host}` with {status}: the server behind it is down or too slow"),
            NextStep::TryAgain,
        ),
        511 => (format!("The network wants a login before it lets anything through to `{host}`"), NextStep::TryAgain),
        413 | 414 | 431 => {
            (format!("`{host}` or a proxy in front of it refuses the request as too large"), NextStep::EditEnvironment)
        }
        500.. => (format!("`{host}` or a gateway in front of it failed"), NextStep::TryAgain),
        403 => (
            format!("A firewall in front of `{host}` blocks the request, or the address isn't an OAuth server's"),
            NextStep::EditEnvironment,
        ),
        404 | 405 | 410 => (format!("There's nothing at this address of `{host}`"), NextStep::EditEnvironment),
        _ => (
            format!("The address isn't an OAuth server's, or a login page is in front of `{host}`"),
            NextStep::EditEnvironment,
        ),
    }
}

/// A user name and password are no longer in the address when it is shown; what is left looks sound.
fn endpoint_refused(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(parsed) if is_allowed_scheme(&parsed) => {
            format!("`{url}` was given with a user name or password in it, which would be sent along")
        }
        Ok(parsed) if parsed.scheme() == "http" => format!("`{url}` is not encrypted, so no credential is sent there"),
        _ => format!("`{url}` isn't a web address"),
    }
}

/// RFC 8414 §3.3 compares letter for letter, and the difference is easily overlooked.
fn issuer_differs(expected: &str, found: &str) -> String {
    let without_scheme = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    match left_open(expected, found) {
        Some(Some(open)) => {
            return format!("`{open}` stands for any tenant, but the server goes by each tenant's own id");
        }
        Some(None) => return "The server goes by each tenant's own id, and the issuer names no tenant".to_owned(),
        None => {}
    }
    if found.trim_end_matches('/') == expected.trim_end_matches('/') {
        return format!("The server's name is `{found}`: one slash at the end makes it another issuer");
    }
    if without_scheme(found) == without_scheme(expected) {
        return format!("The server calls itself `{found}`: it doesn't know that it is reached by https");
    }
    format!("The server calls itself `{found}`, so it doesn't issue tokens for `{expected}`")
}
