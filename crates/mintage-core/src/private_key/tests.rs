use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::*;
use crate::der::{self, INTEGER, SEQUENCE, push_element};
use crate::jose::Curve;

mod beside;

const PKCS1: &str = include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");
const PKCS8: &str = include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs8.pem");
const PUBLIC: &str = include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.public.pem");
const P256: &str = include_str!("../../../../tests/fixtures/keys/throwaway-ec-p256.pkcs8.pem");
const P384: &str = include_str!("../../../../tests/fixtures/keys/throwaway-ec-p384.pkcs8.pem");
const ED25519: &str = include_str!("../../../../tests/fixtures/keys/throwaway-ed25519.pkcs8.pem");
const RSA_4096: &str = include_str!("../../../../tests/fixtures/keys/throwaway-rsa-4096.pkcs8.pem");

fn bytes(pem: &str) -> Vec<u8> {
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD.decode(text).expect("fixture")
}

fn key(pem: &str) -> PrivateKey {
    PrivateKey::from_der(SecretBytes::new(bytes(pem))).expect("fixture")
}

fn code(der: Vec<u8>) -> &'static str {
    PrivateKey::from_der(SecretBytes::new(der)).expect_err("must be refused").code()
}

#[test]
fn pkcs1_and_pkcs8_of_one_key_give_the_same_bytes_and_facts() {
    let (from_pkcs1, from_pkcs8) = (key(PKCS1), key(PKCS8));
    assert_eq!(from_pkcs1.der().expose(), bytes(PKCS8));
    assert_eq!(from_pkcs8.der().expose(), bytes(PKCS8));
    assert_eq!(from_pkcs1.facts(), from_pkcs8.facts());
    assert_eq!(from_pkcs1.facts().public_pem, PUBLIC);
    assert_eq!((from_pkcs1.facts().key_type.as_str(), from_pkcs1.facts().bits), ("RSA", 2048));
}

#[test]
fn the_largest_usual_key_fits_the_smallest_keychain() {
    // The Windows credential manager accepts 2,560 bytes.
    let key = key(RSA_4096);
    assert_eq!(key.facts().bits, 4096);
    // Two or three bytes depend on which of its numbers need a leading zero.
    assert!((2_370..2_380).contains(&key.der().expose().len()), "{}", key.der().expose().len());
}

#[test]
fn openssls_pkcs8_is_the_canonical_form_of_every_type() {
    for (pem, key_type, bits, length) in [
        (PKCS8, "RSA", 2048, 1_217),
        (P256, "P-256", 256, 138),
        (P384, "P-384", 384, 185),
        (ED25519, "Ed25519", 256, 48),
    ] {
        let key = key(pem);
        assert_eq!((key.facts().key_type.as_str(), key.facts().bits), (key_type, bits));
        assert_eq!(key.der().expose(), bytes(pem), "{key_type}");
        assert_eq!(key.der().expose().len(), length, "{key_type}");
        let stored = PrivateKey::from_keychain(key.der().clone()).expect("its own bytes");
        assert_eq!((stored.facts(), stored.der().expose()), (key.facts(), key.der().expose()), "{key_type}");
    }
}

#[test]
fn a_key_signs_with_every_algorithm_of_its_type_and_with_no_other() {
    let message = b"header.payload";
    let all = [
        (SigningAlgorithm::Rs256, 256),
        (SigningAlgorithm::Rs384, 256),
        (SigningAlgorithm::Rs512, 256),
        (SigningAlgorithm::Ps256, 256),
        (SigningAlgorithm::Es256, 64),
        (SigningAlgorithm::Es384, 96),
        (SigningAlgorithm::EdDsa, 64),
    ];
    for key in [PKCS8, P256, P384, ED25519].map(key) {
        let mut count = 0;
        for (algorithm, length) in all {
            let name = format!("{} with {}", key.facts().key_type, algorithm.name());
            match key.sign(algorithm, message) {
                Ok(signature) => {
                    count += 1;
                    assert_eq!(
                        (algorithm.key_type(), signature.len()),
                        (key.facts().key_type.as_str(), length),
                        "{name}"
                    );
                    assert!(key.public.verifies(algorithm.into(), message, &signature), "{name}");
                    assert!(!key.public.verifies(algorithm.into(), b"header.payloae", &signature), "{name}");
                }
                Err(error) => {
                    assert_ne!(algorithm.key_type(), key.facts().key_type, "{name}");
                    assert_eq!(error.code(), "algorithm-unfit", "{name}");
                }
            }
        }
        assert_eq!(count, if key.facts().key_type == "RSA" { 4 } else { 1 });
    }
}

