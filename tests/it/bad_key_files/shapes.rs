//! Files of every shape in every spelling, and what each of them says.

use mintage_core::key_file::{KeyFile, Material};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::bad_key_files::bad::answer;
use crate::bad_key_files::bad_jwks::chain;
use crate::bad_key_files::bad_shapes::{add, cut, set};
use crate::bad_key_files::{PASSPHRASE, PKCS1, PKCS8, THUMBPRINT, key, parse};

/// Reads a fixture file.
macro_rules! file {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/files/", $name))
    };
}

pub(crate) const ZITADEL_SERVICE_ACCOUNT: &str = file!("zitadel-service-account.json");
pub(crate) const ZITADEL_APPLICATION: &str = file!("zitadel-application.json");
pub(crate) const FRONTIER_KEY: &str = file!("frontier-key.json");
pub(crate) const FRONTIER_SECRET: &str = file!("frontier-secret.json");
pub(crate) const FRONTIER_TOKEN: &str = file!("frontier-token.json");
pub(crate) const GOOGLE: &str = file!("google-service-account.json");
pub(crate) const BOX: &str = file!("box-settings.json");
pub(crate) const KEYCLOAK: &str = file!("keycloak.json");
pub(crate) const STACKIT: &str = file!("stackit-key.json");
pub(crate) const JWK: &str = file!("jwk.json");
pub(crate) const JWK_SET: &str = file!("jwk-set.json");
pub(crate) const CLIENT: &str = file!("client-secret.json");
pub(crate) const CERTIFIED: &str = file!("key-and-certificate.pem");

/// `x5t#S256` of `throwaway-rsa-2048-a.certificate`, as computed by another program.
const CERTIFICATE: &str = "JiidEEmkeENMpTFyN4DMvY5YWRqnlMUpYZuqrRFnktw";

/// Everything that a file says, one fact per line; for the key only whether it is the right one.
pub(crate) fn told(file: &KeyFile) -> String {
    let shape = serde_json::to_value(file.shape).expect("a word");
    let shape = file.described.as_deref().or(shape.as_str());
    let mut lines = vec![shape.expect("a word").to_owned()];
    let expires = file.expires_at.map(|at| at.format(&Rfc3339).expect("a time"));
    let facts = [
        ("name", &file.name),
        ("user", &file.user_id),
        ("client", &file.client_id),
        ("kid", &file.key_id),
        ("issuer", &file.issuer),
        ("audience", &file.audience),
        ("endpoint", &file.token_endpoint),
        ("expires", &expires),
        ("certificate", &file.certificate),
    ];
    lines.extend(facts.into_iter().filter_map(|(name, fact)| Some(format!("{name} {}", fact.as_deref()?))));
    lines.extend(file.client_secret.as_ref().map(|secret| format!("with {}", secret.expose())));
    lines.push(match &file.material {
        Material::PrivateKey(key) if key.facts().thumbprint == THUMBPRINT => "the key".to_owned(),
        Material::PrivateKey(key) => format!("another key: {}", key.facts().thumbprint),
        Material::ClientSecret(secret) => format!("secret {}", secret.expose()),
        Material::ReadyToken(token) => format!("token {}", token.expose()),
    });
    lines.join("\n")
}

fn check(name: &str, bytes: &str, expected: &[&str]) {
    let file = parse(bytes.as_bytes(), None).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(told(&file), expected.join("\n"), "{name}");
}

/// The file with every member's name changed.
fn renamed(file: &str, rename: fn(&str) -> String) -> String {
    fn walk(value: Value, rename: fn(&str) -> String) -> Value {
        match value {
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (rename(&name), walk(value, rename))).collect()
            }
            Value::Array(items) => items.into_iter().map(|item| walk(item, rename)).collect(),
            other => other,
        }
    }
    walk(serde_json::from_str(file).expect("fixture"), rename).to_string()
}

/// `clientID` and `clientId` become `client_id`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.replace("ID", "Id").char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `client_id` becomes `clientId`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().replace("ID", "Id");
    words.fold(first, |out, word| out + &word[..1].to_uppercase() + &word[1..])
}

/// A file in both spellings, on one line, with a byte order mark, with CRLF, and after a variable's name.
fn clothes(file: &str) -> Vec<(&'static str, String)> {
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(file).expect("fixture")).expect("text");
    vec![
        ("as it is", file.to_owned()),
        ("in snake case", renamed(file, snake)),
        ("in camel case", renamed(file, camel)),
        ("pretty-printed with CRLF", pretty.replace('\n', "\r\n")),
        ("with a byte order mark", format!("\u{feff}{file}\n")),
    ]
}

