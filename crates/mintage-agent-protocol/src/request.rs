//! A **request** is the one line that a program sends to the agent.

use serde::{Deserialize, Serialize};

use crate::line::LineError;

mod form;

/// What a program can ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// Who answers.
    Hello {
        /// The asker's version.
        program: String,
    },
    /// A token.
    Token(TokenRequest),
    /// Copy a token to the clipboard, which only the desktop app can.
    Copy(CopyRequest),
    /// Report that the server refused a token, so that it's forgotten.
    Refused {
        /// The token's handle.
        handle: String,
    },
    /// The same, from a program that doesn't know the handle.
    RefusedToken {
        /// The token's [`fingerprint`](crate::fingerprint).
        fingerprint: u64,
    },
    /// The service users whose token is in memory.
    InMemory,
    /// The current grants.
    Grants,
    /// End one grant.
    Revoke {
        /// Its id.
        grant: String,
    },
    /// Forget every token, end every grant, and hand out nothing until `Unlock`.
    Lock,
    /// Hand out tokens again. Only a person at a terminal can ask for it, and the keychain may ask for its password.
    Unlock,
    /// The questions that are open.
    Questions,
    /// Approve a question.
    Approve(Approve),
    /// Deny a question.
    Deny {
        /// The question's id.
        request: String,
    },
    /// What was handed out, and to whom.
    Log,
    /// A line for everything that happens, until either side closes.
    Subscribe,
    /// Ask a headless agent to end, because the desktop app has started.
    TakeOver,
}

/// A request for a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequest {
    /// The service user: its name, `ENVIRONMENT/NAME`, or its id.
    pub user: String,
    /// The environment, if the name isn't unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The issuer that the environment has to have. The request is refused if it has another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The scopes, if not the service user's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The audiences, if not the service user's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// How many seconds it has to stay valid at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_valid: Option<u32>,
    /// Whether it has to be new.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fresh: bool,
    /// What it's for, in the asker's words. It is shown to the person but not trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The host that it's for. The request is refused unless the host belongs to the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Whether an asker that asks again before the token ends does so because a server refused it. Those that ask once
    /// per URI or per process don't.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repeat_is_refusal: bool,
    /// Whether to fail instead of waiting for a person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_input: bool,
}

/// A request to copy a token to the clipboard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyRequest {
    /// Which token.
    #[serde(flatten)]
    pub token: TokenRequest,
    /// The name of a [`Form`](crate::form::Form).
    pub form: String,
}

/// The approval of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    /// The question's id.
    pub request: String,
    /// The index of the choice that gets the grant; without one, the approval is for this request only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<usize>,
    /// For how long.
    #[serde(default)]
    pub lease: Lease,
}

/// How long a grant lives. It ends at whichever limit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Seconds without use.
    pub idle: u32,
    /// Seconds in total.
    pub absolute: u32,
}

impl Lease {
    /// A lease of so many minutes. It ends earlier if it isn't used for a quarter of that time, but at least ten minutes.
    pub fn of_minutes(minutes: u32) -> Self {
        let absolute = minutes.saturating_mul(60);
        Self { idle: (absolute / 4).max(600).min(absolute), absolute }
    }
}

impl Default for Lease {
    /// Ten minutes without use, one hour in total.
    fn default() -> Self {
        Self { idle: 600, absolute: 3600 }
    }
}

impl Request {
    /// Writes it as a line, with its newline.
    pub fn to_line(&self) -> Vec<u8> {
        form::line_of(self)
    }

    /// Reads a line, with or without its newline.
    ///
    /// # Errors
    /// The line isn't a request, or it uses another version of the protocol.
    pub fn from_line(bytes: &[u8]) -> Result<Self, LineError> {
        form::read(bytes)
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: Request, line: &str) {
        assert_eq!(String::from_utf8(request.to_line()).unwrap(), format!("{line}\n"));
        assert_eq!(Request::from_line(line.as_bytes()).unwrap(), request);
    }

