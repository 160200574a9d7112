//! Known answers from the RFCs, and how the keys of a set are read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

/// RFC 7515 A.2 and A.3: the same claims, signed with RSA and with ECDSA.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RSA_KEY: &str = concat!(
    r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0"#,
    "Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-",
    "KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q",
    r#"2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#
);
const RSA_SIGNATURE: &str = concat!(
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU",
    "Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d",
    "O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig",
    "cN_IoypGlUPQGe77Rw"
);
const EC_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const EC_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
/// RFC 8037 A.2.
const ED_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

fn set(keys: &[&str]) -> KeySet {
    KeySet::parse(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes()).expect("a key set")
}

fn with(key: &str, members: &str) -> String {
    key.replacen('{', &format!("{{{members},"), 1)
}

/// The RSA key with a zero byte in front of its modulus.
fn with_leading_zero() -> String {
    let (_, rest) = RSA_KEY.split_once("\"n\":\"").expect("a modulus");
    let (modulus, _) = rest.split_once('"').expect("its end");
    let bytes = URL_SAFE_NO_PAD.decode(modulus).expect("base64url");
    RSA_KEY.replace(modulus, &URL_SAFE_NO_PAD.encode([&[0], bytes.as_slice()].concat()))
}

fn joe(seconds_before_expiry: i64) -> Expectation {
    let exp = OffsetDateTime::from_unix_timestamp(1_300_819_380).expect("a time");
    let now = exp - Duration::seconds(seconds_before_expiry);
    Expectation { issuer: "joe".into(), audience: None, now, leeway: Duration::ZERO }
}

#[test]
fn the_examples_of_rfc_7515_verify_until_they_expire() {
    for (header, signature, key) in
        [("eyJhbGciOiJSUzI1NiJ9", RSA_SIGNATURE, RSA_KEY), ("eyJhbGciOiJFUzI1NiJ9", EC_SIGNATURE, EC_KEY)]
    {
        let token = format!("{header}.{PAYLOAD}.{signature}");
        let keys = set(&[RSA_KEY, EC_KEY, ED_KEY]);
        let found = verify(&token, &keys, &joe(60));
        assert_eq!(found.verdict, Verdict::Valid, "{key}");
        let names: Vec<&str> = found.checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["signature", "iss", "aud", "exp", "nbf", "iat"]);
        assert_eq!(verify(&token, &keys, &joe(0)).verdict, Verdict::ClaimsFail);
        let changed = format!("{header}.{}.{signature}", PAYLOAD.replace("Jqb2Ui", "Jqb2Yi"));
        assert_eq!(verify(&changed, &keys, &joe(60)).verdict, Verdict::SignatureInvalid);
    }
}

