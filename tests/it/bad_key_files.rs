//! Bad key files, each with the code of its error; and good ones that must not be rejected.
//!
//! If you find a file that is handled wrongly, add it here. For every bad file: no panic, a next step, and nothing of
//! the key in what is printed.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mintage_core::key_file::{self, KeyFile, KeyFileError};
use mintage_core::provider::{Shape, built_in};
use mintage_core::secret::Secret;

mod bad;
mod bad_jwks;
mod bad_keys;
mod bad_shapes;
mod conversions;
mod described;
mod foreign_files;
mod good;
mod key_forms;
mod kinds;
mod masked;
mod packed;
mod paths;
mod residue;
mod shapes;

/// The passphrase of every encrypted fixture.
const PASSPHRASE: &str = "throwaway";
/// RFC 7638 thumbprint of `throwaway-rsa-2048-a`.
const THUMBPRINT: &str = "iES-8CNPM-0Pwag0jQBVOB0h5B9fI8sXan3fkp8znyA";
const KEY_ID: &str = "100509901696068330";
const USER_ID: &str = "100509901696068329";

/// Reads a fixture key by the end of its name.
macro_rules! key {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-", $name))
    };
}
use key;

const PKCS1: &str = key!("rsa-2048-a.pkcs1.pem");
const PKCS8: &str = key!("rsa-2048-a.pkcs8.pem");

/// Every private key of the fixtures, for the leak search.
const PRIVATE: &[&str] = &[
    PKCS1,
    PKCS8,
    key!("rsa-2048-b.pkcs1.pem"),
    key!("rsa-4096.pkcs8.pem"),
    key!("rsa-1024.pkcs1.pem"),
    key!("rsa-1024.pkcs8.pem"),
    key!("rsa-2048-three-primes.pkcs1.pem"),
    key!("rsa-pss.pkcs8.pem"),
    key!("ec-p256.pkcs8.pem"),
    key!("ec-p256.sec1.pem"),
    key!("ed25519.pkcs8.pem"),
    key!("dsa.pem"),
    key!("rsa-2048-a.openssh.pem"),
    key!("rsa-2048-a.encrypted-aes256.pem"),
    key!("rsa-2048-a.legacy-encrypted.pem"),
    key!("ec-p256.sec1-same-key.pem"),
    key!("ec-p384.pkcs8.pem"),
    key!("ec-p521.pkcs8.pem"),
    key!("rsa-2048-a.jwk.json"),
    key!("ec-p256.jwk.json"),
    key!("ec-p384.jwk.json"),
    key!("ed25519.jwk.json"),
    key!("ec-p256.openssh.pem"),
    key!("ec-p384.openssh.pem"),
    key!("ed25519.openssh.pem"),
];

/// A service-account file in today's shape, on one line.
fn service_account(pem: &str) -> String {
    format!(
        r#"{{"type":"serviceaccount","keyId":"{KEY_ID}","key":{},"expirationDate":"2031-05-06T07:08:09Z","userId":"{USER_ID}"}}"#,
        quoted(pem)
    )
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text")
}

fn der_of(pem: &str) -> Vec<u8> {
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD.decode(text).expect("fixture")
}

fn pem_of(label: &str, der: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn parse(bytes: &[u8], passphrase: Option<&str>) -> Result<KeyFile, KeyFileError> {
    key_file::parse(bytes, passphrase.map(|text| Secret::new(text.to_owned())).as_ref(), built_in())
}

/// Every run of 16 characters in the body of a private key.
static PIECES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = PRIVATE.iter().flat_map(|pem| pem.lines()).filter(|line| !line.contains("-----"));
    lines.flat_map(|line| (0..=line.len().saturating_sub(16)).filter_map(move |at| line.get(at..at + 16))).collect()
});

/// Asserts what holds for every error: a code, a next step, and never 16 characters of any key.
fn check_error(name: &str, error: &KeyFileError) {
    let shown = format!("{error} {error:?} {} {}", error.code(), error.help());
    assert!(!error.code().is_empty() && error.help().len() > 10, "{name}: {shown}");
    assert!(!shown.contains(PASSPHRASE), "{name}: {shown}");
    let leaked = (0..shown.len()).filter_map(|at| shown.get(at..at + 16)).find(|piece| PIECES.contains(piece));
    assert_eq!(leaked, None, "{name}: {shown}");
}

