//! A **refusal** is a server's error in whatever dialect it uses, typed and quoted.
//!
//! Rule: quoted means without our secrets: a server that echoes its input must not carry an assertion or a token into a
//! report. What a refusal means is decided elsewhere (diagnosis).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::WWW_AUTHENTICATE;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::reply::Reply;
use super::{Refusal, Refused};
use crate::json::Json;
use crate::provider::ContentKind;
use crate::secret::Secret;

mod members;

/// How much of a body is quoted, in characters.
const QUOTED: usize = 2_000;
/// How much of a plain-text body is used as a description, in characters.
const PLAIN: usize = 200;
/// Anything shorter isn't a real secret, and may occur in a response by chance.
const SHORTEST: usize = 8;

/// Whether a body with status 200 is nevertheless a refusal: an object that names an error and contains no token.
pub(super) fn is_refusal(text: &str) -> bool {
    Json::parse(text).is_ok_and(|body| {
        let members = members::of(&body, &str::to_owned);
        !members::hold_a_token(&members) && members::name_an_error(&members)
    })
}

/// Reads the refusal from a reply; `sent` are the secrets in the request.
pub(super) fn read(reply: &Reply, refused: Refused, sent: &[&Secret]) -> Refusal {
    let text = without_secrets(&String::from_utf8_lossy(&reply.body), sent);
    let mut refusal = Refusal {
        host: reply.host.clone(),
        refused,
        status: reply.status,
        content: reply.content(),
        headers: reply.header_names(),
        cookies: reply.cookie_names(),
        body: text.chars().take(QUOTED).collect(),
        server_date: reply.server_date,
        ..Refusal::default()
    };
    // 2021's servers send their JSON as text/plain, so the content decides, not its media type.
    match Json::parse(text.trim_start_matches('\u{feff}').trim())
        .ok()
        .filter(|json| matches!(json, Json::Object(_) | Json::List(_)))
    {
        Some(json) => read_document(&json, &mut refusal, sent),
        // A plain-text success may be a token.
        None if reply.status < 300 => refusal.body = String::new(),
        None if refusal.content == ContentKind::Page => {}
        None => {
            let words: Vec<&str> = text.split_whitespace().collect();
            let plain: String = words.join(" ").chars().take(PLAIN).collect();
            refusal.description = Some(plain).filter(|plain| !plain.is_empty());
        }
    }
    if let Some(challenge) = reply.header(&WWW_AUTHENTICATE).map(|challenge| without_secrets(challenge, sent)) {
        // RFC 6750 §3: a resource server explains itself in the challenge, often with an empty body.
        refusal.error = refusal.error.or_else(|| parameter(&challenge, "error"));
        refusal.description = refusal.description.or_else(|| parameter(&challenge, "error_description"));
    }
    refusal
}

fn read_document(json: &Json, refusal: &mut Refusal, sent: &[&Secret]) {
    // JSON has more than one way to write a character, so each value is checked separately.
    let mut found = members::of(json, &|value| without_secrets(value, sent));
    let holds_token = members::hold_a_token(&found);
    if holds_token {
        refusal.body = "(not shown because it contains a token)".into();
        found.retain(|(place, _)| members::is_of_an_error(place));
    }
    refusal.error = members::error(&found);
    refusal.description = members::description(&found);
    refusal.parent = members::first(&found, &["parent"]);
    refusal.code = members::rpc_code(&found).map(str::to_owned);
    if refusal.status < 300 && !holds_token && found.iter().any(|(place, _)| !members::is_of_an_error(place)) {
        // A success may contain anything; only what is about the error is quoted.
        found.retain(|(place, _)| members::is_of_an_error(place));
        let said = [&refusal.error, &refusal.description].into_iter().flatten().cloned();
        refusal.body = said.collect::<Vec<_>>().join(": ");
    }
    refusal.members = found;
}

/// The text without the secrets that were sent, in any spelling that a server may echo.
pub(super) fn without_secrets(text: &str, sent: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for secret in sent {
        for spelling in spellings(secret.expose()).iter().filter(|spelling| spelling.len() >= SHORTEST) {
            text = text.replace(spelling.as_str(), "(redacted)");
        }
    }
    text
}

