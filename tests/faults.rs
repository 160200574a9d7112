//! What a network can do to a credential's request: every fault must end in its own error, in time,
//! with nothing sent elsewhere and no secret in the error.

use std::process::Command;
use std::time::Duration;

use mintage_core::environment::IssuerUrl;
use mintage_core::error::{IssuerError, Refusal};
use mintage_core::issuer::{Answer, Discovery, Issuer, Limits, TokenRequest, TokenResponse};
use mintage_core::secret::Secret;

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/fault_server.rs"]
mod fault_server;

use certificates::Certificates;
use fault_server::{Fault, FaultServer, http};

/// An assertion whose every part would be noticed in an error.
const ASSERTION: &str = "eyJjYW5hcnkiOiJoZWFkIn0.eyJjYW5hcnkiOiJjbGFpbXMifQ.Y2FuYXJ5LXNpZ25hdHVyZQ";
const JSON: &str = "Content-Type: application/json\r\n";
const TOKEN: &str = r#"{"access_token":"tok-1","token_type":"Bearer","expires_in":43199,"id_token":"x"}"#;
const DATE: &str = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

fn client() -> Issuer {
    Issuer::connect(None).expect("a client without a certificate of its own")
}

/// A client that gives up soon, for servers that never end.
fn hasty() -> Issuer {
    let limits = Limits { connect: Duration::from_secs(5), total: Duration::from_millis(300), ..Limits::default() };
    Issuer::connect_with(None, limits).expect("a client without a certificate of its own")
}

async fn exchange(client: &Issuer, endpoint: &str) -> Result<Answer<TokenResponse>, IssuerError> {
    let assertion = Secret::new(ASSERTION.into());
    let grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let scopes = ["openid".to_owned(), "profile".to_owned()];
    let result = client.exchange(&TokenRequest { endpoint, grant_type, assertion: &assertion, scopes: &scopes }).await;
    if let Err(error) = &result {
        assert_no_secret(error);
    }
    result
}

/// The code of the error that an exchange with this fault ends in, or `ok`.
async fn outcome(client: &Issuer, fault: Fault) -> (&'static str, String) {
    let server = FaultServer::start(fault).await;
    match exchange(client, &format!("{}/oauth/v2/token", server.url())).await {
        Ok(answer) => ("ok", answer.value.access_token.expose().to_owned()),
        Err(error) => (error.code(), error.to_string()),
    }
}

async fn refusal(answer: Vec<u8>) -> Refusal {
    let server = FaultServer::start(Fault::Say(answer)).await;
    match exchange(&client(), &server.url()).await {
        Err(IssuerError::Refused(refusal)) => *refusal,
        other => panic!("not a refusal: {other:?}"),
    }
}

fn assert_no_secret(error: &IssuerError) {
    let mut said = format!("{error} {error:?} {}", error.help());
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        said += &format!(" {source} {source:?}");
        next = source.source();
    }
    for part in ASSERTION.split('.') {
        assert!(!said.contains(part), "the error holds the assertion: {said}");
    }
}

#[tokio::test]
async fn a_good_answer_is_read_and_the_request_is_as_the_standard_says() {
    let server = FaultServer::start(Fault::Say(http("200 OK", &format!("{JSON}{DATE}"), TOKEN))).await;
    let answer = exchange(&client(), &format!("{}/oauth/v2/token", server.url())).await.expect("a good answer");
    assert_eq!(answer.value.access_token.expose(), "tok-1");
    assert_eq!(answer.value.expires_in.map(time::Duration::whole_seconds), Some(43_199));
    assert_eq!(answer.value.scopes, None);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.server_date.map(time::OffsetDateTime::unix_timestamp), Some(784_111_777));

    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").expect("head and body");
    assert!(head.starts_with("POST /oauth/v2/token HTTP/1.1\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"), "{head}");
    assert!(head.contains("\r\naccept: application/json\r\n"), "{head}");
    assert!(head.contains(concat!("\r\nuser-agent: mintage/", env!("CARGO_PKG_VERSION"))), "{head}");
    for unwanted in ["cookie", "referer", "accept-encoding", "authorization"] {
        assert!(!head.contains(&format!("\r\n{unwanted}:")), "{head}");
    }
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
    assert_eq!(body, format!("grant_type={grant}&assertion={ASSERTION}&scope=openid+profile"));
}