fn check_all(name: &str, file: &str, expected: &[&str]) {
    for (clothes, file) in clothes(file) {
        check(&format!("{name} {clothes}"), &file, expected);
    }
}

/// What is inside a wrapper.
fn bare(file: &str, wrapper: &str) -> String {
    serde_json::from_str::<Value>(file).expect("fixture")[wrapper].to_string()
}

#[test]
fn zitadels_files_tell_their_ids_and_expiration() {
    let expires = "expires 2031-05-06T07:08:09Z";
    let user = ["zitadel-service-account", "user 100509901696068329", "kid 100509901696068330", expires, "the key"];
    check_all("a service account", ZITADEL_SERVICE_ACCOUNT, &user);
    check("a service account, PKCS#8", &set(ZITADEL_SERVICE_ACCOUNT, "/key", json!(PKCS8)), &user);
    check(
        "a service account with its certificate",
        &set(ZITADEL_SERVICE_ACCOUNT, "/key", json!(CERTIFIED)),
        &[user[0], user[1], user[2], user[3], &format!("certificate {CERTIFICATE}"), "the key"],
    );

    check("a service account as v1 answers", &answer(ZITADEL_SERVICE_ACCOUNT), &user);
    check(
        "a service account as v2 answers",
        &answer(ZITADEL_SERVICE_ACCOUNT).replace("keyDetails", "keyContent"),
        &user,
    );

    let client = "client 100509901696068333@tea_shop";
    let kid = "kid 100509901696068331";
    let application = ["zitadel-application", "name tea_shop", client, kid, "the key"];
    check_all("an application", ZITADEL_APPLICATION, &application);
    check("an application before 2021-05", &ZITADEL_APPLICATION.replace("clientId", "clientID"), &application);
    check("an application behind a variable's name", &format!("KEY='{ZITADEL_APPLICATION}'"), &application);
    check("an application without its app id", &cut(ZITADEL_APPLICATION, "/appId"), &application);
    check(
        "an application of today",
        &set(ZITADEL_APPLICATION, "/clientId", json!("100509901696068333")),
        &["zitadel-application", "client 100509901696068333", kid, "the key"],
    );
    check(
        "an application that expires",
        &add(ZITADEL_APPLICATION, "/expirationDate", json!("2031-05-06T09:08:09+02:00")),
        &["zitadel-application", "name tea_shop", client, kid, expires, "the key"],
    );
}

#[test]
fn frontiers_credentials_are_read_wrapped_and_bare() {
    let kid = "kid 6f0dcd1b-6ac5-4b0e-9d2c-3f1f8a4e7b55";
    let user = "user 0c8a2b9e-51e4-4f3b-8d0e-2a7d9c1f4e66";
    let key = ["frontier-key", user, kid, "the key"];
    check_all("a key, wrapped", FRONTIER_KEY, &key);
    check_all("a key, bare", &bare(FRONTIER_KEY, "key"), &key);
    check("a key without its type", &cut(FRONTIER_KEY, "/key/type"), &key);
    check("a key, PKCS#1", &set(FRONTIER_KEY, "/key/private_key", json!(PKCS1)), &key);
    let beside = json!({ "id": "0c8a2b9e-51e4-4f3b-8d0e-2a7d9c1f4e66", "title": "importer" });
    check(
        "a key beside its user",
        &add(FRONTIER_KEY, "/serviceuser", beside.clone()),
        &["frontier-key", "name importer", user, kid, "the key"],
    );
    check("a key beside nothing", &add(FRONTIER_KEY, "/serviceuser", json!(null)), &key);

    let id = "client b5a1e0d2-7c43-4a8e-9b1f-6d2c3e4f5a70";
    let value = "secret Hq7+Zr2/Vn8kTw3YpLx5Mb9CsFd1Jg6RaE4uQtNoKiW";
    let secret = ["frontier-secret", "name nightly import", id, value];
    check_all("a secret, wrapped", FRONTIER_SECRET, &secret);
    check_all("a secret, bare", &bare(FRONTIER_SECRET, "secret"), &secret);
    check("a secret without title", &cut(FRONTIER_SECRET, "/secret/title"), &["frontier-secret", id, value]);
    check(
        "a secret beside its user",
        &add(FRONTIER_SECRET, "/serviceuser", beside),
        &["frontier-secret", "name importer", user, id, value],
    );

    let token = [
        "frontier-token",
        "name nightly import",
        "client d7e3f1a4-2b65-4c90-8e2a-7f4d5c6b8a91",
        "token pT4+Lk9/Xc2mWv7RzNb6Qs1DfHg8JyAaE5uItOoKiUe",
    ];
    check_all("a token, wrapped", FRONTIER_TOKEN, &token);
    check_all("a token, bare", &bare(FRONTIER_TOKEN, "token"), &token);
}

