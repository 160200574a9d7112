//! Bad keys: PEM that doesn't decode, DER that doesn't parse, and malicious keys.

use crate::bad_key_files::bad::{Bad, bad, opened};
use crate::bad_key_files::{PASSPHRASE, PKCS1, PKCS8, der_of, key, pem_of, service_account};

/// The rows of the table in which the file is a key, but a bad one.
pub(crate) fn table() -> Vec<Bad> {
    [pems(), keys(), curves(), certificates(), encrypted(), hostile()].into_iter().flatten().collect()
}

fn pems() -> Vec<Bad> {
    let second = key!("rsa-2048-b.pkcs1.pem");
    let body = PKCS8.lines().nth(3).expect("a line");
    let inside: Vec<&str> = PKCS8.lines().filter(|line| !line.starts_with("-----")).collect();
    vec![
        bad("two different keys", format!("{PKCS1}{second}"), "several-keys"),
        bad("one key twice", format!("{PKCS8}{PKCS8}"), "several-keys"),
        bad("an RSA and an EC key", format!("{PKCS8}{}", key!("ec-p256.pkcs8.pem")), "several-keys"),
        bad("a BEGIN line alone", "-----BEGIN PRIVATE KEY-----\n", "pem-truncated"),
        bad("no END line", PKCS8.replace("-----END PRIVATE KEY-----", ""), "pem-truncated"),
        bad("half an END line", PKCS8.trim_end().trim_end_matches('-'), "pem-truncated"),
        bad("a second BEGIN before the END", format!("-----BEGIN PRIVATE KEY-----\n{PKCS8}"), "pem-truncated"),
        bad("no BEGIN line", PKCS8.replace("-----BEGIN PRIVATE KEY-----\n", ""), "pem-unframed"),
        bad("neither BEGIN nor END line, cut off", inside[..10].join("\n"), "pem-unframed"),
        bad("BEGIN and END of different kinds", PKCS8.replace("END PRIVATE", "END RSA PRIVATE"), "pem-invalid"),
        bad("a BEGIN line with three dashes at its end", PKCS8.replacen("KEY-----", "KEY---", 1), "pem-invalid"),
        bad("nothing between BEGIN and END", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "pem-invalid"),
        bad("dots for a part of the key", PKCS8.replace(body, "..."), "pem-invalid"),
        bad("a character changed to one that is not base64", PKCS8.replacen("MII", "M!I", 1), "pem-invalid"),
        bad("base64url", PKCS8.replace('+', "-").replace('/', "_"), "pem-invalid"),
        bad("a character missing", PKCS8.replacen("MII", "MI", 1), "pem-invalid"),
        bad("a stray backslash", PKCS8.replacen("MII", "MI\\I", 1), "pem-invalid"),
        bad("padding in the middle", PKCS8.replacen(body, &format!("{}====", &body[..60]), 1), "pem-invalid"),
        bad("a line missing", PKCS8.replacen(&format!("{body}\n"), "", 1), "key-broken"),
        bad("a line twice", PKCS8.replacen(body, &format!("{body}\n{body}"), 1), "key-broken"),
    ]
}

