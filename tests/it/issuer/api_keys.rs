//! ZITADEL's API: which keys can be added, and which of them work.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mintage_testbed::issuer::{Config, DemoIssuer, Era, RegisteredKey};
use serde_json::{Value, json};

use crate::issuer::api::{
    self, ADMIN, NEXT_YEAR, NO_KEY, NO_USER, assert_error, call, encoded, keys_v1, keys_v2, mints, new_key, start,
};
use crate::issuer::support::{self, KEY, Pair, USER, elliptic_public_pem, exchange, pair, stranger};

const RSA_1024: &str = include_str!("../../fixtures/issuer/rsa-1024.public.pem");
/// Signed with the private half of [`RSA_1024`], for `https://demo.example` at the tests' time.
const RSA_1024_ASSERTION: &str = include_str!("../../fixtures/issuer/rsa-1024.assertion.jwt");
const RSA_3072: &str = include_str!("../../fixtures/issuer/rsa-3072.public.pem");
const RSA_4096: &str = include_str!("../../fixtures/issuer/rsa-4096.public.pem");
const ED25519: &str = include_str!("../../fixtures/issuer/ed25519.public.pem");
const X25519: &str = include_str!("../../fixtures/issuer/x25519.public.pem");

const KEY_INVALID: (u16, u8, &str) = (400, 3, "COMMAND-5F3h1");
const GATEWAY: (u16, u8, &str) = (400, 3, "");

#[tokio::test]
async fn a_service_user_rotates_its_own_key_by_version_2() {
    let issuer = start(Era::V4).await;
    let added = call(&issuer, USER, "POST", &keys_v2(USER), new_key(stranger())).await.json();
    let key_id = added["keyId"].as_str().unwrap();
    assert_eq!(
        added,
        json!({ "keyId": key_id, "creationDate": "2026-03-01T12:00:00Z" }),
        "the answer holds no private key"
    );
    assert!(mints(&issuer, stranger(), key_id).await);

    let old = format!("{}/{KEY}", keys_v2(USER));
    let removed = call(&issuer, USER, "DELETE", &old, json!({})).await;
    assert_eq!((removed.status, removed.json()), (200, json!({ "deletionDate": "2026-03-01T12:00:00Z" })));
    assert!(!mints(&issuer, pair(), KEY).await && mints(&issuer, stranger(), key_id).await);
    assert_error(&call(&issuer, USER, "DELETE", &old, json!({})).await, NO_KEY, Some("Machine key not found"), "again");

    let last = format!("{}/{key_id}", keys_v2(USER));
    assert_eq!(call(&issuer, USER, "DELETE", &last, json!({})).await.status, 200, "nothing guards the last key");
}

#[tokio::test]
async fn version_1_adds_gets_and_removes_for_an_administrator() {
    for era in [Era::V2_55, Era::V4] {
        let issuer = start(era).await;
        let path = keys_v1(USER);
        let added = call(&issuer, ADMIN, "POST", &path, new_key(stranger())).await.json();
        let key_id = added["keyId"].as_str().unwrap();
        let owner = "100000000000000002";
        let details = json!({ "sequence": "2", "creationDate": "2026-03-01T12:00:00Z", "resourceOwner": owner });
        assert_eq!(added, json!({ "keyId": key_id, "details": details }), "{era:?}");
        assert!(mints(&issuer, stranger(), key_id).await, "{era:?}");

        let one = format!("{path}/{key_id}");
        let listed = json!({
            "id": key_id, "type": "KEY_TYPE_JSON", "expirationDate": NEXT_YEAR,
            "details": {
                "sequence": "2", "creationDate": "2026-03-01T12:00:00Z", "changeDate": "2026-03-01T12:00:00Z",
                "resourceOwner": owner,
            },
        });
        assert_eq!(call(&issuer, ADMIN, "GET", &one, json!({})).await.json(), json!({ "key": listed }), "{era:?}");
        let removed = call(&issuer, ADMIN, "DELETE", &one, json!({})).await.json();
        let details = json!({ "sequence": "3", "changeDate": "2026-03-01T12:00:00Z", "resourceOwner": owner });
        assert_eq!(removed, json!({ "details": details }), "{era:?}");
        assert!(!mints(&issuer, stranger(), key_id).await, "{era:?}");

        let unknown = (404, 5, "QUERY-Dgr3g");
        assert_error(&call(&issuer, ADMIN, "GET", &one, json!({})).await, unknown, None, "get again");
        assert_error(&call(&issuer, ADMIN, "DELETE", &one, json!({})).await, NO_KEY, None, "remove again");
        let others = format!("{path}/far-key");
        assert_error(&call(&issuer, ADMIN, "DELETE", &others, json!({})).await, NO_KEY, None, "another user's key");
    }
}

