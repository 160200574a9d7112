//! A **token response** is the success of RFC 6749 §5.1, read strictly where it matters.
//!
//! Rule: a reason never quotes a value, as every value may be a token; the parser's own messages do
//! quote, so they are dropped.

use serde::Deserialize;
use serde_json::value::RawValue;
use time::Duration;
use zeroize::Zeroizing;

use super::TokenResponse;
use crate::secret::Secret;

/// Longer lives than 100 years are cut: adding them to a date must never overflow.
const LONGEST_LIFE: f64 = 100.0 * 365.25 * 86_400.0;

/// RFC 6749 §5.1; values stay raw, so that a wrong type has a name and a number keeps its text.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    access_token: Option<&'a RawValue>,
    #[serde(borrow)]
    token_type: Option<&'a RawValue>,
    #[serde(borrow)]
    expires_in: Option<&'a RawValue>,
    #[serde(borrow)]
    scope: Option<&'a RawValue>,
}

/// Reads a token response; the error is a sentence part.
pub(super) fn parse(text: &str) -> Result<TokenResponse, &'static str> {
    // Serde would also take an array, member by member.
    if !text.starts_with('{') {
        return Err("it is not a JSON object");
    }
    let wire: Wire<'_> = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "a member stands in it twice",
        _ => "its JSON is malformed or broken off",
    })?;
    Ok(TokenResponse {
        access_token: access_token(wire.access_token)?,
        expires_in: {
            token_type(wire.token_type)?;
            wire.expires_in.map(expires_in).transpose()?
        },
        scopes: wire.scope.map(scopes).transpose()?,
    })
}

fn access_token(raw: Option<&RawValue>) -> Result<Secret, &'static str> {
    let raw = raw.ok_or("access_token is missing")?;
    let token = Secret::new(serde_json::from_str(raw.get()).map_err(|_| "access_token is not a string")?);
    if token.expose().is_empty() {
        return Err("access_token is empty");
    }
    // RFC 6749 appendix A.12: visible ASCII and space. A line break would become a header of its own.
    if !token.expose().bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err("access_token holds characters that no token may hold");
    }
    Ok(token)
}

/// RFC 6749 §7.1: a client must not use a token whose type it does not know.
fn token_type(raw: Option<&RawValue>) -> Result<(), &'static str> {
    let raw = raw.ok_or("token_type is missing")?;
    let name: Zeroizing<String> =
        serde_json::from_str(raw.get()).map(Zeroizing::new).map_err(|_| "token_type is not a string")?;
    if name.eq_ignore_ascii_case("bearer") { Ok(()) } else { Err("token_type is not Bearer") }
}

fn expires_in(raw: &RawValue) -> Result<Duration, &'static str> {
    let number = match raw.get().as_bytes().first() {
        // Some servers write the number as a string.
        Some(b'"') => serde_json::from_str::<String>(raw.get()).ok().and_then(|text| text.trim().parse::<f64>().ok()),
        _ => raw.get().parse::<f64>().ok(),
    };
    match number {
        Some(seconds) if seconds < 0.0 => Err("expires_in is negative"),
        Some(seconds) if seconds.is_finite() => Ok(Duration::seconds_f64(seconds.min(LONGEST_LIFE).floor())),
        _ => Err("expires_in is not a number of seconds"),
    }
}

/// RFC 6749 §3.3; a list is tolerated, as some servers send one.
fn scopes(raw: &RawValue) -> Result<Vec<String>, &'static str> {
    match raw.get().as_bytes().first() {
        Some(b'[') => serde_json::from_str(raw.get()).map_err(|_| "scope is not a list of strings"),
        _ => serde_json::from_str::<String>(raw.get())
            .map(|text| text.split_whitespace().map(str::to_owned).collect())
            .map_err(|_| "scope is not a string"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_member_is_named() {
        for (text, why) in [
            ("[]", "it is not a JSON object"),
            (r#"["tok","Bearer",1,"x"]"#, "it is not a JSON object"),
            ("{", "its JSON is malformed or broken off"),
            (r#"{"access_token":"a"} x"#, "its JSON is malformed or broken off"),
            ("{}", "access_token is missing"),
            (r#"{"access_token":null}"#, "access_token is missing"),
            (r#"{"access_token":7}"#, "access_token is not a string"),
            (r#"{"access_token":{"a":1}}"#, "access_token is not a string"),
            (r#"{"access_token":""}"#, "access_token is empty"),
            (r#"{"access_token":"a\nX-Evil: 1"}"#, "access_token holds characters that no token may hold"),
            (r#"{"access_token":"ä"}"#, "access_token holds characters that no token may hold"),
            (r#"{"access_token":"a"}"#, "token_type is missing"),
            (r#"{"access_token":"a","token_type":["Bearer"]}"#, "token_type is not a string"),
            (r#"{"access_token":"a","token_type":"mac"}"#, "token_type is not Bearer"),
            (r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#, "a member stands in it twice"),
            (r#"{"access_token":"a","token_type":"Bearer","expires_in":-1}"#, "expires_in is negative"),
            (
                r#"{"access_token":"a","token_type":"Bearer","expires_in":"soon"}"#,
                "expires_in is not a number of seconds",
            ),
            (
                r#"{"access_token":"a","token_type":"Bearer","expires_in":"inf"}"#,
                "expires_in is not a number of seconds",
            ),
            (
                r#"{"access_token":"a","token_type":"Bearer","expires_in":true}"#,
                "expires_in is not a number of seconds",
            ),
            (r#"{"access_token":"a","token_type":"Bearer","scope":1}"#, "scope is not a string"),
            (r#"{"access_token":"a","token_type":"Bearer","scope":[1]}"#, "scope is not a list of strings"),
        ] {
            assert_eq!(parse(text).map(|_| ()), Err(why), "{text}");
        }
    }

    #[test]
    fn lives_and_scopes_are_read_as_servers_write_them() {
        let life = |json: &str| {
            let text = format!(r#"{{"access_token":"a b","token_type":"bEARER","expires_in":{json},"scope":null}}"#);
            parse(&text).expect(json).expires_in.map(Duration::whole_seconds)
        };
        assert_eq!(life("43199"), Some(43_199));
        assert_eq!(life("\"3600\""), Some(3600));
        assert_eq!(life("3599.9"), Some(3599));
        assert_eq!(life("0"), Some(0));
        assert_eq!(life("null"), None);
        assert_eq!(life("9223372036854775807"), Some(3_155_760_000));
        let scopes = |json: &str| {
            parse(&format!(r#"{{"access_token":"a","token_type":"Bearer","scope":{json}}}"#)).expect(json).scopes
        };
        assert_eq!(scopes("\"openid  a:b\""), Some(vec!["openid".to_owned(), "a:b".to_owned()]));
        assert_eq!(scopes("[\"openid\"]"), Some(vec!["openid".to_owned()]));
        assert_eq!(scopes("null"), None);
    }
}
