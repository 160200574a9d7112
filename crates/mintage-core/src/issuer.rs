//! The **issuer** is the server that gives tokens, seen over HTTP.
//!
//! Rule: the only module that opens connections. No redirects, no cookies, no unbounded bodies, https
//! or loopback only, a deadline for everything; what the server says is data, never an instruction.
//! Not here: retrying (a retry needs a fresh assertion) and what a refusal means (diagnosis).

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::environment::IssuerUrl;
use crate::error::IssuerError;
use crate::secret::Secret;

/// A connection to issuers that trusts the system's certificate authorities and perhaps one more.
#[derive(Clone, Debug)]
pub struct Issuer {
    http: reqwest::Client,
}

/// A server's answer and what came with it.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// HTTP status.
    pub status: u16,
    /// The `Date` header (RFC 9110 §6.6.1), whole seconds.
    pub server_date: Option<OffsetDateTime>,
    /// How long it took from sending to the last byte.
    pub elapsed: std::time::Duration,
}

/// The part of a discovery document that is used (OpenID Connect Discovery §3, RFC 8414 §2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Discovery {
    /// `issuer`, equal to the configured one byte for byte.
    pub issuer: String,
    /// `token_endpoint`.
    pub token: Option<String>,
    /// `userinfo_endpoint`.
    pub userinfo: Option<String>,
    /// `introspection_endpoint`.
    pub introspection: Option<String>,
    /// `jwks_uri`.
    pub jwks: Option<String>,
}

/// A token request in the JWT bearer grant's form (RFC 7523 §2.1).
#[derive(Debug)]
pub struct TokenRequest<'a> {
    /// Token endpoint.
    pub endpoint: &'a str,
    /// `grant_type`.
    pub grant_type: &'a str,
    /// `assertion`.
    pub assertion: &'a Secret,
    /// `scope`, joined by spaces; left out where empty.
    pub scopes: &'a [String],
}

/// A token response (RFC 6749 §5.1).
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// `access_token`.
    pub access_token: Secret,
    /// `expires_in`; tolerated as a number or a numeric string.
    pub expires_in: Option<Duration>,
    /// `scope`, split at spaces, where the server tells it.
    pub scopes: Option<Vec<String>>,
}

impl Issuer {
    /// Makes a client. `ca_certificate` is PEM, trusted in addition to the system's.
    ///
    /// # Errors
    /// [`IssuerError::CaInvalid`], [`IssuerError::NoCertificates`].
    pub fn connect(ca_certificate: Option<&str>) -> Result<Self, IssuerError> {
        let _ = ca_certificate;
        todo!("issuer work")
    }

    /// Fetches `{issuer}/.well-known/openid-configuration` and holds its `issuer` against the
    /// configured one (RFC 8414 §3.3).
    ///
    /// # Errors
    /// [`IssuerError::NoDiscovery`] for 404 and the like, [`IssuerError::IssuerDiffers`], any other.
    pub async fn discover(&self, issuer: &IssuerUrl) -> Result<Answer<Discovery>, IssuerError> {
        let _ = (issuer, &self.http);
        todo!("issuer work")
    }

    /// Fetches a JWK set's bytes (RFC 7517 §5).
    ///
    /// # Errors
    /// Any [`IssuerError`].
    pub async fn key_set(&self, url: &str) -> Result<Answer<Vec<u8>>, IssuerError> {
        let _ = url;
        todo!("issuer work")
    }

    /// Exchanges an assertion for a token.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with the server's words in any dialect; any other variant.
    pub async fn exchange(&self, request: &TokenRequest<'_>) -> Result<Answer<TokenResponse>, IssuerError> {
        let _ = request;
        todo!("issuer work")
    }

    /// Asks who a token belongs to (OpenID Connect Core §5.3); gives the JSON text as it came.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with `refused: "the token"`; any other variant.
    pub async fn userinfo(&self, endpoint: &str, token: &Secret) -> Result<Answer<String>, IssuerError> {
        let _ = (endpoint, token);
        todo!("issuer work")
    }
}
