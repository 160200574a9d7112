//! Complete responses that aren't what was expected.

use mintage_core::issuer::{Answer, Discovery, IssuerError, Refusal};
use mintage_core::issuer_url::IssuerUrl;
use mintage_core::provider::Method;
use mintage_core::secret::Secret;

use crate::faults::{DATE, JSON, TOKEN, client, exchange, outcome};
use mintage_testbed::fault_server::{Fault, FaultServer, http};

async fn refusal(answer: Vec<u8>) -> Refusal {
    let server = FaultServer::start(Fault::Say(answer)).await;
    match exchange(&client(), &server.url()).await {
        Err(IssuerError::Refused(refusal)) => *refusal,
        other => panic!("not a refusal: {other:?}"),
    }
}

#[tokio::test]
async fn pages_and_other_foreign_answers_are_named_as_such() {
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    for (answer, expected) in [
        (http("200 OK", html, "<!doctype html><title>Sign in</title>"), "responded with 200 and an HTML page"),
        (http("404 Not Found", html, "<html></html>"), "responded with 404 and an HTML page"),
        (http("502 Bad Gateway", html, "<html></html>"), "responded with 502 and an HTML page"),
        (http("200 OK", "", "\r\n  <html>"), "responded with 200 and an HTML page"),
        (http("200 OK", html, "Sign in, please"), "responded with 200 and an HTML page"),
        (http("200 OK", "Content-Type: text/xml\r\n", "<?xml version='1.0'?><a/>"), "and an XML document"),
        (http("200 OK", "Content-Type: text/plain\r\n", "OK"), "and something other than JSON"),
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
        (http("200 OK", JSON, "[]"), "it isn't a JSON object"),
        (http("200 OK", JSON, "null"), "it isn't a JSON object"),
        (http("200 OK", JSON, r#"{"access_token":"tok"#), "it isn't valid JSON: it is cut off"),
        (http("200 OK", JSON, r#"{"access_token":"a\nb","token_type":"Bearer"}"#), "access_token contains characters"),
        (http("200 OK", JSON, b"{\"access_token\":\"\xff\"}"), "it isn't UTF-8 text"),
        (http("200 OK", JSON, r#"{"access_token":7,"token_type":"Bearer"}"#), "access_token isn't a string"),
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
async fn a_token_of_another_type_is_not_used_and_never_quoted() {
    for (body, why) in [
        (r#"{"access_token":"tok-1"}"#, "token_type is missing"),
        (r#"{"access_token":"tok-1","token_type":"BearerToken"}"#, "token_type isn't Bearer"),
        (r#"{"access_token":"tok-1","token_type":"DPoP"}"#, "token_type isn't Bearer"),
    ] {
        let (code, said) = outcome(&client(), Fault::Say(http("200 OK", JSON, body))).await;
        assert_eq!(code, "token-type-unknown", "{said}");
        assert!(said.contains(why) && !said.contains("tok-1"), "{said}");
    }
}

#[tokio::test]
async fn a_refusal_that_comes_with_200_is_quoted_without_anything_else() {
    for (body, quoted) in [
        (r#"{"status":"error","msg":"invalid app_key"}"#, Some(r#"{"status":"error","msg":"invalid app_key"}"#)),
        (r#"{"code":10003,"message":"app secret invalid","data":{"trace":"4711"}}"#, Some("app secret invalid")),
        // What may be a token is one.
        (r#"{"code":1,"message":"m","data":{"accessToken":"0123456789abcdef"}}"#, None),
        (r#"{"ok":true}"#, None),
    ] {
        let server = FaultServer::start(Fault::Say(http("200 OK", JSON, body))).await;
        match exchange(&client(), &server.url()).await {
            Err(IssuerError::Refused(refusal)) => assert_eq!(Some(refusal.body.as_str()), quoted, "{body}"),
            Err(IssuerError::AnswerInvalid { why, .. }) => {
                assert_eq!((why.as_str(), quoted), ("access_token is missing", None), "{body}")
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_busy_server_is_heard_out_but_not_waited_for() {
    let quota = format!("{PLAIN}Set-Cookie: zitadel.quota.exhausted=true; Path=/\r\n");
    let server =
        FaultServer::start(Fault::Say(http("429 Too Many Requests", &quota, "Your ZITADEL instance is blocked.")))
            .await;
    let Err(IssuerError::Busy { said, .. }) = exchange(&client(), &server.url()).await else { panic!("it is busy") };
    assert_eq!(
        (said.body.as_str(), said.cookies.as_slice()),
        ("Your ZITADEL instance is blocked.", &["zitadel.quota.exhausted".to_owned()][..])
    );
    let endless = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 500\r\n\r\nnever".to_vec();
    let server = FaultServer::start(Fault::Stall(endless)).await;
    let Err(IssuerError::Busy { said, .. }) = exchange(&client(), &server.url()).await else { panic!("it is busy") };
    assert_eq!((said.status, said.body.as_str()), (503, ""));
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

const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\r\n";

/// Status, headers and body as sent; `error` and `error_description` as read.
type Dialect = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>);

const DIALECTS: &[Dialect] = &[
    (
        "400 Bad Request",
        PLAIN,
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
        PLAIN,
        "unable to set instance using origin\n https://a.test",
        None,
        Some("unable to set instance using origin https://a.test"),
    ),
    ("200 OK", JSON, r#"{"error":"bad_verification_code"}"#, Some("bad_verification_code"), None),
    ("403 Forbidden", JSON, "{}", None, None),
    ("500 Internal Server Error", "", "", None, None),
    ("304 Not Modified", "", "", None, None),
];

#[tokio::test]
async fn each_dialect_of_refusal_is_typed_and_quoted() {
    for (status, headers, body, error, description) in DIALECTS {
        let found = refusal(http(status, headers, body)).await;
        assert_eq!((found.error.as_deref(), found.description.as_deref()), (*error, *description), "{body}");
        assert_eq!(found.body, *body);
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
    let token = Secret::new("Bearer tok-canary-0123456789".into());
    let answer = client().userinfo(Method::Get, &server.url(), &token).await.expect("a good answer");
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
            "signed userinfo isn't supported",
        ),
        (http("200 OK", "Content-Type: text/html\r\n", "<html>"), "not-an-oauth-endpoint", "an HTML page"),
        (http("200 OK", JSON, "[1]"), "answer-invalid", "a JSON object"),
        (http("200 OK", JSON, r#"{"sub":"a","sub":"b"}"#), "answer-invalid", "unique names"),
    ] {
        let server = FaultServer::start(Fault::Say(answer)).await;
        let error = client().userinfo(Method::Get, &server.url(), &token).await.expect_err(said);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(!format!("{error:?}").contains("tok-canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_key_set_is_given_as_bytes() {
    let server = FaultServer::start(Fault::Say(http("200 OK", JSON, r#"{"keys":[]}"#))).await;
    let answer = client().key_set(Method::Get, &server.url(), None).await.expect("a good answer");
    assert_eq!(answer.value, br#"{"keys":[]}"#);
    let missing = FaultServer::start(Fault::Say(http("404 Not Found", "", ""))).await;
    assert_eq!(client().key_set(Method::Get, &missing.url(), None).await.expect_err("404").code(), "refused");
}

/// Discovers against a server that responds by path; `{base}` in a response stands for its address.
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
    assert!(found.value.endpoints.token.is_some_and(|token| token.ends_with("/t")));
    assert_eq!(found.value.endpoints.jwks.as_deref(), Some("https://keys.example.com/k"));
    assert_eq!(found.value.endpoints.userinfo, None);
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
