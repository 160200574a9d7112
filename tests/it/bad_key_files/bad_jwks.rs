//! Bad JWKs and JWK sets.

use serde_json::{Value, json};

use crate::bad_key_files::bad::{Bad, bad};
use crate::bad_key_files::key;

const EC: &str = key!("ec-p256.jwk.json");

pub(crate) fn table() -> Vec<Bad> {
    [kinds(), sets(), rsa(), curves(), purposes()].into_iter().flatten().collect()
}

fn jwk(text: &str) -> Value {
    serde_json::from_str(text).expect("fixture")
}

/// A JWK with members replaced or added.
fn with(text: &str, members: &[(&str, Value)]) -> String {
    let mut jwk = jwk(text);
    for (name, value) in members {
        jwk[*name] = value.clone();
    }
    jwk.to_string()
}

/// A JWK without some of its members.
fn without(text: &str, members: &[&str]) -> String {
    let mut jwk = jwk(text);
    for name in members {
        jwk.as_object_mut().expect("an object").remove(*name).expect("the member");
    }
    jwk.to_string()
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// `x5c` of these certificates (RFC 7517 §4.7).
pub(crate) fn chain(certificates: &[&str]) -> Value {
    let body = |pem: &&str| pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    certificates.iter().map(body).collect()
}

fn kinds() -> Vec<Bad> {
    let rsa = key!("rsa-2048-a.jwk.json");
    let (own, other) = (key!("rsa-2048-a.certificate.pem"), key!("rsa-2048-b.certificate.pem"));
    vec![
        bad("a public RSA JWK", r#"{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}"#, "is-public-jwk"),
        bad("a public EC JWK", without(EC, &["d"]), "is-public-jwk"),
        bad("a public OKP JWK", without(key!("ed25519.jwk.json"), &["d"]), "is-public-jwk"),
        bad("a symmetric JWK", r#"{"kty":"oct","k":"AA"}"#, "is-symmetric-jwk"),
        bad("a symmetric JWK with a private member", r#"{"kty":"oct","k":"AA","d":"AA"}"#, "is-symmetric-jwk"),
        bad("a JWK of an unknown type", with(rsa, &[("kty", json!("AKP"))]), "key-unsupported"),
        bad("a JWK type in lower case", with(rsa, &[("kty", json!("rsa"))]), "key-unsupported"),
        bad("a JWK type that is a number", with(rsa, &[("kty", json!(1))]), "member-not-text"),
        bad("an empty JWK type", with(rsa, &[("kty", json!(""))]), "member-empty"),
        bad("a JWK whose kid is a number", with(rsa, &[("kid", json!(1))]), "member-not-text"),
        bad("a JWK whose kid is empty", with(rsa, &[("kid", json!(""))]), "member-empty"),
        bad("a JWK whose kid has a line end", with(rsa, &[("kid", json!("a\nb"))]), "id-invalid"),
        bad("a JWK whose kid is endless", with(rsa, &[("kid", json!("k".repeat(201)))]), "id-invalid"),
        bad("a list of JWKs", format!("[{rsa},{rsa}]"), "several-credentials"),
        bad("a JWK without its type", without(rsa, &["kty"]), "member-missing"),
        bad(
            "a JWK with another key's certificate",
            with(rsa, &[("x5c", chain(&[other]))]),
            "certificate-of-another-key",
        ),
        bad(
            "a JWK whose certificate comes second",
            with(rsa, &[("x5c", chain(&[other, own]))]),
            "certificate-of-another-key",
        ),
        bad("a JWK with a certificate that is no base64", with(rsa, &[("x5c", json!(["!!"]))]), "certificate-broken"),
        bad("a JWK with a certificate that is none", with(rsa, &[("x5c", json!(["MII="]))]), "certificate-broken"),
        bad("a JWK with an empty chain", with(rsa, &[("x5c", json!([]))]), "certificate-broken"),
        bad("a JWK whose chain is text", with(rsa, &[("x5c", json!("MII="))]), "certificate-broken"),
        bad("a JWK with two d", rsa.replacen('{', r#"{"d":"AQ","#, 1), "member-twice"),
    ]
}

fn sets() -> Vec<Bad> {
    let private = jwk(key!("rsa-2048-a.jwk.json"));
    let named = jwk(&with(key!("rsa-2048-a.jwk.json"), &[("kid", json!("1"))]));
    let other = jwk(&with(EC, &[("kid", json!("2"))]));
    let public = json!({ "kty": "RSA", "kid": "0", "n": "AQAB", "e": "AQAB" });
    let symmetric = json!({ "kty": "oct", "kid": "3", "k": "AA" });
    vec![
        bad("an empty JWK set", r#"{"keys":[]}"#, "is-public-key-set"),
        bad("a public JWK set", set(&[public.clone(), public.clone()]), "is-public-key-set"),
        bad("a set of one public JWK", set(std::slice::from_ref(&public)), "is-public-key-set"),
        bad("the server's own key set", set(&[named.clone(), other.clone()]), "is-server-key-set"),
        bad("the server's own key and its last one", set(&[public.clone(), named.clone()]), "is-server-key-set"),
        bad("a set of one private JWK without a key id", set(std::slice::from_ref(&private)), "is-server-key-set"),
        bad("the same private JWK twice", set(&[named.clone(), named.clone()]), "is-server-key-set"),
        bad("a set of a private and a symmetric JWK", set(&[named.clone(), symmetric.clone()]), "is-server-key-set"),
        bad("a set of one symmetric JWK", set(&[symmetric]), "is-symmetric-jwk"),
        bad("a set of one number", r#"{"keys":[1]}"#, "json-without-credential"),
        bad("a set of one list", r#"{"keys":[["d","kid"]]}"#, "json-without-credential"),
        bad("a set that is an object", r#"{"keys":{"kty":"RSA","d":"AA"}}"#, "jwk-without-primes"),
        bad("a set whose key is a broken JWK", r#"{"keys":[{"kid":"1","d":"AA"}]}"#, "member-missing"),
        bad("ten thousand private JWKs", set(&vec![json!({ "d": 1 }); 10_000]), "is-server-key-set"),
    ]
}

fn rsa() -> Vec<Bad> {
    let file = key!("rsa-2048-a.jwk.json");
    let n = jwk(file)["n"].as_str().expect("text").to_owned();
    let other = jwk(include_str!("../../fixtures/keys/rfc7515-appendix-a2.jwk.json"));
    let swapped = with(file, &[("p", jwk(file)["q"].clone()), ("q", jwk(file)["p"].clone())]);
    let mut table = vec![
        bad("an RSA JWK of n, e and d", without(file, &["p", "q", "dp", "dq", "qi"]), "jwk-without-primes"),
        bad("an RSA JWK without n", without(file, &["n"]), "member-missing"),
        bad("an RSA JWK without e", without(file, &["e"]), "member-missing"),
        bad("an RSA JWK with three primes", with(file, &[("oth", json!([{}]))]), "key-unsupported"),
        bad("an RSA JWK with its primes exchanged", swapped, "key-broken"),
        bad("an RSA JWK with another key's modulus", with(file, &[("n", other["n"].clone())]), "key-broken"),
        bad("an RSA JWK with another key's exponent", with(file, &[("d", other["d"].clone())]), "key-broken"),
        bad("an RSA JWK with the public exponent 1", with(file, &[("e", json!("AQ"))]), "key-unsound"),
        bad("an RSA JWK with an even public exponent", with(file, &[("e", json!("Ag"))]), "key-unsound"),
        bad("an RSA JWK with the public exponent 0", with(file, &[("e", json!("AA"))]), "key-unsound"),
        bad("an RSA JWK with a short modulus", with(file, &[("n", json!(n[..160]))]), "key-too-small"),
        bad("an RSA JWK with the modulus 0", with(file, &[("n", json!("AAAA"))]), "key-too-small"),
        bad("an RSA JWK with an endless modulus", with(file, &[("n", json!("A_".repeat(40_000)))]), "key-unsupported"),
        bad("an RSA JWK whose n is padded", with(file, &[("n", json!(format!("{n}==")))]), "jwk-number-invalid"),
        bad("an RSA JWK whose n is cut off", with(file, &[("n", json!(n[..341]))]), "jwk-number-invalid"),
        bad("an RSA JWK in base64", file.replace('-', "+").replace('_', "/"), "jwk-number-invalid"),
        bad("an RSA JWK with a space in n", with(file, &[("n", json!(format!(" {n}")))]), "jwk-number-invalid"),
        bad("an RSA JWK whose n is a number", with(file, &[("n", json!(65_537))]), "member-not-text"),
        bad("an RSA JWK whose e is a number", with(file, &[("e", json!(65_537))]), "member-not-text"),
        bad("an RSA JWK whose d is null", with(file, &[("d", json!(null))]), "member-not-text"),
        bad("an RSA JWK whose d is empty", with(file, &[("d", json!(""))]), "member-empty"),
    ];
    for member in ["p", "q", "dp", "dq", "qi"] {
        table.push(bad(format!("an RSA JWK without {member}"), without(file, &[member]), "jwk-without-primes"));
        table.push(bad(format!("an RSA JWK whose {member} is 1"), with(file, &[(member, json!("AQ"))]), "key-broken"));
        table.push(bad(
            format!("an RSA JWK with {member} of commas"),
            with(file, &[(member, json!(",,,"))]),
            "jwk-number-invalid",
        ));
    }
    table
}

fn curves() -> Vec<Bad> {
    let p384 = key!("ec-p384.jwk.json");
    let okp = key!("ed25519.jwk.json");
    let zero = json!("A".repeat(43));
    let long = json!("_".repeat(48));
    vec![
        bad("an EC JWK without crv", without(EC, &["crv"]), "member-missing"),
        bad("an EC JWK without x", without(EC, &["x"]), "member-missing"),
        bad("an EC JWK without y", without(EC, &["y"]), "member-missing"),
        bad("an EC JWK on P-521", with(EC, &[("crv", json!("P-521"))]), "key-unsupported"),
        bad("an EC JWK on secp256k1", with(EC, &[("crv", json!("secp256k1"))]), "key-unsupported"),
        bad("an EC JWK on Ed25519", with(EC, &[("crv", json!("Ed25519"))]), "jwk-unfit"),
        bad("an EC JWK on a P in lower case", with(EC, &[("crv", json!("p-256"))]), "key-unsupported"),
        bad("a P-384 JWK that says P-256", with(p384, &[("crv", json!("P-256"))]), "key-broken"),
        bad("a P-256 JWK that says P-384", with(EC, &[("crv", json!("P-384"))]), "key-broken"),
        bad("an EC JWK whose x is another's", with(EC, &[("x", json!("AQAB"))]), "key-broken"),
        bad(
            "an EC JWK whose x and y are exchanged",
            with(EC, &[("x", jwk(EC)["y"].clone()), ("y", jwk(EC)["x"].clone())]),
            "key-broken",
        ),
        bad("an EC JWK whose point is zero", with(EC, &[("x", zero.clone()), ("y", zero.clone())]), "key-broken"),
        bad("an EC JWK whose d is zero", with(EC, &[("d", zero.clone())]), "key-broken"),
        bad("an EC JWK whose d is another's", with(EC, &[("d", json!("AQAB"))]), "key-broken"),
        bad("an EC JWK whose d is too long", with(EC, &[("d", long.clone())]), "key-broken"),
        bad("an EC JWK whose x is too long", with(EC, &[("x", long.clone())]), "key-broken"),
        bad("an EC JWK whose y is endless", with(EC, &[("y", json!("_".repeat(100_000)))]), "key-broken"),
        bad("an EC JWK whose d is no base64url", with(EC, &[("d", json!("+/=="))]), "jwk-number-invalid"),
        bad("an OKP JWK without x", without(okp, &["x"]), "member-missing"),
        bad("an OKP JWK on X25519", with(okp, &[("crv", json!("X25519"))]), "key-unsupported"),
        bad("an OKP JWK on Ed448", with(okp, &[("crv", json!("Ed448"))]), "key-unsupported"),
        bad("an OKP JWK whose x is another's", with(okp, &[("x", zero)]), "key-broken"),
        bad("an OKP JWK whose x is short", with(okp, &[("x", json!("AQAB"))]), "key-broken"),
        bad("an OKP JWK whose d is short", with(okp, &[("d", json!("AQAB"))]), "key-broken"),
        bad("an OKP JWK whose d is long", with(okp, &[("d", long)]), "key-broken"),
        bad("an OKP JWK whose d is no base64url", with(okp, &[("d", json!("=AAA"))]), "jwk-number-invalid"),
    ]
}

fn purposes() -> Vec<Bad> {
    let file = key!("rsa-2048-a.jwk.json");
    vec![
        bad("a JWK for encryption", with(file, &[("use", json!("enc"))]), "is-encryption-jwk"),
        bad("a JWK for RSA-OAEP", with(file, &[("alg", json!("RSA-OAEP-256"))]), "is-encryption-jwk"),
        bad("a JWK for RSA1_5", with(file, &[("alg", json!("RSA1_5"))]), "is-encryption-jwk"),
        bad("a JWK for ECDH-ES", with(EC, &[("alg", json!("ECDH-ES+A256KW"))]), "is-encryption-jwk"),
        bad("a JWK to decrypt", with(file, &[("key_ops", json!(["decrypt", "unwrapKey"]))]), "is-encryption-jwk"),
        bad("a JWK to derive keys", with(EC, &[("key_ops", json!(["deriveKey"]))]), "is-encryption-jwk"),
    ]
}
