//! The **rows** of the agent's lists (grants, questions, the record), and the events for subscribers.
//!
//! Times are RFC 3339 in UTC. Names, paths and reasons come from other programs, so escape control characters before
//! showing them.

use serde::{Deserialize, Serialize};

/// A process as it is shown to a person. A program can choose its own name and file, so they prove nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessRow {
    /// Its id.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// The file it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Its working folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// When it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
}

/// What can hold a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    /// The command that asks.
    Command,
    /// A program that started the command, directly or indirectly.
    Program,
    /// The shell that leads the terminal's session, and everything started from it.
    Terminal,
}

/// An ancestor of the asker that a person can give the grant to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What it is.
    pub kind: ChoiceKind,
    /// The process.
    pub process: ProcessRow,
}

/// A question to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionRow {
    /// Its id.
    pub request: String,
    /// The service user's id.
    #[serde(default)]
    pub user: String,
    /// The service user's name.
    pub service_user: String,
    /// The environment's name.
    pub environment: String,
    /// Whether that is production.
    pub production: bool,
    /// The scopes that the token would have.
    pub scopes: Vec<String>,
    /// The audiences that the token would have.
    pub audience: Vec<String>,
    /// What it's for, in the asker's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The process that asks and its ancestors, nearest first.
    pub chain: Vec<ProcessRow>,
    /// What can hold the grant, nearest first; if empty, only this request can be approved.
    pub choices: Vec<Choice>,
    /// Whether the first process is certainly the one that connected. If not, it may have changed.
    pub certain: bool,
    /// Whether the asker has a terminal, where a person may be.
    pub attended: bool,
    /// When it was asked.
    pub asked_at: String,
    /// When it is denied unless somebody has answered.
    pub ends_at: String,
    /// How many askers wait for the answer.
    pub waiting: usize,
}

/// A grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRow {
    /// Its id.
    pub grant: String,
    /// The process that holds it, for itself and its descendants.
    pub holder: ProcessRow,
    /// The service user's id.
    #[serde(default)]
    pub user: String,
    /// The service user's name.
    pub service_user: String,
    /// The environment's name.
    pub environment: String,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// Its audiences.
    pub audience: Vec<String>,
    /// Whether a person approved it. If not, the environment hands out tokens without asking.
    pub approved: bool,
    /// When it began.
    pub granted_at: String,
    /// When it was last used.
    pub last_used: String,
    /// When it ends at the latest.
    pub ends_at: String,
    /// How often it was used.
    pub count: u64,
}

/// What was handed out under one grant: one row, however often it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRow {
    /// The grant's id.
    pub grant: String,
    /// The process that held the grant; its `pid` is 0 if it is unknown.
    pub holder: ProcessRow,
    /// The service user's id.
    #[serde(default)]
    pub user: String,
    /// The service user's name.
    pub service_user: String,
    /// The environment's name.
    pub environment: String,
    /// The first hand-out.
    pub first: String,
    /// The last hand-out.
    pub last: String,
    /// How many.
    pub count: u64,
    /// How many of them replaced a refused token.
    #[serde(default)]
    pub replaced: u64,
}

/// Something that happened, for subscribers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// There is a new question.
    Question {
        /// The question.
        question: QuestionRow,
        /// Whether to show a notification. False if one for another unattended question is already showing.
        notify: bool,
    },
    /// A question was answered, timed out, or was withdrawn.
    Answered {
        /// The question's id.
        request: String,
    },
    /// A grant began.
    Granted {
        /// The grant.
        grant: GrantRow,
    },
    /// A program got a token.
    HandedOut {
        /// Its row in the record, with this hand-out.
        record: RecordRow,
    },
    /// A grant ended.
    Ended {
        /// The grant's id.
        grant: String,
        /// Why: `lock`, `sleep`, `process`, `idle`, `time`, `revoked` or `agent`.
        why: String,
    },
    /// Every token was forgotten, and none is handed out.
    Locked,
    /// Tokens are handed out again.
    Unlocked,
    /// The subscriber was too slow and missed events.
    Missed {
        /// How many events.
        count: u64,
    },
}
