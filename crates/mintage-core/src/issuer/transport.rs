//! The **transport** carries one request and its answer, and nothing further.
//!
//! Rule: every limit of the HTTP edge is here, in one place. No redirect is followed, nothing is
//! remembered between requests, a body is read in pieces up to a cap into a buffer that is wiped. What
//! the HTTP and TLS libraries hold in their own buffers meanwhile is beyond reach.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use url::Url;
use zeroize::Zeroizing;

use super::failure;
use super::reply::Reply;
use crate::environment::{has_user, host_and_port, is_allowed_scheme, is_loopback};
use crate::error::IssuerError;
use crate::provider::Method;
use crate::secret::Secret;

/// How long an answer may take and how large it may be.
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

/// How long the body of a server that asks for a pause may take.
const PATIENCE_WHILE_BUSY: Duration = Duration::from_secs(2);

/// Two clients: loopback is never reached through a proxy, and its names are never asked of a server.
/// Each is made when it is first needed, as reading the system's certificates takes its time.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    authorities: Vec<CertificateDer<'static>>,
    limits: Limits,
    remote: Arc<OnceLock<reqwest::Client>>,
    loopback: Arc<OnceLock<reqwest::Client>>,
}

impl Transport {
    pub(super) fn new(ca_certificate: Option<&str>, limits: Limits) -> Result<Self, IssuerError> {
        let authorities = ca_certificate.map(certificates).transpose()?.unwrap_or_default();
        Ok(Self { authorities, limits, remote: Arc::default(), loopback: Arc::default() })
    }

    fn remote(&self) -> Result<&reqwest::Client, IssuerError> {
        once(&self.remote, || self.builder().https_only(true))
    }

    fn loopback(&self) -> Result<&reqwest::Client, IssuerError> {
        once(&self.loopback, || self.builder().no_proxy().dns_resolver(Arc::new(Loopback)))
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        let authorities = self.authorities.iter().filter_map(|der| reqwest::Certificate::from_der(der).ok());
        reqwest::Client::builder()
            .user_agent(concat!("Mintage/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.total)
            // A laptop that wakes up finds its idle connections dead; most are not worth keeping.
            .pool_idle_timeout(Duration::from_secs(20))
            .tls_certs_merge(authorities)
    }

    pub(super) async fn get(&self, url: &str) -> Result<Reply, IssuerError> {
        self.send(Method::Get, url, None, None).await
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
            Method::Delete => client.delete(url.clone()),
        };
        if let Some(credential) = authorization {
            let value = header_of(credential).ok_or_else(|| IssuerError::AnswerInvalid {
                host: host_and_port(&url),
                why: "its token holds characters that no header may hold".into(),
            })?;
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, body.media_type).body(Bytes::from_owner(body.bytes));
        }
        Ok((request, url))
    }

    /// The client for a URL, if anything may be sent there at all.
    fn route(&self, url: &str) -> Result<(&reqwest::Client, Url), IssuerError> {
        let parsed = Url::parse(url).map_err(|_| endpoint_refused(url))?;
        if !is_allowed_scheme(&parsed) || has_user(&parsed) {
            return Err(endpoint_refused(url));
        }
        let client = if is_loopback(&parsed) { self.loopback() } else { self.remote() };
        Ok((client?, parsed))
    }

    /// Reads an answer to its end, unless its head says that there is nothing in it to wait for.
    async fn read(&self, request: reqwest::RequestBuilder, url: Url) -> Result<Reply, IssuerError> {
        let host = host_and_port(&url);
        let start = Instant::now();
        let mut response =
            request.header(ACCEPT, "application/json").send().await.map_err(|error| failure::read(error, &host))?;
        let headers = std::mem::take(response.headers_mut());
        let mut reply = Reply::begin(host, response.status().as_u16(), headers);
        // A redirect says all in its head; whatever body it has is not worth waiting for.
        if let Some(error) = reply.redirected(&url) {
            return Err(error);
        }
        let reading = self.read_body(&mut response, &reply.host);
        reply.body = if reply.is_busy() {
            // Its body may say why, but a server that asks for a pause is not waited for.
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

/// A body that is ready to be sent, in a buffer that is wiped afterwards.
pub(super) struct Written {
    pub(super) media_type: &'static str,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// The credential as a header's value in a buffer that is wiped, marked as not to be shown.
fn header_of(credential: &Secret) -> Option<HeaderValue> {
    let text = Zeroizing::new(credential.expose().as_bytes().to_vec());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The client of a cell, made now if it is the first time. Two that race make two, and one is kept.
fn once(
    cell: &OnceLock<reqwest::Client>,
    builder: impl FnOnce() -> reqwest::ClientBuilder,
) -> Result<&reqwest::Client, IssuerError> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    let client = builder().build().map_err(|source| IssuerError::NoCertificates { source })?;
    Ok(cell.get_or_init(|| client))
}

/// Reads PEM that holds certificates and nothing else: a pasted private key must not pass unnoticed.
fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, IssuerError> {
    let blocks = pem::parse_many(pem).map_err(|_| IssuerError::CaInvalid)?;
    if blocks.is_empty() || blocks.iter().any(|block| block.tag() != "CERTIFICATE") {
        return Err(IssuerError::CaInvalid);
    }
    // Only tried here, so that a garbled certificate is told from a system without certificates.
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

/// The refusal to use an endpoint, shown without a password that may stand in it.
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

/// RFC 6761 §6.3: `localhost` and the names below it are this machine, whatever a name server says.
struct Loopback;

impl reqwest::dns::Resolve for Loopback {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        Box::pin(std::future::ready(Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)))
    }
}
