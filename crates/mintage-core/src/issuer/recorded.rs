//! A **recorded** response or certificate: read like one that comes over a connection, without a server.
//!
//! Rule: no parsing of its own. What a status, a header or a body means is decided by the code for connections.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use time::OffsetDateTime;
use url::Url;
use zeroize::Zeroizing;

use super::reply::Reply;
use super::{Answer, Discovery, IssuerError, Refused, TokenResponse, discovery_of, failure, tls, token_of};
use crate::issuer_url::IssuerUrl;
use crate::provider::ResponseMap;
use crate::secret::Secret;

/// An HTTP/1.1 response (RFC 9112 §2.1), complete and without a transfer coding.
pub struct Recorded {
    reply: Reply,
    url: Url,
}

impl Recorded {
    /// Reads the status line, headers and body of a response from this URL; `None` if there is no status line. Lines
    /// that aren't headers are skipped.
    pub fn parse(message: &[u8], url: Url) -> Option<Self> {
        let (head, body) = split(message);
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let status = std::str::from_utf8(lines.next()?).ok()?.strip_prefix("HTTP/1.1 ")?;
        let status = status.get(..3)?.parse().ok().filter(|status| (100..600).contains(status))?;
        let mut headers = HeaderMap::new();
        for line in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        let mut reply = Reply::begin(url.host_str().unwrap_or_default().to_owned(), status, headers);
        reply.body = Zeroizing::new(body.to_vec());
        Some(Self { reply, url })
    }

    /// Reads it as a discovery document.
    ///
    /// # Errors
    /// As [`super::Issuer::discover`].
    pub fn discovery(self, issuer: &IssuerUrl) -> Result<Answer<Discovery>, IssuerError> {
        discovery_of(self.begun()?, issuer)
    }

    /// Reads it as the response to a token request that contained these secrets.
    ///
    /// # Errors
    /// As [`super::Issuer::exchange`].
    pub fn token(self, map: &ResponseMap, sent: &[&Secret]) -> Result<Answer<TokenResponse>, IssuerError> {
        token_of(self.begun()?, Refused::Assertion, map, sent)
    }

    /// What its head alone decides.
    fn begun(self) -> Result<Reply, IssuerError> {
        match self.reply.redirected(&self.url) {
            Some(error) => Err(error),
            None => Ok(self.reply),
        }
    }
}

/// Reads a server's certificate (DER) as if this host had sent it alone, at this time, and the system had rejected it:
/// once for each verdict whose reason is in the certificate (its time, its names, its authority). `None` if the host
/// isn't a name that a certificate could have.
pub fn certificate_rejected(der: &[u8], host: &str, now: OffsetDateTime) -> Option<[IssuerError; 3]> {
    let (name, certificate) = (ServerName::try_from(host).ok()?, CertificateDer::from(der));
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let verdicts = [CertificateError::Expired, CertificateError::NotValidForName, CertificateError::UnknownIssuer];
    let explained = verdicts.map(|verdict| tls::explained(verdict, &certificate, true, &name, now));
    Some(explained.map(|reason| failure::refused(host.to_owned(), &reason)))
}

/// Head and body, at the first empty line.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let ends = [&b"\r\n\r\n"[..], b"\n\n"];
    let found = ends.iter().filter_map(|end| Some((position(message, end)?, end.len())));
    match found.min() {
        Some((at, length)) => (&message[..at], &message[at + length..]),
        None => (message, &[]),
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
