//! A **template** is a text with `{placeholders}` for what depends on the environment or the service user.
//!
//! Rule: no code in data. A placeholder stands for text and nothing else; an unknown one is an error when a profile is
//! read, so that expanding can't fail later.

use std::collections::BTreeMap;

/// Placeholders that every provider's templates may use, besides the provider's own parameters: the issuer as it is
/// compared; the same without a trailing slash, for appending paths; its host and port; the token endpoint; the service
/// user's id; the client id (or the user id if there is none); the key's id; the audience named in the key file; the
/// title of what is created.
pub const KNOWN: [&str; 9] =
    ["issuer", "base", "issuerHost", "tokenEndpoint", "userId", "clientId", "keyId", "audience", "title"];

/// The values of placeholders, by name without braces.
pub type Values = BTreeMap<String, String>;

/// The placeholders of a template, in order, without braces.
pub fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|piece| piece.split_once('}').map(|(name, _)| name))
}

/// Whether a template uses this placeholder.
pub fn mentions(template: &str, name: &str) -> bool {
    placeholders(template).any(|found| found == name)
}

/// Replaces placeholders with their values. If one has no value, the whole text is empty: half an address or half a
/// name would be worse than none.
pub fn expand(template: &str, values: &Values) -> String {
    expand_with(template, values, str::to_owned)
}

/// As [`expand`], for a URL: values can't leave their path segment or query value (RFC 3986 §2.1). Only `{base}`,
/// `{issuer}`, `{api}` and `{tokenEndpoint}`, which are URLs themselves, and `{issuerHost}` are inserted unencoded. A dot
/// segment (§3.3) isn't a valid value: it names another path, however it is encoded.
pub fn expand_url(template: &str, values: &Values) -> String {
    if placeholders(template).any(|name| values.get(name).is_some_and(|value| matches!(value.as_str(), "." | ".."))) {
        return String::new();
    }
    expand_named(template, values, |name, value| match name {
        "base" | "issuer" | "tokenEndpoint" | "issuerHost" | "api" => value.to_owned(),
        _ => url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20"),
    })
}

fn expand_with(template: &str, values: &Values, write: impl Fn(&str) -> String) -> String {
    expand_named(template, values, |_, value| write(value))
}

fn expand_named(template: &str, values: &Values, write: impl Fn(&str, &str) -> String) -> String {
    let mut pieces = template.split('{');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some((name, rest)) = piece.split_once('}') else {
            out.push('{');
            out.push_str(piece);
            continue;
        };
        match values.get(name).filter(|value| !value.is_empty()) {
            Some(value) => out.push_str(&write(name, value)),
            None => return String::new(),
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        [
            ("issuer", "https://a.b/"),
            ("base", "https://a.b"),
            ("orgId", "o/1 ?"),
            ("empty", ""),
            ("issuerHost", "a.b:8443"),
            ("dots", ".."),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn placeholders_become_their_values_and_one_without_a_value_empties_the_text() {
        for (template, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{issuer}", "https://a.b/"),
            ("{base}/x/{orgId}", "https://a.b/x/o/1 ?"),
            ("{base}/{unknown}", ""),
            ("{empty}", ""),
            ("{ not closed", "{ not closed"),
        ] {
            assert_eq!(expand(template, &values()), expected, "{template}");
        }
        assert_eq!(expand_url("{base}/x/{orgId}/y", &values()), "https://a.b/x/o%2F1%20%3F/y");
        assert_eq!(expand_url("https://{issuerHost}/x", &values()), "https://a.b:8443/x");
        assert_eq!(expand_url("{base}/users/{dots}/keys", &values()), "", "it would be another path");
    }

    #[test]
    fn placeholders_are_found_in_their_order() {
        assert_eq!(placeholders("{a}/{b}{a}").collect::<Vec<_>>(), ["a", "b", "a"]);
        assert!(mentions("x{clientId}", "clientId") && !mentions("clientId", "clientId"));
    }
}
