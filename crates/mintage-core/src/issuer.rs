//! The **issuer** is the server that issues tokens, seen over HTTP.
//!
//! Rule: the only module that opens connections. No redirects, no cookies, no unbounded bodies, https or loopback only,
//! a deadline for everything; what the server says is data, never an instruction. Retries (which need a fresh
//! assertion) and the meaning of a refusal (diagnosis) are handled elsewhere.

use reqwest::header::CONTENT_TYPE;
use time::{Duration, OffsetDateTime};
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::endpoints::Endpoints;
use crate::issuer_url::IssuerUrl;
use crate::json::{Json, SecretJson};
use crate::provider::{Body, Method, ResponseMap};
use crate::secret::{Secret, SecretBytes};

mod acceptance;
mod discovery;
mod error;
mod failure;
mod recorded;
mod refusal;
mod refused;
mod reply;
mod server_certificate;
mod tls;
mod token_response;
mod transport;

use reply::Reply;
use transport::{Transport, Written};

pub use error::IssuerError;
pub(crate) use error::left_open;
pub use recorded::{Recorded, certificate_rejected};
pub use refused::{Refusal, Refused};
pub use transport::Limits;
pub(crate) use transport::endpoint_refused;

/// A connection to issuers that trusts the system's certificate authorities and optionally one more.
#[derive(Clone, Debug)]
pub struct Issuer {
    transport: Transport,
}

/// A server's response and its metadata.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The value that was requested.
    pub value: T,
    /// HTTP status.
    pub status: u16,
    /// The `Date` header (RFC 9110 §6.6.1), whole seconds.
    pub server_date: Option<OffsetDateTime>,
    /// How long it took from sending to the last byte.
    pub elapsed: std::time::Duration,
}

/// The part of a discovery document that is used (OpenID Connect Discovery §3, RFC 8414 §2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// `issuer`, equal to the configured one byte for byte.
    pub issuer: String,
    /// `token_endpoint`, `userinfo_endpoint` and so on.
    pub endpoints: Endpoints,
}

/// A request with a form or a JSON object as its body, as a provider expects it.
#[derive(Debug)]
pub struct Post<'a> {
    /// The address it goes to.
    pub url: &'a str,
    /// The `Authorization` header's value (RFC 9110 §11.6.2).
    pub authorization: Option<&'a Secret>,
    /// How the members are encoded.
    pub body: Body,
    /// Members in order.
    pub fields: Vec<(&'a str, &'a Secret)>,
    /// Secrets in the request, which must not be quoted from the response.
    pub secrets: Vec<&'a Secret>,
}

/// A token response (RFC 6749 §5.1).
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// `access_token`.
    pub access_token: Secret,
    /// `expires_in`; tolerated as a number or a numeric string.
    pub expires_in: Option<Duration>,
    /// Its expiry by the server's clock, if the server gives a time instead of a lifetime.
    pub expires_at: Option<OffsetDateTime>,
    /// `scope`, split at spaces, if the server returns it.
    pub scopes: Option<Vec<String>>,
    /// Further members worth showing, as names and values.
    pub also_said: Vec<(String, String)>,
}

impl Issuer {
    /// Creates a client. `ca_certificate` is PEM, trusted in addition to the system's.
    ///
    /// # Errors
    /// [`IssuerError::CaInvalid`]. The system's certificates are read with the first request, which fails with
    /// [`IssuerError::NoCertificates`] if there are none.
    pub fn connect(ca_certificate: Option<&str>) -> Result<Self, IssuerError> {
        Self::connect_with(ca_certificate, Limits::default())
    }

    /// Creates a client with custom limits.
    ///
    /// # Errors
    /// [`IssuerError::CaInvalid`]. The system's certificates are read with the first request, which fails with
    /// [`IssuerError::NoCertificates`] if there are none.
    pub fn connect_with(ca_certificate: Option<&str>, limits: Limits) -> Result<Self, IssuerError> {
        Ok(Self { transport: Transport::new(ca_certificate, limits)? })
    }

