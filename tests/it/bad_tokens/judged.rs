//! The same keys through import and verification: what one rejects, the other rejects too.

use mintage_core::jose::SigningAlgorithm;
use mintage_core::key_file::{self, KeyFile, KeyFileError};
use mintage_core::private_key::Signer;
use mintage_core::provider::built_in;
use mintage_core::verify::{KeySet, Verdict, verify};
use serde_json::{Value, json};

use super::forge::encode;
use super::{PAYLOAD, expectation};

/// Reads a fixture key.
macro_rules! key {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/", $name, ".jwk.json"))
    };
}

const RSA: &str = key!("throwaway-rsa-2048-a");
const EC: &str = key!("throwaway-ec-p256");
const P384: &str = key!("throwaway-ec-p384");
const ED: &str = key!("throwaway-ed25519");

/// A private JWK with members replaced or added; null removes one.
fn with(text: &str, members: &[(&str, Value)]) -> Value {
    let mut jwk: Value = serde_json::from_str(text).unwrap();
    for (name, value) in members {
        match value {
            Value::Null => drop(jwk.as_object_mut().unwrap().remove(*name)),
            value => jwk[*name] = value.clone(),
        }
    }
    jwk
}

fn import(jwk: &Value) -> Result<KeyFile, KeyFileError> {
    key_file::parse(jwk.to_string().as_bytes(), None, built_in())
}

/// The set that an issuer would publish for it. A key that signs by `key_ops` verifies by the other one.
fn published(jwk: &Value) -> KeySet {
    let mut public = jwk.clone();
    let members = public.as_object_mut().unwrap();
    members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&name.as_str()));
    members.insert("kid".into(), "k".into());
    if let Some(Value::Array(operations)) = members.get_mut("key_ops") {
        let turned = |one: &Value| {
            if one == "sign" {
                "verify".into()
            } else if one == "verify" {
                "sign".into()
            } else {
                one.clone()
            }
        };
        *operations = operations.iter().map(turned).collect();
    }
    KeySet::parse(json!({ "keys": [public] }).to_string().as_bytes()).unwrap()
}

