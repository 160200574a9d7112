//! What can be wrong with a server, or on the way to it.

use time::{Duration, OffsetDateTime};

use crate::dated::Dated;
use crate::provider::ContentKind;

/// The server, or the way to it.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The server answered with an error of its own.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The answer is HTML or otherwise no OAuth answer.
    #[error("`{}` answered {} with {content_type}, so this is not an OAuth endpoint", said.host, said.status)]
    NotOAuth {
        /// What it sent, for example `an HTML page`.
        content_type: String,
        /// The answer.
        said: Box<Refusal>,
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
    #[error("`{}` {} ({})", said.host, if said.status == 429 { "asks for a pause" } else { "can't answer at the moment" }, said.status)]
    Busy {
        /// What `Retry-After` says (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
        /// The answer, which may say why.
        said: Box<Refusal>,
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
    /// A token came whose type is not known to be a bearer token's (RFC 6749 §7.1).
    #[error("`{host}` gave a token, but doesn't say that it's a bearer token: {why}")]
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
    #[error("`{}` publishes no discovery document ({})", said.host, said.status)]
    NoDiscovery {
        /// What it answers instead.
        said: Box<Refusal>,
    },
    /// An endpoint is no URL, plain http to a host that is not loopback, or holds a user name or password.
    #[error("`{url}` may not be used as an endpoint: only https, or http for a loopback address")]
    EndpointRefused {
        /// The endpoint.
        url: String,
    },
}

/// A server's refusal, typed (RFC 6749 §5.2) and quoted, with all that its meaning may depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Host and port.
    pub host: String,
    /// What it refused.
    pub refused: Refused,
    /// HTTP status.
    pub status: u16,
    /// `error` of the body.
    pub error: Option<String>,
    /// `error_description` of the body, or what stands for it.
    pub description: Option<String>,
    /// ZITADEL's `parent`: the true cause, where it is told.
    pub parent: Option<String>,
    /// The gRPC or Connect code as its word, for example `not_found`.
    pub code: Option<String>,
    /// The values of the body, each at its JSON Pointer (RFC 6901); at most 100, none of them a secret.
    pub members: Vec<(String, String)>,
    /// What the body is.
    pub content: ContentKind,
    /// The names of its headers, in lower case.
    pub headers: Vec<String>,
    /// The names of the cookies that it sets.
    pub cookies: Vec<String>,
    /// The body's beginning, at most 2,000 characters.
    pub body: String,
    /// The response's `Date`.
    pub server_date: Option<OffsetDateTime>,
}

/// What a server refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refused {
    /// The assertion for a token.
    #[default]
    Assertion,
    /// The client secret for a token.
    ClientSecret,
    /// The application that asks about a token.
    Application,
    /// The end of a token.
    Revocation,
    /// The token, where it was shown.
    Token,
    /// A call of the server's API.
    Call,
    /// The request for the server's keys.
    Keys,
    /// The request for the discovery document.
    Discovery,
}

impl Refusal {
    /// Whether its body is worth quoting: a page is for a browser, and nothing says nothing.
    pub(crate) fn is_quotable(&self) -> bool {
        self.content != ContentKind::Page && !self.body.trim().is_empty()
    }
}

impl Refused {
    /// What it is called in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assertion => "the assertion",
            Self::ClientSecret => "the client secret",
            Self::Application => "the application",
            Self::Revocation => "the revocation",
            Self::Token => "the token",
            Self::Call => "the call",
            Self::Keys => "the request for its keys",
            Self::Discovery => "the request for its discovery document",
        }
    }

    /// What to do where nothing more is known.
    fn help(self) -> &'static str {
        match self {
            Self::Assertion | Self::ClientSecret => "Check the credential and the environment, then try again",
            Self::Application | Self::Revocation => {
                "Choose another application's credential, or check in the console what this one may do"
            }
            Self::Token => "Mint a new token and try again",
            Self::Call => "Choose a service user that may do this, for example an administrator's",
            Self::Keys | Self::Discovery => "Check the issuer's address and the endpoints of the environment",
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` refused {} ({}", self.host, self.refused.name(), self.status)?;
        if let Some(said) = self.parent.as_ref().or(self.description.as_ref()).or(self.error.as_ref()) {
            write!(f, " {said}")?;
        }
        f.write_str(")")
    }
}

impl IssuerError {
    /// What the server said, where it said anything.
    pub fn said(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(said)
            | Self::NotOAuth { said, .. }
            | Self::Busy { said, .. }
            | Self::NoDiscovery { said } => Some(said),
            _ => None,
        }
    }

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
            Self::TokenTypeUnknown { .. } => "token-type-unknown",
            Self::IssuerDiffers { .. } => "issuer-differs",
            Self::DateUnbelieved { .. } => "server-date-wrong",
            Self::NoDiscovery { .. } => "no-discovery",
            Self::EndpointRefused { .. } => "endpoint-refused",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.refused.help().into(),
            Self::NotOAuth { said, .. } if said.status == 511 => {
                "Sign in to the network in a browser, then try again".into()
            }
            Self::NotOAuth { said, .. } if matches!(said.status, 413 | 414 | 431) => {
                "Ask whoever runs the server or the proxy to allow larger requests".into()
            }
            Self::NotOAuth { said, .. } if said.status >= 500 => {
                "Try again; if it keeps failing, tell whoever runs the server".into()
            }
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
            Self::AnswerBroken { .. } => "Try again; if it keeps failing, check the proxy and the port".into(),
            Self::CaInvalid => "Paste the certificate with its `BEGIN CERTIFICATE` and `END CERTIFICATE` lines".into(),
            Self::NoCertificates { .. } => {
                "Install the system's certificates, for example the package `ca-certificates`".into()
            }
            Self::AnswerTooLarge { .. } | Self::AnswerInvalid { .. } => "Check the endpoints of the environment".into(),
            Self::TokenTypeUnknown { bound: true, .. } => {
                "Ask an administrator to switch off the requirement for DPoP for this client".into()
            }
            Self::TokenTypeUnknown { .. } => {
                "Set `tokenType = \"\"` and `tokenTypeOptional = true` under `[response]` in a copy of the provider's profile, if its tokens are bearer tokens".into()
            }
            Self::IssuerDiffers { expected, found } => match left_open(expected, found) {
                Some(Some(open)) => format!("Enter your tenant's id in place of `{open}` in the issuer"),
                Some(None) => "Enter the issuer with your tenant's id in it, as the console shows it".into(),
                None => format!("Enter `{found}` as the issuer, if that is your provider"),
            },
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

/// What a server's name leaves open, where it has a placeholder as in `https://login.example.com/{tenantid}`:
/// the part of the expected issuer that stands in its place, if any does.
pub(crate) fn left_open<'a>(expected: &'a str, found: &str) -> Option<Option<&'a str>> {
    let is_placeholder = |part: &str| part.starts_with('{') && part.ends_with('}');
    let open = found.split('/').position(is_placeholder)?;
    Some(expected.split('/').nth(open).filter(|part| !part.is_empty()))
}
