//! An answer that was **recorded**: read as one that comes over HTTP, without a server.
//!
//! Rule: no reading of its own. What a status, a header or a body means is decided where connections decide it.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

use super::reply::Reply;
use super::{Answer, Discovery, TokenResponse, discovery_of, token_of};
use crate::environment::IssuerUrl;
use crate::error::{IssuerError, Refused};
use crate::provider::ResponseMap;
use crate::secret::Secret;

/// An HTTP/1.1 answer (RFC 9112 §2.1), whole and without a transfer coding.
pub struct Recorded {
    reply: Reply,
    url: Url,
}

impl Recorded {
    /// Reads status line, headers and body of an answer from this URL; `None` where there is no status line.
    /// Lines that are no header are left out.
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

    /// Reads it as the answer to a request for a token that carried these secrets.
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