    /// Fetches `{issuer}/.well-known/openid-configuration` and compares its `issuer` with the configured one (RFC 8414
    /// §3.3). If there is none, RFC 8414's own document is tried.
    ///
    /// # Errors
    /// [`IssuerError::NoDiscovery`] for 404 and similar, [`IssuerError::IssuerDiffers`],
    /// [`IssuerError::EndpointRefused`] for an endpoint that isn't allowed, any other.
    pub async fn discover(&self, issuer: &IssuerUrl) -> Result<Answer<Discovery>, IssuerError> {
        let mut reply = self.transport.get(&discovery::openid_url(issuer)).await?;
        if reply.status == 404 {
            reply = match self.transport.get(&discovery::oauth_url(issuer)).await {
                Ok(second) if second.status == 200 && !second.is_page() => second,
                Ok(_) | Err(IssuerError::Redirected { .. }) => return Err(no_discovery(&reply)),
                Err(error) => return Err(error),
            };
        }
        discovery_of(reply, issuer)
    }

    /// Fetches a JWK set's bytes (RFC 7517 §5).
    ///
    /// # Errors
    /// [`IssuerError::Refused`] for any status but 200; any other [`IssuerError`].
    pub async fn key_set(
        &self,
        method: Method,
        url: &str,
        authorization: Option<&Secret>,
    ) -> Result<Answer<Vec<u8>>, IssuerError> {
        let mut reply = self.transport.send(method, url, authorization, empty_body(method)).await?;
        reply.require_ok(Refused::Keys, authorization.as_slice())?;
        let bytes = std::mem::take(&mut *reply.body);
        Ok(reply.answer(bytes))
    }

    /// Sends a request without a credential and accepts any response: what a server says to an unauthenticated caller
    /// shows what kind it is. Returns the beginning of the response.
    ///
    /// # Errors
    /// Whatever prevents a response; [`IssuerError::Redirected`].
    pub async fn hear(&self, method: Method, url: &str, body: Body) -> Result<Answer<String>, IssuerError> {
        let empty = Post { url, authorization: None, body, fields: Vec::new(), secrets: Vec::new() };
        let body = (method == Method::Post).then(|| empty.written());
        let reply = self.transport.send(method, url, None, body).await?;
        let said = reply.quoted();
        Ok(reply.answer(said))
    }

    /// Where an issuer's discovery document is tried first (OpenID Connect Discovery §4).
    pub fn discovery_url(issuer: &IssuerUrl) -> String {
        discovery::openid_url(issuer)
    }

    /// Requests a token. `proof` is what a refusal refuses; `map` says where the response has the token.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with the server's words in any dialect; any other variant.
    pub async fn exchange(
        &self,
        post: &Post<'_>,
        proof: Refused,
        map: &ResponseMap,
    ) -> Result<Answer<TokenResponse>, IssuerError> {
        let reply = self.transport.send(Method::Post, post.url, post.authorization, Some(post.written())).await?;
        token_of(reply, proof, map, &post.secrets)
    }

    /// Asks whom a token belongs to (OpenID Connect Core §5.3, or the provider's equivalent); returns the JSON text
    /// unchanged, except for the token if the server repeats it.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with [`Refused::Token`]; any other variant.
    pub async fn userinfo(
        &self,
        method: Method,
        url: &str,
        authorization: &Secret,
    ) -> Result<Answer<String>, IssuerError> {
        let reply = self.transport.send(method, url, Some(authorization), empty_body(method)).await?;
        // OpenID Connect Core §5.3.2: a signed or encrypted response has this media type.
        if reply.status == 200 && reply.media_type() == "application/jwt" {
            return Err(reply.invalid("signed userinfo isn't supported"));
        }
        object_of(reply, Refused::Token, &[authorization])
    }