    #[test]
    fn a_request_is_one_line_that_starts_with_the_version() {
        check(Request::Hello { program: "0.1.0".into() }, r#"{"v":1,"ask":"hello","program":"0.1.0"}"#);
        check(
            Request::Token(TokenRequest { user: "ci-bot".into(), ..TokenRequest::default() }),
            r#"{"v":1,"ask":"token","user":"ci-bot"}"#,
        );
        check(
            Request::Token(TokenRequest {
                user: "ci-bot".into(),
                environment: Some("staging".into()),
                issuer: Some("https://auth".into()),
                scopes: vec!["openid".into()],
                audience: vec!["https://api".into()],
                min_valid: Some(300),
                fresh: true,
                reason: Some("line\nbreak".into()),
                host: Some("git.example".into()),
                repeat_is_refusal: true,
                no_input: true,
            }),
            concat!(
                r#"{"v":1,"ask":"token","user":"ci-bot","environment":"staging","issuer":"https://auth","scopes":["openid"],"#,
                r#""audience":["https://api"],"min_valid":300,"fresh":true,"reason":"line\nbreak","#,
                r#""host":"git.example","repeat_is_refusal":true,"no_input":true}"#
            ),
        );
        check(Request::Refused { handle: "h1".into() }, r#"{"v":1,"ask":"refused","handle":"h1"}"#);
        check(
            Request::RefusedToken { fingerprint: u64::MAX },
            r#"{"v":1,"ask":"refused_token","fingerprint":18446744073709551615}"#,
        );
        check(Request::InMemory, r#"{"v":1,"ask":"in_memory"}"#);
        check(
            Request::Copy(CopyRequest {
                token: TokenRequest { user: "ci-bot".into(), ..TokenRequest::default() },
                form: "header".into(),
            }),
            r#"{"v":1,"ask":"copy","user":"ci-bot","form":"header"}"#,
        );
        check(Request::Grants, r#"{"v":1,"ask":"grants"}"#);
        check(Request::Revoke { grant: "g1".into() }, r#"{"v":1,"ask":"revoke","grant":"g1"}"#);
        check(Request::Lock, r#"{"v":1,"ask":"lock"}"#);
        check(Request::Unlock, r#"{"v":1,"ask":"unlock"}"#);
        check(Request::Questions, r#"{"v":1,"ask":"questions"}"#);
        check(
            Request::Approve(Approve { request: "q1".into(), choice: Some(0), lease: Lease::default() }),
            r#"{"v":1,"ask":"approve","request":"q1","choice":0,"lease":{"idle":600,"absolute":3600}}"#,
        );
        check(Request::Deny { request: "q1".into() }, r#"{"v":1,"ask":"deny","request":"q1"}"#);
        check(Request::Log, r#"{"v":1,"ask":"log"}"#);
        check(Request::Subscribe, r#"{"v":1,"ask":"subscribe"}"#);
        check(Request::TakeOver, r#"{"v":1,"ask":"take_over"}"#);
    }

    #[test]
    fn a_line_that_is_no_request_is_refused_for_its_reason() {
        let broken = ["", "GET / HTTP/1.1", "[]", r#"{"ask":"lock"}"#, r#"{"v":1}"#, r#"{"v":1,"ask":"mint"}"#];
        for text in broken {
            assert!(matches!(Request::from_line(text.as_bytes()), Err(LineError::Unreadable(_))), "{text}");
        }
        assert!(matches!(Request::from_line(b"{\"v\":1,\"ask\":\"lock\xff\"}"), Err(LineError::Unreadable(_))));
        let newer = Request::from_line(br#"{"v":2,"ask":"something-new","x":[1]}"#);
        assert!(matches!(newer, Err(LineError::OtherVersion { version: 2 })));
    }

    #[test]
    fn a_request_nested_deep_enough_to_end_a_thread_is_refused() {
        let deep = format!(r#"{{"v":1,"ask":"lock","x":{}"#, "[".repeat(60_000));
        assert!(matches!(Request::from_line(deep.as_bytes()), Err(LineError::Unreadable(_))));
    }
}