#[test]
fn googles_file_tells_where_to_ask_and_whom_to_address() {
    let expected = [
        "Service-account key file (Google)",
        "name nightly-import",
        "user nightly-import@tea-shop-421907.iam.gserviceaccount.com",
        "kid 3f5a9c0d7e1b2468ace013579bdf02468ace1357",
        "audience https://oauth2.googleapis.com/token",
        "endpoint https://oauth2.googleapis.com/token",
        "the key",
    ];
    check_all("a service account", GOOGLE, &expected);
    let local = set(GOOGLE, "/token_uri", json!("http://127.0.0.1:8085/token"));
    check(
        "a service account of an emulator",
        &local,
        &[
            expected[0],
            expected[1],
            expected[2],
            expected[3],
            "audience http://127.0.0.1:8085/token",
            "endpoint http://127.0.0.1:8085/token",
            "the key",
        ],
    );
}

#[test]
fn boxs_settings_open_their_own_key() {
    let expected = [
        "Application settings (Box)",
        "user 987654321",
        "client k3v9x1c7b5n2m8q4w6e0r3t5y7u1i9o2",
        "kid v7k2m9xq",
        "with Zx81CvBn72MqWe63RtYu54IoPl45KjHg",
        "the key",
    ];
    check_all("settings", BOX, &expected);
    check("settings of a numbered enterprise", &set(BOX, "/enterpriseID", json!(987_654_321)), &expected);
    check(
        "settings with a key that is not encrypted",
        &set(BOX, "/boxAppSettings/appAuth/privateKey", json!(PKCS8)),
        &expected,
    );
    // Beyond 2^53 and beyond 64 bits, the digits stay as they are written.
    let beyond = BOX.replace("\"987654321\"", "36893488147419103233");
    check(
        "settings of an enormous enterprise",
        &beyond,
        &[expected[0], "user 36893488147419103233", expected[2], expected[3], expected[4], "the key"],
    );
    let without = cut(BOX, "/boxAppSettings/appAuth/passphrase");
    let typed = parse(without.as_bytes(), Some(PASSPHRASE)).expect("the passphrase that was typed");
    assert_eq!(told(&typed), expected.join("\n"));
}

#[test]
fn keycloaks_settings_tell_the_issuer_of_the_realm() {
    let expected = |issuer: &str| {
        let lines = [
            "keycloak-settings",
            "name nightly-import",
            "client nightly-import",
            issuer,
            "secret uB7kQ2wXz9LmT4vRc1NpSd6FgHj8YaEe",
        ];
        lines.map(str::to_owned)
    };
    let server = |server: &str| set(KEYCLOAK, "/auth-server-url", json!(server));
    let realm = |realm: &str| set(KEYCLOAK, "/realm", json!(realm));
    for (file, issuer) in [
        (KEYCLOAK.to_owned(), "issuer https://login.example.com/realms/tea-shop"),
        (server("https://login.example.com"), "issuer https://login.example.com/realms/tea-shop"),
        (server("https://login.example.com/auth"), "issuer https://login.example.com/auth/realms/tea-shop"),
        (server("https://login.example.com/auth/"), "issuer https://login.example.com/auth/realms/tea-shop"),
        (server("http://localhost:8080"), "issuer http://localhost:8080/realms/tea-shop"),
        (realm("tea shop"), "issuer https://login.example.com/realms/tea%20shop"),
        (realm("a/../b?c#d"), "issuer https://login.example.com/realms/a%2F..%2Fb%3Fc%23d"),
    ] {
        let expected = expected(issuer);
        check(issuer, &file, &expected.each_ref().map(String::as_str));
    }
}

#[test]
fn stackits_file_tells_everything_that_an_assertion_says() {
    let expected = |endpoint: Option<&'static str>, expires: Option<&'static str>| {
        let mut lines = vec![
            "Service-account key (STACKIT)",
            "name nightly-import-x7k2m9q",
            "user 0c8a2b9e-51e4-4f3b-8d0e-2a7d9c1f4e66",
            "client nightly-import-x7k2m9q@sa.stackit.cloud",
            "kid 6f0dcd1b-6ac5-4b0e-9d2c-3f1f8a4e7b55",
            "audience https://stackit-service-account-prod.apps.01.cf.eu01.stackit.cloud",
        ];
        lines.extend(endpoint);
        lines.extend(expires);
        lines.push("the key");
        lines
    };
    let expires = Some("expires 2031-05-06T07:08:09Z");
    check_all("a key", STACKIT, &expected(None, expires));
    check_all("the credentials alone", &bare(STACKIT, "credentials"), &expected(None, None));
    check("a key without end", &cut(STACKIT, "/validUntil"), &expected(None, None));
    let address = "https://service-account.api.stackit.cloud/token";
    let endpoint = Some("endpoint https://service-account.api.stackit.cloud/token");
    check(
        "a key with its endpoint",
        &add(STACKIT, "/credentials/tokenEndpoint", json!(address)),
        &expected(endpoint, expires),
    );
}

