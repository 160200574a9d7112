//! Bad files of each shape: one member missing, of the wrong type, empty, or not what it should be.

use serde_json::{Value, json};

use crate::bad_key_files::bad::{Bad, bad};
use crate::bad_key_files::shapes::{
    BOX, CLIENT, FRONTIER_KEY, FRONTIER_SECRET, FRONTIER_TOKEN, GOOGLE, KEYCLOAK, STACKIT, ZITADEL_APPLICATION,
};
use crate::bad_key_files::{PASSPHRASE, PKCS8, USER_ID, bad::opened, key, service_account};

pub(crate) fn table() -> Vec<Bad> {
    let required = REQUIRED.iter().flat_map(|(name, file, members)| required(name, file, members)).collect();
    [required, spellings(), keys(), addresses(), times(), boxes(), keycloaks(), frontier(), clients()]
        .into_iter()
        .flatten()
        .collect()
}

/// Every string that a shape requires, as JSON pointers (RFC 6901).
const REQUIRED: &[(&str, &str, &[&str])] = &[
    ("an application key", ZITADEL_APPLICATION, &["/keyId", "/key", "/clientId"]),
    ("a Frontier key", FRONTIER_KEY, &["/key/kid", "/key/principal_id", "/key/private_key"]),
    ("a Frontier secret", FRONTIER_SECRET, &["/secret/id", "/secret/secret"]),
    ("a Frontier token", FRONTIER_TOKEN, &["/token/id", "/token/token"]),
    ("a Google key", GOOGLE, &["/client_email", "/private_key_id", "/private_key", "/token_uri"]),
    ("a STACKIT key", STACKIT, &["/credentials/kid", "/credentials/sub", "/credentials/aud"]),
    (
        "Box settings",
        BOX,
        &[
            "/boxAppSettings/clientID",
            "/boxAppSettings/clientSecret",
            "/boxAppSettings/appAuth/publicKeyID",
            "/boxAppSettings/appAuth/privateKey",
        ],
    ),
    ("Keycloak settings", KEYCLOAK, &["/realm", "/auth-server-url", "/resource"]),
    ("a client secret", CLIENT, &["/client_id"]),
];

/// Where a profile describes the file, a whole number may be an id, but not an address.
const NUMBERED: &[&str] = &[
    "/token_uri",
    "/client_email",
    "/private_key_id",
    "/credentials/kid",
    "/credentials/sub",
    "/credentials/aud",
    "/boxAppSettings/clientID",
    "/boxAppSettings/appAuth/publicKeyID",
];

fn required(name: &str, file: &str, pointers: &[&str]) -> Vec<Bad> {
    let mut table = Vec::new();
    for pointer in pointers {
        table.push(bad(format!("{name} without {pointer}"), cut(file, pointer), "member-missing"));
        if !NUMBERED.contains(pointer) {
            table.push(bad(format!("{name}, {pointer} a number"), set(file, pointer, json!(17)), "member-not-text"));
        }
        table.push(bad(format!("{name}, {pointer} a list"), set(file, pointer, json!([])), "member-not-text"));
        table.push(bad(format!("{name}, {pointer} empty"), set(file, pointer, json!("")), "member-empty"));
        table.push(bad(format!("{name}, {pointer} blank"), set(file, pointer, json!(" \t")), "member-empty"));
    }
    table
}

/// The file with the value at the pointer replaced.
pub(crate) fn set(file: &str, pointer: &str, value: Value) -> String {
    let mut json: Value = serde_json::from_str(file).expect("fixture");
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
    json.to_string()
}

/// The file without the member at the pointer.
pub(crate) fn cut(file: &str, pointer: &str) -> String {
    let mut json: Value = serde_json::from_str(file).expect("fixture");
    let (outer, name) = pointer.rsplit_once('/').expect("a pointer");
    let object = json.pointer_mut(outer).and_then(Value::as_object_mut).expect("an object");
    object.remove(name).unwrap_or_else(|| panic!("nothing at {pointer}"));
    json.to_string()
}