fn keys() -> Vec<Bad> {
    let whole = der_of(PKCS8);
    let mut other_modulus = whole.clone();
    other_modulus[60] ^= 1;
    let mut last = whole.clone();
    *last.last_mut().expect("bytes") ^= 1;
    let mut version = der_of(PKCS1);
    version[6] = 7;
    let labelled = |der: &[u8]| pem_of("PRIVATE KEY", der);
    vec![
        bad("RSA-1024, PKCS#1", key!("rsa-1024.pkcs1.pem"), "key-too-small"),
        bad("RSA-1024, PKCS#8", key!("rsa-1024.pkcs8.pem"), "key-too-small"),
        bad("RSA-1024 in a service-account file", service_account(key!("rsa-1024.pkcs1.pem")), "key-too-small"),
        bad("RSA with two primes that are close to each other", key!("rsa-2048-close-primes.pkcs1.pem"), "key-unsound"),
        bad("RSA with three primes", key!("rsa-2048-three-primes.pkcs1.pem"), "key-unsupported"),
        bad("RSA-PSS", key!("rsa-pss.pkcs8.pem"), "key-unsupported"),
        bad("EC secp256k1", key!("ec-secp256k1.pkcs8.pem"), "key-unsupported"),
        bad("EC P-521", key!("ec-p521.pkcs8.pem"), "key-unsupported"),
        bad("EC brainpoolP256r1", key!("ec-brainpool.pkcs8.pem"), "key-unsupported"),
        bad("EC P-256 with its curve in numbers", key!("ec-p256.explicit.pem"), "key-unsupported"),
        bad("EC in a service-account file", service_account(key!("ec-p256.pkcs8.pem")), "key-not-rsa"),
        bad("Ed25519 in a service-account file", service_account(key!("ed25519.pkcs8.pem")), "key-not-rsa"),
        bad("an unsupported EC key as DER", der_of(key!("ec-secp256k1.pkcs8.pem")), "key-unsupported"),
        bad("Ed448", key!("ed448.pkcs8.pem"), "key-unsupported"),
        bad("X25519", key!("x25519.pkcs8.pem"), "key-unsupported"),
        bad("DSA", key!("dsa.pem"), "key-unsupported"),
        bad("a changed modulus", labelled(&other_modulus), "key-broken"),
        bad("a changed last byte", labelled(&last), "key-broken"),
        bad("an unknown version", labelled(&version), "key-broken"),
        bad("a byte after the key", labelled(&[&whole[..], &[0]].concat()), "key-broken"),
        bad("a byte less", labelled(&whole[..whole.len() - 1]), "key-broken"),
        bad("zeros", labelled(&[0; 1_200]), "key-broken"),
    ]
}

/// A key's DER with the bytes after the given ones replaced, under the plain label.
fn patched(pem: &str, after: &[u8], with: &[u8]) -> String {
    let mut der = der_of(pem);
    let at = der.windows(after.len()).position(|bytes| bytes == after).expect("what it follows") + after.len();
    der[at..at + with.len()].copy_from_slice(with);
    pem_of("PRIVATE KEY", &der)
}

fn curves() -> Vec<Bad> {
    let p256 = key!("ec-p256.pkcs8.pem");
    let p384 = key!("ec-p384.pkcs8.pem");
    let ed25519 = key!("ed25519.pkcs8.pem");
    let sec1 = key!("ec-p256.sec1-same-key.pem");
    let number = &[0x04, 0x20][..];
    let point = &[0x03, 0x42, 0x00, 0x04][..];
    let whole = der_of(p256);
    // The order of P-256 (SEC 2 §2.4.2); private numbers are below it.
    let order = b"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
    let private = |der: &[u8]| pem_of("PRIVATE KEY", der);
    let without_curve = [&[0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20][..], &[7; 32]].concat();
    let pair = [&der_of(ed25519)[..], &[0x81, 0x21, 0x00], &[9; 32]].concat();
    // The length and the version of a PKCS#8 document that also contains the public key.
    let wrong_pair = [&[0x30, 0x51, 0x02, 0x01, 0x01][..], &pair[5..]].concat();
    vec![
        bad("EC, the private number zero", patched(p256, number, &[0; 32]), "key-broken"),
        bad("EC, the private number the order", patched(p256, number, order), "key-broken"),
        bad("EC, another private number than the point's", patched(p256, number, &[7; 32]), "key-broken"),
        bad("EC, a point that is not on the curve", patched(p256, point, &[7; 64]), "key-broken"),
        bad("EC, a point of an unknown form", patched(p256, &point[..3], &[5]), "key-broken"),
        bad("EC, a point at infinity", patched(p256, &point[..3], &[0]), "key-broken"),
        bad("EC, another version inside", patched(p256, &[0x30, 0x6b, 0x02, 0x01], &[2]), "key-broken"),
        bad(
            "EC, a P-384 key under P-256's name",
            renamed(
                p384,
                &[
                    0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
                    0x00, 0x22,
                ],
            ),
            "key-broken",
        ),
        bad("EC, the end missing", private(&whole[..whole.len() - 1]), "key-broken"),
        bad("EC, a byte after its end", private(&[&whole[..], &[0]].concat()), "key-broken"),
        bad("SEC1 without a curve", private(&without_curve), "key-broken"),
        bad("SEC1, the end missing", private(&der_of(sec1)[..100]), "key-broken"),
        bad("SEC1, the private number zero", patched(sec1, number, &[0; 32]), "key-broken"),
        bad("two EC keys", format!("{p256}{sec1}"), "several-keys"),
        bad("Ed25519, the end missing", private(&der_of(ed25519)[..47]), "key-broken"),
        bad("Ed25519, a shorter seed", patched(ed25519, &[0x70, 0x04, 0x22, 0x04], &[0x1f]), "key-broken"),
        bad("Ed25519 with another key's public half", private(&wrong_pair), "key-broken"),
        bad("Ed25519 under a changed length", private(&pair), "key-broken"),
    ]
}

