//! Key files that must be accepted: one key in the formats of every era, console, editor and shell.

use mintage_core::provider::Shape;

use crate::bad_key_files::{KEY_ID, PASSPHRASE, PKCS1, PKCS8, USER_ID, der_of, key, pem_of, quoted, service_account};

/// A key file that must parse to `throwaway-rsa-2048-a`.
pub(crate) struct Good {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) passphrase: Option<&'static str>,
    pub(crate) shape: Shape,
    pub(crate) expires: Option<&'static str>,
}

fn json(name: &'static str, text: String) -> Good {
    Good { name, bytes: text.into_bytes(), passphrase: None, shape: Shape::ZitadelServiceAccount, expires: None }
}

fn expiring(name: &'static str, text: String) -> Good {
    Good { expires: Some("2031-05-06 7:08:09.0 +00:00:00"), ..json(name, text) }
}

fn pem(name: &'static str, text: impl Into<String>) -> Good {
    Good { shape: Shape::Pem, ..json(name, text.into()) }
}

fn binary(name: &'static str, bytes: Vec<u8>) -> Good {
    Good { bytes, ..pem(name, "") }
}

fn encrypted(name: &'static str, text: &str) -> Good {
    Good { passphrase: Some(PASSPHRASE), ..pem(name, text) }
}