/// The table with the error of each file, computed once: opening encrypted keys is slow on purpose.
static REFUSED: LazyLock<Vec<(bad::Bad, KeyFileError)>> = LazyLock::new(|| {
    let (mut refused, mut taken) = (Vec::new(), Vec::new());
    for bad in bad::table() {
        match parse(&bad.bytes, bad.passphrase) {
            Err(error) => refused.push((bad, error)),
            Ok(_) => taken.push(bad.name),
        }
    }
    assert!(taken.is_empty(), "taken for key files: {}", taken.join(", "));
    refused
});

#[test]
fn every_bad_key_file_is_refused_with_its_own_code() {
    assert!(REFUSED.len() >= 600, "{} bad key files", REFUSED.len());
    let mut wrong = Vec::new();
    for (bad, error) in REFUSED.iter() {
        check_error(&bad.name, error);
        if error.code() != bad.code {
            wrong.push(format!("{}: {} instead of {}: {error}", bad.name, error.code(), bad.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_wording_of_every_error_is_as_reviewed() {
    let mut wording = BTreeMap::new();
    for (_, error) in REFUSED.iter() {
        let text = || format!("{}\n  {error}\n  help: {}\n", error.code(), error.help());
        wording.entry(error.code()).or_insert_with(text);
    }
    insta::assert_snapshot!(wording.into_values().collect::<Vec<_>>().join("\n"));
}

#[test]
fn good_key_files_of_every_era_hold_the_same_key() {
    let table = good::table();
    assert!(table.len() >= 40, "{} good key files", table.len());
    for good::Good { name, bytes, passphrase, shape, expires } in table {
        let file = parse(&bytes, passphrase).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(file.key().expect("a key").facts().thumbprint, THUMBPRINT, "{name}");
        assert_eq!(file.shape, shape, "{name}");
        assert_eq!(file.expires_at.map(|at| at.to_string()).as_deref(), expires, "{name}");
        let ids = (file.user_id.as_deref(), file.key_id.as_deref());
        match shape {
            Shape::ZitadelServiceAccount => assert_eq!(ids, (Some(USER_ID), Some(KEY_ID)), "{name}"),
            _ => assert_eq!(ids, (None, None), "{name}"),
        }
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let shapes = [shapes::FRONTIER_KEY, shapes::BOX, shapes::KEYCLOAK, shapes::JWK_SET, shapes::CLIENT];
    let wholes = shapes.map(|file| file.trim_end().to_owned());
    for whole in wholes.into_iter().chain([service_account(PKCS1), PKCS8.trim_end().to_owned()]) {
        for length in 0..whole.len() {
            let name = format!("cut to {length}");
            let error = parse(&whole.as_bytes()[..length], None).map(|file| file.shape).expect_err(&name);
            check_error(&name, &error);
        }
    }
}

#[test]
fn no_changed_byte_gets_another_key_in() {
    // A prime step for the long ones, so that every position in a base64 group is covered.
    let ec = key!("ec-p256.jwk.json");
    for (whole, step, thumbprint) in [
        (service_account(PKCS8), 5, THUMBPRINT),
        (key!("rsa-2048-a.jwk.json").to_owned(), 5, THUMBPRINT),
        (ec.to_owned(), 1, key_forms::P256[1]),
    ] {
        for at in (0..whole.len()).step_by(step) {
            for replacement in [b'A', b'"', b'\\', b'-', 0, 0xff, whole.as_bytes()[at] ^ 1] {
                let mut changed = whole.clone().into_bytes();
                changed[at] = replacement;
                match parse(&changed, None) {
                    Ok(file) => assert_eq!(file.key().expect("a key").facts().thumbprint, thumbprint, "byte {at}"),
                    Err(error) => check_error(&format!("byte {at}"), &error),
                }
            }
        }
    }
}

#[test]
fn nothing_of_a_parsed_key_is_in_its_debug_output() {
    let file = parse(service_account(PKCS1).as_bytes(), None).expect("good");
    let shown = format!("{file:?}");
    for line in PKCS1.lines().chain(PKCS8.lines()).filter(|line| !line.starts_with("-----")) {
        assert!(!shown.contains(line), "{line}");
    }
}
