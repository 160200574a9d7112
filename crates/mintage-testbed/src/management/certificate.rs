//! What an uploaded **certificate** says (RFC 5280 §4.1): its key and its validity.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mintage_demo::der::{element, is_public_key};
use time::OffsetDateTime;
use time::macros::format_description;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;

pub(super) struct Certificate {
    /// Its key in SPKI form.
    pub(super) public_pem: String,
    pub(super) from: OffsetDateTime,
    pub(super) until: OffsetDateTime,
    /// `x5t#S256` (RFC 7515 §4.1.8).
    pub(super) thumbprint: String,
}

impl Certificate {
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (whole, []) = element(der, SEQUENCE)? else { return None };
        let (body, _) = element(whole, SEQUENCE)?;
        let (_, rest) = element(body, VERSION)?;
        let (_, rest) = element(rest, INTEGER)?;
        let (_, rest) = element(rest, SEQUENCE)?;
        let (_, rest) = element(rest, SEQUENCE)?;
        let (validity, rest) = element(rest, SEQUENCE)?;
        let (_, key) = element(rest, SEQUENCE)?;
        let (_, after) = element(key, SEQUENCE)?;
        let spki = &key[..key.len() - after.len()];
        let (from, rest) = moment(validity)?;
        let (until, _) = moment(rest)?;
        is_public_key(spki).then(|| Self {
            public_pem: pem::encode(&pem::Pem::new("PUBLIC KEY", spki)),
            from,
            until,
            thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, der)),
        })
    }

    pub(super) fn read_pem(text: &str) -> Option<Self> {
        let block = pem::parse(text).ok()?;
        if block.tag() == "CERTIFICATE" { Self::read(block.contents()) } else { None }
    }
}

/// RFC 5280 §4.1.2.5.
fn moment(der: &[u8]) -> Option<(OffsetDateTime, &[u8])> {
    let full = format_description!("[year][month][day][hour][minute][second]Z");
    let read = |text: String| Some(time::PrimitiveDateTime::parse(&text, &full).ok()?.assume_utc());
    if let Some((text, rest)) = element(der, UTC_TIME) {
        let text = std::str::from_utf8(text).ok()?;
        let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
        return Some((read(format!("{century}{text}"))?, rest));
    }
    let (text, rest) = element(der, GENERALIZED_TIME)?;
    Some((read(String::from_utf8(text.to_vec()).ok()?)?, rest))
}