#[tokio::test]
async fn which_keys_are_accepted_and_which_of_them_work() {
    let spki = &stranger().public_pem;
    let relabelled = spki.replace("PUBLIC KEY", "RSA PUBLIC KEY");
    let der = pem::parse(spki).unwrap().into_contents();
    let base64url = json!(URL_SAFE_NO_PAD.encode(spki));
    let trailing = pem::encode(&pem::Pem::new("PUBLIC KEY", [&der[..], &[0]].concat()));
    for (case, public_key, expected, works) in [
        ("SPKI", encoded(spki), None, true),
        ("SPKI under another label", encoded(&relabelled), None, true),
        ("base64url without padding", base64url, None, true),
        ("CRLF", encoded(&spki.replace("\r\n", "\n").replace('\n', "\r\n")), None, true),
        ("no final newline", encoded(spki.trim_end()), None, true),
        ("text before it", encoded(&format!("some words\n{spki}")), None, true),
        ("RSA 3072", encoded(RSA_3072), None, false),
        ("RSA 4096", encoded(RSA_4096), None, false),
        ("RSA 1024", encoded(RSA_1024), None, false),
        ("an elliptic key", encoded(&elliptic_public_pem()), None, false),
        ("Ed25519", encoded(ED25519), None, false),
        ("X25519, which signs nothing", encoded(X25519), Some(KEY_INVALID), false),
        ("PKCS#1", encoded(&stranger().pkcs1_public_pem()), Some(KEY_INVALID), false),
        ("DER", json!(STANDARD.encode(&der)), Some(KEY_INVALID), false),
        ("something behind it", encoded(&trailing), Some(KEY_INVALID), false),
        ("words", encoded("words"), Some(KEY_INVALID), false),
        ("bytes", json!(STANDARD.encode([0xff, 0xfe, 0x00])), Some(KEY_INVALID), false),
        ("the PEM itself", json!(spki), Some(GATEWAY), false),
        ("a number", json!(5), Some(GATEWAY), false),
    ] {
        for era in [Era::V2_55, Era::V4] {
            let issuer = start(era).await;
            let body = json!({ "type": 1, "publicKey": public_key });
            let answer = call(&issuer, ADMIN, "POST", &keys_v1(USER), body).await;
            let case = format!("{case} at {era:?}");
            if let Some(error) = expected {
                assert_error(&answer, error, None, &case);
                continue;
            }
            assert_eq!(answer.status, 200, "{case}: {answer:?}");
            assert!(answer.json().get("keyDetails").is_none(), "{case}");
            let key_id = answer.json()["keyId"].as_str().unwrap().to_owned();
            assert_eq!(mints(&issuer, stranger(), &key_id).await, works, "{case}");
        }
    }
}

#[tokio::test]
async fn a_pem_that_is_no_base64_is_quoted_in_the_refusal() {
    for (era, blank) in [(Era::V2_55, ' '), (Era::V4, '\u{a0}')] {
        let issuer = start(era).await;
        let body = json!({ "type": 1, "publicKey": "-----BEGIN PRIVATE KEY-----" });
        let answer = call(&issuer, ADMIN, "POST", &keys_v1(USER), body).await;
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(&format!("proto:{blank}(line 1:")), "{message}");
        assert!(message.contains("invalid value for bytes") && message.contains("-----BEGIN PRIVATE"), "{message}");
    }
}

