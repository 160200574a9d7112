//! A **token response** is the JSON that a token endpoint returns (RFC 6749 §5.1).
//!
//! Rule: the access token counts; an id token only if there is no access token (OpenID Connect Core §3.1.3.3). It is
//! found in complete documents, in documents with headers around them, and in broken or escaped ones.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::Wiped;

/// The names of members that contain a token.
#[derive(Deserialize)]
struct Response {
    #[serde(alias = "accessToken")]
    access_token: Option<Text>,
    #[serde(alias = "idToken")]
    id_token: Option<Text>,
}

struct Text(Wiped);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// The tokens of all responses in a text.
pub(super) fn tokens(text: &str) -> Vec<Wiped> {
    let document = text.find('{').zip(text.rfind('}')).and_then(|(start, end)| text.get(start..=end));
    let response = document.and_then(|document| serde_json::from_str::<Response>(document).ok());
    let member = response.and_then(|response| response.access_token.or(response.id_token));
    if let Some(token) = member.and_then(|Text(token)| tidy(&token)) {
        return vec![token];
    }
    // Nested, split by line breaks, several in a row, or inside another string.
    let unescaped = Zeroizing::new(text.replace("\\\"", "\""));
    let access = named(&unescaped, &["\"access_token\"", "\"accessToken\""]);
    if access.is_empty() { named(&unescaped, &["\"id_token\"", "\"idToken\""]) } else { access }
}

/// The string values of each of the names.
fn named(text: &str, names: &[&str]) -> Vec<Wiped> {
    let places = names.iter().flat_map(|name| text.match_indices(name)).map(|(at, name)| at + name.len());
    places.filter_map(|at| value_at(&text[at..])).collect()
}

fn value_at(text: &str) -> Option<Wiped> {
    let value = text.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    tidy(&value[..value.find('"')?])
}

/// A token without whitespace, escapes and a scheme in front of it; `None` if no token remains.
fn tidy(value: &str) -> Option<Wiped> {
    let value = value.trim();
    let value = value.strip_prefix("Bearer ").unwrap_or(value);
    let mut token = Zeroizing::new(String::with_capacity(value.len()));
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            // `\/` is a slash; `\n` and `\r` are line breaks that wrap the token.
            '\\' => token.extend(chars.next().filter(|next| !matches!(next, 'n' | 'r' | 't'))),
            _ if c.is_whitespace() => {}
            _ => token.push(c),
        }
    }
    // An access token is visible ASCII (RFC 6749 appendix A.12).
    let visible = !token.is_empty() && token.chars().all(|c| c.is_ascii_graphic());
    visible.then_some(token)
}