#[tokio::test]
async fn servers_that_never_end_are_given_up() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n".to_vec();
    let body = [&head[..], b"\r\n{"].concat();
    for fault in [
        Fault::Stall(Vec::new()),
        Fault::Stall(head.clone()),
        Fault::Stall(body.clone()),
        Fault::Drip(b"HTTP/1.1 200 OK\r\nX-Slow:".to_vec()),
        Fault::Drip(body),
    ] {
        let (code, said) = outcome(&hasty(), fault).await;
        assert_eq!(code, "server-silent", "{said}");
    }
}

#[tokio::test]
async fn a_body_is_read_to_its_cap_and_no_further() {
    let endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".to_vec();
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n".to_vec();
    let huge_number = b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n".to_vec();
    let two_megabytes = http("400 Bad Request", JSON, vec![b' '; 2_000_000]);
    for fault in [Fault::Flood(endless), Fault::Stall(announced), Fault::Stall(huge_number), Fault::Say(two_megabytes)]
    {
        assert_eq!(outcome(&client(), fault).await.0, "answer-too-large");
    }
    let padded = format!("{TOKEN}{}", " ".repeat(1_000_000 - TOKEN.len()));
    assert_eq!(outcome(&client(), Fault::Say(http("200 OK", JSON, padded))).await.0, "ok");
}

#[tokio::test]
async fn a_redirect_is_reported_and_never_followed() {
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let second = FaultServer::start(Fault::Say(http("200 OK", JSON, TOKEN))).await;
        let location = format!("Location: {}/login?state=from-a-login#part\r\n", second.url());
        let first = FaultServer::start(Fault::Say(http(status, &location, "<html>"))).await;
        let error = exchange(&client(), &first.url()).await.expect_err(status);
        let expected = format!("{}/login", second.url());
        assert!(matches!(&error, IssuerError::Redirected { to, .. } if *to == expected), "{error}");
        let userinfo = client().userinfo(&first.url(), &Secret::new("tok".into())).await.expect_err(status);
        assert_eq!(userinfo.code(), "redirected");
        let issuer = IssuerUrl::parse(&first.url()).expect("a loopback issuer");
        assert_eq!(client().discover(&issuer).await.expect_err(status).code(), "redirected");
        assert!(second.was_left_alone().await, "{status} was followed");
    }
    let relative = Fault::Say(http("302 Found", "Location: /login\r\n", ""));
    assert!(outcome(&client(), relative).await.1.contains("/login"));
}

