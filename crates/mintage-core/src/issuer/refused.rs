//! What a server **refused**, and what it said about it.

use time::OffsetDateTime;

use crate::provider::ContentKind;

/// A server's refusal, typed (RFC 6749 §5.2) and quoted, with everything that its meaning may depend on.
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
    /// `error_description` of the body, or its equivalent.
    pub description: Option<String>,
    /// ZITADEL's `parent`: the true cause, if reported.
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
    /// A token revocation.
    Revocation,
    /// The token that was sent.
    Token,
    /// A call of the server's API.
    Call,
    /// The request for the server's keys.
    Keys,
    /// The request for the discovery document.
    Discovery,
}

impl Refusal {
    /// Whether its body is worth quoting: not if it is a page for a browser, or empty.
    pub(crate) fn is_quotable(&self) -> bool {
        self.content != ContentKind::Page && !self.body.trim().is_empty()
    }
}

impl Refused {
    /// Its name in sentences.
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

    /// What to do if nothing more is known.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Assertion | Self::ClientSecret => "Check the credential and the environment, then try again",
            Self::Application | Self::Revocation => {
                "Choose another application's credential, or check in the console what this one is allowed to do"
            }
            Self::Token => "Mint a new token and try again",
            Self::Call => "Choose a service user that is allowed to do this, for example an administrator",
            Self::Keys | Self::Discovery => "Check the environment's issuer and endpoints",
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
