//! Files of other programs and purposes, each identified as what it is.

use mintage_core::diagnosis::NextStep;
use mintage_core::error::Error;
use mintage_core::key_file::Material;

use crate::bad_key_files::bad::{Bad, bad};
use crate::bad_key_files::{der_of, key, pem_of, quoted};

pub(crate) fn table() -> Vec<Bad> {
    [stored(), asn1(), openssh(), keystores(), texts(), documents(), cloud(), frames()].into_iter().flatten().collect()
}

/// Files of programs that encrypt what they store, and key files in unsupported notations.
fn stored() -> Vec<Bad> {
    let value = "ENC[AES256_GCM,data:YWJj,iv:eA==,tag:eQ==,type:str]";
    let sops =
        format!("{{\"type\":\"{value}\",\"key\":\"{value}\",\"sops\":{{\"mac\":\"{value}\",\"version\":\"3.8.1\"}}}}");
    let pem = key!("rsa-2048-a.pkcs1.pem").replace('\n', "\\n");
    let encrypted = "is-encrypted-file";
    vec![
        bad("SOPS's JSON", sops, encrypted),
        bad("SOPS's YAML", format!("type: {value}\nkey: {value}\nsops:\n    version: 3.8.1\n"), encrypted),
        bad("Ansible's vault", "$ANSIBLE_VAULT;1.1;AES256\n6231386132396439\n", encrypted),
        bad("a sealed secret", "kind: SealedSecret\nspec:\n  encryptedData:\n    a: AgBy3i4OJSWK\n", encrypted),
        bad("a PHP array", format!("<?php return ['userId' => '1', 'key' => \"{pem}\"];"), "is-unread-key-file"),
        bad(
            "JSON in HTML",
            format!("<p>{{&quot;userId&quot;:&quot;1&quot;,&quot;key&quot;:&quot;{pem}&quot;}}</p>"),
            "is-unread-key-file",
        ),
        bad("a table", format!("type,keyId,userId,key\nserviceaccount,1,2,\"{pem}\"\n"), "is-unread-key-file"),
        bad(
            "JSON quoted in a mail",
            format!("> {{\n>  \"userId\": \"1\",\n>  \"key\": \"{pem}\"\n> }}\n"),
            "is-unread-key-file",
        ),
    ]
}

fn asn1() -> Vec<Bad> {
    let list = key!("ec-p256.crl.pem");
    let diffie_hellman = key!("dh-parameters.pem");
    let dsa = key!("dsa-parameters.pem");
    let bundle = key!("ec-p256.p7b.pem");
    vec![
        bad("a list of revoked certificates", list, "is-revocation-list"),
        bad("a list of revoked certificates as DER", der_of(list), "is-revocation-list"),
        bad("the same labelled private", pem_of("PRIVATE KEY", &der_of(list)), "is-revocation-list"),
        bad("Diffie-Hellman parameters", diffie_hellman, "is-parameters"),
        bad("Diffie-Hellman parameters as DER", der_of(diffie_hellman), "is-parameters"),
        bad("DSA parameters", dsa, "is-parameters"),
        bad("DSA parameters as DER", der_of(dsa), "is-parameters"),
        bad(
            "a curve's name",
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----",
            "is-curve-name",
        ),
        bad("a PKCS#7 bundle", bundle, "is-pkcs7"),
        bad("a PKCS#7 bundle as DER", der_of(bundle), "is-pkcs7"),
        bad("a PKCS#7 bundle under CMS's label", pem_of("CMS", &der_of(bundle)), "is-pkcs7"),
        bad("a TPM's key", pem_of("TSS2 PRIVATE KEY", &[0x30, 3, 2, 1, 0]), "is-hardware-key"),
        bad("a key of another kind", pem_of("ANOTHER PRIVATE KEY", b"{\"kdf\":{}}"), "key-unsupported"),
    ]
}

/// A string as SSH writes it (RFC 4251 §5).
fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("short").to_be_bytes()[..], bytes].concat()
}

