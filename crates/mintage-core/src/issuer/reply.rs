//! A **reply** is one completely read response; pages, redirects and possible JSON are distinguished here.
//!
//! Rule: the status and the first byte decide; a media type is only a hint, since servers get it wrong.

use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use time::OffsetDateTime;
use url::Url;
use zeroize::Zeroizing;

use super::{Answer, IssuerError};
use crate::issuer_url::host_and_port;
use crate::json::Json;
use crate::moment;
use crate::provider::ContentKind;

/// How much of a body is quoted, in characters.
const QUOTED: usize = 2_000;

/// A completely read response.
pub(super) struct Reply {
    pub(super) host: String,
    pub(super) status: u16,
    pub(super) server_date: Option<OffsetDateTime>,
    pub(super) body: Zeroizing<Vec<u8>>,
    headers: HeaderMap,
    pub(super) elapsed: Duration,
}

impl Reply {
    /// The head of a response whose body hasn't been read yet.
    pub(super) fn begin(host: String, status: u16, headers: HeaderMap) -> Self {
        // RFC 9111 §5.1: a response with an `Age` comes from a cache, and its `Date` is from back then.
        let cached = headers.contains_key(reqwest::header::AGE);
        let server_date = single(&headers, &DATE).and_then(moment::of_http_date).filter(|_| !cached);
        Self { host, status, server_date, body: Zeroizing::default(), headers, elapsed: Duration::ZERO }
    }

    /// Returns what was read from it, with its metadata.
    pub(super) fn answer<T>(self, value: T) -> Answer<T> {
        Answer { value, status: self.status, server_date: self.server_date, elapsed: self.elapsed }
    }

    /// The header's first value, if it is text.
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The value of a header that occurs once; two different values count as none.
    pub(super) fn single(&self, name: &HeaderName) -> Option<&str> {
        single(&self.headers, name)
    }

    /// The media type in lower case, without its parameters; empty if there is none.
    pub(super) fn media_type(&self) -> String {
        let value = self.header(&CONTENT_TYPE).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body's beginning.
    pub(super) fn quoted(&self) -> String {
        String::from_utf8_lossy(self.trimmed()).chars().take(QUOTED).collect()
    }

    pub(super) fn invalid(&self, why: &str) -> IssuerError {
        IssuerError::AnswerInvalid { host: self.host.clone(), why: why.to_owned() }
    }

    /// Whether it is a page for people.
    pub(super) fn is_page(&self) -> bool {
        match self.trimmed().first() {
            Some(b'<') => true,
            // Some old servers send their JSON under this media type.
            None | Some(b'{') => false,
            Some(_) => self.media_type() == "text/html",
        }
    }

    /// The body as text, without a byte order mark and surrounding whitespace.
    pub(super) fn text(&self) -> Result<&str, IssuerError> {
        if self.is_encoded() {
            return Err(self.invalid("it is compressed, which wasn't requested"));
        }
        match std::str::from_utf8(self.trimmed()) {
            Ok("") => Err(self.invalid("it is empty")),
            Ok(text) => Ok(text),
            Err(_) => Err(self.invalid("it isn't UTF-8 text")),
        }
    }

    pub(super) fn trimmed(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body).trim_ascii()
    }

    pub(super) fn is_encoded(&self) -> bool {
        self.header(&CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"))
    }

    /// RFC 9110 §15.4, for any of its statuses: the target is shown and never followed.
    pub(super) fn redirected(&self, url: &Url) -> Option<IssuerError> {
        let location = self.headers.get(LOCATION).filter(|_| (300..400).contains(&self.status))?;
        let location = String::from_utf8_lossy(location.as_bytes());
        let to = url.join(&location).map_or_else(|_| "an address that isn't a URL".to_owned(), |target| shown(&target));
        Some(IssuerError::Redirected { host: self.host.clone(), to: to.chars().take(500).collect() })
    }

    /// RFC 6585 §4 and RFC 9110 §15.6.4.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503)
    }

    /// The names of its headers, in lower case and each once; at most 50.
    pub(super) fn header_names(&self) -> Vec<String> {
        self.headers.keys().take(50).map(|name| name.as_str().to_owned()).collect()
    }

    /// The names of the cookies that it sets (RFC 6265 §4.1.1); at most 20.
    pub(super) fn cookie_names(&self) -> Vec<String> {
        let name = |value: &HeaderValue| Some(value.to_str().ok()?.split('=').next()?.trim().to_owned());
        self.headers.get_all(SET_COOKIE).iter().filter_map(name).take(20).collect()
    }

    /// What the body is.
    pub(super) fn content(&self) -> ContentKind {
        match self.trimmed().first() {
            None => ContentKind::Empty,
            Some(b'{' | b'[') if Json::parse(&String::from_utf8_lossy(self.trimmed())).is_ok() => ContentKind::Json,
            _ if self.is_page() => ContentKind::Page,
            _ => ContentKind::Text,
        }
    }
}

/// Scheme, host and path. The rest may belong to a login, and a long part of the path may repeat what was sent.
fn shown(target: &Url) -> String {
    const LONGEST: usize = 64;
    let parts = target.path().split('/').map(|part| if part.len() > LONGEST { "…" } else { part });
    let origin = target.host_str().map_or_else(String::new, |_| format!("//{}", host_and_port(target)));
    format!("{}:{origin}{}", target.scheme(), parts.collect::<Vec<_>>().join("/"))
}

/// The value of a header that occurs once; two different values count as none.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.any(|other| other != first) { None } else { first.to_str().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_shows_where_it_leads_and_nothing_that_was_sent() {
        let long = "c2lnbmF0dXJl".repeat(6);
        for (location, expected) in [
            ("https://login.example.com/realms/a?state=1#f", "https://login.example.com/realms/a"),
            ("/login", "https://a.test:8443/login"),
            ("https://user:word@b.test/", "https://b.test/"),
            ("//b.test", "https://b.test/"),
            (&format!("/x/{long}/y"), "https://a.test:8443/x/…/y"),
            (&format!("mailto:{long}"), "mailto:…"),
            (&format!("https://[{long}"), "an address that isn't a URL"),
        ] {
            let headers = HeaderMap::from_iter([(LOCATION, location.parse().expect("a header's value"))]);
            let reply = Reply::begin("a.test".into(), 302, headers);
            let url = Url::parse("https://a.test:8443/token").expect("a URL");
            match reply.redirected(&url) {
                Some(IssuerError::Redirected { to, .. }) => assert_eq!(to, expected, "{location}"),
                other => panic!("{location}: {other:?}"),
            }
        }
    }
}
