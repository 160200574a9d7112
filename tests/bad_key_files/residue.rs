//! What is left of a key in memory after it was parsed and dropped: nothing.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Read;
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

/// A search through this process's writable memory. All its buffers are made at the start: one made
/// later could take the place of what is searched for.
struct Search {
    memory: File,
    maps: Vec<u8>,
    page: Vec<u8>,
}

impl Search {
    fn new() -> Self {
        let memory = File::open("/proc/self/mem").expect("one's own memory");
        Self { memory, maps: vec![0; 1 << 20], page: vec![0; 1 << 20] }
    }

    /// Counts where the masked bytes stand.
    fn count(&mut self, needle: &[u8]) -> usize {
        let mut file = File::open("/proc/self/maps").expect("maps");
        let mut length = 0;
        loop {
            match file.read(&mut self.maps[length..]).expect("maps") {
                0 => break,
                read => length += read,
            }
        }
        let maps = std::str::from_utf8(&self.maps[..length]).expect("text");
        let mut found = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
            let [mut at, to] = [from, to].map(|at| u64::from_str_radix(at, 16).expect("an address"));
            while at < to {
                let room = self.page.len().min(usize::try_from(to - at).expect("64 bits"));
                let Ok(length @ 1..) = self.memory.read_at(&mut self.page[..room], at) else { break };
                found += self.page[..length].windows(needle.len()).filter(|window| matches(window, needle)).count();
                at += length as u64;
            }
        }
        self.page.fill(0);
        found
    }
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
    let mut search = Search::new();
    let key = PrivateKey::generate().expect("randomness");
    let private = &key.der().expose()[PRIVATE_PART..PRIVATE_PART + 24];
    let bytes = masked(private);
    // The key's first 402 bytes are 536 characters, so these 16 stand within one line of 64.
    let text = masked(&base64(private).expose()[..16]);
    let file = service_account(key.der().expose());
    drop(key);

    let parsed = key_file::parse(file.expose(), None).expect("a good file");
    sign(&parsed.key);
    assert!(search.count(&bytes) > 0 && search.count(&text) > 0, "the search does not find what is there");
    drop(parsed);
    let cut = SecretBytes::new([&file.expose()[..1_200], b"\"}"].concat());
    key_file::parse(cut.expose(), None).expect_err("cut off");
    drop((file, cut));

    assert_eq!(search.count(&bytes), 0, "key bytes are left");
    assert_eq!(search.count(&text), 0, "key text is left");
}
