//! Every command that a next step prints, run exactly as printed, on a file of its kind.
//!
//! A row creates a file with the tools themselves, imports it, follows the advice, and imports the result, until the
//! key is there. If a tool isn't on this machine, its rows say so and pass.
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use mintage_core::key_file::KeyFileError;
use mintage_core::private_key::{Conversion, WrongKind};
use mintage_testbed::skip::skip;

use crate::bad_key_files::key_forms::{ED25519, P256, P384};
use crate::bad_key_files::{PASSPHRASE, PKCS1, THUMBPRINT, key, parse, service_account};

/// A file that needs a conversion.
struct Row {
    name: &'static str,
    /// The programs that create it.
    tools: &'static [&'static str],
    /// The shell commands that create `file` from the fixtures that [`Folder::new`] puts there.
    make: &'static str,
    /// What its conversion reads, if that isn't the imported file.
    beside: Option<&'static str>,
    thumbprint: &'static str,
}

fn row(name: &'static str, tools: &'static [&'static str], make: &'static str) -> Row {
    Row { name, tools, make, beside: None, thumbprint: THUMBPRINT }
}

fn of(thumbprint: [&'static str; 3], row: Row) -> Row {
    Row { thumbprint: thumbprint[1], ..row }
}

/// OpenSSL 3, whose legacy provider macOS's LibreSSL doesn't have.
const OPENSSL: &[&str] = &["openssl"];
const SSH: &[&str] = &["ssh-keygen"];
const JAVA: &[&str] = &["openssl", "keytool"];
const PUTTY: &[&str] = &["puttygen", "ssh-keygen"];

fn table() -> Vec<Row> {
    [keystores(), openssh(), putty(), encrypted(), old_encrypted()].into_iter().flatten().collect()
}

fn keystores() -> Vec<Row> {
    vec![
        row("PKCS#12", OPENSSL, "openssl pkcs12 -export -inkey rsa -in rsa.crt -out file -passout pass:throwaway"),
        row(
            "PKCS#12 of a key alone",
            OPENSSL,
            "openssl pkcs12 -export -inkey rsa -nocerts -out file -passout pass:throwaway",
        ),
        row(
            "PKCS#12 under 3DES, as Windows exports it",
            OPENSSL,
            "openssl pkcs12 -export -inkey rsa -in rsa.crt -out file -passout pass:throwaway -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
        ),
        of(
            P256,
            row(
                "PKCS#12 of a key on a curve",
                OPENSSL,
                "openssl pkcs12 -export -inkey p256.pem -in p256.crt -out file -passout pass:throwaway",
            ),
        ),
        row(
            "PKCS#12 with its certificate under RC2, as OpenSSL 1 wrote it",
            OPENSSL,
            "openssl pkcs12 -export -legacy -inkey rsa -in rsa.crt -out file -passout pass:throwaway",
        ),
        row(
            "PKCS#12 under RC4",
            OPENSSL,
            "openssl pkcs12 -export -legacy -inkey rsa -in rsa.crt -out file -passout pass:throwaway -keypbe PBE-SHA1-RC4-128 -certpbe PBE-SHA1-RC4-128",
        ),
        row(
            "PKCS#12 as base64 in lines",
            OPENSSL,
            "openssl pkcs12 -export -inkey rsa -in rsa.crt -out p12 -passout pass:throwaway && base64 < p12 > file",
        ),
        row(
            "PKCS#12 under RC4 as base64 in one line",
            OPENSSL,
            "openssl pkcs12 -export -legacy -inkey rsa -in rsa.crt -out p12 -passout pass:throwaway -keypbe PBE-SHA1-RC4-128 -certpbe PBE-SHA1-RC4-128 &&
             base64 < p12 | tr -d '\\n' > file",
        ),
        row(
            "a Java keystore",
            JAVA,
            "openssl pkcs12 -export -inkey rsa -in rsa.crt -out p12 -passout pass:throwaway -name bot &&
             keytool -importkeystore -srckeystore p12 -destkeystore file -deststoretype JKS -srcstorepass throwaway -deststorepass throwaway",
        ),
        row(
            "a Java keystore, JCEKS",
            JAVA,
            "openssl pkcs12 -export -inkey rsa -in rsa.crt -out p12 -passout pass:throwaway -name bot &&
             keytool -importkeystore -srckeystore p12 -destkeystore file -deststoretype JCEKS -srcstorepass throwaway -deststorepass throwaway",
        ),
        Row {
            beside: Some("keystore.jks"),
            ..row(
                "a keystore that Keycloak's settings name",
                JAVA,
                "openssl pkcs12 -export -inkey rsa -in rsa.crt -out p12 -passout pass:throwaway -name bot &&
                 keytool -importkeystore -srckeystore p12 -destkeystore keystore.jks -deststoretype JKS -srcstorepass throwaway -deststorepass throwaway &&
                 cp keycloak.json file",
            )
        },
    ]
}

fn openssh() -> Vec<Row> {
    vec![
        row("an OpenSSH key, RSA", SSH, "mv rsa.openssh file && ssh-keygen -q -p -P '' -N throwaway -f file"),
        of(P256, row("P-256", SSH, "mv p256.openssh file && ssh-keygen -q -p -P '' -N throwaway -f file")),
        of(P384, row("P-384", SSH, "mv p384.openssh file && ssh-keygen -q -p -P '' -N throwaway -f file")),
        of(ED25519, row("Ed25519", SSH, "mv ed25519.openssh file && ssh-keygen -q -p -P '' -N throwaway -f file")),
        of(
            ED25519,
            row(
                "Ed25519 under another cipher",
                SSH,
                "mv ed25519.openssh file && ssh-keygen -q -p -P '' -N throwaway -Z chacha20-poly1305@openssh.com -f file",
            ),
        ),
    ]
}

fn putty() -> Vec<Row> {
    vec![
        row("a PuTTY key", PUTTY, "puttygen rsa.openssh -O private -o file"),
        row("a PuTTY key, version 2", PUTTY, "puttygen rsa.openssh -O private -o file --ppk-param version=2"),
        row("a PuTTY key with a passphrase", PUTTY, "puttygen rsa.openssh -O private -o file --new-passphrase word"),
        of(P256, row("a PuTTY key on P-256", PUTTY, "puttygen p256.openssh -O private -o file")),
        of(
            ED25519,
            row("an Ed25519 PuTTY key", PUTTY, "puttygen ed25519.openssh -O private -o file --new-passphrase word"),
        ),
        row("a key of SSH.com", PUTTY, "puttygen rsa.openssh -O private-sshcom -o file"),
        row(
            "a key of SSH.com with a passphrase",
            PUTTY,
            "puttygen rsa.openssh -O private-sshcom -o file --new-passphrase word",
        ),
    ]
}

/// Encrypts the RSA key with a PKCS#5 scheme, with the options that make OpenSSL 3 write the old ones too.
macro_rules! topk8 {
    ($scheme:literal) => {
        concat!(
            "openssl pkcs8 -topk8 -in rsa -out file -passout pass:throwaway -provider legacy -provider default ",
            $scheme
        )
    };
}

/// Encrypts it as before PKCS#8.
macro_rules! traditional {
    ($cipher:literal) => {
        concat!(
            "openssl rsa -traditional -in rsa -out file -passout pass:throwaway -provider legacy -provider default -",
            $cipher
        )
    };
}

fn encrypted() -> Vec<Row> {
    vec![
        row("Camellia", OPENSSL, topk8!("-v2 camellia256")),
        row("Camellia as DER", OPENSSL, topk8!("-v2 camellia128 -outform DER")),
        row("ARIA", OPENSSL, topk8!("-v2 aria256")),
        row("AES in another mode", OPENSSL, topk8!("-v2 aes-256-cfb")),
        row("AES with a key derived by MD5", OPENSSL, topk8!("-v2 aes256 -v2prf hmacWithMD5")),
        row("SM4", OPENSSL, topk8!("-v2 sm4")),
        row("PBES1 with 3DES", OPENSSL, topk8!("-v1 PBE-SHA1-3DES")),
        row("PBES1 with 3DES of two keys", OPENSSL, topk8!("-v1 PBE-SHA1-2DES")),
        row("DEK-Info with AES", OPENSSL, traditional!("aes256")),
        row("DEK-Info with 3DES", OPENSSL, traditional!("des3")),
        row("DEK-Info with Camellia", OPENSSL, traditional!("camellia256")),
    ]
}

fn old_encrypted() -> Vec<Row> {
    vec![
        row("PBES1 with RC4", OPENSSL, topk8!("-v1 PBE-SHA1-RC4-128")),
        row("PBES1 with RC4 of 40 bits", OPENSSL, topk8!("-v1 PBE-SHA1-RC4-40")),
        row("PBES1 with RC2 of 40 bits", OPENSSL, topk8!("-v1 PBE-SHA1-RC2-40")),
        row("PBES1 with RC2 of 128 bits", OPENSSL, topk8!("-v1 PBE-SHA1-RC2-128")),
        row("PBES1 with RC2 of 64 bits", OPENSSL, topk8!("-v1 PBE-SHA1-RC2-64")),
        row("PBES1 with MD5 and DES", OPENSSL, topk8!("-v1 PBE-MD5-DES")),
        row("PBES1 with MD5 and RC2", OPENSSL, topk8!("-v1 PBE-MD5-RC2-64")),
        row("PBES1 with SHA-1 and DES", OPENSSL, topk8!("-v1 PBE-SHA1-DES")),
        row("PBES1 as DER", OPENSSL, topk8!("-v1 PBE-MD5-DES -outform DER")),
        row("PBES2 with DES", OPENSSL, topk8!("-v2 des")),
        row("PBES2 with RC2", OPENSSL, topk8!("-v2 rc2")),
        row("PBES2 with RC4", OPENSSL, topk8!("-v2 rc4")),
        row("PBES2 with SEED", OPENSSL, topk8!("-v2 seed")),
        row("PBES2 with Blowfish", OPENSSL, topk8!("-v2 bf")),
        row("PBES2 with CAST5", OPENSSL, topk8!("-v2 cast")),
        row("DEK-Info with DES", OPENSSL, traditional!("des")),
        row("DEK-Info with SEED", OPENSSL, traditional!("seed")),
    ]
}

/// A separate folder with the fixtures that rows are created from.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        let service = service_account(PKCS1);
        let settings = r#"{"realm":"tea","auth-server-url":"https://sso.acme.test/","resource":"night-bot",
            "credentials":{"jwt":{"client-keystore-file":"keystore.jks","client-keystore-type":"JKS"}}}"#;
        for (name, text) in [
            ("rsa", key!("rsa-2048-a.pkcs8.pem")),
            ("rsa.crt", key!("rsa-2048-a.certificate.pem")),
            ("rsa.openssh", key!("rsa-2048-a.openssh.pem")),
            ("p256.pem", key!("ec-p256.pkcs8.pem")),
            ("p256.crt", key!("ec-p256.certificate.pem")),
            ("p256.openssh", key!("ec-p256.openssh.pem")),
            ("p384.openssh", key!("ec-p384.openssh.pem")),
            ("ed25519.openssh", key!("ed25519.openssh.pem")),
            ("service.json", &service),
            ("keycloak.json", settings),
            ("word", PASSPHRASE),
            ("askpass", &format!("#!/bin/sh\necho {PASSPHRASE}\n")),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("write");
            let mode = if name == "askpass" { 0o700 } else { 0o600 };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
        }
        Self(folder)
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// Runs a command as in a terminal, where every question is answered with the passphrase.
    fn run(&self, command: &str) -> Result<(), String> {
        // In a separate session there is no terminal, so programs ask on standard input.
        let mut child = Command::new("setsid")
            .args(["-w", "sh", "-c", command])
            .current_dir(self.0.path())
            .env("SSH_ASKPASS", self.at("askpass"))
            .env("SSH_ASKPASS_REQUIRE", "force")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut answers = child.stdin.take().expect("piped");
        // puttygen asks once, and takes everything it can read as the answer.
        let times = if command.starts_with("puttygen") { 1 } else { 4 };
        // A program that doesn't ask may already have exited.
        let _ = answers.write_all(format!("{PASSPHRASE}\n").repeat(times).as_bytes());
        drop(answers);
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

fn is_there(tool: &str) -> bool {
    let found = |folder: std::path::PathBuf| folder.join(tool).is_file();
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(found))
}

/// Why a row can't be tried on this machine.
fn missing(row: &Row) -> Option<String> {
    let tools = row.tools.iter().chain(&["setsid"]);
    if let Some(tool) = tools.copied().find(|tool| !is_there(tool)) {
        return Some(format!("no {tool}"));
    }
    let version = || Command::new("openssl").arg("version").output().map(|output| output.stdout).unwrap_or_default();
    (row.tools.contains(&"openssl") && !version().starts_with(b"OpenSSL 3")).then(|| "no OpenSSL 3".to_owned())
}

/// The conversion named in an error's next step.
fn advised(error: &KeyFileError) -> Option<Conversion> {
    Conversion::ALL.iter().copied().find(|conversion| conversion.help() == error.help())
}

/// Imports the row's file and follows the advice until there is a key; returns the conversions on the way.
fn follow(row: &Row) -> Vec<Conversion> {
    let folder = Folder::new();
    folder.run(row.make).unwrap_or_else(|error| panic!("{}, made: {error}", row.name));
    let mut file = folder.at("file");
    let mut way = Vec::new();
    loop {
        let error = match parse(&fs::read(&file).expect("a file"), Some(PASSPHRASE)) {
            Ok(parsed) => {
                let facts = parsed.key().expect("a key").facts().clone();
                assert_eq!(facts.thumbprint, row.thumbprint, "{}", row.name);
                return way;
            }
            Err(error) => error,
        };
        let conversion = advised(&error).unwrap_or_else(|| panic!("{}: {error}: {}", row.name, error.help()));
        assert!(!way.contains(&conversion), "{}: {conversion:?} led to itself", row.name);
        let source = if way.is_empty() { row.beside.map(|name| folder.at(name)) } else { None };
        let source = source.unwrap_or(file);
        if source != folder.at(conversion.input()) {
            fs::rename(source, folder.at(conversion.input())).expect("its name");
        }
        let command = conversion.command();
        folder.run(command).unwrap_or_else(|error| panic!("{}, `{command}`: {error}", row.name));
        file = folder.at(conversion.output());
        way.push(conversion);
    }
}

#[test]
fn every_command_that_is_advised_leads_to_the_key() {
    let (mut followed, mut untried) = (Vec::new(), false);
    for row in table() {
        match missing(&row) {
            Some(why) => {
                skip(&format!("{}: {why}", row.name));
                untried = true;
            }
            None => {
                let way = follow(&row);
                assert!(!way.is_empty(), "{} needs no conversion", row.name);
                followed.extend(way);
            }
        }
    }
    let never: Vec<_> = Conversion::ALL.iter().filter(|conversion| !followed.contains(conversion)).collect();
    assert!(untried || never.is_empty(), "no file leads to {never:?}");
}

#[test]
fn a_certificate_comes_along_out_of_a_keystore() {
    let row =
        row("PKCS#12", OPENSSL, "openssl pkcs12 -export -inkey rsa -in rsa.crt -out key.p12 -passout pass:throwaway");
    if let Some(why) = missing(&row) {
        skip(&format!("{}: {why}", row.name));
        return;
    }
    let folder = Folder::new();
    folder.run(row.make).expect("made");
    folder.run(Conversion::Pkcs12.command()).expect("converted");
    let text = fs::read(folder.at(Conversion::Pkcs12.output())).expect("a file");
    let beside = [key!("rsa-2048-a.pkcs8.pem"), key!("rsa-2048-a.certificate.pem")].concat();
    let expected = parse(beside.as_bytes(), None).expect("good").certificate;
    assert_eq!(parse(&text, Some(PASSPHRASE)).expect("good").certificate, expected);
}

#[test]
fn no_next_step_prints_a_command_that_is_not_carried_out_here() {
    let tools = ["openssl", "ssh-keygen", "keytool", "puttygen", "base64", "jq", "gpg", "unzip", "tar", "iconv"];
    let kinds = WrongKind::ALL.iter().map(|kind| kind.help().to_owned());
    for help in kinds.chain(crate::bad_key_files::REFUSED.iter().map(|(_, error)| error.help())) {
        for quoted in help.split('`').skip(1).step_by(2) {
            let is_command = tools.iter().any(|tool| quoted.split(' ').next() == Some(tool)) && quoted.contains(' ');
            let is_known = Conversion::ALL.iter().any(|conversion| conversion.command() == quoted);
            assert!(!is_command || is_known, "{quoted}");
        }
    }
    let names = Conversion::ALL.iter().flat_map(|row| [row.input(), row.output()].map(|name| (row, name)));
    for (conversion, name) in names {
        assert!(conversion.command().contains(name), "{conversion:?} names its files");
        assert!(Path::new(name).file_name().is_some_and(|file| file == name), "{name} is a plain name");
    }
}
