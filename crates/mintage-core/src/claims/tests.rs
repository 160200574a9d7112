//! What tokens and responses say about themselves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::macros::datetime;

use super::*;
use crate::provider::built_in;

fn token(header: &str, payload: &str) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

fn zitadel() -> Vec<ClaimMeaning> {
    built_in().iter().find(|provider| provider.id.0 == "zitadel").expect("built in").glossary.clone()
}

#[test]
fn members_keep_their_order_and_numbers_their_text() {
    let header = r#"{"typ":"JWT","alg":"RS256","kid":"k1","x":[1,{"y":null}]}"#;
    let payload =
        r#"{"sub":"100509901696068329","n":9007199254740993,"aud":["a","b"],"d":1.10,"t":true,"e":"a\"\u0007"}"#;
    let claims = decode(&token(header, payload), &[]).expect("a JWT");
    let shown =
        |claims: &[Claim]| -> Vec<String> { claims.iter().map(|c| format!("{}={}", c.name, c.value)).collect() };
    assert_eq!(shown(&claims.header), ["typ=JWT", "alg=RS256", "kid=k1", r#"x=[1, {"y": null}]"#]);
    assert_eq!(
        shown(&claims.payload),
        ["sub=100509901696068329", "n=9007199254740993", r#"aud=["a", "b"]"#, "d=1.10", "t=true", "e=a\"\u{7}"]
    );
    assert!(claims.payload_json.contains("\"n\": 9007199254740993,\n"));
    assert!(claims.header_json.starts_with("{\n  \"typ\": \"JWT\""));
}

#[test]
fn known_claims_are_explained_and_the_provider_has_the_last_word() {
    let check = |name: &str, glossary: &[ClaimMeaning], expected: Option<&str>| {
        let claims = explain(&format!(r#"{{"{name}":"x"}}"#), glossary).expect("an object");
        assert_eq!(claims[0].meaning.as_deref(), expected, "{name}");
    };
    check("iss", &[], Some("who issued the token"));
    check("iss", &zitadel(), Some("who issued the token"));
    check("client_id", &[], Some("the client the token was issued to"));
    check("client_id", &zitadel(), Some("the service user's login name"));
    check("urn:zitadel:iam:org:project:1005:roles", &zitadel(), Some("roles granted in this project"));
    check("urn:zitadel:iam:org:project:1005:roles", &[], None);
    check("something", &zitadel(), None);
    let claims = decode(&token(r#"{"alg":"RS256","exp":1}"#, "{}"), &zitadel()).expect("a JWT");
    assert_eq!(claims.header[0].meaning.as_deref(), Some("how the token is signed"));
    assert_eq!((&claims.header[1].meaning, claims.header[1].time), (&None, None));
}

#[test]
fn times_are_told_where_the_number_is_sane() {
    let check = |member: &str, expected: Option<OffsetDateTime>| {
        let claims = explain(&format!("{{{member}}}"), &[]).expect("an object");
        assert_eq!(claims[0].time, expected, "{member}");
    };
    let time = datetime!(2026-11-23 14:37:02 UTC);
    for name in TIMES {
        check(&format!(r#""{name}":1795444622"#), Some(time));
        check(&format!(r#""{name}":1795444622.5"#), Some(time + time::Duration::milliseconds(500)));
        check(&format!(r#""{name}":"1795444622""#), None);
        check(&format!(r#""{name}":1795444622000"#), None);
        check(&format!(r#""{name}":-5"#), None);
    }
    check(r#""number":1795444622"#, None);
}

#[test]
fn a_time_that_is_written_in_another_unit_is_explained() {
    let meaning = |json: &str| explain(json, &[]).expect("an object").remove(0).meaning;
    assert_eq!(
        meaning(r#"{"exp":1795444622000}"#).as_deref(),
        Some("when the token expires; `exp` is in milliseconds, but the standard requires seconds")
    );
    assert_eq!(meaning(r#"{"exp":1795444622}"#).as_deref(), Some("when the token expires"));
    assert_eq!(meaning(r#"{"number":1795444622000}"#), None);
}

#[test]
fn roles_and_metadata_of_zitadel_are_laid_open() {
    let json = r#"{"urn:zitadel:iam:org:project:1005:roles":{"admin":{"77":"acme.example"}},
        "urn:zitadel:iam:user:metadata":{"team":"cGxhdGZvcm0"},"groups":["a"]}"#;
    let claims = explain(json, &zitadel()).expect("an object");
    let entry = |name: &str, value: &str| vec![ClaimEntry { name: name.into(), values: vec![value.into()] }];
    assert_eq!(claims[0].entries, entry("admin", "77 (acme.example)"));
    assert_eq!(claims[0].value, r#"{"admin": {"77": "acme.example"}}"#);
    assert_eq!(claims[1].entries, entry("team", "platform"));
    assert!(claims[2].entries.is_empty());
}

#[test]
fn what_is_no_readable_jwt_is_refused_with_its_reason() {
    let check = |token: &str, code: &str, why: &str| {
        let error = decode(token, &[]).expect_err("must not decode");
        assert_eq!(error.code(), code, "{token}");
        assert!(error.to_string().contains(why), "{error}");
    };
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    check("opaque-token", "token-opaque", "opaque");
    check(&format!("{}.a.b.c.d", encode(r#"{"alg":"dir","enc":"A128GCM"}"#)), "token-encrypted", "encrypted");
    check(&token(r#"{"alg":"RS256","alg":"none"}"#, "{}"), "token-malformed", "a member appears more than once");
    check(
        &token(r#"{"alg":"RS256"}"#, r#"{"sub":"1","\u0073ub":"2"}"#),
        "token-malformed",
        "a member appears more than once",
    );
    check(&token(r#"{"alg":"RS256"}"#, "[]"), "token-malformed", "payload isn't a JSON object");
    check(&token(r#"{"alg":"RS256"}"#, "{}").replace("c2ln", "c2l"), "token-malformed", "canonical");
    check(&"x".repeat(70_000), "token-too-large", "64 kB");
}

#[test]
fn an_answer_that_is_no_object_is_refused() {
    for json in ["", "[]", "null", "\"x\"", "<html>", r#"{"sub":"1","sub":"2"}"#, "{\"sub\":\"1\"", "{} {}"] {
        let error = explain(json, &[]).expect_err("must not be explained");
        assert_eq!(error.code(), "answer-not-json", "{json}");
    }
}
