//! Tokens with a valid signature whose claims fail.

use mintage_core::verify::{Expectation, Verdict, verify};
use time::Duration;

use super::forge::FORGE;
use super::{PAYLOAD, RSA_HEADER, check, expectation, keys};

/// A token with a valid signature and a part of its payload replaced; the claims that fail, or none.
fn row(from: &str, to: &str, failing: &str) {
    assert!(PAYLOAD.contains(from), "{from}");
    let expected = if failing.is_empty() { "valid".to_owned() } else { format!("claims fail: {failing}") };
    check(&FORGE.sign("ES256", r#"{"alg":"ES256","kid":"p256"}"#, PAYLOAD.replace(from, to)), &expected);
}

#[test]
fn an_issuer_is_one_string_equal_byte_for_byte() {
    row("x", "x", "");
    let iss = r#""iss":"https://auth.example.com""#;
    row(iss, r#""iss":"https://auth.example.com/""#, "iss");
    row(iss, r#""iss":"http://auth.example.com""#, "iss");
    row(iss, r#""iss":"https://AUTH.example.com""#, "iss");
    row(iss, r#""iss":"https://evil.example""#, "iss");
    row(iss, r#""iss":["https://auth.example.com"]"#, "iss");
    row(iss, r#""iss":{"https://auth.example.com":1}"#, "iss");
    row(iss, r#""iss":7"#, "iss");
    row(iss, r#""iss":null"#, "iss");
    row(iss, r#""ISS":"https://auth.example.com""#, "iss");
}

#[test]
fn an_audience_is_a_string_or_a_list_of_strings_with_the_expected_one() {
    let aud = r#""aud":["api","other"]"#;
    row(aud, r#""aud":"api""#, "");
    row(aud, r#""aud":"other""#, "aud");
    row(aud, r#""aud":"API""#, "aud");
    row(aud, r#""aud":"api other""#, "aud");
    row(aud, r#""aud":[]"#, "aud");
    row(aud, r#""aud":["api",7]"#, "aud");
    row(aud, r#""aud":[["api"]]"#, "aud");
    row(aud, r#""aud":{"api":true}"#, "aud");
    row(aud, r#""aud":7"#, "aud");
    row(aud, r#""aud":null"#, "aud");
    row(aud, r#""scope":"api""#, "aud");
}

#[test]
fn an_expiry_is_a_number_in_the_future() {
    let exp = r#""exp":1795448222"#;
    row(exp, r#""exp":1795444593"#, "");
    row(exp, r#""exp":1795444592"#, "exp");
    row(exp, r#""exp":1795444592.5"#, "");
    row(exp, r#""exp":1"#, "exp");
    row(exp, r#""exp":0"#, "exp");
    row(exp, r#""exp":-1"#, "exp");
    row(exp, r#""exp":1e400"#, "exp");
    row(exp, r#""exp":9999999999999999999999"#, "exp");
    row(exp, r#""exp":1795448222000"#, "exp");
    row(exp, r#""exp":"1795448222""#, "exp");
    row(exp, r#""exp":"2026-11-23T15:37:02Z""#, "exp");
    row(exp, r#""exp":true"#, "exp");
    row(exp, r#""exp":null"#, "exp");
    row(exp, r#""exp":[1795448222]"#, "exp");
}

#[test]
fn a_start_and_an_issue_are_numbers_in_the_past() {
    let nbf = r#""nbf":1795444602"#;
    row(nbf, r#""nbf":1795444652"#, "");
    row(nbf, r#""nbf":1795444653"#, "nbf");
    row(nbf, r#""nbf":1795448000"#, "nbf");
    row(nbf, r#""nbf":"1795444602""#, "nbf");
    let iat = r#""iat":1795444602"#;
    row(iat, r#""iat":1795444652"#, "");
    row(iat, r#""iat":1795444653"#, "iat");
    row(iat, r#""iat":1795448000"#, "iat");
    row(iat, r#""iat":{}"#, "iat");
}

#[test]
fn every_claim_that_fails_is_named() {
    row(r#""iss":"https://auth.example.com","sub":"1005","aud":["api","other"],"#, "", "iss, aud");
}

#[test]
fn times_that_are_missing_are_said_to_be_not_checked() {
    let token = FORGE.sign("RS256", RSA_HEADER, r#"{"iss":"https://auth.example.com","aud":"api"}"#);
    let found = verify(&token, &keys(), &expectation());
    assert_eq!(found.verdict, Verdict::Valid);
    for (check, name) in found.checks[3..].iter().zip(["exp", "nbf", "iat"]) {
        assert_eq!((check.holds, check.reason.clone()), (None, format!("not checked: the token has no `{name}`")));
    }
}

#[test]
fn no_leeway_beyond_a_minute_is_given() {
    let token = FORGE.sign("RS256", RSA_HEADER, PAYLOAD.replace("1795448222", "1795444500"));
    let generous = Expectation { leeway: Duration::MAX, ..expectation() };
    let found = verify(&token, &keys(), &generous);
    assert_eq!(found.verdict, Verdict::ClaimsFail);
    assert_eq!(found.checks[3].reason, "expired 2 minutes ago (leeway 60 s)");
    assert_eq!(found.notices, ["the leeway was limited to 60 s"]);
}

#[test]
fn a_claim_that_fails_counts_without_a_key_and_a_forged_signature_counts_more() {
    let expired = PAYLOAD.replace("1795448222", "1795444500").replace("auth.", "other.");
    let unknown = FORGE.sign("RS256", r#"{"alg":"RS256","kid":"unknown"}"#, &expired);
    let found = verify(&unknown, &keys(), &expectation());
    assert_eq!(
        found.verdict,
        Verdict::FailsUnverified { why: "the issuer publishes no key with the id `unknown`".into() }
    );
    assert_eq!(
        found.checks.iter().map(|c| c.holds).collect::<Vec<_>>()[..4],
        [None, Some(false), Some(true), Some(false)]
    );
    let forged = FORGE.sign("RS512", RSA_HEADER, &expired);
    let found = verify(&forged, &keys(), &expectation());
    assert_eq!(found.verdict, Verdict::SignatureInvalid);
    assert_eq!(found.checks[3].holds, Some(false));
    let malformed = verify(&format!("{forged}="), &keys(), &expectation());
    assert!(matches!(malformed.verdict, Verdict::Malformed { .. }));
    assert!(malformed.checks.iter().all(|check| check.holds.is_none()));
    assert_eq!(malformed.algorithm.as_deref(), Some("RS256"));
}