/// The file with a member added at the pointer.
pub(crate) fn add(file: &str, pointer: &str, value: Value) -> String {
    let mut json: Value = serde_json::from_str(file).expect("fixture");
    let (outer, name) = pointer.rsplit_once('/').expect("a pointer");
    let object = json.pointer_mut(outer).and_then(Value::as_object_mut).expect("an object");
    assert!(object.insert(name.to_owned(), value).is_none(), "{pointer} is there");
    json.to_string()
}

fn spellings() -> Vec<Bad> {
    let both = |name: &str, file: &str, pointer: &str| {
        bad(format!("{name} in two spellings: {pointer}"), add(file, pointer, json!("x")), "member-twice")
    };
    vec![
        both("an application key", ZITADEL_APPLICATION, "/clientID"),
        both("an application key", ZITADEL_APPLICATION, "/client_id"),
        both("an application key", ZITADEL_APPLICATION, "/key_id"),
        both("a service account", &service_account(PKCS8), "/user_id"),
        both("a service account", &service_account(PKCS8), "/expiration_date"),
        both("a Frontier key", FRONTIER_KEY, "/key/principalId"),
        both("a Frontier key", FRONTIER_KEY, "/key/privateKey"),
        both("a Google key", GOOGLE, "/clientEmail"),
        both("a Google key", GOOGLE, "/tokenUri"),
        both("a STACKIT key", STACKIT, "/credentials/private_key"),
        both("Box settings", BOX, "/boxAppSettings/client_id"),
        both("Box settings", BOX, "/enterpriseId"),
        both("a client secret", CLIENT, "/clientId"),
        both("a client secret", CLIENT, "/clientSecret"),
    ]
}

/// The files whose servers only accept RSA keys, where the key is, and the error for a key of another type.
const WITH_KEY: &[(&str, &str, &str, &str)] = &[
    ("an application key", ZITADEL_APPLICATION, "/key", "key-not-rsa"),
    ("a Frontier key", FRONTIER_KEY, "/key/private_key", "key-not-rsa"),
    ("a Google key", GOOGLE, "/private_key", "algorithm-not-taken"),
    ("a STACKIT key", STACKIT, "/credentials/privateKey", "algorithm-not-taken"),
    ("Box settings", BOX, "/boxAppSettings/appAuth/privateKey", "algorithm-not-taken"),
];

fn keys() -> Vec<Bad> {
    let mut table = Vec::new();
    for (name, file, pointer, other_type) in WITH_KEY {
        let mut row = |what: &str, key: &str, code| {
            table.push(bad(format!("{name} with {what}"), set(file, pointer, json!(key)), code));
        };
        row("an EC key", key!("ec-p256.pkcs8.pem"), other_type);
        row("an Ed25519 key", key!("ed25519.pkcs8.pem"), other_type);
        row("an RSA-1024 key", key!("rsa-1024.pkcs8.pem"), "key-too-small");
        row("a public key", key!("rsa-2048-a.public.pem"), "is-public-key");
        row("a certificate", key!("rsa-2048-a.certificate.pem"), "is-certificate");
        row("two keys", &PKCS8.repeat(2), "several-keys");
        row("half a key", &PKCS8[..900], "pem-truncated");
        row("words for a key", "see the vault", "pem-unframed");
        row("a legacy encrypted key", key!("rsa-2048-a.legacy-encrypted.pem"), "key-encrypted-legacy");
    }
    table
}