#[test]
fn a_sound_key_signs_and_its_public_half_verifies() {
    let table = [
        ("RSA-2048", with(RSA, &[]), "RS256"),
        ("RSA with a leading zero", with(RSA, &[("n", with_zero(RSA, "n")), ("e", json!("AAEAAQ"))]), "RS256"),
        ("RSA with the exponent 3", with(key!("judged/rsa-exponent-3"), &[]), "RS256"),
        ("RSA with the largest exponent", with(key!("judged/rsa-exponent-4294967291"), &[]), "PS256"),
        ("RSA-2049", with(key!("judged/rsa-2049"), &[]), "RS512"),
        ("RSA-8192", with(key!("judged/rsa-8192"), &[]), "RS384"),
        ("P-256", with(EC, &[]), "ES256"),
        ("P-384", with(P384, &[]), "ES384"),
        ("Ed25519", with(ED, &[]), "EdDSA"),
        ("RSA bound to PS256", with(RSA, &[("alg", json!("PS256"))]), "PS256"),
        ("RSA bound to RS256", with(RSA, &[("alg", json!("RS256")), ("use", json!("sig"))]), "RS256"),
        ("Ed25519 bound by the newer name", with(ED, &[("alg", json!("Ed25519"))]), "EdDSA"),
        ("P-256 that signs alone", with(EC, &[("key_ops", json!(["sign"]))]), "ES256"),
        ("P-256 that does both", with(EC, &[("key_ops", json!(["verify", "sign"]))]), "ES256"),
        (
            "RSA with the empty members that some servers write",
            with(RSA, &[("use", json!("")), ("alg", json!("")), ("crv", json!("")), ("x", json!(""))]),
            "RS256",
        ),
    ];
    for (name, jwk, algorithm) in table {
        let file = import(&jwk).unwrap_or_else(|error| panic!("{name}: {error}"));
        let key = file.key().expect("a key");
        let keys = published(&jwk);
        assert_eq!((keys.len(), &keys.notices), (1, &vec![]), "{name}");
        assert_eq!(keys.thumbprints(), [key.facts().thumbprint.clone()], "{name}");
        let input = format!("{}.{}", encode(format!(r#"{{"alg":"{algorithm}","kid":"k"}}"#)), encode(PAYLOAD));
        let signature = key.sign(SigningAlgorithm::named(algorithm).unwrap(), input.as_bytes()).expect(name);
        let found = verify(&format!("{input}.{}", encode(signature)), &keys, &expectation());
        assert_eq!(found.verdict, Verdict::Valid, "{name}");
    }
}

#[test]
fn a_key_that_is_bound_to_an_algorithm_neither_signs_nor_verifies_with_another() {
    let jwk = with(RSA, &[("alg", json!("PS256"))]);
    let file = import(&jwk).unwrap();
    let key = file.key().unwrap();
    assert_eq!(key.facts().algorithm, Some(SigningAlgorithm::Ps256));
    assert_eq!(key.sign(SigningAlgorithm::Rs256, b"message").unwrap_err().code(), "algorithm-unfit");
    let input = format!("{}.{}", encode(r#"{"alg":"RS256","kid":"k"}"#), encode(PAYLOAD));
    let free = import(&with(RSA, &[])).unwrap();
    let signature = free.key().unwrap().sign(SigningAlgorithm::Rs256, input.as_bytes()).unwrap();
    let found = verify(&format!("{input}.{}", encode(signature)), &published(&jwk), &expectation());
    assert_eq!(found.verdict, Verdict::CannotVerify { why: "the key `k` isn't for `RS256`".into() });
}

const UNSOUND: &str = "key-unsound";
const UNFIT: &str = "jwk-unfit";
const EXPONENT: &str = "has an unsafe public exponent: it must be odd, at least 3 and below 2^32";
const FACTOR: &str = "has an unsafe modulus: it is divisible by a small number";

#[test]
fn a_key_that_import_refuses_verifies_nothing() {
    let rsa_with_e = |e: &str| with(RSA, &[("e", json!(e))]);
    let ec_x = with(EC, &[])["x"].as_str().unwrap().to_owned();
    let mut table = vec![
        (
            "ROCA",
            with(key!("judged/rsa-roca"), &[]),
            UNSOUND,
            "was created by a flawed generator and can be broken (ROCA, CVE-2017-15361)",
        ),
        ("2^32 + 1", with(key!("judged/rsa-exponent-4294967297"), &[]), UNSOUND, EXPONENT),
        ("an exponent of 32 bytes", with(key!("judged/rsa-exponent-long"), &[]), UNSOUND, EXPONENT),
        ("the exponent 1", with(key!("judged/rsa-exponent-1"), &[]), UNSOUND, EXPONENT),
        ("the exponent 1, and another's d", rsa_with_e("AQ"), UNSOUND, EXPONENT),
        ("the exponent 0", rsa_with_e("AA"), UNSOUND, EXPONENT),
        ("the exponent 2", rsa_with_e("Ag"), UNSOUND, EXPONENT),
        ("the exponent 65536", rsa_with_e("AQAA"), UNSOUND, EXPONENT),
        ("a factor of 751", with(key!("judged/rsa-small-factor"), &[]), UNSOUND, FACTOR),
        (
            "RSA-2047",
            with(key!("judged/rsa-2047"), &[]),
            "key-too-small",
            "is RSA with 2047 bits; at least 2048 are needed",
        ),
        (
            "RSA-8200",
            with(RSA, &[("n", json!("_".repeat(1366) + "8"))]),
            "key-unsupported",
            "is RSA with 8200 bits; more than 8192 aren't supported",
        ),
        (
            "a P-256 point with a short x",
            with(EC, &[("x", json!("AQAB"))]),
            "key-broken",
            "has a coordinate of the wrong length",
        ),
        (
            "a P-256 point with a zero before x",
            with(EC, &[("x", with_zero(EC, "x"))]),
            "key-broken",
            "has a coordinate of the wrong length",
        ),
        (
            "a P-256 key that says P-384",
            with(EC, &[("crv", json!("P-384"))]),
            "key-broken",
            "has a coordinate of the wrong length",
        ),
        (
            "a point that is not on its curve",
            with(EC, &[("y", json!(ec_x))]),
            "key-broken",
            "isn't a point on its curve",
        ),
        (
            "a P-256 point beyond the field",
            with(EC, &[("x", json!("_".repeat(42) + "8"))]),
            "key-broken",
            "isn't a point on its curve",
        ),
        (
            "an Ed25519 point of small order",
            with(ED, &[("x", json!("AQ".to_owned() + &"A".repeat(41)))]),
            "key-broken",
            "is a point of small order, for which anyone can forge signatures",
        ),
        (
            "an Ed25519 point beyond the field",
            with(ED, &[("x", json!("_".repeat(42) + "8"))]),
            "key-broken",
            "isn't a point on its curve",
        ),
        (
            "a short Ed25519 point",
            with(ED, &[("x", json!("AQAB"))]),
            "key-broken",
            "has a coordinate of the wrong length",
        ),
        (
            "secp256k1",
            with(EC, &[("crv", json!("secp256k1"))]),
            "key-unsupported",
            "is on the curve `secp256k1`, which isn't supported",
        ),
        (
            "Ed448",
            with(ED, &[("crv", json!("Ed448"))]),
            "key-unsupported",
            "is on the curve `Ed448`, which isn't supported",
        ),
        ("a type of its own", with(ED, &[("kty", json!("AKP"))]), "key-unsupported", "has the unknown type `AKP`"),
        (
            "encryption",
            with(RSA, &[("use", json!("enc"))]),
            "is-encryption-jwk",
            "is meant for encryption (`use` is `enc`)",
        ),
        ("TLS", with(RSA, &[("use", json!("tls"))]), UNFIT, "isn't meant for signatures (`use` is `tls`)"),
        ("a use that is a list", with(RSA, &[("use", json!(["sig"]))]), UNFIT, "has a `use` that isn't a string"),
        ("key_ops that are a text", with(EC, &[("key_ops", json!("sign"))]), UNFIT, "has `key_ops` that aren't a list"),
        (
            "no operation",
            with(EC, &[("key_ops", json!([]))]),
            UNFIT,
            "isn't meant to verify signatures (`key_ops` lacks `verify`)",
        ),
        (
            "the other operation",
            with(EC, &[("key_ops", json!(["verify"]))]),
            UNFIT,
            "isn't meant to verify signatures (`key_ops` lacks `verify`)",
        ),
        (
            "decryption",
            with(RSA, &[("key_ops", json!(["decrypt"]))]),
            "is-encryption-jwk",
            "isn't meant to verify signatures (`key_ops` lacks `verify`)",
        ),
        (
            "ES521",
            with(EC, &[("alg", json!("ES521"))]),
            UNFIT,
            "is for `ES521`, which isn't a supported signature algorithm",
        ),
        (
            "HS256",
            with(RSA, &[("alg", json!("HS256"))]),
            UNFIT,
            "is for `HS256`, which isn't a supported signature algorithm",
        ),
        (
            "none",
            with(RSA, &[("alg", json!("none"))]),
            UNFIT,
            "is for `none`, which isn't a supported signature algorithm",
        ),
        (
            "an algorithm in lower case",
            with(RSA, &[("alg", json!("rs256"))]),
            UNFIT,
            "is for `rs256`, which isn't a supported signature algorithm",
        ),
        (
            "RSA-OAEP",
            with(RSA, &[("alg", json!("RSA-OAEP"))]),
            "is-encryption-jwk",
            "is for `RSA-OAEP`, which isn't a supported signature algorithm",
        ),
        ("an algorithm that is a number", with(RSA, &[("alg", json!(256))]), UNFIT, "has a `alg` that isn't a string"),
    ];
    for (name, file, algorithm) in [
        ("ES512 on P-256", EC, "ES512"),
        ("ES384 on P-256", EC, "ES384"),
        ("ES256 on P-384", P384, "ES256"),
        ("ES256 on RSA", RSA, "ES256"),
        ("RS256 on P-256", EC, "RS256"),
        ("EdDSA on P-256", EC, "EdDSA"),
        ("PS256 on Ed25519", ED, "PS256"),
    ] {
        let why = format!("isn't the type of key that `{algorithm}` needs");
        table.push((name, with(file, &[("alg", json!(algorithm))]), UNFIT, Box::leak(why.into_boxed_str())));
    }
    for (name, file, says, has) in [
        ("RSA of an EC key", EC, "RSA", "EC"),
        ("RSA of an OKP key", ED, "RSA", "OKP"),
        ("EC of an RSA key", RSA, "EC", "RSA"),
        ("EC of an OKP key", ED, "EC", "OKP"),
        ("OKP of an EC key", EC, "OKP", "EC"),
        ("OKP of an RSA key", RSA, "OKP", "RSA"),
    ] {
        let why = format!("has the type `{says}` but members of type `{has}`");
        table.push((name, with(file, &[("kty", json!(says))]), UNFIT, Box::leak(why.into_boxed_str())));
    }
    for (name, jwk, code, why) in table {
        let error = import(&jwk).map(|file| file.shape).expect_err(name);
        assert_eq!(error.code(), code, "{name}: {error}");
        if code == UNSOUND || (code == UNFIT && jwk["key_ops"].is_null()) {
            assert!(error.to_string().ends_with(&format!("it {why}")), "{name}: {error}");
        }
        let keys = published(&jwk);
        assert_eq!((keys.len(), keys.notices), (0, vec![format!("the key `k` isn't used: it {why}")]), "{name}");
    }
}

/// What Mintage verifies but doesn't sign with: sound, so it is rejected as what it is.
#[test]
fn a_key_that_only_verifies_is_not_called_unsound() {
    let check = |jwk: &Value, code: &str| {
        assert_eq!(import(jwk).map(|file| file.shape).expect_err("not signed with").code(), code);
        assert_eq!(published(jwk).len(), 1);
    };
    let half = |start: &str, length: usize| json!(start.to_owned() + &"A".repeat(length));
    // P-521's generator would do; a real point is in the fixture's public half.
    let p521 = super::forge::FORGE.p521_jwk();
    let mut jwk: Value = serde_json::from_str(&p521).unwrap();
    jwk["d"] = half("AQ", 86);
    check(&jwk, "key-unsupported");
    check(&with(RSA, &[("alg", json!("PS384"))]), UNFIT);
    check(&with(RSA, &[("alg", json!("PS512"))]), UNFIT);
}

#[test]
fn numbers_that_do_not_belong_together_are_not_imported() {
    let not_imported = |name: &str, jwk: &Value| {
        let error = import(jwk).map(|file| file.shape).expect_err(name);
        assert_eq!(error.code(), "key-broken", "{name}: {error}");
    };
    not_imported("p = q", &with(key!("judged/rsa-square"), &[]));
    not_imported("a p that is no prime", &with(key!("judged/rsa-three-factors"), &[]));
    for member in ["d", "p", "q", "dp", "dq", "qi"] {
        for (what, number) in
            [("zero", json!("AA")), ("one", json!("AQ")), ("its last bit changed", flipped(RSA, member))]
        {
            not_imported(&format!("{member} with {what}"), &with(RSA, &[(member, number)]));
        }
        let other = with(key!("judged/rsa-2049"), &[])[member].clone();
        not_imported(&format!("another key's {member}"), &with(RSA, &[(member, other)]));
    }
    // The order of P-256 (SEC 2 §2.4.2): private numbers are from 1 to one less.
    let order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE";
    let beyond = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVI";
    for (name, d) in [
        ("0", "A".repeat(43)),
        ("n", order.to_owned()),
        ("n + 1", beyond.to_owned()),
        ("2^256 - 1", "_".repeat(42) + "8"),
    ] {
        not_imported(&format!("P-256 with d = {name}"), &with(EC, &[("d", json!(d))]));
    }
    not_imported("P-256 with a zero before d", &with(EC, &[("d", with_zero(EC, "d"))]));
    not_imported("P-256 with a short d", &with(EC, &[("d", json!("AQAB"))]));
    not_imported("P-384 with a zero before d", &with(P384, &[("d", with_zero(P384, "d"))]));
    not_imported("Ed25519 with a zero before d", &with(ED, &[("d", with_zero(ED, "d"))]));
    not_imported("Ed25519 with another's x", &with(ED, &[("x", with(ED, &[])["d"].clone())]));
}

fn number(file: &str, member: &str) -> Vec<u8> {
    super::decode(with(file, &[])[member].as_str().unwrap())
}

fn with_zero(file: &str, member: &str) -> Value {
    json!(encode([&[0], number(file, member).as_slice()].concat()))
}

fn flipped(file: &str, member: &str) -> Value {
    let mut bytes = number(file, member);
    *bytes.last_mut().unwrap() ^= 2;
    json!(encode(bytes))
}
