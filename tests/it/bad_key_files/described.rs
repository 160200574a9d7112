//! Files that the user's own profile describes: what is read from where, and the errors for files that don't contain
//! it.

use mintage_core::key_file::{self, KeyFile, KeyFileError};
use mintage_core::provider::{Provider, built_in, file};
use mintage_core::secret::Secret;
use serde_json::{Value, json};

use crate::bad_key_files::bad_shapes::{cut, set};
use crate::bad_key_files::shapes::{BOX, GOOGLE, JWK, STACKIT, ZITADEL_SERVICE_ACCOUNT, told};
use crate::bad_key_files::{PASSPHRASE, PKCS8, der_of, key};

/// A profile with one rule with these members.
pub(crate) fn profile(id: &str, rule: &str) -> Provider {
    let text = format!(
        "id = \"{id}\"\nname = \"{id}\"\nreadyToken = \"bearer\"\n[endpoints]\ntoken = \"{{base}}/token\"\n\
         [privateKey]\nwithClientSecret = true\nalgorithms = [\"RS256\", \"ES256\"]\n[clientSecret]\n\
         [[keyFiles.rules]]\nname = \"{id} key\"\n{rule}\n"
    );
    file::read(&text).unwrap_or_else(|error| panic!("{rule}: {error}"))
}

fn acme() -> Provider {
    profile(
        "acme",
        r#"
        matches = { "/kind" = "acme-robot", "/robot" = "" }
        privateKey = "/robot/signing_key"
        userId = "/robot/id"
        clientId = "{/robot/id}@{/tenant}"
        keyId = "/robot/keys/0/kid"
        issuer = "https://{/tenant}.acme.test"
        audience = "/robot/audience"
        tokenEndpoint = "/endpoints/token~1v2"
        expiresAt = "/robot/expires"
        suggestedName = "/robot/mail"
        optional = ["audience", "tokenEndpoint"]
        "#,
    )
}

/// Everything that [`acme`] describes.
fn robot() -> String {
    json!({
        "kind": "acme-robot",
        "tenant": "tea-shop",
        "robot": {
            "id": 36_893_488_147_u64,
            "mail": "nightly@acme.test",
            "signing_key": PKCS8,
            "keys": [{ "kid": "k-1" }],
            "audience": "acme-api",
            "expires": 1_925_276_889,
        },
        "endpoints": { "token/v2": "https://tea-shop.acme.test/v2/token" },
    })
    .to_string()
}

fn parse(text: &str, own: &Provider) -> Result<KeyFile, KeyFileError> {
    let all: Vec<Provider> = std::iter::once(own).chain(built_in()).cloned().collect();
    key_file::parse(text.as_bytes(), None, &all)
}

/// The code of what is wrong with the file, whichever rule reports it.
fn code_of(error: &KeyFileError) -> &'static str {
    match error {
        KeyFileError::RuleUnfit { differs, .. } => differs.code(),
        other => other.code(),
    }
}

fn check(name: &str, text: &str, own: &Provider, expected: &[&str]) {
    let file = parse(text, own).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(told(&file), expected.join("\n"), "{name}");
}

#[test]
fn everything_is_read_from_where_the_rule_says() {
    let acme = acme();
    let robot = robot();
    let whole = [
        "acme key",
        "name nightly",
        "user 36893488147",
        "client 36893488147@tea-shop",
        "kid k-1",
        "issuer https://tea-shop.acme.test",
        "audience acme-api",
        "endpoint https://tea-shop.acme.test/v2/token",
        "expires 2031-01-04T07:08:09Z",
        "the key",
    ];
    check("a whole file", &robot, &acme, &whole);
    check("the same in another spelling", &robot.replace("signing_key", "signingKey"), &acme, &whole);
    check("a file in an editor's clothes", &format!("\u{feff}\r\n{robot}\r\n"), &acme, &whole);
    let file = parse(&robot, &acme).expect("good");
    assert_eq!(file.makers, std::slice::from_ref(&acme.id), "whose file it is");

    let without = |pointer: &str| cut(&robot, pointer);
    let less = |lacks: &[&str]| whole.into_iter().filter(|line| !lacks.contains(line)).collect::<Vec<_>>();
    check("without what is optional", &without("/robot/audience"), &acme, &less(&["audience acme-api"]));
    check("without an end", &without("/robot/expires"), &acme, &less(&["expires 2031-01-04T07:08:09Z"]));
    check("without a name", &without("/robot/mail"), &acme, &less(&["name nightly"]));
    let endpoint = "endpoint https://tea-shop.acme.test/v2/token";
    check("with null on the way", &set(&robot, "/endpoints", json!(null)), &acme, &less(&[endpoint]));
    let never = set(&robot, "/robot/expires", json!(0));
    check("with an end that never comes", &never, &acme, &less(&["expires 2031-01-04T07:08:09Z"]));
}

