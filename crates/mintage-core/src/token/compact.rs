//! The **compact form** of a token: base64url parts separated by dots (RFC 7515 §7.1).
//!
//! Rule: strict. Every part is canonical base64url without padding, every document a UTF-8 JSON object with unique
//! names. Text that doesn't look like such a token at all is opaque; text that almost does is broken, with a reason.
//! What the members mean, and whether they are true, is decided elsewhere.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use base64::{DecodeError, engine::DecodePaddingMode};

use crate::json::Json;

/// The largest token that is parsed, in bytes.
pub(crate) const MAX_TOKEN: usize = 64 * 1024;
/// The largest header part that is parsed, in base64url characters.
const MAX_HEADER: usize = 16 * 1024;

/// The result of classifying a text.
#[derive(Debug)]
pub(crate) enum Compact<'t> {
    /// Three parts whose header is a JSON object with `alg` and without `enc`.
    Signed(Jws<'t>),
    /// Five parts whose header is a JSON object with `enc` (RFC 7516 §3.1).
    Encrypted,
    /// None of these.
    Opaque,
    /// It looks like one of the above but isn't; why, as a sentence part.
    Broken(String),
    /// Over the limits; it wasn't parsed.
    TooLarge,
}

/// A token of three parts, of which only the header has been read so far.
#[derive(Debug)]
pub(crate) struct Jws<'t> {
    /// The header: a JSON object.
    pub(crate) header: Json,
    /// What was signed: the first two parts and the dot between them (RFC 7515 §5.1).
    pub(crate) signing_input: &'t str,
    payload: &'t str,
    signature: &'t str,
}

impl<'t> Compact<'t> {
    /// Classifies a text (RFC 7515 §9, RFC 7516 §9).
    pub(crate) fn parse(token: &'t str) -> Self {
        if token.len() > MAX_TOKEN {
            return Self::TooLarge;
        }
        let parts: Vec<&str> = token.split('.').collect();
        let looks_like_one = looks_encoded(parts[0]) || (parts.len() == 3 && looks_encoded(parts[1]));
        if !looks_like_one {
            return Self::Opaque;
        }
        if parts[0].len() > MAX_HEADER {
            return Self::TooLarge;
        }
        let header = object(parts[0], "header");
        match (parts.as_slice(), header) {
            // Some servers write opaque tokens as a single word of base64url JSON.
            ([_], Ok(header)) if header.get("alg").is_none() => Self::Opaque,
            ([_], Err(_)) => Self::Opaque,
            ([_, _, _] | [_, _, _, _, _], Err(why)) => Self::Broken(why),
            ([_, _, _, _, _], Ok(header)) if header.get("enc").is_some() => Self::Encrypted,
            ([_, _, _, _, _], Ok(_)) => {
                Self::Broken("it has five parts, but its header doesn't name an encryption algorithm".into())
            }
            ([_, _, _], Ok(header)) if header.get("enc").is_some() => {
                Self::Broken("its header is for an encrypted token, which has five parts".into())
            }
            ([_, _, _], Ok(header)) if header.get("alg").is_none() => {
                Self::Broken("its header doesn't name an algorithm (`alg`)".into())
            }
            ([first, payload, signature], Ok(header)) => {
                let signing_input = &token[..first.len() + 1 + payload.len()];
                Self::Signed(Jws { header, signing_input, payload, signature })
            }
            ([_, _], Ok(_)) => Self::Broken("it is cut off after its second part; a signed token has three".into()),
            (others, _) => Self::Broken(format!("it has {} parts; a signed token has 3", others.len())),
        }
    }
}

impl Jws<'_> {
    /// Reads the payload.
    ///
    /// # Errors
    /// Why it isn't a JSON object in canonical base64url, as a sentence part.
    pub(crate) fn payload(&self) -> Result<Json, String> {
        object(self.payload, "payload")
    }

    /// Reads the signature; it is empty if the token has none.
    ///
    /// # Errors
    /// Why it isn't canonical base64url, as a sentence part.
    pub(crate) fn signature(&self) -> Result<Vec<u8>, String> {
        bytes(self.signature, "signature")
    }
}

/// The header in a text's first part, if it is a JSON object.
pub(super) fn header_of(part: &str) -> Option<Json> {
    if part.len() > MAX_HEADER {
        return None;
    }
    object(part, "header").ok()
}

fn object(part: &str, name: &str) -> Result<Json, String> {
    if part.is_empty() {
        return Err(format!("the {name} is empty"));
    }
    let text = String::from_utf8(bytes(part, name)?).map_err(|_| format!("the {name} isn't valid UTF-8"))?;
    // Duplicate names are rejected: two readers could see two different tokens (RFC 7519 §4).
    match Json::parse(&text) {
        Ok(json @ Json::Object(_)) => Ok(json),
        Ok(_) => Err(format!("the {name} isn't a JSON object")),
        Err(fault) => Err(format!("the {name} isn't valid JSON: {fault}")),
    }
}