/// A P-384 key whose PKCS#8 names P-256 instead of its own curve; both identifiers have the same length.
fn renamed(pem: &str, identifier: &[u8]) -> String {
    let mut der = der_of(pem);
    let at = der.windows(identifier.len()).position(|bytes| bytes == identifier).expect("its identifier");
    let p256 = [
        0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
        0x03, 0x01, 0x07,
    ];
    der.splice(at..at + identifier.len(), p256);
    // The outer length is three bytes more.
    der[2] += 3;
    pem_of("PRIVATE KEY", &der)
}

fn certificates() -> Vec<Bad> {
    let own = key!("rsa-2048-a.certificate.pem");
    let renewed = key!("rsa-2048-a.certificate-renewed.pem");
    let other = key!("rsa-2048-b.certificate.pem");
    let ec = key!("ec-p256.certificate.pem");
    let cut = pem_of("CERTIFICATE", &der_of(own)[..400]);
    let long = pem_of("CERTIFICATE", &[&der_of(own)[..], &[0]].concat());
    let foreign = "certificate-of-another-key";
    vec![
        bad("another key's certificate after it", format!("{PKCS8}{other}"), foreign),
        bad("another key's certificate before it", format!("{other}{PKCS1}"), foreign),
        bad("an EC certificate beside an RSA key", format!("{PKCS8}{ec}"), foreign),
        bad("an RSA certificate beside an EC key", format!("{own}{}", key!("ec-p256.pkcs8.pem")), foreign),
        bad("two other certificates", format!("{PKCS8}{other}{ec}"), foreign),
        bad("another key's certificate in the key member", service_account(&format!("{PKCS1}{other}")), foreign),
        bad("two certificates of the key", format!("{PKCS8}{own}{renewed}"), "several-certificates"),
        bad("a certificate that is cut off", format!("{PKCS8}{cut}"), "certificate-broken"),
        bad("a certificate with a byte after its end", format!("{PKCS8}{long}"), "certificate-broken"),
        bad(
            "an empty certificate",
            format!("{PKCS8}-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"),
            "certificate-broken",
        ),
        bad(
            "a certificate that is no base64",
            format!("{PKCS8}-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"),
            "certificate-broken",
        ),
        bad(
            "the key under a certificate's label too",
            format!("{PKCS8}{}", pem_of("CERTIFICATE", &der_of(PKCS8))),
            "certificate-broken",
        ),
        bad(
            "a request under a certificate's label",
            format!("{PKCS8}{}", pem_of("CERTIFICATE", &der_of(key!("rsa-2048-a.request.pem")))),
            "certificate-broken",
        ),
        bad(
            "an encrypted key beside another's certificate",
            format!("{other}{}", key!("rsa-2048-a.encrypted-aes256.pem")),
            "passphrase-needed",
        ),
        opened(
            "the same with its passphrase",
            format!("{other}{}", key!("rsa-2048-a.encrypted-aes256.pem")),
            PASSPHRASE,
            foreign,
        ),
    ]
}

