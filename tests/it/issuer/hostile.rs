//! The issuer responds to every request or closes its connection, and then serves the next one.

use mintage_testbed::issuer::{DemoIssuer, Era, System};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::issuer::api::{self, ADMIN, keys_v1, keys_v2, request};
use crate::issuer::frontier::{self, SECRET, SECRET_ID};
use crate::issuer::support::{self, Answer, JWT_BEARER, USER, client, exchange, mint, send};

/// Bodies that no reader should trust.
fn bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000)).into_bytes();
    let member = |value: &str| format!("{{\"type\":1,\"publicKey\":{value}}}").into_bytes();
    vec![
        Vec::new(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        vec![0; 64 * 1024],
        vec![b'x'; 256 * 1024],
        deep("[", "]"),
        deep("{\"filters\":[", "]}"),
        b"{\"a\":1e999999}".to_vec(),
        b"{\"query\":{\"offset\":18446744073709551615,\"limit\":\"18446744073709551616\"}}".to_vec(),
        b"{\"query\":{\"offset\":18446744073709551615,\"limit\":18446744073709551615}}".to_vec(),
        b"{\"filters\":[{\"userIdFilter\":5},null,[]]}".to_vec(),
        b"{\"expirationDate\":\"9999-12-31T23:59:59-23:59\",\"type\":1}".to_vec(),
        b"{\"expirationDate\":\"0000-01-01T00:00:00+23:59\",\"type\":1}".to_vec(),
        b"{\"type\":18446744073709551615}".to_vec(),
        member("\"====\""),
        member("\"MIIB\""),
        // PEM whose DER promises more than there is: `30 82 ff ff`.
        member("\"LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUlMLy93PT0KLS0tLS1FTkQgUFVCTElDIEtFWS0tLS0tCg==\""),
        "{\"publicKey\":\"\u{e9}\u{1f511}\",\"type\":1}".as_bytes().to_vec(),
    ]
}

#[tokio::test]
async fn no_body_ends_the_api() {
    for era in [Era::V2_55, Era::V4] {
        let issuer = api::start(era).await;
        for path in [
            keys_v1(USER),
            format!("{}/_search", keys_v1(USER)),
            keys_v2(USER),
            "/v2/users/keys/search".to_owned(),
            "/v2/users".to_owned(),
            "/zitadel.user.v2.UserService/AddKey".to_owned(),
            "/oauth/v2/token".to_owned(),
            "/oauth/v2/introspect".to_owned(),
            "/oauth/v2/revoke".to_owned(),
        ] {
            for body in bodies() {
                for content_type in ["application/json", "application/x-www-form-urlencoded"] {
                    let asked = request(&issuer, ADMIN, "POST", &path).header("content-type", content_type);
                    let answer = send(asked.body(body.clone())).await;
                    assert!((200..=501).contains(&answer.status), "{path} {body:?}: {answer:?}");
                    assert_ne!(answer.status, 500, "{path} {:?}: {answer:?}", String::from_utf8_lossy(&body));
                }
            }
        }
        assert_eq!(mint(&issuer, "openid").await.status, 200, "{era:?}");
    }
}

#[tokio::test]
async fn no_body_ends_frontier() {
    for system in [System::FrontierRest, System::FrontierRestOrg, System::FrontierConnect] {
        let issuer = DemoIssuer::start(frontier::config(system)).await.unwrap();
        for body in bodies() {
            let asked = client().post(issuer.token_url()).header("content-type", "application/json").body(body.clone());
            let asked = asked.basic_auth(SECRET_ID, Some(SECRET));
            let answer = send(asked).await;
            assert!(answer.status < 500, "{system:?} {:?}: {answer:?}", String::from_utf8_lossy(&body));
        }
        let answer = frontier::token(&issuer, &frontier::basic(SECRET_ID, SECRET), "").await;
        assert_eq!(answer.status, 200, "{system:?}");
    }
}

#[tokio::test]
async fn no_assertion_ends_the_token_endpoint() {
    let issuer = support::start().await;
    let extreme = |claim: &str, value: serde_json::Value| {
        let mut claims = support::claims(issuer.issuer());
        claims[claim] = value;
        support::sign(&claims)
    };
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let encode = |text: &str| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let mut assertions: Vec<String> =
        ["", ".", "..", "...", "e30.e30.", "e30..", "é.é.é", "AAAA.AAAA.AAAA"].map(str::to_owned).into();
    assertions.push(format!("{}.{}.AA", encode(&deep), encode(&deep)));
    for claim in ["exp", "iat"] {
        for value in [json!(i64::MAX), json!(i64::MIN), json!(u64::MAX), json!(1e308), json!("1"), json!([]), json!(-1)]
        {
            assertions.push(extreme(claim, value));
        }
    }
    assertions.push(extreme("aud", json!([[], {}, null, 5])));
    assertions.push(extreme("iss", json!({})));
    for assertion in &assertions {
        let answer: Answer = exchange(&issuer, assertion, "openid").await;
        assert!(answer.status == 400 || answer.status == 200, "{assertion}: {answer:?}");
    }
    assert_eq!(mint(&issuer, "openid").await.status, 200);
}

/// Sends raw bytes, and reads what comes back.
async fn raw(issuer: &DemoIssuer, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", issuer.port())).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // A reset connection counts as a response.
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

#[tokio::test]
async fn no_header_and_no_path_ends_it() {
    let issuer = api::start(Era::V4).await;
    let host = format!("127.0.0.1:{}", issuer.port());
    let long = "x".repeat(100_000);
    for headers in [
        "Authorization: Bearer \u{ff}\u{e9}".to_owned(),
        "Authorization: Basic ====".to_owned(),
        "Authorization: Basic \u{e9}".to_owned(),
        "Authorization:".to_owned(),
        "Authorization: Bearer".to_owned(),
        format!("Authorization: Bearer {long}"),
        "Accept-Language: ;;;q=,,\u{e9};q=NaN,de;q=inf,*;q=-1".to_owned(),
        "x-zitadel-orgid: \u{e9}".to_owned(),
        "Content-Type: application/json;;;charset".to_owned(),
        "Content-Length: 5\r\nTransfer-Encoding: chunked".to_owned(),
        "Content-Length: 99999999999999999999".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n".to_owned(),
        "no colon".to_owned(),
    ] {
        for path in ["/auth/v1/users/me", "/oauth/v2/token", "/%", "/v2/users/%ff/keys/%zz", "//", "/../..", "*"] {
            raw(&issuer, format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n").as_bytes()).await;
            raw(&issuer, format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n").as_bytes()).await;
        }
    }
    for bytes in
        [&b""[..], b"\0\0\0\0", b"GET", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01"]
    {
        raw(&issuer, bytes).await;
    }
    for host in ["", "\u{e9}", "127.0.0.1:99999999", "[::", "a b"] {
        raw(&issuer, format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await;
    }
    let fields = [("grant_type", JWT_BEARER), ("assertion", &long), ("scope", &long)];
    assert_eq!(support::post(&issuer, "/oauth/v2/token", &fields).await.status, 413);
    assert_eq!(mint(&issuer, "openid").await.status, 200);
}
