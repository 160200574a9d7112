//! The table of bad key files: what people really drop on the window, and what nobody should.

use crate::bad_key_files::{
    KEY_ID, PKCS1, PKCS8, USER_ID, bad_jwks, bad_keys, bad_shapes, der_of, foreign_files, key, pem_of, quoted,
    service_account,
};

/// A bad key file and the code of its error.
pub(crate) struct Bad {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) passphrase: Option<&'static str>,
    pub(crate) code: &'static str,
}

pub(crate) fn bad(name: impl Into<String>, bytes: impl Into<Vec<u8>>, code: &'static str) -> Bad {
    Bad { name: name.into(), bytes: bytes.into(), passphrase: None, code }
}

pub(crate) fn opened(
    name: impl Into<String>,
    pem: impl Into<Vec<u8>>,
    passphrase: &'static str,
    code: &'static str,
) -> Bad {
    Bad { passphrase: Some(passphrase), ..bad(name, pem, code) }
}

/// The valid service-account file with one part replaced.
fn with(from: &str, to: &str) -> String {
    let file = service_account(PKCS1);
    assert!(file.contains(from), "nothing to exchange: {from}");
    file.replacen(from, to, 1)
}

pub(crate) fn table() -> Vec<Bad> {
    let here = [not_text(), not_keys(), containers(), json_syntax(), members(), other_json()];
    here.into_iter()
        .chain([bad_keys::table(), bad_jwks::table(), bad_shapes::table(), foreign_files::table()])
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
        bad("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "is-picture"),
        bad("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0".to_vec(), "file-binary"),
    ]
}

fn not_keys() -> Vec<Bad> {
    vec![
        bad("prose", "Dear all, the key follows tomorrow.", "not-a-key-file"),
        bad("HTML", "<!doctype html><title>Sign in</title>", "is-web-page"),
        bad("YAML", "name: mintage\nversion: 1\n", "not-a-key-file"),
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
        bad("base64 that is cut off", base64_of(&service_account(PKCS1))[..401].to_owned(), "json-truncated"),
        bad(
            "base64 of some other JSON",
            base64_of(r#"{"name":"mintage","version":"1.0.0"}"#),
            "json-without-credential",
        ),
        bad("base64 of a public key", base64_of(key!("rsa-2048-a.public.pem")), "is-public-key"),
        bad("a ZIP archive", b"PK\x03\x04\x14\0\0\0".to_vec(), "is-archive"),
        bad("a gzip archive", b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), "is-archive"),
    ]
}

/// ZITADEL's response to the call that creates a key.
pub(crate) fn answer(file: &str) -> String {
    format!(r#"{{"keyId":"1","keyDetails":"{}","details":{{}}}}"#, base64_of(file))
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
        bad("PKCS#12", include_bytes!("../../fixtures/keys/throwaway-rsa-2048-a.p12").to_vec(), "is-pkcs12"),
        bad(
            "a Java keystore",
            include_bytes!("../../fixtures/keys/throwaway-rsa-2048-a.jks").to_vec(),
            "is-java-keystore",
        ),
        bad("a JCEKS keystore", vec![0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2], "is-jce-keystore"),
        bad("encrypted PKCS#8 as DER", der_of(key!("rsa-2048-a.encrypted-aes256.pem")), "passphrase-needed"),
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
        bad("single quotes", "{'type':'serviceaccount'}", "member-missing"),
        bad("one single quote", r#"{"type":'serviceaccount'}"#, "json-invalid"),
        bad("a comment", with("{", "{ // from the console\n"), "json-invalid"),
        bad("two files in one", format!("{file}\n{file}"), "several-credentials"),
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
    vec![
        bad(
            "an application key without type",
            application("clientId").replace("\"type\":\"application\",", ""),
            "member-missing",
        ),
        bad("the API's answer, cut off", r#"{"keyId":"1","keyDetails":"eyJ0eXBlIjoi"}"#, "is-api-answer"),
        bad("the API's answer, no base64", r#"{"keyId":"1","keyContent":"{}"}"#, "is-api-answer"),
        bad("the API's answer, no text inside", r#"{"keyId":"1","keyContent":"//79"}"#, "is-api-answer"),
        bad("the API's answer, no JSON inside", r#"{"keyId":"1","keyContent":"c2VjcmV0"}"#, "is-api-answer"),
        bad("the API's answer, something else inside", answer("{}"), "is-api-answer"),
        bad("the API's answer, its key cut off", answer(&service_account(&PKCS1[..900])), "pem-truncated"),
        bad("the API's answer in both versions", r#"{"keyDetails":"e30=","keyContent":"e30="}"#, "member-twice"),
        bad("the API's answer to a public key", r#"{"keyId":"1","keyDetails":""}"#, "member-empty"),
        bad("the API's answer, a number inside", r#"{"keyId":"1","keyDetails":1}"#, "member-not-text"),
        bad("Google user credentials", r#"{"type":"authorized_user","refresh_token":"r"}"#, "is-google-user"),
        bad("Google OAuth client", r#"{"installed":{"client_id":"c","client_secret":"s"}}"#, "is-google-oauth-client"),
        bad(
            "Google OAuth client of a server",
            r#"{"web":{"client_id":"c","client_secret":"s"}}"#,
            "is-google-oauth-client",
        ),
        bad("Google workload identity", r#"{"type":"external_account","audience":"a"}"#, "is-google-federation"),
        bad("Keycloak settings", r#"{"realm":"r","auth-server-url":"https://k"}"#, "is-keycloak-settings"),
        bad("a token response", r#"{"access_token":"t","token_type":"Bearer"}"#, "is-token"),
        bad("some other JSON", r#"{"name":"mintage","version":"1.0.0"}"#, "json-without-credential"),
        bad("an empty object", "{}", "not-a-key-file"),
        bad("a list of key files", format!("[{0},{0}]", service_account(PKCS1)), "several-credentials"),
    ]
}