fn bytes(part: &str, name: &str) -> Result<Vec<u8>, String> {
    // RFC 7515 §2 allows neither padding nor line breaks; set unused bits would give one signature several spellings.
    URL_SAFE_NO_PAD.decode(part).map_err(|error| {
        let why = match error {
            DecodeError::InvalidByte(_, b'=') | DecodeError::InvalidPadding => "is padded with `=`",
            DecodeError::InvalidByte(_, b'+' | b'/') => "uses the plain base64 alphabet instead of base64url",
            DecodeError::InvalidByte(_, byte) if byte.is_ascii_whitespace() => "contains whitespace",
            DecodeError::InvalidByte(..) => "contains a character that isn't base64url",
            DecodeError::InvalidLength(_) => "has an impossible length for base64url, so something is missing",
            DecodeError::InvalidLastSymbol { .. } => "isn't canonical base64url: unused bits are set",
        };
        format!("the {name} {why}")
    })
}

/// Whether a part begins like base64 of a JSON object or array, whatever follows.
fn looks_encoded(part: &str) -> bool {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let start: String = part.chars().filter(|c| !c.is_whitespace()).take(4).collect();
    let bytes = LENIENT.decode(&start).unwrap_or_default();
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    fn word(token: &str) -> String {
        match Compact::parse(token) {
            Compact::Signed(jws) => match (jws.payload(), jws.signature()) {
                (Ok(_), Ok(_)) => "signed".into(),
                (Err(why), _) | (_, Err(why)) => why,
            },
            Compact::Encrypted => "encrypted".into(),
            Compact::Opaque => "opaque".into(),
            Compact::Broken(why) => why,
            Compact::TooLarge => "too large".into(),
        }
    }

    #[test]
    fn a_text_is_what_its_shape_says() {
        let (head, body) = (part(r#"{"alg":"RS256"}"#), part(r#"{"sub":"1"}"#));
        let jwe = part(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
        let check = |token: String, expected: &str| assert_eq!(word(&token), expected, "{token}");
        check(format!("{head}.{body}.c2ln"), "signed");
        check(format!("{head}.{body}."), "signed");
        check(format!("{}.{body}.c2ln", part("{\r\n \"alg\":\"RS256\"}")), "signed");
        check(format!("{jwe}.a.b.c.d"), "encrypted");
        check(format!("{jwe}..b.c.d"), "encrypted");
        check(format!("{jwe}.a.b"), "its header is for an encrypted token, which has five parts");
        check(format!("{head}.a.b.c.d"), "it has five parts, but its header doesn't name an encryption algorithm");
        check(format!("{head}.{body}"), "it is cut off after its second part; a signed token has three");
        check(format!("{head}.{body}.a.b"), "it has 4 parts; a signed token has 3");
        check(head.clone(), "it has 1 parts; a signed token has 3");
        check(format!("{}.{body}.c2ln", part("{}")), "its header doesn't name an algorithm (`alg`)");
        check(format!("{}.{body}.c2ln", part("[1]")), "the header isn't a JSON object");
        check(format!(".{body}.c2ln"), "the header is empty");
        check(format!("{head}..c2ln"), "the payload is empty");
        check(format!("{head}.{}.c2ln", part("42")), "the payload isn't a JSON object");
        for opaque in ["", ".", "..", "opaque", "SG.abc.def", "a.b.c.d.e", "ya29.a0Af", &part(r#"{"k":"v"}"#)] {
            check(opaque.into(), "opaque");
        }
    }

    #[test]
    fn parts_are_canonical_base64url_or_the_reason_is_named() {
        let (head, body) = (part(r#"{"alg":"RS256"}"#), part(r#"{"sub":"1"}"#));
        let check = |signature: &str, expected: &str| {
            assert_eq!(word(&format!("{head}.{body}.{signature}")), expected, "{signature}");
        };
        check("c2ln", "signed");
        check("c2k=", "the signature is padded with `=`");
        check("c+ln", "the signature uses the plain base64 alphabet instead of base64url");
        check("c2\nln", "the signature contains whitespace");
        check("c2l*", "the signature contains a character that isn't base64url");
        check("c2lnc", "the signature has an impossible length for base64url, so something is missing");
        check("c2l", "the signature isn't canonical base64url: unused bits are set");
    }

    #[test]
    fn limits_hold_to_the_byte() {
        let head = part(r#"{"alg":"RS256"}"#);
        let fill = |size: usize| format!("{head}.{}.", "A".repeat(size - head.len() - 2));
        assert_ne!(word(&fill(MAX_TOKEN)), "too large");
        assert_eq!(word(&fill(MAX_TOKEN + 1)), "too large");
        let long = |size: usize| part(&format!(r#"{{"alg":"{}"}}"#, "x".repeat(size * 3 / 4 - 10)));
        assert_eq!(long(MAX_HEADER).len(), MAX_HEADER);
        assert_eq!(word(&format!("{}.{}.", long(MAX_HEADER), part("{}"))), "signed");
        assert_eq!(word(&format!("{}A.{}.", long(MAX_HEADER), part("{}"))), "too large");
    }
}
