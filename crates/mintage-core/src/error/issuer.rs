//! What can be wrong with a server, or on the way to it.

use time::{Duration, OffsetDateTime};

use crate::dated::Dated;

/// The server, or the way to it.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The server answered with an error of its own.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The answer is HTML or otherwise no OAuth answer.
    #[error("`{host}` answered {status} with {content_type}, so this is not an OAuth endpoint")]
    NotOAuth {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
        /// What it sent, for example `an HTML page`.
        content_type: String,
    },
    /// A redirect, which is never followed with a credential.
    #[error("`{host}` redirects to `{to}`, which Mintage does not follow with a credential")]
    Redirected {
        /// Host and port.
        host: String,
        /// The `Location` header.
        to: String,
    },
    /// 429 (RFC 6585 §4) or 503 (RFC 9110 §15.6.4).
    #[error("`{host}` {} ({status})", if *status == 429 { "asks for a pause" } else { "cannot answer at the moment" })]
    Busy {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
        /// What `Retry-After` says (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// The host's name is not known.
    #[error("the host `{host}` is not known")]
    HostUnknown {
        /// Host and port.
        host: String,
    },
    /// No connection: refused, reset, no route.
    #[error("`{host}` cannot be reached")]
    Unreachable {
        /// Host and port.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The deadline passed.
    #[error("`{host}` did not answer in time")]
    TimedOut {
        /// Host and port.
        host: String,
    },
    /// The certificate is not signed by an authority that is trusted here.
    #[error("the certificate of `{host}` is not trusted: {why}")]
    CertificateRefused {
        /// Host and port.
        host: String,
        /// Why, as a sentence part.
        why: String,
        /// The same with its time apart, where it holds one.
        dated: Option<Box<Dated>>,
    },
    /// The TLS handshake failed for another reason than the certificate.
    #[error("no encrypted connection to `{host}`: {why}")]
    TlsFailed {
        /// Host and port.
        host: String,
        /// Why, as a sentence part.
        why: String,
    },
    /// What came back is no HTTP, or broke off.
    #[error("the answer of `{host}` broke off or is not HTTP")]
    AnswerBroken {
        /// Host and port.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The certificate authority given for the environment is no PEM certificate.
    #[error("the certificate authority given is not a PEM certificate")]
    CaInvalid,
    /// The HTTP client could not be made, for lack of certificates on this system.
    #[error("no certificate authorities were found on this system")]
    NoCertificates {
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// More than 1 MB.
    #[error("the answer of `{host}` is larger than 1 MB")]
    AnswerTooLarge {
        /// Host and port.
        host: String,
    },
    /// JSON of the wrong shape, with 200.
    #[error("the answer of `{host}` is not as the standard says: {why}")]
    AnswerInvalid {
        /// Host and port.
        host: String,
        /// Why, as a sentence part, for example `access_token is missing`.
        why: String,
    },
    /// Discovery names another issuer (RFC 8414 §3.3).
    #[error("the server calls itself `{found}`, not `{expected}`")]
    IssuerDiffers {
        /// What the user configured.
        expected: String,
        /// What the document says.
        found: String,
    },
    /// A `Date` (RFC 9110 §6.6.1) that is years away from the local clock. One of the two is wrong, and nobody
    /// here can tell which.
    #[error("{}", date_unbelieved(host, *date))]
    DateUnbelieved {
        /// Host and port.
        host: String,
        /// What the server, or a proxy before it, says.
        date: OffsetDateTime,
    },
    /// There is no discovery document.
    #[error("`{host}` publishes no discovery document ({status})")]
    NoDiscovery {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// An endpoint is no URL, plain http to a host that is not loopback, or holds a user name or password.
    #[error("`{url}` may not be used as an endpoint: only https, or http for a loopback address")]
    EndpointRefused {
        /// The endpoint.
        url: String,
    },
}

/// A server's refusal, typed (RFC 6749 §5.2) and quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Host and port.
    pub host: String,
    /// What it refused, for example `the assertion` or `the token`.
    pub refused: &'static str,
    /// HTTP status.
    pub status: u16,
    /// `error` of the body.
    pub error: Option<String>,
    /// `error_description` of the body.
    pub description: Option<String>,
    /// ZITADEL's `parent`: the true cause, where it is told.
    pub parent: Option<String>,
    /// The body's beginning, at most 2,000 characters.
    pub body: String,
    /// The response's `Date`.
    pub server_date: Option<OffsetDateTime>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` refused {} ({}", self.host, self.refused, self.status)?;
        if let Some(said) = self.parent.as_ref().or(self.description.as_ref()).or(self.error.as_ref()) {
            write!(f, " {said}")?;
        }
        f.write_str(")")
    }
}

impl IssuerError {
    /// Its sentence with the time apart, where it holds one.
    pub fn dated(&self) -> Option<Dated> {
        match self {
            Self::CertificateRefused { host, dated, .. } => {
                Some(dated.as_ref()?.behind(&format!("the certificate of `{host}` is not trusted: ")))
            }
            Self::DateUnbelieved { host, date } => Some(date_unbelieved(host, *date)),
            _ => None,
        }
    }

    /// A stable kebab-case word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::NotOAuth { .. } => "not-an-oauth-endpoint",
            Self::Redirected { .. } => "redirected",
            Self::Busy { .. } => "server-busy",
            Self::HostUnknown { .. } => "host-unknown",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "server-silent",
            Self::CertificateRefused { .. } => "certificate-refused",
            Self::TlsFailed { .. } => "tls-failed",
            Self::AnswerBroken { .. } => "answer-broken",
            Self::CaInvalid => "ca-invalid",
            Self::NoCertificates { .. } => "no-certificates",
            Self::AnswerTooLarge { .. } => "answer-too-large",
            Self::AnswerInvalid { .. } => "answer-invalid",
            Self::IssuerDiffers { .. } => "issuer-differs",
            Self::DateUnbelieved { .. } => "server-date-wrong",
            Self::NoDiscovery { .. } => "no-discovery",
            Self::EndpointRefused { .. } => "endpoint-refused",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::Refused(refusal) => match refusal.refused {
                "the application" | "the revocation" => {
                    "Choose another application's credential, or check in the console what this one may do".into()
                }
                "the request for its keys" => "Check the issuer's address, and the endpoints of the environment".into(),
                "the call" => "Choose a service user that may do this, for example an administrator's".into(),
                _ => "Mint a new token and try again".into(),
            },
            Self::NotOAuth { .. } => "Check the issuer and the endpoints of the environment".into(),
            Self::Redirected { .. } => "Enter the address that it redirects to, if it is your provider's".into(),
            Self::Busy { retry_after: Some(pause), .. } => {
                format!("Wait {} seconds and try again", pause.whole_seconds().max(1))
            }
            Self::Busy { retry_after: None, .. } => "Wait a minute and try again".into(),
            Self::HostUnknown { .. } => "Check the spelling of the host, and the network or VPN".into(),
            Self::Unreachable { .. } => "Check the network, VPN and proxy, and that the server runs".into(),
            Self::TimedOut { .. } => "Check the network, VPN and proxy, and try again".into(),
            Self::CertificateRefused { .. } => {
                "Add your company's certificate authority to the environment, if this server is yours".into()
            }
            Self::TlsFailed { .. } => "Check the port, and that the server speaks https there".into(),
            Self::AnswerBroken { .. } => "Try again; if it stays, check the proxy and the port".into(),
            Self::CaInvalid => "Paste the certificate with its `BEGIN CERTIFICATE` and `END CERTIFICATE` lines".into(),
            Self::NoCertificates { .. } => {
                "Install the system's certificates, for example the package `ca-certificates`".into()
            }
            Self::AnswerTooLarge { .. } | Self::AnswerInvalid { .. } => "Check the endpoints of the environment".into(),
            Self::IssuerDiffers { found, .. } => format!("Enter `{found}` as the issuer, if that is your provider"),
            Self::DateUnbelieved { .. } => {
                "Check your own clock; if it's right, ask whoever runs the server, or the proxy in front of it, to set theirs".into()
            }
            Self::NoDiscovery { .. } => "Check the issuer's address, or enter the endpoints by hand".into(),
            Self::EndpointRefused { .. } => "Enter an https address, without a user name or password in it".into(),
        }
    }
}

fn date_unbelieved(host: &str, date: OffsetDateTime) -> Dated {
    let after = ", which is years away from your clock".to_owned();
    Dated { after, ..Dated::new(format!("the answer of `{host}` is dated"), date) }
}
