//! A **reply** is one answer that was read to its end: told apart here are pages, redirects, pauses,
//! refusals and what may be JSON.
//!
//! Rule: the status and the first byte decide; a media type is only a hint, as servers get it wrong.

use std::time::Duration;

use reqwest::header::{
    CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE,
};
use time::OffsetDateTime;
use url::Url;
use zeroize::Zeroizing;

use super::{Answer, refusal};
use crate::environment::host_and_port;
use crate::error::{IssuerError, Refused};
use crate::json::Json;
use crate::moment;
use crate::provider::ContentKind;
use crate::secret::Secret;

/// How much of a body is quoted, in characters.
const QUOTED: usize = 2_000;

/// An answer that was read to its end.
pub(super) struct Reply {
    pub(super) host: String,
    pub(super) status: u16,
    pub(super) server_date: Option<OffsetDateTime>,
    pub(super) body: Zeroizing<Vec<u8>>,
    headers: HeaderMap,
    pub(super) elapsed: Duration,
}

impl Reply {
    /// The head of an answer, its body still to be read.
    pub(super) fn begin(host: String, status: u16, headers: HeaderMap) -> Self {
        // RFC 9111 §5.1: an answer with an `Age` comes from a cache, and its `Date` is from back then.
        let cached = headers.contains_key(reqwest::header::AGE);
        let server_date = single(&headers, &DATE).and_then(moment::of_http_date).filter(|_| !cached);
        Self { host, status, server_date, body: Zeroizing::default(), headers, elapsed: Duration::ZERO }
    }

    /// Gives what was read of it, with what came along.
    pub(super) fn answer<T>(self, value: T) -> Answer<T> {
        Answer { value, status: self.status, server_date: self.server_date, elapsed: self.elapsed }
    }

    /// The header's first value, where it is text.
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type in lower case, without its parameters; empty where there is none.
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

    /// The error for an answer that no OAuth server gives.
    pub(super) fn not_oauth(&self, refused: Refused, sent: &[&Secret]) -> Option<IssuerError> {
        let content_type = match self.trimmed().first() {
            _ if self.is_page() && self.media_type().contains("xml") => "an XML document",
            _ if self.is_page() => "an HTML page",
            // A refusal may be plain text; a success may not.
            Some(first) if self.status == 200 && !self.is_encoded() && !is_json_start(*first) => {
                "something that is not JSON"
            }
            _ => return None,
        };
        let said = Box::new(refusal::read(self, refused, sent));
        Some(IssuerError::NotOAuth { content_type: content_type.to_owned(), said })
    }

    /// Passes for 200 that may be JSON; every other status is the error that it stands for.
    pub(super) fn require_ok(&self, refused: Refused, sent: &[&Secret]) -> Result<(), IssuerError> {
        if let Some(error) = self.busy(refused, sent).or_else(|| self.not_oauth(refused, sent)) {
            return Err(error);
        }
        match self.status {
            200 => Ok(()),
            // Its body may hold a token, so it is not quoted.
            201..300 => Err(self.invalid(&format!("its status is {} instead of 200", self.status))),
            _ => Err(IssuerError::Refused(Box::new(refusal::read(self, refused, sent)))),
        }
    }

    /// The body as text, without a byte order mark and surrounding white space.
    pub(super) fn text(&self) -> Result<&str, IssuerError> {
        if self.is_encoded() {
            return Err(self.invalid("it is compressed, which was not asked for"));
        }
        match std::str::from_utf8(self.trimmed()) {
            Ok("") => Err(self.invalid("it is empty")),
            Ok(text) => Ok(text),
            Err(_) => Err(self.invalid("it is not UTF-8 text")),
        }
    }

    fn trimmed(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body).trim_ascii()
    }

    fn is_encoded(&self) -> bool {
        self.header(&CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"))
    }

    /// RFC 9110 §15.4, for any of its statuses: where it points to is shown and never followed.
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

    /// The error for a server that asks for a pause, or cannot answer at the moment.
    pub(super) fn busy(&self, refused: Refused, sent: &[&Secret]) -> Option<IssuerError> {
        let said = || Box::new(refusal::read(self, refused, sent));
        let retry_after = || single(&self.headers, &RETRY_AFTER).and_then(|value| pause(value, self.server_date));
        self.is_busy().then(|| IssuerError::Busy { retry_after: retry_after(), said: said() })
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

/// Scheme, host and path. The rest may hold what belongs to a login, and a long part of the path what was sent.
fn shown(target: &Url) -> String {
    const LONGEST: usize = 64;
    let parts = target.path().split('/').map(|part| if part.len() > LONGEST { "…" } else { part });
    let origin = target.host_str().map_or_else(String::new, |_| format!("//{}", host_and_port(target)));
    format!("{}:{origin}{}", target.scheme(), parts.collect::<Vec<_>>().join("/"))
}

/// RFC 9110 §10.2.3: seconds, or a date, which only the server's own clock can be held against.
fn pause(retry_after: &str, server_date: Option<OffsetDateTime>) -> Option<time::Duration> {
    if let Ok(seconds) = retry_after.trim().parse::<u32>() {
        return Some(time::Duration::seconds(seconds.into()));
    }
    let until = moment::of_http_date(retry_after)? - server_date?;
    Some(until.max(time::Duration::ZERO))
}

/// The value of a header that is there once; two that differ are as good as none.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.any(|other| other != first) { None } else { first.to_str().ok() }
}

fn is_json_start(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
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

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_servers_own_clock() {
        let date = moment::of_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        for (value, server_date, expected) in [
            ("120", None, Some(120)),
            (" 0 ", date, Some(0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", date, Some(60)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", date, Some(0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", None, None),
            ("-1", date, None),
            ("99999999999", date, None),
            ("soon", date, None),
        ] {
            assert_eq!(pause(value, server_date).map(time::Duration::whole_seconds), expected, "{value}");
        }
    }

    #[test]
    fn a_retry_after_and_a_date_at_the_ends_of_time_are_pauses_or_none() {
        let (first, last) = ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT");
        for (value, server_date, expected) in [
            (last, Some(first), Some(253_402_300_799)),
            (first, Some(last), Some(0)),
            (last, Some(last), Some(0)),
            ("4294967295", Some(last), Some(4_294_967_295)),
            ("Sat, 01 Jan 10000 00:00:00 GMT", Some(first), None),
        ] {
            let server_date = server_date.and_then(moment::of_http_date);
            assert_eq!(pause(value, server_date).map(time::Duration::whole_seconds), expected, "{value}");
        }
        crate::hostile::on_a_small_stack(|| {
            for value in [" ".repeat(600_000), "9".repeat(600_000), "Sun, ".repeat(100_000)] {
                assert_eq!((pause(&value, None), moment::of_http_date(&value)), (None, None));
            }
        });
    }
}
