//! A **refusal** is a server's error in whatever dialect it speaks, typed and quoted.
//!
//! Rule: quoted means without our secrets: a server that echoes what it was sent must not carry an
//! assertion or a token into a report. Not here: what a refusal means (diagnosis).

use reqwest::header::WWW_AUTHENTICATE;

use super::reply::Reply;
use crate::error::Refusal;
use crate::json::Json;
use crate::secret::Secret;

/// How much of a body is quoted, in characters.
const QUOTED: usize = 2_000;
/// How much of a body that is plain text stands for a description, in characters.
const PLAIN: usize = 200;
/// What is shorter is no secret worth the name, and may stand in an answer by chance.
const SHORTEST: usize = 8;

/// Whether a body is an object with an `error` and without a token.
pub(super) fn is_error_object(text: &str) -> bool {
    Json::parse(text).is_ok_and(|body| {
        body.get("error").is_some_and(|error| !matches!(error, Json::Null)) && body.get("access_token").is_none()
    })
}

/// Reads the refusal out of a reply; `sent` are the secrets that the request carried.
pub(super) fn read(reply: &Reply, refused: &'static str, sent: &[&Secret]) -> Refusal {
    let text = without_secrets(&String::from_utf8_lossy(&reply.body), sent);
    // 2021's servers send their JSON as text/plain, so the content decides and not its media type.
    let json = Json::parse(text.trim()).ok().filter(|json| matches!(json, Json::Object(_)));
    let mut refusal = Refusal {
        host: reply.host.clone(),
        refused,
        status: reply.status,
        error: None,
        description: None,
        parent: None,
        body: text.chars().take(QUOTED).collect(),
        server_date: reply.server_date,
    };
    match &json {
        Some(json) => read_object(json, &mut refusal),
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

fn read_object(json: &Json, refusal: &mut Refusal) {
    if ["access_token", "id_token", "refresh_token"].into_iter().any(|name| json.get(name).is_some()) {
        refusal.body = "(not shown, as it holds a token)".into();
    }
    let text = |name: &str| json.get(name).and_then(Json::as_text).map(str::to_owned);
    // RFC 6749 §5.2.
    refusal.error = text("error");
    refusal.description = text("error_description")
        // ZITADEL's APIs: {"code","message","details"}.
        .or_else(|| text("message"))
        // Google's style: {"error":{"message"}}.
        .or_else(|| json.get("error")?.get("message")?.as_text().map(str::to_owned));
    refusal.parent = text("parent");
}

/// The text without the secrets that were sent, nor the last part of each, the signature of a JWT. What
/// follows `Bearer ` or `Basic ` in a header counts by itself.
pub(super) fn without_secrets(text: &str, sent: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for secret in sent {
        let secret = secret.expose();
        let secret = secret.strip_prefix("Bearer ").or_else(|| secret.strip_prefix("Basic ")).unwrap_or(secret);
        if secret.len() < SHORTEST {
            continue;
        }
        text = text.replace(secret, "(redacted)");
        if let Some((_, signature)) = secret.rsplit_once('.').filter(|(_, signature)| signature.len() >= 16) {
            text = text.replace(signature, "(redacted)");
        }
    }
    text
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
        assert_eq!(without_secrets("plain", &[]), "plain");
        assert_eq!(without_secrets(r#"{"sub":"1"}"#, &[&Secret::new("1".into())]), r#"{"sub":"1"}"#);
    }
}
