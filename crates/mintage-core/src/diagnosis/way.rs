//! What it means that **no answer** came, or none of an OAuth server: the way, the address, the trust.

use time::OffsetDateTime;

use super::{Cause, NextStep, cause};
use crate::dated::Dated;
use crate::environment::is_allowed_scheme;
use crate::error::IssuerError;

/// Said before why a certificate is refused.
const UNTRUSTED: &str = "The server's certificate cannot be trusted here: ";

/// Explains a failure on the way; never empty.
pub(super) fn explain(failure: &IssuerError) -> Vec<Cause> {
    if let IssuerError::NotOAuth { status: 407, host, .. } = failure {
        return vec![cause::proxy_refused(host)];
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
    let after = ", which is years away from your clock, so it can't be told which of the two is right".to_owned();
    Dated { after, ..Dated::new("The server's answer is dated", date) }
}

fn meaning(failure: &IssuerError) -> (String, NextStep) {
    use NextStep::{EditEnvironment, TryAgain};
    match failure {
        IssuerError::NotOAuth { status: status @ (502 | 504), host, .. } => (
            format!("A gateway answers for `{host}` with {status}: the server behind it does not run or is too slow"),
            TryAgain,
        ),
        IssuerError::NotOAuth { host, .. } => (
            format!("The address is not an OAuth server's, or a login page stands in front of `{host}`"),
            EditEnvironment,
        ),
        IssuerError::Redirected { to, .. } => {
            (format!("The server has moved to `{to}`, or a login page stands in front of it"), EditEnvironment)
        }
        IssuerError::Busy { status: 429, .. } => ("Too many requests were made".into(), TryAgain),
        IssuerError::Busy { .. } => {
            ("The server is under maintenance or overloaded, or a proxy before it does not reach it".into(), TryAgain)
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
            (format!("`{host}` and Mintage did not agree on an encrypted connection: {why}"), EditEnvironment)
        }
        IssuerError::AnswerBroken { host, .. } => {
            (format!("`{host}` or a proxy before it ended the answer early"), TryAgain)
        }
        IssuerError::CaInvalid => {
            ("The certificate authority of the environment is not a PEM certificate".into(), EditEnvironment)
        }
        IssuerError::NoCertificates { .. } => {
            ("This system has no certificate authorities installed".into(), NextStep::None)
        }
        IssuerError::AnswerTooLarge { host } | IssuerError::AnswerInvalid { host, .. } => (
            format!(
                "`{host}` answers, but not as a token server does: the endpoint may be another one, or the server strays from the standard"
            ),
            EditEnvironment,
        ),
        IssuerError::IssuerDiffers { expected, found } => (issuer_differs(expected, found), EditEnvironment),
        IssuerError::DateUnbelieved { date, .. } => (unbelieved(*date).to_string(), NextStep::None),
        IssuerError::NoDiscovery { host, .. } => {
            (format!("There is no issuer at `{host}`, or its path is missing"), EditEnvironment)
        }
        IssuerError::EndpointRefused { url } => (endpoint_refused(url), EditEnvironment),
        IssuerError::Refused(refusal) => (refusal.to_string(), TryAgain),
    }
}

/// A user name and password are no longer in the address when it is shown; what is left looks sound.
fn endpoint_refused(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(parsed) if is_allowed_scheme(&parsed) => {
            format!("`{url}` was given with a user name or password in it, which would be sent along")
        }
        Ok(parsed) if parsed.scheme() == "http" => format!("`{url}` is not encrypted, so no credential is sent there"),
        _ => format!("`{url}` is no web address"),
    }
}

/// RFC 8414 §3.3 compares letter for letter, and the difference is easily overlooked.
fn issuer_differs(expected: &str, found: &str) -> String {
    let without_scheme = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    if found.trim_end_matches('/') == expected.trim_end_matches('/') {
        return format!("The server's name is `{found}`: one slash at the end makes it another issuer");
    }
    if without_scheme(found) == without_scheme(expected) {
        return format!("The server calls itself `{found}`: it does not know that it is reached by https");
    }
    format!("The server calls itself `{found}`, so tokens for `{expected}` are not its own")
}