#[test]
fn what_a_file_lacks_or_holds_instead_is_named_by_its_path() {
    let (acme, robot) = (acme(), robot());
    let with = |pointer: &str, value: Value| set(&robot, pointer, value);
    for (text, code, names) in [
        (cut(&robot, "/robot/id"), "member-missing", "`robot.id`"),
        (cut(&robot, "/tenant"), "member-missing", "`tenant`"),
        (cut(&robot, "/robot/signing_key"), "member-missing", "`robot.signing_key`"),
        (with("/robot/keys", json!([])), "member-missing", "`robot.keys.0.kid`"),
        (with("/robot/keys", json!("none")), "member-not-object", "`robot.keys`"),
        (with("/robot", json!(true)), "member-not-object", "`robot`"),
        (with("/robot/id", json!(["x"])), "member-not-text", "`robot.id`"),
        (with("/robot/id", json!("")), "member-empty", "`robot.id`"),
        (with("/robot/id", json!("a b")), "id-invalid", "`robot.id`"),
        (with("/robot/id", json!(-1)), "id-invalid", "`robot.id`"),
        (with("/tenant", json!("evil.test/?x=")), "address-invalid", "`tenant`"),
        (with("/endpoints/token~1v2", json!("http://acme.test")), "address-invalid", "`endpoints.token/v2`"),
        (with("/robot/expires", json!("soon")), "expiration-invalid", "`robot.expires`"),
        (with("/robot/signing_key", json!("see the vault")), "pem-unframed", ""),
        (with("/robot/signing_key", json!(key!("ed25519.pkcs8.pem"))), "algorithm-not-taken", "RS256, ES256"),
        (robot.replace("\"mail\"", "\"signingKey\""), "member-twice", "`signing"),
        (with("/kind", json!("acme-human")), "json-unknown", ""),
    ] {
        let error = match parse(&text, &acme) {
            Ok(file) => panic!("{names}: it was read as {}", told(&file)),
            Err(error) => error,
        };
        assert_eq!(code_of(&error), code, "{names}: {error}");
        assert_eq!(error.to_string().contains("`acme key`"), code != "json-unknown", "{names}: {error}");
        assert!(error.to_string().contains(names), "{names}: {error}");
    }
}

#[test]
fn a_key_is_read_in_every_encoding_and_with_what_goes_along() {
    use base64::Engine;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    let bytes = der_of(PKCS8);
    let der = BASE64_STANDARD.encode(&bytes);
    let jwk: Value = serde_json::from_str(JWK).expect("a fixture");
    let kid = format!("kid {}", jwk["kid"].as_str().expect("it has one"));
    let encoded = |encoding: &str| {
        profile(
            "acme",
            &format!("matches = {{ \"/acme\" = \"\" }}\nprivateKey = \"/acme\"\nkeyEncoding = \"{encoding}\""),
        )
    };
    for (name, encoding, value) in [
        ("base64 of a PEM", "base64", json!(BASE64_STANDARD.encode(PKCS8))),
        ("base64 of its DER", "base64", json!(der)),
        ("base64url of its DER", "base64", json!(BASE64_URL_SAFE_NO_PAD.encode(&bytes))),
        ("base64 with line ends", "base64", json!(der.replacen('A', "\r\nA", 9))),
        ("a PEM anyway", "base64", json!(PKCS8)),
    ] {
        check(name, &json!({ "acme": value }).to_string(), &encoded(encoding), &["acme key", "the key"]);
    }
    for (name, value) in [("a JWK", jwk.clone()), ("a JWK as text", json!(JWK))] {
        check(name, &json!({ "acme": value }).to_string(), &encoded("jwk"), &["acme key", &kid, "the key"]);
    }
    for (encoding, value, code) in [
        ("base64", json!("not base64 at all!"), "pem-invalid"),
        ("base64", json!(BASE64_STANDARD.encode("no key")), "key-broken"),
        ("jwk", json!("not JSON"), "member-not-object"),
        ("jwk", json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }), "is-public-jwk"),
        ("jwk", json!(7), "member-not-text"),
        ("pem", json!(der), "pem-unframed"),
    ] {
        let error = parse(&json!({ "acme": value }).to_string(), &encoded(encoding)).expect_err(code);
        assert_eq!(code_of(&error), code, "{value}: {error}");
    }

    let sealed = profile(
        "acme",
        "matches = { \"/acme\" = \"\" }\nprivateKey = \"/acme\"\npassphrase = \"/pass\"\nclientSecret = \"/with\"",
    );
    let file = |pass: Value| {
        json!({ "acme": key!("rsa-2048-a.encrypted-aes256.pem"), "pass": pass, "with": "shh" }).to_string()
    };
    check(
        "an encrypted key and its passphrase",
        &file(json!(PASSPHRASE)),
        &sealed,
        &["acme key", "with shh", "the key"],
    );
    let error = parse(&file(json!(null)), &sealed).expect_err("without its passphrase");
    assert_eq!(error.code(), "passphrase-needed");
    let typed = key_file::parse(file(json!(null)).as_bytes(), Some(&Secret::new(PASSPHRASE.into())), &[sealed]);
    assert_eq!(told(&typed.expect("typed")), "acme key\nwith shh\nthe key");
}