/// The file without `expirationDate`, as before 2024.
fn without_expiration(pem: &str) -> String {
    service_account(pem).replace(r#""expirationDate":"2031-05-06T07:08:09Z","#, "")
}

fn with_expiration(value: &str) -> String {
    service_account(PKCS1).replace(r#""2031-05-06T07:08:09Z""#, value)
}

fn pretty(indent: &str, end: &str) -> String {
    let members = [
        ("type", "serviceaccount"),
        ("keyId", KEY_ID),
        ("key", PKCS1),
        ("expirationDate", "2031-05-06T07:08:09Z"),
        ("userId", USER_ID),
    ];
    let lines: Vec<String> =
        members.iter().map(|(name, value)| format!("{indent}\"{name}\" : {}", quoted(value))).collect();
    format!("{{{end}{}{end}}}{end}", lines.join(&format!(",{end}")))
}

pub(crate) fn table() -> Vec<Good> {
    [json_files(), pem_files(), encrypted_files()].into_iter().flatten().collect()
}

fn json_files() -> Vec<Good> {
    let packed_twice = service_account(&PKCS1.replace('\n', "\\n"));
    vec![
        json("2020 to 2024: no expiration date, PKCS#1", without_expiration(PKCS1)),
        json("no expiration date, PKCS#8", without_expiration(PKCS8)),
        expiring("since 2024: expiration date, one line", service_account(PKCS1)),
        expiring("expiration date, PKCS#8", service_account(PKCS8)),
        expiring("expiration with an offset and a fraction", with_expiration("\"2031-05-06T09:08:09.000+02:00\"")),
        json("expires never", with_expiration("\"9999-12-31T23:59:59Z\"")),
        json("expires never, further west", with_expiration("\"9999-12-31T23:59:59-05:00\"")),
        json("expiration is Go's zero time", with_expiration("\"0001-01-01T00:00:00Z\"")),
        json("expiration is null", with_expiration("null")),
        Good {
            expires: Some("2022-01-02 3:04:05.0 +00:00:00"),
            ..json("expired long ago", with_expiration("\"2022-01-02T03:04:05Z\""))
        },
        expiring("pretty-printed with two spaces", pretty("  ", "\n")),
        expiring("pretty-printed with tabs and CRLF", pretty("\t", "\r\n")),
        expiring("with a byte order mark", format!("\u{feff}{}", service_account(PKCS1))),
        expiring("blank lines around", format!("\n\n  {}\n\n", service_account(PKCS1))),
        expiring("PEM with CRLF inside", service_account(&PKCS1.replace('\n', "\r\n"))),
        expiring("PEM with escaped line ends inside", packed_twice),
        expiring("PEM without its last line end", service_account(PKCS1.trim_end())),
        expiring("an OpenSSH key inside", service_account(key!("rsa-2048-a.openssh.pem"))),
        expiring("PEM whose dashes were changed", service_account(&PKCS1.replace("-----", "—–"))),
        expiring("PEM on one line", service_account(&PKCS1.replace('\n', " "))),
        expiring(
            "solidus and letters written as escapes",
            service_account(PKCS1).replace('/', "\\/").replace("KEY-", "\\u004bEY-"),
        ),
        expiring("members that are not known", service_account(PKCS1).replacen('{', r#"{"note":[1,{"x":null}],"#, 1)),
        expiring("behind a variable's name", format!("ZITADEL_KEY='{}'\n", service_account(PKCS1))),
    ]
}

fn pem_files() -> Vec<Good> {
    let certificate = key!("rsa-2048-a.certificate.pem");
    let public = key!("rsa-2048-a.public.pem");
    let one_line: String = PKCS8.lines().filter(|line| !line.starts_with("-----")).collect();
    vec![
        pem("PKCS#1", PKCS1),
        pem("PKCS#8", PKCS8),
        pem("PKCS#1 under PKCS#8's label", pem_of("PRIVATE KEY", &der_of(PKCS1))),
        pem("PKCS#8 under PKCS#1's label", pem_of("RSA PRIVATE KEY", &der_of(PKCS8))),
        pem("CRLF", PKCS8.replace('\n', "\r\n")),
        pem("CR alone", PKCS8.replace('\n', "\r")),
        pem("byte order mark", format!("\u{feff}{PKCS8}")),
        pem("no last line end", PKCS8.trim_end()),
        pem("body on one line", format!("-----BEGIN PRIVATE KEY-----\n{one_line}\n-----END PRIVATE KEY-----")),
        pem("literal line ends, as in JSON", PKCS1.replace('\n', "\\n")),
        pem("literal line ends, escaped twice", PKCS1.replace('\n', "\\\\n")),
        pem("literal CRLF", PKCS1.replace('\n', "\\r\\n")),
        pem("as a JSON string", quoted(PKCS1)),
        pem("indented, as in YAML", format!("key: |\n    {}", PKCS8.replace('\n', "\n    "))),
        pem("spaces for line ends", PKCS8.replace('\n', " ")),
        pem("text around it", format!("Bag Attributes\n    friendlyName: {{1}}\n{PKCS8}\nsent by mail, thanks\n")),
        pem("section of an INI file", format!("[key]\nprivate =\n{PKCS8}")),
        pem("its certificate beside it", format!("{certificate}{PKCS8}")),
        pem("its public key beside it", format!("{PKCS8}{public}")),
        pem("an OpenSSH key", key!("rsa-2048-a.openssh.pem")),
        pem("an OpenSSH key under PKCS#8's label", pem_of("PRIVATE KEY", &der_of(key!("rsa-2048-a.openssh.pem")))),
        pem("dashes that a word processor changed", PKCS8.replace("-----", "—–")),
        pem("dashes that a word processor changed, and one that it kept", PKCS8.replace("-----", "—–-")),
        pem("long dashes on one line", PKCS8.replace("-----", "–––––").replace('\n', "\\n")),
        pem("no dashes", PKCS8.replace("-----", "")),
        pem(
            "neither BEGIN nor END line",
            PKCS8.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n"),
        ),
        pem("the inside of an OpenSSH key", base64(&der_of(key!("rsa-2048-a.openssh.pem")))),
        binary("PKCS#8 as DER", der_of(PKCS8)),
        binary("PKCS#1 as DER", der_of(PKCS1)),
        binary("an OpenSSH key without its PEM", der_of(key!("rsa-2048-a.openssh.pem"))),
        Good {
            passphrase: Some(PASSPHRASE),
            ..binary("encrypted DER", der_of(key!("rsa-2048-a.encrypted-aes256.pem")))
        },
        Good { passphrase: Some("not needed"), ..pem("a passphrase that is not needed", PKCS8) },
    ]
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

fn encrypted_files() -> Vec<Good> {
    let inside = service_account(key!("rsa-2048-a.encrypted-aes256.pem"));
    vec![
        encrypted("AES-256, PBKDF2 with SHA-256", key!("rsa-2048-a.encrypted-aes256.pem")),
        encrypted("AES-128, PBKDF2 with SHA-1", key!("rsa-2048-a.encrypted-aes128-sha1.pem")),
        encrypted("3DES, as OpenSSL 1.0 wrote it", key!("rsa-2048-a.encrypted-des3.pem")),
        encrypted("AES-256, scrypt", key!("rsa-2048-a.encrypted-scrypt.pem")),
        Good { passphrase: Some(PASSPHRASE), ..expiring("an encrypted key in a service-account file", inside) },
    ]
}
