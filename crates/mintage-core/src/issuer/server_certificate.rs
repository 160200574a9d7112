//! A **server's certificate** (RFC 5280), as far as it says why it was rejected: its time, its names, its signer.
//!
//! Rule: it was sent by whoever answered, so nothing in it is believed, only told.

use std::time::Duration;

use rustls::pki_types::UnixTime;
use time::{Date, Month, PrimitiveDateTime, Time};

use crate::der::{CONTEXT_0, Der, INTEGER, OBJECT_ID, OCTET_STRING, SEQUENCE, Why};

/// RFC 5280 §4.1: `[3]`, constructed, holds the extensions.
const EXTENSIONS: u8 = 0xa3;
/// `id-ce-subjectAltName` (RFC 5280 §4.2.1.6), 2.5.29.17.
const ALTERNATIVE_NAMES: [u8; 3] = [0x55, 0x1d, 0x11];
/// `dNSName` and `iPAddress` in a `GeneralName`.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// RFC 1035 §2.3.4, without the length of the root.
const LONGEST_NAME: usize = 253;
/// More names than anybody would read.
const MOST_NAMES: usize = 100;

/// What a certificate says of itself.
#[derive(Debug, PartialEq)]
pub(super) struct ServerCertificate {
    pub(super) not_before: UnixTime,
    pub(super) not_after: UnixTime,
    /// DNS names and IP addresses.
    pub(super) names: Vec<String>,
    /// Whether it names itself as its authority.
    pub(super) signs_itself: bool,
}

impl ServerCertificate {
    /// Reads a certificate's DER.
    pub(super) fn read(der: &[u8]) -> Result<Self, Why> {
        let mut body = Der::new(der).enter(SEQUENCE)?.enter(SEQUENCE)?;
        if body.peek() == CONTEXT_0 {
            body.any()?;
        }
        body.take(INTEGER)?;
        body.take(SEQUENCE)?;
        let issuer = body.take(SEQUENCE)?;
        let mut validity = body.enter(SEQUENCE)?;
        let (not_before, not_after) = (moment(validity.any()?)?, moment(validity.any()?)?);
        let subject = body.take(SEQUENCE)?;
        body.take(SEQUENCE)?;
        while !body.is_empty() && body.peek() != EXTENSIONS {
            body.any()?;
        }
        let names = if body.is_empty() { Vec::new() } else { names(body.enter(EXTENSIONS)?.enter(SEQUENCE)?)? };
        Ok(Self { not_before, not_after, names, signs_itself: issuer == subject })
    }
}

/// The alternative names among the extensions.
fn names(mut extensions: Der<'_>) -> Result<Vec<String>, Why> {
    while !extensions.is_empty() {
        let mut extension = extensions.enter(SEQUENCE)?;
        if extension.take(OBJECT_ID)? != ALTERNATIVE_NAMES {
            continue;
        }
        if extension.peek() != OCTET_STRING {
            extension.any()?;
        }
        let mut general = extension.enter(OCTET_STRING)?.enter(SEQUENCE)?;
        let mut names = Vec::new();
        while !general.is_empty() && names.len() < MOST_NAMES {
            match general.any()? {
                (DNS_NAME, name) => names.extend(dns(name)),
                (IP_ADDRESS, address) => names.extend(ip(address)),
                _ => {}
            }
        }
        return Ok(names);
    }
    Ok(Vec::new())
}

/// A name in the only syntax that RFC 5280 §4.2.1.6 allows, or a wildcard (RFC 6125 §6.4.3). Other bytes are dropped,
/// since they would be shown.
fn dns(name: &[u8]) -> Option<String> {
    let of_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_*".contains(byte);
    let is_one = (1..=LONGEST_NAME).contains(&name.len()) && name.iter().all(of_a_name);
    is_one.then(|| name.iter().copied().map(char::from).collect())
}

fn ip(address: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(address).map(|bytes| std::net::Ipv4Addr::from(bytes).to_string());
    let v6 = || <[u8; 16]>::try_from(address).map(|bytes| std::net::Ipv6Addr::from(bytes).to_string());
    v4.or_else(|_| v6()).ok()
}