/// How a secret may appear in a response: what follows `Bearer ` or `Basic ` in a header; the last part of a JWT, which
/// is its signature; the content of Basic (RFC 7617 §2), unencoded or form-encoded (RFC 6749 §2.3.1); each of them as
/// JSON writes it. The longest first, since one may contain another.
fn spellings(sent: &str) -> Vec<Zeroizing<String>> {
    let mut spellings = Vec::new();
    let bare = sent.strip_prefix("Bearer ").or_else(|| sent.strip_prefix("Basic ")).unwrap_or(sent);
    spellings.push(bare.to_owned());
    spellings
        .extend(bare.rsplit_once('.').filter(|(_, signature)| signature.len() >= 16).map(|(_, end)| end.to_owned()));
    if let Some(pair) = sent.strip_prefix("Basic ").and_then(|encoded| STANDARD.decode(encoded).ok()) {
        let pair = String::from_utf8(pair).unwrap_or_default();
        let password = pair.split_once(':').map(|(_, password)| password.to_owned()).unwrap_or_default();
        let field = format!("p={password}");
        spellings.extend(form_urlencoded::parse(field.as_bytes()).map(|(_, decoded)| decoded.into_owned()));
        spellings.extend([pair, password]);
    }
    let encoded: Vec<String> =
        spellings.iter().map(|spelling| form_urlencoded::byte_serialize(spelling.as_bytes()).collect()).collect();
    spellings.extend(encoded);
    let escaped = |spelling: &String| {
        let quoted = serde_json::to_string(spelling).expect("a text is JSON");
        quoted[1..quoted.len() - 1].to_owned()
    };
    let escaped: Vec<String> = spellings.iter().map(escaped).collect();
    let slashes = escaped.iter().map(|spelling| spelling.replace('/', "\\/")).collect::<Vec<_>>();
    spellings.extend(escaped.into_iter().chain(slashes));
    spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    spellings.dedup();
    spellings.into_iter().map(Zeroizing::new).collect()
}

/// A quoted parameter of a challenge (RFC 9110 §11.2), without its escapes.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let start = challenge.match_indices(name).find_map(|(position, _)| {
        let before = challenge[..position].chars().next_back();
        let after = challenge[position + name.len()..].strip_prefix("=\"")?;
        before.is_none_or(|before| matches!(before, ' ' | ',')).then_some(after)
    })?;
    let mut value = String::new();
    let mut characters = start.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some(value),
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read_by_parameter() {
        let challenge =
            r#"Bearer realm="a, error=x", error="invalid_token", error_description="the \"token\" expired""#;
        assert_eq!(parameter(challenge, "error").as_deref(), Some("invalid_token"));
        assert_eq!(parameter(challenge, "error_description").as_deref(), Some("the \"token\" expired"));
        assert_eq!(parameter("Bearer", "error"), None);
        assert_eq!(parameter("Bearer error=\"open", "error"), None);
    }

    #[test]
    fn an_echoed_secret_is_not_quoted() {
        let secret = Secret::new("head.claims.0123456789abcdefSIGNATURE".into());
        for echo in ["bad: head.claims.0123456789abcdefSIGNATURE!", "signature 0123456789abcdefSIGNATURE"] {
            let text = without_secrets(echo, &[&secret]);
            assert!(!text.contains("SIGNATURE") && text.contains("(redacted)"), "{text}");
        }
        let basic = Secret::new(format!("Basic {}", STANDARD.encode("acme:s3cr%2Bt%2Fwith%22odd")));
        for echo in [
            r#"wrong: s3cr+t/with"odd"#,
            "wrong: s3cr%2Bt%2Fwith%22odd",
            r#"{"error_description":"wrong: s3cr+t/with\"odd"}"#,
            r#"{"error_description":"wrong: s3cr+t\/with\"odd"}"#,
            "wrong: acme:s3cr%2Bt%2Fwith%22odd",
        ] {
            let text = without_secrets(echo, &[&basic]);
            assert!(!text.contains("odd") && text.contains("(redacted)"), "{text}");
        }
        assert_eq!(without_secrets("plain", &[]), "plain");
        assert_eq!(without_secrets(r#"{"sub":"1"}"#, &[&Secret::new("1".into())]), r#"{"sub":"1"}"#);
    }

    #[test]
    fn a_secret_that_is_echoed_where_an_answer_is_cut_is_not_quoted_in_part() {
        let secret = Secret::new("head.claims.0123456789abcdefSIGNATURE".into());
        for filler in 1_950..2_001 {
            let body = format!(
                r#"{{"error":"{0}{1}","message":"{0}\u0068{2}","{1}":"1"}}"#,
                "x".repeat(filler),
                secret.expose(),
                &secret.expose()[1..]
            );
            let mut reply = Reply::begin("a.test".into(), 400, reqwest::header::HeaderMap::new());
            reply.body = Zeroizing::new(body.into_bytes());
            let shown = format!("{:?}", read(&reply, Refused::Assertion, &[&secret]));
            assert!(!shown.contains("0123456789"), "{filler}: {shown}");
        }
    }
}