#[test]
fn secrets_and_ready_tokens_are_described_as_well() {
    let secret =
        profile("acme", "matches = { \"/acme\" = \"\" }\nclientSecret = \"/acme/secret\"\nclientId = \"/acme/id\"");
    check(
        "a client secret",
        r#"{"acme":{"id":"c-1","secret":"shh"}}"#,
        &secret,
        &["acme key", "client c-1", "secret shh"],
    );
    let token = profile("acme", "matches = { \"/acme\" = \"\" }\nreadyToken = \"/acme\"");
    check("a ready-made token", r#"{"acme":"tok"}"#, &token, &["acme key", "token tok"]);
}

/// The code of the error for the text by the rules of these profiles alone.
fn refused(text: &str, providers: &[Provider]) -> String {
    match key_file::parse(text.as_bytes(), None, providers) {
        Ok(file) => panic!("it was read as {}", told(&file)),
        Err(error) => code_of(&error).to_owned(),
    }
}

#[test]
fn a_passphrase_is_asked_for_whatever_else_could_be_read() {
    let both =
        profile("both", "matches = { \"/key\" = \"\" }\nprivateKey = \"/key\"\nclientSecret = \"/client_secret\"");
    let secret = profile("secret", "matches = { \"/key\" = \"\" }\nclientSecret = \"/client_secret\"");
    let with = |key: &str| json!({ "client_id": "c", "client_secret": "s", "key": key }).to_string();
    let sealed = with(key!("rsa-2048-a.encrypted-aes256.pem"));
    assert_eq!(refused(&sealed, std::slice::from_ref(&both)), "passphrase-needed");
    assert_eq!(refused(&sealed, &[both.clone(), secret]), "passphrase-needed");
    // What the rule can't use isn't a client secret because of that.
    assert_eq!(refused(&with(key!("rsa-1024.pkcs8.pem")), &[both]), "key-too-small");

    let sloppy = profile("sloppy", "matches = { \"/boxAppSettings\" = \"\" }\nprivateKey = \"/nope\"");
    let all: Vec<Provider> = std::iter::once(&sloppy).chain(built_in()).cloned().collect();
    let file = cut(BOX, "/boxAppSettings/appAuth/passphrase");
    assert_eq!(refused(&file, &all), "passphrase-needed");
    let read = parse(BOX, &sloppy).expect("the built-in rule reads it");
    let makers: Vec<&str> = read.makers.iter().map(|id| id.0.as_str()).collect();
    assert_eq!(makers, ["box"], "a profile that cannot read a file is not its maker");
}

#[test]
fn all_rules_of_a_profile_are_tried() {
    let rule = |at: &str| {
        format!("[[keyFiles.rules]]\nname = \"n\"\nmatches = {{ \"/acme\" = \"\" }}\nprivateKey = \"{at}\"\n")
    };
    let several = format!("matches = {{ \"/acme\" = \"\" }}\nprivateKey = \"/rsa\"\n{}", rule("/ec"));
    let file = json!({ "acme": 1, "ec": PKCS8 }).to_string();
    check("by the second rule", &file, &profile("acme", &several), &["n", "the key"]);
}

#[test]
fn nothing_private_is_read_as_anything_else() {
    let rule = |members: &str| profile("greedy", &format!("matches = {{ \"/kty\" = \"\" }}\n{members}"));
    for members in
        ["clientSecret = \"/d\"", "privateKey = \"/x\"\nuserId = \"/d\"", "privateKey = \"/x\"\nkeyId = \"/q\""]
    {
        assert_eq!(refused(JWK, &[rule(members)]), "secret-invalid", "{members}");
    }
    let named = rule("privateKey = \"/x\"\nsuggestedName = \"/d\"");
    let mut jwk: Value = serde_json::from_str(JWK).expect("a fixture");
    jwk["x"] = json!(PKCS8);
    let file = key_file::parse(jwk.to_string().as_bytes(), None, &[named]).expect("it is read");
    assert_eq!(file.name, None);

    let whole = profile("greedy", "matches = { \"/acme\" = \"\" }\nclientSecret = \"/acme\"");
    let fact = profile("greedy", "matches = { \"/acme\" = \"\" }\nclientSecret = \"/s\"\nuserId = \"/acme\"");
    let bare = |pem: &str| pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    for (name, value) in [
        ("an EC key without its frame", bare(key!("ec-p256.pkcs8.pem"))),
        ("an Ed25519 key without its frame", bare(key!("ed25519.pkcs8.pem"))),
        ("a key that is too small to sign with", bare(key!("rsa-1024.pkcs8.pem"))),
        ("a key that Mintage does not sign with", bare(key!("ec-p521.pkcs8.pem"))),
        ("a key with escaped line ends", bare(PKCS8).replacen('A', "\\nA", 5)),
        ("a JWK as text", key!("ec-p256.jwk.json").split_whitespace().collect()),
        ("a JWK as base64", base64(key!("ec-p256.jwk.json"))),
        ("a PEM as base64", base64(&format!("\n{}", key!("ec-p256.pkcs8.pem")))),
    ] {
        let file = json!({ "acme": value, "s": "shh" }).to_string();
        assert_eq!(refused(&file, std::slice::from_ref(&whole)), "secret-invalid", "{name}");
        assert_eq!(refused(&file, std::slice::from_ref(&fact)), "id-invalid", "{name}");
        assert_eq!(key_file::alone(false, &Secret::new(value)).expect_err(name).code(), "secret-is-private-key");
    }
    let secret = json!({ "acme": "MIIsNotAKey+but/a=secret", "s": "shh" }).to_string();
    key_file::parse(secret.as_bytes(), None, &[whole]).expect("what only begins like a key is a secret");
}

#[test]
fn no_rule_takes_a_private_key_for_a_secret_to_send() {
    let greedy = profile("acme", "matches = { \"/type\" = \"service_account\" }\nclientSecret = \"/private_key\"");
    let file = parse(GOOGLE, &greedy).expect("the built-in rule reads it");
    assert_eq!(file.described.as_deref(), Some("Service-account key file (Google)"));
    let error =
        key_file::parse(GOOGLE.as_bytes(), None, std::slice::from_ref(&greedy)).expect_err("a key is no secret");
    assert_eq!(code_of(&error), "secret-invalid");
}

#[test]
fn a_profile_of_ones_own_goes_before_what_is_built_in_where_it_can_read_the_file() {
    let mine = profile(
        "mine",
        "matches = { \"/credentials\" = \"\" }\nprivateKey = \"/credentials/privateKey\"\nuserId = \"/credentials/iss\"",
    );
    let file = parse(STACKIT, &mine).expect("both can");
    assert_eq!(file.described.as_deref(), Some("mine key"));
    let makers: Vec<&str> = file.makers.iter().map(|id| id.0.as_str()).collect();
    assert_eq!(makers, ["mine", "stackit"]);

    let sloppy = profile("sloppy", "matches = { \"/key\" = \"\" }\nprivateKey = \"/key\"\nuserId = \"/robot\"");
    let file = parse(ZITADEL_SERVICE_ACCOUNT, &sloppy).expect("what can read it is right");
    assert_eq!(file.described, None);
    let makers = |file: &KeyFile| file.makers.iter().map(|id| id.0.clone()).collect::<Vec<_>>();
    assert_eq!(makers(&file), ["zitadel-cloud", "zitadel", "zitadel-2021"]);

    let theirs =
        profile("theirs", "matches = { \"/type\" = \"serviceaccount\" }\nprivateKey = \"/key\"\nuserId = \"/userId\"");
    let file = parse(ZITADEL_SERVICE_ACCOUNT, &theirs).expect("it can");
    assert_eq!(makers(&file), ["theirs", "zitadel-cloud", "zitadel", "zitadel-2021"], "still ZITADEL's shape");
}
