//! Key files in whatever people and tools pack them in: exactly one is found with everything it says; if there are
//! several, none is used.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use mintage_core::key_file::{KeyFile, KeyFileError};
use serde_json::{Value, json};

use crate::bad_key_files::shapes::{CLIENT, FRONTIER_SECRET, GOOGLE, STACKIT, ZITADEL_SERVICE_ACCOUNT, told};
use crate::bad_key_files::{PKCS8, key, parse, quoted};

/// As small as the stack of a thread may be.
const SMALL_STACK: usize = 256 * 1024;

fn base64(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

/// One line, as tools write JSON into a string.
fn compact(file: &str) -> String {
    serde_json::from_str::<Value>(file).expect("fixture").to_string()
}

fn pretty(file: &str) -> String {
    serde_json::to_string_pretty(&serde_json::from_str::<Value>(file).expect("fixture")).expect("text")
}

fn read(name: &str, text: &str) -> KeyFile {
    parse(text.as_bytes(), None).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
}

fn secret_of(data: &Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": { "name": "night-bot" }, "data": data })
}

/// The text escaped once more, without the quotes around it.
fn escaped(text: &str) -> String {
    let quoted = quoted(text);
    quoted[1..quoted.len() - 1].to_owned()
}

/// Each way to pack a file, and whether it gives the file a name.
fn ways(file: &str) -> Vec<(&'static str, String, bool)> {
    let (line, lines) = (compact(file), pretty(file));
    let indented = lines.replace('\n', "\n    ");
    let plain = |name: &'static str, text: String| (name, text, false);
    let named = |name: &'static str, text: String| (name, text, true);
    vec![
        plain("as a JSON string", quoted(&line)),
        plain("as a JSON string, twice", quoted(&quoted(&lines))),
        plain("with escaped quotes", escaped(&line)),
        plain("with escaped quotes on several lines", escaped(&lines)),
        plain("escaped three times", escaped(&escaped(&escaped(&lines)))),
        plain("with its quotes escaped alone", line.replace('"', "\\\"")),
        plain("in single quotes", format!("'{line}'\n")),
        plain("as Python prints bytes", format!("b'{}'", line.replace('\\', "\\\\"))),
        plain("as base64", base64(&line)),
        plain("as base64url", BASE64_URL_SAFE_NO_PAD.encode(&lines)),
        plain("as base64 in lines of 76", base64(&lines).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join("\r\n")),
        plain("as base64 of base64", base64(&base64(&line))),
        plain("as a data URI", format!("data:application/json;base64,{}", base64(&line))),
        plain("as base64 of a JSON string", base64(&quoted(&line))),
        plain("in a list", format!("[{line}]")),
        plain("after another document", format!("{{\"note\":1}}\n{line}\n")),
        plain("in .env, bare", format!("A=1\nKEY={line}\nB=2\n")),
        plain("in .env, in single quotes", format!("# keys\nKEY='{line}'\nB=2\n")),
        plain("in .env, in double quotes", format!("KEY={}\nB=2\n", quoted(&line))),
        plain("in .env, escaped twice", format!("KEY=\"{}\"\n", escaped(&escaped(&line)))),
        plain("in .env, on several lines", format!("KEY='{lines}'\nB=2\n")),
        plain("in .env, on several lines without quotes", format!("KEY={lines}\nB=2\n")),
        plain("in .env as base64", format!("KEY={}\n", base64(&line))),
        plain("in .env as base64 in quotes", format!("export KEY=\"{}\"\r\n", base64(&line))),
        plain("in a shell script", format!("#!/bin/sh\nset -e\nexport KEY='{line}'\nrun\n")),
        plain("in PowerShell", format!("$env:KEY = '{line}'\r\n")),
        plain("in a Dockerfile", format!("FROM scratch\nENV KEY={}\n", base64(&line))),
        plain("in Compose", format!("services:\n  api:\n    environment:\n      KEY: '{line}'\n      PORT: 80\n")),
        plain("in Compose as a list", format!("services:\n  api:\n    environment:\n      - PORT=80\n      - KEY={line}\n")),
        plain("in a workflow", format!("jobs:\n  a:\n    env:\n      KEY: >-\n        {line}\n    steps:\n      - run: x\n")),
        plain("in GITHUB_ENV", format!("KEY<<EOF\n{lines}\nEOF\nB=2\n")),
        plain("in an INI file", format!("[keys]\nnight = {line}\n")),
        plain("in TOML", format!("[keys]\nnight = '''\n{lines}\n'''\n")),
        plain("in a log", format!("2026-01-02 INFO created {line}\n")),
        plain("in Markdown", format!("Hi,\n\n```json\n{lines}\n```\nthanks\n")),
        plain("in Vault's answer", json!({ "request_id": "1", "lease_id": "", "data": { "data": { "key": line }, "metadata": { "version": 1 } } }).to_string()),
        plain("in Vault's answer as an object", json!({ "data": { "data": serde_json::from_str::<Value>(file).expect("fixture") } }).to_string()),
        named("in AWS Secrets Manager", json!({ "ARN": "arn:aws:x", "Name": "prod/night-bot", "VersionId": "1", "SecretString": line }).to_string()),
        named("in AWS Secrets Manager, binary", json!({ "Name": "night-bot", "SecretBinary": base64(&lines) }).to_string()),
        plain("in gcloud's answer", json!({ "name": "projects/1/secrets/s/versions/1", "payload": { "data": base64(&line), "dataCrc32c": "1" } }).to_string()),
        plain("in Google's answer to a new key", json!({ "name": "k", "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE", "privateKeyData": base64(&lines) }).to_string()),
        plain("in terraform output -json", json!({ "url": { "sensitive": false, "type": "string", "value": "https://acme.test" }, "key": { "sensitive": true, "type": "string", "value": line } }).to_string()),
        plain("in terraform output", format!("key = <<EOT\n{lines}\nEOT\n")),
        plain("in Terraform's code", format!("locals {{\n  key = <<-EOT\n    {indented}\n  EOT\n  other = 1\n}}\n")),
        plain("in a Terraform state", json!({ "version": 4, "resources": [{ "mode": "managed", "type": "acme_key", "instances": [{ "attributes": { "id": "1", "key_details": line } }] }] }).to_string()),
        named("in a Kubernetes Secret", secret_of(&json!({ "key.json": base64(&lines), "url": base64("https://acme.test") })).to_string()),
        named("in a list of Secrets", json!({ "apiVersion": "v1", "kind": "List", "items": [secret_of(&json!({ "key.json": base64(&line) }))] }).to_string()),
        named("in a Secret as YAML", format!("apiVersion: v1\ndata:\n  key.json: {}\nkind: Secret\nmetadata:\n  name: night-bot\n  namespace: tea\ntype: Opaque\n", base64(&line))),
        named("in a Secret's stringData", format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: night-bot\nstringData:\n  key.json: |\n    {indented}\n")),
        named("in one of two manifests", format!("---\napiVersion: v1\nkind: Secret\nmetadata: \n  name: night-bot\ndata:\n  k: {}\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: api\n", base64(&line))),
        plain("in a password manager's note", json!({ "id": "1", "type": 2, "notes": line, "login": null }).to_string()),
        plain("in a password manager's field", json!({ "title": "bot", "fields": [{ "type": "STRING", "value": "bot" }, { "type": "CONCEALED", "value": line }] }).to_string()),
        plain("in another tool's JSON", json!({ "version": 3, "outputs": { "bot": { "key": line, "region": "eu" } } }).to_string()),
    ]
}

#[test]
fn a_key_file_is_read_out_of_everything_that_it_is_packed_in() {
    for (what, file) in [
        ("ZITADEL's", ZITADEL_SERVICE_ACCOUNT),
        ("Google's", GOOGLE),
        ("STACKIT's", STACKIT),
        ("Frontier's", FRONTIER_SECRET),
    ] {
        let bare = read(what, file);
        for (way, text, gives_name) in ways(file) {
            let name = format!("{what} {way}");
            let found = read(&name, &text);
            let named =
                KeyFile { name: bare.name.clone().or(gives_name.then(|| "night-bot".to_owned())), ..bare.clone() };
            assert_eq!(told(&found), told(&named), "{name}");
            assert_eq!(found.makers, bare.makers, "{name}");
        }
    }
}

#[test]
fn a_client_is_found_by_its_two_names_whatever_stands_before_them() {
    for (text, client, secret) in [
        ("CLIENT_ID=night-bot\nCLIENT_SECRET=s3cret\n", "night-bot", "s3cret"),
        ("AUTH0_DOMAIN=x.auth0.com\nAUTH0_CLIENT_ID=a\nAUTH0_CLIENT_SECRET='b c'\n", "a", "b c"),
        ("export OKTA_CLIENT_ID=\"a\"\nexport OKTA_CLIENT_SECRET=\"b\\\"c\\$d\"\n", "a", "b\"c$d"),
        ("[default]\nclient_id = a # the bot\nclient_secret = b\n", "a", "b"),
        (
            "spring:\n  security:\n    oauth2:\n      client:\n        registration:\n          okta:\n            client-id: a\n            client-secret: b\n",
            "a",
            "b",
        ),
        (
            "spring.security.oauth2.client.registration.okta.client-id=a\nspring.security.oauth2.client.registration.okta.client-secret=b\n",
            "a",
            "b",
        ),
        ("env:\n  - CLIENT_ID=a\n  - CLIENT_SECRET=b\n", "a", "b"),
        (
            "kind: Secret\napiVersion: v1\nmetadata:\n  name: x\ndata:\n  client-id: bmlnaHQtYm90Cg==\n  client-secret: czNjcmV0\n",
            "night-bot",
            "s3cret",
        ),
        (
            r#"{"apiVersion":"v1","kind":"Secret","data":{"CLIENT_ID":"bmlnaHQtYm90","CLIENT_SECRET":"czNjcmV0"}}"#,
            "night-bot",
            "s3cret",
        ),
        (
            r#"{"xsuaa":[{"label":"xsuaa","credentials":{"clientid":"a","clientsecret":"b","url":"https://acme.test"}}]}"#,
            "a",
            "b",
        ),
        (
            r#"{"bot":{"value":"{\"client_id\":\"a\",\"client_secret\":\"b\"}","sensitive":true,"type":"string"}}"#,
            "a",
            "b",
        ),
    ] {
        let file = read("a client", text);
        assert_eq!(file.client_id.as_deref(), Some(client), "{text}");
        assert!(told(&file).ends_with(&format!("secret {secret}")), "{text}: {}", told(&file));
    }
    let binding = r#"{"clientid":"a","clientsecret":"b","url":"https://tea.acme.test","uaadomain":"acme.test"}"#;
    assert_eq!(read("a binding", binding).token_endpoint.as_deref(), Some("https://tea.acme.test/oauth/token"));
    let okta = r#"{"client_id":"a","client_secret":"b","issuer":"https://x.okta.com/oauth2/default","token_uri":"https://x.okta.com/t"}"#;
    let file = read("a client with its server", okta);
    assert_eq!(file.issuer.as_deref(), Some("https://x.okta.com/oauth2/default"));
    assert_eq!(file.token_endpoint.as_deref(), Some("https://x.okta.com/t"));
}

#[test]
fn a_bare_key_is_taken_with_what_stands_beside_it() {
    let certificate = key!("rsa-2048-a.certificate.pem");
    let tls = secret_of(&json!({ "tls.key": base64(PKCS8), "tls.crt": base64(certificate) })).to_string();
    let file = read("a TLS Secret", &tls);
    assert!(file.certificate.is_some(), "the certificate beside the key");
    for (name, text) in [
        ("in .env", format!("BOT_USER_ID=4711\nBOT_KEY_ID=17\nBOT_KEY=\"{}\"\n", PKCS8.replace('\n', "\\n"))),
        ("in .env as base64", format!("USER_ID=4711\nKID=17\nKEY={}\n", base64(PKCS8))),
        (
            "in a Secret",
            secret_of(&json!({ "user-id": base64("4711"), "key-id": base64("17"), "pem": base64(PKCS8) })).to_string(),
        ),
        ("in Vault", json!({ "data": { "data": { "user_id": "4711", "key_id": "17", "pem": PKCS8 } } }).to_string()),
    ] {
        assert_eq!(told(&read(name, &text)), "pem\nuser 4711\nkid 17\nthe key", "{name}");
    }
    for text in [base64(PKCS8), base64(&base64(PKCS8)), format!("KEY={}\n", base64(PKCS8)), quoted(&base64(PKCS8))] {
        assert_eq!(told(&read("packed", &text)), "pem\nthe key");
    }
}

#[test]
fn of_several_credentials_none_is_taken_and_each_is_named() {
    let (zitadel, google) = (compact(ZITADEL_SERVICE_ACCOUNT), compact(GOOGLE));
    for (text, names) in [
        (format!("A_KEY='{zitadel}'\nB_KEY='{google}'\n"), &["`A_KEY`", "`B_KEY`"][..]),
        (format!("A_KEY='{zitadel}'\nB_KEY={}\n", base64(&google)), &["`A_KEY`", "`B_KEY`"]),
        (
            secret_of(&json!({ "a.json": base64(&zitadel), "tls.key": base64(PKCS8) })).to_string(),
            &["`data.a.json`", "`data.tls.key`"],
        ),
        (format!("{zitadel}\n{google}\n"), &["`item 1`", "`item 2`"]),
        (
            "A_CLIENT_ID=a\nA_CLIENT_SECRET=b\nC_CLIENT_ID=c\nC_CLIENT_SECRET=d\n".to_owned(),
            &["`A_CLIENT_SECRET`", "`C_CLIENT_SECRET`"],
        ),
        (
            json!({ "one": zitadel, "two": CLIENT, "three": google }).to_string(),
            &["3 credentials", "`one`, `three` and `two`"],
        ),
    ] {
        let error = parse(text.as_bytes(), None).map(|file| told(&file)).expect_err(&text);
        assert_eq!(error.code(), "several-credentials", "{error}");
        assert!(names.iter().all(|name| error.to_string().contains(name)), "{error}");
    }
}

/// The resulting code for a file on a thread with a small stack.
fn on_a_small_stack(text: String) -> String {
    let read = move || parse(text.as_bytes(), None).map_or_else(|error| error.code().to_owned(), |file| told(&file));
    std::thread::Builder::new().stack_size(SMALL_STACK).spawn(read).expect("a thread").join().expect("no panic")
}

#[test]
fn nests_of_wrappers_and_layers_end_without_the_stack() {
    let whole = told(&read("the file itself", ZITADEL_SERVICE_ACCOUNT));
    let wrapped = |file: &str, times: usize| format!("{}{file}{}", "{\"key\":".repeat(times), "}".repeat(times));
    let packed = |file: &str, times: usize| {
        (0..times).fold(file.to_owned(), |file, _| json!({ "keyDetails": base64(&file) }).to_string())
    };
    let nested = |times: usize| {
        (0..times).fold(ZITADEL_SERVICE_ACCOUNT.to_owned(), |file, _| {
            wrapped(&json!({ "keyDetails": base64(&file) }).to_string(), 40)
        })
    };
    for (text, expected) in [
        (wrapped(ZITADEL_SERVICE_ACCOUNT, 60), whole.as_str()),
        (wrapped("{}", 60), "json-without-credential"),
        (wrapped("1", 10_000), "json-too-deep"),
        (packed(ZITADEL_SERVICE_ACCOUNT, 2), &whole),
        (nested(2), &whole),
        (packed(ZITADEL_SERVICE_ACCOUNT, 9), "packed-too-deep"),
        (nested(9), "packed-too-deep"),
        ((0..9).fold(ZITADEL_SERVICE_ACCOUNT.to_owned(), |text, _| base64(&text)), "packed-too-deep"),
        ((0..7).fold("x".to_owned(), |text, _| quoted(&text)), "not-a-key-file"),
        ((0..12).fold("x".to_owned(), |text, _| quoted(&text)), "packed-too-deep"),
        (format!("{}1{}", "[".repeat(60), "]".repeat(60)), "not-a-key-file"),
        ("a:\n ".repeat(30_000), "member-twice"),
        ((0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(), "not-a-key-file"),
        ("- ".repeat(50_000), "not-a-key-file"),
        ((0..25_000).map(|at| format!("A{at}={{\n")).collect(), "not-a-key-file"),
        (
            vec![json!({ "a": [1] }); 9_000].iter().map(Value::to_string).collect::<Vec<_>>().join("\n"),
            "not-a-key-file",
        ),
    ] {
        assert_eq!(on_a_small_stack(text.clone()), expected, "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn what_is_no_key_file_in_a_wrapper_is_named() {
    for (text, code) in [
        (secret_of(&json!({ "url": base64("https://acme.test") })).to_string(), "is-kubernetes-secret"),
        ("apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n".to_owned(), "is-kubernetes-secret"),
        (
            json!({ "url": { "value": "https://acme.test", "sensitive": false, "type": "string" } }).to_string(),
            "is-terraform-value",
        ),
        (
            secret_of(&json!({ "adc.json": base64(r#"{"type":"authorized_user","refresh_token":"r"}"#) })).to_string(),
            "is-google-user",
        ),
        (format!("KEY={}\n", base64(r#"{"type":"authorized_user","refresh_token":"r"}"#)), "is-google-user"),
        (format!("KEY='{}'\n", compact(ZITADEL_SERVICE_ACCOUNT).replace("serviceaccount", "robot")), "type-unknown"),
        ("A=1\nB=2\n".to_owned(), "not-a-key-file"),
        (format!("Hi,\n{}\n", pretty(STACKIT).replacen("\"createdAt\"", "createdAt", 1)), "json-invalid"),
        (format!("KEY={}", &base64(ZITADEL_SERVICE_ACCOUNT)[..401]), "not-a-key-file"),
        ("A=1\nA=2\nCLIENT_ID=a\nCLIENT_SECRET=b\n".to_owned(), "member-twice"),
    ] {
        let error: KeyFileError = parse(text.as_bytes(), None).map(|file| told(&file)).expect_err(&text);
        assert_eq!(error.code(), code, "{text}: {error}");
    }
}