#[tokio::test]
async fn without_a_public_key_the_server_makes_the_key_and_returns_its_private_half() {
    for (path, member, public_key) in [
        (keys_v1(USER), "keyDetails", Value::Null),
        (keys_v1(USER), "keyDetails", json!("")),
        (keys_v2(USER), "keyContent", Value::Null),
        (keys_v2(USER), "keyContent", json!("")),
    ] {
        let issuer = start(Era::V4).await;
        let body = json!({ "type": "KEY_TYPE_JSON", "expirationDate": NEXT_YEAR, "publicKey": public_key });
        let added = call(&issuer, ADMIN, "POST", &path, body).await.json();
        let file = STANDARD.decode(added[member].as_str().unwrap()).unwrap();
        assert_eq!(file.last(), Some(&b'}'), "no line ends it");
        let file: Value = serde_json::from_slice(&file).unwrap();
        assert_eq!((&file["keyId"], &file["type"]), (&added["keyId"], &json!("serviceaccount")));
        assert_eq!((&file["userId"], &file["expirationDate"]), (&json!(USER), &json!(NEXT_YEAR)));
        let pem = pem::parse(file["key"].as_str().unwrap()).unwrap();
        assert_eq!(pem.tag(), "RSA PRIVATE KEY");
        assert!(mints(&issuer, &Pair::from_pkcs1(pem.contents()), file["keyId"].as_str().unwrap()).await);
    }
}

#[tokio::test]
async fn a_key_of_1024_bits_works_on_the_older_era_alone() {
    for (era, status) in [(Era::V2_55, 200), (Era::V4, 500)] {
        let mut config = Config { audience: Some("https://demo.example".into()), ..api::config(era) };
        config.users[0].keys.push(RegisteredKey {
            key_id: "small".into(),
            public_pem: RSA_1024.into(),
            expires_at: None,
        });
        let issuer = DemoIssuer::start(config).await.unwrap();
        let answer = exchange(&issuer, RSA_1024_ASSERTION.trim(), "openid").await;
        assert_eq!(answer.status, status, "{era:?}: {answer:?}");
    }
}

#[tokio::test]
async fn the_same_public_key_twice_is_two_keys_that_both_work() {
    let issuer = start(Era::V4).await;
    let add = async || {
        let added = call(&issuer, USER, "POST", &keys_v2(USER), new_key(stranger())).await.json();
        added["keyId"].as_str().unwrap().to_owned()
    };
    let (one, other) = (add().await, add().await);
    assert_ne!(one, other);
    assert!(mints(&issuer, stranger(), &one).await && mints(&issuer, stranger(), &other).await);
}

#[tokio::test]
async fn the_expiry_date_needs_a_zone_and_must_be_in_the_future() {
    let past = (400, 3, "DOMAIN-dv3t5");
    for (end, v1, v2) in [
        (json!(NEXT_YEAR), Ok(NEXT_YEAR), Ok(NEXT_YEAR)),
        (json!("2027-03-01T13:00:00.123456789+01:00"), Ok("2027-03-01T12:00:00.123456Z"), Ok("")),
        (json!("9999-12-31T23:59:59Z"), Ok("9999-12-31T23:59:59Z"), Ok("")),
        (Value::Null, Ok("9999-12-31T23:59:59Z"), Err(GATEWAY)),
        (json!("2026-03-01T11:59:59Z"), Err(past), Err(past)),
        (json!("2027-03-01"), Err(GATEWAY), Err(GATEWAY)),
        (json!(""), Err(GATEWAY), Err(GATEWAY)),
        (json!("10000-01-01T00:00:00Z"), Err(GATEWAY), Err(GATEWAY)),
        (json!("9999-12-31T23:59:59-12:00"), Err(GATEWAY), Err(GATEWAY)),
        (json!(1_800_000_000), Err(GATEWAY), Err(GATEWAY)),
    ] {
        for (path, expected) in [(keys_v1(USER), v1), (keys_v2(USER), v2)] {
            let issuer = start(Era::V4).await;
            let mut body = new_key(stranger());
            body["expirationDate"] = end.clone();
            let answer = call(&issuer, ADMIN, "POST", &path, body).await;
            match expected {
                Err(error) => assert_error(&answer, error, None, &format!("{end} at {path}")),
                Ok(listed) => {
                    assert_eq!(answer.status, 200, "{end} at {path}: {answer:?}");
                    let found = call(&issuer, ADMIN, "POST", &format!("{}/_search", keys_v1(USER)), json!({})).await;
                    let found = found.json()["result"][0]["expirationDate"].clone();
                    assert!(listed.is_empty() || found == listed, "{end} at {path}: {found}");
                }
            }
        }
    }
    let issuer = start(Era::V4).await;
    let answer = call(&issuer, USER, "POST", &keys_v2(USER), json!({ "publicKey": "" })).await;
    assert_error(&answer, GATEWAY, Some("invalid AddKeyRequest.ExpirationDate: value is required"), "none");
}