/// An OpenSSH file with one key of this type, whose public and private halves end with these bytes.
fn openssh_file(cipher: &[u8], kind: &[u8], public: &[u8], private: &[u8]) -> String {
    let public = [&string(kind)[..], public].concat();
    let private = [&[0; 8][..], &string(kind), private].concat();
    let parts = [string(cipher), string(b"none"), string(b""), vec![0, 0, 0, 1], string(&public), string(&private)];
    pem_of("OPENSSH PRIVATE KEY", &[&b"openssh-key-v1\0"[..], &parts.concat()].concat())
}

fn openssh() -> Vec<Bad> {
    let plain = |kind: &[u8]| openssh_file(b"none", kind, b"", b"");
    let whole = key!("ed25519.openssh.pem");
    let der = der_of(whole);
    let patched = |at: usize, with: u8| {
        let mut der = der.clone();
        der[at] ^= with;
        pem_of("OPENSSH PRIVATE KEY", &der)
    };
    let find = |wanted: &[u8]| der.windows(wanted.len()).position(|window| window == wanted).expect("there");
    let last = der.windows(11).rposition(|window| window == b"ssh-ed25519").expect("the private half");
    let mut two = der.clone();
    two[find(b"\0\0\0\x01\0\0\0\x33") + 3] = 2;
    let mut huge = der.clone();
    huge[15] = 0xff;
    let numbers = |length: usize| string(&vec![7; length]).repeat(6);
    vec![
        bad("a key of a security key", plain(b"sk-ssh-ed25519@openssh.com"), "is-hardware-key"),
        bad("an ECDSA key of a security key", plain(b"sk-ecdsa-sha2-nistp256@openssh.com"), "is-hardware-key"),
        bad("a key with its certificate", plain(b"ssh-ed25519-cert-v01@openssh.com"), "is-openssh-certificate"),
        bad("OpenSSH, DSA", plain(b"ssh-dss"), "key-unsupported"),
        bad("OpenSSH, P-521", plain(b"ecdsa-sha2-nistp521"), "key-unsupported"),
        bad("OpenSSH, an unknown type", plain(b"ssh-xmss@openssh.com"), "key-unsupported"),
        bad("OpenSSH, a type that is no text", plain(&[0xff; 8]), "key-unsupported"),
        bad("OpenSSH, encrypted RSA", openssh_file(b"aes256-ctr", b"ssh-rsa", b"", b""), "is-openssh-key"),
        bad(
            "OpenSSH, encrypted Ed25519",
            openssh_file(b"aes256-ctr", b"ssh-ed25519", b"", b""),
            "is-openssh-ed25519-key",
        ),
        bad("OpenSSH, nothing in the key", plain(b"ssh-ed25519"), "key-broken"),
        bad(
            "OpenSSH, endless RSA numbers",
            openssh_file(b"none", b"ssh-rsa", b"", &numbers(20_000)),
            "key-unsupported",
        ),
        bad(
            "OpenSSH, RSA numbers of no key",
            openssh_file(b"none", b"ssh-rsa", &numbers(256), &numbers(256)),
            "key-broken",
        ),
        bad("OpenSSH, RSA numbers that are zero", openssh_file(b"none", b"ssh-rsa", &[0; 8], &[0; 24]), "key-broken"),
        bad("OpenSSH, another seed", patched(last + 11 + 4 + 32 + 4, 1), "key-broken"),
        bad("OpenSSH, another public half inside", patched(last + 11 + 4, 1), "key-broken"),
        bad("OpenSSH, another public half before it", patched(find(b"ssh-ed25519") + 11 + 4, 1), "key-broken"),
        bad("OpenSSH, check numbers that differ", patched(last - 5, 1), "key-broken"),
        bad("OpenSSH, padding that doesn't count", patched(der.len() - 1, 1), "key-broken"),
        bad("OpenSSH, a byte after its end", pem_of("OPENSSH PRIVATE KEY", &[&der[..], &[0]].concat()), "key-broken"),
        bad("OpenSSH, a byte less", pem_of("OPENSSH PRIVATE KEY", &der[..der.len() - 1]), "key-broken"),
        bad("OpenSSH, nothing after its first word", pem_of("OPENSSH PRIVATE KEY", &der[..15]), "key-broken"),
        bad("OpenSSH, a length of four gigabytes", pem_of("OPENSSH PRIVATE KEY", &huge), "key-broken"),
        bad("OpenSSH, two keys", pem_of("OPENSSH PRIVATE KEY", &two), "several-keys"),
        bad("OpenSSH's label alone", pem_of("OPENSSH PRIVATE KEY", &[7; 40]), "key-broken"),
        bad(
            "an OpenSSH certificate",
            "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5 bot",
            "is-openssh-certificate",
        ),
        bad(
            "a security key's public key",
            "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5 bot",
            "is-hardware-key",
        ),
        bad("an Ed25519 public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI bot@host", "is-public-key"),
        bad("authorized keys", "# bots\nrestrict,pty ssh-rsa AAAAB3NzaC1yc2E bot\n", "is-public-key"),
        bad("known hosts", "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n", "is-public-key"),
        bad(
            "SSH.com's public key",
            "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----",
            "is-public-key",
        ),
        bad("SSH.com's private key", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAA\n", "is-ssh-com-key"),
        bad(
            "a PuTTY key, version 2",
            "PuTTY-User-Key-File-2: ssh-ed25519\r\nEncryption: aes256-cbc\r\n",
            "is-putty-key",
        ),
    ]
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

fn keystores() -> Vec<Bad> {
    // As NSS and older Windows write it: BER with indefinite lengths.
    let indefinite = [
        &[0x30, 0x80, 0x02, 0x01, 0x03, 0x30, 0x80][..],
        &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01, 0xa0, 0x80, 0x24, 0x80],
        &[0; 64],
    ]
    .concat();
    vec![
        bad("PKCS#12 in BER", indefinite, "is-pkcs12"),
        bad(
            "PKCS#12 labelled private",
            pem_of("PRIVATE KEY", include_bytes!("../../fixtures/keys/throwaway-rsa-2048-a.p12")),
            "is-pkcs12",
        ),
        bad(
            "PKCS#12 as base64",
            base64_of(include_bytes!("../../fixtures/keys/throwaway-rsa-2048-a.p12")),
            "is-keystore-text",
        ),
        bad(
            "a Java keystore as base64",
            base64_of(include_bytes!("../../fixtures/keys/throwaway-rsa-2048-a.jks")),
            "is-keystore-text",
        ),
        bad("a certificate as base64", base64_of(&der_of(key!("ec-p256.certificate.pem"))), "is-certificate"),
        bad("a public key as base64", base64_of(&der_of(key!("rsa-2048-a.public.pem"))), "is-public-key"),
        bad("a secret key of GnuPG", vec![0x95, 0x07, 0x58, 0x04, 0x60, 0, 0, 0, 0x01], "is-pgp-key"),
        bad("a public key of GnuPG", vec![0x98, 0x33, 0x04, 0x60, 0, 0, 0, 0x16], "is-pgp-key"),
        bad("an encrypted PGP message", "-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----", "is-pgp-key"),
    ]
}

fn texts() -> Vec<Bad> {
    vec![
        bad("an age key", "# created: 2026-01-02\n# public key: age1x\nAGE-SECRET-KEY-1QQ", "is-age-key"),
        bad("an age recipient", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kudwqkrq", "is-age-key"),
        bad("a file of age", "age-encryption.org/v1\n-> X25519 a\n", "is-age-key"),
        bad("an armored file of age", pem_of("AGE ENCRYPTED FILE", b"age-encryption.org/v1"), "is-age-key"),
        bad("a minisign key", "untrusted comment: minisign encrypted secret key\nRWRTY0Iy", "is-minisign-key"),
        bad("a WireGuard connection", "[Interface]\nPrivateKey = yAnz5TF\nAddress = 10.0.0.2/32\n", "is-vpn-key"),
        bad(
            "an OpenVPN key",
            "#\n-----BEGIN OpenVPN Static key V1-----\n00\n-----END OpenVPN Static key V1-----",
            "is-vpn-key",
        ),
        bad("a Nebula key", pem_of("NEBULA X25519 PRIVATE KEY", &[7; 32]), "is-vpn-key"),
        bad("a kubeconfig", "apiVersion: v1\nclusters:\n- name: c\nkind: Config\nusers:\n- name: u\n", "is-kubeconfig"),
        bad(
            "a kubeconfig as JSON",
            r#"{"kind":"Config","clusters":[],"users":[{"user":{"token":"t"}}]}"#,
            "is-kubeconfig",
        ),
        bad("AWS credentials", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n", "is-aws-access-key"),
        bad("AWS's list of keys", "Access key ID,Secret access key\nAKIA,s\n", "is-aws-access-key"),
        bad("AWS's answer", r#"{"AccessKey":{"AccessKeyId":"AKIA","SecretAccessKey":"s"}}"#, "is-aws-access-key"),
        bad(
            "SAML metadata",
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="e"/>"#,
            "is-saml-metadata",
        ),
        bad("a private key of .NET", "<RSAKeyValue><Modulus>AQ==</Modulus><D>AQ==</D></RSAKeyValue>", "is-xml-key"),
        bad("a public key of .NET", "<RSAKeyValue><Modulus>AQ==</Modulus></RSAKeyValue>", "is-public-key"),
        bad("a token behind bearer", "bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "is-token"),
        bad("a token on three lines", "eyJhbGciOiJSUzI1NiJ9.\neyJzdWIiOiIxIn0.\nc2ln", "is-token"),
        bad("an error", r#"{"error":"unauthorized","message":"Sign in"}"#, "is-error-answer"),
        bad("a gateway's error", r#"{"code":5,"message":"Not Found","details":[]}"#, "is-error-answer"),
        bad("a token behind Bearer", "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "is-token"),
    ]
}

fn documents() -> Vec<Bad> {
    let mut tar = b"deploy-bot.json".to_vec();
    tar.resize(257, 0);
    tar.extend(b"ustar\x0000");
    let office = [&b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0"[..], &[0; 16], b"[Content_Types].xml"].concat();
    vec![
        bad("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), "is-document"),
        bad("rich text", r"{\rtf1\ansi -----BEGIN PRIVATE KEY-----\par }", "is-document"),
        bad("a workbook", office, "is-document"),
        bad("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0".to_vec(), "is-document"),
        bad("a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "is-picture"),
        bad("an SVG", r#"<svg xmlns="http://www.w3.org/2000/svg"></svg>"#, "is-picture"),
        bad("a tar archive", tar, "is-archive"),
        bad("a bzip2 archive", b"BZh91AY&SY\x01\x02\x03".to_vec(), "is-archive"),
        bad("a zstd archive", b"\x28\xb5\x2f\xfd\x04\0".to_vec(), "is-archive"),
        bad("a page behind a comment", "<!-- saved from url -->\n<html></html>", "is-web-page"),
        bad("a sign-in page", "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>", "is-web-page"),
    ]
}

fn cloud() -> Vec<Bad> {
    let apple = format!(
        r#"{{"key_id":"INVENTED01","issuer_id":"69a6de7e-0000-47e3","key":{},"duration":1200,"in_house":false}}"#,
        quoted(key!("ec-p256.pkcs8.pem"))
    );
    let yandex = format!(
        r#"{{"id":"aje1","service_account_id":"aje2","key_algorithm":"RSA_2048","private_key":{}}}"#,
        quoted(&format!(
            "PLEASE DO NOT REMOVE THIS LINE! Yandex.Cloud SA Key ID <aje1>\n{}",
            crate::bad_key_files::PKCS8
        ))
    );
    let firebase = r#"{"project_info":{"project_id":"tea"},"client":[{"api_key":[{"current_key":"AIza"}]}]}"#;
    let plist = r#"<?xml version="1.0"?><plist version="1.0"><dict><key>GOOGLE_APP_ID</key><string>1:2</string></dict></plist>"#;
    let adobe = r#"{"project":{"id":"1","workspace":{"details":{"credentials":[{"integration_type":"apikey"}]}}}}"#;
    let discovery = r#"{"issuer":"https://sso.acme.test","token_endpoint":"https://sso.acme.test/token"}"#;
    vec![
        bad("App Store Connect's key", apple, "is-app-store-connect-key"),
        bad("Yandex Cloud's key", yandex, "is-yandex-key"),
        bad("a Firebase app on Android", firebase, "is-firebase-app"),
        bad("a Firebase app on iOS", plist, "is-firebase-app"),
        bad("an Adobe project without a credential for servers", adobe, "is-adobe-project"),
        bad(
            "a service principal with a certificate",
            r#"{"appId":"1","fileWithCertAndPrivateKey":"/home/ada/tmp.pem","password":null,"tenant":"2"}"#,
            "is-azure-certificate-file",
        ),
        bad("a discovery document", discovery, "is-discovery"),
        bad(
            "JSON without anything secret",
            r#"{"name":"tea","dependencies":{"svelte":"5"}}"#,
            "json-without-credential",
        ),
        bad(
            "a type that nobody knows, and nothing secret",
            r#"{"type":"module","name":"tea"}"#,
            "json-without-credential",
        ),
        bad("a secret at an unknown place", r#"{"app":{"appSecret":"s3cret"}}"#, "json-unknown"),
        bad("a JWK without its type, on a curve", r#"{"crv":"P-256","x":"AQ","y":"AQ","d":"AQ"}"#, "member-missing"),
    ]
}

#[test]
fn adobes_project_gives_its_server_to_server_credential() {
    for before in [0, 1, 2] {
        let other = serde_json::json!({"id":"1","integration_type":"apikey","api_key":{"client_id":"public"}});
        let mut credentials = vec![other; before];
        credentials.push(serde_json::json!({
            "id": "271717",
            "name": "Tea S2S",
            "integration_type": "oauth_server_to_server",
            "oauth_server_to_server": { "client_id": "0a1b2c", "client_secrets": ["p8e-invented"], "scopes": ["openid"] },
        }));
        let project = serde_json::json!({"project":{"workspace":{"details":{"credentials":credentials}}}});
        let file = crate::bad_key_files::parse(project.to_string().as_bytes(), None).expect("known");
        assert_eq!((file.client_id.as_deref(), file.name.as_deref()), (Some("0a1b2c"), Some("Tea S2S")));
        let Material::ClientSecret(secret) = file.material else { panic!("it holds a secret") };
        assert_eq!(secret.expose(), "p8e-invented");
    }
}

#[test]
fn an_app_made_from_a_manifest_gives_its_key_and_not_its_client_secret() {
    let answer = serde_json::json!({
        "id": 1, "slug": "night-bot", "name": "Night bot", "client_id": "Iv23invented", "client_secret": "s3cret",
        "webhook_secret": "s3cret", "pem": crate::bad_key_files::PKCS1,
    });
    let file = crate::bad_key_files::parse(answer.to_string().as_bytes(), None).expect("known");
    assert_eq!(file.key().expect("a key").facts().thumbprint, crate::bad_key_files::THUMBPRINT);
    assert_eq!((file.user_id.as_deref(), file.name.as_deref()), (Some("Iv23invented"), Some("Night bot")));
    assert_eq!(file.makers[0].0, "github-app");
}

#[test]
fn only_json_with_a_credential_in_it_is_offered_to_be_described() {
    for (json, next) in [
        (r#"{"robot":{"appSecret":"s3cret"}}"#, NextStep::DescribeFile),
        (r#"{"type":"robot","token":"t0ken"}"#, NextStep::DescribeFile),
        (r#"{"robot":{"name":"tea"}}"#, NextStep::None),
        (r#"{"type":"robot","name":"tea"}"#, NextStep::None),
        (r#"{"project_info":{},"client":[]}"#, NextStep::None),
    ] {
        let error = Error::from(crate::bad_key_files::parse(json.as_bytes(), None).expect_err(json));
        assert_eq!(error.problem().next, next, "{json}");
    }
}

fn frames() -> Vec<Bad> {
    let dashes = |text: &str| text.replace("-----", "—–");
    vec![
        bad("a certificate with changed dashes", dashes(key!("rsa-2048-a.certificate.pem")), "is-certificate"),
        bad("half a key with changed dashes", dashes(&crate::bad_key_files::PKCS8[..900]), "pem-truncated"),
        bad(
            "an encrypted key with changed dashes",
            dashes(key!("rsa-2048-a.encrypted-aes256.pem")),
            "passphrase-needed",
        ),
        bad("a thousand frames without dashes", "BEGIN KEY\nEND KEY\n".repeat(1_000), "not-a-key-file"),
        bad("a quarter megabyte of frames without ends", "BEGIN PRIVATE KEY\n".repeat(14_000), "pem-truncated"),
        bad("a quarter megabyte of capitals", "END BEGIN ".repeat(26_000), "not-a-key-file"),
        bad("a quarter megabyte of dashes", format!("{}END KEY", "—".repeat(80_000)), "not-a-key-file"),
    ]
}
