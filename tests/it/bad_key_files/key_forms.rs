//! Keys of every type, in every form that they are written in.

use crate::bad_key_files::{PASSPHRASE, PKCS1, PKCS8, THUMBPRINT, der_of, key, parse};

/// A key in one of its forms, its passphrase if it has one, and its public facts as computed by OpenSSL and another
/// JOSE program.
struct Row {
    name: &'static str,
    text: &'static str,
    key_type: &'static str,
    thumbprint: &'static str,
    fingerprint: &'static str,
}

const RSA: [&str; 3] = ["RSA", THUMBPRINT, "2fc4386d830e8be9e830447164dbcb82c9a06422c7e0faf5ea4ebe45674c0dcf"];
pub(crate) const P256: [&str; 3] = [
    "P-256",
    "SQ182PNdHVIOhKv-w-ZcGoVyMUDZWA0Vsaa6mdzOkrQ",
    "4dca92bde2496efa25fcf25a8e10c5557eb2e01d6a7a62408338d9c2bd0bea57",
];
pub(crate) const P384: [&str; 3] = [
    "P-384",
    "5Szhg5fsMBnleoRVfRaqJsOKDItqO7Yzf6hnMvlnC8k",
    "c2930aed337b3ac7b9adcf53df86184adf6c98dd5e153967b7140d646645622f",
];
pub(crate) const ED25519: [&str; 3] = [
    "Ed25519",
    "sYchbnKBQ3-KxP4vZcWrIOumf-sUA5OW8vI8YYsaANQ",
    "63ff1cd7dfbeb8ad8cf9c20a1181441b498e76effbc10674d2e091a69fd57814",
];

fn row(name: &'static str, text: &'static str, [key_type, thumbprint, fingerprint]: [&'static str; 3]) -> Row {
    Row { name, text, key_type, thumbprint, fingerprint }
}

#[test]
fn keys_of_every_type_and_form_are_the_same_key() {
    let table = [
        row("RSA, PKCS#1", PKCS1, RSA),
        row("RSA, PKCS#8", PKCS8, RSA),
        row("RSA, encrypted", key!("rsa-2048-a.encrypted-aes256.pem"), RSA),
        row("RSA, JWK", key!("rsa-2048-a.jwk.json"), RSA),
        row("RSA, OpenSSH", key!("rsa-2048-a.openssh.pem"), RSA),
        row("P-256, PKCS#8", key!("ec-p256.pkcs8.pem"), P256),
        row("P-256, SEC1", key!("ec-p256.sec1-same-key.pem"), P256),
        row("P-256 without its point", key!("ec-p256.without-point.pem"), P256),
        row("P-256 with a compressed point", key!("ec-p256.compressed.pem"), P256),
        row("P-256, JWK", key!("ec-p256.jwk.json"), P256),
        row("P-256, OpenSSH", key!("ec-p256.openssh.pem"), P256),
        row("P-384, PKCS#8", key!("ec-p384.pkcs8.pem"), P384),
        row("P-384, SEC1", key!("ec-p384.sec1.pem"), P384),
        row("P-384, JWK", key!("ec-p384.jwk.json"), P384),
        row("P-384, OpenSSH", key!("ec-p384.openssh.pem"), P384),
        row("Ed25519, OpenSSH", key!("ed25519.openssh.pem"), ED25519),
        row("Ed25519, PKCS#8", key!("ed25519.pkcs8.pem"), ED25519),
        row("Ed25519, encrypted", key!("ed25519.encrypted.pem"), ED25519),
        row("Ed25519, JWK", key!("ed25519.jwk.json"), ED25519),
    ];
    let mut stored: std::collections::HashMap<&str, Vec<u8>> = std::collections::HashMap::new();
    for Row { name, text, key_type, thumbprint, fingerprint } in table {
        let file = parse(text.as_bytes(), Some(PASSPHRASE)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let key = file.key().expect("a key");
        let facts = key.facts();
        assert_eq!(
            (facts.key_type.as_str(), facts.thumbprint.as_str(), facts.fingerprint.as_str()),
            (key_type, thumbprint, fingerprint),
            "{name}"
        );
        let der = stored.entry(key_type).or_insert_with(|| key.der().expose().to_vec());
        assert_eq!(key.der().expose(), &**der, "{name} is stored as other bytes");
    }
}

#[test]
fn short_keys_are_read_as_der_too() {
    for (pem, expected) in [
        (key!("ec-p256.pkcs8.pem"), P256),
        (key!("ec-p256.sec1-same-key.pem"), P256),
        (key!("ec-p384.pkcs8.pem"), P384),
        (key!("ed25519.pkcs8.pem"), ED25519),
    ] {
        let file = parse(&der_of(pem), None).expect(pem);
        assert_eq!(file.key().expect("a key").facts().thumbprint, expected[1]);
    }
}

#[test]
fn certificates_of_keys_on_curves_are_found_too() {
    for (name, text, expected) in [
        (
            "P-256",
            [key!("ec-p256.pkcs8.pem"), key!("ec-p256.certificate.pem")],
            "2MA3siNVXTZ_X7v5AmilGgp1nLgA7fIHKKzOfgHH-ws",
        ),
        (
            "Ed25519",
            [key!("ed25519.pkcs8.pem"), key!("ed25519.certificate.pem")],
            "SUBzFLcbeCdZKOCy1w1X-2d4RTIAWTRFiTh1xHy1h2o",
        ),
    ] {
        let file = parse(text.concat().as_bytes(), None).expect(name);
        assert_eq!(file.certificate.as_deref(), Some(expected), "{name}");
    }
}
