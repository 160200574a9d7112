//! A **failure** as the command line tells it: a stable code, a sentence, a next step, and the exit code that scripts
//! look at.

use std::fmt::Write as _;

pub use mintage_agent_protocol::Exit;
use serde::Serialize;

/// What went wrong. Texts are one line without a final period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Stable and in kebab case: what scripts compare.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do now.
    pub help: Option<String>,
    /// What it came from, outermost first.
    pub causes: Vec<String>,
    /// The process's exit code.
    #[serde(skip)]
    pub exit: Exit,
}

impl Failure {
    /// Describes a failure.
    pub fn new(exit: Exit, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), help: None, causes: Vec::new(), exit }
    }

    /// Adds the next step.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds an error and everything it came from.
    #[must_use]
    pub fn caused_by(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        self
    }

    /// Writes it as people read it: `error[CODE]: …`, what it came from, `help: …`. What others wrote into it can't
    /// move the cursor or change colours.
    pub fn to_text(&self) -> String {
        let mut text = format!("error[{}]: {}\n", self.code, escaped(&self.message));
        for cause in &self.causes {
            _ = writeln!(text, "  cause: {}", escaped(cause));
        }
        if let Some(help) = &self.help {
            _ = writeln!(text, "help: {}", escaped(help));
        }
        text
    }

    /// Writes it as programs read it: one line of JSON.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Wrapped<'a> {
            error: &'a Failure,
        }
        let line = serde_json::to_string(&Wrapped { error: self }).expect("strings and lists of strings are JSON");
        line + "\n"
    }
}

/// Replaces control characters and marks that reorder text, so that a name or a server's words can't imitate output.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    escape_into(&mut safe, text);
    safe
}

/// Adds a text as [`escaped`] gives it.
pub(crate) fn escape_into(safe: &mut String, text: &str) {
    // Most text is plain.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return safe.push_str(text);
    }
    for character in text.chars() {
        match character {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                safe.extend(character.escape_unicode());
            }
            _ if character.is_control() => safe.extend(character.escape_default()),
            _ => safe.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Failure {
        Failure {
            causes: vec!["io: gone".into()],
            ..Failure::new(Exit::Network, "issuer-unreachable", "couldn't reach `auth.example`")
                .with_help("check the VPN")
        }
    }

    #[test]
    fn people_read_code_sentence_cause_and_next_step() {
        assert_eq!(
            failure().to_text(),
            "error[issuer-unreachable]: couldn't reach `auth.example`\n  cause: io: gone\nhelp: check the VPN\n"
        );
    }

    #[test]
    fn programs_read_one_line_of_json() {
        assert_eq!(
            failure().to_json(),
            concat!(
                r#"{"error":{"code":"issuer-unreachable","message":"couldn't reach `auth.example`","#,
                r#""help":"check the VPN","causes":["io: gone"]}}"#,
                "\n"
            )
        );
    }

    #[test]
    fn names_cannot_move_the_cursor_or_reorder_text() {
        assert_eq!(escaped("a\u{1b}[2Jb\r\nc\u{202e}d é"), "a\\u{1b}[2Jb\\r\\nc\\u{202e}d é");
    }

    #[test]
    fn every_exit_code_has_a_meaning_in_order() {
        let codes: Vec<u8> = Exit::MEANINGS.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 126, 127]);
    }
}
