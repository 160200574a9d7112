//! The **issuer** is the server that gives tokens, seen over HTTP.
//!
//! Rule: the only module that opens connections. No redirects, no cookies, no unbounded bodies, https
//! or loopback only, a deadline for everything; what the server says is data, never an instruction.
//! Not here: retrying (a retry needs a fresh assertion) and what a refusal means (diagnosis).

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::environment::IssuerUrl;
use crate::error::IssuerError;
use crate::secret::Secret;

mod discovery;
mod failure;
mod refusal;
mod reply;
mod token_response;
mod transport;

use reply::Reply;
use transport::Transport;

pub use transport::Limits;

/// A connection to issuers that trusts the system's certificate authorities and perhaps one more.
#[derive(Clone, Debug)]
pub struct Issuer {
    transport: Transport,
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
    /// [`IssuerError::CaInvalid`]. The system's certificates are read with the first request, which ends
    /// in [`IssuerError::NoCertificates`] where there are none.
    pub fn connect(ca_certificate: Option<&str>) -> Result<Self, IssuerError> {
        Self::connect_with(ca_certificate, Limits::default())
    }

    /// Makes a client with limits of the caller's choice.
    ///
    /// # Errors
    /// [`IssuerError::CaInvalid`]. The system's certificates are read with the first request, which ends
    /// in [`IssuerError::NoCertificates`] where there are none.
    pub fn connect_with(ca_certificate: Option<&str>, limits: Limits) -> Result<Self, IssuerError> {
        Ok(Self { transport: Transport::new(ca_certificate, limits)? })
    }

    /// Fetches `{issuer}/.well-known/openid-configuration` and holds its `issuer` against the
    /// configured one (RFC 8414 §3.3). A server that has none is asked for RFC 8414's own document.
    ///
    /// # Errors
    /// [`IssuerError::NoDiscovery`] for 404 and the like, [`IssuerError::IssuerDiffers`],
    /// [`IssuerError::EndpointRefused`] for an endpoint that may not be used, any other.
    pub async fn discover(&self, issuer: &IssuerUrl) -> Result<Answer<Discovery>, IssuerError> {
        let mut reply = self.transport.get(&discovery::openid_url(issuer), None).await?;
        if reply.status == 404 {
            reply = match self.transport.get(&discovery::oauth_url(issuer), None).await {
                Ok(second) if second.status == 200 && !second.is_page() => second,
                Ok(_) | Err(IssuerError::Redirected { .. }) => return Err(no_discovery(&reply)),
                Err(error) => return Err(error),
            };
        }
        if let Some(error) = reply.not_oauth() {
            return Err(error);
        }
        if reply.status != 200 {
            return Err(no_discovery(&reply));
        }
        let document = discovery::parse(reply.text()?, issuer, &reply.host)?;
        Ok(reply.answer(document))
    }

    /// Fetches a JWK set's bytes (RFC 7517 §5).
    ///
    /// # Errors
    /// [`IssuerError::Refused`] for any status but 200; any other [`IssuerError`].
    pub async fn key_set(&self, url: &str) -> Result<Answer<Vec<u8>>, IssuerError> {
        let mut reply = self.transport.get(url, None).await?;
        reply.require_ok("the request for its keys", None)?;
        let bytes = std::mem::take(&mut *reply.body);
        Ok(reply.answer(bytes))
    }

    /// Exchanges an assertion for a token.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with the server's words in any dialect; any other variant.
    pub async fn exchange(&self, request: &TokenRequest<'_>) -> Result<Answer<TokenResponse>, IssuerError> {
        const REFUSED: &str = "the assertion";
        let reply = self.transport.post(request.endpoint, request.form()).await?;
        reply.require_ok(REFUSED, Some(request.assertion))?;
        let text = reply.text()?;
        match token_response::parse(text) {
            Ok(response) => Ok(reply.answer(response)),
            // Some servers refuse with 200 and an `error`; RFC 6749 §5.2 says 400.
            Err(_) if refusal::is_error_object(text) => {
                Err(IssuerError::Refused(Box::new(refusal::read(&reply, REFUSED, Some(request.assertion)))))
            }
            Err(why) => Err(reply.invalid(why)),
        }
    }

    /// Asks who a token belongs to (OpenID Connect Core §5.3); gives the JSON text as it came, without
    /// the token where the server repeats it.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with `refused: "the token"`; any other variant.
    pub async fn userinfo(&self, endpoint: &str, token: &Secret) -> Result<Answer<String>, IssuerError> {
        let reply = self.transport.get(endpoint, Some(token)).await?;
        // OpenID Connect Core §5.3.2: a signed or encrypted answer has this media type.
        if reply.status == 200 && reply.media_type() == "application/jwt" {
            return Err(reply.invalid("signed userinfo is not supported"));
        }
        reply.require_ok("the token", Some(token))?;
        let text = refusal::without_secret(reply.text()?, Some(token));
        if !matches!(crate::json::Json::parse(&text), Ok(crate::json::Json::Object(_))) {
            return Err(reply.invalid("it is not a JSON object with unique names"));
        }
        Ok(reply.answer(text))
    }
}

impl TokenRequest<'_> {
    /// The form (RFC 7523 §2.1, RFC 6749 appendix B) in a buffer that is wiped when it is dropped.
    fn form(&self) -> Zeroizing<Vec<u8>> {
        let scope = self.scopes.join(" ");
        // Three bytes for each one is the most that percent-encoding makes of it, so the buffer never moves.
        let room = 3 * (self.grant_type.len() + self.assertion.expose().len() + scope.len()) + 64;
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(room));
        form.append_pair("grant_type", self.grant_type).append_pair("assertion", self.assertion.expose());
        if !scope.is_empty() {
            form.append_pair("scope", &scope);
        }
        Zeroizing::new(form.finish().into_bytes())
    }
}

fn no_discovery(reply: &Reply) -> IssuerError {
    IssuerError::NoDiscovery { host: reply.host.clone(), status: reply.status }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_holds_exactly_grant_assertion_and_scope() {
        let assertion = Secret::new("a.b-c_d.e".into());
        let form = |scopes: &[&str]| {
            let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
            let request = TokenRequest { endpoint: "", grant_type: "urn:x:y", assertion: &assertion, scopes: &scopes };
            String::from_utf8(request.form().to_vec()).expect("a form is ASCII")
        };
        assert_eq!(form(&["openid", "a:b"]), "grant_type=urn%3Ax%3Ay&assertion=a.b-c_d.e&scope=openid+a%3Ab");
        assert_eq!(form(&[]), "grant_type=urn%3Ax%3Ay&assertion=a.b-c_d.e");
    }
}
