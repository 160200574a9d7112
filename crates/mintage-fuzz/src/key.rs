//! Key files and keys.

use mintage_core::key_file::{self, KeyFile, KeyFileError, Material};
use mintage_core::private_key::{KeyError, PrivateKey};
use mintage_core::provider::built_in;
use mintage_core::secret::{Secret, SecretBytes};
use mintage_core::verify::KeySet;

use crate::leak;

/// The passphrase of every encrypted fixture.
const PASSPHRASE: &str = "throwaway";

/// A key file, read with the built-in profiles and, if it needs one, a passphrase.
pub(crate) fn file(input: &[u8]) {
    let read = key_file::parse(input, None, built_in());
    let read = match read {
        Err(KeyFileError::Key(KeyError::PassphraseNeeded { wrong: false })) => {
            let passphrase = Secret::new(PASSPHRASE.to_owned());
            let opened = key_file::parse(input, Some(&passphrase), built_in());
            assert!(
                !matches!(opened, Err(KeyFileError::Key(KeyError::PassphraseNeeded { wrong: false }))),
                "it was given"
            );
            opened
        }
        other => other,
    };
    match read {
        Ok(file) => check_file(&file),
        Err(error) => check_refused(input, &error),
    }
}

/// A key's DER.
pub(crate) fn der(input: &[u8]) {
    match PrivateKey::from_der(SecretBytes::new(input.to_vec())) {
        Ok(key) => check_key(&key),
        Err(error) => check_refused(input, &error.into()),
    }
}

fn check_refused(input: &[u8], error: &KeyFileError) {
    leak::check_error(error.code(), &error.to_string(), &error.help());
    leak::check_quotes(input, &format!("{error} {error:?} {}", error.help()));
}

fn check_file(file: &KeyFile) {
    let shown = format!("{:?} {:?}", file.material, file.client_secret);
    let secrets = match &file.material {
        Material::PrivateKey(key) => return check_key(key),
        Material::ClientSecret(secret) | Material::ReadyToken(secret) => [Some(secret), file.client_secret.as_ref()],
    };
    for secret in secrets.into_iter().flatten().map(Secret::expose).filter(|secret| secret.len() > 16) {
        assert!(!shown.contains(secret), "a secret is shown");
    }
    let ids = [&file.user_id, &file.client_id, &file.key_id];
    for id in ids.into_iter().flatten() {
        assert!(!id.is_empty() && !id.chars().any(char::is_whitespace), "{id:?} is no id");
    }
}

/// What holds for every key that import accepts.
fn check_key(key: &PrivateKey) {
    let (facts, der) = (key.facts(), key.der().expose());
    leak::check(private_part(&facts.key_type, der), &format!("{key:?} {facts:?}"));
    let again = PrivateKey::from_der(key.der().clone()).expect("what is stored is read again");
    assert_eq!(again.der().expose(), der, "one key has one form");
    assert_eq!(again.facts().thumbprint, facts.thumbprint);
    // What import accepts, verification accepts.
    let set = format!(r#"{{"keys":[{}]}}"#, facts.public_jwk("k"));
    let set = KeySet::parse(set.as_bytes()).expect("a key set");
    assert_eq!((set.thumbprints(), set.notices), (vec![facts.thumbprint.clone()], Vec::new()));
}

/// Where the private numbers are in the stored form of keys.
fn private_part<'a>(key_type: &str, der: &'a [u8]) -> &'a [u8] {
    match key_type {
        // Modulus and exponent come first; the second half is primes and values derived from them.
        "RSA" => &der[der.len() / 2..],
        "P-256" => &der[36..68],
        "P-384" => &der[35..83],
        "Ed25519" => &der[16..],
        other => panic!("a key of type {other}"),
    }
}
