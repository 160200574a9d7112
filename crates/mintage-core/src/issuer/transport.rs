//! The **transport** carries one request and its response, and nothing else.
//!
//! Rule: every limit of the HTTP edge is here, in one place. No redirect is followed, nothing is remembered between
//! requests, a body is read in pieces up to a limit into a buffer that is wiped. What the HTTP and TLS libraries keep
//! in their own buffers is beyond our control.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use url::Url;
use zeroize::Zeroizing;

use super::reply::Reply;
use super::{IssuerError, failure, tls};
use crate::issuer_url::{has_user, host_and_port, is_allowed_scheme, is_loopback};
use crate::provider::Method;
use crate::secret::Secret;

/// How long a response may take and how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For name, connection and TLS handshake together.
    pub connect: Duration,
    /// From sending to the body's last byte.
    pub total: Duration,
    /// The body, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), total: Duration::from_secs(30), body: 1_000_000 }
    }
}

/// How long reading the body may take if the server asks for a pause.
const PATIENCE_WHILE_BUSY: Duration = Duration::from_secs(2);

/// Three clients: loopback is never reached through a proxy, its names are never looked up, and only there is plain HTTP
/// allowed, which needs no certificates. Each is created when it is first needed, since reading the system's certificates
/// takes time.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    authorities: Vec<CertificateDer<'static>>,
    limits: Limits,
    remote: Arc<OnceLock<reqwest::Client>>,
    loopback: Arc<OnceLock<reqwest::Client>>,
    plain: Arc<OnceLock<reqwest::Client>>,
}

impl Transport {
    pub(super) fn new(ca_certificate: Option<&str>, limits: Limits) -> Result<Self, IssuerError> {
        let authorities = ca_certificate.map(certificates).transpose()?.unwrap_or_default();
        Ok(Self { authorities, limits, remote: Arc::default(), loopback: Arc::default(), plain: Arc::default() })
    }

    fn remote(&self) -> Result<&reqwest::Client, IssuerError> {
        once(&self.remote, || Ok(self.builder(tls::config(&self.authorities)?).https_only(true)))
    }

    fn loopback(&self) -> Result<&reqwest::Client, IssuerError> {
        once(&self.loopback, || Ok(self.local_builder(tls::config(&self.authorities)?).https_only(true)))
    }

    fn plain(&self) -> Result<&reqwest::Client, IssuerError> {
        once(&self.plain, || Ok(self.local_builder(tls::unused()?)))
    }

    fn local_builder(&self, config: ClientConfig) -> reqwest::ClientBuilder {
        self.builder(config).no_proxy().dns_resolver(Arc::new(Loopback))
    }