/// RFC 5280 §4.1.2.5: `YYMMDDHHMMSSZ` before 2050, `YYYYMMDDHHMMSSZ` from then on. A time before 1970 is 1970.
fn moment((tag, text): (u8, &[u8])) -> Result<UnixTime, Why> {
    const WRONG: Why = "its time isn't one";
    let text = std::str::from_utf8(text).map_err(|_| WRONG)?;
    let digits =
        text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).ok_or(WRONG)?;
    let number = |at: usize, length: usize| digits.get(at..at + length).and_then(|part| part.parse::<u16>().ok());
    let (year, at) = match (tag, digits.len()) {
        (UTC_TIME, 12) => (number(0, 2).map(|year| if year < 50 { 2000 + year } else { 1900 + year }), 2),
        (GENERALIZED_TIME, 14) => (number(0, 4), 4),
        _ => return Err(WRONG),
    };
    let part = |index: usize| number(at + 2 * index, 2).and_then(|part| u8::try_from(part).ok()).ok_or(WRONG);
    let month = Month::try_from(part(0)?).map_err(|_| WRONG)?;
    let date = Date::from_calendar_date(i32::from(year.ok_or(WRONG)?), month, part(1)?).map_err(|_| WRONG)?;
    let time = Time::from_hms(part(2)?, part(3)?, part(4)?).map_err(|_| WRONG)?;
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp();
    Ok(UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_time_are_read() {
        let check = |tag: u8, text: &str, expected: Option<u64>| {
            assert_eq!(moment((tag, text.as_bytes())).ok().map(|time| time.as_secs()), expected, "{text}");
        };
        check(UTC_TIME, "210101000000Z", Some(1_609_459_200));
        check(UTC_TIME, "491231235959Z", Some(2_524_607_999));
        check(UTC_TIME, "500101000000Z", Some(0));
        check(GENERALIZED_TIME, "30000101000000Z", Some(32_503_680_000));
        check(GENERALIZED_TIME, "99991231235959Z", Some(253_402_300_799));
        for (tag, text) in [
            (UTC_TIME, "210101000000"),
            (UTC_TIME, "2101010000Z"),
            (UTC_TIME, "210101000000+0100"),
            (UTC_TIME, "211301000000Z"),
            (GENERALIZED_TIME, "20210230000000Z"),
            (GENERALIZED_TIME, "+0210101000000Z"),
            (GENERALIZED_TIME, "210101000000Z"),
            (INTEGER, "210101000000Z"),
            (UTC_TIME, ""),
        ] {
            check(tag, text, None);
        }
    }

    #[test]
    fn only_names_are_told_of_its_names() {
        for (bytes, expected) in [
            (&b"auth.example.com"[..], true),
            (b"*.example.com", true),
            (b"_acme-challenge.xn--bcher-kva.example", true),
            (b"", false),
            (b"a.test\n", false),
            (b"\x1b[31ma.test", false),
            (b"a.test, good.test", false),
            ("b\u{fc}cher.example".as_bytes(), false),
            (&[b'a'; LONGEST_NAME + 1], false),
        ] {
            assert_eq!(dns(bytes).is_some_and(|name| name.as_bytes() == bytes), expected, "{bytes:?}");
            assert_eq!(dns(bytes).is_some(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_certificate_that_is_cut_anywhere_is_rejected_or_read_on_a_small_stack() {
        let key = rcgen::KeyPair::generate().expect("a key");
        let parameters = rcgen::CertificateParams::new(["a.test".to_owned(), "127.0.0.1".to_owned()]).expect("names");
        let der = parameters.self_signed(&key).expect("a certificate").der().to_vec();
        crate::hostile::on_a_small_stack(move || {
            let whole = ServerCertificate::read(&der).expect("it is whole");
            assert_eq!((whole.names, whole.signs_itself), (vec!["a.test".to_owned(), "127.0.0.1".to_owned()], true));
            for end in 0..der.len() {
                assert!(ServerCertificate::read(&der[..end]).is_err(), "{end}");
            }
            for at in 0..der.len() {
                for byte in [0x00, 0x30, 0x80, 0xff] {
                    let mut changed = der.clone();
                    changed[at] = byte;
                    // Whatever comes of it, nothing panics.
                    drop(ServerCertificate::read(&changed));
                }
            }
        });
    }
}
