//! What can be wrong with a server or the connection to it.

use time::{Duration, OffsetDateTime};

use super::Refusal;
use crate::dated::Dated;
use crate::error_table::error_table;

error_table! {
    /// The server or the connection to it failed.
    #[derive(Debug, thiserror::Error)]
    pub enum IssuerError {
        /// The server responded with an error.
        #[error("{0}")]
        [code = "refused", help(0: refusal) = refusal.refused.help()]
        Refused(Box<Refusal>),
        /// The response is HTML or otherwise not an OAuth response.
        #[error("`{}` responded with {} and {content_type}, so this isn't an OAuth endpoint", said.host, said.status)]
        [
            code = "not-an-oauth-endpoint",
            help(said) = match said.status {
                511 => "Sign in to the network in a browser, then try again",
                413 | 414 | 431 => "Ask whoever runs the server or the proxy to allow larger requests",
                500.. => "Try again; if it keeps failing, contact whoever runs the server",
                _ => "Check the environment's issuer and endpoints",
            }
        ]
        NotOAuth {
            /// What it sent, for example `an HTML page`.
            content_type: String,
            /// The answer.
            said: Box<Refusal>,
        },
        /// A redirect, which is never followed with a credential.
        #[error("`{host}` redirects to `{to}`, and Mintage doesn't send credentials to another address")]
        [code = "redirected", help = "Enter that address instead, if it belongs to your provider"]
        Redirected {
            /// Host and port.
            host: String,
            /// The `Location` header.
            to: String,
        },
        /// 429 (RFC 6585 §4) or 503 (RFC 9110 §15.6.4).
        #[error("`{}` {} ({})", said.host, if said.status == 429 { "is limiting requests" } else { "is temporarily unavailable" }, said.status)]
        [
            code = "server-busy",
            help(retry_after) = match retry_after {
                Some(pause) => format!("Wait {} seconds and try again", pause.whole_seconds().max(1)),
                None => "Wait a minute and try again".to_owned(),
            }
        ]
        Busy {
            /// What `Retry-After` says (RFC 9110 §10.2.3).
            retry_after: Option<Duration>,
            /// The response, which may say why.
            said: Box<Refusal>,
        },
        /// The host name can't be resolved.
        #[error("couldn't find the host `{host}`")]
        [code = "host-unknown", help = "Check the spelling of the host, and your network or VPN"]
        HostUnknown {
            /// Host and port.
            host: String,
        },
        /// No connection: refused, reset, no route.
        #[error("couldn't connect to `{host}`")]
        [code = "unreachable", help = "Check your network, VPN and proxy, and that the server is running"]
        Unreachable {
            /// Host and port.
            host: String,
            /// Why.
            #[source]
            source: reqwest::Error,
        },
        /// The deadline passed.
        #[error("`{host}` didn't respond in time")]
        [code = "server-silent", help = "Check your network, VPN and proxy, then try again"]
        TimedOut {
            /// Host and port.
            host: String,
        },
        /// The certificate isn't signed by a trusted authority.
        #[error("the certificate of `{host}` isn't trusted: {why}")]
        [
            code = "certificate-refused",
            help = "Add its certificate authority to the environment, if this is your own server"
        ]
        CertificateRefused {
            /// Host and port.
            host: String,
            /// Why, as a sentence part.
            why: String,
            /// The same with its time separate, if it contains one.
            dated: Option<Box<Dated>>,
        },
        /// The TLS handshake failed for a reason other than the certificate.
        #[error("couldn't make an encrypted connection to `{host}`: {why}")]
        [code = "tls-failed", help = "Check the port, and that the server accepts https on it"]
        TlsFailed {
            /// Host and port.
            host: String,
            /// Why, as a sentence part.
            why: String,
        },
        /// The response isn't HTTP, or was cut off.
        #[error("the response from `{host}` was cut off or isn't HTTP")]
        [code = "answer-broken", help = "Try again; if it keeps failing, check the proxy and the port"]
        AnswerBroken {
            /// Host and port.
            host: String,
            /// Why.
            #[source]
            source: reqwest::Error,
        },
        /// The environment's certificate authority isn't a PEM certificate.
        #[error("the certificate authority you entered isn't a PEM certificate")]
        [code = "ca-invalid", help = "Paste the certificate with its `BEGIN CERTIFICATE` and `END CERTIFICATE` lines"]
        CaInvalid,
        /// The HTTPS client couldn't be created because this system has no certificates.
        #[error("there are no certificate authorities on this system")]
        [
            code = "no-certificates",
            help = "Install your system's CA certificates, for example the package `ca-certificates`"
        ]
        NoCertificates,
        /// The HTTPS client couldn't be created for any other reason.
        #[error("couldn't set up encrypted connections: {why}")]
        [code = "https-unavailable", help = "Quit Mintage and start it again; if it keeps failing, report this message"]
        NoClient {
            /// Why, as the library says it.
            why: String,
        },
        /// More than 1 MB.
        #[error("the response from `{host}` is larger than 1 MB")]
        [code = "answer-too-large", help = "Check the environment's endpoints"]
        AnswerTooLarge {
            /// Host and port.
            host: String,
        },
        /// JSON of the wrong shape, with 200.
        #[error("the response from `{host}` doesn't follow the standard: {why}")]
        [code = "answer-invalid", help = "Check the environment's endpoints"]
        AnswerInvalid {
            /// Host and port.
            host: String,
            /// Why, as a sentence part, for example `access_token is missing`.
            why: String,
        },
        /// A token was issued whose type isn't known to be a bearer token's (RFC 6749 §7.1).
        #[error("`{host}` issued a token, but didn't say that it's a bearer token: {why}")]
        [
            code = "token-type-unknown",
            help(bound) = if *bound { "Ask an administrator to turn off the DPoP requirement for this client" } else { "Set `tokenType = \"\"` and `tokenTypeOptional = true` under `[response]` in a copy of the provider's profile, if its tokens are bearer tokens" }
        ]
        TokenTypeUnknown {
            /// Host and port.
            host: String,
            /// Why, as a sentence part, for example `token_type is missing`.
            why: String,
            /// Whether it is of a type that is bound to a key: `DPoP` (RFC 9449 §5).
            bound: bool,
        },
        /// Discovery names another issuer (RFC 8414 §3.3).
        #[error("the server calls itself `{found}`, not `{expected}`")]
        [
            code = "issuer-differs",
            help(expected, found) = match left_open(expected, found) {
                Some(Some(open)) => format!("Enter your tenant's id in place of `{open}` in the issuer"),
                Some(None) => "Enter the issuer with your tenant's id, as the console shows it".into(),
                None => format!("Enter `{found}` as the issuer, if that is your provider"),
            }
        ]
        IssuerDiffers {
            /// What the user configured.
            expected: String,
            /// What the document says.
            found: String,
        },
        /// A `Date` (RFC 9110 §6.6.1) that is years away from the local clock. One of the two is wrong, and we can't tell
        /// which.
        #[error("{}", date_unbelieved(host, *date))]
        [
            code = "server-date-wrong",
            help = "Check your own clock; if it's right, ask whoever runs the server, or the proxy in front of it, to fix theirs"
        ]
        DateUnbelieved {
            /// Host and port.
            host: String,
            /// What the server, or a proxy in front of it, says.
            date: OffsetDateTime,
        },
        /// There is no discovery document.
        #[error("`{}` publishes no discovery document ({})", said.host, said.status)]
        [code = "no-discovery", help = "Check the issuer's address, or enter the endpoints yourself"]
        NoDiscovery {
            /// The response instead.
            said: Box<Refusal>,
        },
        /// An endpoint isn't a URL, is plain http to a host that isn't loopback, or contains a user name or password.
        #[error("`{url}` can't be used as an endpoint: it must be https, or http on a loopback address")]
        [code = "endpoint-refused", help = "Enter an https address without a user name or password"]
        EndpointRefused {
            /// The endpoint.
            url: String,
        },
    }
}

