//! How claims change between two tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::claims::decode;

fn claims(payload: &str) -> UnverifiedClaims {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k1"}"#);
    decode(&format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)), &[]).expect("a JWT")
}

/// The one claim of two payloads, and how it changed.
fn of_one(before: &str, after: &str) -> ClaimDifference {
    let mut found = difference(&claims(before), &claims(after)).payload;
    assert_eq!(found.len(), 1, "{before} {after}");
    found.remove(0)
}

#[test]
fn each_claim_is_added_removed_changed_or_the_same() {
    let found = difference(
        &claims(r#"{"iss":"https://a.example","sub":"1","old":true}"#),
        &claims(r#"{"new":null,"sub":"2","iss":"https://a.example"}"#),
    );
    let shown: Vec<_> = found.payload.iter().map(|each| (each.name.as_str(), each.change)).collect();
    assert_eq!(
        shown,
        [("iss", Change::Same), ("sub", Change::Changed), ("old", Change::Removed), ("new", Change::Added)]
    );
    let values = |each: &ClaimDifference| {
        let value = |claim: &Option<Claim>| claim.as_ref().map(|claim| claim.value.clone());
        (value(&each.before), value(&each.after))
    };
    assert_eq!(values(&found.payload[1]), (Some("1".into()), Some("2".into())));
    assert_eq!(values(&found.payload[2]), (Some("true".into()), None));
    assert_eq!(values(&found.payload[3]), (None, Some("null".into())));
    assert!(found.header.iter().all(|each| each.change == Change::Same));
    assert_eq!(found.header.len(), 2);
}

#[test]
fn values_are_equal_by_what_they_mean_and_numbers_to_the_last_digit() {
    let check = |before: &str, after: &str, expected: Change| {
        let found = of_one(&format!(r#"{{"x":{before}}}"#), &format!(r#"{{"x":{after}}}"#));
        assert_eq!(found.change, expected, "{before} {after}");
    };
    check("1", "1", Change::Same);
    check("9007199254740993", "9007199254740992", Change::Changed);
    check("1", r#""1""#, Change::Changed);
    check("1.1", "1.10", Change::Changed);
    check("null", "false", Change::Changed);
    check(r#"{"a":1,"b":{"c":[1],"d":2}}"#, r#"{"b":{"d":2,"c":[1]},"a":1}"#, Change::Same);
    check(r#"{"a":1}"#, r#"{"a":1,"b":2}"#, Change::Changed);
    check(r#"["a","b"]"#, r#"["b","a"]"#, Change::Changed);
    check(r#"["a"]"#, r#""a""#, Change::Changed);
    check(r#""é""#, "\"e\u{301}\"", Change::Changed);
}

#[test]
fn audiences_scopes_and_roles_are_sets() {
    let check = |name: &str, before: &str, after: &str, expected: Change| {
        let found = of_one(&format!(r#"{{"{name}":{before}}}"#), &format!(r#"{{"{name}":{after}}}"#));
        assert_eq!(found.change, expected, "{name} {before} {after}");
    };
    for name in SETS {
        check(name, r#"["a","b"]"#, r#"["b","a","b"]"#, Change::Same);
        check(name, r#"["a","b"]"#, r#"["a"]"#, Change::Changed);
        check(name, r#"["a","1"]"#, r#"["a",1]"#, Change::Changed);
    }
    check("aud", r#""a""#, r#"["a"]"#, Change::Same);
    check("aud", r#""a b""#, r#"["a","b"]"#, Change::Changed);
    check("scope", r#""openid profile""#, r#""profile  openid""#, Change::Same);
    check("scope", r#""openid profile""#, r#"["profile","openid"]"#, Change::Same);
    check("scope", r#""openid""#, r#""openid2""#, Change::Changed);
}

#[test]
fn members_say_what_became_of_each_role() {
    let roles = "urn:zitadel:iam:org:project:roles";
    let found = of_one(
        &format!(
            r#"{{"{roles}":{{"admin":{{"77":"acme.example"}},"reader":{{"77":"acme.example"}},"same":{{"1":""}}}}}}"#
        ),
        &format!(
            r#"{{"{roles}":{{"same":{{"1":""}},"reader":{{"77":"acme.example","88":"b.example"}},"writer":{{"77":"acme.example"}}}}}}"#
        ),
    );
    assert_eq!(found.change, Change::Changed);
    let member = |name: &str, change, before: &[&str], after: &[&str]| MemberDifference {
        name: name.into(),
        change,
        before: before.iter().map(ToString::to_string).collect(),
        after: after.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(
        found.members,
        [
            member("admin", Change::Removed, &["77: acme.example"], &[]),
            member("reader", Change::Changed, &["77: acme.example"], &["77: acme.example", "88: b.example"]),
            member("same", Change::Same, &["1: "], &["1: "]),
            member("writer", Change::Added, &[], &["77: acme.example"]),
        ]
    );
    let found = of_one(r#"{"scope":"a b"}"#, r#"{"scope":"b c"}"#);
    let shown: Vec<_> = found.members.iter().map(|each| (each.name.as_str(), each.change)).collect();
    assert_eq!(shown, [("a", Change::Removed), ("b", Change::Same), ("c", Change::Added)]);
    assert!(of_one(r#"{"x":["a"]}"#, r#"{"x":["b"]}"#).members.is_empty());
}

#[test]
fn times_and_the_tokens_own_id_are_known_to_pass() {
    for (name, passing) in [("exp", true), ("iat", true), ("nbf", true), ("jti", true), ("sub", false), ("aud", false)]
    {
        let found = of_one(&format!(r#"{{"{name}":1}}"#), &format!(r#"{{"{name}":2}}"#));
        assert_eq!((found.change, found.passing), (Change::Changed, passing), "{name}");
    }
}

#[test]
fn a_token_differs_from_itself_in_nothing() {
    let hostile = r#"{"a":{"b":[{"c":9007199254740993}]},"aud":[],"scope":"","\u202e":"\u0000","d":1e400,"e":-0}"#;
    let found = difference(&claims(hostile), &claims(hostile));
    assert!(found.payload.iter().chain(&found.header).all(|each| each.change == Change::Same));
    assert_eq!(found.payload.len(), 6);
}
