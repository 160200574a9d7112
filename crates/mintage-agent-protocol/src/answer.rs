//! An **answer** is a line that the agent sends back.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::line::LineError;
use crate::rows::{Event, GrantRow, QuestionRow, RecordRow};
use crate::{Problem, TokenAnswer};

mod form;

/// What the agent says.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Who answers.
    Hello(Hello),
    /// A token.
    Token(TokenAnswer),
    /// A token is on the clipboard.
    Copied(Copied),
    /// A person is being asked; another line follows.
    Waiting {
        /// The question's id.
        request: String,
    },
    /// The request was carried out.
    Done,
    /// The ids of the service users whose token is in memory.
    InMemory(Vec<String>),
    /// The current grants.
    Grants(Vec<GrantRow>),
    /// The questions that are open.
    Questions(Vec<QuestionRow>),
    /// What was handed out, the newest first.
    Log(Vec<RecordRow>),
    /// Something happened.
    Event(Event),
    /// The request failed.
    Error(Problem),
}

/// What is on the clipboard now. The token itself isn't part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The service user's name.
    pub service_user: String,
    /// The environment's name.
    pub environment: String,
    /// The form that was copied.
    pub form: String,
    /// After how many seconds the clipboard is cleared.
    pub clears_after: u32,
}

/// Which program serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// The desktop app, which asks the person in its window.
    Desktop,
    /// `mintage agent`, which has no window.
    Headless,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The agent's version.
    pub program: String,
    /// The version of its catalogue's schema.
    pub schema: i64,
    /// Whether it is locked. It hands out no tokens until the keychain is unlocked.
    pub locked: bool,
    /// Which program it is.
    pub host: Host,
}

impl Answer {
    /// Writes it as a line, with its newline, into a buffer that is wiped when dropped.
    pub fn to_line(&self) -> Zeroizing<Vec<u8>> {
        form::line_of(self)
    }

    /// Reads a line, with or without its newline.
    ///
    /// # Errors
    /// The line isn't an answer, or it uses another version of the protocol.
    pub fn from_line(bytes: &[u8]) -> Result<Self, LineError> {
        form::read(bytes)
    }

    /// Whether it is the last line.
    pub fn is_last(&self) -> bool {
        !matches!(self, Self::Waiting { .. } | Self::Event(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Token;

    fn token(value: &str) -> Answer {
        Answer::Token(TokenAnswer {
            value: Token::new(value.into()).unwrap(),
            handle: "h1".into(),
            token_type: "Bearer".into(),
            token_id: None,
            expires_at: Some("2026-11-29T12:00:00Z".into()),
            expires_at_epoch: Some(1_796_040_000),
            scopes: vec!["openid".into()],
            issuer: "https://issuer".into(),
            service_user: "ci-bot".into(),
            environment: "staging".into(),
            reused: false,
        })
    }

    fn check(answer: &Answer, line: &str) {
        assert_eq!(std::str::from_utf8(&answer.to_line()).unwrap(), format!("{line}\n"));
        let read = Answer::from_line(line.as_bytes()).unwrap();
        assert_eq!(*read.to_line(), *answer.to_line());
    }

    #[test]
    fn an_answer_is_one_line_that_starts_with_the_version() {
        check(&Answer::Waiting { request: "q1".into() }, r#"{"v":1,"waiting":true,"request":"q1"}"#);
        check(&Answer::Done, r#"{"v":1,"done":true}"#);
        check(
            &Answer::Hello(Hello { program: "0.1.0".into(), schema: 7, locked: false, host: Host::Headless }),
            r#"{"v":1,"hello":{"program":"0.1.0","schema":7,"locked":false,"host":"headless"}}"#,
        );
        check(
            &Answer::Error(Problem::new("agent-locked", "Mintage is locked", "Unlock it")),
            r#"{"v":1,"error":{"code":"agent-locked","message":"Mintage is locked","help":"Unlock it"}}"#,
        );
        check(
            &Answer::Copied(Copied {
                service_user: "ci-bot".into(),
                environment: "staging".into(),
                form: "header".into(),
                clears_after: 30,
            }),
            r#"{"v":1,"copied":{"service_user":"ci-bot","environment":"staging","form":"header","clears_after":30}}"#,
        );
        check(&Answer::Grants(Vec::new()), r#"{"v":1,"grants":[]}"#);
        check(&Answer::InMemory(vec!["id-1".into()]), r#"{"v":1,"in_memory":["id-1"]}"#);
        check(&Answer::Event(Event::Locked), r#"{"v":1,"event":{"kind":"locked"}}"#);
        check(
            &token("ey.a.b"),
            concat!(
                r#"{"v":1,"token":{"value":"ey.a.b","handle":"h1","token_type":"Bearer","#,
                r#""expires_at":"2026-11-29T12:00:00Z","expires_at_epoch":1796040000,"scopes":["openid"],"#,
                r#""issuer":"https://issuer","service_user":"ci-bot","environment":"staging","reused":false}}"#
            ),
        );
    }

    #[test]
    fn a_token_with_characters_that_json_escapes_comes_back_as_it_was() {
        let line = token(r#"a"b\c"#).to_line();
        let Answer::Token(read) = Answer::from_line(&line).unwrap() else { panic!("no token") };
        assert_eq!(read.value.expose(), r#"a"b\c"#);
    }

    #[test]
    fn debug_output_of_an_answer_shows_nothing_of_its_token() {
        assert!(!format!("{:?}", token("canary-token")).contains("canary"));
    }

    #[test]
    fn an_answer_with_a_token_is_written_into_one_buffer_that_never_grew() {
        let line = token(&"x".repeat(9000)).to_line();
        assert_eq!(line.capacity(), line.len());
    }

    #[test]
    fn an_answer_that_says_nothing_or_two_things_is_refused() {
        for text in [r#"{"v":1}"#, r#"{"v":1,"done":true,"grants":[]}"#, r#"{"v":1,"waiting":true}"#, "x", ""] {
            assert!(matches!(Answer::from_line(text.as_bytes()), Err(LineError::Unreadable(_))), "{text}");
        }
        let empty_token = r#"{"v":1,"token":{"value":"","handle":"h","token_type":"Bearer","issuer":"","service_user":"","environment":""}}"#;
        assert!(matches!(Answer::from_line(empty_token.as_bytes()), Err(LineError::Token(_))));
        assert!(matches!(Answer::from_line(br#"{"v":3,"x":1}"#), Err(LineError::OtherVersion { version: 3 })));
    }

    #[test]
    fn only_waiting_and_events_are_followed_by_another_line() {
        assert!(!Answer::Waiting { request: "q".into() }.is_last());
        assert!(!Answer::Event(Event::Locked).is_last());
        assert!(Answer::Done.is_last());
    }
}
