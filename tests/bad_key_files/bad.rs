//! The table of bad key files: what people really drop on the window, and what nobody should.

use crate::{KEY_ID, PASSPHRASE, PKCS1, PKCS8, USER_ID, der_of, key, pem_of, quoted, service_account};

/// A bad key file and the code of its error.
pub(crate) struct Bad {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) passphrase: Option<&'static str>,
    pub(crate) code: &'static str,
}

fn bad(name: &'static str, bytes: impl Into<Vec<u8>>, code: &'static str) -> Bad {
    Bad { name, bytes: bytes.into(), passphrase: None, code }
}

fn opened(name: &'static str, pem: impl Into<Vec<u8>>, passphrase: &'static str, code: &'static str) -> Bad {
    Bad { passphrase: Some(passphrase), ..bad(name, pem, code) }
}

/// The good service-account file with one part exchanged.
fn with(from: &str, to: &str) -> String {
    let file = service_account(PKCS1);
    assert!(file.contains(from), "nothing to exchange: {from}");
    file.replacen(from, to, 1)
}

pub(crate) fn table() -> Vec<Bad> {
    [
        not_text(),
        not_keys(),
        containers(),
        json_syntax(),
        members(),
        other_json(),
        jwks(),
        pems(),
        keys(),
        encrypted(),
        hostile(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

fn not_text() -> Vec<Bad> {
    let file = service_account(PKCS1);
    let latin1: Vec<u8> =
        with("\"type\"", "\"note\":\"Schl~ssel\",\"type\"").bytes().map(|b| if b == b'~' { 0xfc } else { b }).collect();
    let marked = |mark: &[u8], order| [mark, &utf16(&file, order)].concat();
    vec![
        bad("nothing", "", "file-empty"),
        bad("white space", " \r\n\t ", "file-empty"),
        bad("a byte order mark alone", "\u{feff}", "file-empty"),
        bad("UTF-16 LE with its mark", marked(&[0xff, 0xfe], u16::to_le_bytes), "file-utf16"),
        bad("UTF-16 BE with its mark", marked(&[0xfe, 0xff], u16::to_be_bytes), "file-utf16"),
        bad("UTF-16 LE without mark", utf16(&file, u16::to_le_bytes), "file-utf16"),
        bad("UTF-16 BE without mark", utf16(&file, u16::to_be_bytes), "file-utf16"),
        bad("Latin-1", latin1, "file-not-utf8"),
        bad("half a character at the end", [PKCS8.as_bytes(), &[0xe2, 0x82]].concat(), "file-not-utf8"),
        bad("a NUL in the PEM", PKCS8.replacen('M', "\0", 1), "file-binary"),
        bad("NULs only", vec![0; 4_096], "file-binary"),
        bad(
            "noise",
            (0..=255).cycle().take(4_096).map(|n: u8| n.wrapping_mul(167)).collect::<Vec<u8>>(),
            "file-binary",
        ),
        bad("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "file-binary"),
        bad("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0".to_vec(), "file-binary"),
    ]
}

fn not_keys() -> Vec<Bad> {
    vec![
        bad("prose", "Dear all, the key follows tomorrow.", "not-a-key-file"),
        bad("HTML", "<!doctype html><title>Sign in</title>", "not-a-key-file"),
        bad("YAML", "apiVersion: v1\nkind: Secret\n", "not-a-key-file"),
        bad("an access token", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "is-token"),
        bad("an encrypted token", "eyJhbGciOiJSU0EifQ.YQ.Yg.Yw.ZA", "is-token"),
        bad("an Authorization header", "Authorization: Bearer opaque", "is-token"),
        bad("an OpenSSH public key", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ me@host", "is-public-key"),
        bad("a PuTTY key", "PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\n", "is-putty-key"),
        bad(
            "a PGP key",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----",
            "is-pgp-key",
        ),
        bad(
            "a PGP public key",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n-----END PGP PUBLIC KEY BLOCK-----",
            "is-pgp-key",
        ),
        bad("a key file packed as base64", base64_of(&service_account(PKCS1)), "is-base64"),
        bad("a PEM packed as base64", base64_of(PKCS8), "is-base64"),
        bad("a ZIP archive", b"PK\x03\x04\x14\0\0\0".to_vec(), "is-archive"),
        bad("a gzip archive", b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), "is-archive"),
    ]
}

fn base64_of(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text)
}

fn containers() -> Vec<Bad> {
    let public = key!("rsa-2048-a.public.pem");
    let certificate = key!("rsa-2048-a.certificate.pem");
    let request = key!("rsa-2048-a.request.pem");
    let in_key_member = |pem: &str| service_account(pem);
    vec![
        bad("a public key", public, "is-public-key"),
        bad("a public key, PKCS#1", key!("rsa-2048-a.rsa-public.pem"), "is-public-key"),
        bad("a public key as DER", der_of(public), "is-public-key"),
        bad("a public key labelled private", pem_of("PRIVATE KEY", &der_of(public)), "is-public-key"),
        bad(
            "a PKCS#1 public key labelled private",
            pem_of("RSA PRIVATE KEY", &der_of(key!("rsa-2048-a.rsa-public.pem"))),
            "is-public-key",
        ),
        bad("a public key in the key member", in_key_member(public), "is-public-key"),
        bad("a certificate", certificate, "is-certificate"),
        bad("a certificate as DER", der_of(certificate), "is-certificate"),
        bad("a certificate labelled private", pem_of("PRIVATE KEY", &der_of(certificate)), "is-certificate"),
        bad("a certificate in the key member", in_key_member(certificate), "is-certificate"),
        bad("a chain of certificates", format!("{certificate}{certificate}"), "is-certificate"),
        bad("a certificate request", request, "is-certificate-request"),
        bad("a certificate request as DER", der_of(request), "is-certificate-request"),
        bad("an OpenSSH private key", key!("rsa-2048-a.openssh.pem"), "is-openssh-key"),
        bad(
            "an OpenSSH private key in the key member",
            in_key_member(key!("rsa-2048-a.openssh.pem")),
            "is-openssh-key",
        ),
        bad("PKCS#12", include_bytes!("../fixtures/keys/throwaway-rsa-2048-a.p12").to_vec(), "is-pkcs12"),
        bad(
            "a Java keystore",
            include_bytes!("../fixtures/keys/throwaway-rsa-2048-a.jks").to_vec(),
            "is-java-keystore",
        ),
        bad("a JCEKS keystore", vec![0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2], "is-java-keystore"),
        bad("PKCS#8 as DER", der_of(PKCS8), "is-binary-key"),
        bad("PKCS#1 as DER", der_of(PKCS1), "is-binary-key"),
        bad("encrypted PKCS#8 as DER", der_of(key!("rsa-2048-a.encrypted-aes256.pem")), "is-binary-key"),
        bad("half of a DER key", der_of(PKCS8)[..600].to_vec(), "file-binary"),
    ]
}

fn json_syntax() -> Vec<Bad> {
    let file = service_account(PKCS1);
    let split = |at: usize| file[..at].to_owned();
    vec![
        bad("cut off in the key", split(400), "json-truncated"),
        bad("cut off before the last brace", split(file.len() - 1), "json-truncated"),
        bad("an opening brace", "{", "json-truncated"),
        bad("a comma too many", with("\"}", "\",}"), "json-invalid"),
        bad("single quotes", "{'type':'serviceaccount'}", "json-invalid"),
        bad("a comment", with("{", "{ // from the console\n"), "json-invalid"),
        bad("two files in one", format!("{file}\n{file}"), "json-invalid"),
        bad("text after it", format!("{file} thanks"), "json-invalid"),
        bad("real line ends in the key", with("\\n", "\n"), "json-invalid"),
        bad("half a surrogate pair", with("\"type\"", r#""note":"\ud83d","type""#), "json-escape-invalid"),
        bad("half a surrogate pair in a name", with("\"type\"", r#""\ud83d":1,"type""#), "json-escape-invalid"),
        bad("two types", with("{", r#"{"type":"application","#), "member-twice"),
        bad("two keys", with("{", &format!("{{\"key\":{},", quoted(key!("rsa-2048-b.pkcs1.pem")))), "member-twice"),
        bad("two user ids, one written with an escape", with("{", r#"{"user\u0049d":"1","#), "member-twice"),
        bad("a name twice further in", with("{", r#"{"note":{"a":1,"a":2},"#), "member-twice"),
        bad("a key as a name, twice", with("{", &format!("{{{0}:1,{0}:2,", quoted(PKCS8))), "member-twice"),
    ]
}

fn members() -> Vec<Bad> {
    let key = quoted(PKCS1);
    let user = format!("\"{USER_ID}\"");
    let key_id = format!("\"{KEY_ID}\"");
    let expires = "\"2031-05-06T07:08:09Z\"";
    vec![
        bad("no type", with("\"type\":\"serviceaccount\",", ""), "member-missing"),
        bad("no key", with(&format!("\"key\":{key},"), ""), "member-missing"),
        bad("no key id", with(&format!("\"keyId\":{key_id},"), ""), "member-missing"),
        bad("no user id", with(&format!(",\"userId\":{user}"), ""), "member-missing"),
        bad("a key id in another case", with("keyId", "keyID"), "member-missing"),
        bad("a type that is a number", with("\"serviceaccount\"", "1"), "member-not-text"),
        bad("a type that is null", with("\"serviceaccount\"", "null"), "member-not-text"),
        bad("a user id that is a number", with(&user, USER_ID), "member-not-text"),
        bad("a key id that is a number", with(&key_id, KEY_ID), "member-not-text"),
        bad("a key id that is null", with(&key_id, "null"), "member-not-text"),
        bad("a key that is a list of lines", with(&key, r#"["-----BEGIN RSA PRIVATE KEY-----"]"#), "member-not-text"),
        bad("a key that is an object", with(&key, r#"{"kty":"RSA"}"#), "member-not-text"),
        bad("an expiration that is a number", with(expires, "1936076889"), "member-not-text"),
        bad("an empty user id", with(&user, "\"\""), "member-empty"),
        bad("a blank key id", with(&key_id, "\"  \""), "member-empty"),
        bad("an empty key", with(&key, "\"\""), "member-empty"),
        bad("a user id with a space before it", with(&user, &format!("\" {USER_ID}\"")), "id-invalid"),
        bad("a key id with a line end", with(&key_id, r#""1\n2""#), "id-invalid"),
        bad("a user id with a NUL escape", with(&user, r#""1\u0000""#), "id-invalid"),
        bad("an endless user id", with(&user, &quoted(&"9".repeat(201))), "id-invalid"),
        bad("an expiration without time", with(expires, "\"2031-05-06\""), "expiration-invalid"),
        bad("an empty expiration", with(expires, "\"\""), "expiration-invalid"),
        bad("an expiration on the 31st of February", with(expires, "\"2031-02-31T00:00:00Z\""), "expiration-invalid"),
        bad("an expiration in words", with(expires, "\"never\""), "expiration-invalid"),
        bad("an unknown type", with("serviceaccount", "machine"), "type-unknown"),
        bad("an empty type", with("serviceaccount", ""), "type-unknown"),
        bad("a type in capitals", with("serviceaccount", "ServiceAccount"), "type-unknown"),
        bad("a key as the type", with("\"serviceaccount\"", &key), "type-unknown"),
        bad("a key that is no PEM", with(&key, "\"secret\""), "pem-unframed"),
        bad("a key without its BEGIN line", with("-----BEGIN RSA PRIVATE KEY-----\\n", ""), "pem-unframed"),
        bad("a key that is cut off", service_account(&PKCS1[..900]), "pem-truncated"),
        bad("two keys in the key member", service_account(&format!("{PKCS1}{PKCS8}")), "several-keys"),
    ]
}

fn other_json() -> Vec<Bad> {
    let key = quoted(PKCS8);
    let application = |id: &str| {
        format!(r#"{{"type":"application","keyId":"{KEY_ID}","key":{key},"appId":"1","{id}":"123@project"}}"#)
    };
    let google = format!(r#"{{"type":"service_account","project_id":"p","private_key":{key},"client_email":"a@b"}}"#);
    let frontier = format!(r#"{{"type":"sv_rsa","kid":"k","principal_id":"p","private_key":{key}}}"#);
    vec![
        bad("an application key", application("clientId"), "is-application-key"),
        bad("an application key before 2021-05", application("clientID"), "is-application-key"),
        bad(
            "an application key behind a variable's name",
            format!("KEY={}", application("clientId")),
            "is-application-key",
        ),
        bad(
            "an application key without type",
            application("clientId").replace("\"type\":\"application\",", ""),
            "member-missing",
        ),
        bad("the API's answer, v1", r#"{"keyId":"1","keyDetails":"eyJ0eXBlIjoi","details":{}}"#, "is-api-answer"),
        bad("the API's answer, v2", r#"{"keyId":"1","keyContent":"eyJ0eXBlIjoi"}"#, "is-api-answer"),
        bad("Google service account", google, "is-google-service-account"),
        bad("Google user credentials", r#"{"type":"authorized_user","refresh_token":"r"}"#, "is-google-credentials"),
        bad("Google OAuth client", r#"{"installed":{"client_id":"c","client_secret":"s"}}"#, "is-google-credentials"),
        bad("Google workload identity", r#"{"type":"external_account","audience":"a"}"#, "is-google-credentials"),
        bad("Frontier key, wrapped", format!("{{\"key\":{frontier}}}"), "is-frontier-key"),
        bad("Frontier key, bare", frontier, "is-frontier-key"),
        bad(
            "Frontier key in camel case",
            format!(r#"{{"kid":"k","principalId":"p","privateKey":{key}}}"#),
            "is-frontier-key",
        ),
        bad("Frontier secret", r#"{"secret":{"id":"i","title":"t","secret":"s"}}"#, "is-client-secret"),
        bad("Box settings", r#"{"boxAppSettings":{"clientID":"c"},"enterpriseID":"e"}"#, "is-box-settings"),
        bad("STACKIT key", format!(r#"{{"credentials":{{"kid":"k","privateKey":{key}}}}}"#), "is-stackit-key"),
        bad("Keycloak settings", r#"{"realm":"r","auth-server-url":"https://k"}"#, "is-keycloak-settings"),
        bad("a client secret", r#"{"clientId":"c","clientSecret":"s"}"#, "is-client-secret"),
        bad("a token response", r#"{"access_token":"t","token_type":"Bearer"}"#, "is-token"),
        bad("some other JSON", r#"{"name":"mintage","version":"1.0.0"}"#, "not-a-key-file"),
        bad("an empty object", "{}", "not-a-key-file"),
        bad("a list of key files", format!("[{}]", service_account(PKCS1)), "not-a-key-file"),
    ]
}

fn jwks() -> Vec<Bad> {
    let public = r#"{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}"#;
    let private = include_str!("../fixtures/keys/rfc7515-appendix-a2.jwk.json");
    vec![
        bad("a public JWK", public, "is-public-jwk"),
        bad("a private JWK", private, "is-private-jwk"),
        bad("a private EC JWK", r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}"#, "is-private-jwk"),
        bad("a symmetric JWK", r#"{"kty":"oct","k":"AA"}"#, "is-symmetric-jwk"),
        bad("a public JWK set", format!("{{\"keys\":[{public},{public}]}}"), "is-public-key-set"),
        bad("the server's own key set", format!("{{\"keys\":[{public},{private}]}}"), "is-server-key-set"),
        bad("an empty JWK set", r#"{"keys":[]}"#, "is-public-key-set"),
    ]
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
        bad("neither BEGIN nor END line", inside.join("\n"), "pem-unframed"),
        bad("dashes that a word processor changed", PKCS8.replace("-----", "—–-"), "pem-unframed"),
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
        bad(
            "a block of another kind",
            "-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----",
            "not-a-key-file",
        ),
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
        bad("RSA with three primes", key!("rsa-2048-three-primes.pkcs1.pem"), "key-unsupported"),
        bad("RSA-PSS", key!("rsa-pss.pkcs8.pem"), "key-unsupported"),
        bad("EC P-256, PKCS#8", key!("ec-p256.pkcs8.pem"), "key-unsupported"),
        bad("EC P-256, SEC1 with its parameters", key!("ec-p256.sec1.pem"), "key-unsupported"),
        bad("EC P-384", key!("ec-p384.pkcs8.pem"), "key-unsupported"),
        bad("EC secp256k1", key!("ec-secp256k1.pkcs8.pem"), "key-unsupported"),
        bad("EC in a service-account file", service_account(key!("ec-p256.pkcs8.pem")), "key-unsupported"),
        bad("EC as DER", der_of(key!("ec-p256.pkcs8.pem")), "key-unsupported"),
        bad("Ed25519", key!("ed25519.pkcs8.pem"), "key-unsupported"),
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
        opened("an encrypted EC key", key!("ec-p256.encrypted.pem"), PASSPHRASE, "key-unsupported"),
        bad("encrypted and cut off", pem_of("ENCRYPTED PRIVATE KEY", &cut), "key-broken"),
        bad("encrypted in the old way", legacy, "key-encrypted-legacy"),
        opened("encrypted in the old way, with its passphrase", legacy, PASSPHRASE, "key-encrypted-legacy"),
        bad("encrypted in the old way, in a service-account file", service_account(legacy), "key-encrypted-legacy"),
        bad("encrypted with Camellia", key!("rsa-2048-a.encrypted-camellia.pem"), "key-encryption-unsupported"),
        bad("encrypted with PBES1", key!("rsa-2048-a.encrypted-pbes1.pem"), "key-encryption-unsupported"),
        opened(
            "twenty million rounds",
            key!("rsa-2048-a.encrypted-slow.pem"),
            PASSPHRASE,
            "key-encryption-unsupported",
        ),
        opened("scrypt over 254 MiB", scrypt_at(127, 1), PASSPHRASE, "key-encryption-unsupported"),
        opened("scrypt in 127 lanes", scrypt_at(8, 127), PASSPHRASE, "key-encryption-unsupported"),
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
