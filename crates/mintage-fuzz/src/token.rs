//! Tokens and the key sets that verify them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mintage_core::jose::SigningAlgorithm;
use mintage_core::private_key::{PrivateKey, Signer};
use mintage_core::verify::{Expectation, KeySet, Verdict, verify};
use mintage_core::{claims, key_file, token, verify};
use serde_json::Value;
use std::sync::LazyLock;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::leak;

const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "api";
const NOW: OffsetDateTime = datetime!(2026-11-23 14:37:02 UTC);
const LEEWAY: i64 = 30;

static KEY: LazyLock<PrivateKey> = LazyLock::new(|| {
    let jwk = include_bytes!("../../../tests/fixtures/keys/throwaway-ed25519.jwk.json");
    key_file::parse(jwk, None, &[]).expect("a fixture").key().expect("a key").clone()
});

/// A key set, alone and with a token whose key isn't in it.
pub(crate) fn key_set(input: &[u8]) {
    let set = match KeySet::parse(input) {
        Ok(set) => set,
        Err(error) => return leak::check_error(error.code(), &error.to_string(), &error.help()),
    };
    assert!(set.len() <= 200 && set.thumbprints().iter().all(|thumbprint| thumbprint.len() == 43));
    assert_eq!(set.is_empty(), set.thumbprints().is_empty());
    let own = format!("{:?}", set.thumbprints()).contains(&KEY.facts().thumbprint);
    let found = verify(&signed(br#"{"alg":"EdDSA"}"#, PAYLOAD.as_bytes()), &set, &expectation());
    assert!(own || found.verdict != Verdict::Valid, "a key that is not in the set made it");
    import_agrees(input);
}

/// If an input is a private JWK that import accepts, the same key as a set verifies.
fn import_agrees(set: &[u8]) {
    let Ok(mut document) = serde_json::from_slice::<Value>(set) else { return };
    let Some(jwk) = document.get_mut("keys").and_then(|keys| keys.get_mut(0)) else { return };
    let taken = key_file::parse(jwk.to_string().as_bytes(), None, &[]);
    let Some(key) = taken.as_ref().ok().and_then(|file| file.key()) else { return };
    if let Some(operations) = jwk.get_mut("key_ops") {
        *operations = serde_json::json!(["verify"]);
    }
    let set = KeySet::parse(serde_json::json!({ "keys": [jwk] }).to_string().as_bytes()).expect("a set of one");
    assert_eq!(set.thumbprints(), [key.facts().thumbprint.clone()], "import takes it: {:?}", set.notices);
}

const PAYLOAD: &str =
    r#"{"iss":"https://auth.example.com","aud":"api","exp":1795448222,"nbf":1795444602,"iat":1795444602}"#;

/// A pasted token; or, if the input begins with a brace, header and payload on a line each, which are signed here.
pub(crate) fn compact(input: &[u8]) {
    let set = format!(r#"{{"keys":[{}]}}"#, KEY.facts().public_jwk("k"));
    let keys = KeySet::parse(set.as_bytes()).expect("a key set");
    let token = if input.starts_with(b"{") {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        signed(&input[..end], input.get(end + 1..).unwrap_or_default())
    } else {
        String::from_utf8_lossy(input).into_owned()
    };
    let found = verify(&token, &keys, &expectation());
    let names: Vec<&str> = found.checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names, ["signature", "iss", "aud", "exp", "nbf", "iat"]);
    if found.verdict == Verdict::Valid {
        assert!(found.checks.iter().all(|check| check.holds != Some(false)), "{:?}", found.checks);
        check_independently(&token);
    }
    let _ = verify::key_id_of(&token);
    let decoded = claims::decode(&token, &[]);
    if let Err(error) = &decoded {
        leak::check_error(error.code(), &error.to_string(), &error.help());
    }
    if let Ok(extracted) = token::extract(&token) {
        // Text that isn't a JWT, or is a broken one, may be an ordinary word.
        if claims::decode(extracted.expose(), &[]).is_ok() {
            let again = token::extract(extracted.expose()).expect("a JWT is found by itself");
            assert_eq!(again.expose(), extracted.expose(), "to extract again changes nothing");
        }
    }
}

fn expectation() -> Expectation {
    Expectation { issuer: ISSUER.into(), audience: Some(AUDIENCE.into()), now: NOW, leeway: Duration::seconds(LEEWAY) }
}

fn signed(header: &[u8], payload: &[u8]) -> String {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = KEY.sign(SigningAlgorithm::EdDsa, input.as_bytes()).expect("it signs");
    format!("{input}.{}", encode(&signature))
}

/// Reads a token that was found valid with another library: signature, issuer, audience, and times as numbers.
fn check_independently(token: &str) {
    let jwk: Value = serde_json::from_str(&KEY.facts().public_jwk("k")).expect("JSON");
    let key = DecodingKey::from_ed_components(jwk["x"].as_str().expect("text")).expect("a key");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    // The clock stands still here, so times are compared below.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    validation.required_spec_claims.clear();
    let payload = match jsonwebtoken::decode::<Value>(token, &key, &validation) {
        Ok(read) => read.claims,
        // The library knows the algorithm only by its older name (RFC 9864 §2.2), and reads no number beyond its own
        // range, in any member.
        Err(error) => {
            let is_limit = is_newer_name(token) || error.to_string().contains("number out of range");
            return assert!(is_limit, "it was found valid: {error}");
        }
    };
    let now = NOW.unix_timestamp() as f64;
    let time = |name: &str| payload.get(name).map(|value| value.as_f64().expect("a time is a number"));
    assert!(time("exp").is_none_or(|at| at > now - LEEWAY as f64), "{payload}");
    assert!(["nbf", "iat"].into_iter().filter_map(time).all(|at| at <= now + LEEWAY as f64), "{payload}");
}

fn is_newer_name(token: &str) -> bool {
    let header = token.split('.').next().and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|json| serde_json::from_slice::<Value>(&json).ok()).unwrap_or_default();
    header["alg"] == "Ed25519"
}