fn encrypted() -> Vec<Bad> {
    let aes = key!("rsa-2048-a.encrypted-aes256.pem");
    let legacy = key!("rsa-2048-a.legacy-encrypted.pem");
    let mut noise = der_of(aes);
    noise[700] ^= 1;
    let cut = der_of(aes)[..1_000].to_vec();
    vec![
        bad("encrypted, no passphrase", aes, "passphrase-needed"),
        bad("encrypted under scrypt, no passphrase", key!("rsa-2048-a.encrypted-scrypt.pem"), "passphrase-needed"),
        bad("encrypted under the plain label", pem_of("PRIVATE KEY", &der_of(aes)), "passphrase-needed"),
        bad("encrypted in a service-account file", service_account(aes), "passphrase-needed"),
        opened("encrypted, wrong passphrase", aes, "Throwaway", "passphrase-wrong"),
        opened("encrypted, empty passphrase", aes, "", "passphrase-wrong"),
        opened(
            "encrypted, a long passphrase",
            aes,
            "a passphrase that is longer than one block of the hash function, and then some",
            "passphrase-wrong",
        ),
        opened("encrypted, a byte of it changed", pem_of("ENCRYPTED PRIVATE KEY", &noise), PASSPHRASE, "key-broken"),
        bad("an encrypted EC key, no passphrase", key!("ec-p256.encrypted.pem"), "passphrase-needed"),
        opened("an encrypted EC key, wrong passphrase", key!("ec-p256.encrypted.pem"), "Throwaway", "passphrase-wrong"),
        opened("an encrypted Ed25519 key, wrong passphrase", key!("ed25519.encrypted.pem"), "x", "passphrase-wrong"),
        bad("encrypted and cut off", pem_of("ENCRYPTED PRIVATE KEY", &cut), "key-broken"),
        bad("encrypted in the old way", legacy, "key-encrypted-legacy"),
        opened("encrypted in the old way, with its passphrase", legacy, PASSPHRASE, "key-encrypted-legacy"),
        bad("encrypted in the old way, in a service-account file", service_account(legacy), "key-encrypted-legacy"),
        bad("encrypted with Camellia", key!("rsa-2048-a.encrypted-camellia.pem"), "key-encryption-unsupported"),
        bad("encrypted with PBES1", key!("rsa-2048-a.encrypted-pbes1.pem"), "key-encryption-unsupported"),
        bad("no rounds", key!("rsa-2048-a.encrypted-0-rounds.pem"), "key-broken"),
        opened("no rounds, with the passphrase", key!("rsa-2048-a.encrypted-0-rounds.pem"), PASSPHRASE, "key-broken"),
        opened("twenty million rounds", key!("rsa-2048-a.encrypted-slow.pem"), PASSPHRASE, "key-encryption-too-slow"),
        bad("the same without its passphrase", key!("rsa-2048-a.encrypted-slow.pem"), "key-encryption-too-slow"),
        opened("scrypt over 254 MiB", scrypt_at(127, 1), PASSPHRASE, "key-encryption-too-slow"),
        opened("scrypt in 127 lanes", scrypt_at(8, 127), PASSPHRASE, "key-encryption-too-slow"),
    ]
}

