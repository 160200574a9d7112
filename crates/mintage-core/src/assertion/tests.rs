use time::macros::datetime;

use super::*;
use crate::der::{INTEGER, SEQUENCE, push_element};
use crate::private_key::PrivateKey;
use crate::secret::SecretBytes;

const RFC_7515_KEY: &str = include_str!("../../../../tests/fixtures/keys/rfc7515-appendix-a2.jwk.json");
/// RFC 7515 A.2.1, its lines joined.
const RFC_7515_JWS: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// Writes a private JWK's numbers (RFC 7518 §6.3) as `RSAPrivateKey` (RFC 8017 A.1.2).
fn key_of_jwk(jwk: &str) -> PrivateKey {
    let jwk: serde_json::Value = serde_json::from_str(jwk).expect("JSON");
    let mut integers = vec![2, 1, 0];
    for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        let number = BASE64_URL_SAFE_NO_PAD.decode(jwk[name].as_str().expect("text")).expect("base64url");
        // A leading zero keeps the number positive (X.690 §8.3).
        let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
        push_element(&mut integers, INTEGER, &[sign, &number]);
    }
    let mut der = Vec::new();
    push_element(&mut der, SEQUENCE, &[&integers]);
    PrivateKey::from_der(SecretBytes::new(der)).expect("the RFC's key")
}

fn plan(audience: &[&str]) -> AssertionPlan {
    AssertionPlan {
        algorithm: SigningAlgorithm::Rs256,
        typ: "JWT".into(),
        key_id: Some("100509901696068330".into()),
        certificate: None,
        issuer: "100509901696068329".into(),
        subject: "100509901696068329".into(),
        audience: audience.iter().map(ToString::to_string).collect(),
        issued_at: Some(datetime!(2026-02-03 04:05:06.789 UTC)),
        not_before: None,
        expires_at: datetime!(2026-02-03 05:10:26.999 +01:00),
        jwt_id: Some("000102030405060708090a0b0c0d0e0f".into()),
        claims: BTreeMap::new(),
    }
}

#[test]
fn the_signature_over_rfc_7515_a_2_is_the_rfcs() {
    let header = r#"{"alg":"RS256"}"#;
    let payload = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    let compact = compact(header, payload, &key_of_jwk(RFC_7515_KEY), SigningAlgorithm::Rs256).expect("signs");
    assert_eq!(compact.expose(), RFC_7515_JWS);
}

#[test]
fn an_assertion_says_exactly_what_was_planned_in_whole_seconds() {
    let assertion = sign(&plan(&["https://issuer.zitadel.ch"]), &key_of_jwk(RFC_7515_KEY)).expect("signs");
    let parts: Vec<&str> = assertion.compact.expose().split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { panic!("{} parts", parts.len()) };
    let text = |part: &str| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("UTF-8");
    assert_eq!(text(header), r#"{"alg":"RS256","typ":"JWT","kid":"100509901696068330"}"#);
    assert_eq!(
        text(payload),
        r#"{"iss":"100509901696068329","sub":"100509901696068329","aud":"https://issuer.zitadel.ch","iat":1770091506,"exp":1770091826,"jti":"000102030405060708090a0b0c0d0e0f"}"#
    );
    // 2048 bits are 256 bytes, which are 342 characters without padding.
    assert_eq!(signature.len(), 342);
    assert_eq!(
        assertion.shown,
        AssertionShown {
            header: "{\n  \"alg\": \"RS256\",\n  \"typ\": \"JWT\",\n  \"kid\": \"100509901696068330\"\n}".into(),
            payload: "{\n  \"iss\": \"100509901696068329\",\n  \"sub\": \"100509901696068329\",\n  \"aud\": \"https://issuer.zitadel.ch\",\n  \"iat\": 1770091506,\n  \"exp\": 1770091826,\n  \"jti\": \"000102030405060708090a0b0c0d0e0f\"\n}".into(),
        }
    );
}

#[test]
fn several_audiences_are_an_array_and_none_is_left_out() {
    let key = key_of_jwk(RFC_7515_KEY);
    let two = sign(&plan(&["https://auth.paonia.io", "auth.paonia.io"]), &key).expect("signs");
    assert!(
        two.shown.payload.contains("\"aud\": [\n    \"https://auth.paonia.io\",\n    \"auth.paonia.io\"\n  ]"),
        "{}",
        two.shown.payload
    );
    let none = sign(&plan(&[]), &key).expect("signs");
    assert!(!none.shown.payload.contains("aud"), "{}", none.shown.payload);
}

#[test]
fn the_same_plan_gives_the_same_bytes_and_debug_output_hides_them() {
    let key = key_of_jwk(RFC_7515_KEY);
    let [one, two] = [(); 2].map(|()| sign(&plan(&["https://issuer.zitadel.ch"]), &key).expect("signs"));
    assert_eq!(one.compact.expose(), two.compact.expose());
    let signature = one.compact.expose().rsplit('.').next().expect("three parts");
    assert!(!format!("{one:?}").contains(signature));
}

#[test]
fn ids_with_quotes_and_controls_stay_inside_their_claims() {
    let mut plan = plan(&["https://issuer.zitadel.ch"]);
    plan.key_id = Some("k\",\"alg\":\"none".into());
    let assertion = sign(&plan, &key_of_jwk(RFC_7515_KEY)).expect("signs");
    let header: serde_json::Value = serde_json::from_str(&assertion.shown.header).expect("JSON");
    assert_eq!((header["alg"].as_str(), header["kid"].as_str()), (Some("RS256"), Some("k\",\"alg\":\"none")));
}

#[test]
fn what_a_provider_leaves_out_is_left_out_and_what_it_adds_stands_last() {
    let mut plan = plan(&["https://a.b"]);
    plan.typ = String::new();
    plan.key_id = None;
    plan.certificate = Some("thumb".into());
    plan.subject = String::new();
    plan.issued_at = None;
    plan.not_before = Some(datetime!(2026-02-03 04:05:06 UTC));
    plan.jwt_id = None;
    plan.claims = [("kid".to_owned(), "k1".to_owned())].into();
    let shown = sign(&plan, &key_of_jwk(RFC_7515_KEY)).expect("signs").shown;
    let joined = |text: &str| text.lines().map(str::trim).collect::<String>();
    assert_eq!(joined(&shown.header), r#"{"alg": "RS256","x5t#S256": "thumb"}"#);
    let expected =
        r#"{"iss": "100509901696068329","aud": "https://a.b","nbf": 1770091506,"exp": 1770091826,"kid": "k1"}"#;
    assert_eq!(joined(&shown.payload), expected);
}
