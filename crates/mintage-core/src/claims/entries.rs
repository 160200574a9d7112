//! The **entries** of a claim whose form the provider's glossary knows: roles and metadata.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{ClaimEntry, text_of};
use crate::json::Json;
use crate::provider::ClaimForm;

/// The entries of a value in a known form; empty if its form isn't as expected.
pub(super) fn entries(value: &Json, form: ClaimForm) -> Vec<ClaimEntry> {
    let Json::Object(members) = value else { return Vec::new() };
    let read = match form {
        ClaimForm::Plain => return Vec::new(),
        ClaimForm::ZitadelRoles => organisations,
        ClaimForm::Base64Map => |value: &Json| Some(vec![decoded(value)]),
    };
    let entry = |(name, value): &(String, Json)| Some(ClaimEntry { name: name.clone(), values: read(value)? });
    members.iter().map(entry).collect::<Option<_>>().unwrap_or_default()
}

/// Where a role applies: `{organisation id: domain}`.
fn organisations(value: &Json) -> Option<Vec<String>> {
    let Json::Object(organisations) = value else { return None };
    let line = |(id, domain): &(String, Json)| match domain.as_text() {
        Some("") => Some(id.clone()),
        Some(domain) => Some(format!("{id} ({domain})")),
        None => None,
    };
    organisations.iter().map(line).collect()
}

/// The text behind base64url without padding, or the value unchanged if it isn't that.
fn decoded(value: &Json) -> String {
    let bytes = value.as_text().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| text_of(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_metadata_become_entries() {
        let check = |form: ClaimForm, json: &str, expected: &[(&str, &[&str])]| {
            let found = entries(&Json::parse(json).expect("valid JSON"), form);
            let found: Vec<(&str, Vec<&str>)> =
                found.iter().map(|e| (e.name.as_str(), e.values.iter().map(String::as_str).collect())).collect();
            let expected: Vec<(&str, Vec<&str>)> =
                expected.iter().map(|(name, values)| (*name, values.to_vec())).collect();
            assert_eq!(found, expected, "{json}");
        };
        let roles = ClaimForm::ZitadelRoles;
        check(
            roles,
            r#"{"admin":{"1":"a.example","2":""},"reader":{"1":"a.example"},"none":{}}"#,
            &[("admin", &["1 (a.example)", "2"]), ("reader", &["1 (a.example)"]), ("none", &[])],
        );
        check(roles, r#"["admin"]"#, &[]);
        check(roles, r#"{"admin":{"1":"a.example"},"reader":true}"#, &[]);
        check(roles, r#"{"admin":{"1":2}}"#, &[]);
        let map = ClaimForm::Base64Map;
        check(
            map,
            r#"{"team":"cGxhdGZvcm0","umlaut":"w7w","raw":"not base64!","bytes":"_w","padded":"w7w=","n":1.10}"#,
            &[
                ("team", &["platform"]),
                ("umlaut", &["ü"]),
                ("raw", &["not base64!"]),
                ("bytes", &["_w"]),
                ("padded", &["w7w="]),
                ("n", &["1.10"]),
            ],
        );
        check(map, r#""cGxhdGZvcm0""#, &[]);
        check(ClaimForm::Plain, r#"{"a":{"b":"c"}}"#, &[]);
    }
}