#[test]
fn a_token_that_only_microsofts_api_can_verify_is_not_called_forged() {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    for (header, issuer, only_there) in [
        (r#"{"alg":"RS256","nonce":"abc"}"#, "https://sts.windows.net/tenant/", true),
        (r#"{"alg":"RS256"}"#, "https://sts.windows.net/tenant/", false),
        (r#"{"alg":"RS256","nonce":"abc"}"#, "https://auth.example.com", false),
        (r#"{"alg":"RS256","nonce":"abc"}"#, "https://sts.windows.net.example.com/", false),
    ] {
        let payload = encode(&format!(r#"{{"iss":"{issuer}"}}"#));
        let token = format!("{}.{payload}.{RSA_SIGNATURE}", encode(header));
        let found = verify(&token, &set(&[RSA_KEY]), &joe(60));
        match (only_there, found.verdict) {
            (true, Verdict::FailsUnverified { why }) => assert!(why.contains("Graph"), "{why}"),
            (false, Verdict::SignatureInvalid) => {}
            (_, other) => panic!("{header} {issuer}: {other:?}"),
        }
        assert_eq!(found.checks[0].holds, if only_there { None } else { Some(false) });
    }
}

#[test]
fn keys_that_cannot_verify_are_refused_with_their_reason() {
    let check = |key: &str, reason: &str| {
        let keys = set(&[&with(key, r#""kid":"k1""#), ED_KEY]);
        let notice = format!("the key `k1` isn't used: it {reason}");
        assert_eq!((keys.len(), keys.notices), (1, vec![notice]), "{key}");
    };
    check(&with(RSA_KEY, r#""use":"enc""#), "is meant for encryption (`use` is `enc`)");
    check(&with(RSA_KEY, r#""use":"tls""#), "isn't meant for signatures (`use` is `tls`)");
    check(&with(RSA_KEY, r#""use":1"#), "has a `use` that isn't a string");
    check(&with(RSA_KEY, r#""key_ops":["sign"]"#), "isn't meant to verify signatures (`key_ops` lacks `verify`)");
    check(&with(RSA_KEY, r#""key_ops":"verify""#), "has `key_ops` that aren't a list");
    check(&with(RSA_KEY, r#""alg":"ES256""#), "isn't the type of key that `ES256` needs");
    check(&with(EC_KEY, r#""alg":"ES384""#), "isn't the type of key that `ES384` needs");
    check(&with(RSA_KEY, r#""alg":"RSA-OAEP""#), "is for `RSA-OAEP`, which isn't a supported signature algorithm");
    check(&with(RSA_KEY, r#""alg":"HS256""#), "is for `HS256`, which isn't a supported signature algorithm");
    let exponent = "has an unsafe public exponent: it must be odd, at least 3 and below 2^32";
    check(&RSA_KEY.replace("AQAB", "AQ"), exponent);
    check(&RSA_KEY.replace("AQAB", "AQAA"), exponent);
    check(&RSA_KEY.replace("AQAB", "AQAAAAE"), exponent);
    let factor = "has an unsafe modulus: it is divisible by a small number";
    check(&RSA_KEY.replace("RWyuXpoQ", "RWyuXpog"), factor);
    check(&RSA_KEY.replace("AQAB", "AQAB="), "has a `e` that isn't base64url");
    check(r#"{"kty":"RSA","n":"AQAB"}"#, "lacks `e`");
    check(r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, "is RSA with 17 bits; at least 2048 are needed");
    check(&EC_KEY.replace("P-256", "P-384"), "has a coordinate of the wrong length");
    check(&EC_KEY.replace("P-256", "secp256k1"), "is on the curve `secp256k1`, which isn't supported");
    check(&EC_KEY.replace("I5a0", "I5a4"), "isn't a point on its curve");
    check(&ED_KEY.replace("Ed25519", "X25519"), "is on the curve `X25519`, which isn't supported");
    check(&ED_KEY.replace("11qY", ""), "has a coordinate of the wrong length");
    check(&with(EC_KEY, r#""n":"AQAB""#), "has the type `EC` but members of type `RSA`");
    check(&EC_KEY.replace("\"EC\"", "\"RSA\""), "has the type `RSA` but members of type `EC`");
    check(
        &format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AQ{}"}}"#, "A".repeat(41)),
        "is a point of small order, for which anyone can forge signatures",
    );
    check(r#"{"kty":"oct","k":"c2VjcmV0"}"#, "is a shared secret, which must never be published");
    check(r#"{"kty":"AKP"}"#, "has the unknown type `AKP`");
    check(r#"{"x":"y"}"#, "has no type (`kty`)");
}

#[test]
fn quirks_of_servers_do_not_spoil_a_key() {
    let check = |key: &str, notices: &[&str]| {
        let keys = set(&[key]);
        assert_eq!((keys.len(), keys.notices), (1, notices.iter().map(|n| (*n).to_owned()).collect()), "{key}");
    };
    check(RSA_KEY, &[]);
    check(&with(RSA_KEY, r#""x":"","y":"","crv":"","alg":"","use":"","kid":"","d":"""#), &[]);
    check(&with(RSA_KEY, r#""x5c":["MII"],"x5t":"x","unknown":{"a":[1]}"#), &[]);
    check(&with(RSA_KEY, r#""use":"sig","alg":"PS256","key_ops":["verify","encrypt"]"#), &[]);
    check(&with_leading_zero(), &[]);
    check(
        &with(EC_KEY, r#""kid":"k1","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#),
        &["the issuer publishes the private part of the key `k1`, so anyone can sign with it; that part was dropped"],
    );
}

#[test]
fn a_set_is_read_as_far_as_it_goes() {
    let twice = set(&[RSA_KEY, RSA_KEY, "7", "null"]);
    assert_eq!(twice.len(), 1);
    assert_eq!(twice.notices[0], "the key without an id is listed twice");
    assert_eq!(twice.notices[1], "an entry that isn't a JSON object was skipped");
    let many: Vec<String> = (0..250).map(|n| with(ED_KEY, &format!(r#""kid":"{n}""#))).collect();
    let many = set(&many.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((many.len(), many.has("199"), many.has("200")), (200, true, false));
    assert_eq!(many.notices, ["only the first 200 of 250 keys were read"]);
    assert!(set(&[]).is_empty() && KeySet::default().is_empty());
    let refused = set(&[&with(RSA_KEY, r#""kid":"k1","use":"enc""#)]);
    assert!(refused.is_empty() && refused.has("k1") && !refused.has("K1"));
}

#[test]
fn what_is_no_key_set_is_unreadable() {
    let check = |json: &[u8], why: &str| match KeySet::parse(json) {
        Err(crate::token::TokenError::KeySetUnreadable { why: found }) => assert!(found.contains(why), "{found}"),
        other => panic!("{other:?}"),
    };
    check(b"", "it is cut off");
    check(b"<html>", "it has a syntax error at line 1, column 1");
    check(b"[]", "it isn't a JSON object");
    check(b"{}", "it has no member `keys`");
    check(br#"{"keys":{}}"#, "`keys` isn't an array");
    check(br#"{"keys":[],"keys":[]}"#, "a member appears more than once");
    check(b"{\"keys\":[\"\xFF\"]}", "it isn't valid UTF-8");
}

#[test]
fn the_key_id_is_read_from_the_header_alone() {
    let check = |token: &str, expected: Option<&str>| assert_eq!(key_id_of(token).as_deref(), expected, "{token}");
    check("eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.x.y", Some("k1"));
    check("eyJhbGciOiJSUzI1NiIsImtpZCI6MX0.e30.c2ln", None);
    check("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", None);
    check("opaque", None);
    check("", None);
}

#[test]
fn hostile_key_sets_and_tokens_are_judged_on_a_small_stack() {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    crate::hostile::on_a_small_stack(|| {
        let key = |json: &str| format!(r#"[{{"kty":"RSA","n":{json},"e":{json}}}]"#);
        let sets = crate::hostile::json().into_iter().map(|json| format!(r#"{{"keys":{}}}"#, key(&json)));
        for set in sets.chain(crate::hostile::json_with_member("keys")) {
            assert!(
                KeySet::parse(set.as_bytes()).is_ok_and(|set| set.is_empty()) || KeySet::parse(set.as_bytes()).is_err()
            );
        }
        let now = time::macros::datetime!(2026-11-23 14:37:02 UTC);
        let expected = Expectation { issuer: "a".into(), audience: None, now, leeway: Duration::ZERO };
        for json in crate::hostile::json_with_member("aud") {
            // As large as a token that is parsed may be.
            let payload: String = json.chars().take(10_000).collect();
            for header in [r#"{"alg":"RS256"}"#, &payload] {
                let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
                let token = format!("{}.{}.AAAA", part(header), part(&payload));
                assert!(!matches!(verify(&token, &KeySet::default(), &expected).verdict, Verdict::Valid));
                assert!(crate::claims::decode(&token, &[]).is_err() || payload.starts_with('{'));
            }
            assert!(!matches!(verify(&json, &KeySet::default(), &expected).verdict, Verdict::Valid));
        }
        for token in [".".repeat(60_000), "eyJ.".repeat(16_000), "e".repeat(600_000)] {
            assert!(!matches!(verify(&token, &KeySet::default(), &expected).verdict, Verdict::Valid));
        }
    });
}