#[tokio::test]
async fn pages_and_other_foreign_answers_are_named_as_such() {
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    for (answer, expected) in [
        (http("200 OK", html, "<!doctype html><title>Sign in</title>"), "answered 200 with an HTML page"),
        (http("404 Not Found", html, "<html></html>"), "answered 404 with an HTML page"),
        (http("502 Bad Gateway", html, "<html></html>"), "answered 502 with an HTML page"),
        (http("200 OK", "", "\r\n  <html>"), "answered 200 with an HTML page"),
        (http("200 OK", html, "Sign in, please"), "answered 200 with an HTML page"),
        (http("200 OK", "Content-Type: text/xml\r\n", "<?xml version='1.0'?><a/>"), "with an XML document"),
        (http("200 OK", "Content-Type: text/plain\r\n", "OK"), "with something that is not JSON"),
    ] {
        let (code, said) = outcome(&client(), Fault::Say(answer)).await;
        assert_eq!(code, "not-an-oauth-endpoint", "{said}");
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(outcome(&client(), Fault::Say(http("200 OK", html, TOKEN))).await.0, "ok");
}

#[tokio::test]
async fn a_success_of_the_wrong_shape_is_named_by_what_is_wrong() {
    for (answer, why) in [
        (http("200 OK", JSON, ""), "it is empty"),
        (http("200 OK", JSON, "[]"), "it is not a JSON object"),
        (http("200 OK", JSON, "null"), "it is not a JSON object"),
        (http("200 OK", JSON, r#"{"access_token":"tok"#), "its JSON is malformed or broken off"),
        (http("200 OK", JSON, r#"{"access_token":"a\nb","token_type":"Bearer"}"#), "access_token holds characters"),
        (http("200 OK", JSON, b"{\"access_token\":\"\xff\"}"), "it is not UTF-8 text"),
        (http("200 OK", JSON, r#"{"access_token":7,"token_type":"Bearer"}"#), "access_token is not a string"),
        (http("200 OK", JSON, r#"{"access_token":"tok"}"#), "token_type is missing"),
        (http("200 OK", JSON, r#"{"access_token":"tok","token_type":"DPoP"}"#), "token_type is not Bearer"),
        (http("201 Created", JSON, TOKEN), "its status is 201 instead of 200"),
        (http("204 No Content", "", ""), "its status is 204 instead of 200"),
        (http("200 OK", &format!("{JSON}Content-Encoding: gzip\r\n"), b"\x1f\x8b\x08\0\0"), "it is compressed"),
    ] {
        let (code, said) = outcome(&client(), Fault::Say(answer)).await;
        assert_eq!(code, "answer-invalid", "{said}");
        assert!(said.contains(why), "{said}");
        assert!(!said.contains("tok-1"), "{said}");
    }
}

#[tokio::test]
async fn broken_http_is_no_answer() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access_token\":",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{}",
    ] {
        let (code, said) = outcome(&client(), Fault::Say(bytes.to_vec())).await;
        assert_eq!(code, "answer-broken", "{} {said}", String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn two_different_dates_measure_nothing() {
    for (headers, expected) in [
        (format!("{JSON}{DATE}{DATE}"), Some(784_111_777)),
        (format!("{JSON}{DATE}Date: Sun, 06 Nov 1994 09:49:37 GMT\r\n"), None),
        (format!("{JSON}Date: yesterday\r\n"), None),
        (format!("{JSON}{JSON}Content-Type: text/plain\r\n"), None),
    ] {
        let server = FaultServer::start(Fault::Say(http("200 OK", &headers, TOKEN))).await;
        let answer = exchange(&client(), &server.url()).await.expect("a good answer");
        assert_eq!(answer.server_date.map(time::OffsetDateTime::unix_timestamp), expected, "{headers}");
    }
}

#[tokio::test]
async fn a_pause_is_taken_from_seconds_or_a_date() {
    for (status, headers, expected) in [
        ("429 Too Many Requests", "Retry-After: 7\r\n".to_owned(), Some(7)),
        ("503 Service Unavailable", format!("{DATE}Retry-After: Sun, 06 Nov 1994 08:51:37 GMT\r\n"), Some(120)),
        ("503 Service Unavailable", "Retry-After: Sun, 06 Nov 1994 08:51:37 GMT\r\n".to_owned(), None),
        ("429 Too Many Requests", "Retry-After: in a while\r\n".to_owned(), None),
        ("429 Too Many Requests", "Retry-After: 7\r\nRetry-After: 9\r\n".to_owned(), None),
        ("503 Service Unavailable", String::new(), None),
    ] {
        let server = FaultServer::start(Fault::Say(http(status, &headers, "<html>"))).await;
        match exchange(&client(), &server.url()).await {
            Err(IssuerError::Busy { retry_after, .. }) => {
                assert_eq!(retry_after.map(time::Duration::whole_seconds), expected, "{headers}");
            }
            other => panic!("{status} is not busy: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_cut_or_missing_connection_is_unreachable() {
    assert_eq!(outcome(&client(), Fault::Reset).await.0, "unreachable");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let closed = format!("http://{}/token", listener.local_addr().expect("an address"));
    drop(listener);
    assert_eq!(exchange(&client(), &closed).await.expect_err("the port is closed").code(), "unreachable");
}

#[tokio::test]
async fn nothing_is_sent_to_an_endpoint_that_is_not_safe() {
    for url in [
        "http://auth.example.com/token",
        "http://10.0.0.1/token",
        "http://127.0.0.1.example.com/token",
        "http://localhost.example.com/token",
        "ftp://localhost/token",
        "file:///etc/passwd",
        "https://user:word@auth.example.com/token",
        "/oauth/v2/token",
        "",
    ] {
        let error = exchange(&client(), url).await.expect_err(url);
        assert_eq!(error.code(), "endpoint-refused", "{url}");
        assert!(!error.to_string().contains("word"), "{error}");
    }
}

#[tokio::test]
async fn each_dialect_of_refusal_is_typed_and_quoted() {
    let text = "Content-Type: text/plain; charset=utf-8\r\n";
    for (status, headers, body, error, description) in [
        (
            "400 Bad Request",
            text,
            r#"{"error":"server_error","error_description":"audience is not valid: a"}"#,
            Some("server_error"),
            Some("audience is not valid: a"),
        ),
        (
            "400 Bad Request",
            JSON,
            r#"{"error":"server_error","error_description":"Errors.AuthNKey.NotFound"}"#,
            Some("server_error"),
            Some("Errors.AuthNKey.NotFound"),
        ),
        (
            "400 Bad Request",
            JSON,
            r#"{"error":"invalid_request","error_description":"assertion invalid"}"#,
            Some("invalid_request"),
            Some("assertion invalid"),
        ),
        (
            "500 Internal Server Error",
            JSON,
            r#"{"error":"server_error","error_description":"Errors.Internal"}"#,
            Some("server_error"),
            Some("Errors.Internal"),
        ),
        (
            "400 Bad Request",
            JSON,
            r#"{"error":"invalid_grant","error_description":"invalid assertion"}"#,
            Some("invalid_grant"),
            Some("invalid assertion"),
        ),
        (
            "404 Not Found",
            JSON,
            r#"{"code":5,"message":"Errors.User.NotFound (ID)","details":[]}"#,
            None,
            Some("Errors.User.NotFound (ID)"),
        ),
        (
            "404 Not Found",
            text,
            "unable to set instance using origin\n https://a.test",
            None,
            Some("unable to set instance using origin https://a.test"),
        ),
        ("200 OK", JSON, r#"{"error":"bad_verification_code"}"#, Some("bad_verification_code"), None),
        ("403 Forbidden", JSON, "{}", None, None),
        ("500 Internal Server Error", "", "", None, None),
        ("304 Not Modified", "", "", None, None),
    ] {
        let found = refusal(http(status, headers, body)).await;
        assert_eq!((found.error.as_deref(), found.description.as_deref()), (error, description), "{body}");
        assert_eq!(found.body, body);
        assert_eq!(Some(found.status.to_string().as_str()), status.split(' ').next());
    }
    let parent = r#"{"error":"server_error","error_description":"Errors.Internal","parent":"ID=X Message=Errors.User.NotActive"}"#;
    let found = refusal(http("500 Internal Server Error", &format!("{JSON}{DATE}"), parent)).await;
    assert_eq!(found.parent.as_deref(), Some("ID=X Message=Errors.User.NotActive"));
    assert_eq!(found.server_date.map(time::OffsetDateTime::unix_timestamp), Some(784_111_777));
    assert!(found.to_string().ends_with("(500 ID=X Message=Errors.User.NotActive)"), "{found}");
}

#[tokio::test]
async fn an_error_never_repeats_what_was_sent() {
    let echo = |request: &str| {
        let body = request.rsplit("\r\n").next().unwrap_or_default();
        Fault::Say(http(
            "400 Bad Request",
            JSON,
            format!(r#"{{"error":"invalid_request","error_description":"{body}"}}"#),
        ))
    };
    let server = FaultServer::start_with(None, echo).await;
    let error = exchange(&client(), &server.url()).await.expect_err("it refuses");
    assert!(error.to_string().contains("assertion=(redacted)"), "{error}");
    let token = refusal(http("400 Bad Request", JSON, r#"{"error":"x","access_token":"tok-1"}"#)).await;
    assert!(!token.body.contains("tok-1"), "{}", token.body);
    let long = refusal(http("400 Bad Request", "", "x".repeat(5_000))).await;
    assert_eq!((long.body.len(), long.description.map(|text| text.len())), (2_000, Some(200)));
}

#[tokio::test]
async fn userinfo_is_given_as_it_came_or_typed_as_refused() {
    let json = "{ \"sub\": \"100509901696068329\",\n \"updated_at\": 9007199254740993 }";
    let server = FaultServer::start(Fault::Say(http("200 OK", JSON, json))).await;
    let token = Secret::new("tok-canary-0123456789".into());
    let answer = client().userinfo(&server.url(), &token).await.expect("a good answer");
    assert_eq!(answer.value, json);
    let request = server.requests().remove(0);
    assert!(request.starts_with("GET / HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("\r\nauthorization: bearer tok-canary-0123456789\r\n"), "{request}");

    for (answer, code, said) in [
        (
            http("401 Unauthorized", JSON, r#"{"error":"access_denied","error_description":"access token invalid"}"#),
            "refused",
            "access token invalid",
        ),
        (
            http("401 Unauthorized", "Content-Type: text/plain\r\n", "tok-canary-0123456789 is invalid"),
            "refused",
            "(redacted)",
        ),
        (
            http("401 Unauthorized", "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n", ""),
            "refused",
            "refused the token (401 invalid_token)",
        ),
        (http("403 Forbidden", JSON, "{}"), "refused", "refused the token (403)"),
        (http("404 Not Found", "", ""), "refused", "(404)"),
        (
            http("200 OK", "Content-Type: application/jwt\r\n", "eyJ.a.b"),
            "answer-invalid",
            "signed userinfo is not supported",
        ),
        (http("200 OK", "Content-Type: text/html\r\n", "<html>"), "not-an-oauth-endpoint", "an HTML page"),
        (http("200 OK", JSON, "[1]"), "answer-invalid", "not a JSON object"),
        (http("200 OK", JSON, r#"{"sub":"a","sub":"b"}"#), "answer-invalid", "unique names"),
    ] {
        let server = FaultServer::start(Fault::Say(answer)).await;
        let error = client().userinfo(&server.url(), &token).await.expect_err(said);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(!format!("{error:?}").contains("tok-canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_key_set_is_given_as_bytes() {
    let server = FaultServer::start(Fault::Say(http("200 OK", JSON, r#"{"keys":[]}"#))).await;
    let answer = client().key_set(&server.url()).await.expect("a good answer");
    assert_eq!(answer.value, br#"{"keys":[]}"#);
    let missing = FaultServer::start(Fault::Say(http("404 Not Found", "", ""))).await;
    assert_eq!(client().key_set(&missing.url()).await.expect_err("404").code(), "refused");
}

/// Discovers against a server that answers by path; `{base}` in an answer stands for its address.
async fn discover(openid: &'static str, oauth: &'static str) -> Result<Answer<Discovery>, IssuerError> {
    let answer = move |request: &str| {
        let host = request.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned));
        let base = format!("http://{}", host.unwrap_or_default());
        let chosen = if request.contains("/.well-known/openid-configuration ") { openid } else { oauth };
        let (status, body) = chosen.split_once('|').expect("status|body");
        Fault::Say(http(status, JSON, body.replace("{base}", &base)))
    };
    let server = FaultServer::start_with(None, answer).await;
    client().discover(&IssuerUrl::parse(&server.url()).expect("a loopback issuer")).await
}

#[tokio::test]
async fn discovery_is_held_against_the_configured_issuer() {
    const NONE: &str = "404 Not Found|";
    let found = discover(
        r#"200 OK|{"issuer":"{base}","token_endpoint":"{base}/t","jwks_uri":"https://keys.example.com/k","x":[1]}"#,
        NONE,
    )
    .await
    .expect("a good document");
    assert!(found.value.token.is_some_and(|token| token.ends_with("/t")));
    assert_eq!(found.value.jwks.as_deref(), Some("https://keys.example.com/k"));
    assert_eq!(found.value.userinfo, None);
    discover(NONE, r#"200 OK|{"issuer":"{base}"}"#).await.expect("RFC 8414's document");

    for (openid, oauth, code) in [
        (r#"200 OK|{"issuer":"{base}/"}"#, NONE, "issuer-differs"),
        (r#"200 OK|{"issuer":"https://other.example.com"}"#, NONE, "issuer-differs"),
        (NONE, r#"200 OK|{"issuer":"https://other.example.com"}"#, "issuer-differs"),
        (r#"200 OK|{"issuer":"{base}","token_endpoint":"http://auth.example.com/t"}"#, NONE, "endpoint-refused"),
        (r#"200 OK|{"issuer":"{base}","token_endpoint":["x"]}"#, NONE, "answer-invalid"),
        (r#"200 OK|{"issuer":7}"#, NONE, "answer-invalid"),
        ("200 OK|", NONE, "answer-invalid"),
        ("200 OK|<html>", NONE, "not-an-oauth-endpoint"),
        ("502 Bad Gateway|<html>", NONE, "not-an-oauth-endpoint"),
        (NONE, NONE, "no-discovery"),
        ("404 Not Found|<html>", "200 OK|<html>", "no-discovery"),
        ("404 Not Found|unable to set instance", "500 Internal Server Error|", "no-discovery"),
        ("401 Unauthorized|{}", r#"200 OK|{"issuer":"{base}"}"#, "no-discovery"),
        ("503 Service Unavailable|", NONE, "server-busy"),
    ] {
        let error = discover(openid, oauth).await.expect_err(openid);
        assert_eq!(error.code(), code, "{openid} {oauth}: {error}");
    }
}

#[tokio::test]
async fn certificates_are_trusted_only_with_reason() {
    let certificates = Certificates::new();
    for (name, acceptor, why) in [
        ("an unknown authority", certificates.good(), "an authority that this system does not know"),
        ("self-signed", certificates.self_signed().0, "an authority that this system does not know"),
        ("a self-signed authority", certificates.authority_as_server(), "authority"),
    ] {
        let server = FaultServer::start_with(Some(acceptor), |_| Fault::Say(http("200 OK", JSON, TOKEN))).await;
        let error = exchange(&client(), &server.tls_url()).await.expect_err(name);
        assert_eq!(error.code(), "certificate-refused", "{name}: {error:?}");
        assert!(error.to_string().contains(why), "{name}: {error}");
        assert!(server.requests().is_empty(), "{name} was sent something");
    }

    let trusting = Issuer::connect(Some(&certificates.authority_pem())).expect("a good certificate authority");
    for (name, acceptor, why) in [
        ("good", certificates.good(), None),
        ("another host", certificates.for_another_host(), Some("it is for another name: other.example.com")),
        ("expired", certificates.expired(), Some("it expired on 1 January 2021")),
        ("of the future", certificates.of_the_future(), Some("it is valid only from 1 January 3000")),
    ] {
        let server = FaultServer::start_with(Some(acceptor), |_| Fault::Say(http("200 OK", JSON, TOKEN))).await;
        match (exchange(&trusting, &server.tls_url()).await, why) {
            (Ok(answer), None) => assert_eq!(answer.value.access_token.expose(), "tok-1"),
            (Err(error), Some(why)) => assert!(error.to_string().contains(why), "{name}: {error}"),
            (other, _) => panic!("{name}: {other:?}"),
        }
    }

    let (acceptor, pem) = certificates.self_signed();
    let server = FaultServer::start_with(Some(acceptor), |_| Fault::Say(http("200 OK", JSON, TOKEN))).await;
    let trusting = Issuer::connect(Some(&pem)).expect("a certificate that signs itself");
    exchange(&trusting, &server.tls_url()).await.expect("a self-signed certificate that was given");
}

#[tokio::test]
async fn a_port_that_speaks_the_other_protocol_is_named() {
    let plain = FaultServer::start(Fault::Say(http("400 Bad Request", "", "this is http"))).await;
    let error = exchange(&client(), &plain.tls_url()).await.expect_err("it is no TLS");
    assert_eq!(error.code(), "tls-failed", "{error:?}");

    let acceptor = Certificates::new().good();
    let tls = FaultServer::start_with(Some(acceptor), |_| Fault::Say(Vec::new())).await;
    let error = exchange(&client(), &tls.url()).await.expect_err("it is no http");
    assert!(matches!(error.code(), "answer-broken" | "unreachable"), "{error:?}");
}

#[test]
fn only_certificates_pass_as_a_certificate_authority() {
    let certificates = Certificates::new();
    let garbled = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    let with_key = format!("{}{}", certificates.authority_pem(), certificates.authority_key_pem());
    for pem in [String::new(), "no PEM".into(), garbled, certificates.authority_key_pem(), with_key] {
        let error = Issuer::connect(Some(&pem)).expect_err("it is no certificate authority");
        assert_eq!(error.code(), "ca-invalid", "{pem}");
    }
    let twice = format!("some text\r\n{}{}", certificates.authority_pem(), certificates.authority_pem());
    Issuer::connect(Some(&twice)).expect("a bundle");
}

/// Runs one test of this file in a process of its own, with these environment variables.
async fn alone(test: &'static str, variables: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().expect("the test's own program"));
    command.args(["--exact", test, "--include-ignored"]);
    command.envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("not cancelled").expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn loopback_is_asked_without_the_proxy_that_the_system_has() {
    let proxy = FaultServer::start(Fault::Say(http("502 Bad Gateway", "", ""))).await;
    let url = proxy.url();
    let variables = [("HTTP_PROXY", &*url), ("http_proxy", &*url), ("ALL_PROXY", &*url), ("NO_PROXY", "")];
    alone("a_good_answer_is_read_and_the_request_is_as_the_standard_says", &variables).await;
    assert!(proxy.was_left_alone().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_hosts_are_asked_through_the_proxy_that_the_system_has() {
    let proxy = FaultServer::start(Fault::Say(http("502 Bad Gateway", "", ""))).await;
    let url = proxy.url();
    alone(
        "child_asks_a_remote_issuer_through_a_proxy",
        &[("HTTPS_PROXY", &url), ("https_proxy", &url), ("NO_PROXY", "")],
    )
    .await;
    let requests = proxy.requests();
    assert!(requests[0].starts_with("CONNECT nonexistent.invalid:443 "), "{requests:?}");
    assert!(!requests.concat().contains(ASSERTION), "the proxy has seen the assertion");
}

#[tokio::test]
#[ignore = "run by the test above it, which sets the proxy"]
async fn child_asks_a_remote_issuer_through_a_proxy() {
    let error = exchange(&client(), "https://nonexistent.invalid/token").await.expect_err("the proxy refuses");
    assert_eq!(error.code(), "unreachable", "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_nobody_knows_is_named() {
    alone("child_asks_a_host_that_nobody_knows", &[("NO_PROXY", "*"), ("no_proxy", "*")]).await;
}

#[tokio::test]
#[ignore = "run by the test above it, which switches a proxy off"]
async fn child_asks_a_host_that_nobody_knows() {
    let error = exchange(&client(), "https://nonexistent.invalid/token").await.expect_err("RFC 6761: it never exists");
    assert_eq!(error.to_string(), "the host `nonexistent.invalid` is not known");
}
