//! What is left of a key in memory after it was parsed and dropped: nothing.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mintage_core::assertion::{self, AssertionPlan};
use mintage_core::key_file;
use mintage_core::private_key::PrivateKey;
use mintage_core::secret::SecretBytes;
use time::OffsetDateTime;

/// What is searched for is kept under this mask, so that the search does not find itself.
const MASK: u8 = 0x5a;
/// Where the private exponent surely is in the PKCS#8 DER of an RSA-2048 key, and a multiple of 3.
const PRIVATE_PART: usize = 402;

fn masked(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ MASK).collect()
}

/// Counts where the bytes stand in this process's writable memory.
fn count(needle: &[u8]) -> usize {
    let maps = fs::read_to_string("/proc/self/maps").expect("maps");
    let memory = File::open("/proc/self/mem").expect("one's own memory");
    let mut found = 0;
    let mut page = vec![0; 1 << 16];
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let Some((from, to)) = line.split(' ').next().and_then(|range| range.split_once('-')) else { continue };
        let [from, to] = [from, to].map(|at| u64::from_str_radix(at, 16).expect("address"));
        let mut at = from;
        while at < to {
            let Ok(length) = memory.read_at(&mut page, at) else { break };
            if length == 0 {
                break;
            }
            let length = length.min(usize::try_from(to - at).unwrap_or(usize::MAX));
            found += page[..length].windows(needle.len()).filter(|window| matches(window, needle)).count();
            page.fill(0);
            at += length as u64;
        }
    }
    found
}

fn matches(window: &[u8], needle: &[u8]) -> bool {
    window.iter().zip(needle).all(|(byte, masked)| byte ^ MASK == *masked)
}

/// Base64 in a buffer that is wiped.
fn base64(bytes: &[u8]) -> SecretBytes {
    let mut text = vec![0; bytes.len().div_ceil(3) * 4];
    BASE64_STANDARD.encode_slice(bytes, &mut text).expect("room");
    SecretBytes::new(text)
}

/// A service-account file of the key, written into one buffer that never grows.
fn service_account(der: &[u8]) -> SecretBytes {
    let base64 = base64(der);
    let mut file = Vec::with_capacity(base64.expose().len() + 1_000);
    file.extend_from_slice(br#"{"type":"serviceaccount","keyId":"1","userId":"2","key":""#);
    file.extend_from_slice(b"-----BEGIN PRIVATE KEY-----");
    for line in base64.expose().chunks(64) {
        file.extend_from_slice(b"\\n");
        file.extend_from_slice(line);
    }
    file.extend_from_slice(b"\\n-----END PRIVATE KEY-----\\n\"}");
    SecretBytes::new(file)
}

fn sign(key: &PrivateKey) {
    let plan = AssertionPlan {
        key_id: "1".into(),
        issuer: "2".into(),
        subject: "2".into(),
        audience: vec!["https://issuer.example".into()],
        issued_at: OffsetDateTime::UNIX_EPOCH,
        expires_at: OffsetDateTime::UNIX_EPOCH,
        jwt_id: "3".into(),
    };
    assertion::sign(&plan, key).expect("signs");
}

#[test]
fn a_dropped_key_leaves_no_bytes_in_memory() {
    let key = PrivateKey::generate().expect("randomness");
    let private = &key.der().expose()[PRIVATE_PART..PRIVATE_PART + 24];
    let bytes = masked(private);
    // The key's first 402 bytes are 536 characters, so these 16 stand within one line of 64.
    let text = masked(&base64(private).expose()[..16]);
    let file = service_account(key.der().expose());
    drop(key);

    let parsed = key_file::parse(file.expose(), None).expect("a good file");
    sign(&parsed.key);
    assert!(count(&bytes) > 0 && count(&text) > 0, "the search does not find what is there");
    drop(parsed);
    let cut = SecretBytes::new([&file.expose()[..1_200], b"\"}"].concat());
    key_file::parse(cut.expose(), None).expect_err("cut off");
    drop((file, cut));

    assert_eq!(count(&bytes), 0, "key bytes are left");
    assert_eq!(count(&text), 0, "key text is left");
}
