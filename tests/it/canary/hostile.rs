//! A **hostile** server: it echoes what it was sent, wherever a response has room for it.

use mintage_testbed::fault_server::{Fault, FaultServer, http};

/// The token it issues, where it issues one.
pub(crate) const TOKEN: &str = "canary-token-qW8eRt5yUiO2pA7sDf4gHj9kLz";

type Code = Option<&'static str>;

/// Where it echoes the secret, and the codes that minting and userinfo fail with; `None` if they succeed.
pub(crate) const PLACES: [(&str, Code, Code); 9] = [
    ("description", Some("refused"), Some("no-token")),
    ("text", Some("refused"), Some("no-token")),
    ("end-of-quote", Some("refused"), Some("no-token")),
    ("page", Some("not-an-oauth-endpoint"), Some("no-token")),
    ("location", Some("redirected"), Some("no-token")),
    ("shape", Some("answer-invalid"), Some("no-token")),
    ("challenge", Some("refused"), Some("no-token")),
    ("userinfo-refused", None, Some("refused")),
    ("userinfo", None, None),
];

pub(crate) struct Hostile(FaultServer);

impl Hostile {
    pub(crate) async fn start() -> Self {
        Self(FaultServer::start_with(None, answer).await)
    }

    /// The issuer that echoes secrets at this place.
    pub(crate) fn issuer(&self, place: &str) -> String {
        format!("{}/{place}", self.0.url())
    }

    /// The assertions it received.
    pub(crate) fn assertions(&self) -> Vec<String> {
        let assertions: Vec<_> = self.0.requests().iter().filter_map(|request| assertion(request)).collect();
        assert!(!assertions.is_empty(), "the hostile server was sent no assertion");
        assertions
    }
}

fn answer(request: &str) -> Fault {
    let path = request.split(' ').nth(1).unwrap_or_default();
    let place = path.split('/').nth(1).unwrap_or_default();
    let host = value(request, "host: ").unwrap_or_default();
    Fault::Say(match path.rsplit('/').next() {
        Some("openid-configuration") => {
            let issuer = format!("http://{host}/{place}");
            let document = serde_json::json!({
                "issuer": issuer, "token_endpoint": format!("{issuer}/token"), "userinfo_endpoint": format!("{issuer}/userinfo"),
            });
            http("200 OK", JSON, document.to_string())
        }
        Some("token") => at_token_endpoint(place, &assertion(request).unwrap_or_default()),
        _ => at_userinfo(place, &value(request, "authorization: ").unwrap_or_default()),
    })
}

const JSON: &str = "Content-Type: application/json\r\n";

fn at_token_endpoint(place: &str, secret: &str) -> Vec<u8> {
    let refusal = |description: &str| {
        serde_json::json!({ "error": "invalid_grant", "error_description": description }).to_string()
    };
    match place {
        "description" => http("400 Bad Request", JSON, refusal(&format!("the assertion {secret} is bad"))),
        "text" => http("400 Bad Request", "Content-Type: text/plain\r\n", format!("bad assertion: {secret}")),
        "end-of-quote" => http("400 Bad Request", JSON, refusal(&format!("{}{secret}", " ".repeat(1_900)))),
        "page" => http(
            "500 Internal Server Error",
            "Content-Type: text/html\r\n",
            format!("<html><title>{secret}</title>{secret}</html>"),
        ),
        "location" => http("302 Found", &format!("Location: /login?assertion={secret}\r\n"), ""),
        "shape" => http("200 OK", JSON, serde_json::json!({ "access_token": 7, secret: secret }).to_string()),
        "challenge" => http(
            "401 Unauthorized",
            &format!("WWW-Authenticate: Bearer error=\"invalid_grant\", error_description=\"{secret}\"\r\n"),
            "",
        ),
        _ => http(
            "200 OK",
            JSON,
            serde_json::json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 600 }).to_string(),
        ),
    }
}

fn at_userinfo(place: &str, secret: &str) -> Vec<u8> {
    match place {
        "userinfo-refused" => http(
            "401 Unauthorized",
            JSON,
            serde_json::json!({ "error": "invalid_token", "error_description": secret }).to_string(),
        ),
        _ => http("200 OK", JSON, serde_json::json!({ "sub": "1", "your_header": secret }).to_string()),
    }
}

fn assertion(request: &str) -> Option<String> {
    Some(request.split_once("assertion=")?.1.split('&').next()?.to_owned())
}

/// A header's value; names are written as this client writes them, in lower case.
fn value(request: &str, name: &str) -> Option<String> {
    Some(request.split_once(name)?.1.split("\r\n").next()?.to_owned())
}