fn addresses() -> Vec<Bad> {
    let mut table = Vec::new();
    let places = [
        ("a Google key", set(GOOGLE, "/token_uri", json!("?")), "/token_uri"),
        ("a STACKIT key", add(STACKIT, "/credentials/tokenEndpoint", json!("?")), "/credentials/tokenEndpoint"),
        ("Keycloak settings", set(KEYCLOAK, "/auth-server-url", json!("?")), "/auth-server-url"),
    ];
    let addresses = [
        "oauth2.googleapis.com/token",
        "http://login.example.com/token",
        "ftp://login.example.com/token",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user:secret@login.example.com/token",
        "https://login.example.com/token#here",
        "https://login.example.com/token?next=https://evil.example",
        "https://",
        "/auth",
    ];
    for (name, file, pointer) in &places {
        for address in addresses {
            table.push(bad(format!("{name} with {address}"), set(file, pointer, json!(address)), "address-invalid"));
        }
    }
    for address in [
        "https://LOGIN.example.com/token",
        "https://login.example.com:443/token",
        "https://login.example.com/a/../token",
    ] {
        table.push(bad(
            format!("a Google key with {address}"),
            set(GOOGLE, "/token_uri", json!(address)),
            "address-invalid",
        ));
    }
    table
}

fn times() -> Vec<Bad> {
    let registered = |value: Value| add(CLIENT, "/client_secret_expires_at", value);
    vec![
        bad("a STACKIT key valid until a day", set(STACKIT, "/validUntil", json!("2031-05-06")), "expiration-invalid"),
        bad("a STACKIT key valid until a fraction", set(STACKIT, "/validUntil", json!(1.5)), "expiration-invalid"),
        bad("a STACKIT key valid until a list", set(STACKIT, "/validUntil", json!([1])), "expiration-invalid"),
        bad(
            "an application key that expires on no day",
            add(ZITADEL_APPLICATION, "/expirationDate", json!("2031-02-30T00:00:00Z")),
            "expiration-invalid",
        ),
        bad("a client secret that expires in words", registered(json!("never")), "expiration-invalid"),
        bad("a client secret that expires at a fraction", registered(json!(1.5)), "expiration-invalid"),
        bad(
            "a client secret that expires in another era",
            registered(json!(99_999_999_999_999_u64)),
            "expiration-invalid",
        ),
        bad("a client secret that expires beyond numbers", registered(json!(1e300)), "expiration-invalid"),
    ]
}

fn boxes() -> Vec<Bad> {
    let auth = |member: &str, value: Value| set(BOX, &format!("/boxAppSettings/appAuth/{member}"), value);
    let plain = |pem: &str| auth("privateKey", json!(pem));
    vec![
        bad("Box settings without a passphrase", cut(BOX, "/boxAppSettings/appAuth/passphrase"), "passphrase-needed"),
        bad("Box settings with an empty passphrase", auth("passphrase", json!("")), "passphrase-needed"),
        bad("Box settings with null for a passphrase", auth("passphrase", json!(null)), "passphrase-needed"),
        bad("Box settings with another passphrase", auth("passphrase", json!("thrownaway")), "passphrase-wrong"),
        bad("Box settings with a number for a passphrase", auth("passphrase", json!(1)), "member-not-text"),
        opened("Box settings with a wrong passphrase typed", BOX, "typed", "passphrase-wrong"),
        opened(
            "Box settings with a key of another scheme",
            plain(key!("rsa-2048-a.encrypted-pbes1.pem")),
            PASSPHRASE,
            "key-encryption-unsupported",
        ),
        bad("Box settings with an encrypted EC key", plain(key!("ec-p256.encrypted.pem")), "algorithm-not-taken"),
        bad("Box settings of no enterprise", cut(BOX, "/enterpriseID"), "member-missing"),
        bad("Box settings of an empty enterprise", set(BOX, "/enterpriseID", json!("")), "member-empty"),
        bad("Box settings of a fractional enterprise", set(BOX, "/enterpriseID", json!(1.5)), "id-invalid"),
        bad("Box settings of a negative enterprise", set(BOX, "/enterpriseID", json!(-1)), "id-invalid"),
        bad("Box settings of an enterprise in powers", BOX.replace("\"987654321\"", "9e9"), "id-invalid"),
        bad("Box settings of an endless enterprise", BOX.replace("\"987654321\"", &"9".repeat(201)), "id-invalid"),
        bad("Box settings of a listed enterprise", set(BOX, "/enterpriseID", json!(["1"])), "member-not-text"),
        bad("Box settings as text", set(BOX, "/boxAppSettings", json!("x")), "member-not-object"),
        bad("Box settings with null for them", set(BOX, "/boxAppSettings", json!(null)), "member-missing"),
        bad("Box settings without appAuth", cut(BOX, "/boxAppSettings/appAuth"), "member-missing"),
        bad(
            "Box settings whose appAuth is a list",
            set(BOX, "/boxAppSettings/appAuth", json!([])),
            "member-not-object",
        ),
        bad(
            "Box settings of an application without a key pair",
            set(BOX, "/boxAppSettings/appAuth", json!({ "publicKeyID": "", "privateKey": "", "passphrase": "" })),
            "member-empty",
        ),
    ]
}

