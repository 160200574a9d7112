//! What is left of a key in memory after it was parsed and dropped: nothing.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use mintage_core::jose::SigningAlgorithm;
use mintage_core::key_file::{self, KeyFile};
use mintage_core::private_key::{PrivateKey, Signer};
use mintage_core::provider::{Provider, built_in};
use mintage_core::secret::SecretBytes;

use crate::bad_key_files::described::profile;
use crate::own_process::{passes, this_program};

/// Search terms are kept under this mask, so that the search doesn't find itself.
const MASK: u8 = 0x5a;
/// Where the private exponent is certain to be in the PKCS#8 DER of an RSA-2048 key, and a multiple of 3.
const PRIVATE_PART: usize = 402;

fn masked(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ MASK).collect()
}

/// A search through this process's writable memory. All its buffers are created at the start: one created later could
/// overwrite what is searched for.
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

    /// Counts the occurrences of each masked needle.
    fn count(&mut self, needles: [&[u8]; 2]) -> [usize; 2] {
        let mut file = File::open("/proc/self/maps").expect("maps");
        let mut length = 0;
        loop {
            match file.read(&mut self.maps[length..]).expect("maps") {
                0 => break,
                read => length += read,
            }
        }
        let maps = std::str::from_utf8(&self.maps[..length]).expect("text");
        let mut found = [0; 2];
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
            let [mut at, to] = [from, to].map(|at| u64::from_str_radix(at, 16).expect("an address"));
            while at < to {
                let room = self.page.len().min(usize::try_from(to - at).expect("64 bits"));
                let Ok(length @ 1..) = self.memory.read_at(&mut self.page[..room], at) else { break };
                for (count, needle) in found.iter_mut().zip(needles) {
                    *count += occurrences(&self.page[..length], needle);
                }
                at += length as u64;
            }
        }
        self.page.fill(0);
        found
    }
}

