//! Whether a reply is **accepted** as a response, or is the error that its status and body stand for.

use reqwest::header::RETRY_AFTER;
use time::OffsetDateTime;

use super::reply::Reply;
use super::{IssuerError, Refused, refusal};
use crate::moment;
use crate::secret::Secret;

impl Reply {
    /// The error for a response that isn't from an OAuth server.
    pub(super) fn not_oauth(&self, refused: Refused, sent: &[&Secret]) -> Option<IssuerError> {
        let content_type = match self.trimmed().first() {
            _ if self.is_page() && self.media_type().contains("xml") => "an XML document",
            _ if self.is_page() => "an HTML page",
            // A refusal may be plain text; a success may not.
            Some(first) if self.status == 200 && !self.is_encoded() && !is_json_start(*first) => {
                "something other than JSON"
            }
            _ => return None,
        };
        let said = Box::new(refusal::read(self, refused, sent));
        Some(IssuerError::NotOAuth { content_type: content_type.to_owned(), said })
    }

    /// Accepts a 200 that may be JSON; every other status is the error that it stands for.
    pub(super) fn require_ok(&self, refused: Refused, sent: &[&Secret]) -> Result<(), IssuerError> {
        if let Some(error) = self.busy(refused, sent).or_else(|| self.not_oauth(refused, sent)) {
            return Err(error);
        }
        match self.status {
            200 => Ok(()),
            // Its body may contain a token, so it isn't quoted.
            201..300 => Err(self.invalid(&format!("its status is {} instead of 200", self.status))),
            _ => Err(IssuerError::Refused(Box::new(refusal::read(self, refused, sent)))),
        }
    }

    /// The error for a server that asks for a pause, or is temporarily unavailable.
    pub(super) fn busy(&self, refused: Refused, sent: &[&Secret]) -> Option<IssuerError> {
        let said = || Box::new(refusal::read(self, refused, sent));
        let retry_after = || self.single(&RETRY_AFTER).and_then(|value| pause(value, self.server_date));
        self.is_busy().then(|| IssuerError::Busy { retry_after: retry_after(), said: said() })
    }
}

/// RFC 9110 §10.2.3: seconds, or a date, which is only comparable with the server's own clock.
fn pause(retry_after: &str, server_date: Option<OffsetDateTime>) -> Option<time::Duration> {
    if let Ok(seconds) = retry_after.trim().parse::<u32>() {
        return Some(time::Duration::seconds(seconds.into()));
    }
    let until = moment::of_http_date(retry_after)? - server_date?;
    Some(until.max(time::Duration::ZERO))
}

fn is_json_start(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
}

#[cfg(test)]
mod tests {
    use super::*;

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