    fn builder(&self, config: ClientConfig) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .user_agent(concat!("Mintage/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.total)
            // A laptop that wakes up finds its idle connections dead; most aren't worth keeping.
            .pool_idle_timeout(Duration::from_secs(20))
            .tls_backend_preconfigured(config)
    }

    pub(super) async fn get(&self, url: &str) -> Result<Reply, IssuerError> {
        self.send(Method::Get, url, None, None).await
    }

    /// As [`Self::send`], with further headers.
    pub(super) async fn send_with(
        &self,
        method: Method,
        url: &str,
        authorization: Option<&Secret>,
        headers: &[(String, String)],
        body: Option<Written>,
    ) -> Result<Reply, IssuerError> {
        let (mut request, url) = self.request(method, url, authorization, body)?;
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.read(request, url).await
    }

    /// Sends one request. `authorization` is the header's whole value.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &str,
        authorization: Option<&Secret>,
        body: Option<Written>,
    ) -> Result<Reply, IssuerError> {
        let (request, url) = self.request(method, url, authorization, body)?;
        self.read(request, url).await
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        authorization: Option<&Secret>,
        body: Option<Written>,
    ) -> Result<(reqwest::RequestBuilder, Url), IssuerError> {
        let (client, url) = self.route(url)?;
        let mut request = match method {
            Method::Get => client.get(url.clone()),
            Method::Post => client.post(url.clone()),
            Method::Put => client.put(url.clone()),
            Method::Patch => client.patch(url.clone()),
            Method::Delete => client.delete(url.clone()),
        };
        if let Some(credential) = authorization {
            let value = header_of(credential).ok_or_else(|| IssuerError::AnswerInvalid {
                host: host_and_port(&url),
                why: "its token contains characters that aren't allowed in a header".into(),
            })?;
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(body) = body {
            if !body.media_type.is_empty() {
                request = request.header(CONTENT_TYPE, body.media_type);
            }
            request = request.body(Bytes::from_owner(body.bytes));
        }
        Ok((request, url))
    }

    /// The client for a URL, if anything may be sent there at all.
    fn route(&self, url: &str) -> Result<(&reqwest::Client, Url), IssuerError> {
        let parsed = Url::parse(url).map_err(|_| endpoint_refused(url))?;
        if !is_allowed_scheme(&parsed) || has_user(&parsed) {
            return Err(endpoint_refused(url));
        }
        let client = match is_loopback(&parsed) {
            true if parsed.scheme() == "http" => self.plain(),
            true => self.loopback(),
            false => self.remote(),
        };
        Ok((client?, parsed))
    }

    /// Reads a response to its end, unless its head says that there is nothing to wait for.
    async fn read(&self, request: reqwest::RequestBuilder, url: Url) -> Result<Reply, IssuerError> {
        let host = host_and_port(&url);
        let start = Instant::now();
        let mut response =
            request.header(ACCEPT, "application/json").send().await.map_err(|error| failure::read(error, &host))?;
        let headers = std::mem::take(response.headers_mut());
        let mut reply = Reply::begin(host, response.status().as_u16(), headers);
        // A redirect says everything in its head; its body isn't worth waiting for.
        if let Some(error) = reply.redirected(&url) {
            return Err(error);
        }
        let reading = self.read_body(&mut response, &reply.host);
        reply.body = if reply.is_busy() {
            // Its body may say why, but a server that asks for a pause isn't waited for.
            tokio::time::timeout(PATIENCE_WHILE_BUSY, reading).await.ok().and_then(Result::ok).unwrap_or_default()
        } else {
            reading.await?
        };
        reply.elapsed = start.elapsed();
        Ok(reply)
    }

    async fn read_body(&self, response: &mut reqwest::Response, host: &str) -> Result<Zeroizing<Vec<u8>>, IssuerError> {
        let too_large = || IssuerError::AnswerTooLarge { host: host.to_owned() };
        let announced = response.content_length().map_or(Ok(8_192), usize::try_from).map_err(|_| too_large())?;
        if announced > self.limits.body {
            return Err(too_large());
        }
        let mut body = Zeroizing::new(Vec::with_capacity(announced));
        while let Some(chunk) = response.chunk().await.map_err(|error| failure::read(error, host))? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(too_large());
            }
            append(&mut body, &chunk);
        }
        Ok(body)
    }
}

/// Appends without leaving a copy behind: a vector that grows by itself frees its old buffer unwiped.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.next_power_of_two()));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

/// A body ready to be sent, in a buffer that is wiped afterwards.
pub(super) struct Written {
    /// Empty if a further header says it.
    pub(super) media_type: &'static str,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// The credential as a header value in a buffer that is wiped, marked as sensitive.
fn header_of(credential: &Secret) -> Option<HeaderValue> {
    let text = Zeroizing::new(credential.expose().as_bytes().to_vec());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The client in a cell, created on first use. If two race, both are created and one is kept.
fn once(
    cell: &OnceLock<reqwest::Client>,
    builder: impl FnOnce() -> Result<reqwest::ClientBuilder, IssuerError>,
) -> Result<&reqwest::Client, IssuerError> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    let client = builder()?.build().map_err(|error| IssuerError::NoClient { why: error.to_string() })?;
    Ok(cell.get_or_init(|| client))
}

/// Reads PEM that contains only certificates: a pasted private key must not go unnoticed.
fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, IssuerError> {
    let blocks = pem::parse_many(pem).map_err(|_| IssuerError::CaInvalid)?;
    if blocks.is_empty() || blocks.iter().any(|block| block.tag() != "CERTIFICATE") {
        return Err(IssuerError::CaInvalid);
    }
    // Only tested here, so that a garbled certificate isn't confused with a system without certificates.
    let mut trial = RootCertStore::empty();
    blocks
        .into_iter()
        .map(|block| {
            let certificate = CertificateDer::from(block.into_contents());
            trial.add(certificate.clone()).map_err(|_| IssuerError::CaInvalid)?;
            Ok(certificate)
        })
        .collect()
}

/// The error for a rejected endpoint, shown without a password that it may contain.
pub(crate) fn endpoint_refused(url: &str) -> IssuerError {
    let mut shown = url.to_owned();
    if let Ok(mut parsed) = Url::parse(url)
        && has_user(&parsed)
        && parsed.set_password(None).is_ok()
        && parsed.set_username("").is_ok()
    {
        shown = parsed.to_string();
    }
    IssuerError::EndpointRefused { url: shown }
}

/// RFC 6761 §6.3: `localhost` and its subdomains are this machine, whatever a name server says.
struct Loopback;

impl reqwest::dns::Resolve for Loopback {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        Box::pin(std::future::ready(Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)))
    }
}
