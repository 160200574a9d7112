//! A **token response** is the success of RFC 6749 §5.1, read strictly where it matters.
//!
//! Rule: a reason never quotes a value, since every value may be a token; the parser's own messages do quote, so they
//! are dropped.

use time::{Duration, OffsetDateTime};

use super::TokenResponse;
use crate::json::{Json, SecretJson};
use crate::moment;
use crate::provider::ResponseMap;
use crate::secret::Secret;

/// Lifetimes longer than 100 years are truncated: adding them to a date must never overflow.
const LONGEST_LIFE: f64 = 100.0 * 365.25 * 86_400.0;

/// More scopes than any server grants at once.
const MOST_SCOPES: usize = 1_000;

/// How much of a further member is shown, in characters.
const LONGEST_SHOWN: usize = 2_000;

/// Reads a token response; the error is a sentence part.
pub(super) fn parse(text: &str, map: &ResponseMap) -> Result<TokenResponse, String> {
    // Arrays aren't token responses, although a pointer could look into them.
    if !text.starts_with('{') {
        return Err("it isn't a JSON object".into());
    }
    let document = SecretJson::parse(text).map_err(|fault| format!("it isn't valid JSON: {fault}"))?;
    let document = document.expose();
    let access_token = access_token(document, map)?;
    token_type(document, map)?;
    Ok(TokenResponse {
        access_token,
        expires_in: member(document, &map.lifetime).map(|value| expires_in(value, &map.lifetime)).transpose()?,
        expires_at: member(document, &map.expires_at).map(|value| expires_at(value, &map.expires_at)).transpose()?,
        scopes: member(document, &map.scope).map(|value| scopes(value, &map.scope)).transpose()?,
        also_said: map.shown.iter().filter_map(|pointer| also_said(document, pointer)).collect(),
    })
}

/// A member that is present and not null.
fn member<'a>(document: &'a Json, pointer: &str) -> Option<&'a Json> {
    document.at(pointer).filter(|value| !matches!(value, Json::Null))
}

fn name(pointer: &str) -> &str {
    pointer.trim_start_matches('/')
}

fn access_token(document: &Json, map: &ResponseMap) -> Result<Secret, String> {
    let found = map.token.iter().find_map(|pointer| Some((name(pointer), member(document, pointer)?)));
    let wanted = map.token.first().map_or("", |pointer| name(pointer));
    let (name, value) = found.ok_or_else(|| format!("{wanted} is missing"))?;
    let token = value.as_text().ok_or_else(|| format!("{name} isn't a string"))?;
    if token.is_empty() {
        return Err(format!("{name} is empty"));
    }
    // RFC 6749 appendix A.12: visible ASCII and space. A line break would start a new header.
    if !token.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(format!("{name} contains characters that aren't allowed in a token"));
    }
    Ok(Secret::new(token.to_owned()))
}

/// RFC 6749 §7.1: a client must not use a token whose type it does not know.
fn token_type(document: &Json, map: &ResponseMap) -> Result<(), String> {
    let pointer = &map.token_type;
    let Some(value) = member(document, pointer) else {
        return if map.token_type_optional { Ok(()) } else { Err(format!("{} is missing", name(pointer))) };
    };
    match value.as_text() {
        None => Err(format!("{} isn't a string", name(pointer))),
        Some(kind) if kind.eq_ignore_ascii_case("bearer") => Ok(()),
        Some(_) => Err(format!("{} isn't Bearer", name(pointer))),
    }
}

fn expires_in(value: &Json, pointer: &str) -> Result<Duration, String> {
    let number = match value {
        // Some servers write the number as a string.
        Json::Text(text) => text.trim().parse::<f64>().ok(),
        Json::Number(text) => text.parse::<f64>().ok(),
        _ => None,
    };
    match number {
        Some(seconds) if seconds < 0.0 => Err(format!("{} is negative", name(pointer))),
        Some(seconds) if seconds.is_finite() => Ok(Duration::seconds_f64(seconds.min(LONGEST_LIFE).floor())),
        _ => Err(format!("{} isn't a number of seconds", name(pointer))),
    }
}