/// The scrypt fixture with a larger block size or parallelism, which follow its cost of 16,384 (RFC 7914 §7).
fn scrypt_at(block_size: u8, parallelism: u8) -> String {
    let mut der = der_of(key!("rsa-2048-a.encrypted-scrypt.pem"));
    let parameters = [0x02, 0x02, 0x40, 0x00, 0x02, 0x01, 0x08, 0x02, 0x01, 0x01];
    let at = der.windows(parameters.len()).position(|bytes| bytes == parameters).expect("scrypt's parameters");
    der[at + 6] = block_size;
    der[at + 9] = parallelism;
    pem_of("ENCRYPTED PRIVATE KEY", &der)
}

/// DER that nests sequences in each other, `levels` deep.
fn nested(levels: usize) -> Vec<u8> {
    let mut der = vec![0x05, 0x00];
    for _ in 0..levels {
        let [.., a, b, c] = der.len().to_be_bytes();
        let head: &[u8] = match der.len() {
            0..=0x7f => &[0x30, c],
            0x80..=0xff => &[0x30, 0x81, c],
            0x100..=0xffff => &[0x30, 0x82, b, c],
            _ => &[0x30, 0x83, a, b, c],
        };
        der.splice(0..0, head.iter().copied());
    }
    der
}

fn hostile() -> Vec<Bad> {
    let private = |der: &[u8]| pem_of("PRIVATE KEY", der);
    let bomb = nested(5_300);
    assert!(bomb.len() > 21_000, "{}", bomb.len());
    let long_lines = "A".repeat(24) + "\n";
    vec![
        bad("21 kB of nested sequences", private(&bomb), "key-broken"),
        bad("nested sequences, encrypted by label", pem_of("ENCRYPTED PRIVATE KEY", &bomb), "key-broken"),
        bad("nested sequences in a service-account file", service_account(&private(&bomb)), "key-broken"),
        bad("nested sequences as a file", bomb, "file-binary"),
        bad("nested indefinite lengths", private(&[0x30, 0x80].repeat(10_000)), "key-broken"),
        bad("an indefinite length", private(&[0x30, 0x80, 0x02, 0x01, 0x00, 0x00, 0x00]), "key-broken"),
        bad("a length of four gigabytes", private(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02]), "key-broken"),
        bad("a length of 127 bytes", private(&[&[0x30, 0xff][..], &[0xff; 127]].concat()), "key-broken"),
        bad("a length beyond the end", private(&[0x30, 0x82, 0xff, 0xff, 0x02, 0x01, 0x00]), "key-broken"),
        bad("an empty sequence", private(&[0x30, 0x00]), "key-broken"),
        bad(
            "thousands of empty integers",
            private(&[&[0x30, 0x82, 0x4e, 0x20][..], &[0x02, 0x00].repeat(10_000)].concat()),
            "key-broken",
        ),
        bad(
            "ten thousand lines",
            format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----", long_lines.repeat(10_000)),
            "key-broken",
        ),
        bad("ten thousand BEGIN lines", "-----BEGIN PRIVATE KEY-----\n".repeat(9_000), "pem-truncated"),
        bad("five thousand empty blocks", "-----BEGIN A-----\n-----END A-----\n".repeat(5_000), "not-a-key-file"),
        bad("lists 100,000 deep, open", "[".repeat(100_000), "json-truncated"),
        bad("lists 100,000 deep, closed", "[".repeat(100_000) + &"]".repeat(100_000), "json-too-deep"),
        bad("objects 20,000 deep", "{\"a\":".repeat(20_000) + "1" + &"}".repeat(20_000), "json-too-deep"),
        bad("100,000 members", format!("{{{}\"a\":0}}", "\"\":0,".repeat(40_000)), "member-twice"),
        bad("a long number", format!("{{\"type\":{}}}", "9".repeat(200_000)), "member-not-text"),
        bad("256 kB and one byte", "x".repeat(256 * 1024 + 1), "text-too-large"),
        bad("256 kB of backslashes", "\\".repeat(256 * 1024), "not-a-key-file"),
    ]
}