#[test]
fn a_client_secret_is_found_in_any_json_and_spelling() {
    let secret = "secret Yw3Kd8Fp1Lz6Xc4Vb9Nm2Qa7Ws5Ed0Rf";
    let expected = ["client-secret", "client nightly-import", secret];
    check_all("a client", CLIENT, &expected);
    check("a client with ID in capitals", &CLIENT.replace("client_id", "clientID"), &expected);
    check("a client whose secret never expires", &add(CLIENT, "/client_secret_expires_at", json!(0)), &expected);
    let bare = r#"{"clientId":"nightly-import","secret":"Yw3Kd8Fp1Lz6Xc4Vb9Nm2Qa7Ws5Ed0Rf"}"#;
    check("a client whose secret is called secret", bare, &expected);
    check("the same with an id of the server's own", &add(bare, "/id", json!("0af2-11")), &expected);
    let registered =
        add(&add(CLIENT, "/client_secret_expires_at", json!(1_936_076_889)), "/client_name", json!("Importer"));
    check(
        "a client as registered",
        &registered,
        &["client-secret", "name Importer", "client nightly-import", "expires 2031-05-09T07:08:09Z", secret],
    );
}

#[test]
fn a_jwk_and_a_set_of_one_give_the_key_with_its_id() {
    check_all("a JWK", JWK, &["jwk", "kid 2026-02", "the key"]);
    check("a JWK without id", key!("rsa-2048-a.jwk.json"), &["jwk", "the key"]);
    check("a JWK wrapped", &format!("{{\"key\":{JWK}}}"), &["jwk", "kid 2026-02", "the key"]);
    check("a JWK with null for its id", &set(JWK, "/kid", json!(null)), &["jwk", "the key"]);
    check("a JWK that signs", &add(JWK, "/key_ops", json!(["sign"])), &["jwk", "kid 2026-02", "the key"]);
    let certified = add(JWK, "/x5c", chain(&[key!("rsa-2048-a.certificate.pem"), key!("ec-p256.certificate.pem")]));
    let certificate = format!("certificate {CERTIFICATE}");
    check("a JWK with its certificate", &certified, &["jwk", "kid 2026-02", &certificate, "the key"]);
    check_all("a JWK set", JWK_SET, &["jwk-set", "kid 2026-02", "the key"]);
}

#[test]
fn the_certificate_of_a_key_is_found_wherever_it_stands() {
    let own = key!("rsa-2048-a.certificate.pem");
    let authority = key!("rsa-2048-b.certificate.pem");
    let certificate = format!("certificate {CERTIFICATE}");
    let expected = ["pem", certificate.as_str(), "the key"];
    check("after the key", CERTIFIED, &expected);
    check("before the key", &format!("{own}{PKCS1}"), &expected);
    check("within its chain", &format!("{PKCS8}{own}{authority}"), &expected);
    check("after its authority", &format!("{authority}{PKCS8}{own}"), &expected);
    check("twice", &format!("{own}{PKCS8}{own}"), &expected);
    check("under the old label", &format!("{PKCS8}{}", own.replace(" CERTIFICATE", " X509 CERTIFICATE")), &expected);
    check("not there", PKCS8, &["pem", "the key"]);
}

#[test]
fn nothing_secret_is_in_the_debug_output_of_any_shape() {
    let secrets = ["Hq7+Zr2", "pT4+Lk9", "Zx81CvBn", "uB7kQ2wX", "Yw3Kd8Fp", PASSPHRASE];
    for file in [FRONTIER_SECRET, FRONTIER_TOKEN, BOX, KEYCLOAK, CLIENT, JWK] {
        let shown = format!("{:?}", parse(file.as_bytes(), None).expect("good"));
        for secret in secrets {
            assert!(!shown.contains(secret), "{shown}");
        }
        let d = key!("rsa-2048-a.jwk.json").lines().find(|line| line.contains("\"d\"")).expect("d");
        assert!(!shown.contains(&d[10..40]), "{shown}");
    }
}
