use super::*;

const PKCS1: &str = include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs1.pem");
const PKCS8: &str = include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs8.pem");
const PUBLIC: &str = include_str!("../../../../tests/fixtures/keys/throwaway-rsa-2048-a.public.pem");
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
    assert_eq!(from_pkcs1.pkcs1(), bytes(PKCS1));
    assert_eq!(from_pkcs1.facts(), from_pkcs8.facts());
    assert_eq!(from_pkcs1.facts().public_pem, PUBLIC);
    assert_eq!((from_pkcs1.facts().key_type.as_str(), from_pkcs1.facts().bits), ("RSA", 2048));
}

#[test]
fn the_largest_usual_key_fits_the_smallest_keychain() {
    // Windows' credential manager takes 2,560 bytes.
    let key = key(RSA_4096);
    assert_eq!(key.facts().bits, 4096);
    assert!(key.der().expose().len() <= 2_400, "{}", key.der().expose().len());
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
    let components = aws_lc_rs::rsa::PublicKeyComponents { n: n.as_slice(), e: &[1, 0, 1][..] };
    let spki: PublicKeyX509Der<'_> = components.as_der().expect("a public key");
    let facts = KeyFacts {
        key_type: "RSA".into(),
        bits: 2048,
        fingerprint: String::new(),
        thumbprint: String::new(),
        public_pem: pem_of(spki.as_ref()),
    };
    let (n, e) = facts.public_numbers();
    let jwk: serde_json::Value = serde_json::from_str(&facts.public_jwk("a \"kid\"")).expect("JSON");
    assert_eq!(jwk["n"], n);
    assert_eq!((jwk["kid"].as_str(), jwk["e"].as_str()), (Some("a \"kid\""), Some("AQAB")));
    assert_eq!(thumbprint_of(&n, &e), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
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
    let whole = bytes(PKCS8);
    for length in 0..whole.len() {
        assert_eq!(code(whole[..length].to_vec()), "key-broken", "cut to {length}");
    }
    assert_eq!(code([&whole[..], &[0]].concat()), "key-broken");
    // The last byte belongs to the CRT coefficient: the provider must notice.
    let mut flipped = whole.clone();
    *flipped.last_mut().expect("bytes") ^= 1;
    assert_eq!(code(flipped), "key-broken");
}

#[test]
fn no_flipped_byte_gets_another_key_in() {
    let expected = key(PKCS1).facts().thumbprint.clone();
    let whole = bytes(PKCS1);
    // Every 7th byte, as each accepted candidate costs a signature.
    for at in (0..whole.len()).step_by(7) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x55;
        if let Ok(key) = PrivateKey::from_der(SecretBytes::new(flipped)) {
            assert_eq!(key.facts().thumbprint, expected, "byte {at}");
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
    let primes = &key.pkcs1()[key.pkcs1().len() - 300..];
    assert!(!shown.contains(&format!("{:?}", &primes[..4]).replace(['[', ']'], "")));
}