fn keycloaks() -> Vec<Bad> {
    let credentials = |value: Value| set(KEYCLOAK, "/credentials", value);
    let keystore = json!({ "jwt": { "client-keystore-file": "classpath:keystore.jks", "client-keystore-type": "JKS", "client-key-alias": "a" } });
    vec![
        bad("Keycloak settings with a keystore", credentials(keystore), "is-keycloak-keystore"),
        bad(
            "Keycloak settings that sign with the secret",
            credentials(json!({ "secret-jwt": { "secret": "s", "algorithm": "HS256" } })),
            "is-keycloak-settings",
        ),
        bad("Keycloak settings with empty credentials", credentials(json!({})), "is-keycloak-settings"),
        bad("Keycloak settings with null for credentials", credentials(json!(null)), "is-keycloak-settings"),
        bad("Keycloak settings of a public client", cut(KEYCLOAK, "/credentials"), "is-keycloak-settings"),
        bad("Keycloak settings with an empty secret", credentials(json!({ "secret": "" })), "member-empty"),
        bad("Keycloak settings with a secret that is a number", credentials(json!({ "secret": 1 })), "member-not-text"),
        bad("Keycloak settings with a secret on two lines", credentials(json!({ "secret": "a\nb" })), "secret-invalid"),
    ]
}

