//! What a network can do to a request with a credential: every fault must end in its own error, in time, with nothing
//! sent elsewhere and no secret in the error.

use std::time::Duration;

use mintage_core::issuer::{Answer, Issuer, IssuerError, Limits, Post, Refused, TokenResponse};
use mintage_core::issuer_url::IssuerUrl;
use mintage_core::provider::{Body, Method, ResponseMap};
use mintage_core::secret::Secret;

mod answers;
mod trust;

use mintage_testbed::fault_server::{Fault, FaultServer, http};

/// An assertion in which every part would be noticed in an error.
const ASSERTION: &str = "eyJjYW5hcnkiOiJoZWFkIn0.eyJjYW5hcnkiOiJjbGFpbXMifQ.Y2FuYXJ5LXNpZ25hdHVyZQ";
const JSON: &str = "Content-Type: application/json\r\n";
const TOKEN: &str = r#"{"access_token":"tok-1","token_type":"Bearer","expires_in":43199,"id_token":"x"}"#;
const DATE: &str = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

fn client() -> Issuer {
    Issuer::connect(None).expect("a client without a certificate of its own")
}

/// A client with a short timeout, for servers that never finish.
fn hasty() -> Issuer {
    let limits = Limits { connect: Duration::from_secs(5), total: Duration::from_millis(300), ..Limits::default() };
    Issuer::connect_with(None, limits).expect("a client without a certificate of its own")
}

async fn exchange(client: &Issuer, endpoint: &str) -> Result<Answer<TokenResponse>, IssuerError> {
    let assertion = Secret::new(ASSERTION.into());
    let grant_type = Secret::new("urn:ietf:params:oauth:grant-type:jwt-bearer".into());
    let scope = Secret::new("openid profile".into());
    let post = Post {
        url: endpoint,
        authorization: None,
        body: Body::Form,
        fields: vec![("grant_type", &grant_type), ("assertion", &assertion), ("scope", &scope)],
        secrets: vec![&assertion],
    };
    let result = client.exchange(&post, Refused::Assertion, &ResponseMap::default()).await;
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
        let userinfo =
            client().userinfo(Method::Get, &first.url(), &Secret::new("Bearer tok".into())).await.expect_err(status);
        assert_eq!(userinfo.code(), "redirected");
        let issuer = IssuerUrl::parse(&first.url()).expect("a loopback issuer");
        assert_eq!(client().discover(&issuer).await.expect_err(status).code(), "redirected");
        assert!(second.was_left_alone().await, "{status} was followed");
    }
    let relative = Fault::Say(http("302 Found", "Location: /login\r\n", ""));
    assert!(outcome(&client(), relative).await.1.contains("/login"));
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
async fn a_connection_that_is_reset_is_unreachable() {
    assert_eq!(outcome(&client(), Fault::Reset).await.0, "unreachable");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
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