#[tokio::test]
async fn version_1_wants_a_type_and_version_2_ignores_it() {
    let issuer = start(Era::V4).await;
    let text = "invalid AddMachineKeyRequest.Type: value must not be in list [KEY_TYPE_UNSPECIFIED]";
    for (kind, expected) in [
        (Value::Null, Some(text)),
        (json!(0), Some(text)),
        (json!("KEY_TYPE_UNSPECIFIED"), Some(text)),
        (json!(1), None),
        (json!("KEY_TYPE_JSON"), None),
    ] {
        let mut body = new_key(stranger());
        body["type"] = kind.clone();
        let answer = call(&issuer, ADMIN, "POST", &keys_v1(USER), body.clone()).await;
        match expected {
            Some(text) => assert_error(&answer, GATEWAY, Some(text), &kind.to_string()),
            None => assert_eq!(answer.status, 200, "{kind}: {answer:?}"),
        }
        assert_eq!(call(&issuer, USER, "POST", &keys_v2(USER), body).await.status, 200, "{kind}");
    }
    let snake =
        json!({ "type": 1, "public_key": encoded(&stranger().public_pem), "expiration_date": NEXT_YEAR, "x": 1 });
    let added = call(&issuer, ADMIN, "POST", &keys_v1(USER), snake).await.json();
    assert!(added["keyId"].is_string() && added.get("keyDetails").is_none(), "{added}");
}

#[tokio::test]
async fn an_unknown_user_gets_no_key() {
    for era in [Era::V2_55, Era::V4] {
        let issuer = start(era).await;
        let answer = call(&issuer, ADMIN, "POST", &keys_v1("nobody"), new_key(stranger())).await;
        assert_error(&answer, NO_USER, Some("User could not be found"), &format!("{era:?}"));
        let mut human = mintage_testbed::issuer::User::new("human", "Human", "human");
        human.human = true;
        issuer.add_user(human);
        let answer = call(&issuer, ADMIN, "POST", &keys_v1("human"), new_key(stranger())).await;
        assert_eq!(answer.status, if era == Era::V4 { 400 } else { 200 }, "a human at {era:?}");
    }
    let issuer = start(Era::V4).await;
    for method_and_path in
        [("POST", keys_v2("nobody"), NO_USER), ("DELETE", format!("{}/1", keys_v2("nobody")), NO_KEY)]
    {
        let (method, path, expected) = method_and_path;
        assert_error(&call(&issuer, ADMIN, method, &path, new_key(stranger())).await, expected, None, &path);
    }
}

#[tokio::test]
async fn a_key_id_carries_the_time_of_its_making() {
    let issuer = start(Era::V4).await;
    let added = call(&issuer, USER, "POST", &keys_v2(USER), new_key(stranger())).await.json();
    let id: u64 = added["keyId"].as_str().unwrap().parse().unwrap();
    let since = (support::NOW - time::macros::datetime!(2019-04-29 00:00 UTC)).whole_milliseconds();
    assert_eq!(i128::from(id >> 24) * 10, since);
}