    /// Asks whether a token is active (RFC 7662 §2); returns the JSON text unchanged.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with [`Refused::Application`]; any other variant.
    pub async fn introspect(&self, post: &Post<'_>) -> Result<Answer<String>, IssuerError> {
        let reply = self.transport.send(Method::Post, post.url, post.authorization, Some(post.written())).await?;
        object_of(reply, Refused::Application, &post.secrets)
    }

    /// Revokes a token (RFC 7009 §2). The response has no body that matters.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with [`Refused::Revocation`]; any other variant.
    pub async fn revoke(&self, post: &Post<'_>) -> Result<Answer<()>, IssuerError> {
        let reply = self.transport.send(Method::Post, post.url, post.authorization, Some(post.written())).await?;
        nothing_of(reply, &post.secrets)
    }

    /// Calls a server's API with further headers and a JSON body, or none; returns the body unchanged, since it may be
    /// a key.
    ///
    /// # Errors
    /// [`IssuerError::Refused`] with [`Refused::Call`]; any other variant.
    pub async fn call(
        &self,
        method: Method,
        url: &str,
        authorization: &Secret,
        headers: &[(String, String)],
        body: Option<String>,
    ) -> Result<Answer<SecretBytes>, IssuerError> {
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str()));
        let media_type = if typed { "" } else { JSON };
        let body = body.map(|text| Written { media_type, bytes: Zeroizing::new(text.into_bytes()) });
        let reply = self.transport.send_with(method, url, Some(authorization), headers, body).await?;
        bytes_of(reply, &[authorization])
    }
}

/// More values than any response about one user or one token has. When printed, each takes a line, which is indented by
/// its nesting depth.
const MOST_VALUES: usize = 10_000;

/// `application/json` (RFC 8259 §11).
const JSON: &str = "application/json";

/// The body of a request by this method when it has nothing to say: Connect requires an object.
fn empty_body(method: Method) -> Option<Written> {
    (method == Method::Post).then(|| Written { media_type: JSON, bytes: Zeroizing::new(b"{}".to_vec()) })
}

/// Reads the response to a token request.
fn token_of(
    reply: Reply,
    proof: Refused,
    map: &ResponseMap,
    secrets: &[&Secret],
) -> Result<Answer<TokenResponse>, IssuerError> {
    if !(map.created && reply.status == 201) {
        reply.require_ok(proof, secrets)?;
    }
    let text = reply.text()?;
    let any_type = || ResponseMap { token_type: String::new(), token_type_optional: true, ..map.clone() };
    match token_response::parse(text, map) {
        Ok(response) => Ok(reply.answer(response)),
        // Some servers refuse with 200 and say so in the body; RFC 6749 §5.2 requires 400.
        Err(_) if refusal::is_refusal(text) => {
            Err(IssuerError::Refused(Box::new(refusal::read(&reply, proof, secrets))))
        }
        // Everything is right except the type, which the profile may know better.
        Err(why) if token_response::parse(text, &any_type()).is_ok() => {
            let document = SecretJson::parse(text).ok();
            let named = document.as_ref().and_then(|document| document.expose().at(&map.token_type)?.as_text());
            let bound = named.is_some_and(|named| named.eq_ignore_ascii_case("dpop"));
            Err(IssuerError::TokenTypeUnknown { host: reply.host, why, bound })
        }
        Err(why) => Err(reply.invalid(&why)),
    }
}

/// Reads the response to a discovery request.
fn discovery_of(reply: Reply, issuer: &IssuerUrl) -> Result<Answer<Discovery>, IssuerError> {
    let (asked, nothing) = (Refused::Discovery, &[]);
    if let Some(error) = reply.busy(asked, nothing).or_else(|| reply.not_oauth(asked, nothing)) {
        return Err(error);
    }
    if reply.status != 200 {
        return Err(no_discovery(&reply));
    }
    let document = discovery::parse(reply.text()?, issuer, &reply.host)?;
    Ok(reply.answer(document))
}

