//! How an answer is **written** as a line, and read again.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Answer, Copied, Hello};
use crate::line::{LineError, check_version};
use crate::rows::{Event, GrantRow, QuestionRow, RecordRow};
use crate::token::TokenLine;
use crate::{Problem, VERSION};

/// An answer as it is read. These are plain fields and not a tagged enum, because serde copies the content of a tagged
/// enum, and with it the token, into buffers that nobody wipes.
#[derive(Default, Deserialize)]
struct AnswerLine<'a> {
    hello: Option<Hello>,
    #[serde(borrow)]
    token: Option<TokenLine<'a>>,
    copied: Option<Copied>,
    #[serde(default)]
    waiting: bool,
    request: Option<String>,
    #[serde(default)]
    done: bool,
    in_memory: Option<Vec<String>>,
    grants: Option<Vec<GrantRow>>,
    questions: Option<Vec<QuestionRow>>,
    log: Option<Vec<RecordRow>>,
    event: Option<Event>,
    error: Option<Problem>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Answer, LineError> {
    check_version(bytes)?;
    let line: AnswerLine<'_> = serde_json::from_slice(bytes).map_err(LineError::Unreadable)?;
    let said = [
        line.hello.map(Answer::Hello),
        line.token.map(|token| token.read().map(Answer::Token)).transpose()?,
        line.copied.map(Answer::Copied),
        line.waiting.then_some(line.request).flatten().map(|request| Answer::Waiting { request }),
        line.done.then_some(Answer::Done),
        line.in_memory.map(Answer::InMemory),
        line.grants.map(Answer::Grants),
        line.questions.map(Answer::Questions),
        line.log.map(Answer::Log),
        line.event.map(Answer::Event),
        line.error.map(Answer::Error),
    ];
    let mut said = said.into_iter().flatten();
    match (said.next(), said.next()) {
        (Some(answer), None) => Ok(answer),
        _ => Err(LineError::Unreadable(serde::de::Error::custom("an answer says one thing"))),
    }
}

pub(super) fn line_of(answer: &Answer) -> Zeroizing<Vec<u8>> {
    match answer {
        Answer::Hello(hello) => write("hello", hello),
        Answer::Token(token) => write("token", &TokenLine::of(token)),
        Answer::Copied(copied) => write("copied", copied),
        Answer::Waiting { request } => write_members(&Waiting { v: VERSION, waiting: true, request }),
        Answer::Done => write("done", &true),
        Answer::InMemory(ids) => write("in_memory", ids),
        Answer::Grants(rows) => write("grants", rows),
        Answer::Questions(rows) => write("questions", rows),
        Answer::Log(rows) => write("log", rows),
        Answer::Event(event) => write("event", event),
        Answer::Error(problem) => write("error", problem),
    }
}

#[derive(Serialize)]
struct Waiting<'a> {
    v: u32,
    waiting: bool,
    request: &'a str,
}

/// `{"v":1,"<name>":<body>}`
struct Member<'a, T>(&'a str, &'a T);

impl<T: Serialize> Serialize for Member<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("v", &VERSION)?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

fn write<T: Serialize>(name: &str, body: &T) -> Zeroizing<Vec<u8>> {
    write_members(&Member(name, body))
}

/// Measures first, then writes: a buffer that grows would leave a copy of the token behind.
fn write_members<T: Serialize>(members: &T) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, members).expect("an answer has only string keys");
    let mut line = Zeroizing::new(Vec::with_capacity(length.0 + 1));
    serde_json::to_writer(&mut *line, members).expect("an answer has only string keys");
    line.push(b'\n');
    line
}

struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