fn expires_at(value: &Json, pointer: &str) -> Result<OffsetDateTime, String> {
    let moment = value.as_text().and_then(moment::of_rfc3339);
    moment.ok_or_else(|| format!("{} isn't an RFC 3339 time", name(pointer)))
}

/// RFC 6749 §3.3; an array is tolerated, since some servers send one.
fn scopes(value: &Json, pointer: &str) -> Result<Vec<String>, String> {
    let scopes = all_scopes(value, pointer)?;
    if scopes.len() > MOST_SCOPES { Err(format!("{} lists more than 1,000 scopes", name(pointer))) } else { Ok(scopes) }
}

fn all_scopes(value: &Json, pointer: &str) -> Result<Vec<String>, String> {
    match value {
        Json::Text(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
        Json::List(items) => items
            .iter()
            .map(|item| item.as_text().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| format!("{} isn't a list of strings", name(pointer))),
        _ => Err(format!("{} isn't a string", name(pointer))),
    }
}

fn also_said(document: &Json, pointer: &str) -> Option<(String, String)> {
    let value = member(document, pointer)?;
    let text = value.as_text().map_or_else(|| value.pretty(), str::to_owned);
    Some((name(pointer).to_owned(), text.chars().take(LONGEST_SHOWN).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_member_is_named() {
        for (text, why) in [
            ("[]", "it isn't a JSON object"),
            (r#"["tok","Bearer",1,"x"]"#, "it isn't a JSON object"),
            ("{", "it isn't valid JSON: it is cut off"),
            (r#"{"access_token":"a"} x"#, "it isn't valid JSON: it has a syntax error at line 1, column 22"),
            ("{}", "access_token is missing"),
            (r#"{"access_token":null}"#, "access_token is missing"),
            (r#"{"access_token":7}"#, "access_token isn't a string"),
            (r#"{"access_token":{"a":1}}"#, "access_token isn't a string"),
            (r#"{"access_token":""}"#, "access_token is empty"),
            (r#"{"access_token":"a\nX-Evil: 1"}"#, "access_token contains characters that aren't allowed in a token"),
            (r#"{"access_token":"ä"}"#, "access_token contains characters that aren't allowed in a token"),
            (r#"{"access_token":"a"}"#, "token_type is missing"),
            (r#"{"access_token":"a","token_type":["Bearer"]}"#, "token_type isn't a string"),
            (r#"{"access_token":"a","token_type":"mac"}"#, "token_type isn't Bearer"),
            (
                r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#,
                "it isn't valid JSON: a member appears more than once",
            ),
            (r#"{"access_token":"a","token_type":"Bearer","expires_in":-1}"#, "expires_in is negative"),
            (
                r#"{"access_token":"a","token_type":"Bearer","expires_in":"soon"}"#,
                "expires_in isn't a number of seconds",
            ),
            (
                r#"{"access_token":"a","token_type":"Bearer","expires_in":"inf"}"#,
                "expires_in isn't a number of seconds",
            ),
            (r#"{"access_token":"a","token_type":"Bearer","expires_in":true}"#, "expires_in isn't a number of seconds"),
            (r#"{"access_token":"a","token_type":"Bearer","scope":1}"#, "scope isn't a string"),
            (r#"{"access_token":"a","token_type":"Bearer","scope":[1]}"#, "scope isn't a list of strings"),
        ] {
            assert_eq!(parse(text, &ResponseMap::default()).map(|_| ()), Err(why.to_owned()), "{text}");
        }
    }

    #[test]
    fn lives_and_scopes_are_read_as_servers_write_them() {
        let life = |json: &str| {
            let text = format!(r#"{{"access_token":"a b","token_type":"bEARER","expires_in":{json},"scope":null}}"#);
            parse(&text, &ResponseMap::default()).expect(json).expires_in.map(Duration::whole_seconds)
        };
        assert_eq!(life("43199"), Some(43_199));
        assert_eq!(life("\"3600\""), Some(3600));
        assert_eq!(life("3599.9"), Some(3599));
        assert_eq!(life("0"), Some(0));
        assert_eq!(life("null"), None);
        assert_eq!(life("9223372036854775807"), Some(3_155_760_000));
        let scopes = |json: &str| {
            let text = format!(r#"{{"access_token":"a","token_type":"Bearer","scope":{json}}}"#);
            parse(&text, &ResponseMap::default()).expect(json).scopes
        };
        assert_eq!(scopes("\"openid  a:b\""), Some(vec!["openid".to_owned(), "a:b".to_owned()]));
        assert_eq!(scopes("[\"openid\"]"), Some(vec!["openid".to_owned()]));
        assert_eq!(scopes("null"), None);
    }

    #[test]
    fn a_provider_says_where_everything_stands() {
        let map = ResponseMap {
            token: vec!["/token".into(), "/data/0/id~1token".into()],
            lifetime: String::new(),
            expires_at: "/expires_at".into(),
            token_type_optional: true,
            shown: vec!["/instance_url".into(), "/none".into()],
            ..ResponseMap::default()
        };
        let text = r#"{"data":[{"id/token":"b"}],"expires_at":"2026-01-02T03:04:05Z","expires_in":"never","instance_url":"https://a.b"}"#;
        let response = parse(text, &map).expect("as mapped");
        assert_eq!(response.access_token.expose(), "b");
        assert_eq!(response.expires_at, Some(time::macros::datetime!(2026-01-02 03:04:05 UTC)));
        assert_eq!(response.also_said, [("instance_url".to_owned(), "https://a.b".to_owned())]);
        assert_eq!(parse("{}", &map).map(|_| ()), Err("token is missing".to_owned()));
    }

    #[test]
    fn hostile_answers_are_refused_on_a_small_stack() {
        crate::hostile::on_a_small_stack(|| {
            for name in ["access_token", "expires_in", "scope"] {
                for text in crate::hostile::json_with_member(name) {
                    assert!(parse(&text, &ResponseMap::default()).is_err());
                }
            }
        });
    }

    #[test]
    fn no_more_is_shown_of_an_answer_than_anybody_reads() {
        let map = ResponseMap { shown: vec!["/note".into()], ..ResponseMap::default() };
        let answer = |more: String| format!(r#"{{"access_token":"a","token_type":"Bearer",{more}}}"#);
        for list in [format!(r#""{}""#, "a ".repeat(1_001)), format!("[{}\"a\"]", "\"a\",".repeat(1_000))] {
            let why = parse(&answer(format!(r#""scope":{list}"#)), &map).map(|_| ());
            assert_eq!(why, Err("scope lists more than 1,000 scopes".to_owned()));
        }
        let response = parse(&answer(format!(r#""note":"{}""#, "é".repeat(5_000))), &map).expect("sound");
        assert_eq!(response.also_said[0].1.chars().count(), 2_000);
    }

    #[test]
    fn lives_and_moments_are_bounded_whatever_the_server_says() {
        let map = ResponseMap { expires_at: "/at".into(), ..ResponseMap::default() };
        let now = time::macros::datetime!(2026-11-23 0:00 UTC);
        for (life, at, expected) in [
            ("1e308", "9999-12-31T23:59:59Z", true),
            ("253402300800", "1970-01-01T00:00:00Z", true),
            ("\"9e99\"", "9999-12-31T23:59:59.999999999Z", false),
            ("1e400", "2026-11-23T00:00:00Z", false),
            ("\"nan\"", "2026-11-23T00:00:00Z", false),
            ("60", "9999-12-31T23:59:59-01:00", false),
            ("60", "0000-01-01T00:00:00+23:00", false),
        ] {
            let text = format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{life},"at":"{at}"}}"#);
            let found = parse(&text, &map);
            assert_eq!(found.is_ok(), expected, "{text}");
            let Ok(TokenResponse { expires_in: Some(life), expires_at: Some(at), .. }) = found else { continue };
            assert!(
                now.checked_add(life).is_some() && at.format(&time::format_description::well_known::Rfc3339).is_ok()
            );
        }
    }
}