/// Reads the response to a revocation, which has no body that matters.
fn nothing_of(reply: Reply, secrets: &[&Secret]) -> Result<Answer<()>, IssuerError> {
    if reply.status != 204 {
        reply.require_ok(Refused::Revocation, secrets)?;
    }
    Ok(reply.answer(()))
}

/// Reads the response of an API.
fn bytes_of(mut reply: Reply, secrets: &[&Secret]) -> Result<Answer<SecretBytes>, IssuerError> {
    if !(200..300).contains(&reply.status) {
        reply.require_ok(Refused::Call, secrets)?;
    }
    // A login page in front of the API returns 200 for everything.
    if let Some(error) = reply.not_oauth(Refused::Call, secrets) {
        return Err(error);
    }
    let bytes = std::mem::take(&mut *reply.body);
    Ok(reply.answer(SecretBytes::new(bytes)))
}

fn object_of(reply: Reply, refused: Refused, secrets: &[&Secret]) -> Result<Answer<String>, IssuerError> {
    reply.require_ok(refused, secrets)?;
    let text = refusal::without_secrets(reply.text()?, secrets);
    match Json::parse(&text) {
        Ok(object @ Json::Object(_)) if object.count() <= MOST_VALUES => Ok(reply.answer(text)),
        Ok(Json::Object(_)) => Err(reply.invalid("it contains more than 10,000 values")),
        _ => Err(reply.invalid("it isn't a JSON object with unique names")),
    }
}

impl Post<'_> {
    fn written(&self) -> Written {
        match self.body {
            Body::Form => Written { media_type: "application/x-www-form-urlencoded", bytes: self.form() },
            Body::Json => Written { media_type: JSON, bytes: self.json() },
        }
    }

    /// A form (RFC 6749 appendix B) in a buffer that is wiped on drop.
    fn form(&self) -> Zeroizing<Vec<u8>> {
        // Percent-encoding uses at most three bytes for each one, so the buffer never reallocates.
        let room = self.fields.iter().map(|(name, value)| 3 * (name.len() + value.expose().len()) + 2).sum();
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(room));
        for &(name, value) in &self.fields {
            form.append_pair(name, value.expose());
        }
        Zeroizing::new(form.finish().into_bytes())
    }

    /// A JSON object of strings in a buffer that is wiped on drop.
    fn json(&self) -> Zeroizing<Vec<u8>> {
        // An escape uses at most six bytes for each one (RFC 8259 §7).
        let room = self.fields.iter().map(|(name, value)| 6 * (name.len() + value.expose().len()) + 6).sum::<usize>();
        let mut json = Zeroizing::new(Vec::with_capacity(room + 2));
        json.push(b'{');
        for (index, (name, value)) in self.fields.iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            serde_json::to_writer(&mut *json, name).expect("text goes into memory");
            json.push(b':');
            serde_json::to_writer(&mut *json, value.expose()).expect("text goes into memory");
        }
        json.push(b'}');
        json
    }
}

fn no_discovery(reply: &Reply) -> IssuerError {
    IssuerError::NoDiscovery { said: Box::new(refusal::read(reply, Refused::Discovery, &[])) }
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_written_as_a_form_or_as_json_and_nothing_else() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let (grant, assertion) = (secret("urn:x:y"), secret("a.b-c_d.e\"+ /"));
        let fields: &[(&str, &Secret)] = &[("grant_type", &grant), ("assertion", &assertion)];
        let written = |body, fields: &[(&str, &Secret)]| {
            let post = Post { url: "", authorization: None, body, fields: fields.to_vec(), secrets: Vec::new() };
            String::from_utf8(post.written().bytes.to_vec()).expect("text")
        };
        assert_eq!(written(Body::Form, fields), "grant_type=urn%3Ax%3Ay&assertion=a.b-c_d.e%22%2B+%2F");
        assert_eq!(written(Body::Json, fields), r#"{"grant_type":"urn:x:y","assertion":"a.b-c_d.e\"+ /"}"#);
        assert_eq!((written(Body::Form, &[]), written(Body::Json, &[])), (String::new(), "{}".to_owned()));
    }
}