/// Counts in blocks, since most of the memory was never written to and is skipped at once.
fn occurrences(page: &[u8], needle: &[u8]) -> usize {
    const BLOCK: usize = 4_096;
    let mut found = 0;
    for (index, block) in page.chunks(BLOCK).enumerate() {
        if block == &[0; BLOCK][..block.len()] {
            continue;
        }
        let end = page.len().min((index + 1) * BLOCK + needle.len() - 1);
        let first = needle[0] ^ MASK;
        for (at, byte) in block.iter().enumerate() {
            if *byte == first {
                let window = &page[index * BLOCK + at..end];
                found += usize::from(window.len() >= needle.len() && matches(window, needle));
            }
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

/// A file written into one buffer that never grows.
fn file(parts: &[&[u8]]) -> SecretBytes {
    let mut file = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        file.extend_from_slice(part);
    }
    SecretBytes::new(file)
}

/// PEM in JSON: 64 characters a line, escaped line endings.
fn pem(der: &[u8]) -> SecretBytes {
    let base64 = base64(der);
    let mut parts: Vec<&[u8]> = vec![b"-----BEGIN PRIVATE KEY-----"];
    for line in base64.expose().chunks(64) {
        parts.extend([&b"\\n"[..], line]);
    }
    parts.push(b"\\n-----END PRIVATE KEY-----\\n");
    file(&parts)
}

/// base64url without padding in a buffer that is wiped.
fn base64url(bytes: &[u8]) -> SecretBytes {
    let mut text = vec![0; bytes.len().div_ceil(3) * 4];
    let length = BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, &mut text).expect("room");
    text.truncate(length);
    SecretBytes::new(text)
}

/// The integers of the `RSAPrivateKey` in an RSA-2048 key's PKCS#8, without its version.
fn numbers(der: &[u8]) -> Vec<&[u8]> {
    // Two sequences, version and algorithm, the octet string: 26 bytes; then a sequence's four and the version's three.
    let mut rest = &der[33..];
    let mut numbers = Vec::new();
    while let [0x02, length, after @ ..] = rest {
        let (length, after) = match *length {
            0x82 => (usize::from(after[0]) << 8 | usize::from(after[1]), &after[2..]),
            0x81 => (usize::from(after[0]), &after[1..]),
            short => (usize::from(short), after),
        };
        let (number, after) = after.split_at(length);
        numbers.push(number.strip_prefix(&[0]).unwrap_or(number));
        rest = after;
    }
    numbers
}

fn rsa_jwk(der: &[u8]) -> SecretBytes {
    let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
    let texts: Vec<SecretBytes> = numbers(der).into_iter().map(base64url).collect();
    assert_eq!(texts.len(), names.len());
    let mut parts: Vec<&[u8]> = vec![br#"{"kty":"RSA","kid":"1""#];
    for (name, text) in names.iter().zip(&texts) {
        parts.extend([&b",\""[..], name.as_bytes(), b"\":\"", text.expose(), b"\""]);
    }
    parts.push(b"}");
    file(&parts)
}

/// Where the private number is in the PKCS#8 DER of a P-256 key, and its coordinates.
const P256: [std::ops::Range<usize>; 3] = [36..68, 74..106, 106..138];

fn ec_jwk(der: &[u8]) -> SecretBytes {
    let [d, x, y] = P256.map(|range| base64url(&der[range]));
    file(&[
        br#"{"kty":"EC","crv":"P-256","kid":"1","d":""#,
        d.expose(),
        br#"","x":""#,
        x.expose(),
        br#"","y":""#,
        y.expose(),
        b"\"}",
    ])
}

fn service_account(der: &[u8]) -> SecretBytes {
    file(&[br#"{"type":"serviceaccount","keyId":"1","userId":"2","key":""#, pem(der).expose(), b"\"}"])
}

/// The built-in profiles, and one that describes a file whose key is base64.
fn providers() -> &'static [Provider] {
    static ALL: LazyLock<Vec<Provider>> = LazyLock::new(|| {
        let rule = "matches = { \"/acme\" = \"\" }\nprivateKey = \"/acme\"\nkeyEncoding = \"base64\"";
        std::iter::once(profile("acme", rule)).chain(built_in().iter().cloned()).collect()
    });
    &ALL
}

fn sign(file: &KeyFile, algorithm: SigningAlgorithm) {
    file.key().expect("a key").sign(algorithm, b"header.payload").expect("signs");
}

/// Parses, signs and drops; the bytes and the text must be found before and be gone afterwards.
fn check(search: &mut Search, name: &str, file: SecretBytes, algorithm: SigningAlgorithm, [bytes, text]: [&[u8]; 2]) {
    let parsed = key_file::parse(file.expose(), None, providers()).unwrap_or_else(|error| panic!("{name}: {error}"));
    sign(&parsed, algorithm);
    let stored = PrivateKey::from_keychain(parsed.key().expect("a key").der().clone()).expect("its own bytes");
    stored.sign(algorithm, b"header.payload").expect("signs");
    let found = search.count([bytes, text]);
    assert!(found[0] > 0 && found[1] > 0, "{name}: the search does not find what is there");
    drop((parsed, stored));
    let cut = self::file(&[&file.expose()[..file.expose().len() * 9 / 10], b"\"}"]);
    key_file::parse(cut.expose(), None, providers()).expect_err("cut off");
    drop((file, cut));
    assert_eq!(search.count([bytes, text]), [0, 0], "{name}: key bytes or key text are left");
}

/// The whole process's memory is searched, which other tests would only make larger.
#[test]
fn a_dropped_key_leaves_no_bytes_in_memory() {
    passes(&mut this_program(), "bad_key_files::residue::the_search");
}

#[test]
#[ignore = "run by the test above it, in a process of its own"]
fn the_search() {
    // One after another: while one search reads the memory, its buffer contains a copy of another's key.
    let mut search = Search::new();
    check_rsa(&mut search);
    check_ec(&mut search);
    check_rewritten(&mut search);
    check_secrets(&mut search);
}

/// A separate key for each file, since another file with the same key would be found.
fn check_rsa(search: &mut Search) {
    let key = PrivateKey::generate().expect("randomness");
    let private = &key.der().expose()[PRIVATE_PART..PRIVATE_PART + 24];
    // The key's first 402 bytes are 536 characters, so these 16 are within one line of 64.
    let [bytes, text] = [masked(private), masked(&base64(private).expose()[..16])];
    let file = service_account(key.der().expose());
    drop(key);
    check(search, "RSA in a service account", file, SigningAlgorithm::Rs256, [&bytes, &text]);
    check_packed(search);

    let key = PrivateKey::generate().expect("randomness");
    let exponent = numbers(key.der().expose())[2];
    let [bytes, text] = [masked(&exponent[..24]), masked(&base64url(exponent).expose()[..24])];
    let file = rsa_jwk(key.der().expose());
    drop(key);
    check(search, "RSA in a JWK", file, SigningAlgorithm::Ps256, [&bytes, &text]);
}

/// The same in its packed forms; the text that is searched for is the content of the last layer.
fn check_packed(search: &mut Search) {
    for name in ["in a Secret", "in .env, escaped"] {
        let key = PrivateKey::generate().expect("randomness");
        let private = &key.der().expose()[PRIVATE_PART..PRIVATE_PART + 24];
        let account = service_account(key.der().expose());
        let packed = match name {
            "in .env, escaped" => file(&[b"KEY=\"", escaped(&account).expose(), b"\"\n"]),
            _ => file(&[b"apiVersion: v1\nkind: Secret\ndata:\n  key: ", base64(account.expose()).expose(), b"\n"]),
        };
        // For base64, the key's own text is found as soon as it is unpacked and never afterwards.
        let bytes = masked(private);
        let inner = masked(&base64(private).expose()[..16]);
        drop((key, account));
        let parsed =
            key_file::parse(packed.expose(), None, providers()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(search.count([&bytes, &inner])[0] > 0, "{name}: the search does not find what is there");
        drop((parsed, packed));
        assert_eq!(search.count([&bytes, &inner]), [0, 0], "{name}: key bytes or key text are left");
    }
}

/// JSON with its quotes and backslashes escaped, in a buffer that is wiped.
fn escaped(text: &SecretBytes) -> SecretBytes {
    let mut out = Vec::with_capacity(text.expose().len() * 2);
    for byte in text.expose() {
        out.extend_from_slice(if matches!(byte, b'"' | b'\\') { b"\\" } else { b"" });
        out.push(*byte);
    }
    SecretBytes::new(out)
}

fn check_ec(search: &mut Search) {
    let generate = || EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let pair = generate().expect("randomness");
    assert_eq!(pair.as_ref().len(), P256[2].end);
    let number = &pair.as_ref()[P256[0].clone()];
    // The number is at byte 36, so its first 12 bytes are 16 characters at the end of the first line.
    let [bytes, text] = [masked(&number[..24]), masked(&base64(&number[..12]).expose()[..16])];
    let file = file(&[&unescaped(&pem(pair.as_ref()))]);
    drop(pair);
    check(search, "EC in a PEM", file, SigningAlgorithm::Es256, [&bytes, &text]);

    let pair = generate().expect("randomness");
    let number = &pair.as_ref()[P256[0].clone()];
    let [bytes, text] = [masked(&number[..24]), masked(&base64url(number).expose()[..24])];
    let file = ec_jwk(pair.as_ref());
    drop(pair);
    check(search, "EC in a JWK", file, SigningAlgorithm::Es256, [&bytes, &text]);

    let pair = generate().expect("randomness");
    let number = &pair.as_ref()[P256[0].clone()];
    let [bytes, text] = [masked(&number[..24]), masked(&base64(number).expose()[..32])];
    let file = self::file(&[br#"{"acme":""#, base64(pair.as_ref()).expose(), b"\"}"]);
    drop(pair);
    check(search, "EC as base64 in a described file", file, SigningAlgorithm::Es256, [&bytes, &text]);
}

/// What is rewritten before it is read: repaired frames, and OpenSSH's own format.
fn check_rewritten(search: &mut Search) {
    let generate = || EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let pair = generate().expect("randomness");
    let number = &pair.as_ref()[P256[0].clone()];
    let [bytes, text] = [masked(&number[..24]), masked(&base64(&number[..12]).expose()[..16])];
    let pem = unescaped(&pem(pair.as_ref()));
    let inside = &pem["-----BEGIN PRIVATE KEY-----".len()..pem.len() - "-----END PRIVATE KEY-----\n".len()];
    let file = file(&["—–BEGIN PRIVATE KEY—–".as_bytes(), inside, "—–END PRIVATE KEY—–\n".as_bytes()]);
    drop((pair, pem));
    check(search, "EC in a PEM with other dashes", file, SigningAlgorithm::Es256, [&bytes, &text]);

    let pair = generate().expect("randomness");
    let number = &pair.as_ref()[P256[0].clone()];
    let openssh = openssh(pair.as_ref());
    let at = openssh.expose().windows(32).position(|window| window == number).expect("the number");
    // The position where a group of three bytes begins, which is four characters.
    let from = (3 - at % 3) % 3;
    let [bytes, text] = [masked(&number[..24]), masked(base64(&number[from..from + 12]).expose())];
    let frame = ["-----BEGIN OPENSSH PRIVATE KEY-----\n", "\n-----END OPENSSH PRIVATE KEY-----\n"].map(str::as_bytes);
    let file = self::file(&[frame[0], base64(openssh.expose()).expose(), frame[1]]);
    drop((pair, openssh));
    check(search, "EC as OpenSSH has it", file, SigningAlgorithm::Es256, [&bytes, &text]);
}

/// A P-256 key in OpenSSH's format.
fn openssh(der: &[u8]) -> SecretBytes {
    let (number, point) = (&der[P256[0].clone()], &der[P256[1].start - 1..P256[2].end]);
    let head: &[u8] = b"\0\0\0\x13ecdsa-sha2-nistp256\0\0\0\x08nistp256\0\0\0\x41";
    let public = [head, point].concat();
    let private = file(&[&[0; 8], &public, b"\0\0\0\x20", number, b"\0\0\0\0"]);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("short").to_be_bytes();
    file(&[
        b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01",
        &length(&public),
        &public,
        &length(private.expose()),
        private.expose(),
    ])
}

/// A client secret and a passphrase next to a key.
fn check_secrets(search: &mut Search) {
    let key = PrivateKey::generate().expect("randomness");
    let mut random = zeroize::Zeroizing::new([0; 48]);
    aws_lc_rs::rand::fill(&mut *random).expect("randomness");
    let [secret, passphrase] = [base64url(&random[..24]), base64url(&random[24..])];
    let needles = [masked(secret.expose()), masked(passphrase.expose())];
    // If JSON is damaged, the parser's search for the last line ending scans the text in vectors, and a debug build
    // leaves the last one, the file's first 128 bytes, on the stack.
    let note = [b' '; 256];
    let file = file(&[
        br#"{"note":""#,
        &note,
        br#"","boxAppSettings":{"clientID":"1","clientSecret":""#,
        secret.expose(),
        br#"","appAuth":{"publicKeyID":"2","passphrase":""#,
        passphrase.expose(),
        br#"","privateKey":""#,
        pem(key.der().expose()).expose(),
        br#""}},"enterpriseID":"3"}"#,
    ]);
    drop((key, secret, passphrase));
    check(search, "Box settings", file, SigningAlgorithm::Rs256, needles.each_ref().map(Vec::as_slice));
}

/// PEM as in a file, in a separate buffer that is wiped.
fn unescaped(pem: &SecretBytes) -> zeroize::Zeroizing<Vec<u8>> {
    let mut out = zeroize::Zeroizing::new(Vec::with_capacity(pem.expose().len()));
    let mut bytes = pem.expose().iter();
    while let Some(byte) = bytes.next() {
        let end = *byte == b'\\';
        out.push(if end { b'\n' } else { *byte });
        if end {
            bytes.next();
        }
    }
    out
}