fn frontier() -> Vec<Bad> {
    let inner = |file: &str, name: &str| serde_json::from_str::<Value>(file).expect("fixture")[name].clone();
    let user = json!({ "id": "another", "title": "t" });
    let wrapped = |inner: &str| format!(r#"{{"key":{inner}}}"#);
    vec![
        bad("a Frontier key of another type", set(FRONTIER_KEY, "/key/type", json!("sv_ec")), "type-unknown"),
        bad("a Frontier key whose type is a number", set(FRONTIER_KEY, "/key/type", json!(1)), "member-not-text"),
        bad("a Frontier key wrapped around nothing", wrapped("{}"), "not-a-key-file"),
        bad("a Frontier key of somebody else beside it", add(FRONTIER_KEY, "/serviceuser", user), "id-invalid"),
        bad(
            "a Frontier key and a secret",
            add(FRONTIER_KEY, "/secret", inner(FRONTIER_SECRET, "secret")),
            "several-credentials",
        ),
        bad(
            "a Frontier secret and a token",
            add(FRONTIER_SECRET, "/token", inner(FRONTIER_TOKEN, "token")),
            "several-credentials",
        ),
        bad(
            "Frontier's description of a service user",
            format!(r#"{{"serviceuser":{{"id":"{USER_ID}","title":"t"}}}}"#),
            "is-frontier-service-user",
        ),
        bad("Frontier's list of service users", r#"{"serviceusers":[{"id":"1"}]}"#, "is-frontier-service-user"),
        bad(
            "Frontier's answer about oneself",
            r#"{"user":null,"serviceuser":{"id":"1","state":"enabled"}}"#,
            "is-frontier-service-user",
        ),
        bad("a Frontier secret that is cut off", FRONTIER_SECRET.trim_end().trim_end_matches('}'), "json-truncated"),
        bad(
            "a Frontier secret with a line end",
            set(FRONTIER_SECRET, "/secret/secret", json!("abc\n")),
            "secret-invalid",
        ),
        bad(
            "a Frontier secret with a space before it",
            set(FRONTIER_SECRET, "/secret/secret", json!(" abc")),
            "secret-invalid",
        ),
        bad(
            "a Frontier secret that is endless",
            set(FRONTIER_SECRET, "/secret/secret", json!("s".repeat(2_401))),
            "secret-invalid",
        ),
        bad("a Frontier secret whose id has a space", set(FRONTIER_SECRET, "/secret/id", json!("a b")), "id-invalid"),
        bad("a Frontier token with a NUL", set(FRONTIER_TOKEN, "/token/token", json!("a\0b")), "secret-invalid"),
        bad("a Frontier token that is a list", set(FRONTIER_TOKEN, "/token", json!([])), "is-token"),
        bad("a secret alone", r#"{"secret":"s"}"#, "member-missing"),
        bad("a token alone", r#"{"token":"t"}"#, "is-token"),
        bad("a personal access token as the API answers it", r#"{"tokenId":"1","token":"t"}"#, "is-token"),
        bad(
            "a wrapper a thousand deep",
            format!("{}1{}", "{\"key\":".repeat(1_000), "}".repeat(1_000)),
            "json-too-deep",
        ),
        bad(
            "a wrapper fifty deep",
            format!("{}{{}}{}", "{\"key\":".repeat(50), "}".repeat(50)),
            "json-without-credential",
        ),
    ]
}

fn clients() -> Vec<Bad> {
    vec![
        bad("a client id alone", r#"{"client_id":"c"}"#, "member-missing"),
        bad("a client id with null for a secret", r#"{"client_id":"c","client_secret":null}"#, "member-not-text"),
        bad("a client id with an empty secret", r#"{"client_id":"c","client_secret":""}"#, "member-empty"),
        bad("a client secret with a tab in it", r#"{"client_id":"c","client_secret":"a\tb"}"#, "secret-invalid"),
        bad("a client secret with a key for the id", set(CLIENT, "/client_id", json!(PKCS8)), "id-invalid"),
        bad("a key for a client secret", set(CLIENT, "/client_secret", json!(PKCS8)), "secret-invalid"),
        bad(
            "a key on one line for a client secret",
            set(CLIENT, "/client_secret", json!(PKCS8.replace('\n', "\\n"))),
            "secret-invalid",
        ),
        bad(
            "a key without its frame for a client secret",
            set(
                CLIENT,
                "/client_secret",
                json!(PKCS8.lines().filter(|line| !line.starts_with('-')).collect::<String>()),
            ),
            "secret-invalid",
        ),
        bad(
            "a user's Google credentials with a client",
            r#"{"type":"authorized_user","client_id":"c","client_secret":"s"}"#,
            "is-google-user",
        ),
        bad(
            "a Google OAuth client beside more",
            r#"{"web":{"client_id":"c","client_secret":"s"},"client_email":"a@b"}"#,
            "is-google-oauth-client",
        ),
        bad("a token response with its client", r#"{"access_token":"t","client_id":"c"}"#, "is-token"),
        bad("a Google key without its type", cut(GOOGLE, "/type"), "member-missing"),
        bad(
            "a STACKIT key whose private half is its user's",
            cut(STACKIT, "/credentials/privateKey"),
            "private-key-elsewhere",
        ),
        bad(
            "a STACKIT key, its private half null",
            set(STACKIT, "/credentials/privateKey", json!(null)),
            "private-key-elsewhere",
        ),
        bad(
            "a STACKIT key without either half",
            cut(&cut(STACKIT, "/credentials/privateKey"), "/publicKey"),
            "member-missing",
        ),
        bad("a client of a type that nobody knows", add(CLIENT, "/type", json!("m2m")), "type-unknown"),
        bad("a STACKIT key without an issuer", cut(STACKIT, "/credentials/iss"), "member-missing"),
        bad(
            "a STACKIT key whose credentials are text",
            set(STACKIT, "/credentials", json!("x")),
            "json-without-credential",
        ),
        bad("a list of client secrets", format!("[{CLIENT},{CLIENT}]"), "several-credentials"),
    ]
}