impl IssuerError {
    /// What the server said, if it said anything.
    pub fn said(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(said)
            | Self::NotOAuth { said, .. }
            | Self::Busy { said, .. }
            | Self::NoDiscovery { said } => Some(said),
            _ => None,
        }
    }

    /// Its sentence with the time separate, if it contains one.
    pub fn dated(&self) -> Option<Dated> {
        match self {
            Self::CertificateRefused { host, dated, .. } => {
                Some(dated.as_ref()?.behind(&format!("the certificate of `{host}` isn't trusted: ")))
            }
            Self::DateUnbelieved { host, date } => Some(date_unbelieved(host, *date)),
            _ => None,
        }
    }
}

fn date_unbelieved(host: &str, date: OffsetDateTime) -> Dated {
    let after = ", which is years away from your clock".to_owned();
    Dated { after, ..Dated::new(format!("the response from `{host}` is dated"), date) }
}

/// The placeholder in a server's name, as in `https://login.example.com/{tenantid}`: the part of the expected issuer in
/// its place, if any.
pub(crate) fn left_open<'a>(expected: &'a str, found: &str) -> Option<Option<&'a str>> {
    let is_placeholder = |part: &str| part.starts_with('{') && part.ends_with('}');
    let open = found.split('/').position(is_placeholder)?;
    Some(expected.split('/').nth(open).filter(|part| !part.is_empty()))
}