/// RFC 7515 A.2.1: the signing inputs of its RS256 and ES256 examples differ only in the header.
const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn decoded(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

#[test]
fn the_rs256_signature_of_rfc_7515_a_2_is_the_rfcs() {
    let jwk: serde_json::Value =
        serde_json::from_str(include_str!("../../../../tests/fixtures/keys/rfc7515-appendix-a2.jwk.json"))
            .expect("JSON");
    let numbers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| decoded(jwk[name].as_str().expect("text")));
    let key = PrivateKey::from_der(canonical::pkcs1(&numbers.each_ref().map(Vec::as_slice))).expect("the RFC's key");
    let signature = key.sign(SigningAlgorithm::Rs256, format!("eyJhbGciOiJSUzI1NiJ9.{JOE}").as_bytes()).expect("signs");
    assert_eq!(
        BASE64_URL_SAFE_NO_PAD.encode(signature),
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
}

#[test]
fn the_es256_key_of_rfc_7515_a_3_verifies_the_rfcs_signature_and_makes_its_own() {
    let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let number = decoded("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
    let key = PrivateKey::from_der(canonical::ec(Curve::P256, &number, None)).expect("the RFC's key");
    let jwk: serde_json::Value = serde_json::from_str(&key.facts().public_jwk("1")).expect("JSON");
    let expected =
        serde_json::json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256", "use": "sig", "kid": "1" });
    assert_eq!(jwk, expected);
    // RFC 7638 §3.2 over these members, computed by another program.
    assert_eq!(key.facts().thumbprint, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");

    let input = format!("eyJhbGciOiJFUzI1NiJ9.{JOE}");
    let rfc = decoded("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    assert!(key.public.verifies(SigningAlgorithm::Es256.into(), input.as_bytes(), &rfc));
    let own = key.sign(SigningAlgorithm::Es256, input.as_bytes()).expect("signs");
    let point = [&[4][..], &decoded(x), &decoded(y)].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input.as_bytes(), &own).expect("the RFC's key");
}

#[test]
fn the_ed25519_key_of_rfc_8037_appendix_a_signs_as_the_rfc_does() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let seed = decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    let key = PrivateKey::from_der(canonical::ed25519(&seed, Some(&decoded(x)))).expect("the RFC's key");
    // A.2, A.3 and A.4, in this order.
    let jwk: serde_json::Value = serde_json::from_str(&key.facts().public_jwk("1")).expect("JSON");
    let expected =
        serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA", "use": "sig", "kid": "1" });
    assert_eq!(jwk, expected);
    assert_eq!(key.facts().thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = key.sign(SigningAlgorithm::EdDsa, input).expect("signs");
    assert_eq!(
        BASE64_URL_SAFE_NO_PAD.encode(signature),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
}

#[test]
fn keys_on_curves_are_read_in_every_way_that_libraries_write_them() {
    let seed = &bytes(ED25519)[16..];
    let expected = key(ED25519);
    let public = expected.public.encoded();
    // RFC 5958 §2 has an implicit tag; older libraries wrote an explicit one; attributes may come before it.
    let version_1 = canonical::ed25519(seed, Some(&public));
    let mut explicit = vec![0x30, 0x53, 0x02, 0x01, 0x01];
    explicit.extend_from_slice(&bytes(ED25519)[5..]);
    explicit.extend_from_slice(&[0xa1, 0x23, 0x03, 0x21, 0x00]);
    explicit.extend_from_slice(&public);
    let mut attributes = bytes(ED25519);
    attributes[1] += 2;
    attributes.extend_from_slice(&[0xa0, 0x00]);
    for der in [version_1.expose().to_vec(), explicit, attributes] {
        let read = PrivateKey::from_der(SecretBytes::new(der)).expect("the same key");
        assert_eq!(read.der().expose(), expected.der().expose());
    }
    // RFC 5915 §3 requires the private number at its full length; some writers strip its leading zeros.
    let short =
        PrivateKey::from_der(canonical::ec(Curve::P384, &[9; 40], None)).expect("a number with zeros before it");
    let mut cut = Vec::new();
    push_element(&mut cut, der::OCTET_STRING, &[&[9; 40]]);
    let mut inside = vec![0x02, 0x01, 0x01];
    inside.extend_from_slice(&cut);
    inside.extend_from_slice(&[0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]);
    let mut whole = Vec::new();
    push_element(&mut whole, SEQUENCE, &[&inside]);
    let read = PrivateKey::from_der(SecretBytes::new(whole)).expect("the same key");
    assert_eq!(read.der().expose(), short.der().expose());
}

#[test]
fn facts_that_were_changed_give_no_numbers_and_no_panic() {
    let facts = key(P256).facts().clone();
    let jwk = |facts: KeyFacts| facts.public_jwk("1");
    for changed in [
        KeyFacts { key_type: "RSA".into(), ..facts.clone() },
        KeyFacts { key_type: "P-521".into(), ..facts.clone() },
        KeyFacts { public_pem: String::new(), ..facts.clone() },
        KeyFacts { public_pem: "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----".into(), ..facts.clone() },
    ] {
        assert_eq!(jwk(changed), r#"{"kid":"1","use":"sig"}"#);
    }
    assert!(jwk(facts).contains("\"y\""));
}

#[test]
fn a_generated_key_signs_and_survives_storing() {
    let made = PrivateKey::generate().expect("randomness");
    let stored = PrivateKey::from_der(made.der().clone()).expect("its own bytes");
    assert_eq!(stored.facts(), made.facts());
    assert_ne!(made.facts().thumbprint, PrivateKey::generate().expect("randomness").facts().thumbprint);
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638() {
    // RFC 7638 §3.1 gives modulus, exponent and thumbprint.
    let n = BASE64_URL_SAFE_NO_PAD
        .decode("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw")
        .expect("base64url");
    let facts = KeyFacts::of(&PublicKey::rsa(&n, &[1, 0, 1]).expect("a sound key"));
    let jwk: serde_json::Value = serde_json::from_str(&facts.public_jwk("a \"kid\"")).expect("JSON");
    let expected = serde_json::json!({
        "kty": "RSA", "n": BASE64_URL_SAFE_NO_PAD.encode(&n), "e": "AQAB", "alg": "RS256", "use": "sig", "kid": "a \"kid\"",
    });
    assert_eq!(jwk, expected);
    assert_eq!(facts.thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    // The same SubjectPublicKeyInfo as the crypto provider writes.
    let components = PublicKeyComponents { n: n.as_slice(), e: &[1, 0, 1][..] };
    let spki: aws_lc_rs::encoding::PublicKeyX509Der<'_> = components.as_der().expect("a public key");
    assert_eq!(bytes(&facts.public_pem), spki.as_ref());
}

#[test]
fn facts_hold_what_openssl_says() {
    // `openssl pkey -pubout -outform DER | sha256sum`, and RFC 7638 over the modulus that `openssl rsa` prints.
    let key = key(PKCS1);
    assert_eq!(key.facts().fingerprint, "2fc4386d830e8be9e830447164dbcb82c9a06422c7e0faf5ea4ebe45674c0dcf");
    assert_eq!(key.facts().thumbprint, "iES-8CNPM-0Pwag0jQBVOB0h5B9fI8sXan3fkp8znyA");
}

#[test]
fn damaged_keys_are_refused_by_their_damage() {
    for pem in [PKCS8, P256, P384, ED25519] {
        let whole = bytes(pem);
        for length in 0..whole.len() {
            assert_eq!(code(whole[..length].to_vec()), "key-broken", "cut to {length}");
        }
        assert_eq!(code([&whole[..], &[0]].concat()), "key-broken");
    }
    // The last byte is part of the CRT coefficient, or of the point: the provider must notice.
    for pem in [PKCS8, P256, P384] {
        let mut flipped = bytes(pem);
        *flipped.last_mut().expect("bytes") ^= 1;
        assert_eq!(code(flipped), "key-broken");
    }
}

#[test]
fn no_flipped_byte_gets_another_key_in() {
    // Every 7th byte of the long one, since each accepted candidate costs a signature. An Ed25519 key alone has nothing
    // to check its seed against.
    for (pem, step) in [(PKCS1, 7), (P256, 1), (P384, 1)] {
        let expected = key(pem).facts().thumbprint.clone();
        let whole = bytes(pem);
        for at in (0..whole.len()).step_by(step) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x55;
            if let Ok(key) = PrivateKey::from_der(SecretBytes::new(flipped)) {
                assert_eq!(key.facts().thumbprint, expected, "byte {at}");
            }
        }
    }
}

#[test]
fn debug_output_shows_nothing_of_the_private_half() {
    let key = key(PKCS8);
    let shown = format!("{key:?}");
    assert!(shown.contains("SecretBytes(redacted)"), "{shown}");
    for line in PKCS8.lines().chain(PKCS1.lines()).filter(|line| !line.starts_with("-----")) {
        assert!(!shown.contains(line), "{line}");
    }
    let primes = &key.der().expose()[key.der().expose().len() - 300..];
    assert!(!shown.contains(&format!("{:?}", &primes[..4]).replace(['[', ']'], "")));
}
